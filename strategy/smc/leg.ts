// Floor 1, room 4: the leg that may break a swing (smc.md a5): since the last confirmed swing high, the bar of the lowest low, the candle
// an order block would be drawn on, and what the move since then was made of. O(1) a bar, no looking back at the break.
import type { EpochMs, Side } from '../../src/core/units.ts';
import { epochMs } from '../../src/core/units.ts';
import type { BarWindow } from './bar-window.ts';
import { FLAG, type Mutable, type Row, RowFormat } from './pack.ts';

export interface LegCandle {
  readonly index: number;
  readonly atMs: EpochMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

export interface LegState {
  /** The swing that the leg would break; −1 = no leg yet. */
  readonly swingIndex: number;
  readonly originIndex: number;
  readonly originMs: EpochMs;
  readonly origin: number;
  readonly candle: LegCandle;
  readonly displacement: boolean;
  /** Largest gap in ATR, 0 without one. */
  readonly gapAtr: number;
  /** Mean volume of the (up to three) bars from the origin. */
  readonly volumeSum: number;
  readonly volumeBars: number;
}

/** The leg, then its candle. */
export type LegSnapshot = readonly [Row, Row];

const FORMAT = new RowFormat<Omit<LegState, 'candle'>>(
  ['swingIndex', 'originIndex', 'originMs', 'origin', 'displacement', 'gapAtr', 'volumeBars'],
  ['volumeSum'],
  { displacement: FLAG },
);
const CANDLE = new RowFormat<LegCandle>(['index', 'atMs', 'open', 'high', 'low', 'close']);

const LOOK_BACK = 3;

/** Long: follows the lows under a swing high. Short: the mirror. */
export class LegTracker implements LegState {
  readonly #side: Side;
  readonly #pick: 'lastOpposite' | 'extreme';
  swingIndex = -1;
  originIndex = -1;
  originMs: EpochMs = epochMs(0);
  origin = 0;
  /** One record, overwritten: the origin moves often. */
  readonly candle: Mutable<LegCandle> = { index: -1, atMs: epochMs(0), open: 0, high: 0, low: 0, close: 0 };
  displacement = false;
  gapAtr = 0;
  volumeSum = 0;
  volumeBars = 0;

  constructor(side: Side, pick: 'lastOpposite' | 'extreme') {
    this.#side = side;
    this.#pick = pick;
  }

  /** A swing was just confirmed: the leg begins with the bar after it. */
  start(window: BarWindow, swingIndex: number): void {
    this.swingIndex = swingIndex;
    this.originIndex = -1;
    for (let i = swingIndex + 1; i <= window.index; i++) this.#take(window, i);
  }

  push(window: BarWindow): void {
    if (this.swingIndex >= 0) this.#take(window, window.index);
  }

  #take(window: BarWindow, i: number): void {
    const long = this.#side === 'long';
    const price = long ? window.lowAt(i) : window.highAt(i);
    // Of equal lows the latest is the origin.
    if (this.originIndex < 0 || (long ? price <= this.origin : price >= this.origin)) this.#move(window, i, price);
    else if (i - this.originIndex < 3) {
      this.volumeSum += window.volumeAt(i);
      this.volumeBars += 1;
    }
    if (window.displacementFrom(this.#side, i) >= this.originIndex) this.displacement = true;
    // A gap known at i is drawn on the bar before.
    const gap = window.gapAtr(this.#side, i);
    if (gap > this.gapAtr && i - 1 >= this.originIndex) this.gapAtr = gap;
  }

  #move(window: BarWindow, i: number, price: number): void {
    this.originIndex = i;
    this.originMs = window.openMsAt(i);
    this.origin = price;
    this.displacement = false;
    this.gapAtr = 0;
    this.volumeSum = window.volumeAt(i);
    this.volumeBars = 1;
    const c = this.#pick === 'extreme' ? i : this.#lastOpposite(window, i);
    const { candle } = this;
    candle.index = c;
    candle.atMs = window.openMsAt(c);
    candle.open = window.openAt(c);
    candle.high = window.highAt(c);
    candle.low = window.lowAt(c);
    candle.close = window.closeAt(c);
  }

  /** The origin bar if it closed against the leg, else the nearest such bar of the three before it, else the origin bar. */
  #lastOpposite(window: BarWindow, origin: number): number {
    const first = Math.max(this.swingIndex + 1, origin - LOOK_BACK);
    for (let i = origin; i >= first; i--) {
      const body = window.closeAt(i) - window.openAt(i);
      if (this.#side === 'long' ? body < 0 : body > 0) return i;
    }
    return origin;
  }

  snapshot(): LegSnapshot {
    return [FORMAT.pack(this), CANDLE.pack(this.candle)];
  }

  restore([leg, candle]: LegSnapshot): void {
    Object.assign(this, FORMAT.unpack(leg));
    Object.assign(this.candle, CANDLE.unpack(candle));
  }
}
