// Services, room 6: ExecutionService. Takes a minute's ranked signals and everything the account says; owns the real trades,
// the virtual ones and the ladder. It never waits: requests leave through the dispatcher and come back as events.

import { symbolOf } from '../src/book/lifecycle.ts';
import { newTrade } from '../src/book/lifecycle-trade.ts';
import type { Instant, LiveTrade } from '../src/book/lifecycle-types.ts';
import { parseClientId } from '../src/core/client-id.ts';
import type { Command } from '../src/core/events.ts';
import { MAX_CELLS, qtyToSteps, stepSize } from '../src/core/grid.ts';
import type { JournalRow, JournalState } from '../src/core/journal.ts';
import type { Mark, MarketEvent } from '../src/core/market.ts';
import type { AccountEvent, AccountSnapshot } from '../src/core/orders.ts';
import { barClose } from '../src/core/timeframe.ts';
import type { ClosedTrade, TradePlan } from '../src/core/trade.ts';
import { invariant, type SymbolId } from '../src/core/units.ts';
import { Dispatcher } from './dispatcher.ts';
import { AccountKeeper } from './execution/account-keeper.ts';
import { AccountState } from './execution/account-state.ts';
import { accountView } from './execution/account-view.ts';
import { Admission, type Judgement, type MinuteFacts } from './execution/admission.ts';
import { Ladder } from './execution/ladder.ts';
import { LedgerWriter } from './execution/ledger-writer.ts';
import { alarmNotice, signalNotice } from './execution/notices.ts';
import type { ExecutionOptions, ExecutionPorts } from './execution/ports.ts';
import { intentRow, restoreTrade } from './execution/rows.ts';
import { type ClosedBars, ShadowDesk } from './execution/shadow-desk.ts';
import { type MinuteToDecide, signalJournalRow } from './execution/signal-rows.ts';
import { TradeDesk } from './execution/trade-desk.ts';
import { type Handover, handoverOf, positionView, virtualView } from './execution/views.ts';
import type { LiveState } from './monitoring-service.ts';

/** How soon the loop is woken while a trade waits for milliseconds rather than minutes. */
const WAKE_MS = 25;

export class ExecutionService {
  readonly #ports: ExecutionPorts;
  readonly #options: ExecutionOptions;
  readonly #dispatcher: Dispatcher;
  readonly #writer: LedgerWriter;
  readonly #ladder = new Ladder();
  readonly #account = new AccountState();
  readonly #marks = new Map<SymbolId, Mark>();
  readonly #latches = new Map<string, string>();
  readonly #admission: Admission;
  readonly #desk: TradeDesk;
  readonly #shadows: ShadowDesk;
  readonly #keeper: AccountKeeper;
  #wake: 'none' | 'set' = 'none';

