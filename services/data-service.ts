// Services, room 3: DataService. Loads the market, follows it, and says when a minute is complete. Stored first, told after;
// a symbol with a hole is silent until the missing bars were fetched, and a running bar is never handed on.
import pLimit from 'p-limit';
import { type Bar, barFault, type Instrument, type Mark, type MarketEvent } from '../src/core/market.ts';
import { barClose, barOpen, type Timeframe, timeframeMs } from '../src/core/timeframe.ts';
import { type EpochMs, epochMs, type SymbolId } from '../src/core/units.ts';
import type { MarketClock, WallClock } from '../src/ports/clock.ts';
import type { HistoryRequest, MarketDataFeed } from '../src/ports/feed.ts';
import type { Logger } from '../src/ports/logger.ts';
import type { MarketContext } from '../strategy/strategy.ts';
import { readPatiently } from './data/patience.ts';
import { type ClosedBar, SymbolBars } from './data/symbol-bars.ts';
import { chooseUniverse, type Universe, type UniversePolicy } from './data/universe.ts';
import type { Dispatcher } from './dispatcher.ts';

/** Pages of 499 are the cheapest per bar (performance.md §6.2); one entry page of 99 costs one weight. */
const TREND_PAGE = 499;
const ENTRY_PAGE = 99;
const TREND_KEPT = 600;
const ENTRY_KEPT = 300;
/** The barrier waits this long for the minute's last final frame (contract §5). */
export const BARRIER_MS = 3_000;
const PAGES_IN_FLIGHT = 20;
const INSTRUMENTS_EVERY_MS = 3_600_000;

export interface DataSettings {
  readonly pair: { readonly trend: Timeframe; readonly entry: Timeframe };
  readonly policy: UniversePolicy;
  /** Entry bars of history to load; more than one page where a span of the past is wanted. */
  readonly entryBars?: number;
}

export interface DataPorts {
  readonly feed: MarketDataFeed;
  readonly marketClock: MarketClock;
  readonly wallClock: WallClock;
  readonly logger: Logger;
  readonly dispatcher: Dispatcher;
}

export interface SymbolMinute {
  readonly symbol: SymbolId;
  readonly bars: readonly ClosedBar[];
}

/** One minute of the whole market, closed and in the universe's order. */
export interface MarketMinute {
  readonly barOpenMs: EpochMs;
  readonly closed: readonly SymbolMinute[];
  /** Symbols whose bar was not final at the barrier; they are scanned alone when it comes. */
  readonly lateSymbols: readonly SymbolId[];
  /** Wall time at which the minute's last final frame came in. */
  readonly lastFrameWallMs: number;
}

export interface LoadProgress {
  readonly loaded: number;
  readonly total: number;
}

export interface WarmHistory {
  readonly symbol: SymbolId;
  readonly before: readonly Bar[];
  readonly closed: readonly ClosedBar[];
}

export class DataService {
  readonly #settings: DataSettings;
  readonly #ports: DataPorts;
  readonly #symbols = new Map<SymbolId, SymbolBars>();
  readonly #marks = new Map<SymbolId, Mark>();
  readonly #refilling = new Set<SymbolId>();
  #universe: Universe = { included: [], leftOut: new Map() };
  #instrumentsMs: EpochMs | null = null;
  #minuteOpenMs = Number.NaN;
  #finals = 0;
  #lastFrameWallMs = 0;
  #barrier: 'collecting' | 'announced' = 'collecting';
  #loading: AbortSignal | null = null;
  #counts = { refused: 0, duplicates: 0, disagreements: 0, refills: 0 };

  constructor(settings: DataSettings, ports: DataPorts) {
    this.#settings = settings;
    this.#ports = ports;
  }

