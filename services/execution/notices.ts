// Services, room 6: what this room tells, by the names of contract.md §4. Market time for everything a row or a bar names.
import type { Instant, LiveTrade } from '../../src/book/lifecycle-types.ts';
import type { Notice, Severity } from '../../src/core/notice.ts';
import type { RankedSignal } from '../../src/core/signal.ts';
import type { ClosedTrade, Outcome, VirtualTrade } from '../../src/core/trade.ts';
import type { EpochMs } from '../../src/core/units.ts';

export const signalNotice = ({ signal, rank }: RankedSignal): Notice => ({
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
});

export const protectedNotice = (trade: LiveTrade, ms: number, now: Instant): Notice => ({
  event: 'protected',
  at: now.venueMs,
  tradeId: trade.plan.tradeId,
  symbol: trade.plan.symbol,
  ms: Math.round(ms),
});

export const closedNotice = (closed: ClosedTrade): Notice => ({
  event: 'closed',
  at: closed.closedMs,
  tradeId: closed.tradeId,
  symbol: closed.symbol,
  side: closed.side,
  reason: closed.exitClass,
  pnl: closed.netPnlUsdt,
  r: closed.netR,
});

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

export const virtualClosedNotice = (outcome: Outcome): Notice => ({
  event: 'virtualClosed',
  at: outcome.exitMs,
  signalId: outcome.signalId,
  symbol: outcome.symbol,
  side: outcome.side,
  reason: outcome.exit,
  r: outcome.netR,
});

const SEVERITY: Readonly<Record<string, Severity>> = {
  naked: 'critical',
  stopHung: 'critical',
  liquidation: 'critical',
  adl: 'critical',
  journal: 'critical',
  foreignPosition: 'warning',
  unknownOrder: 'critical',
  panic: 'critical',
  drift: 'critical',
};

export const alarmNotice = (code: string, text: string, at: EpochMs): Notice => ({
  event: 'alarm',
  at,
  severity: SEVERITY[code] ?? 'warning',
  code,
  text,
});
