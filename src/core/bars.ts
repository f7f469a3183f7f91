// Floor 0, the words: a ring of closed bars in typed arrays (72 B a bar instead of about 200 as objects).
// Closed bars only ever append in time order; a running bar is kept apart by whoever needs it.
import type { Bar } from './market.ts';
import { barClose, barOpen, type Timeframe, timeframeMs } from './timeframe.ts';
import { type EpochMs, epochMs, invariant } from './units.ts';

const COLUMNS = ['openMs', 'open', 'high', 'low', 'close', 'volume', 'quoteVolume', 'trades', 'takerBuyVolume'] as const;
export type BarColumn = (typeof COLUMNS)[number];
const WIDTH = COLUMNS.length;
const PLACE = Object.fromEntries(COLUMNS.map((name, i) => [name, i])) as Readonly<Record<BarColumn, number>>;

export class BarSeries {
  readonly timeframe: Timeframe;
  readonly capacity: number;
  /** Row by row: a bar that is appended touches two cache lines instead of one per column. */
  readonly #cells: Float64Array;
  #count = 0;
  #next = 0;
  #total = 0;

  constructor(timeframe: Timeframe, capacity: number) {
    invariant(capacity > 0, 'a ring needs room for one bar');
    this.timeframe = timeframe;
    this.capacity = capacity;
    this.#cells = new Float64Array(capacity * WIDTH);
  }

  /** Bars held now, at most `capacity`. */
  get length(): number {
    return this.#count;
  }

  /** Bars ever appended: what "warm-up" counts. */
  get total(): number {
    return this.#total;
  }

  get lastOpenMs(): number {
    return this.#count === 0 ? Number.NEGATIVE_INFINITY : this.value('openMs', 0);
  }

  append(bar: Bar): void {
    // Asked first, so that the sentence is written only when it is needed.
    if (!(bar.openMs > this.lastOpenMs)) invariant(false, `bar ${bar.openMs} does not follow ${this.lastOpenMs}`);
    if (bar.openMs % timeframeMs(this.timeframe) !== 0) invariant(false, `bar ${bar.openMs} is off the ${this.timeframe} grid`);
    const cells = this.#cells;
    const row = this.#next * WIDTH;
    cells[row] = bar.openMs;
    cells[row + 1] = bar.open;
    cells[row + 2] = bar.high;
    cells[row + 3] = bar.low;
    cells[row + 4] = bar.close;
    cells[row + 5] = bar.volume;
    cells[row + 6] = bar.quoteVolume;
    cells[row + 7] = bar.trades;
    cells[row + 8] = bar.takerBuyVolume;
    this.#next = (this.#next + 1) % this.capacity;
    this.#count = Math.min(this.#count + 1, this.capacity);
    this.#total += 1;
  }

  #slot(ago: number): number {
    if (!(ago >= 0 && ago < this.#count)) invariant(false, `bar ${ago} ago is not held (${this.#count} are)`);
    return (this.#next - 1 - ago + 2 * this.capacity) % this.capacity;
  }

  /** One column, `ago` bars back from the newest (0). */
  value(column: BarColumn, ago: number): number {
    return this.#cells[this.#slot(ago) * WIDTH + PLACE[column]] as number;
  }

  /** The bar `ago` bars back from the newest (0). */
  at(ago: number): Bar {
    const cells = this.#cells;
    const row = this.#slot(ago) * WIDTH;
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

  /** The newest `count` bars (or fewer), oldest first. */
  tail(count: number): Bar[] {
    const n = Math.min(count, this.#count);
    return Array.from({ length: n }, (_, i) => this.at(n - 1 - i));
  }
}

/**
 * Folds entry bars into trend bars (1m → 15m). A trend bar is handed out when its last entry bar arrives, and only if
 * every entry bar of it was seen: a hole yields no bar, because a bar with a missing minute is not what the venue shows.
 */
export class BarFolder {
  readonly #from: Timeframe;
  readonly #to: Timeframe;
  /** The running trend bar but for its open time, in the order of the columns; a bar is drawn up when it is complete. */
  readonly #open = new Float64Array(WIDTH - 1);
  #openMs = Number.NEGATIVE_INFINITY;
  #seen = 0;
  #lastOpenMs = Number.NEGATIVE_INFINITY;

  constructor(from: Timeframe, to: Timeframe) {
    invariant(timeframeMs(to) % timeframeMs(from) === 0, `${from} bars do not fold into ${to} bars`);
    this.#from = from;
    this.#to = to;
  }

  push(bar: Bar): Bar | null {
    if (!(bar.openMs > this.#lastOpenMs)) invariant(false, `bar ${bar.openMs} does not follow ${this.#lastOpenMs}`);
    this.#lastOpenMs = bar.openMs;
    const openMs = barOpen(bar.openMs, this.#to);
    if (openMs === this.#openMs) this.#join(bar);
    else {
      this.#openMs = openMs;
      this.#begin(bar);
    }
    const complete = barClose(bar.openMs, this.#from) === barClose(openMs, this.#to);
    if (!complete || this.#seen !== timeframeMs(this.#to) / timeframeMs(this.#from)) return null;
    return this.#folded(openMs);
  }

  #begin(bar: Bar): void {
    const held = this.#open;
    held[0] = bar.open;
    held[1] = bar.high;
    held[2] = bar.low;
    held[3] = bar.close;
    held[4] = bar.volume;
    held[5] = bar.quoteVolume;
    held[6] = bar.trades;
    held[7] = bar.takerBuyVolume;
    this.#seen = 1;
  }

  #join(bar: Bar): void {
    const held = this.#open;
    held[1] = Math.max(held[1] as number, bar.high);
    held[2] = Math.min(held[2] as number, bar.low);
    held[3] = bar.close;
    held[4] = (held[4] as number) + bar.volume;
    held[5] = (held[5] as number) + bar.quoteVolume;
    held[6] = (held[6] as number) + bar.trades;
    held[7] = (held[7] as number) + bar.takerBuyVolume;
    this.#seen += 1;
  }

  #folded(openMs: EpochMs): Bar {
    const [open = 0, high = 0, low = 0, close = 0, volume = 0, quoteVolume = 0, trades = 0, takerBuyVolume = 0] = this.#open;
    return { openMs, open, high, low, close, volume, quoteVolume, trades, takerBuyVolume };
  }
}
