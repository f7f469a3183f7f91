// Floor 1, room 4: premium and discount (smc.md a7, a10): where a price lies in the last leg, from its origin to the running extreme
// since the break, and how far the market has come back into it.
import { epochMs, type Side } from '../../src/core/units.ts';
import { CellBlock } from '../cell-block.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';
import type { BarWindow } from './bar-window.ts';
import type { LegState } from './leg.ts';
import type { DealingRange } from './types.ts';

// Cells of the tracker, beside those of the other detectors. SIDE: 1 long, −1 short, 0 before the first break.
const SIDE = 0;
const ORIGIN = 1;
const EXTREME = 2;
const DEEPEST = 3;
const BREAK_INDEX = 4;
const ATR = 5;
const CLOSE = 6;
const ORIGIN_MS = 7;
export const RANGE_CELLS = 8;

export class DealingRangeTracker {
  readonly #cells: Float64Array;
  readonly #first: number;

  constructor(block: CellBlock = new CellBlock(RANGE_CELLS)) {
    this.#cells = block.cells;
    this.#first = block.take(RANGE_CELLS);
    for (const cell of [DEEPEST, ATR, CLOSE]) this.#cells[this.#first + cell] = Number.NaN;
  }

  #at(cell: number): number {
    return this.#cells[this.#first + cell] as number;
  }
  get range(): DealingRange | null {
    const sign = this.#at(SIDE);
    if (sign === 0) return null;
    const side = sign === 1 ? 'long' : 'short';
    const originMs = epochMs(this.#at(ORIGIN_MS));
    return { side, origin: this.#at(ORIGIN), extreme: this.#at(EXTREME), originMs, breakIndex: this.#at(BREAK_INDEX) };
  }

  /** A break starts a new range; the breaking bar's own extreme is its first. */
  start(window: BarWindow, side: Side, leg: LegState): void {
    const extreme = side === 'long' ? window.high : window.low;
    this.#write({ side, origin: leg.origin, extreme, originMs: leg.originMs, breakIndex: window.index });
    this.#cells[this.#first + DEEPEST] = Number.NaN;
  }

  #write({ side, origin, extreme, originMs, breakIndex }: DealingRange): void {
    const cells = this.#cells;
    cells[this.#first + SIDE] = side === 'long' ? 1 : -1;
    cells[this.#first + ORIGIN] = origin;
    cells[this.#first + EXTREME] = extreme;
    cells[this.#first + ORIGIN_MS] = originMs;
    cells[this.#first + BREAK_INDEX] = breakIndex;
  }

  /** Runs with every bar, after a break was judged. */
  update(window: BarWindow): void {
    const cells = this.#cells;
    const first = this.#first;
    cells[first + ATR] = window.atr;
    cells[first + CLOSE] = window.close;
    const sign = cells[first + SIDE] as number;
    if (sign === 0) return;
    const { high, low } = window;
    const extreme = cells[first + EXTREME] as number;
    if (sign === 1 ? high > extreme : low < extreme) cells[first + EXTREME] = sign === 1 ? high : low;
    // The breaking bar's own far end came before the leg was complete.
    if (window.index <= (cells[first + BREAK_INDEX] as number)) return;
    const worst = this.position(sign === 1 ? 'long' : 'short', sign === 1 ? low : high) * 100;
    const deepest = cells[first + DEEPEST] as number;
    if (worst > deepest || Number.isNaN(deepest)) cells[first + DEEPEST] = worst;
  }

  /** 0 = worst price for this side, 1 = best; a range lower than one ATR says nothing. */
  position(side: Side, price: number): number {
    const cells = this.#cells;
    const first = this.#first;
    if (cells[first + SIDE] === 0) return Number.NaN;
    const origin = cells[first + ORIGIN] as number;
    const extreme = cells[first + EXTREME] as number;
    const high = origin > extreme ? origin : extreme;
    const low = origin > extreme ? extreme : origin;
    if (high - low < (cells[first + ATR] as number)) return Number.NaN;
    return side === 'long' ? (high - price) / (high - low) : (price - low) / (high - low);
  }

  get retracementPct(): number {
    const sign = this.#at(SIDE);
    return sign === 0 ? Number.NaN : this.position(sign === 1 ? 'long' : 'short', this.#at(CLOSE)) * 100;
  }

  get deepestPct(): number {
    return this.#at(DEEPEST);
  }

  write(tape: TapeWriter): void {
    tape.cells(this.#cells, this.#first, RANGE_CELLS);
  }

  read(tape: TapeReader): void {
    tape.cells(this.#cells, this.#first, RANGE_CELLS);
  }
}
