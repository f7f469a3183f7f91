// App, backtest: one contract's bars in memory that threads share: five columns of doubles, 40 B a bar (64 where the file counts
// trades). No bar is missing between the first and the last, so times follow from places.
import type { Bar } from '../../core/market.ts';
import { epochMs, invariant } from '../../core/units.ts';
import type { Contract } from '../../emulator/market/source.ts';
import type { Reach } from '../study/road.ts';

export interface SharedSeries {
  readonly contract: Contract;
  readonly firstMs: number;
  readonly stepMs: number;
  readonly count: number;
  /** Column after column: open, high, low, close, volume, and quote volume, trades, taker volume where they are known. */
  readonly columns: SharedArrayBuffer;
  readonly width: 5 | 8;
}

export type SeriesColumn = 'open' | 'high' | 'low' | 'close';
const PLACE: Readonly<Record<SeriesColumn, number>> = { open: 0, high: 1, low: 2, close: 3 };

export class SeriesBars {
  readonly series: SharedSeries;
  readonly length: number;
  readonly #cells: Float64Array;

  constructor(series: SharedSeries) {
    this.series = series;
    this.length = series.count;
    this.#cells = new Float64Array(series.columns);
    invariant(this.#cells.length === series.count * series.width, `${series.contract.symbol}: the columns are not of one length`);
  }

  get endMs(): number {
    return this.series.firstMs + this.length * this.series.stepMs;
  }

  /** Place of the bar that opens at this instant, or -1. */
  indexAt(openMs: number): number {
    const index = (openMs - this.series.firstMs) / this.series.stepMs;
    return Number.isInteger(index) && index >= 0 && index < this.length ? index : -1;
  }

  value(column: SeriesColumn, index: number): number {
    return this.#cells[PLACE[column] * this.length + index] as number;
  }

  /** What a road is looked for by: two columns, and no bar is drawn up. */
  firstReach(from: number, { low, high, untilMs }: Reach): number {
    const { length } = this;
    const cells = this.#cells;
    const until = Math.min(length, Math.max(from, Math.ceil((untilMs - this.series.firstMs) / this.series.stepMs)));
    for (let i = from; i < until; i++)
      if ((cells[2 * length + i] as number) <= low || (cells[length + i] as number) >= high) return i;
    return until;
  }

  /** As the bot's own reader of klines draws it up: counts that a recording lacks are unknown, except that nobody traded in silence. */
  at(index: number): Bar | undefined {
    if (index < 0 || index >= this.length) return undefined;
    const { length } = this;
    const cells = this.#cells;
    const volume = cells[4 * length + index] as number;
    const { firstMs, stepMs, width } = this.series;
    const unknown = volume > 0 ? Number.NaN : 0;
    const counted = width === 8;
    return {
      openMs: epochMs(firstMs + index * stepMs),
      open: cells[index] as number,
      high: cells[length + index] as number,
      low: cells[2 * length + index] as number,
      close: cells[3 * length + index] as number,
      volume,
      quoteVolume: counted ? (cells[5 * length + index] as number) : unknown,
      trades: counted ? (cells[6 * length + index] as number) : unknown,
      takerBuyVolume: counted ? (cells[7 * length + index] as number) : unknown,
    };
  }
}
