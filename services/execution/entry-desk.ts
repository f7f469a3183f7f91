// Services, room 6: decides a minute. Each new signal is judged in the order of its rank; what is granted is written and begun,
// or waits for a person; what is not becomes a virtual position with the reason.
import { newTrade, type TradeFrame } from '../../src/book/lifecycle-trade.ts';
import type { LiveTrade } from '../../src/book/lifecycle-types.ts';
import { type Grid, MAX_CELLS, qtyToSteps, stepSize, steps, ticksToPrice } from '../../src/core/grid.ts';
import type { JournalRow, JournalState, WaitingSignal } from '../../src/core/journal.ts';
import type { Mark } from '../../src/core/market.ts';
import type { RankedSignal } from '../../src/core/signal.ts';
import type { TradePlan, VirtualTrade } from '../../src/core/trade.ts';
import { type EpochMs, invariant, type SymbolId } from '../../src/core/units.ts';
import { roundTripCostFraction } from '../../src/risk/settings.ts';
import type { AccountState } from './account-state.ts';
import { accountView } from './account-view.ts';
import type { Admission, Judgement, MinuteFacts } from './admission.ts';
import { type EntryRequest, EntryRequests, priceFault } from './entry-requests.ts';
import type { Ladder } from './ladder.ts';
import type { Latches } from './latches.ts';
import type { Durability, LedgerWriter } from './ledger-writer.ts';
import { ModelOpinions } from './model-opinions.ts';
import { entryAnsweredNotice, entryRequestNotice, signalNotice } from './notices.ts';
import type { ExecutionOptions, ExecutionPorts } from './ports.ts';
import { intentRow } from './rows.ts';
import type { RuntimeSettings } from './runtime-settings.ts';
import type { ShadowDesk } from './shadow-desk.ts';
import { type MinuteToDecide, signalJournalRow } from './signal-rows.ts';
import type { TradeDesk } from './trade-desk.ts';
import { project, WaitingRows } from './waiting-rows.ts';

export interface EntryParts {
  readonly ports: ExecutionPorts;
  readonly options: ExecutionOptions;
  readonly account: AccountState;
  readonly marks: ReadonlyMap<SymbolId, Mark>;
  readonly admission: Admission;
  readonly desk: TradeDesk;
  readonly shadows: ShadowDesk;
  readonly writer: LedgerWriter;
  readonly ladder: Ladder;
  readonly latches: Latches;
  readonly settings: RuntimeSettings;
}

/** The reason of a virtual twin whose real entry waits for a person. */
const WAITING = 'entryRequest';

interface Decided {
  readonly ranked: RankedSignal;
  readonly judgement: Judgement;
  readonly shadow: VirtualTrade;
  readonly fate: string;
}

export class EntryDesk {
  readonly #parts: EntryParts;
  readonly #requests = new EntryRequests();
  readonly #rows = new WaitingRows();
  readonly #opinions: ModelOpinions;
  #mood: MinuteFacts['mood'] = { btcTrend: null, breadthEma200: Number.NaN };

  constructor(parts: EntryParts) {
    this.#parts = parts;
    this.#opinions = new ModelOpinions(parts.options.modelFilter ?? null);
  }

  get waiting(): readonly EntryRequest[] {
    return this.#requests.all();
  }

  /** Requests of an earlier run cannot be answered any more. */
  restore({ virtuals, waitingSignals }: Pick<JournalState, 'virtuals' | 'waitingSignals'>): void {
    for (const signal of waitingSignals) this.#rows.keep(signal);
    const waiting = [...waitingSignals, ...virtuals.filter(({ reason }) => reason === WAITING)];
    const symbols = new Map(waiting.map(({ signalId, symbol }) => [signalId, symbol]));
    for (const [signalId, symbol] of symbols) this.#follow({ signalId, symbol }, 'notConfirmed');
  }

