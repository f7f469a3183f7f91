// App, Discord: settings of the chat itself: how charts look, which events are told aloud, silently or not at all, and the quiet
// hours. They are changed with `/config set`, kept with who changed them, and survive a restart.
import type { EpochMs } from '../../core/units.ts';
import type { ChartLook } from '../../ports/chart.ts';
import type { SettingChange, SettingsStore } from '../../ports/settings-store.ts';

/** Events that are told in the channel, with what they do by default. Critical ones are told aloud whatever stands here. */
const NOTIFY = {
  OPENED: 'on',
  PROTECTED: 'silent',
  STOP_MOVED: 'silent',
  PARTIAL: 'on',
  PROFIT: 'on',
  RISK: 'on',
  CLOSED: 'on',
  ENTRY_REQUEST: 'on',
  SCAN: 'silent',
  BALANCE: 'silent',
  DRAWDOWN: 'on',
  LEVEL: 'on',
  TROUBLE: 'on',
  VIRTUAL: 'off',
  SETTING: 'silent',
  DIGEST: 'silent',
  START: 'silent',
} as const;
export type NotifyName = keyof typeof NOTIFY;
export type NotifyLevel = 'on' | 'silent' | 'off';
export const NOTIFY_NAMES = Object.keys(NOTIFY) as readonly NotifyName[];

interface Rule {
  readonly fallback: string;
  /** Shown to the person whose value was refused. */
  readonly allowed: string;
  /** Offered while a person types. */
  readonly choices: readonly string[];
  readonly accepts: (value: string) => boolean;
}

const oneOf = (choices: readonly string[], fallback: string): Rule => ({
  fallback,
  allowed: choices.join(' | '),
  choices,
  accepts: (value) => choices.includes(value),
});

/** Hours of the day in a fixed offset, "23-07+8"; from the first hour on, up to the second. */
const QUIET = /^([01]?\d|2[0-3])-([01]?\d|2[0-3])([+-]([01]?\d))?$/;

const RULES: ReadonlyMap<string, Rule> = new Map([
  ['CHART_THEME', oneOf(['dark', 'light'], 'dark')],
  ['CHART_RISING', oneOf(['green', 'red'], 'green')],
  [
    'QUIET_HOURS',
    {
      fallback: 'off',
      allowed: 'off | HH-HH | HH-HH+8',
      choices: ['off', '22-07+8', '23-07+8', '00-08+8'],
      accepts: (value) => value === 'off' || QUIET.test(value),
    },
  ],
  ...NOTIFY_NAMES.map((name): [string, Rule] => [`NOTIFY_${name}`, oneOf(['on', 'silent', 'off'], NOTIFY[name])]),
]);

export const CHAT_SETTING_NAMES: readonly string[] = [...RULES.keys()];

export class ChatSettings {
  readonly #store: SettingsStore;
  readonly #values = new Map<string, string>();

  constructor(store: SettingsStore) {
    this.#store = store;
    for (const [name, value] of store.load()) if (RULES.get(name)?.accepts(value) === true) this.#values.set(name, value);
  }

  value(name: string): string {
    return this.#values.get(name) ?? RULES.get(name)?.fallback ?? '';
  }

  choices(name: string): readonly string[] {
    return RULES.get(name)?.choices ?? [];
  }

  /** Null where the value is allowed, else what is. */
  refusal(name: string, value: string): string | null {
    const rule = RULES.get(name);
    return rule === undefined || rule.accepts(value) ? null : rule.allowed;
  }

  /** Durable when it returns; throws JournalError where it could not be written. */
  change(name: string, value: string, by: { readonly id: string; readonly at: EpochMs }): SettingChange {
    const change = this.#store.save({ name, value, by: by.id, at: by.at });
    this.#values.set(name, value);
    return change;
  }

  get look(): ChartLook {
    const theme = this.value('CHART_THEME') === 'light' ? 'light' : 'dark';
    const rising = this.value('CHART_RISING') === 'red' ? 'red' : 'green';
    return { size: 'chat', theme, rising };
  }

  /** Quiet hours make an event silent; they never hide it. */
  levelOf(name: NotifyName, wallMs: number): NotifyLevel {
    const level = this.value(`NOTIFY_${name}`);
    if (level === 'off') return 'off';
    return level === 'silent' || isQuiet(this.value('QUIET_HOURS'), wallMs) ? 'silent' : 'on';
  }
}

export function isQuiet(hours: string, wallMs: number): boolean {
  const found = QUIET.exec(hours);
  if (found === null) return false;
  const [from, to, offset] = [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)];
  const hour = (((Math.floor(wallMs / 3_600_000) + offset) % 24) + 24) % 24;
  return from <= to ? hour >= from && hour < to : hour >= from || hour < to;
}
