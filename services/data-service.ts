// Services, room 3: DataService. Loads the market, follows it, and says when a minute is complete. Stored first, told after;
// a symbol with a hole is silent until the missing bars were fetched, and a running bar is never handed on as a closed one.
import { type Bar, barFault, type Instrument, type Mark, type MarketEvent } from '../src/core/market.ts';
import { timeframeMs } from '../src/core/timeframe.ts';
import { type EpochMs, epochMs, type SymbolId } from '../src/core/units.ts';
import type { MarketContext } from '../strategy/strategy.ts';
import { Backfills } from './data/backfills.ts';
import { CandleKeeper } from './data/candle-keeper.ts';
import { ContractWatch } from './data/contract-watch.ts';
import type { DataPorts, DataSettings } from './data/data-settings.ts';
import { type DataCounts, noCounts } from './data/findings.ts';
import { FoldAudit } from './data/fold-audit.ts';
import { FormingBars } from './data/forming-bars.ts';
import { HistoryLoader, type LoadSummary, type OnLoaded, type WarmHistory } from './data/history-loader.ts';
import { MarketBook } from './data/market-book.ts';
import { BARRIER_MS, MinuteBarrier } from './data/minute-barrier.ts';
import { readPatiently } from './data/patience.ts';
import type { ClosedBar, SymbolBars } from './data/symbol-bars.ts';
import { SymbolBlacklist } from './data/symbol-blacklist.ts';
import type { Universe } from './data/universe.ts';

export type { DataPorts, DataSettings };
export { BARRIER_MS };

export interface SymbolMinute {
  readonly symbol: SymbolId;
  readonly bars: readonly ClosedBar[];
}

/** What the minute's bar of a symbol looked like in its newest frame; nothing is entered on it before the venue confirms it. */
export interface ProvisionalBar {
  readonly symbol: SymbolId;
  readonly bar: Bar;
  readonly held: SymbolBars;
}

/** One minute of the whole market, closed and in the universe's order. */
export interface MarketMinute {
  readonly barOpenMs: EpochMs;
  readonly closed: readonly SymbolMinute[];
  /** Symbols whose bar was not final at the barrier; they are scanned alone when it comes. */
  readonly lateSymbols: readonly SymbolId[];
  /** Those of the late ones whose forming frames were seen: shown now, judged when they are confirmed. */
  readonly provisional: readonly ProvisionalBar[];
  /** Wall time at which the minute's last final frame came in. */
  readonly lastFrameWallMs: number;
}

export class DataService {
  readonly #settings: DataSettings;
  readonly #ports: DataPorts;
  readonly #book: MarketBook;
  readonly #barrier: MinuteBarrier;
  readonly #forming = new FormingBars();
  readonly #blacklist = new SymbolBlacklist();
  readonly #counts: DataCounts = noCounts();
  readonly #loader: HistoryLoader;
  readonly #backfills: Backfills;
  readonly #audit: FoldAudit;
  readonly #watch: ContractWatch;
  readonly #keeper: CandleKeeper | null;
  /** Contracts whose final frame the running minute waits for. */
  #awaited = 0;

