// Services, room 6: ExecutionService. Takes a minute's ranked signals and everything the account says; owns the real trades,
// the virtual ones and the ladder. It never waits: requests leave through the dispatcher and come back as events.

import { symbolOf } from '../src/book/lifecycle.ts';
import type { Instant, LiveTrade } from '../src/book/lifecycle-types.ts';
import { parseClientId } from '../src/core/client-id.ts';
import type { Command } from '../src/core/events.ts';
import type { JournalState } from '../src/core/journal.ts';
import type { Mark, MarketEvent } from '../src/core/market.ts';
import type { AccountEvent, AccountSnapshot } from '../src/core/orders.ts';
import { barClose } from '../src/core/timeframe.ts';
import type { ClosedTrade, LadderLevel } from '../src/core/trade.ts';
import type { SymbolId } from '../src/core/units.ts';
import { spreadTooWide } from '../src/risk/guards.ts';
import { Dispatcher } from './dispatcher.ts';
import { AccountKeeper } from './execution/account-keeper.ts';
import { AccountState } from './execution/account-state.ts';
import { accountView } from './execution/account-view.ts';
import { Admission } from './execution/admission.ts';
import { takeOver } from './execution/boot.ts';
import { CommandDesk } from './execution/command-desk.ts';
import { ContractAlarm } from './execution/contract-alarm.ts';
import { DangerAlarm } from './execution/danger-alarm.ts';
import { EntryDesk } from './execution/entry-desk.ts';
import { priceFees } from './execution/fee-prices.ts';
import { Ladder } from './execution/ladder.ts';
import { Latches } from './execution/latches.ts';
import { type FaultKind, LedgerWriter } from './execution/ledger-writer.ts';
import { alarmNotice, levelNotice, riskProfileNotice } from './execution/notices.ts';
import type { ExecutionOptions, ExecutionPorts } from './execution/ports.ts';
import { DEFAULT_WATCH, PositionWatch } from './execution/position-watch.ts';
import { QuantHold } from './execution/quant-hold.ts';
import { RuntimeSettings, type SettingsInForce, settingsAtStart } from './execution/runtime-settings.ts';
import { type ClosedBars, ShadowDesk } from './execution/shadow-desk.ts';
import type { MinuteToDecide } from './execution/signal-rows.ts';
import { TradeDesk } from './execution/trade-desk.ts';
import { type Handover, handoverOf, positionView, requestView, virtualView } from './execution/views.ts';
import type { LiveState } from './monitoring-service.ts';

/** How soon the loop is woken while a trade waits for milliseconds rather than minutes. */
const WAKE_MS = 25;
/** What the venue did by itself is told as an alarm. */
const VENUE_CLOSES: readonly ClosedTrade['exitClass'][] = ['liquidation', 'adl', 'settlement'];

export class ExecutionService {
  readonly #ports: ExecutionPorts;
  readonly #options: ExecutionOptions;
  readonly #dispatcher: Dispatcher;
  readonly #writer: LedgerWriter;
  readonly #ladder = new Ladder();
  readonly #account = new AccountState();
  readonly #marks = new Map<SymbolId, Mark>();
  readonly #settings: RuntimeSettings;
  readonly #latches: Latches;
  readonly #admission: Admission;
  readonly #desk: TradeDesk;
  readonly #shadows: ShadowDesk;
  readonly #watch: PositionWatch;
  readonly #entries: EntryDesk;
  readonly #commands: CommandDesk;
  readonly #keeper: AccountKeeper;
  readonly #quantHold: QuantHold;
  readonly #danger: DangerAlarm;
  readonly #contracts: ContractAlarm;
  #toldLevel: LadderLevel = 'NORMAL';
  #toldProfile: 'no' | 'yes' = 'no';
  #wake: 'none' | 'set' = 'none';

