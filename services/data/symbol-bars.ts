// Services, room 3: the bars of one contract. Entry bars arrive one by one, fold into trend bars, and only ever move
// forward: a duplicate is compared and dropped, a hole keeps later bars waiting until the missing ones were fetched.
import type { BarRows } from '../../src/core/bar-rows.ts';
import { BarFolder, BarSeries } from '../../src/core/bars.ts';
import type { Bar, Instrument } from '../../src/core/market.ts';
import { barClose, DAY_MS, type Timeframe, timeframeMs } from '../../src/core/timeframe.ts';

export interface ClosedBar {
  readonly entryBar: Bar;
  /** The trend bar that closed with this entry bar, if one did. */
  readonly trendBar: Bar | null;
  /** `afterGap`: this bar follows a hole that could not be filled. */
  readonly afterGap: 'contiguous' | 'afterGap';
  /** Rolling 24 h quote volume as it was when this bar closed; NaN before a day of trend bars is held. */
  readonly quoteVolume24hUsdt: number;
}

export type Offer = 'next' | 'duplicate' | 'differs' | 'hole';

export interface BarCapacity {
  readonly trendBars: number;
  readonly entryBars: number;
}

export class SymbolBars {
  #instrument: Instrument;
  readonly entry: BarSeries;
  readonly trend: BarSeries;
  readonly #folder: BarFolder;
  /** A bar that waits; nearly always there is no other. */
  #one: Bar | null = null;
  /** What waits besides it, as behind a hole: by open, made when it is needed. */
  #waiting: Map<number, Bar> | null = null;
  readonly #entryMs: number;
  readonly #barsPerTrendBar: number;
  /** Trend bars of one day. */
  readonly #dayBars: number;
  /** NaN until it is asked for. */
  #quoteVolume24h = Number.NaN;
  #hole: 'wait' | 'skip' = 'wait';

  constructor(instrument: Instrument, pair: { readonly trend: Timeframe; readonly entry: Timeframe }, capacity: BarCapacity) {
    this.#instrument = instrument;
    this.entry = new BarSeries(pair.entry, capacity.entryBars);
    this.trend = new BarSeries(pair.trend, capacity.trendBars);
    this.#folder = new BarFolder(pair.entry, pair.trend);
    this.#entryMs = timeframeMs(pair.entry);
    this.#barsPerTrendBar = timeframeMs(pair.trend) / this.#entryMs;
    this.#dayBars = Math.max(1, DAY_MS / timeframeMs(pair.trend));
  }

  get instrument(): Instrument {
    return this.#instrument;
  }

  /** The venue's newest word on this contract. */
  renew(instrument: Instrument): void {
    this.#instrument = instrument;
  }

  /** Open of the entry bar that has to come next; -Infinity while nothing is known. */
  get nextOpenMs(): number {
    return this.entry.lastOpenMs + this.#entryMs;
  }

