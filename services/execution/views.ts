// Services, room 6: positions as people see them, and the hand-over: what rests on the venue when nobody is watching.
import { currentStop } from '../../src/book/lifecycle-manage.ts';
import { stopIsLive } from '../../src/book/lifecycle-trade.ts';
import type { Instant, LiveTrade } from '../../src/book/lifecycle-types.ts';
import { type Grid, stepSize, ticksToPrice } from '../../src/core/grid.ts';
import type { Mark } from '../../src/core/market.ts';
import type { VirtualTrade } from '../../src/core/trade.ts';
import { type EpochMs, type Side, type SymbolId, sideSign, type Ticks } from '../../src/core/units.ts';
import type { EntryRequestView, PositionView, VirtualView } from '../overview.ts';
import type { EntryRequest } from './entry-requests.ts';

export interface HandoverPosition {
  readonly tradeId: string;
  readonly symbol: SymbolId;
  readonly side: Side;
  readonly qty: string;
  readonly entry: number;
  /** Null: no live order of this kind rests on the venue. */
  readonly stop: number | null;
  readonly target: number | null;
  readonly stopVerifiedMs: EpochMs | null;
}

export interface Handover {
  readonly positions: readonly HandoverPosition[];
  /** Entries whose fate was not known when the bot stopped. */
  readonly unresolved: readonly SymbolId[];
  readonly virtuals: number;
  /** What nobody does until the next start. */
  readonly unmanaged: readonly string[];
}

const UNMANAGED = [
  'time stops (240 entry bars)',
  'virtual positions: their bars are read back at the next start',
  'new signals',
  'stops that follow the price, halves, reversals',
  'a stop or target that the venue cancels by itself',
  'the hard close behind the stop',
] as const;

function restingPrice(
  trade: LiveTrade,
  kind: 'stop' | 'target',
): { readonly price: number; readonly verifiedMs: EpochMs | null } | null {
  const live = trade.resting.filter((order) => order.status === 'live' && (order.role === 't') === (kind === 'target'));
  const order = live.at(-1);
  return order === undefined
    ? null
    : { price: ticksToPrice(order.trigger, trade.grid), verifiedMs: order.verified?.venueMs ?? null };
}

export function handoverOf(trades: readonly LiveTrade[], virtuals: number): Handover {
  const open = trades.filter((trade) => trade.position.holding === 'open');
  return {
    positions: open.map((trade) => {
      const stop = restingPrice(trade, 'stop');
      return {
        tradeId: trade.plan.tradeId,
        symbol: trade.plan.symbol,
        side: trade.plan.side,
        qty: trade.position.qty,
        entry: Number(trade.position.entryPrice),
        stop: stop?.price ?? null,
        target: restingPrice(trade, 'target')?.price ?? null,
        stopVerifiedMs: stop?.verifiedMs ?? null,
      };
    }),
    unresolved: trades
      .filter((trade) => ['prepared', 'sending', 'working', 'unknown'].includes(trade.state))
      .map((trade) => trade.plan.symbol),
    virtuals,
    unmanaged: UNMANAGED,
  };
}

export function positionView(trade: LiveTrade, mark: Mark | undefined, now: Instant): PositionView {
  const { plan, grid, position } = trade;
  const entry = Number(position.entryPrice) || ticksToPrice(plan.entry, grid);
  const markPrice = mark?.markPrice ?? entry;
  const pnlUsdt = (markPrice - entry) * sideSign(plan.side) * Number(position.qty);
  const risk =
    Math.abs(plan.entry - plan.stop) *
    (grid.tickUnits / 10 ** grid.tickDecimals) *
    Math.max(Number(position.qty), stepSize(grid));
  return {
    tradeId: plan.tradeId,
    symbol: plan.symbol,
    side: plan.side,
    state: trade.state,
    qty: position.qty,
    leverage: plan.leverage,
    entry,
    mark: markPrice,
    stop: ticksToPrice(currentStop(trade), grid),
    target: ticksToPrice(plan.target, grid),
    pnlUsdt,
    r: pnlUsdt / risk,
    openedMs: trade.openedMs ?? plan.signal.barCloseMs,
    protection: stopIsLive(trade, now) ? 'verified' : 'pending',
  };
}

export function virtualView(trade: VirtualTrade, mark: number): VirtualView {
  const entry = trade.entry?.price ?? Number.NaN;
  return {
    symbol: trade.symbol,
    side: trade.side,
    entry,
    mark,
    r: ((mark - entry) * sideSign(trade.side)) / trade.plannedRisk,
    barsHeld: trade.barsHeld,
    reason: trade.reason,
  };
}

export function requestView({ ranked, plan, expiresMs }: EntryRequest, grid: Grid): EntryRequestView {
  const at = (ticks: Ticks): number => ticksToPrice(ticks, grid);
  return {
    signalId: ranked.signal.id,
    symbol: plan.symbol,
    side: plan.side,
    score: ranked.signal.score,
    entry: at(plan.entry),
    stop: at(plan.stop),
    target: at(plan.target),
    expiresMs,
  };
}
