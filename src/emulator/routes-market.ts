// Emulator, REST: market data (binance-futures.md §4 and §5).

import { bestOf, bookLevels } from './book-json.ts';
import { dayTicker, dayTickers } from './day-ticker.ts';
import type { Desk } from './desk.ts';
import { ExchangeInfo } from './exchange-info.ts';
import { nextFundingMs } from './market-frames.ts';
import type { ExchangeRequest, Params } from './request.ts';
import { PUBLIC, type Route, weighs, weighsBySymbol } from './route.ts';
import { symbolNumber } from './symbol-number.ts';
import { VenueRefusal } from './venue-error.ts';
import { fixed } from './wire-number.ts';

const DEPTH_LIMITS: Readonly<Record<number, number>> = { 5: 2, 10: 2, 20: 2, 50: 2, 100: 5, 500: 10, 1000: 20 };

export interface MarketRoutesOptions {
  readonly desk: Desk;
  /** The venue's time as callers see it. */
  readonly serverNow: () => number;
}

export function marketRoutes({ desk, serverNow }: MarketRoutesOptions): Route[] {
  const info = new ExchangeInfo(desk);
  /** Answers made ahead, each for its own request. */
  const wholeMarket = new WeakMap<Params, string>();
  const get = (path: string, weight: Route['weight'], handle: Route['handle']): Route => ({
    method: 'GET',
    path,
    ...PUBLIC,
    weight,
    handle,
  });
  return [
    get('/fapi/v1/ping', weighs(1), () => '{}'),
    get('/fapi/v1/time', weighs(1), () => `{"serverTime":${serverNow()}}`),
    get('/fapi/v1/exchangeInfo', weighs(1), () => info.json()),
    {
      ...get(
        '/fapi/v1/ticker/24hr',
        weighsBySymbol(1, 40),
        (request) =>
          wholeMarket.get(request.params) ?? perSymbol(desk, request, (index) => dayTicker(desk.view, index, desk.now())),
      ),
      prepare: async (params) => {
        if (params.text('symbol') === null) wholeMarket.set(params, await dayTickers(desk));
      },
    },
    get('/fapi/v1/premiumIndex', weighsBySymbol(1, 10), (request) =>
      perSymbol(desk, request, (index) => premiumIndex(desk, index)),
    ),
    get('/fapi/v1/ticker/bookTicker', weighsBySymbol(2, 5), (request) =>
      perSymbol(desk, request, (index) => bookTicker(desk, index)),
    ),
    ...['/fapi/v1/ticker/price', '/fapi/v2/ticker/price'].map((path) =>
      get(path, weighsBySymbol(1, 2), (request) => perSymbol(desk, request, (index) => lastPrice(desk, index))),
    ),
    get(
      '/fapi/v1/depth',
      (params) => DEPTH_LIMITS[params.integer('limit') ?? 500] ?? 10,
      (request) => depth(desk, request.params),
    ),
  ];
}

/** One object with a symbol, an array of all listed contracts without. */
export function perSymbol(desk: Desk, request: ExchangeRequest, row: (index: number) => unknown): unknown {
  const symbol = request.params.text('symbol');
  if (symbol !== null) return row(symbolNumber(desk, symbol));
  const atMs = desk.now();
  return desk.view.source.contracts.flatMap((_, index) => (desk.view.listed(index, atMs) ? [row(index)] : []));
}

function premiumIndex(desk: Desk, index: number): Record<string, unknown> {
  const atMs = desk.now();
  const contract = desk.view.contract(index);
  const mark = fixed(desk.view.mark(index, atMs), 8);
  return {
    symbol: contract.symbol,
    markPrice: mark,
    indexPrice: mark,
    estimatedSettlePrice: mark,
    lastFundingRate: fixed(desk.view.fundingRate(index, atMs), 8),
    interestRate: '0.00010000',
    nextFundingTime: nextFundingMs(contract, atMs),
    time: atMs,
  };
}

function lastPrice(desk: Desk, index: number): Record<string, unknown> {
  const contract = desk.view.contract(index);
  return { symbol: contract.symbol, price: fixed(desk.view.last(index, desk.now()), contract.pricePrecision), time: desk.now() };
}

function bookTicker(desk: Desk, index: number): Record<string, unknown> {
  const contract = desk.view.contract(index);
  const best = bestOf(desk, index);
  return {
    symbol: contract.symbol,
    bidPrice: best.bid,
    bidQty: best.bidQty,
    askPrice: best.ask,
    askQty: best.askQty,
    time: desk.now(),
    lastUpdateId: desk.now(),
  };
}

function depth(desk: Desk, params: Params): Record<string, unknown> {
  const index = symbolNumber(desk, params.required('symbol'));
  const limit = params.integer('limit') ?? 500;
  if (DEPTH_LIMITS[limit] === undefined) throw new VenueRefusal(-4021, `'${limit}' is not valid depth limit`);
  return { lastUpdateId: desk.now(), E: desk.now(), T: desk.now(), ...bookLevels(desk, index, limit) };
}
