// Services, room 6: what this room tells, by the names of contract.md §4. Market time for everything a row or a bar names.
import { currentStop } from '../../src/book/lifecycle-manage.ts';
import type { Instant, LiveTrade } from '../../src/book/lifecycle-types.ts';
import type { RiskLevel } from '../../src/book/risk-level.ts';
import { type Grid, steps, stepsToQty, ticksToPrice } from '../../src/core/grid.ts';
import type { Notice, Severity } from '../../src/core/notice.ts';
import type { RankedSignal } from '../../src/core/signal.ts';
import type { ClosedTrade, LadderLevel, ManagedExit, TradePlan, VirtualTrade } from '../../src/core/trade.ts';
import type { EpochMs, Ticks } from '../../src/core/units.ts';
import type { ModelOpinion } from '../../src/risk/model-filter.ts';
import type { Standing } from './standing.ts';

export const signalNotice = ({ signal, rank }: RankedSignal, opinion: ModelOpinion | null): Notice => ({
  event: 'signal',
  at: signal.barCloseMs,
  id: signal.id,
  symbol: signal.symbol,
  side: signal.side,
  score: signal.score,
  rank,
  rr: signal.plan.rewardToRisk,
  entry: signal.plan.entry,
  stop: signal.plan.stop,
  target: signal.plan.target,
  ...(opinion === null ? {} : { pModel: opinion.probability, evR: opinion.evR, modelVersion: opinion.version }),
});

export const openedNotice = (trade: LiveTrade, now: Instant): Notice => ({
  event: 'opened',
  at: trade.openedMs ?? now.venueMs,
  tradeId: trade.plan.tradeId,
  symbol: trade.plan.symbol,
  side: trade.plan.side,
  qty: trade.position.peakQty,
  entry: trade.position.entryPrice,
  leverage: trade.plan.leverage,
  leverageReason: trade.plan.leverageReason,
  marginPct: trade.plan.marginPct,
  signalId: trade.plan.signal.id,
  setup: trade.plan.signal.setup,
  score: trade.plan.signal.score,
  stop: ticksToPrice(trade.plan.stop, trade.grid),
  target: ticksToPrice(trade.plan.target, trade.grid),
  risk: trade.plan.riskUsdt,
  notional: trade.plan.notionalUsdt,
});

export const protectedNotice = (trade: LiveTrade, ms: number, now: Instant): Notice => ({
  event: 'protected',
  at: now.venueMs,
  tradeId: trade.plan.tradeId,
  symbol: trade.plan.symbol,
  ms: Math.round(ms),
  signalId: trade.plan.signal.id,
  side: trade.plan.side,
  stop: ticksToPrice(trade.plan.stop, trade.grid),
  target: ticksToPrice(trade.plan.target, trade.grid),
});

export const closedNotice = (closed: ClosedTrade): Notice => ({
  event: 'closed',
  at: closed.closedMs,
  tradeId: closed.tradeId,
  signalId: closed.signalId,
  symbol: closed.symbol,
  side: closed.side,
  reason: closed.exitClass,
  pnl: closed.netPnlUsdt,
  r: closed.netR,
  qty: closed.qty,
  entry: closed.averageEntry,
  exit: closed.averageExit,
  fees: closed.feesUsdt,
  funding: closed.fundingUsdt,
  heldMs: closed.closedMs - closed.openedMs,
});

const price = (trade: LiveTrade, ticks: Ticks): number => ticksToPrice(ticks, trade.grid);
const aboutTrade = (trade: LiveTrade): Readonly<Record<string, unknown>> => ({
  tradeId: trade.plan.tradeId,
  signalId: trade.plan.signal.id,
  symbol: trade.plan.symbol,
  side: trade.plan.side,
});

/** `cause`: breakEven | trail | command. The disaster stop of the plan stays where it is. */
export const stopMovedNotice = (trade: LiveTrade, cause: string, now: Instant): Notice => ({
  event: 'stopMoved',
  at: now.venueMs,
  ...aboutTrade(trade),
  cause,
  from: price(trade, trade.management.from ?? trade.plan.stop),
  to: price(trade, currentStop(trade)),
  entry: Number(trade.position.entryPrice),
});

export const partialNotice = (trade: LiveTrade, takenSteps: number, now: Instant): Notice => ({
  event: 'partial',
  at: now.venueMs,
  ...aboutTrade(trade),
  taken: stepsToQty(steps(takenSteps), trade.grid),
  left: Number(trade.position.qty),
  entry: Number(trade.position.entryPrice),
});

export const riskLevelNotice = (trade: LiveTrade, found: Standing & { readonly before: RiskLevel }, now: EpochMs): Notice => ({
  event: 'riskLevel',
  at: now,
  severity: found.level === 'CRITICAL' ? 'critical' : 'info',
  ...aboutTrade(trade),
  level: found.level,
  before: found.before,
  pnlPct: found.pnlPct,
  pnl: found.pnlUsdt,
  mark: found.mark,
});

