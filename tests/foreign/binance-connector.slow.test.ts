// Foreign clients: the venue's own connector, @binance/derivatives-trading-usds-futures, against the embedded exchange.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Heard } from './heard.ts';
import { ensureForeign, installedVersion, loadForeign, pinned } from './install.ts';
import type { Meeting, Params, RawClient, RestCall, WsCall } from './raw-client.ts';
import { conditionalTests } from './raw-conditionals.ts';
import { marketTests } from './raw-market.ts';
import { orderTests } from './raw-orders.ts';
import { streamTests, userStreamTests, wsApiTests } from './raw-streams.ts';
import { Tally } from './tally.ts';
import { openVenue, type Venue } from './venue.ts';

const PACKAGE = '@binance/derivatives-trading-usds-futures';
const LEAST_COMPARISONS = 60;
// A client that waits for a socket waits for ever.
vi.setConfig({ testTimeout: 20_000 });

type RestMethods = Record<string, (params?: Params) => Promise<{ data(): Promise<unknown> }>>;
type ApiMethods = Record<string, (params?: Params) => Promise<{ readonly data: unknown }>> & { disconnect(): Promise<void> };
interface Stream {
  on(event: 'message', heard: (message: unknown) => void): void;
}
type StreamMethods = Record<string, (params: unknown) => Stream> & { disconnect(): Promise<void> };
interface Connector {
  readonly restAPI: RestMethods;
  readonly websocketAPI: { connect(): Promise<ApiMethods> };
  readonly websocketStreams: { connect(): Promise<StreamMethods> };
}
interface Exports {
  readonly DerivativesTradingUsdsFutures: new (options: unknown) => Connector;
}

const REST: Record<RestCall, string> = {
  ping: 'testConnectivity',
  time: 'checkServerTime',
  exchangeInfo: 'exchangeInformation',
  klines: 'klineCandlestickData',
  continuousKlines: 'continuousContractKlineCandlestickData',
  markPriceKlines: 'markPriceKlineCandlestickData',
  premiumIndex: 'markPrice',
  ticker24hr: 'ticker24hrPriceChangeStatistics',
  bookTicker: 'symbolOrderBookTicker',
  priceV2: 'symbolPriceTickerV2',
  depth: 'orderBook',
  aggTrades: 'compressedAggregateTradesList',
  fundingRate: 'getFundingRateHistory',
  fundingInfo: 'getFundingRateInfo',
  openInterest: 'openInterest',
  balance: 'futuresAccountBalanceV3',
  account: 'accountInformationV3',
  accountConfig: 'futuresAccountConfiguration',
  symbolConfig: 'symbolConfiguration',
  positionMode: 'getCurrentPositionMode',
  multiAssets: 'getCurrentMultiAssetsMode',
  brackets: 'notionalAndLeverageBrackets',
  commissionRate: 'userCommissionRate',
  setLeverage: 'changeInitialLeverage',
  setMarginType: 'changeMarginType',
  positions: 'positionInformationV3',
  income: 'getIncomeHistory',
  userTrades: 'accountTradeList',
  placeOrder: 'newOrder',
  testOrder: 'testOrder',
  modifyOrder: 'modifyOrder',
  cancelOrder: 'cancelOrder',
  queryOrder: 'queryOrder',
  openOrder: 'queryCurrentOpenOrder',
  openOrders: 'currentAllOpenOrders',
  allOrders: 'allOrders',
  cancelAllOrders: 'cancelAllOpenOrders',
  placeBatch: 'placeMultipleOrders',
  cancelBatch: 'cancelMultipleOrders',
  countdown: 'autoCancelAllOpenOrders',
  placeAlgo: 'newAlgoOrder',
  cancelAlgo: 'cancelAlgoOrder',
  queryAlgo: 'queryAlgoOrder',
  openAlgos: 'currentAllAlgoOpenOrders',
  allAlgos: 'queryAllAlgoOrders',
  cancelAllAlgos: 'cancelAllAlgoOpenOrders',
};

