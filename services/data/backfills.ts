// Services, room 3: requests that mend candles while the bot runs: a hole is refilled, a doubted bar is confirmed, a contract
// whose bars cannot be trusted is read anew. A few at a time, one of a kind per contract, each answer applied inside the loop.
import pLimit from 'p-limit';
import type { Bar } from '../../src/core/market.ts';
import { timeframeMs } from '../../src/core/timeframe.ts';
import { type EpochMs, epochMs, type SymbolId } from '../../src/core/units.ts';
import { VenueError } from '../../src/ports/errors.ts';
import type { DataPorts, DataSettings } from './data-settings.ts';
import type { DataCounts, DataFinding } from './findings.ts';
import { type HistoryLoader, isUnknownSymbol, type WarmHistory } from './history-loader.ts';
import type { MarketBook } from './market-book.ts';
import type { SymbolBars } from './symbol-bars.ts';
import type { SymbolBlacklist } from './symbol-blacklist.ts';
import { ENTRY_BARS, sameBar } from './warm-start.ts';

const IN_FLIGHT = 8;
/** A doubted bar is read together with the one before it. */
const CONFIRM_BARS = 2;

export interface BackfillRooms {
  readonly settings: DataSettings;
  readonly ports: DataPorts;
  readonly book: MarketBook;
  readonly loader: Pick<HistoryLoader, 'history'>;
  readonly blacklist: SymbolBlacklist;
  readonly counts: DataCounts;
  readonly acceptable: (symbol: SymbolId, bar: Bar) => boolean;
}

type Page =
  | { readonly kind: 'bars'; readonly bars: readonly Bar[] }
  | { readonly kind: 'failed'; readonly error: VenueError | null };

export class Backfills {
  readonly #rooms: BackfillRooms;
  readonly #limit = pLimit(IN_FLIGHT);
  readonly #refilling = new Set<SymbolId>();
  readonly #confirming = new Set<SymbolId>();
  /** Contracts to be read anew, with the reason, and those whose pages are on their way. */
  readonly #spoilt = new Map<SymbolId, string>();
  readonly #reloading = new Set<SymbolId>();
  /** What a symbol's last bar was taken for until the venue's word comes. */
  readonly #assumed = new Map<SymbolId, Bar>();
  #reloaded: WarmHistory[] = [];

  constructor(rooms: BackfillRooms) {
    this.#rooms = rooms;
  }

  /** Why this contract's candles cannot be built on now, or null. */
  fault(symbol: SymbolId): string | null {
    const spoilt = this.#spoilt.get(symbol);
    if (spoilt !== undefined) return `its candles are being read anew: ${spoilt}`;
    return this.#assumed.has(symbol) ? 'the last closed bar is provisional until the venue confirms it' : null;
  }

  /** A bar was shown that nobody has confirmed: the refill that is on its way will say whether it was right. */
  assume(symbol: SymbolId, bar: Bar): void {
    this.#assumed.set(symbol, bar);
  }

