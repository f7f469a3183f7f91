// Foreign clients, what two of the three have in common: each road of the venue is one method, and answers keep the wire's
// names. A suite says which method that is; the rest of a test is then the same for both.
import type { Heard } from './heard.ts';
import type { Tally } from './tally.ts';
import type { Venue } from './venue.ts';

export type Params = Readonly<Record<string, unknown>>;

/** Roads that take their parameters as the venue names them. */
export type RestCall =
  | 'ping'
  | 'time'
  | 'exchangeInfo'
  | 'klines'
  | 'continuousKlines'
  | 'markPriceKlines'
  | 'premiumIndex'
  | 'ticker24hr'
  | 'bookTicker'
  | 'priceV2'
  | 'depth'
  | 'aggTrades'
  | 'fundingRate'
  | 'fundingInfo'
  | 'openInterest'
  | 'balance'
  | 'account'
  | 'accountConfig'
  | 'symbolConfig'
  | 'positionMode'
  | 'multiAssets'
  | 'brackets'
  | 'commissionRate'
  | 'setLeverage'
  | 'setMarginType'
  | 'positions'
  | 'income'
  | 'userTrades'
  | 'placeOrder'
  | 'testOrder'
  | 'modifyOrder'
  | 'cancelOrder'
  | 'queryOrder'
  | 'openOrder'
  | 'openOrders'
  | 'allOrders'
  | 'cancelAllOrders'
  | 'placeBatch'
  | 'cancelBatch'
  | 'countdown'
  | 'placeAlgo'
  | 'cancelAlgo'
  | 'queryAlgo'
  | 'openAlgos'
  | 'allAlgos'
  | 'cancelAllAlgos';

export type WsCall =
  | 'orderBook'
  | 'price'
  | 'book'
  | 'place'
  | 'modify'
  | 'status'
  | 'cancel'
  | 'placeAlgo'
  | 'cancelAlgo'
  | 'balance'
  | 'account'
  | 'positions';

export interface RawClient {
  rest(call: RestCall, params?: Params): Promise<unknown>;
  /** The venue's code of a call that must be refused. */
  refusalOf(call: RestCall, params: Params): Promise<number>;
  ws(call: WsCall, params?: Params): Promise<unknown>;
  /** Opens the sockets and subscribes; payloads arrive without their wrapping. */
  listen(): Promise<{ readonly market: Heard; readonly user: Heard }>;
  close(): Promise<void>;
}

/** What the tests of one client share, once it stands. */
export interface Meeting {
  readonly venue: Venue;
  readonly client: RawClient;
  readonly tally: Tally;
}

export type Met = () => Meeting;
