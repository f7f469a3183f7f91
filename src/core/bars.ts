// Floor 0, the words: a ring of closed bars in typed arrays (60 B a bar instead of about 250 as objects).
// Closed bars only ever append in time order; a running bar is kept apart by whoever needs it.
import { BarRows, ROW_CELLS } from './bar-rows.ts';
import type { Bar } from './market.ts';
import { type Timeframe, timeframeMs } from './timeframe.ts';
import { type EpochMs, epochMs, invariant } from './units.ts';

export type BarColumn = keyof Bar;
/** Doubles of one bar. Its time follows from its place, and its trades are a count, kept apart. */
const WIDTH = 7;
const PLACE = { open: 0, high: 1, low: 2, close: 3, volume: 4, quoteVolume: 5, takerBuyVolume: 6 } as const;
/** Where a row of `BarRows` has its trades; the volume bought by takers follows. */
const TRADES_IN_ROW = 7;
/** Stands for a count of trades that is not known; no bar has four billion. */
const NO_COUNT = 0xffff_ffff;

/** A stretch of bars without a hole: number of its first bar, counted from the first ever appended, and that bar's open. */
interface Stretch {
  readonly firstBar: number;
  readonly openMs: number;
}

export class BarSeries {
  readonly timeframe: Timeframe;
  readonly capacity: number;
  /** Row by row: a bar that is appended touches one or two cache lines instead of one per column. */
  readonly #cells: Float64Array;
  readonly #trades: Uint32Array;
  readonly #stepMs: number;
  /** Every held bar lies in one, the newest in the last: bars come minute after minute, so nearly always there is no other. */
  #stretches: readonly Stretch[] = [];
  #count = 0;
  #next = 0;
  #total = 0;
  #lastOpenMs = Number.NEGATIVE_INFINITY;

  constructor(timeframe: Timeframe, capacity: number) {
    invariant(capacity > 0, 'a ring needs room for one bar');
    this.timeframe = timeframe;
    this.capacity = capacity;
    this.#stepMs = timeframeMs(timeframe);
    const doubles = capacity * WIDTH;
    const memory = new ArrayBuffer(doubles * Float64Array.BYTES_PER_ELEMENT + capacity * Uint32Array.BYTES_PER_ELEMENT);
    this.#cells = new Float64Array(memory, 0, doubles);
    this.#trades = new Uint32Array(memory, this.#cells.byteLength, capacity);
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
    return this.#lastOpenMs;
  }

  append(bar: Bar): void {
    this.#follow(bar.openMs);
    const cells = this.#cells;
    const row = this.#next * WIDTH;
    cells[row] = bar.open;
    cells[row + 1] = bar.high;
    cells[row + 2] = bar.low;
    cells[row + 3] = bar.close;
    cells[row + 4] = bar.volume;
    cells[row + 5] = bar.quoteVolume;
    cells[row + 6] = bar.takerBuyVolume;
    this.#trades[this.#next] = Number.isNaN(bar.trades) ? NO_COUNT : bar.trades;
    this.#lastOpenMs = bar.openMs;
    this.#step();
  }

  /** Bars as they were kept, oldest first; no object is made of any of them. */
  appendRows({ cells: rows, length }: BarRows): void {
    for (let place = 0; place < length; ) {
      let openMs = rows[place * ROW_CELLS] as number;
      this.#follow(openMs);
      // The last open is noted once a stretch: noted with every bar, it would be a number object a bar.
      do {
        this.#copyRow(rows, place * ROW_CELLS);
        openMs += this.#stepMs;
        place += 1;
      } while (place < length && rows[place * ROW_CELLS] === openMs);
      this.#lastOpenMs = openMs - this.#stepMs;
    }
  }

