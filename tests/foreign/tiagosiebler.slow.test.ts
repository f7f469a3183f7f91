// Foreign clients: `binance` (tiagosiebler), the most used one of the community for Node, against the embedded exchange.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Heard } from './heard.ts';
import { ensureForeign, installedVersion, loadForeign, pinned } from './install.ts';
import type { Meeting, Params, RawClient, RestCall, WsCall } from './raw-client.ts';
import { conditionalTests } from './raw-conditionals.ts';
import { marketTests } from './raw-market.ts';
import { orderTests } from './raw-orders.ts';
import { MARKET_STREAMS, PUBLIC_STREAMS, streamTests, userStreamTests, wsApiTests } from './raw-streams.ts';
import { Tally } from './tally.ts';
import { openVenue, type Venue } from './venue.ts';

const PACKAGE = 'binance';
const LEAST_COMPARISONS = 60;
// A client that waits for a socket waits for ever.
vi.setConfig({ testTimeout: 20_000 });

type Methods = Record<string, (...args: unknown[]) => Promise<unknown>>;
interface Sockets {
  on(event: 'message' | 'exception', heard: (message: unknown) => void): void;
  subscribe(streams: readonly string[], root: string): Promise<unknown>;
  subscribeUsdFuturesUserDataStream(): Promise<unknown>;
  closeAll(force: boolean): void;
}
interface Exports {
  readonly USDMClient: new (options: unknown) => Methods;
  readonly WebsocketClient: new (options: unknown, logger: unknown) => Sockets;
  readonly WebsocketAPIClient: new (options: unknown, logger: unknown) => Methods & { disconnectAll(): Promise<void> };
  readonly WS_KEY_MAP: Readonly<Record<'usdmMarket' | 'usdmPublic', string>>;
}

const REST: Record<RestCall, string> = {
  ping: 'testConnectivity',
  time: 'getServerTime',
  exchangeInfo: 'getExchangeInfo',
  klines: 'getKlines',
  continuousKlines: 'getContinuousContractKlines',
  markPriceKlines: 'getMarkPriceKlines',
  premiumIndex: 'getMarkPrice',
  ticker24hr: 'get24hrChangeStatistics',
  bookTicker: 'getSymbolOrderBookTicker',
  priceV2: 'getSymbolPriceTickerV2',
  depth: 'getOrderBook',
  aggTrades: 'getAggregateTrades',
  fundingRate: 'getFundingRateHistory',
  fundingInfo: 'getFundingRates',
  openInterest: 'getOpenInterest',
  balance: 'getBalanceV3',
  account: 'getAccountInformationV3',
  accountConfig: 'getFuturesAccountConfig',
  symbolConfig: 'getFuturesSymbolConfig',
  positionMode: 'getCurrentPositionMode',
  multiAssets: 'getMultiAssetsMode',
  brackets: 'getNotionalAndLeverageBrackets',
  commissionRate: 'getAccountCommissionRate',
  setLeverage: 'setLeverage',
  setMarginType: 'setMarginType',
  positions: 'getPositionsV3',
  income: 'getIncomeHistory',
  userTrades: 'getAccountTrades',
  placeOrder: 'submitNewOrder',
  testOrder: 'testOrder',
  modifyOrder: 'modifyOrder',
  cancelOrder: 'cancelOrder',
  queryOrder: 'getOrder',
  openOrder: 'getCurrentOpenOrder',
  openOrders: 'getAllOpenOrders',
  allOrders: 'getAllOrders',
  cancelAllOrders: 'cancelAllOpenOrders',
  placeBatch: 'submitMultipleOrders',
  cancelBatch: 'cancelMultipleOrders',
  countdown: 'setCancelOrdersOnTimeout',
  placeAlgo: 'submitNewAlgoOrder',
  cancelAlgo: 'cancelAlgoOrder',
  queryAlgo: 'getAlgoOrder',
  openAlgos: 'getOpenAlgoOrders',
  allAlgos: 'getAllAlgoOrders',
  cancelAllAlgos: 'cancelAllAlgoOpenOrders',
};

/** Those that serve two venues are told which one first. */
const WS: Record<WsCall, readonly [method: string, ...venue: readonly 'usdm'[]]> = {
  orderBook: ['getFuturesOrderBook'],
  price: ['getFuturesSymbolPriceTicker'],
  book: ['getFuturesSymbolOrderBookTicker'],
  place: ['submitNewFuturesOrder', 'usdm'],
  modify: ['modifyFuturesOrder', 'usdm'],
  status: ['getFuturesOrderStatus', 'usdm'],
  cancel: ['cancelFuturesOrder', 'usdm'],
  placeAlgo: ['submitNewFuturesAlgoOrder'],
  cancelAlgo: ['cancelFuturesAlgoOrder'],
  balance: ['getFuturesAccountBalanceV2'],
  account: ['getFuturesAccountStatusV2'],
  positions: ['getFuturesPositionV2'],
};

