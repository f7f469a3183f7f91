// Emulator, streams: the feeds beside candles and marks — book, trades, tickers, sessions, and what happens to contracts and
// to liquidated positions. Like the candles they depend on market time, speed and subscriptions alone.
import type { SimEvent } from '../sim/events.ts';
import { bestOf, bookLevels, type WireBook } from './book-json.ts';
import { isDayKnown } from './day-ticker.ts';
import type { Desk } from './desk.ts';
import {
  aggTradeFrame,
  bookTickerFrame,
  changedLevels,
  contractInfoFrame,
  depthFrame,
  forceOrderFrame,
  inCoinMargined,
  miniTickerFrame,
  tickerFrame,
  tradeFrame,
} from './feed-frames.ts';
import { type FeedPlan, planFeeds } from './feed-plan.ts';
import type { StreamHub, Topic } from './stream-hub.ts';
import { runsOf, type TradeRun, tradesOf } from './trade-tape.ts';
import { sessionAt } from './trading-hours.ts';

const MINUTE_MS = 60_000;
/** All the levels that this market's book has. */
const WHOLE_BOOK = 1_000;
/** Coins whose inverse contracts show up in the merged arrays. */
const COIN_MARGINED = ['BTCUSDT', 'ETHUSDT'];
/** Contracts that an array of tickers may read for the first time at one instant; the others follow in the next arrays. */
const FIRST_READS = 12;

export interface FeedPublisherOptions {
  readonly desk: Desk;
  readonly hub: StreamHub;
  readonly speed: () => number;
}

interface BookState {
  readonly book: WireBook;
  readonly id: number;
  readonly mark: string;
}

export class FeedPublisher {
  readonly #options: FeedPublisherOptions;
  #planKey = '';
  #plan: FeedPlan = { periods: new Map(), stretch: 1 };
  readonly #books = new Map<string, BookState>();
  readonly #lastSent = new Map<string, string>();
  readonly #arraySent = new Map<string, string>();

  constructor(options: FeedPublisherOptions) {
    this.#options = options;
    // A difference needs something to differ from: the book at the moment of the subscription.
    options.hub.whenOpened(({ name, meaning }) => {
      if (meaning.kind === 'depth' && meaning.levels === null) this.#remember(name, meaning.index);
    });
  }

  nextAfter(atMs: number): number {
    this.#replan();
    let next = Number.POSITIVE_INFINITY;
    for (const period of this.#plan.periods.keys()) next = Math.min(next, atMs - (atMs % period) + period);
    return next;
  }

  run(atMs: number): void {
    this.#replan();
    for (const [period, topics] of this.#plan.periods) {
      if (atMs % period !== 0) continue;
      for (const topic of topics) this.#send(topic, { atMs, sinceMs: atMs - period });
    }
  }

  /** A contract's own data changed. */
  announce(index: number): void {
    const { desk, hub } = this.#options;
    const contract = desk.view.contract(index);
    const now = desk.venue.contract(contract.symbol) ?? contract;
    hub.publish('!contractInfo', JSON.stringify(contractInfoFrame(contract, now, desk.now())));
  }

  /** Liquidations of this account are the only ones of this market. */
  seen(event: SimEvent): void {
    if (event.kind !== 'orderTradeUpdate' || event.executionType !== 'CALCULATED') return;
    const { desk, hub } = this.#options;
    const index = desk.view.numberOf(event.order.symbol);
    if (index === null) return;
    const contract = desk.view.contract(index);
    const text = JSON.stringify(forceOrderFrame(contract, event.order, desk.now()));
    hub.publish(`${contract.symbol.toLowerCase()}@forceOrder`, text);
    hub.publish('!forceOrder@arr', text);
  }

  #replan(): void {
    const { hub, speed, desk } = this.#options;
    const key = `${hub.version}|${speed()}`;
    if (key === this.#planKey) return;
    this.#planKey = key;
    this.#plan = planFeeds(hub.topics(), { symbols: desk.view.source.contracts.length, speed: speed() });
    for (const name of this.#books.keys()) if (!hub.has(name)) this.#books.delete(name);
    for (const name of this.#lastSent.keys()) if (!hub.has(name)) this.#lastSent.delete(name);
  }

  #remember(name: string, index: number): BookState {
    const { desk } = this.#options;
    const book = bookLevels(desk, index, WHOLE_BOOK);
    const state = { book, id: desk.now(), mark: desk.venue.bookMark(desk.view.contract(index).symbol) };
    this.#books.set(name, state);
    return state;
  }

  #send(topic: Topic, span: { readonly atMs: number; readonly sinceMs: number }): void {
    const { view } = this.#options.desk;
    const { meaning, name } = topic;
    const { atMs } = span;
    if ('index' in meaning && !view.listed(meaning.index, atMs)) return;
    switch (meaning.kind) {
      case 'aggTrade':
      case 'trade':
        this.#sendRuns(topic, meaning.index, span);
        break;
      case 'bookTicker':
        this.#sendBest(name, meaning.index, atMs);
        break;
      case 'bookTickerArray':
        this.#sendAllBest(name, atMs);
        break;
      case 'depth':
        if (meaning.levels === null) this.#sendDifferences(name, meaning.index, atMs);
        else this.#sendLevels(name, { index: meaning.index, levels: meaning.levels }, atMs);
        break;
      case 'ticker':
      case 'miniTicker':
        this.#publish(name, (meaning.kind === 'ticker' ? tickerFrame : miniTickerFrame)(view, meaning.index, atMs));
        break;
      case 'tickerArray':
      case 'miniTickerArray':
        this.#sendArray(name, meaning.kind === 'tickerArray' ? tickerFrame : miniTickerFrame, atMs);
        break;
      case 'tradingSession':
        this.#sendSessions(name, atMs);
        break;
      case 'kline':
      case 'mark':
      case 'markArray':
      case 'forceOrder':
      case 'forceOrderArray':
      case 'contractInfo':
        // Sent by the candles' publisher, or when something happens.
        break;
    }
  }

  #publish(name: string, frame: unknown): void {
    this.#options.hub.publish(name, JSON.stringify(frame));
  }

