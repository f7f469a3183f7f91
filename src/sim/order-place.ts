// Floor 2, the simulated venue: an ordinary order at the door. Every refusal is a code of the venue's list, in the order:
// address, type and parameters, filters, identity, reduce-only, price, margin.
import { add, compare, type Decimal, isZero, multiply, parseDecimal, sign, subtract, sum, ZERO } from '../core/decimal.ts';
import type { EpochMs } from '../core/units.ts';
import { acceptOrder, concludeOrder, isOpen, marketability, marketWalk, restOf, runLimit, runMarket } from './execution.ts';
import { badAddress, badClientId, badPrice, badQuantity, badStatus, farPrice, smallNotional } from './filters.ts';
import { availableBalance, enlarges, exposureOf, type Imagined, maxNotional, openingPart, worstNotional } from './margin.ts';
import { inUsdt, larger, magnitude, smaller, text } from './money.ts';
import { badTerms, matchPrice, termsOf } from './order-terms.ts';
import { closesHedge, sidePart } from './position-slot.ts';
import { reject } from './rejection.ts';
import { preventSelfTrade } from './self-trade.ts';
import type { VenueState } from './state.ts';
import { bookLevel, marketBound } from './synthetic-book.ts';
import type {
  OrderSide,
  Rejected,
  SimContract,
  SimHedgeSide,
  SimOrder,
  SimOrderRequest,
  SimResult,
  SimTimeInForce,
} from './types.ts';

const CONDITIONAL = new Set(['STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET']);
/** RPI is real but only for market makers of the retail programme. */
const TIMES_IN_FORCE: readonly SimTimeInForce[] = ['GTC', 'IOC', 'FOK', 'GTX', 'GTD'];

interface Draft {
  readonly contract: SimContract;
  readonly side: OrderSide;
  readonly positionSide: SimHedgeSide | undefined;
  readonly type: 'LIMIT' | 'MARKET';
  readonly timeInForce: SimTimeInForce;
  readonly qty: Decimal;
  readonly price: Decimal;
  readonly effect: 'open' | 'reduce';
}

export function placeOrder(state: VenueState, asked: SimOrderRequest, atMs: EpochMs): SimResult<SimOrder> {
  const judged = judge(state, asked, atMs);
  if (!judged.ok) return judged;
  const { order: fresh, contract } = judged;
  const order = acceptOrder(state, fresh, atMs);
  const met = preventSelfTrade(state, contract, order, atMs);
  const run = order.type === 'MARKET' ? runMarket : runLimit;
  const after = isOpen(met.status) ? run(state, contract, met, atMs) : met;
  concludeOrder(state, after, atMs);
  // The sweep may have ended it: a reduce-only limit whose taken part was all there was to close.
  return { ok: true, value: state.orders.get(after.orderId) ?? after };
}

/** All that placing would judge, and nothing done: what order/test answers. */
export function testOrder(state: VenueState, asked: SimOrderRequest, atMs: EpochMs): SimResult<SimOrder> {
  const judged = judge(state, asked, atMs);
  return judged.ok ? { ok: true, value: judged.order } : judged;
}

type Judged = Rejected | { readonly ok: true; readonly order: SimOrder; readonly contract: SimContract };

function judge(state: VenueState, asked: SimOrderRequest, atMs: EpochMs): Judged {
  const refusedTerms = badTerms(asked, atMs);
  if (refusedTerms !== null) return refusedTerms;
  const matched = matchPrice(state, asked);
  if (!matched.ok) return matched;
  const request = matched.request;
  const read = readRequest(state, request);
  if (!read.ok) return read;
  const taken = request.newClientOrderId === undefined ? null : state.orderByClient(request.symbol, request.newClientOrderId);
  if (taken !== null && state.openOrders(request.symbol).some((o) => o.orderId === taken.orderId)) return reject(-4116);
  const cut = read.draft.effect === 'reduce' ? cutToPosition(state, read.draft) : { ok: true as const, draft: read.draft };
  if (!cut.ok) return cut;
  const refusal = badPlace(state, cut.draft);
  if (refusal !== null) return refusal;
  const order = { ...orderOf(state, cut.draft, request.newClientOrderId, atMs), ...termsOf(asked) };
  return { ok: true, order, contract: cut.draft.contract };
}

