// Emulator, REST: candles of the last price and their relatives — continuous, mark, index and premium (§5).
import type { Desk } from './desk.ts';
import { type Interval, intervalOf } from './intervals.ts';
import type { MarketBar } from './market/source.ts';
import type { Publisher } from './publisher.ts';
import type { Params } from './request.ts';
import { PUBLIC, type Route } from './route.ts';
import { symbolNumber } from './symbol-number.ts';
import { invalidParameter, invalidSymbol, VenueRefusal } from './venue-error.ts';

const DEFAULT_ROWS = 500;
const MAX_ROWS = 1_500;
/** A mark price is taken every second. */
const MARKS_PER_MINUTE = 60;

type ToRow = (bar: MarketBar, nextOpenMs: number) => string;

export function klineRoutes(desk: Desk, publisher: Publisher): Route[] {
  const get = (path: string, handle: (params: Params) => string): Route => ({
    method: 'GET',
    path,
    ...PUBLIC,
    weight: klinesWeight,
    handle: ({ params }) => handle(params),
  });
  const plain = (index: number): ToRow => {
    const shape = publisher.shape(index);
    return (bar, nextOpenMs) => shape.row(bar, nextOpenMs);
  };
  const bySymbol = (params: Params): number => symbolNumber(desk, params.required('symbol'));
  return [
    get('/fapi/v1/klines', (params) => klines(desk, params, bySymbol(params), plain)),
    get('/fapi/v1/continuousKlines', (params) => klines(desk, params, continuous(desk, params), plain)),
    get('/fapi/v1/markPriceKlines', (params) => klines(desk, params, bySymbol(params), markRow(desk))),
    get('/fapi/v1/indexPriceKlines', (params) => klines(desk, params, pairNumber(desk, params), markRow(desk))),
    get('/fapi/v1/premiumIndexKlines', (params) => klines(desk, params, bySymbol(params), premiumRow(desk))),
  ];
}

function klinesWeight(params: Params): number {
  const limit = params.integer('limit') ?? DEFAULT_ROWS;
  if (limit < 100) return 1;
  if (limit < 500) return 2;
  return limit <= 1_000 ? 5 : 10;
}

function klines(desk: Desk, params: Params, index: number, rowOf: (index: number) => ToRow): string {
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
  const row = rowOf(index);
  return `[${picked.map((bar) => row(bar, interval.next(bar.openMs))).join(',')}]`;
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

function pairNumber(desk: Desk, params: Params): number {
  const pair = params.required('pair');
  const index = desk.view.source.contracts.findIndex((contract) => contract.pair === pair);
  return symbolNumber(desk, index < 0 ? '' : desk.view.contract(index).symbol);
}

/** Every pair of this market has one contract, so the type must be that contract's own. */
function continuous(desk: Desk, params: Params): number {
  const index = pairNumber(desk, params);
  if (desk.view.contract(index).contractType !== params.required('contractType')) throw invalidSymbol();
  return index;
}

const priceRow = (bar: MarketBar, nextOpenMs: number, prices: readonly number[]): string => {
  const [open, high, low, close] = prices.map((price) => price.toFixed(8));
  const samples = Math.round((nextOpenMs - bar.openMs) / 60_000) * MARKS_PER_MINUTE;
  return `[${bar.openMs},"${open}","${high}","${low}","${close}","0",${nextOpenMs - 1},"0",${samples},"0","0","0"]`;
};

/** Mark and index are one price in this market. */
function marksOf(desk: Desk, index: number, bar: MarketBar, nextOpenMs: number): readonly number[] {
  const { source } = desk.view;
  const endMs = Math.min(nextOpenMs - 1, desk.now());
  const open = source.markOf(index, bar.openMs, bar.open);
  const close = source.markOf(index, endMs, bar.close);
  const high = Math.max(open, close, source.markOf(index, endMs, bar.high));
  const low = Math.min(open, close, source.markOf(index, endMs, bar.low));
  return [open, high, low, close];
}

const markRow =
  (desk: Desk) =>
  (index: number): ToRow =>
  (bar, nextOpenMs) =>
    priceRow(bar, nextOpenMs, marksOf(desk, index, bar, nextOpenMs));

/** How far the last price stood from the index, as a fraction of it. */
const premiumRow =
  (desk: Desk) =>
  (index: number): ToRow =>
  (bar, nextOpenMs) => {
    const [open = 1, high = 1, low = 1, close = 1] = marksOf(desk, index, bar, nextOpenMs);
    const premiums = [bar.open / open - 1, bar.high / high - 1, bar.low / low - 1, bar.close / close - 1];
    const edges = [premiums[0] ?? 0, Math.max(...premiums), Math.min(...premiums), premiums[3] ?? 0];
    return priceRow(bar, nextOpenMs, edges);
  };
