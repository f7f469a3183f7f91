// Floor 2, the simulated venue: the life of an accepted order until it rests or ends, and what its end pulls along —
// its conditional, the conditionals and limits that depended on the position.
import { compare, type Decimal, isZero, multiply, parseDecimal, sign, subtract, toNumber } from '../core/decimal.ts';
import type { EpochMs } from '../core/units.ts';
import { closable, fill } from './fills.ts';
import { fromNumber, signed } from './money.ts';
import type { Slotted } from './position-slot.ts';
import { noteProtection } from './protection.ts';
import type { VenueState } from './state.ts';
import { floorToStep, marketBound, type Taking, takeDepth, walkBook } from './synthetic-book.ts';
import { tellAlgo, tellOrder } from './telling.ts';
import type { SimContract, SimOrder, SimOrderStatus } from './types.ts';

export const isOpen = (status: SimOrderStatus): boolean => status === 'NEW' || status === 'PARTIALLY_FILLED';
export const restOf = (order: SimOrder): Decimal => subtract(parseDecimal(order.quantity), parseDecimal(order.executedQty));

/** Puts a new order into the store and tells NEW. */
export function acceptOrder(state: VenueState, order: SimOrder, atMs: EpochMs): SimOrder {
  state.nextOrderId += 1;
  state.updateMs = atMs;
  state.putOrder(order);
  tellOrder(state, { executionType: 'NEW', order, trade: null }, atMs);
  return order;
}

/** How an open order ends without a fill; the reason is the wire's `er`. */
export interface OrderEnd {
  readonly status: 'CANCELED' | 'EXPIRED' | 'EXPIRED_IN_MATCH';
  readonly reason: '0' | '1' | '2' | '4' | '5' | '7' | '9';
}

export const CANCELED: OrderEnd = { status: 'CANCELED', reason: '0' };
/** The two sides of a trade with oneself: one or both leave instead. */
export const PREVENTED: OrderEnd = { status: 'EXPIRED_IN_MATCH', reason: '1' };
export const expired = (reason: OrderEnd['reason']): OrderEnd => ({ status: 'EXPIRED', reason });

export function endOrder(state: VenueState, order: SimOrder, end: OrderEnd, atMs: EpochMs): SimOrder {
  const ended = state.putOrder({ ...order, status: end.status, expiryReason: end.reason, updateMs: atMs });
  const executionType = end.status === 'CANCELED' ? 'CANCELED' : 'EXPIRED';
  tellOrder(state, { executionType, order: ended, trade: null }, atMs);
  return ended;
}

/** What a MARKET order of this size would meet now, an ordered partial fill included. */
export function marketWalk(state: VenueState, contract: SimContract, taking: Omit<Taking, 'bound'>) {
  const fraction = state.books.get(contract.symbol)?.nextFraction ?? null;
  const reach = fraction === null ? taking.qty : floorToStep(multiply(taking.qty, fromNumber(fraction)), contract);
  const bound = marketBound(state, contract, taking.side);
  const walk = walkBook(state, contract, { side: taking.side, qty: reach, bound });
  return { fills: walk.fills, rest: subtract(taking.qty, subtract(reach, walk.rest)) };
}

/** MARKET: takes what the book offers within the bound; the rest expires with reason 9. */
export function runMarket(state: VenueState, contract: SimContract, order: SimOrder, atMs: EpochMs): SimOrder {
  const walk = marketWalk(state, contract, { side: order.side, qty: restOf(order) });
  const override = state.books.get(contract.symbol);
  if (override !== undefined) state.books.set(contract.symbol, { ...override, nextFraction: null });
  let current = order;
  for (const found of walk.fills) {
    current = fill(state, current, { ...found, liquidity: 'taker' }, atMs);
    takeDepth(state, order.symbol, order.side, found);
  }
  return isOpen(current.status) ? endOrder(state, current, expired('9'), atMs) : current;
}

