// Floor 1, room 4: the leg that may break a swing (smc.md a5): since the last confirmed swing high, the bar of the lowest low, the candle
// an order block would be drawn on, and what the move since then was made of. O(1) a bar, no looking back at the break.
import { type EpochMs, epochMs, type Side } from '../../src/core/units.ts';
import { CellBlock } from '../cell-block.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';
import type { BarWindow } from './bar-window.ts';

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
  /** Volume of the (up to three) bars from the origin, and how many they are. */
  readonly volumeSum: number;
  readonly volumeBars: number;
}

/** Bars before the origin among which the candle is looked for. */
const LOOK_BACK = 3;
/** Bars from the origin whose volume is added up. */
const VOLUME_BARS_COUNTED = 3;

// Cells of one leg, beside those of the other detectors.
const SWING_INDEX = 0;
const ORIGIN_INDEX = 1;
const ORIGIN = 2;
const DISPLACED = 3;
const GAP_ATR = 4;
const VOLUME_SUM = 5;
const VOLUME_BARS = 6;
const ORIGIN_MS = 7;
/** Then the candle: index, time, open, high, low, close. */
const CANDLE_AT = 8;
export const LEG_CELLS = 14;

/** Long: follows the lows under a swing high. Short: the mirror. */
export class LegTracker implements LegState {
  readonly #side: Side;
  readonly #pick: 'lastOpposite' | 'extreme';
  readonly #cells: Float64Array;
  readonly #first: number;

  constructor(side: Side, pick: 'lastOpposite' | 'extreme', block: CellBlock = new CellBlock(LEG_CELLS)) {
    this.#side = side;
    this.#pick = pick;
    this.#cells = block.cells;
    this.#first = block.take(LEG_CELLS);
    for (const cell of [SWING_INDEX, ORIGIN_INDEX, CANDLE_AT]) this.#cells[this.#first + cell] = -1;
  }

  #at(cell: number): number {
    return this.#cells[this.#first + cell] as number;
  }
  get swingIndex(): number {
    return this.#at(SWING_INDEX);
  }
  get originIndex(): number {
    return this.#at(ORIGIN_INDEX);
  }
  get originMs(): EpochMs {
    return epochMs(this.#at(ORIGIN_MS));
  }
  get origin(): number {
    return this.#at(ORIGIN);
  }
  get candle(): LegCandle {
    return {
      index: this.#at(CANDLE_AT),
      atMs: epochMs(this.#at(CANDLE_AT + 1)),
      open: this.#at(CANDLE_AT + 2),
      high: this.#at(CANDLE_AT + 3),
      low: this.#at(CANDLE_AT + 4),
      close: this.#at(CANDLE_AT + 5),
    };
  }
  get displacement(): boolean {
    return this.#at(DISPLACED) === 1;
  }
  get gapAtr(): number {
    return this.#at(GAP_ATR);
  }
  get volumeSum(): number {
    return this.#at(VOLUME_SUM);
  }
  get volumeBars(): number {
    return this.#at(VOLUME_BARS);
  }

  /** A swing was just confirmed: the leg begins with the bar after it. */
  start(window: BarWindow, swingIndex: number): void {
    this.#cells[this.#first + SWING_INDEX] = swingIndex;
    this.#cells[this.#first + ORIGIN_INDEX] = -1;
    for (let i = swingIndex + 1; i <= window.index; i++) this.#take(window, i);
    this.#findCandle(window);
  }

  push(window: BarWindow): void {
    if (this.#at(SWING_INDEX) >= 0 && this.#take(window, window.index)) this.#findCandle(window);
  }

  /** Whether the leg's origin moved to this bar. */
  #take(window: BarWindow, i: number): boolean {
    const cells = this.#cells;
    const first = this.#first;
    const long = this.#side === 'long';
    const price = long ? window.lowAt(i) : window.highAt(i);
    const origin = cells[first + ORIGIN] as number;
    const before = cells[first + ORIGIN_INDEX] as number;
    // Of equal lows the latest is the origin.
    const moved = before < 0 || (long ? price <= origin : price >= origin);
    if (moved) this.#move(window, i);
    else if (i - before < VOLUME_BARS_COUNTED) {
      cells[first + VOLUME_SUM] = (cells[first + VOLUME_SUM] as number) + window.volumeAt(i);
      cells[first + VOLUME_BARS] = (cells[first + VOLUME_BARS] as number) + 1;
    }
    const from = cells[first + ORIGIN_INDEX] as number;
    if (window.displacementFrom(this.#side, i) >= from) cells[first + DISPLACED] = 1;
    // A gap known at i is drawn on the bar before.
    const gap = window.gapAtr(this.#side, i);
    if (gap > (cells[first + GAP_ATR] as number) && i - 1 >= from) cells[first + GAP_ATR] = gap;
    return moved;
  }

  #move(window: BarWindow, i: number): void {
    const cells = this.#cells;
    const first = this.#first;
    cells[first + ORIGIN_INDEX] = i;
    cells[first + ORIGIN_MS] = window.openMsAt(i);
    cells[first + ORIGIN] = this.#side === 'long' ? window.lowAt(i) : window.highAt(i);
    cells[first + DISPLACED] = 0;
    cells[first + GAP_ATR] = 0;
    cells[first + VOLUME_SUM] = window.volumeAt(i);
    cells[first + VOLUME_BARS] = 1;
  }

  #findCandle(window: BarWindow): void {
    const cells = this.#cells;
    const first = this.#first;
    const origin = cells[first + ORIGIN_INDEX] as number;
    const c = this.#pick === 'extreme' ? origin : this.#lastOpposite(window, origin);
    cells[first + CANDLE_AT] = c;
    cells[first + CANDLE_AT + 1] = window.openMsAt(c);
    cells[first + CANDLE_AT + 2] = window.openAt(c);
    cells[first + CANDLE_AT + 3] = window.highAt(c);
    cells[first + CANDLE_AT + 4] = window.lowAt(c);
    cells[first + CANDLE_AT + 5] = window.closeAt(c);
  }

  /** The origin bar if it closed against the leg, else the nearest such bar of the three before it, else the origin bar. */
  #lastOpposite(window: BarWindow, origin: number): number {
    const first = Math.max(this.#at(SWING_INDEX) + 1, origin - LOOK_BACK);
    for (let i = origin; i >= first; i--) {
      const body = window.closeAt(i) - window.openAt(i);
      if (this.#side === 'long' ? body < 0 : body > 0) return i;
    }
    return origin;
  }

  write(tape: TapeWriter): void {
    tape.cells(this.#cells, this.#first, LEG_CELLS);
  }

  read(tape: TapeReader): void {
    tape.cells(this.#cells, this.#first, LEG_CELLS);
  }
}
