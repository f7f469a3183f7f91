// Floor 2, the simulated venue: taking ordinary orders back, and finding one.
import type { EpochMs } from '../core/units.ts';
import { CANCELED, concludeOrder, endOrder } from './execution.ts';
import { reject } from './rejection.ts';
import type { VenueState } from './state.ts';
import type { SimOrder, SimOrderKey, SimResult } from './types.ts';

export function findOrder(state: VenueState, key: SimOrderKey): SimOrder | null {
  if (key.orderId === undefined)
    return key.clientOrderId === undefined ? null : state.orderByClient(key.symbol, key.clientOrderId);
  const found = state.orders.get(key.orderId);
  return found?.symbol === key.symbol ? found : null;
}

/** -2011 for an unknown order and for one that is finished: the venue does not say which. */
export function cancelOrder(state: VenueState, key: SimOrderKey, atMs: EpochMs): SimResult<SimOrder> {
  const order = findOrder(state, key);
  if (order === null || (order.status !== 'NEW' && order.status !== 'PARTIALLY_FILLED')) return reject(-2011);
  const canceled = endOrder(state, order, CANCELED, atMs);
  concludeOrder(state, canceled, atMs);
  return { ok: true, value: canceled };
}

export function cancelAllOrders(state: VenueState, symbol: string, atMs: EpochMs): SimResult<readonly SimOrder[]> {
  if (state.contract(symbol) === null) return reject(-1121);
  const canceled = state.openOrders(symbol).map((order) => endOrder(state, order, CANCELED, atMs));
  for (const order of canceled) concludeOrder(state, order, atMs);
  return { ok: true, value: canceled };
}
