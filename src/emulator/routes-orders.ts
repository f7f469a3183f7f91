// Emulator, REST: ordinary orders (binance-futures.md §6.2). They judge nothing themselves: the simulated venue does.
import { epochMs } from '../core/units.ts';
import type { SimOrder, SimOrderKey, SimOrderRequest } from '../sim/types.ts';
import type { Desk } from './desk.ts';
import { ORDERS_PER_10_SECONDS, ORDERS_PER_MINUTE } from './limits.ts';
import { orderAck, orderRow, type Precision, precisionOf, unmatched } from './order-json.ts';
import { checkNames, reduceOnlyOf } from './order-params.ts';
import type { Params } from './request.ts';
import { KEYED, ORDERING, type Route, SIGNED, weighs, weighsBySymbol } from './route.ts';
import { granted, timeWindow } from './routes-account.ts';
import { symbolNumber } from './symbol-number.ts';
import { missingParameter, VenueRefusal } from './venue-error.ts';

export const ALL_CANCELLED = { code: 200, msg: 'The operation of cancel all open order is done.' } as const;

export function orderRoutes(desk: Desk): Route[] {
  const { venue } = desk;
  const rows = (orders: readonly SimOrder[]): unknown[] =>
    orders.map((order) => orderRow(order, precisionFor(desk, order.symbol)));
  return [
    { method: 'POST', path: '/fapi/v1/order', ...ORDERING, weight: weighs(0), handle: ({ params }) => placeOrder(desk, params) },
    { method: 'DELETE', path: '/fapi/v1/order', ...SIGNED, weight: weighs(1), handle: ({ params }) => cancelOrder(desk, params) },
    {
      method: 'GET',
      path: '/fapi/v1/order',
      ...SIGNED,
      weight: weighs(1),
      handle: ({ params }) => rows([granted(venue.order(orderKey(desk, params)))])[0],
    },
    {
      method: 'GET',
      path: '/fapi/v1/openOrder',
      ...SIGNED,
      weight: weighs(1),
      handle: ({ params }) => rows([openOrder(desk, params)])[0],
    },
    {
      method: 'GET',
      path: '/fapi/v1/openOrders',
      ...SIGNED,
      weight: weighsBySymbol(1, 40),
      handle: ({ params }) => rows(venue.openOrders(optionalSymbol(desk, params))),
    },
    { method: 'GET', path: '/fapi/v1/allOrders', ...SIGNED, weight: weighs(5), handle: ({ params }) => allOrders(desk, params) },
    {
      method: 'DELETE',
      path: '/fapi/v1/allOpenOrders',
      ...SIGNED,
      weight: weighs(1),
      handle: ({ params }) => cancelAll(desk, params),
    },
    { method: 'GET', path: '/fapi/v1/rateLimit/order', ...SIGNED, weight: weighs(1), handle: () => ORDER_LIMITS },
    {
      method: 'POST',
      path: '/fapi/v1/listenKey',
      ...KEYED,
      weight: weighs(1),
      handle: () => ({ listenKey: desk.userStream.open(desk.now()) }),
    },
    {
      method: 'PUT',
      path: '/fapi/v1/listenKey',
      ...KEYED,
      weight: weighs(1),
      handle: () => ({ listenKey: desk.userStream.extend(desk.now()) }),
    },
    { method: 'DELETE', path: '/fapi/v1/listenKey', ...KEYED, weight: weighs(1), handle: () => closeListenKey(desk) },
  ];
}

const ORDER_LIMITS = [
  { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: ORDERS_PER_10_SECONDS },
  { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: ORDERS_PER_MINUTE },
];

export function precisionFor(desk: Desk, symbol: string): Precision {
  return precisionOf(desk.view.contract(desk.view.numberOf(symbol) ?? symbolNumber(desk, symbol)));
}

/** Undefined where the caller asks for all symbols. */
export function optionalSymbol(desk: Desk, params: Params): string | undefined {
  const symbol = params.text('symbol');
  if (symbol === null) return undefined;
  symbolNumber(desk, symbol);
  return symbol;
}

/** Only what was sent is handed on: an absent parameter and an empty one mean different codes. */
export const sent = <Name extends string, Value>(name: Name, value: Value | null): { readonly [Key in Name]?: Value } =>
  (value === null ? {} : { [name]: value }) as { readonly [Key in Name]?: Value };