  #copyRow(rows: Float64Array, from: number): void {
    const cells = this.#cells;
    const row = this.#next * WIDTH;
    // Open, high, low, close, volume and quote volume stand side by side in both.
    for (let i = 0; i < PLACE.takerBuyVolume; i++) cells[row + i] = rows[from + 1 + i] as number;
    const trades = rows[from + TRADES_IN_ROW] as number;
    cells[row + PLACE.takerBuyVolume] = rows[from + TRADES_IN_ROW + 1] as number;
    this.#trades[this.#next] = Number.isNaN(trades) ? NO_COUNT : trades;
    this.#step();
  }

  /** The bar that comes next lies on the grid, later than all before. */
  #follow(openMs: number): void {
    // Asked first, so that the sentence is written only when it is needed.
    if (!(openMs > this.#lastOpenMs)) invariant(false, `bar ${openMs} does not follow ${this.#lastOpenMs}`);
    if (openMs !== this.#lastOpenMs + this.#stepMs) this.#beginStretch(openMs);
  }

  #step(): void {
    this.#next = this.#next + 1 === this.capacity ? 0 : this.#next + 1;
    if (this.#count < this.capacity) this.#count += 1;
    this.#total += 1;
  }

  #beginStretch(openMs: number): void {
    if (openMs % this.#stepMs !== 0) invariant(false, `bar ${openMs} is off the ${this.timeframe} grid`);
    const oldest = this.#total + 1 - this.capacity;
    const held = this.#stretches.filter((_, i) => (this.#stretches[i + 1]?.firstBar ?? this.#total) > oldest);
    // Not pushed: a list that grows takes room for sixteen more, and there is nearly always one.
    this.#stretches = [...held, { firstBar: this.#total, openMs }];
  }

  #slot(ago: number): number {
    if (!(ago >= 0 && ago < this.#count)) invariant(false, `bar ${ago} ago is not held (${this.#count} are)`);
    return (this.#next - 1 - ago + 2 * this.capacity) % this.capacity;
  }

  #openMsOf(ago: number): number {
    const bar = this.#total - 1 - ago;
    const { firstBar, openMs } = this.#stretches.findLast((stretch) => stretch.firstBar <= bar) as Stretch;
    return openMs + (bar - firstBar) * this.#stepMs;
  }

  /** One column, `ago` bars back from the newest (0). */
  value(column: BarColumn, ago: number): number {
    const slot = this.#slot(ago);
    if (column === 'openMs') return this.#openMsOf(ago);
    return column === 'trades' ? this.#tradesAt(slot) : (this.#cells[slot * WIDTH + PLACE[column]] as number);
  }

  #tradesAt(slot: number): number {
    const count = this.#trades[slot] as number;
    return count === NO_COUNT ? Number.NaN : count;
  }

  /** The bar `ago` bars back from the newest (0). */
  at(ago: number): Bar {
    const cells = this.#cells;
    const slot = this.#slot(ago);
    const row = slot * WIDTH;
    return {
      openMs: epochMs(this.#openMsOf(ago)),
      open: cells[row] as number,
      high: cells[row + 1] as number,
      low: cells[row + 2] as number,
      close: cells[row + 3] as number,
      volume: cells[row + 4] as number,
      quoteVolume: cells[row + 5] as number,
      trades: this.#tradesAt(slot),
      takerBuyVolume: cells[row + 6] as number,
    };
  }

  /** Quote volume of the newest `count` bars, all of which are held; volume × close where it is not told (contract §8.20). */
  turnover(count: number): number {
    let sum = 0;
    // Counted anew and in one order: a sum that is carried on tells by its last digits how long it was carried.
    for (let ago = count - 1; ago >= 0; ago--) {
      const row = this.#slot(ago) * WIDTH;
      const told = this.#cells[row + PLACE.quoteVolume] as number;
      sum += Number.isNaN(told) ? (this.#cells[row + PLACE.volume] as number) * (this.#cells[row + PLACE.close] as number) : told;
    }
    return sum;
  }

  /** The newest `count` bars (or fewer), oldest first, as rows of numbers. */
  rows(count: number): BarRows {
    const n = Math.min(count, this.#count);
    const rows = new BarRows(new Float64Array(n * ROW_CELLS));
    for (let place = 0; place < n; place++) rows.put(place, this.at(n - 1 - place));
    return rows;
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
  readonly #fromMs: number;
  readonly #toMs: number;
  /** The running trend bar but for its open time; a bar is drawn up when it is complete. */
  readonly #open = new Float64Array(8);
  #openMs = Number.NEGATIVE_INFINITY;
  #seen = 0;
  #lastOpenMs = Number.NEGATIVE_INFINITY;

  constructor(from: Timeframe, to: Timeframe) {
    this.#fromMs = timeframeMs(from);
    this.#toMs = timeframeMs(to);
    invariant(this.#toMs % this.#fromMs === 0, `${from} bars do not fold into ${to} bars`);
  }

  push(bar: Bar): Bar | null {
    if (!(bar.openMs > this.#lastOpenMs)) invariant(false, `bar ${bar.openMs} does not follow ${this.#lastOpenMs}`);
    this.#lastOpenMs = bar.openMs;
    if (bar.openMs >= this.#openMs && bar.openMs < this.#openMs + this.#toMs) this.#join(bar);
    else {
      this.#openMs = bar.openMs - (bar.openMs % this.#toMs);
      this.#begin(bar);
    }
    const complete = bar.openMs + this.#fromMs === this.#openMs + this.#toMs;
    if (!complete || this.#seen !== this.#toMs / this.#fromMs) return null;
    return this.#folded(epochMs(this.#openMs));
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
