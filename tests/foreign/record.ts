// Foreign clients, the record as the wire should tell it: the exchange's own rows under the names of the venue's answers.
// Both clients that hand answers through undecorated are held against these.
import type { Contract } from '../../src/emulator/market/source.ts';
import type { SimAlgo, SimOrder, SimTrade } from '../../src/sim/types.ts';
import type { SimPositionView } from '../../src/sim/views.ts';
import type { Row, Wanted } from './tally.ts';

/** Answers of placing and cancelling; they know no average price since mid-2026. */
export const ackFields = (order: SimOrder): Wanted => ({
  orderId: order.orderId,
  clientOrderId: order.clientOrderId,
  symbol: order.symbol,
  side: order.side,
  type: order.type,
  origQty: Number(order.quantity),
  price: Number(order.price),
  reduceOnly: order.reduceOnly,
});

/** Rows of the queries. */
export const orderFields = (order: SimOrder): Wanted => ({
  ...ackFields(order),
  origType: order.origType,
  timeInForce: order.timeInForce,
  status: order.status,
  executedQty: Number(order.executedQty),
  cumQuote: Number(order.cumQuote),
  time: order.createMs,
  updateTime: order.updateMs,
});

export const algoFields = (algo: SimAlgo): Wanted => ({
  algoId: algo.algoId,
  clientAlgoId: algo.clientAlgoId,
  algoType: 'CONDITIONAL',
  orderType: algo.orderType,
  symbol: algo.symbol,
  side: algo.side,
  algoStatus: algo.algoStatus,
  triggerPrice: Number(algo.triggerPrice),
  workingType: algo.workingType,
  closePosition: algo.closePosition,
  priceProtect: algo.priceProtect,
  createTime: algo.createMs,
});

export const tradeFields = (fill: SimTrade): Wanted => ({
  id: fill.id,
  orderId: fill.orderId,
  symbol: fill.symbol,
  side: fill.side,
  price: Number(fill.price),
  qty: Number(fill.qty),
  quoteQty: Number(fill.quoteQty),
  commission: Number(fill.commission),
  commissionAsset: fill.commissionAsset,
  realizedPnl: Number(fill.realizedPnl),
  buyer: fill.side === 'BUY',
  maker: fill.maker,
  time: fill.atMs,
});

/** ORDER_TRADE_UPDATE of one fill. */
export const fillEventFields = (fill: SimTrade): Wanted => ({
  'o.s': fill.symbol,
  'o.c': fill.clientOrderId,
  'o.S': fill.side,
  'o.x': 'TRADE',
  'o.i': fill.orderId,
  'o.t': fill.id,
  'o.l': Number(fill.qty),
  'o.L': Number(fill.price),
  'o.n': Number(fill.commission),
  'o.N': fill.commissionAsset,
  'o.rp': Number(fill.realizedPnl),
  'o.m': fill.maker,
  T: fill.atMs,
});

/** What does not move with the mark price. */
export const positionFields = (position: SimPositionView): Wanted => ({
  symbol: position.symbol,
  positionSide: 'BOTH',
  positionAmt: Number(position.signedQty),
  entryPrice: Number(position.entryPrice),
  breakEvenPrice: Number(position.breakEvenPrice),
  liquidationPrice: Number(position.liquidationPrice),
  isolatedWallet: Number(position.isolatedWallet),
  marginAsset: position.marginAsset,
  updateTime: position.updateMs,
});

export function contractFields(contract: Contract): Wanted {
  return {
    symbol: contract.symbol,
    contractType: contract.contractType,
    status: contract.status,
    baseAsset: contract.baseAsset,
    quoteAsset: contract.quoteAsset,
    marginAsset: contract.marginAsset,
    pricePrecision: contract.pricePrecision,
    quantityPrecision: contract.quantityPrecision,
    onboardDate: contract.onboardDate,
    deliveryDate: contract.deliveryDate,
    'filter.PRICE_FILTER.tickSize': Number(contract.tickSize),
    'filter.LOT_SIZE.stepSize': Number(contract.stepSize),
    'filter.LOT_SIZE.maxQty': Number(contract.maxQty),
    'filter.MARKET_LOT_SIZE.maxQty': Number(contract.marketMaxQty),
    'filter.MIN_NOTIONAL.notional': Number(contract.minNotional),
    'filter.PERCENT_PRICE.multiplierUp': Number(contract.multiplierUp),
  };
}

/** A row of exchangeInfo with its filters under their type's name. */
export function withFilters(row: Row): Row {
  const filters = (row['filters'] ?? []) as readonly Row[];
  return { ...row, filter: Object.fromEntries(filters.map((filter) => [String(filter['filterType']), filter])) };
}