  constructor(ports: ExecutionPorts, options: ExecutionOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#dispatcher = new Dispatcher(ports.queue, ports.logger);
    this.#writer = new LedgerWriter(ports.journal, ports.logger, (state, reason, fault) => this.#onJournal(state, reason, fault));
    this.#settings = new RuntimeSettings(settingsAtStart(options), ports.settingsStore ?? null, options.confirmFault);
    this.#latches = new Latches(this.#ladder, this.#writer);
    const tell = ports.notifier.publish.bind(ports.notifier);
    this.#quantHold = new QuantHold(this.#ladder, tell);
    this.#danger = new DangerAlarm(tell);
    this.#admission = new Admission(options, this.#account, this.#marks, this.#settings);
    this.#desk = new TradeDesk(ports, options, {
      writer: this.#writer,
      dispatcher: this.#dispatcher,
      hooks: {
        onBooked: (closed) => this.#onBooked(closed),
        onVoid: (trade) => {
          this.#quantHold.onVoid(trade, this.#desk.now());
          this.#entries.onVoid(trade);
        },
        onWork: () => this.#wakeSoon(),
        quoteFault: (symbol) => this.#quoteFault(symbol),
      },
    });
    this.#shadows = new ShadowDesk(ports, options, this.#writer);
    this.#watch = new PositionWatch(ports.notifier, options.watch ?? DEFAULT_WATCH);
    const shared = {
      ports,
      options,
      account: this.#account,
      marks: this.#marks,
      desk: this.#desk,
      ladder: this.#ladder,
      latches: this.#latches,
      writer: this.#writer,
      settings: this.#settings,
    };
    this.#entries = new EntryDesk({ ...shared, admission: this.#admission, shadows: this.#shadows });
    const onSettings = (settings: SettingsInForce): void => this.#onSettings(settings);
    this.#contracts = new ContractAlarm(shared);
    this.#keeper = new AccountKeeper({ ...shared, dispatcher: this.#dispatcher });
    const { strangers } = this.#keeper;
    this.#commands = new CommandDesk({ ...shared, strangers, entries: this.#entries, onSettings });
  }

  /** Boot: what the journal knows is taken over, then the account is read. Safe to be killed and run again at any step. */
  start(state: JournalState): void {
    const now = this.#desk.now();
    takeOver(
      {
        ports: this.#ports,
        options: this.#options,
        desk: this.#desk,
        shadows: this.#shadows,
        entries: this.#entries,
        admission: this.#admission,
        watch: this.#watch,
        settings: this.#settings,
        latches: this.#latches,
        ladder: this.#ladder,
        onSettings: (settings) => this.#onSettings(settings),
      },
      state,
      now,
    );
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

  /** Closed bars move virtual positions, stops and time stops; once a minute everything that runs is looked at. */
  onBars(closed: readonly ClosedBars[]): void {
    this.#shadows.onBars(closed);
    this.#manage(closed);
    let newest = 0;
    for (const { bars } of closed) for (const { entryBar } of bars) newest = Math.max(newest, entryBar.openMs);
    if (newest === 0) return;
    this.#desk.hearAll({ kind: 'barClosed', barCloseMs: barClose(newest, this.#options.entryTimeframe) });
    this.#entries.onMinute();
    this.#lookAround();
  }

  /** A trade is managed on the bar that closed now: with hindsight, after a hole, nothing is moved. */
  #manage(closed: readonly ClosedBars[]): void {
    const held = new Set(this.#desk.holding().map((trade) => trade.plan.symbol));
    const settings = this.#settings.inForce.management;
    for (const { symbol, bars } of closed) {
      const bar = bars.at(-1)?.entryBar;
      if (bar === undefined || !held.has(symbol)) continue;
      const trend = this.#options.trendOf?.(symbol) ?? null;
      const known = trend?.asOfMs === barClose(bar.openMs, this.#options.entryTimeframe) ? trend : null;
      this.#desk.hearAbout(symbol, { kind: 'bar', bar, trend: known, settings });
    }
  }

  #lookAround(): void {
    const now = this.#desk.now().venueMs;
    this.#watch.onMinute(this.#desk.all(), this.#marks, now);
    this.#contracts.onMinute();
    const view = accountView(this.#account, this.#desk.all(), this.#marks);
    if (view === null) return;
    this.#watch.onEquity(view.equityUsdt, now);
    this.#tellProfile(view.equityUsdt);
  }

  onTick(): void {
    const now = this.#desk.now();
    this.#quantHold.onTick(now);
    this.#ladder.tick(now.wallMs);
    this.#danger.look(this.#desk.all(), now);
    this.#keeper.onTick(now);
    this.#writer.commit([]);
    priceFees(this.#desk, this.#marks);
    // Before the first full read a restored trade would act on yesterday's news.
    if (this.#keeper.booted) this.#desk.hearAll({ kind: 'tick', stream: this.#account.trust() });
    if (this.#keeper.booted) this.#commands.keepPanic();
    const flat = this.#desk.holding().length === 0 && this.#keeper.strangers.held === 0;
    if (this.#latches.has('panic') && flat && this.#ladder.level() === 'PANIC') {
      this.#ladder.raise('panic', 'HALTED', 'everything is flat; a person must resume');
    }
    this.#tellLevel(now);
  }

  onCommand(command: Command, by: string): void {
    this.#commands.onCommand(command, by);
    this.#tellLevel(this.#desk.now());
  }

  /** Decides a minute: signal id → what became of it, e.g. "real", "virtual: cluster", "label: rank". */
  decide(minute: MinuteToDecide): ReadonlyMap<string, string> {
    return this.#entries.decide(minute);
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
      positions: [
        ...held.map((trade) => ({
          ...positionView(trade, this.#marks.get(trade.plan.symbol), now),
          riskLevel: this.#watch.levelOf(trade.plan.tradeId),
        })),
        ...this.#keeper.strangers.views(),
      ],
      virtuals: this.#shadows.book
        .shown()
        .filter((trade) => trade.entry !== null)
        .map((trade) => virtualView(trade, this.#shadows.lastClose(trade.symbol))),
      hitRates: this.#shadows.hitRates,
      clusterMinutes: this.#settings.inForce.risk.clusterMinutes,
      balance: balance === null ? null : { ...balance, startUsdt: this.#keeper.startEquityUsdt ?? balance.equityUsdt },
      entryRequests: this.#entries.waiting.map((request) =>
        requestView(request, this.#entries.frame(request.plan.symbol, request.plan.grid ?? null).grid),
      ),
      settings: this.#settings.view,
    };
  }

  #onSettings(settings: SettingsInForce): void {
    this.#shadows.book.management = settings.management;
    this.#watch.drawdownAlertPct = settings.drawdownAlertPct;
  }

  async #quoteFault(symbol: SymbolId): Promise<string | null> {
    if (this.#options.quoteOf === undefined) return null;
    const answer = spreadTooWide(await this.#options.quoteOf(symbol), this.#settings.inForce.risk);
    if (answer?.kind === 'noData') this.#ports.logger.warn({ symbol }, 'the spread is not known; the entry goes on without it');
    return answer?.kind === 'refused' ? `spread: ${answer.text}` : null;
  }

  #tellProfile(equityUsdt: number): void {
    if (this.#toldProfile === 'yes') return;
    this.#toldProfile = 'yes';
    const asked = this.#settings.inForce.risk.riskProfile;
    const profile = this.#admission.chooseProfile(equityUsdt);
    this.#ports.logger.info({ asked, profile, equityUsdt }, 'risk profile');
    if (asked === 'auto')
      this.#ports.notifier.publish(riskProfileNotice({ asked, profile, equityUsdt }, this.#ports.marketClock.now()));
  }

  #tellLevel(now: Instant): void {
    const level = this.#ladder.level();
    if (level === this.#toldLevel) return;
    const before = this.#toldLevel;
    this.#toldLevel = level;
    this.#ports.notifier.publish(levelNotice(before, { level, reasons: this.#ladder.reasons(), at: now.venueMs }));
  }

  #onBooked(closed: ClosedTrade): void {
    this.#admission.onClosed(closed);
    this.#keeper.read();
    if (!VENUE_CLOSES.includes(closed.exitClass)) return;
    const text = `${closed.symbol}: the venue closed the position (${closed.exitClass}), ${closed.netPnlUsdt} USDT`;
    this.#ports.notifier.publish(alarmNotice(closed.exitClass, text, closed.closedMs));
    if (closed.exitClass === 'liquidation') this.#latches.set('liquidation', text);
  }

  /** What this run does not get over needs a person; a full disk or a lock heals by itself. */
  #onJournal(state: 'durable' | 'lost', reason: string, fault: FaultKind): void {
    if (state === 'durable') {
      this.#ladder.ease('journal', this.#ports.wallClock.now());
      return;
    }
    if (!this.#ladder.has('journal')) {
      const text = `the journal cannot be written: ${reason}. No entries; protection goes on.`;
      this.#ports.notifier.publish(alarmNotice('journal', text, this.#ports.marketClock.now()));
    }
    this.#ladder.raise('journal', fault === 'lasting' ? 'PROTECT_ONLY' : 'NO_NEW_ENTRIES', reason);
  }

  /** A fill under our prefix that no trade answers for: the database is older than the venue (a restored backup). */
  #checkUnknownFill(event: AccountEvent, now: Instant): void {
    if (event.kind !== 'fill') return;
    const parsed = parseClientId(event.fill.clientId);
    if (parsed === null || this.#desk.get(parsed.tradeId) !== undefined) return;
    this.#keeper.onUnknownFill(event.fill, now);
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
