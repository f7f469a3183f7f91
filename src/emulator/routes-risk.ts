// Emulator, REST: figures about risk and the market's frame that few bots read — open interest, deleveraging, insurance,
// trading rules and hours. What this market cannot know is derived from what it does know, and said so at each place.
import { dayVolume } from './day-ticker.ts';
import type { Desk } from './desk.ts';
import type { Params } from './request.ts';
import { PUBLIC, type Route, SIGNED, weighs, weighsBySymbol } from './route.ts';
import { optionalSymbol } from './routes-orders.ts';
import { symbolNumber } from './symbol-number.ts';
import { sessionsOf } from './trading-hours.ts';
import { invalidSymbol } from './venue-error.ts';

/** Nobody else holds positions here: a third of a day's volume stands in for what they would hold. */
const OPEN_INTEREST_SHARE = 1 / 3;
const ADL_WORDS = ['low', 'medium', 'high'] as const;

export function riskRoutes(desk: Desk): Route[] {
  const get = (path: string, weight: Route['weight'], handle: (params: Params) => unknown): Route => ({
    method: 'GET',
    path,
    ...PUBLIC,
    weight,
    handle: ({ params }) => handle(params),
  });
  return [
    get('/fapi/v1/openInterest', weighs(1), (params) => openInterest(desk, params)),
    get('/fapi/v1/symbolAdlRisk', weighs(1), (params) => adlRisk(desk, params)),
    get('/fapi/v1/insuranceBalance', weighs(1), (params) => insurance(desk, params)),
    get('/fapi/v1/assetIndex', weighsBySymbol(1, 10), (params) => assetIndex(desk, params)),
    get('/fapi/v1/tradingSchedule', weighs(5), () => ({ updateTime: desk.now(), marketSchedules: schedules(desk) })),
    {
      method: 'GET',
      path: '/fapi/v1/adlQuantile',
      ...SIGNED,
      weight: weighs(5),
      handle: ({ params }) => quantiles(desk, params),
    },
    {
      method: 'GET',
      path: '/fapi/v1/apiTradingStatus',
      ...SIGNED,
      weight: weighsBySymbol(1, 10),
      // No rule of conduct has been broken: nothing here counts cancelled orders against the account.
      handle: ({ params }) => {
        optionalSymbol(desk, params);
        return { indicators: {}, updateTime: desk.now() };
      },
    },
  ];
}

function openInterest(desk: Desk, params: Params): unknown {
  const index = symbolNumber(desk, params.required('symbol'));
  const contract = desk.view.contract(index);
  const held = dayVolume(desk.view, index, desk.now()) * OPEN_INTEREST_SHARE;
  return { symbol: contract.symbol, openInterest: held.toFixed(contract.quantityPrecision), time: desk.now() };
}

const listedNumbers = (desk: Desk): readonly number[] =>
  desk.view.source.contracts.flatMap((_, index) => (desk.view.listed(index, desk.now()) ? [index] : []));

/** The wilder the last hour, the nearer deleveraging would be. */
function adlRisk(desk: Desk, params: Params): unknown {
  const symbol = params.text('symbol');
  const row = (index: number): Record<string, unknown> => {
    const minute = desk.now() - (desk.now() % 60_000);
    const bar = desk.view.minute(index, minute);
    const range = bar === null || bar.close === 0 ? 0 : (bar.high - bar.low) / bar.close;
    const word = ADL_WORDS[range > 0.03 ? 2 : range > 0.01 ? 1 : 0];
    return { symbol: desk.view.contract(index).symbol, adlRisk: word, updateTime: minute };
  };
  return symbol === null ? listedNumbers(desk).map(row) : row(symbolNumber(desk, symbol));
}

/** One fund stands behind all contracts of this market; its size is a figure of this market, not a measured one. */
function insurance(desk: Desk, params: Params): unknown {
  const symbol = optionalSymbol(desk, params);
  const assets = [{ asset: 'USDT', marginBalance: '1000000000.00000000', updateTime: desk.now() }];
  if (symbol !== undefined) return { symbols: [symbol], assets };
  return [{ symbols: listedNumbers(desk).map((index) => desk.view.contract(index).symbol), assets }];
}

/** Multi-assets mode is not offered here, so only the majors have an index: their contract's mark. */
const INDEXED = ['BTC', 'ETH', 'BNB'];

function assetIndex(desk: Desk, params: Params): unknown {
  const rows = INDEXED.flatMap((asset) => indexRow(desk, asset));
  const symbol = params.text('symbol');
  if (symbol === null) return rows;
  const found = rows.find((row) => row['symbol'] === symbol);
  if (found === undefined) throw invalidSymbol();
  return found;
}

function indexRow(desk: Desk, asset: string): Record<string, unknown>[] {
  const index = desk.view.numberOf(`${asset}USDT`);
  if (index === null || !desk.view.listed(index, desk.now())) return [];
  const mark = desk.view.mark(index, desk.now());
  const buffered = { bid: (mark * 0.95).toFixed(8), ask: (mark * 1.05).toFixed(8) };
  const near = { bid: (mark * 0.975).toFixed(8), ask: (mark * 1.025).toFixed(8) };
  return [
    {
      symbol: `${asset}USD`,
      time: desk.now(),
      index: mark.toFixed(8),
      bidBuffer: '0.05000000',
      askBuffer: '0.05000000',
      bidRate: buffered.bid,
      askRate: buffered.ask,
      autoExchangeBidBuffer: '0.02500000',
      autoExchangeAskBuffer: '0.02500000',
      autoExchangeBidRate: near.bid,
      autoExchangeAskRate: near.ask,
    },
  ];
}

function schedules(desk: Desk): Record<string, unknown> {
  const markets = new Set(
    desk.view.source.contracts
      .filter((contract) => contract.contractType === 'TRADIFI_PERPETUAL')
      .map((contract) => contract.underlyingType),
  );
  return Object.fromEntries([...markets].sort().map((market) => [market, { sessions: sessionsOf(market, desk.now()) }]));
}

function quantiles(desk: Desk, params: Params): unknown[] {
  const symbol = optionalSymbol(desk, params);
  const held = desk.venue
    .positions()
    .filter((row) => Number(row.signedQty) !== 0 && (symbol === undefined || row.symbol === symbol));
  return [...new Set(held.map((row) => row.symbol))].map((name) => {
    const rows = held.filter((row) => row.symbol === name);
    const quantile = (isLong: boolean): number => rows.find((row) => Number(row.signedQty) > 0 === isLong)?.adl ?? 0;
    const both = rows.some((row) => row.positionSide === undefined) ? { BOTH: rows[0]?.adl ?? 0 } : {};
    return { symbol: name, adlQuantile: { LONG: quantile(true), SHORT: quantile(false), ...both } };
  });
}
