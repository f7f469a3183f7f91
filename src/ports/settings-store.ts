// Ports: settings that a person changed while the bot ran. They stand above the `.env` at the next start, each with who
// changed it, when, from what and to what.
import type { EpochMs } from '../core/units.ts';

export interface SettingWish {
  /** The name that it has in `.env`, or a name of the same kind for what has none there (`BLACKLIST`). */
  readonly name: string;
  /** As it would stand in `.env`; null takes the change back, so that the `.env` counts again. */
  readonly value: string | null;
  /** Who: a user id, or `terminal`. */
  readonly by: string;
  /** Wall time. */
  readonly at: EpochMs;
}

export interface SettingChange {
  readonly name: string;
  /** Null: the value of `.env` counted. */
  readonly before: string | null;
  readonly after: string | null;
  readonly by: string;
  readonly at: EpochMs;
}

export interface SettingsStore {
  /** What counts instead of the `.env`, by name. */
  load(): ReadonlyMap<string, string>;
  /** Durable when it returns; throws JournalError when it could not be written: then nothing was changed. */
  save(wish: SettingWish): SettingChange;
  /** Newest first; of one setting, or of all with null. */
  history(name: string | null, limit: number): readonly SettingChange[];
}
