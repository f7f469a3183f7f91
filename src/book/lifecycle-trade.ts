// Floor 1, the book: a trade before anything happened to it, and the small questions that every rule of its life asks.
import { clientIdOf, nameNo, type OrderRole } from '../core/client-id.ts';
import { compare, parseDecimal } from '../core/decimal.ts';
import { type Grid, priceToTicks, steps } from '../core/grid.ts';
import type { TradePlan, TradeState } from '../core/trade.ts';
import { type ClientOrderId, decimalString, type EpochMs, epochMs, type Steps, type Ticks } from '../core/units.ts';
import type { Instant, LiveTrade, ManagementFacts, RestingOrder } from './lifecycle-types.ts';

export const RECV_WINDOW_MS = 3_000;
/** Guard for the clocks on both sides of the fence (reliability.md §3.4). */
export const FENCE_GUARD_MS = 30_000;
/** Our idea of the venue's time may be off by as much and entries still be allowed (I5): the venue may date a fill before its send. */
const CLOCK_ERROR_MS = 500;
/** A triggered stop counts as protection this long; then the child order was refused and we close ourselves. */
export const FIRED_GRACE_MS = 2_000;

const ZERO_QTY = decimalString('0');

export const NO_MANAGEMENT: ManagementFacts = {
  stop: null,
  from: null,
  cause: null,
  order: 'newFirst',
  retry: { since: null, failures: 0 },
  autoPartial: 'open',
  partial: { state: 'none', left: steps(0), taken: steps(0), sent: null },
};

export interface TradeFrame {
  readonly grid: Grid;
  readonly instance: string;
  readonly maxMarketSteps: Steps;
  /** Costs of both ways as a fraction of the notional; 0 by default. */
  readonly costFraction?: number;
}

export function newTrade(plan: TradePlan, frame: TradeFrame): LiveTrade {
  const never = epochMs(0);
  return {
    ...frame,
    costFraction: frame.costFraction ?? 0,
    plan,
    state: 'prepared',
    version: 0,
    openedMs: null,
    closedMs: null,
    exitClass: null,
    entry: {
      outcome: 'none',
      clientId: clientIdOf(frame.instance, plan.tradeId, 'e', 0),
      code: null,
      reason: '',
      sent: null,
      fenceMs: never,
      status: null,
      executedQty: ZERO_QTY,
      venueId: '',
      absentReads: 0,
      flatReads: 0,
      emptyFillReads: 0,
      lastAbsentMs: never,
      lastFlatMs: never,
    },
    position: {
      holding: 'none',
      qty: ZERO_QTY,
      peakQty: ZERO_QTY,
      entryPrice: ZERO_QTY,
      liquidationPrice: 0,
      atMs: never,
      seen: null,
      doubtfulFlats: 0,
    },
    resting: [],
    fills: [],
    names: {},
    nakedSince: null,
    firstFill: null,
    stopRetry: { since: null, waitMs: 0, bridge: 'no' },
    targetRetry: { since: null, failures: 0 },
    exit: { wanted: null, sent: null, asked: null },
    management: NO_MANAGEMENT,
    feePrices: {},
    settle: { fillsReadMs: null, fundingUsdt: null, income: null, lookedUp: [], polls: 0, polled: null },
    sweep: { done: 0, flatAt: null },
    asked: { position: null, find: null, conditionals: null },
    pending: [],
    attempts: { e: 1, a: 0, w: 0, t: 0, x: 0, r: 0 },
    told: [],
    stream: 'trusted',
  };
}

/** Enough of either clock has passed. A venue that runs fast, or one that waits for us, must not hold a retry back. */
export const due = (last: Instant | null, waitMs: number, now: Instant): boolean =>
  last === null || now.venueMs - last.venueMs >= waitMs || now.wallMs - last.wallMs >= waitMs;

/** Wall time only: how long something has really been so. */
export const wallSince = (last: Instant, now: Instant): number => now.wallMs - last.wallMs;