  constructor(ports: ExecutionPorts, options: ExecutionOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#dispatcher = new Dispatcher(ports.queue, ports.logger);
    this.#writer = new LedgerWriter(ports.journal, ports.logger, (state, reason) => this.#onJournal(state, reason));
    this.#admission = new Admission(options, this.#account, this.#marks);
    this.#desk = new TradeDesk(ports, options, {
      writer: this.#writer,
      dispatcher: this.#dispatcher,
      hooks: { onBooked: (closed) => this.#onBooked(closed), onWork: () => this.#wakeSoon() },
    });
    this.#shadows = new ShadowDesk(ports, options, this.#writer);
    this.#keeper = new AccountKeeper({
      ports,
      account: this.#account,
      desk: this.#desk,
      ladder: this.#ladder,
      writer: this.#writer,
      dispatcher: this.#dispatcher,
      instance: options.instance,
    });
  }

  /** Boot: what the journal knows is taken over, then the account is read. Safe to be killed and run again at any step. */
  start(state: JournalState): void {
    const now = this.#desk.now();
    for (const [name, reason] of state.latches) this.#latch(name, reason);
    for (const row of state.intents) {
      const instrument = this.#options.instrumentOf(row.symbol);
      if (instrument === null) {
        const text = `${row.symbol} is not on the venue's list any more; its trade ${row.tradeId} (${row.state}) cannot be managed`;
        this.#ladder.raise(`unlisted ${row.symbol}`, 'PROTECT_ONLY', text);
        this.#ports.notifier.publish(alarmNotice('unlisted', text, now.venueMs));
        continue;
      }
      this.#desk.adopt(restoreTrade(row, state, this.#frame(row.symbol), now));
    }
    this.#shadows.restore(state);
    const entries = state.intents.map(({ symbol, side, barCloseMs }) => ({ symbol, side, barCloseMs }));
    this.#admission.restore({ recentNetR: state.recentNetR, closed: state.recentClosed, entries });
    this.#keeper.onTick(now);
  }

  /** True once the account was read and every open trade of the journal is protected, being closed or being resolved. */
  booted(): boolean {
    return this.#keeper.booted && !this.#desk.all().some((trade) => trade.state === 'openNaked' || trade.state === 'sending');
  }

  onAccount(event: AccountEvent): void {
    const now = this.#desk.now();
    this.#keeper.onEvent(event, now);
    const symbol = symbolOf(event);
    if (symbol === null) return;
    this.#desk.hearAbout(symbol as SymbolId, { kind: 'account', event });
    this.#checkUnknownFill(event, now);
  }

  onSnapshot(snapshot: AccountSnapshot): void {
    this.#keeper.onSnapshot(snapshot, { venueMs: snapshot.at, wallMs: this.#desk.now().wallMs });
  }

  onMarks(marks: readonly Mark[]): void {
    const held = new Set(this.#desk.holding().map((trade) => trade.plan.symbol));
    for (const mark of marks) {
      this.#marks.set(mark.symbol, mark);
      if (held.has(mark.symbol)) this.#desk.hearAbout(mark.symbol, { kind: 'mark', price: mark.markPrice });
    }
  }

  /** Candles that do not come are the data room's business, symbol by symbol; a whole stream that is silent stops entries. */
  onFeed(event: Extract<MarketEvent, { kind: 'feed' }>): void {
    const name = `feed ${event.stream}`;
    if (event.state === 'down') this.#ladder.raise(name, 'NO_NEW_ENTRIES', event.detail);
    else this.#ladder.ease(name, this.#desk.now().wallMs);
  }

  /** Closed bars move virtual positions and time stops. */
  onBars(closed: readonly ClosedBars[]): void {
    this.#shadows.onBars(closed);
    let newest = 0;
    for (const { bars } of closed) for (const { entryBar } of bars) newest = Math.max(newest, entryBar.openMs);
    if (newest > 0) this.#desk.hearAll({ kind: 'barClosed', barCloseMs: barClose(newest, this.#options.entryTimeframe) });
  }

  onTick(): void {
    const now = this.#desk.now();
    this.#ladder.tick(now.wallMs);
    this.#keeper.onTick(now);
    this.#writer.commit([]);
    // Before the first full read a restored trade would act on yesterday's news.
    if (this.#keeper.booted) this.#desk.hearAll({ kind: 'tick', stream: this.#account.trust() });
    if (this.#latches.has('panic') && this.#desk.holding().length === 0 && this.#ladder.level() === 'PANIC') {
      this.#ladder.raise('panic', 'HALTED', 'everything is flat; a person must resume');
    }
  }

  onCommand(command: Command, by: string): void {
    const now = this.#desk.now();
    this.#ports.logger.info({ command: command.kind, by }, 'command');
    switch (command.kind) {
      case 'pause':
        this.#setLatch('pause', command.reason);
        return;
      case 'resume':
        this.#resume();
        return;
      case 'close':
        this.#desk.hearAbout(command.symbol, { kind: 'wantExit', exitClass: 'command' });
        return;
      case 'panic':
        this.#setLatch('panic', `asked for by ${by}`);
        this.#ports.notifier.publish(
          alarmNotice('panic', 'panic: every position is being closed, nothing new is opened', now.venueMs),
        );
        this.#desk.hearAll({ kind: 'wantExit', exitClass: 'command' });
        return;
      case 'stop':
        // Positions keep their stop and target on the venue; handover() tells what is not looked after.
        return;
    }
  }

  /** Decides a minute: signal id → what became of it, e.g. "real", "virtual: cluster", "label: rank". */
  decide(minute: MinuteToDecide): ReadonlyMap<string, string> {
    const fates = new Map<string, string>();
    const rows: JournalRow[] = [];
    const drafts: LiveTrade[] = [];
    const facts = {
      now: this.#desk.now().venueMs,
      openPositions: this.#desk.holding().length,
      equityUsdt: accountView(this.#account, this.#desk.all(), this.#marks)?.equityUsdt ?? null,
    };
    const fresh = minute.ranked.filter(
      (ranked) => !this.#shadows.knows(ranked) && this.#desk.get(this.#admission.tradeIdOf(ranked)) === undefined,
    );
    for (const ranked of fresh) {
      const judgement = this.#admission.judge(ranked, this.#facts(minute, drafts));
      const shadow = this.#shadow(ranked, judgement);
      if (judgement.kind === 'real') {
        drafts.push(newTrade(judgement.plan, this.#frame(judgement.plan.symbol)));
        this.#admission.onDecided(judgement.plan);
      }
      fates.set(
        ranked.signal.id,
        judgement.kind === 'real' ? 'real' : `${shadow.trade.role === 'shown' ? 'virtual' : 'label'}: ${judgement.reason}`,
      );
      rows.push(signalJournalRow({ ranked, judgement, minute }, facts, this.#options), { table: 'virtual', trade: shadow.trade });
    }
    rows.push(...drafts.map(intentRow));
    const durability = this.#writer.commit(rows);
    this.#tellSignals(fresh, durability === 'durable' ? rows : []);
    for (const draft of drafts) this.#begin(draft, durability, fates);
    return fates;
  }

  /** No request is on its way and no trade is between two states: the minute may be acknowledged. */
  idle(): boolean {
    return this.#dispatcher.inFlight === 0 && !this.#desk.busy();
  }

  handover(): Handover {
    return handoverOf(this.#desk.all(), this.#shadows.book.shownCount);
  }

  trades(): readonly LiveTrade[] {
    return this.#desk.all();
  }

  liveState(): LiveState {
    const now = this.#desk.now();
    const held = this.#desk.all().filter((trade) => trade.position.holding === 'open');
    const { balance } = this.#account;
    return {
      ladder: { level: this.#ladder.level(), reasons: this.#ladder.reasons() },
      positions: held.map((trade) => positionView(trade, this.#marks.get(trade.plan.symbol), now)),
      virtuals: this.#shadows.book
        .shown()
        .filter((trade) => trade.entry !== null)
        .map((trade) => virtualView(trade, this.#shadows.lastClose(trade.symbol))),
      hitRates: this.#shadows.hitRates,
      balance: balance === null ? null : { ...balance, startUsdt: this.#keeper.startEquityUsdt ?? balance.equityUsdt },
    };
  }

  #begin(draft: LiveTrade, durability: 'durable' | 'lost', fates: Map<string, string>): void {
    // What is not on disk is not sent: after a crash nobody would know of it. Its label is followed all the same.
    if (durability === 'lost') {
      fates.set(draft.plan.signal.id, 'label: journal');
      return;
    }
    this.#desk.adopt(draft);
    this.#desk.hear(draft.plan.tradeId, { kind: 'tick', stream: this.#account.trust() });
  }

  #frame(symbol: SymbolId): Parameters<typeof newTrade>[1] {
    const instrument = this.#options.instrumentOf(symbol);
    invariant(instrument !== null, `${symbol} is not listed`);
    const maxMarketSteps = qtyToSteps(Math.min(instrument.marketMaxQty, MAX_CELLS * stepSize(instrument.grid)), instrument.grid);
    return { grid: instrument.grid, instance: this.#options.instance, maxMarketSteps };
  }

  #facts(minute: MinuteToDecide, drafts: readonly LiveTrade[]): MinuteFacts {
    const { btcTrend, breadth } = minute.mood;
    return {
      now: this.#desk.now().venueMs,
      mood: { btcTrend: btcTrend === 0 ? null : btcTrend, breadthEma200: breadth },
      ladder: this.#ladder.level(),
      latches: this.#latches,
      trades: this.#desk.all(),
      granted: drafts.map((draft): TradePlan => draft.plan),
    };
  }

  #shadow(ranked: MinuteToDecide['ranked'][number], judgement: Judgement): { readonly trade: ReturnType<ShadowDesk['open']> } {
    const wish =
      judgement.kind === 'real'
        ? ({ role: 'label', reason: 'taken' } as const)
        : ({ role: 'shown', reason: judgement.reason } as const);
    return { trade: this.#shadows.open(ranked, this.#admission.tradeIdOf(ranked), wish) };
  }

  #tellSignals(fresh: MinuteToDecide['ranked'], rows: readonly JournalRow[]): void {
    for (const row of rows) if (row.table === 'signal') this.#ports.featureLog.append('signals', row.row, row.barCloseMs);
    for (const ranked of fresh) this.#ports.notifier.publish(signalNotice(ranked));
  }

  #onBooked(closed: ClosedTrade): void {
    this.#admission.onClosed(closed);
    this.#keeper.read();
    if (closed.exitClass !== 'liquidation' && closed.exitClass !== 'adl') return;
    const text = `${closed.symbol}: the venue closed the position (${closed.exitClass}), ${closed.netPnlUsdt} USDT`;
    this.#ports.notifier.publish(alarmNotice(closed.exitClass, text, closed.closedMs));
    if (closed.exitClass === 'liquidation') this.#setLatch('liquidation', text);
  }

  #onJournal(state: 'durable' | 'lost', reason: string): void {
    if (state === 'durable') {
      this.#ladder.ease('journal', this.#ports.wallClock.now());
      return;
    }
    if (!this.#ladder.has('journal'))
      this.#ports.notifier.publish(
        alarmNotice(
          'journal',
          `the journal cannot be written: ${reason}. No entries; protection goes on.`,
          this.#ports.marketClock.now(),
        ),
      );
    this.#ladder.raise('journal', 'NO_NEW_ENTRIES', reason);
  }

  #latch(name: string, reason: string): void {
    this.#latches.set(name, reason);
    this.#ladder.raise(name, name === 'panic' ? 'PANIC' : 'NO_NEW_ENTRIES', reason);
  }

  #setLatch(name: string, reason: string): void {
    this.#latch(name, reason);
    this.#writer.commit([{ table: 'latch', name, reason }]);
  }

  #resume(): void {
    const names = [...this.#latches.keys()];
    this.#writer.commit(names.map((name) => ({ table: 'latch', name, reason: null })));
    this.#latches.clear();
    this.#ladder.release([...names, 'safeMode', 'otherBot']);
  }

  /** A fill under our prefix that no trade answers for: the database is older than the venue (a restored backup). */
  #checkUnknownFill(event: AccountEvent, now: Instant): void {
    if (event.kind !== 'fill') return;
    const parsed = parseClientId(event.fill.clientId);
    if (parsed === null || this.#desk.get(parsed.tradeId) !== undefined) return;
    this.#ladder.raise('safeMode', 'PROTECT_ONLY', `a fill of ${event.fill.clientId} that the database does not know`);
    this.#ports.notifier.publish(
      alarmNotice(
        'unknownOrder',
        `${event.fill.symbol}: ${event.fill.clientId} was filled, but the database does not know it`,
        now.venueMs,
      ),
    );
  }

  /** While a trade waits for milliseconds the quarter-second heartbeat is too slow: a naked position is looked at sooner. */
  #wakeSoon(): void {
    if (this.#wake === 'set' || !this.#desk.busy()) return;
    this.#wake = 'set';
    this.#ports.wallClock.after(WAKE_MS, () => {
      this.#ports.queue.push({
        kind: 'answer',
        label: 'wake',
        apply: () => {
          this.#wake = 'none';
          if (this.#keeper.booted) this.#desk.hearAll({ kind: 'tick', stream: this.#account.trust() });
        },
      });
    });
  }
}
