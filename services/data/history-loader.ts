// Services, room 3: the history of every contract at the start. Candles that an earlier run kept are gone on with and cost one
// small page a contract; all others are read whole. A contract that the venue does not know costs its own history only.
import pLimit from 'p-limit';
import type { Bar } from '../../src/core/market.ts';
import { barOpen, type Timeframe, timeframeMs } from '../../src/core/timeframe.ts';
import { epochMs, type SymbolId } from '../../src/core/units.ts';
import type { CandleArchive, StoredCandles } from '../../src/ports/candle-store.ts';
import { VenueError } from '../../src/ports/errors.ts';
import type { HistoryRequest } from '../../src/ports/feed.ts';
import type { DataPorts, DataSettings } from './data-settings.ts';
import type { MarketBook } from './market-book.ts';
import { readPatiently } from './patience.ts';
import type { ClosedBar, SymbolBars } from './symbol-bars.ts';
import { ENTRY_BARS, joinPage, TREND_BARS, type WarmPlan, warmPlan } from './warm-start.ts';
import { WorkQueue } from './work-queue.ts';

/** Whole pages are 70 kB each; a warm page is a few rows, so that many more of them may be on their way. */
const PAGES_IN_FLIGHT = 20;
/** More than have a page on its way: the next page is asked for before the contract that came is worked on. */
const CONTRACTS_AT_WORK = 48;
const WARM_PAGES_IN_FLIGHT = 80;

export interface LoadProgress {
  readonly loaded: number;
  readonly total: number;
}

export interface WarmHistory {
  readonly symbol: SymbolId;
  /** `more` follows what was told before; `again`: forget what was told of this contract, this is its history. */
  readonly part: 'first' | 'more' | 'again';
  readonly before: readonly Bar[];
  readonly closed: readonly ClosedBar[];
}

export type OnLoaded = (history: WarmHistory, progress: LoadProgress) => void;

interface Teller {
  part(history: WarmHistory): void;
  /** The contract is complete with this. */
  last(history: WarmHistory): void;
}

export interface LoaderRooms {
  readonly settings: DataSettings;
  readonly ports: DataPorts;
  readonly book: MarketBook;
  readonly acceptable: (symbol: SymbolId, bar: Bar) => boolean;
  readonly onUnknown: (symbol: SymbolId, error: VenueError) => void;
}

/** How the contracts were loaded: from kept candles, or whole, by reason. */
export interface LoadSummary {
  readonly warm: number;
  readonly cold: Readonly<Record<string, number>>;
}

/** The venue's codes for a name that it does not know or no longer trades. */
const UNKNOWN_SYMBOL = new Set([-1121, -1122, -4141]);
export const isUnknownSymbol = (error: unknown): error is VenueError =>
  error instanceof VenueError && error.code !== null && UNKNOWN_SYMBOL.has(error.code);

export class HistoryLoader {
  readonly #rooms: LoaderRooms;
  readonly #pages = pLimit(PAGES_IN_FLIGHT);
  readonly #whole = pLimit(CONTRACTS_AT_WORK);
  readonly #small = pLimit(WARM_PAGES_IN_FLIGHT);
  readonly #work: WorkQueue;
  #archive: CandleArchive | null = null;
  #signal: AbortSignal | null = null;

  constructor(rooms: LoaderRooms) {
    this.#rooms = rooms;
    this.#work = new WorkQueue(rooms.ports.wallClock);
  }

