// Emulator, faults: the account as it was a while ago, for reads that lag. It is kept only while a switch asks for it, so a
// switch shows the past from its own arming on.
import { epochMs } from '../core/units.ts';
import type { SimSnapshot } from '../sim/snapshot.ts';
import { SimVenue } from '../sim/venue.ts';
import type { Desk } from './desk.ts';

const KEPT = 256;

interface Kept {
  readonly atMs: number;
  readonly revision: number;
  readonly snapshot: SimSnapshot;
}

export class Hindsight {
  #kept: Kept[] = [];
  #following = false;

  /** Called when a switch is armed: what stands now is the oldest that can be shown. */
  follow(desk: Desk): void {
    this.#following = true;
    this.note(desk);
  }

  forget(): void {
    this.#following = false;
    this.#kept = [];
  }

  /** Called after every change of the account. */
  note(desk: Desk): void {
    if (!this.#following || this.#kept.at(-1)?.revision === desk.venue.revision) return;
    this.#kept.push({ atMs: epochMs(desk.now()), revision: desk.venue.revision, snapshot: desk.venue.snapshot() });
    if (this.#kept.length > KEPT) this.#kept.shift();
  }

  /** The newest that was kept at or before the instant, else the oldest there is; null before anything was kept. */
  at(desk: Desk, atMs: number): SimVenue | null {
    const kept = this.#kept.findLast((one) => one.atMs <= atMs) ?? this.#kept[0];
    return kept === undefined ? null : SimVenue.restore(kept.snapshot, desk.view.source.contracts);
  }
}
