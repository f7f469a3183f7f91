// Floor 2, the simulated venue: one execution — what it does to the order, the position, the wallet and the ledger, and
// what the account is told of it: TRADE_LITE first, then the account, then the order.
import { add, type Decimal, divide, isZero, multiply, negate, parseDecimal, sign, subtract, ZERO } from '../core/decimal.ts';
import { type EpochMs, invariant } from '../core/units.ts';
import { openingPart } from './margin.ts';
import { average, fromNumber, inUsdt, magnitude, share, signed, smaller, text, usdtText, WALLET_PLACES } from './money.ts';
import { sidePart } from './position-slot.ts';
import type { Position, VenueState } from './state.ts';
import { tellAccount, tellOrder } from './telling.ts';
import type { SimContract, SimIncomeType, SimOrder, SimTrade } from './types.ts';

export interface Execution {
  readonly price: Decimal;
  readonly qty: Decimal;
  readonly liquidity: 'maker' | 'taker' | 'adl' | 'liquidation';
}

/** Fills part or all of an open order and answers the order after it. */
export function fill(state: VenueState, order: SimOrder, execution: Execution, atMs: EpochMs): SimOrder {
  const contract = state.contract(order.symbol);
  invariant(contract !== null, `a fill in ${order.symbol}, which is no contract here`);
  const commission = commissionOf(state, execution);
  const realized = movePosition(state, contract, { order, execution, commission, atMs });
  const trade = recordTrade(state, contract, { order, execution, commission, realized, atMs });
  const next = state.putOrder(afterTrade(order, execution, atMs));
  state.events.push({ kind: 'tradeLite', atMs, order: next, trade });
  tellAccount(state, { reason: 'ORDER', change: ZERO, positions: [order], fundingSymbol: null }, atMs);
  tellOrder(state, { executionType: execution.liquidity === 'liquidation' ? 'CALCULATED' : 'TRADE', order: next, trade }, atMs);
  return next;
}

interface Move {
  readonly order: SimOrder;
  readonly execution: Execution;
  readonly commission: Decimal;
  readonly atMs: EpochMs;
}

function commissionOf(state: VenueState, { price, qty, liquidity }: Execution): Decimal {
  // Nobody pays for being deleveraged.
  if (liquidity === 'adl') return ZERO;
  const rate = parseDecimal(liquidity === 'maker' ? state.makerFeeRate : state.takerFeeRate);
  return inUsdt(multiply(multiply(price, qty), rate));
}

/** Moves position and wallet and answers the PnL realised, before fees. */
function movePosition(state: VenueState, contract: SimContract, move: Move): Decimal {
  const { order, execution, commission, atMs } = move;
  const opening = openingPart(state, order, execution.qty);
  const closing = subtract(execution.qty, opening);
  const openingFee = share(commission, opening, execution.qty);
  const before = state.position(order) ?? flat(state, contract, order, atMs);
  const { rest, realized } = reduce(before, { qty: signed(order.side, closing), price: execution.price }, atMs);
  const margin = divide(multiply(opening, execution.price), fromNumber(state.settingsOf(contract).leverage), WALLET_PLACES);
  // Where the venue takes the entry fee of an isolated position from is not documented; out of its own margin brings the
  // liquidation nearer, out of the free balance would be kinder.
  const bound = rest.marginType === 'ISOLATED' && sign(opening) > 0 ? subtract(margin, openingFee) : ZERO;
  const opened = signed(order.side, opening);
  state.setPosition({
    ...rest,
    qty: add(rest.qty, opened),
    cost: add(rest.cost, multiply(opened, execution.price)),
    fees: add(rest.fees, openingFee),
    isolatedWallet: add(rest.isolatedWallet, bound),
    openedMs: isZero(rest.qty) ? atMs : rest.openedMs,
    marginCall: isZero(rest.qty) ? 'none' : rest.marginCall,
  });
  state.wallet = add(state.wallet, subtract(realized, commission));
  const settings = state.settingsOf(contract);
  state.settings.set(order.symbol, { ...settings, accumulatedRealized: add(settings.accumulatedRealized, realized) });
  const signedQty = text(state.signedQty(order));
  state.positionHistory.push({
    symbol: order.symbol,
    ...sidePart(order.positionSide),
    atMs,
    signedQty,
    cause: order.clientOrderId,
  });
  return realized;
}