  /** Signal id → what became of it, e.g. "real", "virtual: cluster", "label: rank". */
  decide(minute: MinuteToDecide): ReadonlyMap<string, string> {
    const { admission, shadows, desk, account, marks, writer, options } = this.#parts;
    const { btcTrend, breadth } = minute.mood;
    this.#mood = { btcTrend: btcTrend === 0 ? null : btcTrend, breadthEma200: breadth };
    const facts = {
      now: desk.now().venueMs,
      openPositions: desk.holding().length,
      equityUsdt: accountView(account, desk.all(), marks)?.equityUsdt ?? null,
    };
    const fresh = minute.ranked.filter((ranked) => !shadows.knows(ranked) && desk.get(admission.tradeIdOf(ranked)) === undefined);
    this.#opinions.ask({ ranked: fresh, features: minute.features }, new Set(this.waiting.map(({ plan }) => plan.signal.id)));
    const drafts: LiveTrade[] = [];
    const rows: JournalRow[] = [];
    const fates = new Map<string, string>();
    for (const ranked of fresh) {
      const { judgement, shadow, fate } = this.#decideOne(ranked, drafts);
      fates.set(ranked.signal.id, fate);
      const opinion = this.#opinions.of(ranked.signal.id);
      const row = signalJournalRow({ ranked, judgement, minute, opinion }, facts, options);
      if (shadow.reason === WAITING) this.#rows.keep({ signalId: row.signalId, symbol: ranked.signal.symbol, row: row.row });
      rows.push(shadow.reason === WAITING ? { ...row, answer: 'waits' } : row, { table: 'virtual', trade: shadow });
    }
    rows.push(...drafts.map(intentRow));
    const durability = writer.commit(rows);
    this.#tellSignals(fresh, durability === 'durable' ? rows : []);
    for (const draft of drafts) if (this.#begin(draft, durability) === 'lost') fates.set(draft.plan.signal.id, 'label: journal');
    return fates;
  }

  #decideOne(ranked: RankedSignal, drafts: LiveTrade[]): Decided {
    const { admission, shadows, settings } = this.#parts;
    const judgement = admission.judge(ranked, this.#facts(drafts.map((draft) => draft.plan)));
    const tradeId = admission.tradeIdOf(ranked);
    if (judgement.kind === 'virtual') {
      const shadow = shadows.open(ranked, tradeId, { role: 'shown', reason: judgement.reason });
      const fate = `${shadow.role === 'shown' ? 'virtual' : 'label'}: ${judgement.reason}`;
      return { ranked, judgement, shadow, fate };
    }
    if (settings.inForce.entryConfirm === 'discord') return this.#ask(ranked, judgement.plan);
    drafts.push(newTrade(judgement.plan, this.frame(judgement.plan.symbol, judgement.plan.grid ?? null)));
    admission.onDecided(judgement.plan);
    const shadow = shadows.open(ranked, tradeId, { role: 'label', reason: 'taken' });
    return { ranked, judgement, shadow, fate: 'real' };
  }

  #ask(ranked: RankedSignal, plan: TradePlan): Decided {
    const { shadows, ports } = this.#parts;
    const now = this.#parts.desk.now().venueMs;
    const { expiresMs } = this.#requests.ask(ranked, plan, now);
    const shadow = shadows.open(ranked, plan.tradeId, { role: 'label', reason: WAITING });
    ports.notifier.publish(entryRequestNotice(plan, { grid: this.#gridOf(plan), rank: ranked.rank, expiresMs }, now));
    const judgement = { kind: 'virtual' as const, reason: WAITING, text: 'a person is asked before the entry' };
    return { ranked, judgement, shadow, fate: `label: ${WAITING}` };
  }

  /** A yes: judged anew, as if the signal had come now; what was granted to others since counts. */
  confirm(signalId: string, by: string): void {
    const request = this.#requests.take(signalId);
    const now = this.#parts.desk.now().venueMs;
    const { notifier } = this.#parts.ports;
    if (request === null) {
      notifier.publish({ event: 'entryAnswered', at: now, signalId, outcome: 'unknown', by });
      return;
    }
    const judgement = this.#judgeAgain(request, now);
    if (judgement.kind === 'virtual') this.#giveUp(request, judgement.reason, by);
    else if (this.#enter({ ...judgement.plan, confirmedMs: now }) === 'lost') this.#giveUp(request, 'journal', by);
    else notifier.publish(entryAnsweredNotice(judgement.plan, { outcome: 'confirmed', by }, now));
  }

  #judgeAgain({ ranked, plan, expiresMs }: EntryRequest, now: EpochMs): Judgement {
    if (now >= expiresMs) return { kind: 'virtual', reason: 'notConfirmed', text: 'the request is over' };
    const fault = priceFault(this.#prices(plan), this.#parts.marks.get(plan.symbol)?.markPrice);
    if (fault !== null) return { kind: 'virtual', reason: 'priceMoved', text: fault };
    return this.#parts.admission.judge(ranked, this.#facts([]));
  }

  #enter(plan: TradePlan): Durability {
    const draft = newTrade(plan, this.frame(plan.symbol, plan.grid ?? null));
    const { admission, writer, ports } = this.#parts;
    admission.onDecided(plan);
    const answered = this.#rows.answer(plan.signal.id, { kind: 'real' }, this.#parts.desk.now().venueMs);
    const durability = writer.commit([intentRow(draft), ...answered]);
    if (durability === 'durable') project(answered, ports.featureLog);
    return this.#begin(draft, durability);
  }

  skip(signalId: string, by: string): void {
    const request = this.#requests.take(signalId);
    if (request !== null) this.#giveUp(request, 'skipped', by);
  }

  /** Silence is a no. */
  onMinute(): void {
    for (const request of this.#requests.expired(this.#parts.desk.now().venueMs)) this.#giveUp(request, 'notConfirmed', 'nobody');
  }

  /** A granted entry that did not come about is followed as a virtual position like any other signal. */
  onVoid(trade: LiveTrade): void {
    const { signal, symbol } = trade.plan;
    this.#parts.shadows.promote(symbol, signal.id, trade.entry.reason.startsWith('spread') ? 'spread' : 'notEntered');
  }

  #giveUp({ plan }: EntryRequest, reason: string, by: string): void {
    this.#follow({ signalId: plan.signal.id, symbol: plan.symbol }, reason);
    const now = this.#parts.desk.now().venueMs;
    this.#parts.ports.notifier.publish(entryAnsweredNotice(plan, { outcome: reason, by }, now));
  }

  /** What was asked for and is not entered goes on as a virtual position; its row is decided in the same transaction. */
  #follow({ signalId, symbol }: Pick<WaitingSignal, 'signalId' | 'symbol'>, reason: string): void {
    const { shadows, desk, ports } = this.#parts;
    const answered = this.#rows.answer(signalId, { kind: 'virtual', reason }, desk.now().venueMs);
    if (shadows.promote(symbol, signalId, reason, answered) === 'durable') project(answered, ports.featureLog);
  }

  /** What is not on disk is not sent: after a crash nobody would know of it. Its label is followed all the same. */
  #begin(draft: LiveTrade, durability: Durability): Durability {
    if (durability === 'lost') return durability;
    const { desk, account } = this.#parts;
    desk.adopt(draft);
    desk.hear(draft.plan.tradeId, { kind: 'tick', stream: account.trust() });
    return durability;
  }

  /** A trade outlives the venue's list: what the list does not say any more, its plan does. */
  frame(symbol: SymbolId, planned: Grid | null): TradeFrame {
    const { options, settings } = this.#parts;
    const instrument = options.instrumentOf(symbol);
    const grid = instrument?.grid ?? planned;
    invariant(grid !== null, `${symbol} is not listed, and its plan knows no grid`);
    const most = MAX_CELLS * stepSize(grid);
    const maxMarketSteps = instrument === null ? steps(MAX_CELLS) : qtyToSteps(Math.min(instrument.marketMaxQty, most), grid);
    return { grid, instance: options.instance, maxMarketSteps, costFraction: roundTripCostFraction(settings.inForce.risk) };
  }

  #gridOf(plan: TradePlan): Grid {
    return this.frame(plan.symbol, plan.grid ?? null).grid;
  }

  #prices(plan: TradePlan): Parameters<typeof priceFault>[0] {
    const grid = this.#gridOf(plan);
    const at = (ticks: TradePlan['entry']): number => ticksToPrice(ticks, grid);
    return { side: plan.side, entry: at(plan.entry), stop: at(plan.stop), target: at(plan.target) };
  }

  #facts(granted: readonly TradePlan[]): MinuteFacts {
    const { desk, ladder, latches } = this.#parts;
    return {
      now: desk.now().venueMs,
      mood: this.#mood,
      ladder: ladder.level(),
      latches: latches.all,
      trades: desk.all(),
      granted,
      asked: this.#requests.plans(),
      opinionOf: (signalId) => this.#opinions.of(signalId),
    };
  }

  #tellSignals(fresh: MinuteToDecide['ranked'], rows: readonly JournalRow[]): void {
    const { featureLog, notifier } = this.#parts.ports;
    for (const row of rows)
      if (row.table === 'signal' && row.answer === undefined) featureLog.append('signals', row.row, row.barCloseMs);
    for (const ranked of fresh) notifier.publish(signalNotice(ranked, this.#opinions.of(ranked.signal.id)));
  }
}
