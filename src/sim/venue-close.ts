// Floor 2, the simulated venue: orders that the venue itself writes into an account — liquidation, deleveraging,
// settlement — and what a bankrupt position costs nobody but the insurance fund.
import {
  add,
  compare,
  type Decimal,
  isZero,
  multiply,
  negate,
  parseDecimal,
  sign,
  subtract,
  toNumber,
  ZERO,
} from '../core/decimal.ts';
import { priceToTicks, ticks, ticksToWire } from '../core/grid.ts';
import type { EpochMs } from '../core/units.ts';
import { acceptOrder, concludeOrder, endOrder, expired, type OrderEnd } from './execution.ts';
import { type Execution, fill, recordIncome } from './fills.ts';
import { contractOf } from './margin.ts';
import { inUsdt, magnitude, smaller, text } from './money.ts';
import { unfilled } from './order-place.ts';
import { sidePart } from './position-slot.ts';
import type { Position, VenueState } from './state.ts';
import { crossWallet, tellAccount } from './telling.ts';
import type { SimContract, SimOrder } from './types.ts';

export interface VenueClose {
  /** `autoclose-…`, `adl_autoclose`, `settlement_autoclose-…`: the only sign of who did it. */
  readonly clientOrderId: string;
  readonly qty: Decimal;
  readonly liquidity: Execution['liquidity'];
  readonly expiryReason: OrderEnd['reason'];
}

/** The mark on the tick, rounded against the position: a fill price lies on the grid. */
function markOnTick(state: VenueState, contract: SimContract, position: Position): Decimal {
  const grid = state.grid(contract);
  const mark = toNumber(state.livingQuote(position.symbol).mark);
  const at = priceToTicks(mark, grid, sign(position.qty) > 0 ? 'down' : 'up');
  return parseDecimal(ticksToWire(ticks(Math.max(1, at)), grid));
}

/** Closes (part of) a position at the mark, whatever the book holds, and sweeps what depended on it. */
export function closeByVenue(state: VenueState, position: Position, close: VenueClose, atMs: EpochMs): void {
  const contract = contractOf(state, position);
  const order: SimOrder = {
    ...unfilled,
    orderId: state.nextOrderId,
    clientOrderId: close.clientOrderId,
    symbol: contract.symbol,
    side: sign(position.qty) > 0 ? 'SELL' : 'BUY',
    ...sidePart(position.positionSide),
    type: 'MARKET',
    origType: 'MARKET',
    timeInForce: 'IOC',
    status: 'NEW',
    quantity: text(close.qty),
    price: text(ZERO),
    reduceOnly: true,
    expiryReason: close.expiryReason,
    createMs: atMs,
    updateMs: atMs,
  };
  const accepted = acceptOrder(state, order, atMs);
  const price = markOnTick(state, contract, position);
  const filled = fill(state, accepted, { price, qty: close.qty, liquidity: close.liquidity }, atMs);
  concludeOrder(state, filled, atMs);
}

/**
 * Liquidation: the contract's orders go first, then the position at the mark. The venue keeps the liquidation fee as far as
 * the margin reaches; a hole beyond it is the insurance fund's.
 */
export function liquidate(state: VenueState, position: Position, atMs: EpochMs): void {
  const contract = contractOf(state, position);
  for (const order of state.openOrders(position.symbol)) {
    concludeOrder(state, endOrder(state, order, expired('5'), atMs), atMs);
  }
  const backing = position.marginType === 'ISOLATED' ? position.isolatedWallet : crossWallet(state);
  const walletBefore = state.wallet;
  const clientOrderId = `autoclose-${atMs}${String(state.nextOrderId % 1_000_000).padStart(6, '0')}`;
  closeByVenue(
    state,
    position,
    { clientOrderId, qty: magnitude(position.qty), liquidity: 'liquidation', expiryReason: '5' },
    atMs,
  );
  const remaining = add(backing, subtract(state.wallet, walletBefore));
  const cleared = clearance(state, contract, position, remaining);
  if (isZero(cleared)) return;
  state.wallet = add(state.wallet, cleared);
  recordIncome(state, { incomeType: 'INSURANCE_CLEAR', symbol: position.symbol, income: cleared, tradeId: '', atMs });
  tellAccount(state, { reason: 'INSURANCE_CLEAR', change: cleared, positions: [], fundingSymbol: null }, atMs);
}

/** Negative: the fee that the venue keeps. Positive: what the fund pays so that nobody owes. */
function clearance(state: VenueState, contract: SimContract, position: Position, remaining: Decimal): Decimal {
  const crossed = [...state.positions.values()].some((p) => p.marginType === 'CROSSED');
  if (compare(remaining, ZERO) < 0) return position.marginType === 'CROSSED' && crossed ? ZERO : negate(remaining);
  const notional = magnitude(multiply(position.qty, markOnTick(state, contract, position)));
  return negate(smaller(remaining, inUsdt(multiply(notional, parseDecimal(contract.liquidationFee)))));
}