function readRequest(state: VenueState, request: SimOrderRequest): Rejected | { readonly ok: true; readonly draft: Draft } {
  if (CONDITIONAL.has(request.type)) return reject(-4120);
  const address = badAddress(state, request);
  if (!address.ok) return address;
  if (request.type !== 'LIMIT' && request.type !== 'MARKET') return reject(-1116);
  const { contract, side, positionSide } = address;
  if (positionSide !== undefined && request.reduceOnly !== undefined) return reject(-1106, 'reduceonly');
  const effect = request.reduceOnly === true || closesHedge(side, positionSide) ? 'reduce' : 'open';
  const refusal =
    badStatus(contract, effect) ??
    badClientId(request.newClientOrderId) ??
    (request.type === 'LIMIT' ? badLimit(contract, request) : badMarket(contract, request));
  if (refusal !== null) return refusal;
  const timeInForce = TIMES_IN_FORCE.find((t) => t === request.timeInForce) ?? 'GTC';
  const qty = parseDecimal(request.quantity ?? '0');
  const price = request.type === 'LIMIT' ? parseDecimal(request.price ?? '0') : ZERO;
  return {
    ok: true,
    draft: { contract, side, positionSide, type: request.type, timeInForce, qty, price, effect },
  };
}

function badLimit(contract: SimContract, request: SimOrderRequest): Rejected | null {
  if (request.timeInForce === undefined) return reject(-1102, 'timeInForce');
  if (!TIMES_IN_FORCE.some((t) => t === request.timeInForce)) return reject(-1115);
  return badQuantity(contract, request.quantity, 'LOT_SIZE') ?? badPrice(contract, request.price, 'price');
}

function badMarket(contract: SimContract, request: SimOrderRequest): Rejected | null {
  if (request.timeInForce !== undefined) return reject(-1106, 'timeInForce');
  if (request.price !== undefined) return reject(-1106, 'price');
  return badQuantity(contract, request.quantity, 'MARKET_LOT_SIZE');
}

/**
 * Reduce-only: nothing to reduce is -2022; more than the position is cut down to it; more than other resting reduce-only
 * orders leave of it is -4118. Untriggered conditionals do not count (not documented; counting them would be harsher).
 */
function cutToPosition(state: VenueState, draft: Draft): Rejected | { readonly ok: true; readonly draft: Draft } {
  const { positionSide, side } = draft;
  const { symbol } = draft.contract;
  const held = state.signedQty({ symbol, positionSide });
  if (sign(held) !== (side === 'SELL' ? 1 : -1)) return reject(-2022);
  // Only an order that says reduceOnly is cut; hedge mode cannot say it.
  if (positionSide !== undefined && compare(draft.qty, magnitude(held)) > 0) return reject(-2024);
  const qty = smaller(draft.qty, magnitude(held));
  const resting = state.openOrders(symbol).filter((o) => o.reduceOnly && o.side === side && o.positionSide === positionSide);
  const left = subtract(magnitude(held), sum(resting.map(restOf)));
  return compare(qty, left) > 0 ? reject(-4118) : { ok: true, draft: { ...draft, qty } };
}

function badPlace(state: VenueState, draft: Draft): Rejected | null {
  const { contract, side, positionSide } = draft;
  const quote = state.quote(contract.symbol);
  if (quote === null) return reject(-1112);
  if (isInactive(state)) return reject(-4109);
  if (state.openOrders(contract.symbol).length >= contract.maxNumOrders) return reject(-2025);
  const price = draft.type === 'LIMIT' ? draft.price : quote.mark;
  if (draft.effect === 'open') {
    const small = smallNotional(contract, price, draft.qty);
    if (small !== null) return small;
  }
  const refusal = draft.type === 'LIMIT' ? badLimitPlace(state, draft, quote.mark) : null;
  if (refusal !== null) return refusal;
  if (draft.type === 'LIMIT')
    return draft.effect === 'open' ? badMargin(state, contract, { side, positionSide, qty: draft.qty, price }) : null;
  const walk = marketWalk(state, contract, { side, qty: draft.qty });
  const worst = walk.fills.at(-1);
  if (worst === undefined) return reject(offersWithinBound(state, contract, side) ? -2020 : -4131);
  return draft.effect === 'open' ? badMargin(state, contract, { side, positionSide, qty: draft.qty, price: worst.price }) : null;
}

