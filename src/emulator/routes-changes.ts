// Emulator, REST: what happens to orders besides placing and cancelling — changes, trials, the dead-man switch — and the
// lists that tell of it (§6.2).
import { epochMs } from '../core/units.ts';
import type { SimAmendment, SimOrder } from '../sim/types.ts';
import type { Desk } from './desk.ts';
import { orderAck, orderRow } from './order-json.ts';
import { checkNames, reduceOnlyOf } from './order-params.ts';
import type { Params } from './request.ts';
import { ORDERING, type Route, SIGNED, weighs } from './route.ts';
import { granted, timeWindow } from './routes-account.ts';
import { checkOrder, optionalSymbol, orderKey, orderRequest, precisionFor, sent } from './routes-orders.ts';
import { symbolNumber } from './symbol-number.ts';
import { invalidParameter, missingParameter } from './venue-error.ts';
import { pad } from './wire-number.ts';

export function changeRoutes(desk: Desk): Route[] {
  const signed = (method: Route['method'], path: string, weight: Route['weight'], handle: Route['handle']): Route => ({
    method,
    path,
    ...SIGNED,
    weight,
    handle,
  });
  const forceWeight: Route['weight'] = (params) => (params.text('symbol') === null ? 50 : 20);
  return [
    {
      method: 'PUT',
      path: '/fapi/v1/order',
      ...ORDERING,
      weight: weighs(0),
      handle: ({ params }) => modifyOrder(desk, params),
    },
    signed('POST', '/fapi/v1/order/test', weighs(1), ({ params }) => testOrder(desk, params)),
    signed('POST', '/fapi/v1/countdownCancelAll', weighs(10), ({ params }) => countdown(desk, params)),
    signed('GET', '/fapi/v1/orderAmendment', weighs(1), ({ params }) => amendments(desk, params)),
    signed('GET', '/fapi/v1/forceOrders', forceWeight, ({ params }) => forceOrders(desk, params)),
  ];
}

/** Quantity and price are both wanted, the price as a figure or as a place in the book. */
export function modifyOrder(desk: Desk, params: Params): unknown {
  checkNames(params, 'change');
  const key = orderKey(desk, params);
  desk.price(symbolNumber(desk, key.symbol));
  const change = {
    side: params.required('side'),
    ...sent('quantity', params.text('quantity')),
    ...sent('price', params.text('price')),
    ...sent('priceMatch', params.text('priceMatch')),
    ...sent('reduceOnly', reduceOnlyOf(params)),
  };
  const order = granted(desk.venue.modifyOrder(key, change, epochMs(desk.now())));
  return orderAck(order, precisionFor(desk, order.symbol));
}

function testOrder(desk: Desk, params: Params): unknown {
  checkOrder(desk, params);
  const order = granted(desk.venue.testOrder(orderRequest(params), epochMs(desk.now())));
  return orderAck(order, precisionFor(desk, order.symbol));
}

function countdown(desk: Desk, params: Params): unknown {
  const symbol = params.required('symbol');
  symbolNumber(desk, symbol);
  const lengthMs = params.integer('countdownTime');
  if (lengthMs === null) throw missingParameter('countdownTime');
  granted(desk.venue.setCountdown(symbol, lengthMs, epochMs(desk.now())));
  return { symbol, countdownTime: String(lengthMs) };
}

function amendments(desk: Desk, params: Params): unknown[] {
  const symbol = params.required('symbol');
  const index = symbolNumber(desk, symbol);
  const { pair } = desk.view.contract(index);
  const orderId = params.integer('orderId');
  const clientId = params.text('origClientOrderId');
  const startMs = params.integer('startTime') ?? 0;
  const endMs = params.integer('endTime') ?? desk.now();
  return desk.venue
    .orderChanges()
    .filter((change) => change.symbol === symbol && change.atMs >= startMs && change.atMs <= endMs)
    .filter((change) => (orderId === null ? clientId === null || change.clientOrderId === clientId : change.orderId === orderId))
    .slice(-Math.min(params.integer('limit') ?? 50, 100))
    .reverse()
    .map((change) => amendmentRow(desk, change, pair));
}

function amendmentRow(desk: Desk, change: SimAmendment, pair: string): Record<string, unknown> {
  const precision = precisionFor(desk, change.symbol);
  return {
    amendmentId: change.amendmentId,
    symbol: change.symbol,
    pair,
    orderId: change.orderId,
    clientOrderId: change.clientOrderId,
    time: change.atMs,
    amendment: {
      price: { before: pad(change.priceBefore, precision.price), after: pad(change.priceAfter, precision.price) },
      origQty: {
        before: pad(change.quantityBefore, precision.quantity),
        after: pad(change.quantityAfter, precision.quantity),
      },
      count: change.count,
    },
  };
}

const CLOSE_TYPES: Readonly<Record<string, string>> = { LIQUIDATION: 'autoclose-', ADL: 'adl_autoclose' };

/** Orders that the venue itself wrote into the account: liquidation and deleveraging. */
function forceOrders(desk: Desk, params: Params): unknown[] {
  const symbol = optionalSymbol(desk, params);
  const wanted = params.text('autoCloseType');
  if (wanted !== null && CLOSE_TYPES[wanted] === undefined) throw invalidParameter('autoCloseType');
  const prefixes = wanted === null ? Object.values(CLOSE_TYPES) : [CLOSE_TYPES[wanted] ?? ''];
  const limit = Math.min(params.integer('limit') ?? (symbol === undefined ? 50 : 100), 100);
  const forced = (order: SimOrder): boolean => prefixes.some((prefix) => order.clientOrderId.startsWith(prefix));
  return desk.venue
    .allOrders({ ...timeWindow(desk, params), ...(symbol === undefined ? {} : { symbol }) })
    .filter(forced)
    .slice(-limit)
    .map((order) => orderRow(order, precisionFor(desk, order.symbol)));
}