const PUBLIC_CALLS: readonly WsCall[] = ['orderBook', 'price', 'book'];

// Connections that come and go are told on the console otherwise.
const quiet = (): void => undefined;
const LOGGER = { trace: quiet, info: quiet, error: quiet };

class TiagosieblerClient implements RawClient {
  readonly #exports = loadForeign<Exports>(PACKAGE);
  readonly #rest: Methods;
  readonly #sockets: Sockets;
  readonly #api: Methods & { disconnectAll(): Promise<void> };

  constructor(venue: Venue) {
    const { restUrl, wsUrl, apiKey, apiSecret } = venue.exchange;
    const { USDMClient, WebsocketClient, WebsocketAPIClient } = this.#exports;
    const keys = { api_key: apiKey, api_secret: apiSecret };
    this.#rest = new USDMClient({ ...keys, baseUrl: restUrl, beautifyResponses: false });
    this.#sockets = new WebsocketClient({ ...keys, beautify: false, wsUrl, restOptions: { baseUrl: restUrl } }, LOGGER);
    this.#api = new WebsocketAPIClient({ ...keys, wsUrl }, LOGGER);
  }

  async rest(call: RestCall, params?: Params): Promise<unknown> {
    // This one takes the list itself.
    const sent = call === 'placeBatch' ? params?.['batchOrders'] : params;
    return this.#rest[REST[call]]!(sent === undefined ? undefined : structuredClone(sent));
  }

  async refusalOf(call: RestCall, params: Params): Promise<number> {
    try {
      await this.rest(call, params);
    } catch (refusal) {
      return Number((refusal as { readonly code?: unknown }).code);
    }
    throw new Error(`${call} was not refused`);
  }

  async ws(call: WsCall, params: Params = {}): Promise<unknown> {
    const [method, ...venue] = WS[call];
    const sent = PUBLIC_CALLS.includes(call) ? params : { ...params, timestamp: Date.now() };
    const answer = (await this.#api[method]!(...venue, sent)) as { readonly result: unknown };
    return answer.result;
  }

  async listen(): Promise<{ readonly market: Heard; readonly user: Heard }> {
    const [market, user] = [new Heard(), new Heard()];
    const { usdmMarket, usdmPublic } = this.#exports.WS_KEY_MAP;
    this.#sockets.on('message', (message) => (isPrivate(message) ? user : market).add(message));
    await this.#sockets.subscribe([...MARKET_STREAMS], usdmMarket);
    await this.#sockets.subscribe([...PUBLIC_STREAMS], usdmPublic);
    await this.#sockets.subscribeUsdFuturesUserDataStream();
    return { market, user };
  }

  async close(): Promise<void> {
    this.#sockets.closeAll(true);
    await this.#api.disconnectAll();
  }
}

/** One event carries the messages of all sockets; the account's have names in capitals. */
const isPrivate = (message: unknown): boolean => /^[A-Z_]+$/.test(String((message as { readonly e?: unknown }).e ?? ''));

describe('the community client on the embedded exchange', () => {
  let meeting: Meeting;
  let heard: { readonly market: Heard; readonly user: Heard };

  beforeAll(async () => {
    await ensureForeign();
    const venue = await openVenue();
    meeting = { venue, client: new TiagosieblerClient(venue), tally: new Tally() };
    heard = await meeting.client.listen();
  }, 300_000);

  afterAll(async () => {
    await meeting?.client.close();
    await meeting?.venue.close();
  });

  const met = (): Meeting => meeting;
  it('is the pinned version', () => expect(installedVersion(PACKAGE)).toBe(pinned()[PACKAGE]));
  marketTests(met);
  streamTests(met, () => heard.market);
  orderTests(met);
  wsApiTests(met);
  conditionalTests(met);
  userStreamTests(met, () => heard.user);

  it(`compared at least ${LEAST_COMPARISONS} answers, and the exchange failed at none`, async () => {
    expect(meeting.tally.count).toBeGreaterThanOrEqual(LEAST_COMPARISONS);
    expect((await meeting.venue.state()).failures).toEqual({ count: 0, last: null });
  });
});
