// Services, room 6: which of a minute's signals may take a real slot. Going down the ranking: gates, guards, size; the
// first refusal is the reason that is stored. Nothing here sends or writes.
import { isFinal } from '../../src/book/lifecycle-trade.ts';
import type { LiveTrade } from '../../src/book/lifecycle-types.ts';
import { type WinRecord, winRecord } from '../../src/book/stats.ts';
import { tradeIdOf } from '../../src/core/client-id.ts';
import type { Mark } from '../../src/core/market.ts';
import type { RankedSignal } from '../../src/core/signal.ts';
import type { ClosedTrade, LadderLevel, TradePlan } from '../../src/core/trade.ts';
import type { EpochMs, SymbolId } from '../../src/core/units.ts';
import { entryGates, type GateFacts, MIN_CONDITIONAL_SLOTS } from '../../src/risk/gates.ts';
import { applyGuards, type DecidedEntry, type GuardContext, type HeldSlot, type MarketMood } from '../../src/risk/guards.ts';
import { afterClosed, atInstant, type LimitsState, limitsFrom } from '../../src/risk/limits.ts';
import type { ModelOpinion } from '../../src/risk/model-filter.ts';
import { profileInForce } from '../../src/risk/profile.ts';
import type { ProfileInForce } from '../../src/risk/settings.ts';
import { planTrade } from '../../src/risk/sizing.ts';
import type { AccountState } from './account-state.ts';
import { accountView } from './account-view.ts';
import type { ExecutionOptions } from './ports.ts';
import type { RuntimeSettings } from './runtime-settings.ts';

const QUARANTINE_MS = 10 * 60_000;
const RECENT_TRADES = 200;

export type Judgement =
  | { readonly kind: 'real'; readonly plan: TradePlan }
  | { readonly kind: 'virtual'; readonly reason: string; readonly text: string };

/** The minute as far as it was decided: every real entry changes what is left for the next signal. */
export interface MinuteFacts {
  readonly now: EpochMs;
  readonly mood: MarketMood;
  readonly ladder: LadderLevel;
  readonly latches: ReadonlyMap<string, string>;
  readonly trades: readonly LiveTrade[];
  /** Plans already granted in this minute. */
  readonly granted: readonly TradePlan[];
  /** Plans that wait for a person: each holds its slot, its risk and its place in the cluster. */
  readonly asked: readonly TradePlan[];
  /** Null where no model was asked. */
  readonly opinionOf: (signalId: string) => ModelOpinion | null;
}

export class Admission {
  readonly #options: ExecutionOptions;
  readonly #account: AccountState;
  readonly #marks: ReadonlyMap<SymbolId, Mark>;
  #entries: DecidedEntry[] = [];
  #recentNetR: number[] = [];
  #closed: readonly ClosedTrade[] = [];
  #limits: LimitsState | null = null;
  readonly #settings: RuntimeSettings;
  #profile: ProfileInForce | null = null;
  #unanswered = 0;

  constructor(options: ExecutionOptions, account: AccountState, marks: ReadonlyMap<SymbolId, Mark>, settings: RuntimeSettings) {
    this.#options = options;
    this.#settings = settings;
    this.#account = account;
    this.#marks = marks;
  }

  /** Guards that had to let a signal pass for want of data. */
  get unanswered(): number {
    return this.#unanswered;
  }

  /** The profile is chosen once, by the first equity of the run. */
  chooseProfile(equityUsdt: number): ProfileInForce {
    this.#profile ??= profileInForce(this.#settings.inForce.risk.riskProfile, equityUsdt);
    return this.#profile;
  }

  restore(past: {
    readonly recentNetR: readonly number[];
    readonly closed: readonly ClosedTrade[];
    readonly entries: readonly DecidedEntry[];
  }): void {
    this.#recentNetR = [...past.recentNetR];
    this.#closed = past.closed;
    this.#entries = [...past.entries];
    this.#limits = null;
  }