const WS: Record<WsCall, string> = {
  orderBook: 'orderBook',
  price: 'symbolPriceTicker',
  book: 'symbolOrderBookTicker',
  place: 'newOrder',
  modify: 'modifyOrder',
  status: 'queryOrder',
  cancel: 'cancelOrder',
  placeAlgo: 'newAlgoOrder',
  cancelAlgo: 'cancelAlgoOrder',
  balance: 'futuresAccountBalanceV2',
  account: 'accountInformationV2',
  positions: 'positionInformationV2',
};

/** Streams have methods of their own; together they are MARKET_STREAMS and PUBLIC_STREAMS. */
const STREAMS: readonly (readonly [string, Params])[] = [
  ['klineCandlestickStreams', { symbol: 'btcusdt', interval: '1m' }],
  ['markPriceStream', { symbol: 'btcusdt', updateSpeed: '1s' }],
  ['markPriceStreamForAllMarket', { updateSpeed: '1s' }],
  ['aggregateTradeStreams', { symbol: 'btcusdt' }],
  ['individualSymbolTickerStreams', { symbol: 'btcusdt' }],
  ['individualSymbolMiniTickerStream', { symbol: 'btcusdt' }],
  ['individualSymbolBookTickerStreams', { symbol: 'btcusdt' }],
  ['partialBookDepthStreams', { symbol: 'btcusdt', levels: 5, updateSpeed: '100ms' }],
  ['diffBookDepthStreams', { symbol: 'ethusdt', updateSpeed: '100ms' }],
];

class ConnectorClient implements RawClient {
  readonly #connector: Connector;
  #streams: StreamMethods | null = null;
  #api: ApiMethods | null = null;

  constructor(venue: Venue) {
    const { restUrl, wsUrl, apiKey, apiSecret } = venue.exchange;
    // The connector tells of each connection on the console otherwise.
    process.env['LOG_LEVEL'] ??= 'error';
    const { DerivativesTradingUsdsFutures } = loadForeign<Exports>(PACKAGE);
    this.#connector = new DerivativesTradingUsdsFutures({
      configurationRestAPI: { apiKey, apiSecret, basePath: restUrl, timeout: 5000, retries: 0 },
      configurationWebsocketStreams: { wsURL: wsUrl },
      configurationWebsocketAPI: { apiKey, apiSecret, wsURL: `${wsUrl}/ws-fapi/v1` },
    });
  }

  async rest(call: RestCall, params?: Params): Promise<unknown> {
    // Called as a method: the connector's classes lose themselves otherwise.
    const answer = await this.#connector.restAPI[REST[call]]!(params);
    return answer.data();
  }

  async refusalOf(call: RestCall, params: Params): Promise<number> {
    try {
      await this.rest(call, params);
    } catch (refusal) {
      return Number((refusal as { readonly code?: unknown }).code);
    }
    throw new Error(`${call} was not refused`);
  }

  async ws(call: WsCall, params?: Params): Promise<unknown> {
    this.#api ??= await this.#connector.websocketAPI.connect();
    return (await this.#api[WS[call]]!(params)).data;
  }

  async listen(): Promise<{ readonly market: Heard; readonly user: Heard }> {
    const [market, user] = [new Heard(), new Heard()];
    const streams = await this.#connector.websocketStreams.connect();
    this.#streams = streams;
    const started = await this.#connector.restAPI['startUserDataStream']!();
    const { listenKey } = (await started.data()) as { listenKey: string };
    streams['userData']!(listenKey).on('message', (message) => user.add(message));
    for (const [method, params] of STREAMS) streams[method]!(params).on('message', (message) => market.add(message));
    return { market, user };
  }

  async close(): Promise<void> {
    await this.#streams?.disconnect();
    await this.#api?.disconnect();
  }
}

describe('the official connector on the embedded exchange', () => {
  let meeting: Meeting;
  let heard: { readonly market: Heard; readonly user: Heard };

  beforeAll(async () => {
    await ensureForeign();
    const venue = await openVenue();
    meeting = { venue, client: new ConnectorClient(venue), tally: new Tally() };
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
