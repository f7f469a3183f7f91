// Emulator, the oracle's clock: how long positions stood without a live stop, in market and in wall time. The venue knows
// the market spans; while its clock is held a span has no market length at all, and only the wall tells.
import { epochMs } from '../core/units.ts';
import type { SimVenue } from '../sim/venue.ts';

export interface NakedSpan {
  readonly symbol: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly wallMs: number;
}

export class NakedWatch {
  readonly #wallNow: () => number;
  readonly #closed: NakedSpan[];
  readonly #running = new Map<string, { readonly fromMs: number; readonly wallMs: number }>();

  constructor(wallNow: () => number, closed: readonly NakedSpan[] = []) {
    this.#wallNow = wallNow;
    this.#closed = [...closed];
  }

  /** Called after every change of the account. */
  look(venue: SimVenue, atMs: number): void {
    // A span without length is not told; one millisecond further every running span has one.
    const probeMs = atMs + 1;
    const naked = new Map(
      venue
        .nakedIntervals(epochMs(probeMs))
        .filter((span) => span.toMs === probeMs)
        .map((span) => [span.symbol as string, span.fromMs as number]),
    );
    for (const [symbol, since] of this.#running) {
      if (naked.get(symbol) === since.fromMs) continue;
      this.#running.delete(symbol);
      this.#closed.push({ symbol, fromMs: since.fromMs, toMs: atMs, wallMs: this.#wallNow() - since.wallMs });
    }
    for (const [symbol, fromMs] of naked) {
      if (!this.#running.has(symbol)) this.#running.set(symbol, { fromMs, wallMs: this.#wallNow() });
    }
  }

  spans(atMs: number): readonly NakedSpan[] {
    const running = [...this.#running].map(([symbol, since]) => ({
      symbol,
      fromMs: since.fromMs,
      toMs: atMs,
      wallMs: this.#wallNow() - since.wallMs,
    }));
    return [...this.#closed, ...running];
  }

  closed(): readonly NakedSpan[] {
    return this.#closed;
  }
}
