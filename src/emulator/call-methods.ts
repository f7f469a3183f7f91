// Emulator, WS-API: its methods as the REST routes that do the same work (§1.4).

export interface CallTarget {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
}

/** Methods without `v2/` answer in the older shape. */
export const CALL_METHODS: ReadonlyMap<string, CallTarget> = new Map<string, CallTarget>([
  ['order.place', { method: 'POST', path: '/fapi/v1/order' }],
  ['order.modify', { method: 'PUT', path: '/fapi/v1/order' }],
  ['order.cancel', { method: 'DELETE', path: '/fapi/v1/order' }],
  ['order.status', { method: 'GET', path: '/fapi/v1/order' }],
  ['algoOrder.place', { method: 'POST', path: '/fapi/v1/algoOrder' }],
  ['algoOrder.cancel', { method: 'DELETE', path: '/fapi/v1/algoOrder' }],
  ['account.status', { method: 'GET', path: '/fapi/v2/account' }],
  ['v2/account.status', { method: 'GET', path: '/fapi/v3/account' }],
  ['account.balance', { method: 'GET', path: '/fapi/v2/balance' }],
  ['v2/account.balance', { method: 'GET', path: '/fapi/v3/balance' }],
  ['account.position', { method: 'GET', path: '/fapi/v2/positionRisk' }],
  ['v2/account.position', { method: 'GET', path: '/fapi/v3/positionRisk' }],
  ['depth', { method: 'GET', path: '/fapi/v1/depth' }],
  ['ticker.price', { method: 'GET', path: '/fapi/v2/ticker/price' }],
  ['ticker.book', { method: 'GET', path: '/fapi/v1/ticker/bookTicker' }],
  ['userDataStream.start', { method: 'POST', path: '/fapi/v1/listenKey' }],
  ['userDataStream.ping', { method: 'PUT', path: '/fapi/v1/listenKey' }],
  ['userDataStream.stop', { method: 'DELETE', path: '/fapi/v1/listenKey' }],
]);
