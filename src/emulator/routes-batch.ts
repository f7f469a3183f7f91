// Emulator, REST: several orders in one request (§6.2). Each element is judged by itself: the answer is 200 with a list in
// the order of the request, in which a refusal stands where its order would be.
import type { Desk } from './desk.ts';
import { Params } from './request.ts';
import { BATCHING, type Route, SIGNED, weighs } from './route.ts';
import { modifyOrder } from './routes-changes.ts';
import { cancelOrder, placeOrder } from './routes-orders.ts';
import { symbolNumber } from './symbol-number.ts';
import { invalidParameter, missingParameter, VenueRefusal } from './venue-error.ts';

const ORDERS_PER_BATCH = 5;
const CANCELS_PER_BATCH = 10;

export function batchRoutes(desk: Desk): Route[] {
  const path = '/fapi/v1/batchOrders';
  return [
    {
      method: 'POST',
      path,
      ...BATCHING,
      weight: weighs(5),
      handle: ({ params }) => orderList(params).map((element) => judged(() => placeOrder(desk, element))),
    },
    {
      method: 'PUT',
      path,
      ...BATCHING,
      weight: weighs(5),
      handle: ({ params }) => orderList(params).map((element) => judged(() => modifyOrder(desk, element))),
    },
    { method: 'DELETE', path, ...SIGNED, weight: weighs(1), handle: ({ params }) => cancelList(desk, params) },
  ];
}

/** An element's refusal is its answer; a failure of ours is still a failure. */
function judged(work: () => unknown): unknown {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof VenueRefusal)) throw cause;
    return { code: cause.code, msg: cause.message };
  }
}

function orderList(params: Params): readonly Params[] {
  const elements = listOf(params, 'batchOrders');
  if (elements === null) throw missingParameter('batchOrders');
  if (elements.length === 0 || elements.length > ORDERS_PER_BATCH)
    throw new VenueRefusal(-4082, 'Invalid number of batch place orders.');
  return elements.map((element) => {
    if (typeof element !== 'object' || element === null || Array.isArray(element)) throw invalidParameter('batchOrders');
    return Params.of({ ...element });
  });
}

/** Null where it was not sent. Some clients write the names of these lists in lower case. */
function listOf(params: Params, name: string): readonly unknown[] | null {
  const text = params.anyCase(name);
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw invalidParameter(name);
}

function cancelList(desk: Desk, params: Params): unknown[] {
  const symbol = params.required('symbol');
  symbolNumber(desk, symbol);
  const ids = listOf(params, 'orderIdList');
  const clientIds = listOf(params, 'origClientOrderIdList');
  const keys = ids?.map((orderId) => ({ symbol, orderId })) ?? clientIds?.map((id) => ({ symbol, origClientOrderId: id }));
  if (keys === undefined) throw missingParameter('orderIdList');
  if (keys.length === 0 || keys.length > CANCELS_PER_BATCH) throw new VenueRefusal(-4032, 'Exceed maximum cancel order size.');
  return keys.map((key) => judged(() => cancelOrder(desk, Params.of(key))));
}