  async load(signal: AbortSignal, onLoaded: OnLoaded): Promise<LoadSummary> {
    this.#signal = signal;
    const { book, ports } = this.#rooms;
    const archive = this.openArchive();
    this.#archive = null;
    const cold: Record<string, number> = {};
    let warm = 0;
    let loaded = 0;
    const teller: Teller = {
      part: (history) => onLoaded(history, { loaded, total: book.size }),
      last: (history) => onLoaded(history, { loaded: ++loaded, total: book.size }),
    };
    const one = async (symbol: SymbolId, bars: SymbolBars): Promise<void> => {
      const { outcome, told } = await this.#small(() => this.#fromKept(archive, bars, teller));
      if (outcome === 'warm') {
        warm += 1;
        return;
      }
      cold[outcome] = (cold[outcome] ?? 0) + 1;
      await this.#whole(() => this.#read(symbol, told ? 'again' : 'first', teller));
    };
    await this.#all([...book.all()], one).finally(() => {
      if (archive.kind === 'found') archive.close();
    });
    if (archive.kind === 'absent') ports.logger.info({ reason: archive.reason }, 'cold start: no candles were kept');
    else ports.logger.info({ savedMs: archive.savedMs, warm, cold }, 'warm start from kept candles');
    return { warm, cold };
  }

  /** Which candles are kept is read once; early is best, while somebody is waited for. */
  openArchive(): CandleArchive {
    this.#archive ??= this.#rooms.ports.candles?.load() ?? { kind: 'absent', reason: 'none is kept' };
    return this.#archive;
  }

  /** Contracts that the venue does not know are left out; when it knows none of them, the start has failed. */
  async #all(entries: readonly (readonly [SymbolId, SymbolBars])[], one: (symbol: SymbolId, bars: SymbolBars) => Promise<void>) {
    const refused: VenueError[] = [];
    await Promise.all(
      entries.map(([symbol, bars]) =>
        one(symbol, bars).catch((error: unknown) => {
          if (!isUnknownSymbol(error)) throw error;
          refused.push(error);
          this.#rooms.onUnknown(symbol, error);
        }),
      ),
    );
    if (refused.length > 0 && refused.length === entries.length) throw refused[0];
  }

  #plan(archive: CandleArchive, bars: SymbolBars): WarmPlan {
    const { settings, ports } = this.#rooms;
    const { pair, entryBars } = settings;
    // A look back over days wants more than is kept.
    if (archive.kind === 'absent' || entryBars !== undefined) return { kind: 'cold', reason: 'notKept' };
    const lastClosedMs = barOpen(ports.marketClock.now(), pair.entry) - timeframeMs(pair.entry);
    return warmPlan(archive.find(bars.instrument.symbol), bars.instrument, { pair, lastClosedMs });
  }

  /** `warm`, or why the contract has to be read whole, and whether something of it was told already. */
  async #fromKept(archive: CandleArchive, bars: SymbolBars, teller: Teller): Promise<{ outcome: string; told: boolean }> {
    const plan = this.#plan(archive, bars);
    if (plan.kind === 'cold') return { outcome: plan.reason, told: false };
    const outcome = await this.#goOn(plan, bars, teller);
    if (archive.kind === 'found') archive.release(plan.candles);
    return { outcome, told: true };
  }

  /** The kept bars are told while the page that joins them to the present is on its way. */
  async #goOn({ candles, count }: Extract<WarmPlan, { kind: 'warm' }>, bars: SymbolBars, teller: Teller): Promise<string> {
    const { symbol } = candles;
    const { entry } = this.#rooms.settings.pair;
    const resume = (): void => this.#resume(candles, bars, teller);
    const [page] = await Promise.all([this.#page({ symbol, timeframe: entry, count }), this.#work.do(resume)]);
    const joined = joinPage(candles.entry, this.#accepted(symbol, page), timeframeMs(entry));
    if (joined.kind === 'apart') return joined.reason;
    for (const bar of joined.newer) bars.offer(bar);
    const closed = bars.advance(Number.POSITIVE_INFINITY);
    if (closed.length !== joined.newer.length) return 'gapped';
    await this.#work.do(() => teller.last({ symbol, part: 'more', before: [], closed }));
    return 'warm';
  }

  /** Whoever remembers what it made of the kept bars need not hear them again. */
  #resume(candles: StoredCandles, bars: SymbolBars, teller: Teller): void {
    const { symbol, trend, entry } = candles;
    const { logger } = this.#rooms.ports;
    const refusal = this.#refusalOf(candles, bars);
    if (refusal === null) bars.resume(trend, entry);
    else {
      logger.debug({ symbol, refusal }, 'no memory to go on from: the kept candles are heard again');
      teller.part({ symbol, part: 'first', ...bars.load(trend.bars(), entry.bars()) });
    }
  }

  /** Null where the listener goes on from its memory. */
  #refusalOf(candles: StoredCandles, { instrument }: SymbolBars): string | null {
    const listener = this.#rooms.ports.memory;
    if (listener === undefined) return 'nobody remembers';
    try {
      const { memory } = candles;
      return memory === null ? 'none is kept' : listener.resume(instrument, memory, epochMs(candles.entry.openMs(-1)));
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async #read(symbol: SymbolId, part: 'first' | 'again', teller: Teller): Promise<void> {
    const { book } = this.#rooms;
    const old = book.bars(symbol);
    if (old === undefined) return;
    const bars = part === 'again' ? book.fresh(old.instrument) : old;
    if (part === 'again') book.replace(symbol, bars);
    const history = await this.history(symbol, bars);
    await this.#work.do(() => teller.last({ symbol, part, ...history }));
  }

  /** Both timeframes of one contract, whole, into empty bars. */
  async history(symbol: SymbolId, bars: SymbolBars): Promise<Pick<WarmHistory, 'before' | 'closed'>> {
    const { pair, entryBars } = this.#rooms.settings;
    const entry = await this.#newest(symbol, pair.entry, entryBars ?? ENTRY_BARS);
    const trend = await this.#newest(symbol, pair.trend, this.#trendCount());
    return bars.load(this.#accepted(symbol, trend), this.#accepted(symbol, entry));
  }

  /** Trend bars reach back behind the entry bars, so that a span of the past starts as warm as the present does. */
  #trendCount(): number {
    const { pair, entryBars } = this.#rooms.settings;
    return TREND_BARS + Math.ceil(((entryBars ?? 0) * timeframeMs(pair.entry)) / timeframeMs(pair.trend));
  }

  /** The newest `count` closed bars, in pages where one does not hold them. */
  async #newest(symbol: SymbolId, timeframe: Timeframe, count: number): Promise<readonly Bar[]> {
    if (count <= TREND_BARS) return this.#pages(() => this.#page({ symbol, timeframe, count }));
    const end = barOpen(this.#rooms.ports.marketClock.now(), timeframe);
    const bars: Bar[] = [];
    for (let fromMs = end - count * timeframeMs(timeframe); fromMs < end; fromMs += TREND_BARS * timeframeMs(timeframe)) {
      const left = Math.round((end - fromMs) / timeframeMs(timeframe));
      const request = { symbol, timeframe, count: Math.min(left, TREND_BARS), fromMs: epochMs(fromMs) };
      bars.push(...(await this.#pages(() => this.#page(request))));
    }
    return bars;
  }

  #page(request: HistoryRequest): Promise<readonly Bar[]> {
    const { feed, wallClock, logger } = this.#rooms.ports;
    return readPatiently(() => feed.history(request), {
      wallClock,
      logger,
      what: `history of ${request.symbol}`,
      signal: this.#signal,
    });
  }

  #accepted(symbol: SymbolId, bars: readonly Bar[]): Bar[] {
    return bars.filter((bar) => this.#rooms.acceptable(symbol, bar));
  }
}
