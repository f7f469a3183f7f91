// Emulator, wire: orders, conditional orders and trades as REST answers, keys in the order of the samples.
import { decimalString } from '../core/units.ts';
import type { SimAlgo, SimOrder, SimTrade } from '../sim/types.ts';
import type { Contract } from './market/source.ts';
import { pad } from './wire-number.ts';

/** Decimal places a symbol's prices and quantities are padded to. */
export interface Precision {
  readonly price: number;
  readonly quantity: number;
}

export const precisionOf = (contract: Contract): Precision => ({
  price: contract.pricePrecision,
  quantity: contract.quantityPrecision,
});

export function wireOrderNumbers(
  order: SimOrder,
  precision: Precision,
): {
  readonly quantity: string;
  readonly price: string;
  readonly stopPrice: string;
  readonly executedQty: string;
  readonly avgPrice: string;
} {
  return {
    quantity: pad(order.quantity, precision.quantity),
    price: pad(order.price, precision.price),
    stopPrice: pad(order.stopPrice, precision.price),
    executedQty: pad(order.executedQty, precision.quantity),
    avgPrice: pad(order.avgPrice, precision.price),
  };
}

const closingKeys = (order: SimOrder): Record<string, unknown> => ({
  priceMatch: order.priceMatch ?? 'NONE',
  selfTradePreventionMode: order.selfTradePrevention ?? 'EXPIRE_MAKER',
  goodTillDate: order.goodTillMs ?? 0,
});

/** Answer of POST and DELETE order: since mid-2026 without avgPrice and cumQuote, even with RESULT. */
export function orderAck(order: SimOrder, precision: Precision): Record<string, unknown> {
  const numbers = wireOrderNumbers(order, precision);
  return {
    clientOrderId: order.clientOrderId,
    cumQty: numbers.executedQty,
    executedQty: numbers.executedQty,
    orderId: order.orderId,
    origQty: numbers.quantity,
    price: numbers.price,
    reduceOnly: order.reduceOnly,
    side: order.side,
    positionSide: order.positionSide ?? 'BOTH',
    status: order.status,
    stopPrice: numbers.stopPrice,
    closePosition: order.closePosition,
    symbol: order.symbol,
    timeInForce: order.timeInForce,
    type: order.type,
    origType: order.origType,
    updateTime: order.updateMs,
    workingType: order.workingType,
    priceProtect: order.priceProtect,
    ...closingKeys(order),
  };
}

/** An ACK knows nothing of the matching that follows it. */
export const unmatched = (order: SimOrder): SimOrder => ({
  ...order,
  status: 'NEW',
  executedQty: decimalString('0'),
  updateMs: order.createMs,
});

export function orderRow(order: SimOrder, precision: Precision): Record<string, unknown> {
  const numbers = wireOrderNumbers(order, precision);
  return {
    avgPrice: numbers.avgPrice,
    clientOrderId: order.clientOrderId,
    cumQuote: order.cumQuote,
    executedQty: numbers.executedQty,
    orderId: order.orderId,
    origQty: numbers.quantity,
    origType: order.origType,
    price: numbers.price,
    reduceOnly: order.reduceOnly,
    side: order.side,
    positionSide: order.positionSide ?? 'BOTH',
    status: order.status,
    stopPrice: numbers.stopPrice,
    closePosition: order.closePosition,
    symbol: order.symbol,
    time: order.createMs,
    timeInForce: order.timeInForce,
    type: order.type,
    updateTime: order.updateMs,
    workingType: order.workingType,
    priceProtect: order.priceProtect,
    ...closingKeys(order),
  };
}

/** Answer of POST algoOrder, and the head of each list row. */
export function algoAck(algo: SimAlgo, precision: Precision): Record<string, unknown> {
  return {
    algoId: algo.algoId,
    clientAlgoId: algo.clientAlgoId,
    algoType: 'CONDITIONAL',
    orderType: algo.orderType,
    symbol: algo.symbol,
    side: algo.side,
    positionSide: algo.positionSide ?? 'BOTH',
    timeInForce: algo.timeInForce,
    quantity: pad(algo.quantity, precision.quantity),
    algoStatus: algo.algoStatus,
    triggerPrice: pad(algo.triggerPrice, precision.price),
    price: pad(algo.price, precision.price),
    icebergQuantity: null,
    selfTradePreventionMode: 'EXPIRE_MAKER',
    workingType: algo.workingType,
    priceMatch: 'NONE',
    closePosition: algo.closePosition,
    priceProtect: algo.priceProtect,
    reduceOnly: algo.reduceOnly || algo.closePosition,
    activatePrice: algo.activatePrice,
    callbackRate: algo.callbackRate,
    createTime: algo.createMs,
    updateTime: algo.updateMs,
    triggerTime: algo.triggerMs,
    goodTillDate: 0,
  };
}

/** Rows of the algo lists carry what became of the order between its status and its prices. */
export function algoRow(algo: SimAlgo, precision: Precision): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(algoAck(algo, precision))) {
    row[key] = value;
    if (key === 'algoStatus') Object.assign(row, actualPart(algo, precision));
    if (key === 'icebergQuantity') Object.assign(row, NO_BRACKET);
    if (key === 'callbackRate') row['isActivated'] = algo.isActivated;
  }
  return row;
}

const NO_BRACKET = {
  tpTriggerPrice: '0.000',
  tpPrice: '0.000',
  slTriggerPrice: '0.000',
  slPrice: '0.000',
  tpOrderType: '',
} as const;

const actualPart = (algo: SimAlgo, precision: Precision): Record<string, unknown> => ({
  actualOrderId: algo.actualOrderId > 0 ? String(algo.actualOrderId) : '',
  actualPrice: pad(algo.actualPrice, precision.price),
  actualQty: pad(algo.actualQty, precision.quantity),
  actualType: algo.actualType,
});

export function tradeRow(trade: SimTrade, contract: Contract): Record<string, unknown> {
  const precision = precisionOf(contract);
  return {
    symbol: trade.symbol,
    id: trade.id,
    orderId: trade.orderId,
    side: trade.side,
    price: pad(trade.price, precision.price),
    qty: pad(trade.qty, precision.quantity),
    realizedPnl: pad(trade.realizedPnl, 8),
    quoteQty: trade.quoteQty,
    commission: pad(trade.commission, 8),
    commissionAsset: trade.commissionAsset,
    time: trade.atMs,
    positionSide: trade.positionSide ?? 'BOTH',
    buyer: trade.side === 'BUY',
    maker: trade.maker,
    baseQty: trade.qty,
    marginAsset: contract.marginAsset,
    pair: contract.pair,
  };
}