/** An account into which no money has ever come. */
const isInactive = (state: VenueState): boolean =>
  isZero(state.wallet) && state.incomes.length === 0 && state.positions.size === 0;

function badLimitPlace(state: VenueState, draft: Draft, mark: Decimal): Rejected | null {
  const far = farPrice(draft.contract, draft.side, draft.price, mark);
  if (far !== null) return far;
  const meets = marketability(state, draft.contract, { side: draft.side, qty: draft.qty, bound: draft.price });
  if (draft.timeInForce === 'FOK' && meets !== 'whole') return reject(-5021);
  return draft.timeInForce === 'GTX' && meets !== 'none' ? reject(-5022) : null;
}

/** A counterparty stands within the bound, yet nothing of it could be had. */
function offersWithinBound(state: VenueState, contract: SimContract, side: OrderSide): boolean {
  const best = bookLevel(state, contract, { taker: side, level: 1 });
  const bound = marketBound(state, contract, side);
  return best !== null && (side === 'BUY' ? compare(best, bound) <= 0 : compare(best, bound) >= 0);
}

/** Bracket and initial margin with the entry commission; an order that only shrinks exposure needs neither. */
export function badMargin(state: VenueState, contract: SimContract, order: Imagined): Rejected | null {
  if (!enlarges(state, contract, order)) return null;
  const { side, positionSide } = order;
  const before = exposureOf(state, contract, null, positionSide);
  const after = exposureOf(state, contract, order, positionSide);
  if (compare(worstNotional(state, contract, order), maxNotional(contract, state.settingsOf(contract).leverage)) > 0)
    return reject(-2027);
  const opening = openingPart(state, { symbol: contract.symbol, positionSide, side }, order.qty);
  const fee = inUsdt(multiply(multiply(opening, order.price), parseDecimal(state.takerFeeRate)));
  // A price worse than the mark is a loss on arrival, which the account must be able to bear as well.
  const { mark } = state.livingQuote(contract.symbol);
  const premium = order.side === 'BUY' ? subtract(order.price, mark) : subtract(mark, order.price);
  const openLoss = multiply(opening, larger(ZERO, premium));
  const needed = add(subtract(after.openOrderMargin, before.openOrderMargin), add(fee, openLoss));
  return compare(needed, availableBalance(state)) > 0 ? reject(-2019) : null;
}

function orderOf(state: VenueState, draft: Draft, clientOrderId: string | undefined, atMs: EpochMs): SimOrder {
  return {
    orderId: state.nextOrderId,
    clientOrderId: clientOrderId ?? `auto_${state.nextOrderId.toString(36)}`,
    symbol: draft.contract.symbol,
    side: draft.side,
    ...sidePart(draft.positionSide),
    type: draft.type,
    origType: draft.type,
    timeInForce: draft.timeInForce,
    status: 'NEW',
    quantity: text(draft.qty),
    price: text(draft.price),
    ...unfilled,
    reduceOnly: draft.effect === 'reduce',
    createMs: atMs,
    updateMs: atMs,
  };
}

/** Fields that a fresh ordinary order has in common with any other. */
export const unfilled = {
  executedQty: text(ZERO),
  cumQuote: text(ZERO),
  avgPrice: text(ZERO),
  stopPrice: text(ZERO),
  closePosition: false,
  workingType: 'CONTRACT_PRICE',
  priceProtect: false,
  algoId: null,
  expiryReason: '0',
} as const;