/** LIMIT at arrival: what is marketable is taken as a taker; the rest stays (GTC, GTX) or expires (IOC). */
export function runLimit(state: VenueState, contract: SimContract, order: SimOrder, atMs: EpochMs): SimOrder {
  const walk = walkBook(state, contract, { side: order.side, qty: restOf(order), bound: parseDecimal(order.price) });
  let current = order;
  for (const found of walk.fills) {
    current = fill(state, current, { ...found, liquidity: 'taker' }, atMs);
    takeDepth(state, order.symbol, order.side, found);
  }
  const leaves = order.timeInForce === 'IOC' || order.timeInForce === 'FOK';
  return leaves && isOpen(current.status) ? endOrder(state, current, expired('2'), atMs) : current;
}

/**
 * Declared pessimism: a resting limit fills only when the last price has traded through it by a tick, as if it had been the
 * last of its level. It then fills whole, which is kinder than a queue would be; a smaller order hardly notices.
 */
export function matchResting(state: VenueState, contract: SimContract, order: SimOrder, atMs: EpochMs): void {
  const { last } = state.livingQuote(order.symbol);
  const tick = parseDecimal(contract.tickSize);
  const distance = signed(order.side, subtract(parseDecimal(order.price), last));
  if (compare(distance, tick) < 0) return;
  const qty = closable(state, order, restOf(order));
  const filled = sign(qty) > 0 ? fill(state, order, { price: parseDecimal(order.price), qty, liquidity: 'maker' }, atMs) : order;
  const done = isOpen(filled.status) ? endOrder(state, filled, expired('4'), atMs) : filled;
  concludeOrder(state, done, atMs);
}

/** An order came to rest or to its end: its conditional finishes, then whatever lost its position goes. */
export function concludeOrder(state: VenueState, order: SimOrder, atMs: EpochMs): void {
  finishAlgo(state, order, atMs);
  sweep(state, order, atMs);
}

function finishAlgo(state: VenueState, order: SimOrder, atMs: EpochMs): void {
  const algo = order.algoId === null || isOpen(order.status) ? undefined : state.algos.get(order.algoId);
  if (algo === undefined || algo.algoStatus !== 'TRIGGERED') return;
  const { avgPrice, executedQty } = order;
  tellAlgo(
    state,
    state.putAlgo({ ...algo, algoStatus: 'FINISHED', actualPrice: avgPrice, actualQty: executedQty, updateMs: atMs }),
    atMs,
  );
}

/**
 * After anything that moved a position: closePosition conditionals of a direction that is no longer held EXPIRE, and
 * reduce-only limits with nothing to reduce are knocked out (er 4). Quantity conditionals stay: they are orphans now.
 */
export function sweep(state: VenueState, of: Slotted, atMs: EpochMs): void {
  const { symbol, positionSide } = of;
  const held = state.signedQty(of);
  const closes = (side: 'BUY' | 'SELL'): boolean => !isZero(held) && sign(held) === (side === 'SELL' ? 1 : -1);
  for (const algo of state.openAlgos(symbol)) {
    if (!algo.closePosition || algo.positionSide !== positionSide || closes(algo.side)) continue;
    tellAlgo(state, state.putAlgo({ ...algo, algoStatus: 'EXPIRED', updateMs: atMs }), atMs);
  }
  for (const order of state.openOrders(symbol)) {
    if (!order.reduceOnly || order.positionSide !== positionSide || closes(order.side)) continue;
    finishAlgo(state, endOrder(state, order, expired('4'), atMs), atMs);
  }
  noteProtection(state, of, atMs);
}

/** Whether a limit at this price would meet the book at once, and whether the book could fill all of it. */
export function marketability(state: VenueState, contract: SimContract, taking: Taking): 'none' | 'part' | 'whole' {
  const walk = walkBook(state, contract, taking);
  if (walk.fills.length === 0) return 'none';
  return toNumber(walk.rest) > 0 ? 'part' : 'whole';
}