  onClosed(closed: ClosedTrade): void {
    this.#recentNetR = [...this.#recentNetR, closed.netR].slice(-RECENT_TRADES);
    if (this.#limits !== null) this.#limits = afterClosed(this.#limits, closed);
    else this.#closed = [...this.#closed, closed];
  }

  onDecided(plan: TradePlan): void {
    this.#entries = [...this.#entries, entryOf(plan)].slice(-RECENT_TRADES);
  }

  judge(ranked: RankedSignal, minute: MinuteFacts): Judgement {
    const { signal, rank } = ranked;
    if (this.#options.trading === 'off') return { kind: 'virtual', reason: 'tradingOff', text: 'TRADING_ENABLED is false' };
    const gate = entryGates(this.#gateFacts(signal.symbol, minute))[0];
    if (gate !== undefined) return { kind: 'virtual', reason: `gate:${gate.gate}`, text: gate.text };
    const { equityUsdt, availableUsdt } = accountView(this.#account, minute.trades, this.#marks) ?? {
      equityUsdt: 0,
      availableUsdt: 0,
    };
    this.#limits =
      this.#limits === null ? limitsFrom(this.#closed, minute.now, equityUsdt) : atInstant(this.#limits, minute.now, equityUsdt);
    const instrument = this.#options.instrumentOf(signal.symbol);
    const { refusal, unanswered } = applyGuards({
      signal,
      rank,
      now: minute.now,
      instrument,
      slots: slotsOf(minute),
      entries: [...this.#entries, ...minute.asked.map(entryOf)],
      limits: this.#limits,
      equityUsdt,
      mark: this.#marks.get(signal.symbol) ?? null,
      market: minute.mood,
      blacklist: this.#settings.inForce.blacklist,
      ...this.#modelFacts(minute.opinionOf(signal.id)),
      settings: this.#settings.inForce.risk,
    });
    this.#unanswered += unanswered.length;
    if (refusal !== null || instrument === null)
      return { kind: 'virtual', reason: refusal?.reason ?? 'contractStatus', text: refusal?.text ?? 'not listed' };
    const plan = planTrade({
      signal,
      instrument,
      equityUsdt,
      availableUsdt: availableUsdt - marginOf(minute),
      openRiskUsdt: riskOf(minute),
      openNotionalUsdt: notionalOf(minute),
      profile: this.chooseProfile(equityUsdt),
      winRate: this.#winRate(),
      brackets: this.#account.bracketsOf(signal.symbol),
      settings: this.#settings.inForce.risk,
      account: this.#options.accountId,
    });
    if (plan.kind === 'refused') return { kind: 'virtual', reason: plan.reason, text: plan.text };
    return { kind: 'real', plan: plan.value };
  }

  tradeIdOf({ signal }: RankedSignal): string {
    return tradeIdOf(this.#options.accountId, signal.strategy, signal.symbol, signal.side, signal.barCloseMs);
  }

  #modelFacts(opinion: ModelOpinion | null): Pick<GuardContext, 'model'> {
    const { modelFilter } = this.#options;
    return modelFilter === undefined ? {} : { model: { opinion, settings: modelFilter } };
  }

  #winRate(): WinRecord {
    return winRecord(this.#recentNetR);
  }

  #gateFacts(symbol: SymbolId, minute: MinuteFacts): GateFacts {
    const promised = minute.granted.length + minute.asked.length;
    return {
      ...this.#options.processFacts(),
      now: minute.now,
      account: this.#account.config,
      userStream: this.#account.stream,
      reconciledMs: this.#account.reconciledMs,
      latches: minute.latches,
      ladder: minute.ladder,
      symbol: {
        symbol,
        unresolved: this.#unresolved(symbol, minute),
        candleFault: this.#options.candleFault(symbol),
        freeConditionalSlots: this.#account.freeConditionalSlots - promised * MIN_CONDITIONAL_SLOTS,
      },
    };
  }

  /** Why nothing new may be opened on this symbol, or null. A held symbol is the guards' business. */
  #unresolved(symbol: SymbolId, { trades, now }: MinuteFacts): string | null {
    if (this.#account.foreign.has(symbol)) return 'a position there is not ours';
    for (const trade of trades) {
      if (trade.plan.symbol !== symbol) continue;
      if (trade.state === 'unknown') return 'an entry there is not resolved';
      if (trade.state === 'settling') return 'the last trade there is still being settled';
      const fresh = trade.closedMs !== null && now - trade.closedMs < QUARANTINE_MS;
      if (trade.state === 'voidFenced' && fresh) return 'in quarantine after an unanswered entry';
    }
    return null;
  }
}

const takesSlot = (trade: LiveTrade): boolean => !isFinal(trade.state) && trade.position.holding !== 'flat';

const entryOf = ({ symbol, side, signal }: TradePlan): DecidedEntry => ({ symbol, side, barCloseMs: signal.barCloseMs });

const plansOf = ({ trades, granted, asked }: MinuteFacts): TradePlan[] => [
  ...trades.filter(takesSlot).map((trade) => trade.plan),
  ...granted,
  ...asked,
];

const slotsOf = (minute: MinuteFacts): HeldSlot[] => plansOf(minute).map(({ symbol, side }) => ({ symbol, side }));
const riskOf = (minute: MinuteFacts): number => plansOf(minute).reduce((total, plan) => total + plan.riskUsdt, 0);
const notionalOf = (minute: MinuteFacts): number => plansOf(minute).reduce((total, plan) => total + plan.notionalUsdt, 0);

/** Margin promised to entries that the venue's free balance does not show yet. */
function marginOf({ trades, granted, asked }: MinuteFacts): number {
  const unseen = trades.filter((trade) => takesSlot(trade) && trade.position.holding === 'none').map((trade) => trade.plan);
  return [...unseen, ...granted, ...asked].reduce((total, plan) => total + plan.notionalUsdt / plan.leverage, 0);
}
