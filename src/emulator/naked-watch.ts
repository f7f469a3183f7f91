// Emulator, the oracle's clock: how long positions stood without a live stop, in market and in wall time. The venue knows
// the market spans; while its clock is held a span has no market length at all, and only the wall tells.
import { epochMs } from '../core/units.ts';
import { sidePart, slotFrom, slotOf } from '../sim/position-slot.ts';
import type { SimHedgeSide } from '../sim/types.ts';
import type { SimVenue } from '../sim/venue.ts';

export interface NakedSpan {
  readonly symbol: string;
  /** Absent: the one position of one-way mode. */
  readonly positionSide?: SimHedgeSide;
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

  /** Called after every change of the account; the venue knows to the millisecond when a span ended, the wall when we heard. */
  look(venue: Pick<SimVenue, 'nakedNow' | 'nakedIntervals'>, atMs: number): void {
    // A span without length is not told; one millisecond further every running span has one.
    const probeMs = atMs + 1;
    const naked = new Map(venue.nakedNow(epochMs(probeMs)).map((span) => [slotOf(span), span.fromMs as number]));
    for (const [slot, since] of this.#running) {
      if (naked.get(slot) === since.fromMs) continue;
      this.#running.delete(slot);
      const ended = venue.nakedIntervals(epochMs(atMs)).findLast((span) => slotOf(span) === slot && span.fromMs === since.fromMs);
      this.#closed.push(this.#spanOf(slot, since, ended?.toMs ?? since.fromMs));
    }
    for (const [slot, fromMs] of naked) {
      if (!this.#running.has(slot)) this.#running.set(slot, { fromMs, wallMs: this.#wallNow() });
    }
  }

  spans(atMs: number): readonly NakedSpan[] {
    const running = [...this.#running].map(([slot, since]) => this.#spanOf(slot, since, atMs));
    return [...this.#closed, ...running];
  }

  #spanOf(slot: string, since: { readonly fromMs: number; readonly wallMs: number }, toMs: number): NakedSpan {
    const { symbol, positionSide } = slotFrom(slot);
    const wallMs = this.#wallNow() - since.wallMs;
    return { symbol, ...sidePart(positionSide), fromMs: since.fromMs, toMs, wallMs };
  }

  closed(): readonly NakedSpan[] {
    return this.#closed;
  }
}