export function placeOrder(desk: Desk, params: Params): unknown {
  const answer = checkOrder(desk, params);
  const order = granted(desk.venue.placeOrder(orderRequest(params), epochMs(desk.now())));
  const precision = precisionFor(desk, order.symbol);
  return orderAck(answer === 'RESULT' ? order : unmatched(order), precision);
}

/** What the door itself judges; prices the symbol. Answers the kind of answer that is wanted. */
export function checkOrder(desk: Desk, params: Params): 'ACK' | 'RESULT' {
  checkNames(params, 'order');
  const index = symbolNumber(desk, params.required('symbol'));
  const answer = params.text('newOrderRespType') ?? 'ACK';
  if (answer !== 'ACK' && answer !== 'RESULT') throw new VenueRefusal(-1136, 'Invalid newOrderRespType.');
  refuseUnsigned(desk, index);
  desk.price(index);
  return answer;
}

/** Contracts on stocks, metals and the like need a signature first (POST stock/contract); closing never does. */
export function refuseUnsigned(desk: Desk, index: number): void {
  const contract = desk.view.contract(index);
  if (contract.contractType !== 'TRADIFI_PERPETUAL' || desk.venue.tradFiAgreement === 'signed') return;
  if (desk.venue.positions().some((row) => row.symbol === contract.symbol && Number(row.signedQty) !== 0)) return;
  throw new VenueRefusal(-4411, 'Please sign TradFi-Perps agreement contract.');
}

export const orderRequest = (params: Params): SimOrderRequest => ({
  symbol: params.required('symbol'),
  side: params.required('side'),
  type: params.required('type'),
  ...sent('positionSide', params.text('positionSide')),
  ...sent('timeInForce', params.text('timeInForce')),
  ...sent('quantity', params.text('quantity')),
  ...sent('price', params.text('price')),
  ...sent('reduceOnly', reduceOnlyOf(params)),
  ...sent('newClientOrderId', params.text('newClientOrderId')),
  ...sent('priceMatch', params.text('priceMatch')),
  ...sent('selfTradePreventionMode', params.text('selfTradePreventionMode')),
  ...sent('goodTillDate', params.integer('goodTillDate')),
});

export function orderKey(desk: Desk, params: Params): SimOrderKey {
  const symbol = params.required('symbol');
  symbolNumber(desk, symbol);
  const orderId = params.integer('orderId');
  const clientOrderId = params.text('origClientOrderId');
  if (orderId === null && clientOrderId === null) throw missingParameter('orderId');
  return { symbol, ...(orderId === null ? sent('clientOrderId', clientOrderId) : { orderId }) };
}

export function cancelOrder(desk: Desk, params: Params): unknown {
  const order = granted(desk.venue.cancelOrder(orderKey(desk, params), epochMs(desk.now())));
  return orderAck(order, precisionFor(desk, order.symbol));
}

/** Answers -2013 as soon as the order is filled or cancelled. */
function openOrder(desk: Desk, params: Params): SimOrder {
  const order = granted(desk.venue.order(orderKey(desk, params)));
  if (order.status === 'NEW' || order.status === 'PARTIALLY_FILLED') return order;
  throw new VenueRefusal(-2013, 'Order does not exist.');
}

function allOrders(desk: Desk, params: Params): unknown[] {
  const symbol = optionalSymbol(desk, params);
  const orderId = params.integer('orderId');
  const query = {
    limit: Math.min(params.integer('limit') ?? 500, 1_000),
    ...(symbol === undefined ? {} : { symbol }),
    ...(orderId === null ? timeWindow(desk, params) : { orderId }),
  };
  return desk.venue.allOrders(query).map((order) => {
    const contract = desk.view.contract(desk.view.numberOf(order.symbol) ?? symbolNumber(desk, order.symbol));
    return { ...orderRow(order, precisionOf(contract)), cumBase: order.executedQty, pair: contract.pair };
  });
}

function cancelAll(desk: Desk, params: Params): unknown {
  const symbol = params.required('symbol');
  symbolNumber(desk, symbol);
  granted(desk.venue.cancelAllOrders(symbol, epochMs(desk.now())));
  return ALL_CANCELLED;
}

function closeListenKey(desk: Desk): unknown {
  desk.userStream.close();
  return {};
}