  constructor(settings: DataSettings, ports: DataPorts) {
    this.#settings = settings;
    this.#ports = ports;
    this.#book = new MarketBook(settings);
    this.#barrier = new MinuteBarrier(settings.pair.entry);
    const shared = { settings, ports, book: this.#book, counts: this.#counts };
    const acceptable = (symbol: SymbolId, bar: Bar): boolean => this.#acceptable(symbol, bar);
    this.#loader = new HistoryLoader({
      ...shared,
      acceptable,
      onUnknown: (symbol, error) => this.#blacklist.add(symbol, error.message, ports.marketClock.now()),
    });
    this.#backfills = new Backfills({ ...shared, acceptable, loader: this.#loader, blacklist: this.#blacklist });
    this.#audit = new FoldAudit({
      ...shared,
      followed: (symbol) => this.#awaits(symbol),
      spoil: (symbol, reason) => this.#backfills.spoil(symbol, reason),
    });
    this.#watch = new ContractWatch(ports, this.#book);
    this.#keeper = ports.candles === undefined ? null : new CandleKeeper({ ...ports, store: ports.candles }, this.#book);
  }

  get universe(): Universe {
    return this.#book.universe;
  }
  get counts(): Readonly<DataCounts> {
    return this.#counts;
  }
  symbols(): readonly SymbolId[] {
    return this.#book.names();
  }
  bars(symbol: SymbolId): SymbolBars | undefined {
    return this.#book.bars(symbol);
  }
  instrument(symbol: SymbolId): Instrument | undefined {
    return this.#book.bars(symbol)?.instrument;
  }
  mark(symbol: SymbolId): Mark | undefined {
    return this.#book.mark(symbol);
  }
  contextOf(symbol: SymbolId): MarketContext {
    return this.#book.contextOf(symbol);
  }
  /** Open of the entry bar that runs now. */
  get runningOpenMs(): number {
    return this.#barrier.openMs;
  }
  /** Venue time of the newest contract list; null before the first. */
  get instrumentsMs(): EpochMs | null {
    return this.#watch.instrumentsMs;
  }

  /** Null, or why nothing may be entered on this symbol's candles. */
  candleFault(symbol: SymbolId): string | null {
    const bars = this.#book.bars(symbol);
    if (bars === undefined) return 'not in the universe';
    const refused = this.#blacklist.reason(symbol);
    if (refused !== null) return `on the blacklist: ${refused}`;
    const fault = this.#backfills.fault(symbol);
    if (fault !== null) return fault;
    const lastClosed = this.#barrier.openMs - timeframeMs(this.#settings.pair.entry);
    return bars.entry.lastOpenMs >= lastClosed ? null : 'the last closed bar is missing';
  }
  /** Requests of this room whose answers are still out. */
  idle(): boolean {
    return this.#ports.dispatcher.inFlight === 0;
  }

  async chooseUniverse(): Promise<Universe> {
    const { feed, wallClock, logger, marketClock } = this.#ports;
    const asked = readPatiently(() => feed.instruments(), { wallClock, logger, what: 'the contract list', signal: null });
    this.#loader.openArchive();
    const all = await asked;
    const now = marketClock.now();
    this.#watch.noteInstruments(now);
    this.#book.open(all, now);
    return this.#book.universe;
  }

  /** Loads both timeframes of every contract. `onLoaded` is called per symbol with what a strategy must be fed, in order. */
  async load(signal: AbortSignal, onLoaded: OnLoaded): Promise<LoadSummary> {
    const summary = await this.#loader.load(signal, onLoaded);
    const opens = [...this.#book.all()].map(([, bars]) => bars.nextOpenMs).filter(Number.isFinite);
    this.#startMinute(Math.max(...opens));
    return summary;
  }

  #acceptable(symbol: SymbolId, bar: Bar): boolean {
    const fault = barFault(bar);
    if (fault === null) return true;
    this.#counts.refused += 1;
    this.#ports.logger.warn({ symbol, openMs: bar.openMs, fault }, 'bar refused');
    return false;
  }

  /** A contract that is halted, delisted or refused sends nothing: the market does not wait for it. */
  #awaits(symbol: SymbolId): boolean {
    return this.#book.bars(symbol)?.instrument.status === 'TRADING' && this.#blacklist.reason(symbol) === null;
  }

  #startMinute(openMs: number): void {
    const arrived: SymbolId[] = [];
    this.#awaited = 0;
    for (const [symbol, bars] of this.#book.all()) {
      if (!this.#awaits(symbol)) continue;
      this.#awaited += 1;
      if (bars.holds(openMs)) arrived.push(symbol);
    }
    this.#barrier.begin(openMs, arrived);
  }

  /** Takes one market event; returns the minute whose barrier this event completed, or null. */
  onMarket(event: MarketEvent): EpochMs | null {
    if (event.kind === 'marks') this.#book.hearMarks(event.marks);
    else if (event.kind === 'bar' && this.#book.bars(event.symbol) !== undefined) {
      this.#forming.hear(event);
      if (event.final) this.#onFinal(event.symbol, event.bar);
    }
    return this.onTick();
  }

  #onFinal(symbol: SymbolId, bar: Bar): void {
    const bars = this.#book.bars(symbol);
    if (bars === undefined || !this.#acceptable(symbol, bar)) return;
    const offer = bars.offer(bar);
    if (offer === 'differs') {
      this.#counts.disagreements += 1;
      this.#ports.logger.warn({ symbol, openMs: bar.openMs }, 'the venue closed a bar twice with different values');
      this.#backfills.confirm(symbol, bar.openMs);
      return;
    }
    if (offer === 'duplicate') {
      this.#counts.duplicates += 1;
      return;
    }
    if (this.#awaits(symbol)) this.#barrier.arrive(symbol, bar.openMs, this.#ports.wallClock.now());
    if (offer === 'hole') this.#backfills.refill(symbol, bars);
  }

  /** Heartbeat: a market that sends nothing still reaches its barrier by the clock. */
  onTick(): EpochMs | null {
    return this.#barrier.complete(this.#awaited, this.#ports.marketClock.now());
  }

  /** Closes the minute for every symbol whose bars are complete; the others are fetched and come late. */
  closeMinute(barOpenMs: EpochMs): MarketMinute {
    const closed: SymbolMinute[] = [];
    const lateSymbols: SymbolId[] = [];
    const provisional: ProvisionalBar[] = [];
    for (const [symbol, bars] of this.#book.all()) {
      if (!bars.holds(barOpenMs)) this.#closeByNextFrame(symbol, bars, barOpenMs);
      const advanced = bars.advance(barOpenMs);
      if (advanced.length > 0) closed.push({ symbol, bars: advanced });
      if (bars.entry.lastOpenMs >= barOpenMs || !this.#awaits(symbol)) continue;
      lateSymbols.push(symbol);
      const seen = this.#provisionalBar(symbol, bars, barOpenMs);
      if (seen !== null) provisional.push(seen);
      this.#backfills.refill(symbol, bars);
    }
    const { lastFrameWallMs } = this.#barrier;
    this.#startMinute(barOpenMs + timeframeMs(this.#settings.pair.entry));
    this.#watch.onMinute(this.#barrier.openMs);
    this.#audit.onMinute(barOpenMs);
    this.#backfills.retry(this.#ports.marketClock.now());
    this.#keeper?.onMinute(epochMs(this.#barrier.openMs));
    return { barOpenMs, closed, lateSymbols, provisional, lastFrameWallMs };
  }

  /** The next bar has begun with the very next trade: the last frame of this one was its final state. */
  #closeByNextFrame(symbol: SymbolId, bars: SymbolBars, barOpenMs: number): void {
    const standing = this.#forming.standing(symbol, barOpenMs);
    if (standing.kind === 'whole' && this.#acceptable(symbol, standing.bar)) bars.offer(standing.bar);
  }

  #provisionalBar(symbol: SymbolId, held: SymbolBars, barOpenMs: number): ProvisionalBar | null {
    const standing = this.#forming.standing(symbol, barOpenMs);
    if (standing.kind !== 'provisional' || held.nextOpenMs !== barOpenMs || barFault(standing.bar) !== null) return null;
    this.#counts.provisional += 1;
    this.#backfills.assume(symbol, standing.bar);
    return { symbol, bar: standing.bar, held };
  }

  /** Bars that became complete after their minute was closed. */
  takeLate(): SymbolMinute[] {
    const late: SymbolMinute[] = [];
    const lastClosed = this.#barrier.openMs - timeframeMs(this.#settings.pair.entry);
    for (const [symbol, bars] of this.#book.all()) {
      if (bars.nextOpenMs > lastClosed) continue;
      const advanced = bars.advance(lastClosed);
      if (advanced.length > 0) late.push({ symbol, bars: advanced });
    }
    return late;
  }

  /** Contracts whose bars were read anew: their strategies must forget what they heard and begin with this. */
  takeReloaded(): WarmHistory[] {
    return this.#backfills.takeReloaded();
  }

  /** Looks at one symbol at once, past every cache: its newest closed bars are read from the venue, compared and completed. */
  rescan(symbol: SymbolId): void {
    const bars = this.#book.bars(symbol);
    if (bars === undefined || bars.entry.length === 0 || this.#blacklist.reason(symbol) !== null) return;
    this.#backfills.confirm(symbol, epochMs(bars.entry.lastOpenMs));
  }

  /** The last thing in a stop: the next start goes on from here. */
  async keepCandles(): Promise<void> {
    if (Number.isFinite(this.#barrier.openMs)) await this.#keeper?.saveNow(epochMs(this.#barrier.openMs));
  }
}
