// App, backtest, phase 2: the bot's own execution room over the simulated venue, minute after minute in order of time. Ranking, slots,
// guards, sizes, orders, stops, labels are the live bot's; only the clock, the venue and the journal are of this room.
import { EventQueue } from '../../../services/event-queue.ts';
import type { ProcessFacts } from '../../../services/execution/ports.ts';
import { ExecutionService } from '../../../services/execution-service.ts';
import { FEATURE_COLUMNS } from '../../../strategy/feature-schema.ts';
import { EventClock } from '../../adapters/clock/event.ts';
import { SimBroker } from '../../adapters/sim-broker/sim-broker.ts';
import { isFinal } from '../../book/lifecycle-trade.ts';
import type { ManagementSettings } from '../../book/management.ts';
import type { LoopEvent } from '../../core/events.ts';
import type { AccountEvent } from '../../core/orders.ts';
import type { RankedSignal } from '../../core/signal.ts';
import type { Timeframe } from '../../core/timeframe.ts';
import { type RunIdentity, trainingSchemas } from '../../core/training-rows.ts';
import { type EpochMs, epochMs, invariant, type SymbolId } from '../../core/units.ts';
import type { Logger } from '../../ports/logger.ts';
import type { RiskSettings } from '../../risk/settings.ts';
import { walkBar } from '../../sim/bar-walk.ts';
import { SimVenue } from '../../sim/venue.ts';
import { EquityLog } from './equity-log.ts';
import type { FundingCalendar } from './funding.ts';
import type { BacktestMarket } from './market.ts';
import { RunRecorder } from './run-recorder.ts';

export interface PortfolioOptions {
  readonly market: BacktestMarket;
  readonly funding: FundingCalendar;
  readonly accountId: string;
  readonly run: RunIdentity;
  readonly entryTimeframe: Timeframe;
  readonly risk: RiskSettings;
  readonly management: ManagementSettings;
  readonly balanceUsdt: number;
  readonly logger: Logger;
}

export interface MinuteSignals {
  readonly ranked: readonly RankedSignal[];
  readonly features: ReadonlyMap<string, Float64Array>;
}

const NO_SIGNALS: MinuteSignals = { ranked: [], features: new Map() };
/** A timeout's long label is known 720 bars after the entry: so long a contract's bars are asked for after a signal. */
const FOLLOWED_BARS = 722;
/** A trade that waits longer inside one minute is looked at again in the next. */
const LONGEST_WAIT_MS = 20_000;

export class Portfolio {
  readonly recorder = new RunRecorder();
  readonly equity: EquityLog;
  readonly #options: PortfolioOptions;
  readonly #clock: EventClock;
  readonly #queue = new EventQueue();
  readonly #venue: SimVenue;
  readonly #broker: SimBroker;
  readonly #execution: ExecutionService;
  readonly #stopping = new AbortController();
  readonly #followedUntilMs = new Map<SymbolId, number>();
  readonly #fates = new Map<string, string>();
  /** Signed quantity and entry price of what is held. */
  readonly #holdings = new Map<SymbolId, { readonly qty: number; readonly entry: number }>();
  readonly #enteredMs = new Map<SymbolId, number>();
  #walletUsdt: number;
  #closeMs = 0;
  #assumedSettlements = 0;
  #knownSettlements = 0;

