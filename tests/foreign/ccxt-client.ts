// Foreign clients, ccxt: the exchange class of the largest trading library, pointed at the embedded exchange, its own
// words and nothing of the wire. Its errors carry the venue's answer in their text.

import { loadForeign } from './install.ts';
import type { Row } from './tally.ts';
import type { Venue } from './venue.ts';

export const PACKAGE = 'ccxt';

type MethodName =
  | 'cancelAllOrders'
  | 'cancelOrder'
  | 'cancelOrderWs'
  | 'cancelOrders'
  | 'createOrder'
  | 'createOrderWs'
  | 'createOrders'
  | 'editOrder'
  | 'editOrderWs'
  | 'fetchBalance'
  | 'fetchBalanceWs'
  | 'fetchBidsAsks'
  | 'fetchFundingHistory'
  | 'fetchFundingIntervals'
  | 'fetchFundingRate'
  | 'fetchFundingRateHistory'
  | 'fetchLastPrices'
  | 'fetchLedger'
  | 'fetchLeverageTiers'
  | 'fetchLeverages'
  | 'fetchMarkPrice'
  | 'fetchMyTrades'
  | 'fetchOHLCV'
  | 'fetchOpenInterest'
  | 'fetchOpenOrder'
  | 'fetchOpenOrders'
  | 'fetchOrder'
  | 'fetchOrderBook'
  | 'fetchOrderBookWs'
  | 'fetchOrderWs'
  | 'fetchOrders'
  | 'fetchPositionMode'
  | 'fetchPositions'
  | 'fetchPositionsWs'
  | 'fetchTicker'
  | 'fetchTickerWs'
  | 'fetchTickers'
  | 'fetchTime'
  | 'fetchTrades'
  | 'fetchTradingFee'
  | 'loadHttpProxyAgent'
  | 'loadMarkets'
  | 'setLeverage'
  | 'setMarginMode'
  | 'watchBidsAsks'
  | 'watchMarkPrice'
  | 'watchMyTrades'
  | 'watchOHLCV'
  | 'watchOrderBook'
  | 'watchOrders'
  | 'watchPositions'
  | 'watchTicker'
  | 'watchTrades';

type Methods = Readonly<Record<MethodName, (...args: unknown[]) => Promise<unknown>>>;
export type CcxtExchange = Methods & {
  readonly urls: { api: Record<string, unknown> & { ws?: Record<string, unknown> & { 'ws-api': Record<string, string> } } };
  readonly markets: Readonly<Record<string, Row>>;
  /** Its sockets by address. */
  readonly clients: Readonly<Record<string, { isOpen(): boolean }>>;
  readonly close: () => Promise<void>;
};
type ExchangeClass = new (options: unknown) => CcxtExchange;
interface Exports {
  readonly binanceusdm: ExchangeClass;
  readonly pro: { readonly binanceusdm: ExchangeClass };
}

/** `rest` for calls, `pro` for what is watched. */
export function ccxtFor(venue: Venue): { readonly rest: CcxtExchange; readonly pro: CcxtExchange } {
  const ccxt = loadForeign<Exports>(PACKAGE);
  return { rest: local(ccxt.binanceusdm, venue), pro: local(ccxt.pro.binanceusdm, venue) };
}

function local(Exchange: ExchangeClass, venue: Venue): CcxtExchange {
  const { restUrl: h, wsUrl: w, apiKey, apiSecret } = venue.exchange;
  const options = { fetchCurrencies: false, fetchMarkets: { types: ['linear'] } };
  const exchange = new Exchange({ apiKey, secret: apiSecret, options });
  Object.assign(exchange.urls.api, {
    fapiPublic: `${h}/fapi/v1`,
    fapiPublicV2: `${h}/fapi/v2`,
    fapiPublicV3: `${h}/fapi/v3`,
    fapiPrivate: `${h}/fapi/v1`,
    fapiPrivateV2: `${h}/fapi/v2`,
    fapiPrivateV3: `${h}/fapi/v3`,
    fapiData: `${h}/futures/data`,
    sapi: `${h}/sapi/v1`,
    public: `${h}/api/v3`,
    private: `${h}/api/v3`,
  });
  const sockets = exchange.urls.api.ws;
  if (sockets !== undefined) {
    // It must end in /ws: ccxt puts the root before it.
    sockets['future'] = `${w}/ws`;
    sockets['ws-api']['future'] = `${w}/ws-fapi/v1`;
  }
  return exchange;
}

/** The venue's code inside a refused call's error. */
export async function refusalCode(call: Promise<unknown>): Promise<number> {
  try {
    await call;
  } catch (refusal) {
    const found = /"code":\s*"?(-?\d+)/.exec(refusal instanceof Error ? refusal.message : String(refusal));
    if (found === null) throw refusal;
    return Number(found[1]);
  }
  throw new Error('the call was not refused');
}

/** Settles when a socket to such an address is open. */
export async function socketOpen(exchange: CcxtExchange, part: string): Promise<void> {
  const startedMs = performance.now();
  for (;;) {
    if (Object.entries(exchange.clients).some(([url, client]) => url.includes(part) && client.isOpen())) return;
    if (performance.now() - startedMs > 10_000) throw new Error(`no socket to ${part} was opened`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Calls one watching method again and again and keeps what each call brings, until the exchange is closed. */
export class Watched {
  readonly rows: Row[] = [];
  #failure: unknown = null;
  #ended = false;

  constructor(watch: () => Promise<unknown>) {
    void this.#run(watch);
  }

  end(): void {
    this.#ended = true;
  }

  async first(what: string, wanted: (row: Row) => boolean, withinMs = 8_000): Promise<Row> {
    const startedMs = performance.now();
    for (;;) {
      const found = this.rows.find(wanted);
      if (found !== undefined) return found;
      if (this.#failure !== null) throw new Error(`${what}: the watch ended`, { cause: this.#failure });
      if (performance.now() - startedMs > withinMs) throw new Error(`${what} did not come; watched ${this.rows.length} rows`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async #run(watch: () => Promise<unknown>): Promise<void> {
    try {
      while (!this.#ended) {
        const brought = await watch();
        // ccxt changes its rows in place with the next message: what was told now is kept as it was.
        this.rows.push(...(structuredClone(Array.isArray(brought) ? [...brought] : [brought]) as Row[]));
      }
    } catch (cause) {
      // Closing the exchange rejects the watch that is waiting; that is its end and no failure.
      if (!this.#ended) this.#failure = cause;
    }
  }
}
