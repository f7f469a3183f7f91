// Emulator, REST: market data (binance-futures.md §4 and §5).

import { dayTicker } from './day-ticker.ts';
import type { Desk } from './desk.ts';
import { ExchangeInfo } from './exchange-info.ts';
import { type Interval, intervalOf } from './intervals.ts';
import { nextFundingMs } from './market-frames.ts';
import type { Publisher } from './publisher.ts';
import type { ExchangeRequest, Params } from './request.ts';
import { PUBLIC, type Route, weighs, weighsBySymbol } from './route.ts';
import { symbolNumber } from './symbol-number.ts';
import { invalidParameter, VenueRefusal } from './venue-error.ts';
import { fixed } from './wire-number.ts';

const DEFAULT_ROWS = 500;
const MAX_ROWS = 1_500;
const DEPTH_LIMITS: Readonly<Record<number, number>> = { 5: 2, 10: 2, 20: 2, 50: 2, 100: 5, 500: 10, 1000: 20 };

export function marketRoutes(desk: Desk, publisher: Publisher): Route[] {
  const info = new ExchangeInfo(desk);
  const get = (path: string, weight: Route['weight'], handle: Route['handle']): Route => ({
    method: 'GET',
    path,
    ...PUBLIC,
    weight,
    handle,
  });
  return [
    get('/fapi/v1/ping', weighs(1), () => '{}'),
    get('/fapi/v1/time', weighs(1), () => `{"serverTime":${desk.now()}}`),
    get('/fapi/v1/exchangeInfo', weighs(1), () => info.json()),
    get('/fapi/v1/klines', klinesWeight, (request) => klines(desk, publisher, request.params)),
    get('/fapi/v1/ticker/24hr', weighsBySymbol(1, 40), (request) =>
      perSymbol(desk, request, (index) => dayTicker(desk.view, index, desk.now())),
    ),
    get('/fapi/v1/premiumIndex', weighsBySymbol(1, 10), (request) =>
      perSymbol(desk, request, (index) => premiumIndex(desk, index)),
    ),
    get('/fapi/v1/ticker/bookTicker', weighsBySymbol(2, 5), (request) =>
      perSymbol(desk, request, (index) => bookTicker(desk, index)),
    ),
    get('/fapi/v2/ticker/price', weighsBySymbol(1, 2), (request) => perSymbol(desk, request, (index) => lastPrice(desk, index))),
    get('/fapi/v1/fundingInfo', weighs(0), () => fundingInfo(desk)),
    get(
      '/fapi/v1/depth',
      (params) => DEPTH_LIMITS[params.integer('limit') ?? 500] ?? 10,
      (request) => depth(desk, request.params),
    ),
  ];
}

function klinesWeight(params: Params): number {
  const limit = params.integer('limit') ?? DEFAULT_ROWS;
  if (limit < 100) return 1;
  if (limit < 500) return 2;
  return limit <= 1_000 ? 5 : 10;
}

function klines(desk: Desk, publisher: Publisher, params: Params): string {
  const index = symbolNumber(desk, params.required('symbol'));
  const interval = intervalOf(params.required('interval'));
  if (interval === null) throw new VenueRefusal(-1120, 'Invalid interval.');
  const limit = params.integer('limit') ?? DEFAULT_ROWS;
  if (limit < 1 || limit > MAX_ROWS) throw invalidParameter('limit');
  const startMs = params.integer('startTime');
  const endMs = params.integer('endTime');
  if (startMs !== null && endMs !== null && startMs > endMs)
    throw new VenueRefusal(-1023, 'Start time is greater than end time.');
  const nowMs = desk.now();
  const span = rowSpan(interval, { startMs, endMs: Math.min(endMs ?? nowMs, nowMs), limit });
  const bars = desk.view.closed(index, interval, { ...span, atMs: nowMs });
  const openMs = interval.open(nowMs);
  const forming = openMs >= span.fromMs && openMs <= span.toMs ? desk.view.forming(index, interval, nowMs) : null;
  const rows = forming === null ? bars : [...bars, forming];
  const picked = startMs === null ? rows.slice(-limit) : rows.slice(0, limit);
  const shape = publisher.shape(index);
  return `[${picked.map((bar) => shape.row(bar, interval.next(bar.openMs))).join(',')}]`;
}

