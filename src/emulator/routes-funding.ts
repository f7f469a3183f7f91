// Emulator, REST: funding, which has a request pool of its own and no weight header (§2.1, §5).
import type { Desk } from './desk.ts';
import type { Params } from './request.ts';
import { FUNDING, type Route, weighs } from './route.ts';
import { symbolNumber } from './symbol-number.ts';
import { VenueRefusal } from './venue-error.ts';
import { fixed } from './wire-number.ts';

const HOUR_MS = 3_600_000;
const DEFAULT_ROWS = 100;
const MAX_ROWS = 1_000;
/** How far back a market-wide read without times looks: two settlements of the slowest contracts. */
const RECENT_MS = 16 * HOUR_MS;

export function fundingRoutes(desk: Desk): Route[] {
  return [
    { method: 'GET', path: '/fapi/v1/fundingInfo', ...FUNDING, weight: weighs(0), handle: () => fundingInfo(desk) },
    {
      method: 'GET',
      path: '/fapi/v1/fundingRate',
      ...FUNDING,
      weight: weighs(0),
      handle: ({ params }) => fundingRate(desk, params),
    },
  ];
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

interface Settlement {
  readonly index: number;
  readonly atMs: number;
}

/** Settlements in ascending order: the oldest of a span that begins somewhere, else the newest. */
function fundingRate(desk: Desk, params: Params): unknown[] {
  const symbol = params.text('symbol');
  const startMs = params.integer('startTime');
  const endMs = Math.min(params.integer('endTime') ?? desk.now(), desk.now());
  if (startMs !== null && startMs > (params.integer('endTime') ?? Number.POSITIVE_INFINITY))
    throw new VenueRefusal(-1023, 'Start time is greater than end time.');
  const limit = Math.max(1, Math.min(params.integer('limit') ?? DEFAULT_ROWS, MAX_ROWS));
  const indexes = symbol === null ? desk.view.source.contracts.map((_, index) => index) : [symbolNumber(desk, symbol)];
  const span = { fromMs: startMs, endMs, limit, wide: indexes.length > 1 ? RECENT_MS : null };
  const found = indexes.flatMap((index) => settlements(desk, index, span));
  found.sort((a, b) => a.atMs - b.atMs || a.index - b.index);
  const picked = startMs === null ? found.slice(-limit) : found.slice(0, limit);
  return picked.map((settlement) => row(desk, settlement));
}

function settlements(
  desk: Desk,
  index: number,
  span: { readonly fromMs: number | null; readonly endMs: number; readonly limit: number; readonly wide: number | null },
): Settlement[] {
  const everyMs = desk.view.contract(index).fundingIntervalHours * HOUR_MS;
  const lastMs = span.endMs - (span.endMs % everyMs);
  const newestOnly = lastMs - (span.wide ?? everyMs * (span.limit - 1));
  const firstMs = Math.max(0, Math.ceil((span.fromMs ?? newestOnly) / everyMs) * everyMs);
  const found: Settlement[] = [];
  for (let atMs = firstMs; atMs <= lastMs && found.length < span.limit; atMs += everyMs) {
    if (desk.view.source.minute(index, atMs) !== null) found.push({ index, atMs });
  }
  return found;
}

function row(desk: Desk, { index, atMs }: Settlement): Record<string, unknown> {
  const bar = desk.view.minute(index, atMs);
  const mark = desk.view.source.markOf(index, atMs, bar?.open ?? 0);
  return {
    symbol: desk.view.contract(index).symbol,
    fundingTime: atMs,
    fundingRate: fixed(desk.view.fundingRate(index, atMs), 8),
    markPrice: fixed(mark, 8),
    rateType: 'Regular',
  };
}
