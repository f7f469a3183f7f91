// Services, room 6: what a person (or a liquidation) switched off until somebody switches it on again. Survives a restart.
import type { LadderLevel } from '../../src/core/trade.ts';
import { CRASH_LOOP } from '../../src/risk/crash-loop.ts';
import type { Ladder } from './ladder.ts';
import type { LedgerWriter } from './ledger-writer.ts';

/** What a latch takes away; where nothing is named: entries. */
const LEVELS: ReadonlyMap<string, LadderLevel> = new Map([
  ['panic', 'PANIC'],
  [CRASH_LOOP, 'PROTECT_ONLY'],
]);

export class Latches {
  readonly #ladder: Ladder;
  readonly #writer: LedgerWriter;
  readonly #reasons = new Map<string, string>();

  constructor(ladder: Ladder, writer: LedgerWriter) {
    this.#ladder = ladder;
    this.#writer = writer;
  }

  /** Name → reason. */
  get all(): ReadonlyMap<string, string> {
    return this.#reasons;
  }

  has(name: string): boolean {
    return this.#reasons.has(name);
  }

  restore(latches: ReadonlyMap<string, string>): void {
    for (const [name, reason] of latches) this.#hold(name, reason);
  }

  set(name: string, reason: string): void {
    this.#hold(name, reason);
    this.#writer.commit([{ table: 'latch', name, reason }]);
  }

  /** A person takes responsibility for everything that is latched. */
  resume(): void {
    const names = [...this.#reasons.keys()];
    this.#writer.commit(names.map((name) => ({ table: 'latch', name, reason: null })));
    this.#reasons.clear();
    this.#ladder.release([...names, 'safeMode', 'otherBot', 'unlisted']);
  }

  /** Only this one; what else is latched stays so. */
  lift(name: string): void {
    if (!this.#reasons.delete(name)) return;
    this.#writer.commit([{ table: 'latch', name, reason: null }]);
    this.#ladder.drop(name);
  }

  #hold(name: string, reason: string): void {
    this.#reasons.set(name, reason);
    this.#ladder.raise(name, LEVELS.get(name) ?? 'NO_NEW_ENTRIES', reason);
  }
}