  /** Fetches what is missing; one request per symbol at a time. A hole the venue cannot fill is stepped over and marked. */
  refill(symbol: SymbolId, bars: SymbolBars): void {
    if (this.#refilling.has(symbol) || this.#spoilt.has(symbol)) return;
    this.#refilling.add(symbol);
    this.#rooms.counts.refills += 1;
    const { entry } = this.#rooms.settings.pair;
    const from = Number.isFinite(bars.nextOpenMs) ? { fromMs: epochMs(bars.nextOpenMs) } : {};
    this.#ask('refill', { symbol, timeframe: entry, count: ENTRY_BARS, ...from }, (page) => {
      this.#refilling.delete(symbol);
      if (page.kind === 'failed') return this.#failed(symbol, page.error);
      this.#judgeAssumed(symbol, page.bars);
      this.#take(symbol, page.bars);
      const now = this.#rooms.book.bars(symbol);
      if (page.bars.length === 0 && now?.holdsLater()) now.skipHole();
    });
  }

  /** Reads the newest bars again and compares them with what is held; what is newer is taken. */
  confirm(symbol: SymbolId, fromMs: EpochMs): void {
    if (this.#confirming.has(symbol) || this.#spoilt.has(symbol)) return;
    this.#confirming.add(symbol);
    const { entry } = this.#rooms.settings.pair;
    this.#ask('confirm', { symbol, timeframe: entry, count: CONFIRM_BARS, fromMs }, (page) => {
      this.#confirming.delete(symbol);
      if (page.kind === 'failed') return this.#failed(symbol, page.error);
      this.#judgeAssumed(symbol, page.bars);
      this.#take(symbol, page.bars);
    });
  }

  /** The contract's bars are wrong: nothing is entered on it until all of them were read anew. */
  spoil(symbol: SymbolId, reason: string): void {
    if (!this.#spoilt.has(symbol)) this.#spoilt.set(symbol, reason);
    this.reload(symbol);
  }

  /** Tries again what failed before; called once a minute. */
  retry(now: EpochMs): void {
    for (const symbol of this.#spoilt.keys()) this.reload(symbol);
    for (const symbol of this.#rooms.blacklist.due(now)) this.reload(symbol);
  }

  reload(symbol: SymbolId): void {
    const { ports, book, loader } = this.#rooms;
    const old = book.bars(symbol);
    if (old === undefined || this.#reloading.has(symbol)) return;
    this.#reloading.add(symbol);
    const bars = book.fresh(old.instrument);
    ports.dispatcher.send<Pick<WarmHistory, 'before' | 'closed'> | VenueError | null>({
      label: 'reload',
      call: () => this.#limit(() => loader.history(symbol, bars)).catch(venueErrorOnly),
      onFailure: () => null,
      apply: (history) => {
        this.#reloading.delete(symbol);
        if (history === null || history instanceof VenueError) return this.#failed(symbol, history);
        this.#reinstate(symbol, bars, history);
      },
    });
  }

  /** Contracts that were read anew: their strategies begin again with this history. */
  takeReloaded(): WarmHistory[] {
    const taken = this.#reloaded;
    this.#reloaded = [];
    return taken;
  }

  #reinstate(symbol: SymbolId, bars: SymbolBars, history: Pick<WarmHistory, 'before' | 'closed'>): void {
    const { book, blacklist, counts } = this.#rooms;
    const reason = this.#spoilt.get(symbol) ?? 'its time on the blacklist is over';
    book.replace(symbol, bars);
    this.#spoilt.delete(symbol);
    this.#assumed.delete(symbol);
    blacklist.remove(symbol);
    counts.reloads += 1;
    this.#reloaded.push({ symbol, part: 'again', ...history });
    this.#found({ kind: 'reloaded', symbol, barOpenMs: epochMs(bars.entry.lastOpenMs), detail: reason });
  }

  #ask(label: string, request: Parameters<DataPorts['feed']['history']>[0], apply: (page: Page) => void): void {
    const { feed, dispatcher } = this.#rooms.ports;
    const call = async (): Promise<Page> => {
      const answer = await feed.history(request).catch(venueErrorOnly);
      return answer instanceof VenueError ? { kind: 'failed', error: answer } : { kind: 'bars', bars: answer };
    };
    dispatcher.send<Page>({ label, call: () => this.#limit(call), onFailure: () => ({ kind: 'failed', error: null }), apply });
  }

  #failed(symbol: SymbolId, error: VenueError | null): void {
    const { ports, blacklist } = this.#rooms;
    if (error === null) return;
    ports.logger.warn({ symbol, reason: error.message }, 'candles could not be read');
    if (!isUnknownSymbol(error)) return;
    blacklist.add(symbol, error.message, ports.marketClock.now());
    this.#found({ kind: 'blacklisted', symbol, barOpenMs: ports.marketClock.now(), detail: error.message });
  }

  /** Was what we showed what the venue has? */
  #judgeAssumed(symbol: SymbolId, bars: readonly Bar[]): void {
    const assumed = this.#assumed.get(symbol);
    const told = bars.find((bar) => bar.openMs === assumed?.openMs);
    if (assumed === undefined || told === undefined) return;
    this.#assumed.delete(symbol);
    if (sameBar(assumed, told)) return;
    this.#rooms.counts.provisionalDiffers += 1;
    this.#found({ kind: 'provisionalDiffers', symbol, barOpenMs: told.openMs, detail: difference(assumed, told) });
  }

  /** Bars from the venue's own history: what is held must agree with them, what is newer goes on. */
  #take(symbol: SymbolId, bars: readonly Bar[]): void {
    const held = this.#rooms.book.bars(symbol);
    for (const bar of bars) {
      if (held === undefined || !this.#rooms.acceptable(symbol, bar) || held.offer(bar) !== 'differs') continue;
      const ago = (held.entry.lastOpenMs - bar.openMs) / timeframeMs(held.entry.timeframe);
      const detail = difference(held.entry.at(ago), bar);
      this.#found({ kind: 'closedDiffers', symbol, barOpenMs: bar.openMs, detail });
      this.spoil(symbol, `the venue's bar is another: ${detail}`);
      return;
    }
  }

  #found(finding: DataFinding): void {
    const { logger, onFinding } = this.#rooms.ports;
    logger.warn({ ...finding }, 'candles');
    onFinding?.(finding);
  }
}

/** What the venue answered is handed on as a value; our own mistakes are thrown. */
function venueErrorOnly(error: unknown): VenueError {
  if (error instanceof VenueError) return error;
  throw error;
}

const SHOWN = ['open', 'high', 'low', 'close', 'volume'] as const;

/** What was held and what was told, for the columns that differ. */
export const difference = (held: Bar, told: Bar): string =>
  SHOWN.filter((name) => held[name] !== told[name])
    .map((name) => `${name} ${held[name]} against ${told[name]}`)
    .join(', ');
