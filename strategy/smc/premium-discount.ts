// Floor 1, room 4: premium and discount (smc.md a7, a10): where a price lies in the last leg, from its origin to the running extreme
// since the break, and how far the market has come back into it.
import type { Side } from '../../src/core/units.ts';
import type { BarWindow } from './bar-window.ts';
import type { LegState } from './leg.ts';
import type { Mutable } from './pack.ts';
import type { DealingRange } from './types.ts';

export interface RangeSnapshot {
  readonly range: DealingRange | null;
  readonly deepestPct: number | null;
  readonly atr: number | null;
  readonly close: number | null;
}

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

export class DealingRangeTracker {
  #range: Mutable<DealingRange> | null = null;
  #deepestPct = Number.NaN;
  #atr = Number.NaN;
  #close = Number.NaN;

  get range(): DealingRange | null {
    return this.#range;
  }

  /** A break starts a new range; the breaking bar's own extreme is its first. */
  start(window: BarWindow, side: Side, leg: LegState): void {
    const extreme = side === 'long' ? window.high : window.low;
    this.#range = { side, origin: leg.origin, extreme, originMs: leg.originMs, breakIndex: window.index };
    this.#deepestPct = Number.NaN;
  }

  /** Runs with every bar, after a break was judged. */
  update(window: BarWindow): void {
    this.#atr = window.atr;
    this.#close = window.close;
    const range = this.#range;
    if (range === null) return;
    const long = range.side === 'long';
    range.extreme = long ? Math.max(range.extreme, window.high) : Math.min(range.extreme, window.low);
    const worst = this.position(range.side, long ? window.low : window.high) * 100;
    // The breaking bar's own far end came before the leg was complete.
    if (window.index > range.breakIndex && (worst > this.#deepestPct || Number.isNaN(this.#deepestPct))) this.#deepestPct = worst;
  }

  /** 0 = worst price for this side, 1 = best; a range lower than one ATR says nothing. */
  position(side: Side, price: number): number {
    const range = this.#range;
    if (range === null) return Number.NaN;
    const high = Math.max(range.origin, range.extreme);
    const low = Math.min(range.origin, range.extreme);
    if (high - low < this.#atr) return Number.NaN;
    return side === 'long' ? (high - price) / (high - low) : (price - low) / (high - low);
  }

  get retracementPct(): number {
    return this.#range === null ? Number.NaN : this.position(this.#range.side, this.#close) * 100;
  }

  get deepestPct(): number {
    return this.#deepestPct;
  }

  snapshot(): RangeSnapshot {
    const range = this.#range === null ? null : { ...this.#range };
    return { range, deepestPct: orNull(this.#deepestPct), atr: orNull(this.#atr), close: orNull(this.#close) };
  }

  restore(snapshot: RangeSnapshot): void {
    this.#range = snapshot.range === null ? null : { ...snapshot.range };
    this.#deepestPct = snapshot.deepestPct ?? Number.NaN;
    this.#atr = snapshot.atr ?? Number.NaN;
    this.#close = snapshot.close ?? Number.NaN;
  }
}