function flat(state: VenueState, contract: SimContract, order: SimOrder, atMs: EpochMs): Position {
  const { marginType } = state.settingsOf(contract);
  return {
    symbol: contract.symbol,
    ...sidePart(order.positionSide),
    qty: ZERO,
    cost: ZERO,
    fees: ZERO,
    isolatedWallet: ZERO,
    marginType,
    openedMs: atMs,
    updateMs: atMs,
    marginCall: 'none',
  };
}

/** Closes a part: the released share of cost and isolated margin is rounded, the remainder keeps the difference. */
function reduce(position: Position, by: { readonly qty: Decimal; readonly price: Decimal }, atMs: EpochMs) {
  if (isZero(by.qty)) return { rest: { ...position, updateMs: atMs }, realized: ZERO };
  const part = magnitude(by.qty);
  const whole = magnitude(position.qty);
  const cost = share(position.cost, part, whole);
  const realized = inUsdt(subtract(negate(multiply(by.qty, by.price)), cost));
  const rest: Position = {
    ...position,
    qty: add(position.qty, by.qty),
    cost: subtract(position.cost, cost),
    fees: subtract(position.fees, share(position.fees, part, whole)),
    isolatedWallet: subtract(position.isolatedWallet, share(position.isolatedWallet, part, whole)),
    updateMs: atMs,
  };
  return { rest, realized };
}

function recordTrade(state: VenueState, contract: SimContract, move: Move & { readonly realized: Decimal }): SimTrade {
  const { order, execution, commission, realized, atMs } = move;
  const trade: SimTrade = {
    id: state.nextTradeId,
    orderId: order.orderId,
    clientOrderId: order.clientOrderId,
    symbol: order.symbol,
    side: order.side,
    ...sidePart(order.positionSide),
    price: text(execution.price),
    qty: text(execution.qty),
    quoteQty: text(multiply(execution.price, execution.qty)),
    realizedPnl: usdtText(realized),
    commission: usdtText(commission),
    commissionAsset: contract.marginAsset,
    maker: execution.liquidity === 'maker',
    atMs,
  };
  state.nextTradeId += 1;
  state.trades.push(trade);
  const about = { symbol: order.symbol, tradeId: String(trade.id), atMs };
  if (!isZero(commission)) recordIncome(state, { ...about, incomeType: 'COMMISSION', income: negate(commission) });
  if (!isZero(realized)) recordIncome(state, { ...about, incomeType: 'REALIZED_PNL', income: realized });
  return trade;
}

export interface IncomeEntry {
  readonly incomeType: SimIncomeType;
  readonly symbol: string;
  readonly income: Decimal;
  readonly tradeId: string;
  readonly atMs: EpochMs;
}

/** A row of the wallet's history; the wallet itself is moved by whoever books the row. */
export function recordIncome(state: VenueState, entry: IncomeEntry): void {
  const income = usdtText(entry.income);
  state.incomes.push({ tranId: state.nextTranId, asset: 'USDT', info: entry.incomeType, ...entry, income });
  state.nextTranId += 1;
  state.revision += 1;
}

function afterTrade(order: SimOrder, { price, qty }: Execution, atMs: EpochMs): SimOrder {
  const executed = add(parseDecimal(order.executedQty), qty);
  const quote = add(parseDecimal(order.cumQuote), multiply(price, qty));
  const left = subtract(parseDecimal(order.quantity), executed);
  invariant(sign(left) >= 0, `order ${order.orderId} filled beyond its quantity`);
  return {
    ...order,
    executedQty: text(executed),
    cumQuote: text(quote),
    avgPrice: text(average(quote, executed)),
    status: sign(left) === 0 ? 'FILLED' : 'PARTIALLY_FILLED',
    updateMs: atMs,
  };
}

/** The smaller of an order's rest and what it may still close. */
export const closable = (state: VenueState, order: SimOrder, rest: Decimal): Decimal =>
  order.reduceOnly ? smaller(rest, magnitude(state.signedQty(order))) : rest;
