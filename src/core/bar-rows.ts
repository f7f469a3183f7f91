// Floor 0, the words: bars as rows of doubles. Files and restarts move four hundred thousand of them, which as objects would only be
// thrown away.
import type { Bar } from './market.ts';
import { epochMs } from './units.ts';

/** Open time, open, high, low, close, volume, quote volume, trades, taker buy volume. */
export const ROW_CELLS = 9;

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

  bar(place: number): Bar {
    const cells = this.cells;
    const row = place * ROW_CELLS;
    return {
      openMs: epochMs(cells[row] as number),
      open: cells[row + 1] as number,
      high: cells[row + 2] as number,
      low: cells[row + 3] as number,
      close: cells[row + 4] as number,
      volume: cells[row + 5] as number,
      quoteVolume: cells[row + 6] as number,
      trades: cells[row + 7] as number,
      takerBuyVolume: cells[row + 8] as number,
    };
  }

  /** Oldest first, as objects of their own. */
  bars(): Bar[] {
    return Array.from({ length: this.length }, (_, place) => this.bar(place));
  }
}