  constructor(options: PortfolioOptions, startMs: number) {
    this.#options = options;
    this.#clock = new EventClock(startMs);
    this.#walletUsdt = options.balanceUsdt;
    const { market } = options;
    const fee = (options.risk.takerFeeBps / 10_000).toFixed(6);
    this.#venue = new SimVenue({
      contracts: market.contracts,
      walletUsdt: options.balanceUsdt.toFixed(8),
      // Every order of ours takes: MARKET entries, and stops and targets that become MARKET when they fire.
      takerFeeRate: fee,
      makerFeeRate: fee,
      accountSeed: 1,
    });
    const { accountId } = options;
    this.#broker = new SimBroker({ venue: this.#venue, clock: this.#clock, accountId, symbols: market.symbols });
    this.#execution = this.#service();
    this.equity = new EquityLog(startMs, options.balanceUsdt);
  }

  /** Signal id → what became of it. */
  get fates(): ReadonlyMap<string, string> {
    return this.#fates;
  }

  get settlements(): { readonly known: number; readonly assumed: number } {
    return { known: this.#knownSettlements, assumed: this.#assumedSettlements };
  }

  async open(): Promise<void> {
    await this.#broker.follow((event) => this.#queue.push({ kind: 'account', event }), this.#stopping.signal);
    this.#execution.start(this.recorder.load());
    await this.#pump();
    invariant(this.#execution.booted(), 'the account could not be read');
  }

  /** The next minute that anything of ours hangs on: nothing happens in those before it. */
  nextDueMs(nowMs: number): number {
    if (this.#running().length > 0) return nowMs + this.#options.market.stepMs;
    for (const untilMs of this.#followedUntilMs.values()) if (untilMs > nowMs) return nowMs + this.#options.market.stepMs;
    return Number.POSITIVE_INFINITY;
  }

  /** A minute that closes now, in the order of the live loop: what the venue did in it, then the bars, then the signals. */
  async minute(closeMs: EpochMs, signals: MinuteSignals = NO_SIGNALS): Promise<void> {
    const { market } = this.#options;
    market.advanceTo(closeMs);
    this.#closeMs = closeMs;
    this.#clock.advanceTo(Math.max(closeMs, this.#clock.now()));
    this.#walk(closeMs);
    await this.#pump();
    const fresh = signals.ranked.map(({ signal }) => signal.symbol);
    this.#tellMarks([...this.#held(), ...fresh]);
    if (signals.ranked.length > 0 || this.#running().length > 0) this.#execution.onTick();
    await this.#pump();
    this.#execution.onBars(this.#closedBars(closeMs));
    this.#endOfData();
    if (signals.ranked.length > 0) this.#decide(closeMs, signals);
    this.#showNextOpen([...this.#held(), ...fresh]);
    await this.#pump();
    this.#note(closeMs);
  }

  /** Trades that the end of the history left open. */
  unfinished(): readonly string[] {
    return this.#running().map(({ plan }) => plan.tradeId);
  }

  close(): void {
    this.#stopping.abort();
  }

  #service(): ExecutionService {
    const { accountId, market, run, entryTimeframe, risk, management, logger } = this.#options;
    return new ExecutionService(
      {
        broker: this.#broker,
        journal: this.recorder,
        featureLog: { append: () => undefined, flush: () => undefined },
        notifier: { publish: () => undefined, flush: async () => undefined },
        logger,
        marketClock: this.#clock,
        wallClock: this.#clock,
        queue: this.#queue,
      },
      {
        accountId,
        instance: 'a',
        settings: risk,
        entryTimeframe,
        schemas: trainingSchemas(FEATURE_COLUMNS),
        run,
        trading: 'on',
        instrumentOf: (symbol) => market.instrument(symbol),
        candleFault: (symbol) => (market.nextOpenOf(symbol) === null ? 'its recording ends with this bar' : null),
        processFacts: () => this.#processFacts(),
        management,
        trendOf: (symbol) => market.trendOf(symbol),
      },
    );
  }

  /** Nothing of a machine stands between history and a decision. */
  #processFacts(): ProcessFacts {
    const now = this.#clock.now();
    return {
      runtimeFault: null,
      journalFault: null,
      instanceLock: 'held',
      clock: { offsetMs: 0, measuredMs: now },
      withdrawRight: 'notApplicable',
      instrumentsMs: now,
      diskFreeBytes: Number.POSITIVE_INFINITY,
      memoryFault: null,
      loopLagMs: 0,
      entryBreaker: 'closed',
    };
  }

  #running(): readonly { readonly plan: { readonly tradeId: string; readonly symbol: SymbolId } }[] {
    return this.#execution.trades().filter(({ state }) => !isFinal(state));
  }

  #held(): SymbolId[] {
    return this.#running().map(({ plan }) => plan.symbol);
  }

  /** The bar passes through everything that rests, then what was held at its close is charged its funding. */
  #walk(closeMs: EpochMs): void {
    const { market, funding } = this.#options;
    for (const symbol of this.#held()) {
      const bar = market.barOf(symbol);
      if (bar === null) continue;
      walkBar(this.#venue, symbol, bar, closeMs);
      const due = funding.settledAt(symbol, closeMs);
      if (due === null || Number(this.#venue.position(symbol)?.signedQty ?? 0) === 0) continue;
      this.#venue.settleFunding(symbol, due.rate, closeMs);
      if (due.source === 'file') this.#knownSettlements += 1;
      else this.#assumedSettlements += 1;
    }
    this.#broker.tell();
  }

  #tellMarks(symbols: readonly SymbolId[]): void {
    const { market, funding } = this.#options;
    const now = this.#clock.now();
    const marks = symbols.flatMap((symbol) => {
      const bar = market.barOf(symbol);
      if (bar === null) return [];
      return [
        { symbol, markPrice: bar.close, fundingRate: funding.lastRate(symbol, now), nextFundingMs: epochMs(funding.nextMs(now)) },
      ];
    });
    this.#execution.onMarks(marks);
  }

  #closedBars(closeMs: number): { symbol: SymbolId; bars: { entryBar: NonNullable<ReturnType<BacktestMarket['barOf']>> }[] }[] {
    const wanted = new Set(this.#held());
    for (const [symbol, untilMs] of this.#followedUntilMs) if (closeMs <= untilMs) wanted.add(symbol);
    return [...wanted].flatMap((symbol) => {
      const bar = this.#options.market.barOf(symbol);
      return bar === null ? [] : [{ symbol, bars: [{ entryBar: bar }] }];
    });
  }

  #decide(closeMs: EpochMs, { ranked, features }: MinuteSignals): void {
    const { market } = this.#options;
    const { btcTrend, breadth } = market.mood();
    const barOpenMs = epochMs(closeMs - market.stepMs);
    const fates = this.#execution.decide({ barOpenMs, ranked, features, mood: { btcTrend, breadth } });
    for (const [id, fate] of fates) this.#fates.set(id, fate);
    for (const { signal } of ranked) this.#followedUntilMs.set(signal.symbol, closeMs + FOLLOWED_BARS * market.stepMs);
  }

  /** Assumed, because a recording that ends is no event of the market: what is still held is closed at its last price. */
  #endOfData(): void {
    for (const symbol of this.#held()) {
      if (this.#options.market.nextOpenOf(symbol) === null) this.#execution.onCommand({ kind: 'close', symbol }, 'endOfData');
    }
  }

  /**
   * Declared: an entry of this minute is filled at the next bar's open plus the taker's spread; kinder would be this bar's close. What the bot
   * closes itself leaves while the bar is handled and meets that close; harsher would be the next open.
   */
  #showNextOpen(symbols: readonly SymbolId[]): void {
    for (const symbol of symbols) {
      const price = this.#options.market.nextOpenOf(symbol) ?? this.#options.market.barOf(symbol)?.close ?? null;
      if (price !== null) this.#venue.setPrice(symbol, { last: price, mark: price }, this.#clock.now());
    }
    this.#broker.tell();
  }

  /** Until every request is answered; a trade that waits for milliseconds gets them, one that waits for more waits for the next bar. */
  async #pump(): Promise<void> {
    const untilMs = this.#clock.now() + LONGEST_WAIT_MS;
    for (;;) {
      for (let event = this.#queue.take(); event !== undefined; event = this.#queue.take()) this.#handle(event);
      if (this.#execution.idle()) return;
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (this.#queue.length > 0) continue;
      const due = this.#clock.nextDueMs();
      if (due > untilMs) return;
      this.#clock.advanceTo(due);
    }
  }

  #handle(event: LoopEvent): void {
    if (event.kind === 'answer') event.apply();
    if (event.kind !== 'account') return;
    this.#follow(event.event);
    this.#execution.onAccount(event.event);
  }

  /** Equity as the account itself told it: the wallet of the last balance, and what is held at this bar's close. */
  #note(closeMs: number): void {
    if (this.#holdings.size === 0 && !this.equity.isOpen) return;
    let [equityUsdt, notionalUsdt] = [this.#walletUsdt, 0];
    for (const [symbol, { qty, entry }] of this.#holdings) {
      const close = this.#options.market.barOf(symbol)?.close ?? entry;
      // Bought at the next bar's open: nothing is won or lost in the bar that closed before.
      const price = this.#enteredMs.get(symbol) === closeMs ? entry : close;
      equityUsdt += qty * (price - entry);
      notionalUsdt += Math.abs(qty) * price;
    }
    this.equity.note(closeMs, { equityUsdt, notionalUsdt, positions: this.#holdings.size });
  }

  #follow(event: AccountEvent): void {
    if (event.kind === 'balance' && event.asset === 'USDT') this.#walletUsdt = Number(event.walletBalance);
    if (event.kind !== 'position') return;
    const qty = Number(event.signedQty);
    if (qty === 0) this.#holdings.delete(event.symbol);
    else {
      if (!this.#holdings.has(event.symbol)) this.#enteredMs.set(event.symbol, this.#closeMs);
      this.#holdings.set(event.symbol, { qty, entry: Number(event.entryPrice) });
    }
  }
}
