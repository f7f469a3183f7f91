// Services, room 3: contracts that the venue does not know, for a while. Asking again and again for a name that is refused costs
// weight and hides what else is wrong; after an hour it is asked once more.
import { type EpochMs, epochMs, type SymbolId } from '../../src/core/units.ts';

export const BLACKLIST_MS = 3_600_000;

interface Entry {
  readonly untilMs: EpochMs;
  readonly reason: string;
}

export class SymbolBlacklist {
  readonly #entries = new Map<SymbolId, Entry>();

  get size(): number {
    return this.#entries.size;
  }

  add(symbol: SymbolId, reason: string, now: EpochMs): void {
    this.#entries.set(symbol, { reason, untilMs: epochMs(now + BLACKLIST_MS) });
  }

  /** Why nothing is asked about this contract, or null. It stays until somebody has tried it again. */
  reason(symbol: SymbolId): string | null {
    return this.#entries.get(symbol)?.reason ?? null;
  }

  /** Those whose time is over: each is told once and waits as long again unless it is removed. */
  due(now: EpochMs): SymbolId[] {
    const due = [...this.#entries].filter(([, entry]) => now >= entry.untilMs);
    for (const [symbol, { reason }] of due) this.add(symbol, reason, now);
    return due.map(([symbol]) => symbol);
  }

  remove(symbol: SymbolId): void {
    this.#entries.delete(symbol);
  }
}