/** The first instant, by the venue's clock, at which this trade's entry can have done anything; null before it was sent. */
export const earliestFillMs = ({ entry }: LiveTrade): EpochMs | null =>
  entry.sent === null ? null : epochMs(entry.sent.venueMs - CLOCK_ERROR_MS);

export const isPending = (trade: LiveTrade, slot: string): boolean => trade.pending.includes(slot);
export const withPending = (trade: LiveTrade, slot: string): LiveTrade => ({ ...trade, pending: [...trade.pending, slot] });
export const withoutPending = (trade: LiveTrade, slot: string): LiveTrade => ({
  ...trade,
  pending: trade.pending.filter((s) => s !== slot),
});
export const wasTold = (trade: LiveTrade, what: string): boolean => trade.told.includes(what);
export const markTold = (trade: LiveTrade, what: string): LiveTrade => ({ ...trade, told: [...trade.told, what] });

/** Set at a restart: a stop that is seen again without one having been placed since had never been away. */
export const resumedMark = (trade: LiveTrade): string => `resumed:${trade.attempts.a}`;

/** The next name of a role; the number is used up by asking, whatever becomes of the order. */
export function nextName(trade: LiveTrade, role: OrderRole): { readonly trade: LiveTrade; readonly clientId: ClientOrderId } {
  const attempt = trade.attempts[role];
  return {
    trade: { ...trade, attempts: { ...trade.attempts, [role]: attempt + 1 } },
    clientId: clientIdOf(trade.instance, trade.plan.tradeId, role, nameNo(attempt)),
  };
}

/** Whole steps inside a venue's quantity string; what is finer than our grid (a step that changed) is left over. */
export function stepsWithin(qty: string, grid: Grid): Steps {
  const { digits, scale } = parseDecimal(qty);
  const magnitude = digits < 0n ? -digits : digits;
  const cells = (magnitude * 10n ** BigInt(grid.stepDecimals)) / (10n ** BigInt(scale) * BigInt(grid.stepUnits));
  return steps(Number(cells));
}

/** A venue's price in our ticks, rounded: only to recognise an order, never to place one. */
export const ticksWithin = (price: string, grid: Grid): Ticks => priceToTicks(Number(price), grid, 'nearest');

const covers = (order: RestingOrder, now: Instant): boolean => {
  if (order.role === 't') return false;
  if (order.status === 'live') return true;
  return order.status === 'fired' && order.fired !== null && wallSince(order.fired, now) < FIRED_GRACE_MS;
};

/** A live stop: seen on the venue, and closing all of the position. A POST's answer alone does not count. */
export function stopIsLive(trade: LiveTrade, now: Instant): boolean {
  const active = trade.resting.filter((order) => covers(order, now));
  if (active.some((order) => order.coverage.kind === 'closePosition')) return true;
  const covered = active.reduce((total, order) => total + (order.coverage.kind === 'reduceOnly' ? order.coverage.steps : 0), 0);
  return (
    covered > 0 &&
    compare(parseDecimal(trade.position.qty), parseDecimal('0')) > 0 &&
    covered >= stepsWithin(trade.position.qty, trade.grid)
  );
}

/** The state is read off the facts, never set by hand. */
export function stateOf(trade: LiveTrade, now: Instant): TradeState {
  const { holding } = trade.position;
  if (holding === 'flat') {
    if (!wasTold(trade, 'booked')) return 'settling';
    return wasTold(trade, 'swept') ? 'swept' : 'journaled';
  }
  if (holding === 'open') {
    if (trade.exit.wanted !== null) return 'exiting';
    return stopIsLive(trade, now) ? 'protected' : 'openNaked';
  }
  switch (trade.entry.outcome) {
    case 'none':
      return 'prepared';
    case 'unsent':
      return 'voidUnsent';
    case 'sending':
      return 'sending';
    case 'accepted':
      return 'working';
    case 'unknown':
      return 'unknown';
    case 'rejected':
      return 'voidRejected';
    case 'fenced':
      return 'voidFenced';
  }
}

export const isFinal = (state: TradeState): boolean =>
  state === 'swept' || state === 'voidUnsent' || state === 'voidRejected' || state === 'voidFenced';