  /** Runs that happened since the last time; where frames had to be left out, the newest only. */
  #sendRuns(topic: Topic, index: number, span: { readonly atMs: number; readonly sinceMs: number }): void {
    const { desk, speed } = this.#options;
    const contract = desk.view.contract(index);
    const runs: TradeRun[] = [];
    for (let openMs = span.sinceMs - (span.sinceMs % MINUTE_MS); openMs <= span.atMs; openMs += MINUTE_MS) {
      runs.push(...runsOf(desk.view, index, openMs, span.atMs).filter((run) => run.atMs > span.sinceMs));
    }
    for (const run of this.#plan.stretch > 1 ? runs.slice(-1) : runs) {
      if (topic.meaning.kind === 'aggTrade') this.#publish(topic.name, aggTradeFrame(contract, run, span.atMs));
      else {
        const trades = tradesOf(run);
        for (const trade of speed() > 1 ? trades.slice(-1) : trades) {
          this.#publish(topic.name, tradeFrame(contract, trade, Math.max(span.atMs, trade.atMs)));
        }
      }
    }
  }

  #sendBest(name: string, index: number, atMs: number): void {
    const best = bestOf(this.#options.desk, index);
    const state = `${best.bid} ${best.bidQty} ${best.ask} ${best.askQty}`;
    if (this.#lastSent.get(name) === state) return;
    this.#lastSent.set(name, state);
    this.#publish(name, bookTickerFrame(this.#options.desk.view.contract(index), best, atMs));
  }

  #sendAllBest(name: string, atMs: number): void {
    const { desk } = this.#options;
    desk.view.source.contracts.forEach((contract, index) => {
      if (!desk.view.listed(index, atMs)) return;
      const frame = bookTickerFrame(contract, bestOf(desk, index), atMs);
      this.#publish(name, frame);
      if (COIN_MARGINED.includes(contract.symbol)) this.#publish(name, inCoinMargined(frame, contract));
    });
  }

  #sendLevels(name: string, of: { readonly index: number; readonly levels: number }, atMs: number): void {
    const { desk } = this.#options;
    const book = bookLevels(desk, of.index, of.levels);
    const previousId = this.#books.get(name)?.id ?? atMs - 1;
    this.#books.set(name, { book, id: atMs, mark: '' });
    this.#publish(name, depthFrame(desk.view.contract(of.index), { book, atMs, previousId }));
  }

  /** Nothing leaves while the book stands as it was. */
  #sendDifferences(name: string, index: number, atMs: number): void {
    const { desk } = this.#options;
    const contract = desk.view.contract(index);
    const before = this.#books.get(name);
    desk.price(index);
    if (before === undefined || before.mark === desk.venue.bookMark(contract.symbol)) return;
    const after = this.#remember(name, index);
    const book = {
      bids: changedLevels(before.book.bids, after.book.bids),
      asks: changedLevels(before.book.asks, after.book.asks),
    };
    this.#publish(name, depthFrame(contract, { book, atMs, previousId: before.id }));
  }

  /** Only what changed since the last array is in it; a quiet market sends none. */
  #sendArray(name: string, frameOf: typeof tickerFrame, atMs: number): void {
    const { desk } = this.#options;
    const rows: Record<string, unknown>[] = [];
    let firstReads = 0;
    desk.view.source.contracts.forEach((contract, index) => {
      if (!desk.view.listed(index, atMs)) return;
      if (!isDayKnown(desk.view, index) && ++firstReads > FIRST_READS) return;
      const frame = frameOf(desk.view, index, atMs);
      const state = `${String(frame['c'])} ${String(frame['v'])}`;
      const key = `${name} ${contract.symbol}`;
      if (this.#arraySent.get(key) === state) return;
      this.#arraySent.set(key, state);
      rows.push(frame);
      if (COIN_MARGINED.includes(contract.symbol)) rows.push(inCoinMargined(frame, contract));
    });
    if (rows.length > 0) this.#publish(name, rows);
  }

  #sendSessions(name: string, atMs: number): void {
    const { contracts } = this.#options.desk.view.source;
    const traditional = contracts.filter((contract) => contract.contractType === 'TRADIFI_PERPETUAL');
    for (const market of new Set(traditional.map((contract) => contract.underlyingType))) {
      const session = sessionAt(market, atMs);
      this.#publish(name, {
        e: `${eventWord(market)}Update`,
        E: atMs,
        t: session.startTime,
        T: session.endTime,
        S: session.type,
      });
    }
  }
}

/** EQUITY is told as EquityUpdate, KR_EQUITY as KR_EquityUpdate, FX as FXUpdate. */
const eventWord = (market: string): string =>
  market
    .split('_')
    .map((part) => (part.length <= 2 ? part : `${part[0] ?? ''}${part.slice(1).toLowerCase()}`))
    .join('_');