  /** Rolling 24 h quote volume in USDT from closed trend bars; NaN before a day of them is held. */
  get quoteVolume24hUsdt(): number {
    if (Number.isNaN(this.#quoteVolume24h) && this.trend.length >= this.#dayBars)
      this.#quoteVolume24h = this.trend.turnover(this.#dayBars);
    return this.#quoteVolume24h;
  }

  #appendTrend(bar: Bar): boolean {
    if (bar.openMs <= this.trend.lastOpenMs) return false;
    this.trend.append(bar);
    this.#quoteVolume24h = Number.NaN;
    return true;
  }

  /** History of both timeframes, closed bars only, oldest first; returns the entry bars in the order a strategy must see them. */
  load(
    trendBars: readonly Bar[],
    entryBars: readonly Bar[],
  ): { readonly before: readonly Bar[]; readonly closed: readonly ClosedBar[] } {
    const firstEntryClose =
      entryBars[0] === undefined ? Number.POSITIVE_INFINITY : barClose(entryBars[0].openMs, this.entry.timeframe);
    const before = trendBars.filter((bar) => barClose(bar.openMs, this.trend.timeframe) < firstEntryClose);
    const during = trendBars.slice(before.length);
    for (const bar of before) this.#appendTrend(bar);
    const closed: ClosedBar[] = [];
    let nextTrend = 0;
    for (const entryBar of entryBars) {
      const closeMs = barClose(entryBar.openMs, this.entry.timeframe);
      const fetched = during[nextTrend];
      const known = fetched !== undefined && barClose(fetched.openMs, this.trend.timeframe) <= closeMs ? fetched : null;
      if (known) nextTrend += 1;
      closed.push(this.#close(entryBar, known));
    }
    return { before, closed };
  }

  /** History that strategies need not hear again: both timeframes of an earlier run, as they were kept together. */
  resume(trendRows: BarRows, entryRows: BarRows): void {
    this.trend.appendRows(trendRows);
    this.#quoteVolume24h = Number.NaN;
    this.entry.appendRows(entryRows);
    // The running trend bar is made of fewer minutes than these.
    const first = Math.max(0, entryRows.length - this.#barsPerTrendBar);
    for (let place = first; place < entryRows.length; place++) this.#folder.push(entryRows.bar(place));
  }

  #close(entryBar: Bar, knownTrend: Bar | null): ClosedBar {
    const afterGap = this.entry.length > 0 && entryBar.openMs !== this.nextOpenMs ? 'afterGap' : 'contiguous';
    this.entry.append(entryBar);
    const folded = this.#folder.push(entryBar);
    const trendBar = knownTrend ?? folded;
    const isNew = trendBar !== null && this.#appendTrend(trendBar);
    return { entryBar, trendBar: isNew ? trendBar : null, afterGap, quoteVolume24hUsdt: this.quoteVolume24hUsdt };
  }

  /** Offers a final bar. `next`: it can be closed now by `advance`; `hole`: it waits for the bars before it. */
  offer(bar: Bar): Offer {
    if (bar.openMs < this.nextOpenMs) return this.#agrees(bar) ? 'duplicate' : 'differs';
    this.#wait(bar);
    return bar.openMs === this.nextOpenMs || this.entry.length === 0 ? 'next' : 'hole';
  }

  #wait(bar: Bar): void {
    if ((this.#one === null || this.#one.openMs === bar.openMs) && !this.#waiting?.has(bar.openMs)) this.#one = bar;
    else {
      this.#waiting ??= new Map();
      this.#waiting.set(bar.openMs, bar);
    }
  }

  #waitingAt(openMs: number): Bar | null {
    return this.#one?.openMs === openMs ? this.#one : (this.#waiting?.get(openMs) ?? null);
  }

  #firstWaiting(): number {
    if (this.#waiting === null) return this.#one?.openMs ?? Number.POSITIVE_INFINITY;
    return Math.min(this.#one?.openMs ?? Number.POSITIVE_INFINITY, ...this.#waiting.keys());
  }

  #take(openMs: number): void {
    if (this.#one?.openMs === openMs) this.#one = null;
    else this.#waiting?.delete(openMs);
    if (this.#waiting?.size === 0) this.#waiting = null;
  }

  #agrees(bar: Bar): boolean {
    const ago = (this.entry.lastOpenMs - bar.openMs) / timeframeMs(this.entry.timeframe);
    if (ago < 0 || ago >= this.entry.length || this.entry.value('openMs', ago) !== bar.openMs) return true;
    const held = this.entry.at(ago);
    return (
      held.open === bar.open &&
      held.high === bar.high &&
      held.low === bar.low &&
      held.close === bar.close &&
      held.volume === bar.volume
    );
  }

  /** The waiting bar that opens here was offered. */
  holds(openMs: number): boolean {
    return this.#waitingAt(openMs) !== null;
  }

  /** Bars wait behind a hole. */
  holdsLater(): boolean {
    return Number.isFinite(this.#firstWaiting()) && !this.holds(this.nextOpenMs);
  }

  /** Closes waiting bars in order up to and including the one that opens at `untilOpenMs`; stops at a hole. */
  advance(untilOpenMs: number): ClosedBar[] {
    const closed: ClosedBar[] = [];
    for (;;) {
      const jump = this.entry.length === 0 || this.#hole === 'skip';
      const openMs = jump ? this.#firstWaiting() : this.nextOpenMs;
      const bar = this.#waitingAt(openMs);
      if (bar === null || openMs > untilOpenMs) return closed;
      this.#hole = 'wait';
      this.#take(openMs);
      closed.push(this.#close(bar, null));
    }
  }

  /** The venue has no bars for the hole: the next `advance` goes on behind it and marks its first bar `afterGap`. */
  skipHole(): void {
    this.#hole = 'skip';
  }
}
