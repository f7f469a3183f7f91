// Floor 0, the words: bars as rows of doubles. Files and restarts move four hundred thousand of them, which as objects would only be
// thrown away.
import type { Bar } from './market.ts';
import { epochMs } from './units.ts';

/** Open time, open, high, low, close, volume, quote volume, trades, taker buy volume. */
export const ROW_CELLS = 9;

export type BarRow = { -readonly [K in keyof Bar]: Bar[K] };

export class BarRows {
  readonly cells: Float64Array;

  constructor(cells: Float64Array) {
    this.cells = cells;
  }

  static of(bars: readonly Bar[]): BarRows {
    const rows = new BarRows(new Float64Array(bars.length * ROW_CELLS));
    for (const [i, bar] of bars.entries()) rows.put(i, bar);
    return rows;
  }

  get length(): number {
    return this.cells.length / ROW_CELLS;
  }

  put(place: number, bar: Bar): void {
    const cells = this.cells;
    const row = place * ROW_CELLS;
    cells[row] = bar.openMs;
    cells[row + 1] = bar.open;
    cells[row + 2] = bar.high;
    cells[row + 3] = bar.low;
    cells[row + 4] = bar.close;
    cells[row + 5] = bar.volume;
    cells[row + 6] = bar.quoteVolume;
    cells[row + 7] = bar.trades;
    cells[row + 8] = bar.takerBuyVolume;
  }

  /** Open of a bar counted from the oldest (0), from the newest (−1) where it is negative; NaN where there is none. */
  openMs(place: number): number {
    const row = place * ROW_CELLS;
    return this.cells[row < 0 ? this.cells.length + row : row] ?? Number.NaN;
  }

  bar(place: number): BarRow {
    const bar = {
      openMs: epochMs(0),
      open: 0,
      high: 0,
      low: 0,
      close: 0,
      volume: 0,
      quoteVolume: 0,
      trades: 0,
      takerBuyVolume: 0,
    };
    this.read(place, bar);
    return bar;
  }

  /** Oldest first, as objects of their own. */
  bars(): Bar[] {
    return Array.from({ length: this.length }, (_, place) => this.bar(place));
  }

  /** Into an object that is there: for whoever goes over many and copies what it needs. */
  read(place: number, bar: BarRow): void {
    const cells = this.cells;
    const row = place * ROW_CELLS;
    bar.openMs = epochMs(cells[row] as number);
    bar.open = cells[row + 1] as number;
    bar.high = cells[row + 2] as number;
    bar.low = cells[row + 3] as number;
    bar.close = cells[row + 4] as number;
    bar.volume = cells[row + 5] as number;
    bar.quoteVolume = cells[row + 6] as number;
    bar.trades = cells[row + 7] as number;
    bar.takerBuyVolume = cells[row + 8] as number;
  }
}