/** The opens that may be in the answer: the newest `limit` before the end, or the first `limit` from the start on. */
function rowSpan(
  interval: Interval,
  asked: { startMs: number | null; endMs: number; limit: number },
): { fromMs: number; toMs: number } {
  const lastOpenMs = interval.open(asked.endMs);
  const spanMs = (interval.fixedMs ?? 31 * 86_400_000) * (asked.limit - 1);
  if (asked.startMs === null) return { fromMs: lastOpenMs - spanMs, toMs: lastOpenMs };
  const atOpen = interval.open(asked.startMs);
  const fromMs = atOpen === asked.startMs ? atOpen : interval.next(atOpen);
  return { fromMs, toMs: Math.min(lastOpenMs, fromMs + spanMs) };
}

/** One object with a symbol, an array of all listed contracts without. */
function perSymbol(desk: Desk, request: ExchangeRequest, row: (index: number) => unknown): unknown {
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

/** Half a spread to each side of the last price: max(1 tick, 1 bp), what the matching rules use as well. */
function bestPrices(desk: Desk, index: number): { readonly bid: number; readonly ask: number; readonly tick: number } {
  const tick = Number(desk.view.contract(index).tickSize);
  const last = desk.view.last(index, desk.now());
  const half = Math.max(tick, Math.ceil((last * 0.0001) / tick) * tick);
  return { bid: last - half, ask: last + half, tick };
}

function bookTicker(desk: Desk, index: number): Record<string, unknown> {
  const contract = desk.view.contract(index);
  const { bid, ask } = bestPrices(desk, index);
  return {
    symbol: contract.symbol,
    bidPrice: fixed(bid, contract.pricePrecision),
    bidQty: levelQuantity(desk, index, bid),
    askPrice: fixed(ask, contract.pricePrecision),
    askQty: levelQuantity(desk, index, ask),
    time: desk.now(),
    lastUpdateId: desk.now(),
  };
}

function depth(desk: Desk, params: Params): Record<string, unknown> {
  const index = symbolNumber(desk, params.required('symbol'));
  const limit = params.integer('limit') ?? 500;
  if (DEPTH_LIMITS[limit] === undefined) throw new VenueRefusal(-4021, `'${limit}' is not valid depth limit`);
  const { bid, ask, tick } = bestPrices(desk, index);
  const places = desk.view.contract(index).pricePrecision;
  const level = (price: number): readonly [string, string] => [fixed(price, places), levelQuantity(desk, index, price)];
  const levels = Array.from({ length: limit }, (_, i) => i * tick);
  return {
    lastUpdateId: desk.now(),
    E: desk.now(),
    T: desk.now(),
    bids: levels.filter((away) => bid - away > 0).map((away) => level(bid - away)),
    asks: levels.map((away) => level(ask + away)),
  };
}

/** About 5,000 USDT a level. */
function levelQuantity(desk: Desk, index: number, price: number): string {
  const contract = desk.view.contract(index);
  return fixed(Math.max(Number(contract.minQty), 5_000 / price), contract.quantityPrecision);
}

/** Contracts on the default interval (8 h) are not listed. */
function fundingInfo(desk: Desk): unknown[] {
  return desk.view.source.contracts
    .filter((contract) => contract.fundingIntervalHours !== 8)
    .map((contract) => ({
      symbol: contract.symbol,
      adjustedFundingRateCap: '0.02000000',
      adjustedFundingRateFloor: '-0.02000000',
      fundingIntervalHours: contract.fundingIntervalHours,
      disclaimer: false,
      updateTime: contract.onboardDate,
    }));
}