  get universe(): Universe {
    return this.#universe;
  }
  get counts(): Readonly<Record<'refused' | 'duplicates' | 'disagreements' | 'refills', number>> {
    return this.#counts;
  }
  symbols(): readonly SymbolId[] {
    return [...this.#symbols.keys()];
  }
  bars(symbol: SymbolId): SymbolBars | undefined {
    return this.#symbols.get(symbol);
  }
  instrument(symbol: SymbolId): Instrument | undefined {
    return this.#symbols.get(symbol)?.instrument;
  }
  mark(symbol: SymbolId): Mark | undefined {
    return this.#marks.get(symbol);
  }
  contextOf(symbol: SymbolId): MarketContext {
    const mark = this.#marks.get(symbol);
    return {
      quoteVolume24hUsdt: this.#symbols.get(symbol)?.quoteVolume24hUsdt ?? Number.NaN,
      fundingRate: mark?.fundingRate ?? Number.NaN,
      nextFundingMs: mark?.nextFundingMs ?? Number.NaN,
    };
  }
  /** Open of the entry bar that runs now. */
  get runningOpenMs(): number {
    return this.#minuteOpenMs;
  }

  /** Venue time of the newest contract list; null before the first. */
  get instrumentsMs(): EpochMs | null {
    return this.#instrumentsMs;
  }
  /** Null, or why nothing may be entered on this symbol's candles. */
  candleFault(symbol: SymbolId): string | null {
    const bars = this.#symbols.get(symbol);
    if (bars === undefined) return 'not in the universe';
    const lastClosed = this.#minuteOpenMs - timeframeMs(this.#settings.pair.entry);
    return bars.entry.lastOpenMs >= lastClosed ? null : 'the last closed bar is missing';
  }
  /** Requests of this room whose answers are still out. */
  idle(): boolean {
    return this.#ports.dispatcher.inFlight === 0;
  }

  async chooseUniverse(): Promise<Universe> {
    const { feed, wallClock, logger } = this.#ports;
    const all = await readPatiently(() => feed.instruments(), { wallClock, logger, what: 'the contract list', signal: null });
    this.#instrumentsMs = this.#ports.marketClock.now();
    this.#universe = chooseUniverse(all, this.#settings.policy, this.#ports.marketClock.now());
    for (const instrument of this.#universe.included) {
      const capacity = { trendBars: TREND_KEPT, entryBars: Math.max(ENTRY_KEPT, this.#settings.entryBars ?? 0) };
      this.#symbols.set(instrument.symbol, new SymbolBars(instrument, this.#settings.pair, capacity));
    }
    return this.#universe;
  }

  /** Loads both timeframes of every contract. `onLoaded` is called per symbol with what a strategy must be fed, in order. */
  async load(signal: AbortSignal, onLoaded: (history: WarmHistory, progress: LoadProgress) => void): Promise<void> {
    this.#loading = signal;
    const limit = pLimit(PAGES_IN_FLIGHT);
    const total = this.#symbols.size;
    let loaded = 0;
    await Promise.all(
      [...this.#symbols].map(([symbol, bars]) =>
        limit(async () => {
          const entryBars = await this.#newest(symbol, this.#settings.pair.entry, this.#settings.entryBars ?? ENTRY_PAGE);
          const trendBars = await this.#newest(symbol, this.#settings.pair.trend, this.#trendCount());
          const history = bars.load(this.#accepted(symbol, trendBars), this.#accepted(symbol, entryBars));
          loaded += 1;
          onLoaded({ symbol, ...history }, { loaded, total });
        }),
      ),
    );
    this.#startMinute(Math.max(...[...this.#symbols.values()].map((b) => b.nextOpenMs).filter(Number.isFinite)));
  }

  /** Trend bars reach back behind the entry bars, so that a span of the past starts as warm as the present does. */
  #trendCount(): number {
    const { pair, entryBars } = this.#settings;
    return TREND_PAGE + Math.ceil(((entryBars ?? 0) * timeframeMs(pair.entry)) / timeframeMs(pair.trend));
  }

  /** The newest `count` closed bars, in pages where one does not hold them. */
  async #newest(symbol: SymbolId, timeframe: Timeframe, count: number): Promise<readonly Bar[]> {
    const { marketClock } = this.#ports;
    if (count <= TREND_PAGE) return this.#page({ symbol, timeframe, count });
    const end = barOpen(marketClock.now(), timeframe);
    const bars: Bar[] = [];
    for (let fromMs = end - count * timeframeMs(timeframe); fromMs < end; fromMs += TREND_PAGE * timeframeMs(timeframe)) {
      const left = Math.round((end - fromMs) / timeframeMs(timeframe));
      bars.push(...(await this.#page({ symbol, timeframe, count: Math.min(left, TREND_PAGE), fromMs: epochMs(fromMs) })));
    }
    return bars;
  }

  #page(request: HistoryRequest): Promise<readonly Bar[]> {
    const { feed, wallClock, logger } = this.#ports;
    return readPatiently(() => feed.history(request), {
      wallClock,
      logger,
      what: `history of ${request.symbol}`,
      signal: this.#loading,
    });
  }

  #accepted(symbol: SymbolId, bars: readonly Bar[]): Bar[] {
    return bars.filter((bar) => this.#acceptable(symbol, bar));
  }

  #acceptable(symbol: SymbolId, bar: Bar): boolean {
    const fault = barFault(bar);
    if (fault === null) return true;
    this.#counts.refused += 1;
    this.#ports.logger.warn({ symbol, openMs: bar.openMs, fault }, 'bar refused');
    return false;
  }

  #startMinute(openMs: number): void {
    this.#minuteOpenMs = openMs;
    this.#barrier = 'collecting';
    this.#finals = 0;
    for (const bars of this.#symbols.values()) if (bars.holds(openMs)) this.#finals += 1;
  }

  /** Takes one market event; returns the minute whose barrier this event completed, or null. */
  onMarket(event: MarketEvent): EpochMs | null {
    if (event.kind === 'marks') {
      for (const mark of event.marks) if (this.#symbols.has(mark.symbol)) this.#marks.set(mark.symbol, mark);
    } else if (event.kind === 'bar' && event.final) {
      this.#onFinal(event.symbol, event.bar);
    }
    return this.#announceWhenComplete();
  }

  #onFinal(symbol: SymbolId, bar: Bar): void {
    const bars = this.#symbols.get(symbol);
    if (bars === undefined || !this.#acceptable(symbol, bar)) return;
    const offer = bars.offer(bar);
    if (offer === 'differs') {
      this.#counts.disagreements += 1;
      this.#ports.logger.warn({ symbol, openMs: bar.openMs }, 'the venue closed a bar twice with different values');
      return;
    }
    if (offer === 'duplicate') {
      this.#counts.duplicates += 1;
      return;
    }
    if (bar.openMs === this.#minuteOpenMs) {
      this.#finals += 1;
      this.#lastFrameWallMs = this.#ports.wallClock.now();
    }
    if (offer === 'hole') this.#refill(symbol, bars);
  }

  /** The barrier: all finals are in, or the market clock has passed the close by BARRIER_MS. */
  #announceWhenComplete(): EpochMs | null {
    if (this.#barrier === 'announced' || Number.isNaN(this.#minuteOpenMs)) return null;
    const close = barClose(this.#minuteOpenMs, this.#settings.pair.entry);
    if (this.#finals < this.#symbols.size && this.#ports.marketClock.now() < close + BARRIER_MS) return null;
    this.#barrier = 'announced';
    return epochMs(this.#minuteOpenMs);
  }

  /** Heartbeat: a market that sends nothing still reaches its barrier by the clock. */
  onTick(): EpochMs | null {
    return this.#announceWhenComplete();
  }

  /** Closes the minute for every symbol whose bars are complete; the others are fetched and come late. */
  closeMinute(barOpenMs: EpochMs): MarketMinute {
    const closed: SymbolMinute[] = [];
    const lateSymbols: SymbolId[] = [];
    for (const [symbol, bars] of this.#symbols) {
      const advanced = bars.advance(barOpenMs);
      if (advanced.length > 0) closed.push({ symbol, bars: advanced });
      if (bars.entry.lastOpenMs < barOpenMs) {
        lateSymbols.push(symbol);
        this.#refill(symbol, bars);
      }
    }
    this.#startMinute(barOpenMs + timeframeMs(this.#settings.pair.entry));
    this.#refreshInstruments();
    return { barOpenMs, closed, lateSymbols, lastFrameWallMs: this.#lastFrameWallMs };
  }

  /** Once an hour of market time: a contract may have been halted, delisted or given another grid. */
  #refreshInstruments(): void {
    if (this.#instrumentsMs !== null && this.#minuteOpenMs - this.#instrumentsMs < INSTRUMENTS_EVERY_MS) return;
    this.#instrumentsMs = epochMs(this.#minuteOpenMs);
    this.#ports.dispatcher.send<readonly Instrument[] | null>({
      label: 'contracts',
      call: () => this.#ports.feed.instruments(),
      onFailure: () => null,
      apply: (all) => {
        if (all === null) this.#instrumentsMs = null;
        for (const instrument of all ?? []) this.#symbols.get(instrument.symbol)?.renew(instrument);
      },
    });
  }

  /** Bars that became complete after their minute was closed. */
  takeLate(): SymbolMinute[] {
    const late: SymbolMinute[] = [];
    const lastClosed = this.#minuteOpenMs - timeframeMs(this.#settings.pair.entry);
    for (const [symbol, bars] of this.#symbols) {
      if (bars.nextOpenMs > lastClosed) continue;
      const advanced = bars.advance(lastClosed);
      if (advanced.length > 0) late.push({ symbol, bars: advanced });
    }
    return late;
  }

  /** Fetches what is missing; one request per symbol at a time. A hole the venue cannot fill is stepped over and marked. */
  #refill(symbol: SymbolId, bars: SymbolBars): void {
    if (this.#refilling.has(symbol)) return;
    this.#refilling.add(symbol);
    this.#counts.refills += 1;
    const { entry } = this.#settings.pair;
    const fromMs = bars.nextOpenMs;
    const request = {
      symbol,
      timeframe: entry,
      count: ENTRY_PAGE,
      ...(Number.isFinite(fromMs) ? { fromMs: epochMs(fromMs) } : {}),
    };
    this.#ports.dispatcher.send<readonly Bar[] | null>({
      label: 'refill',
      call: () => this.#ports.feed.history(request),
      onFailure: () => null,
      apply: (fetched) => {
        this.#refilling.delete(symbol);
        if (fetched === null) return;
        for (const bar of fetched) if (this.#acceptable(symbol, bar)) bars.offer(bar);
        if (fetched.length === 0 && bars.holdsLater()) bars.skipHole();
      },
    });
  }
}