export const profitSuggestionNotice = (trade: LiveTrade, found: Standing, now: EpochMs): Notice => ({
  event: 'profitSuggestion',
  at: now,
  ...aboutTrade(trade),
  pnlPct: found.pnlPct,
  pnl: found.pnlUsdt,
  mark: found.mark,
  entry: Number(trade.position.entryPrice),
  stop: price(trade, currentStop(trade)),
  target: price(trade, trade.plan.target),
  qty: trade.position.qty,
});

export const drawdownNotice = (
  found: {
    readonly equityUsdt: number;
    readonly peakUsdt: number;
    readonly fallPct: number;
    readonly limitPct: number;
  },
  now: EpochMs,
): Notice => ({
  event: 'drawdown',
  at: now,
  severity: 'critical',
  equity: found.equityUsdt,
  peak: found.peakUsdt,
  pct: found.fallPct,
  limitPct: found.limitPct,
});

/** An entry waits for a person until `expiresMs`, market time; `grid` prices of the plan. */
export const entryRequestNotice = (
  plan: TradePlan,
  facts: { readonly grid: Grid; readonly rank: number; readonly expiresMs: EpochMs },
  now: EpochMs,
): Notice => ({
  event: 'entryRequest',
  at: now,
  signalId: plan.signal.id,
  tradeId: plan.tradeId,
  symbol: plan.symbol,
  side: plan.side,
  setup: plan.signal.setup,
  score: plan.signal.score,
  rank: facts.rank,
  rr: plan.signal.plan.rewardToRisk,
  entry: ticksToPrice(plan.entry, facts.grid),
  stop: ticksToPrice(plan.stop, facts.grid),
  target: ticksToPrice(plan.target, facts.grid),
  qty: stepsToQty(plan.steps, facts.grid),
  leverage: plan.leverage,
  leverageReason: plan.leverageReason,
  marginPct: plan.marginPct,
  notional: plan.notionalUsdt,
  risk: plan.riskUsdt,
  expiresMs: facts.expiresMs,
});

/** What became of an entry request: confirmed, or why not. */
export const entryAnsweredNotice = (
  plan: TradePlan,
  answer: { readonly outcome: string; readonly by: string },
  now: EpochMs,
): Notice => ({
  event: 'entryAnswered',
  at: now,
  signalId: plan.signal.id,
  tradeId: plan.tradeId,
  symbol: plan.symbol,
  side: plan.side,
  ...answer,
});

const LEVEL_SEVERITY: Readonly<Record<LadderLevel, Severity>> = {
  NORMAL: 'info',
  NO_NEW_ENTRIES: 'warning',
  PROTECT_ONLY: 'critical',
  PANIC: 'critical',
  HALTED: 'critical',
};

/** The degradation ladder stands on another level than before. */
export const levelNotice = (
  before: LadderLevel,
  now: { readonly level: LadderLevel; readonly reasons: readonly string[]; readonly at: EpochMs },
): Notice => ({
  event: 'level',
  at: now.at,
  severity: LEVEL_SEVERITY[now.level],
  level: now.level,
  before,
  reasons: now.reasons,
});

/** What a person changed while the bot runs; `refused` says why nothing was changed. */
export const settingNotice = (
  change: {
    readonly name: string;
    readonly before: string | null;
    readonly after: string | null;
    readonly by: string;
    readonly refused: string | null;
  },
  at: EpochMs,
): Notice => ({ event: 'setting', at, ...change });

export const riskProfileNotice = (
  found: { readonly asked: string; readonly profile: string; readonly equityUsdt: number },
  at: EpochMs,
): Notice => ({ event: 'riskProfile', at, asked: found.asked, profile: found.profile, equity: found.equityUsdt });

export const virtualOpenedNotice = (trade: VirtualTrade, at: EpochMs): Notice => ({
  event: 'virtualOpened',
  at,
  signalId: trade.signalId,
  symbol: trade.symbol,
  side: trade.side,
  entry: trade.entry?.price ?? null,
  stop: trade.stop,
  target: trade.target,
  reason: trade.reason,
});

/** By the rules of management; the label of the signal is told by its row alone. */
export const virtualClosedNotice = (trade: VirtualTrade, exit: ManagedExit): Notice => ({
  event: 'virtualClosed',
  at: exit.atMs,
  signalId: trade.signalId,
  symbol: trade.symbol,
  side: trade.side,
  reason: exit.reason,
  r: exit.netR,
  entry: trade.entry?.price ?? null,
  exit: exit.price,
});

const SEVERITY: Readonly<Record<string, Severity>> = {
  naked: 'critical',
  stopHung: 'critical',
  stopPassed: 'critical',
  venueDeaf: 'critical',
  halted: 'critical',
  liquidation: 'critical',
  adl: 'critical',
  journal: 'critical',
  foreignPosition: 'warning',
  unknownOrder: 'critical',
  guarded: 'critical',
  panic: 'critical',
  hardClose: 'critical',
  drift: 'critical',
};

export const alarmNotice = (code: string, text: string, at: EpochMs): Notice => ({
  event: 'alarm',
  at,
  severity: SEVERITY[code] ?? 'warning',
  code,
  text,
});
