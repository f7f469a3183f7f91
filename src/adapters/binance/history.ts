// Adapters, binance: closed candles by request. Pages of at most 499 rows are the cheapest in weight; the open candle is
// never asked for, holes are asked for once more and then told.
import { type Bar, barFault } from '../../core/market.ts';
import { barOpen, timeframeMs } from '../../core/timeframe.ts';
import { invariant } from '../../core/units.ts';
import { VenueError } from '../../ports/errors.ts';
import type { HistoryRequest } from '../../ports/feed.ts';
import { reasonOf, type VenueContext } from './context.ts';
import { venueError } from './errors.ts';
import { KlinePage, readKlinePage } from './kline-page.ts';
import { toBar } from './mapper.ts';
import { klineRowSchema } from './wire.ts';

const PAGE_ROWS = 499;
const CHEAP_ROWS = 99;

/** Explicit limits below the venue's edges (99 and 499), where two readings of the weight table agree. */
export const pageWeight = (rows: number): number => (rows <= CHEAP_ROWS ? 1 : 2);

export async function readHistory(context: VenueContext, request: HistoryRequest): Promise<readonly Bar[]> {
  invariant(request.count >= 1 && request.count <= 1_500, `history takes 1 to 1,500 bars, not ${request.count}`);
  await context.clock.ensure();
  const stepMs = timeframeMs(request.timeframe);
  const closedUntil = context.clock.now() - context.clock.errorMs;
  const newestOpenMs = barOpen(closedUntil, request.timeframe) - stepMs;
  const fromMs = request.fromMs ?? newestOpenMs - (request.count - 1) * stepMs;
  const lastOpenMs = Math.min(newestOpenMs, fromMs + (request.count - 1) * stepMs);
  const bars: Bar[] = [];
  let nextMs = fromMs;
  while (nextMs <= lastOpenMs && bars.length < request.count) {
    const rows = Math.min(PAGE_ROWS, Math.round((lastOpenMs - nextMs) / stepMs) + 1);
    const page = await readPage(context, request, { fromMs: nextMs, lastOpenMs, rows });
    bars.push(...page);
    const last = page.at(-1);
    if (last === undefined) break;
    nextMs = last.openMs + stepMs;
  }
  return bars;
}

interface Page {
  readonly fromMs: number;
  readonly lastOpenMs: number;
  readonly rows: number;
}

async function readPage(context: VenueContext, request: HistoryRequest, page: Page): Promise<readonly Bar[]> {
  const first = await askPage(context, request, page);
  if (holeIn(first, timeframeMs(request.timeframe)) === null) return first;
  context.counts.add('history with a hole');
  const second = await askPage(context, request, page);
  const hole = holeIn(second, timeframeMs(request.timeframe));
  if (hole === null) return second;
  throw new VenueError(`klines ${request.symbol} ${request.timeframe}: no candle follows ${hole}`, { remedy: 'retry' });
}

async function askPage(context: VenueContext, request: HistoryRequest, page: Page): Promise<readonly Bar[]> {
  const what = `klines ${request.symbol} ${request.timeframe}`;
  const answer = await context.rest.call({
    method: 'GET',
    path: '/fapi/v1/klines',
    params: {
      symbol: request.symbol,
      interval: request.timeframe,
      startTime: page.fromMs,
      // Up to the last instant of the last closed candle: the open one begins right after it.
      endTime: page.lastOpenMs + timeframeMs(request.timeframe) - 1,
      limit: page.rows,
    },
    weight: pageWeight(page.rows),
    lane: 'history',
    auth: 'none',
    deadlineMs: context.pace.slowDeadlineMs,
    breaker: 'market',
    read: readKlinePage,
  });
  if (answer.kind === 'refused') throw venueError(what, answer);
  if (answer.kind !== 'ok') throw new VenueError(`${what}: ${reasonOf(answer)}`, { remedy: 'retry' });
  const found = answer.body instanceof KlinePage ? answer.body.bars : barsOf(answer.body, what);
  const bars = found.filter((bar) => bar.openMs >= page.fromMs && bar.openMs <= page.lastOpenMs);
  for (const bar of bars) {
    const fault = barFault(bar);
    if (fault !== null) throw new VenueError(`${what} at ${bar.openMs}: ${fault}`, { remedy: 'final' });
  }
  return bars;
}

function barsOf(body: unknown, what: string): readonly Bar[] {
  const rows = klineRowSchema.array().safeParse(body);
  if (!rows.success) throw new VenueError(`${what}: rows of an unknown shape`, { remedy: 'retry' });
  return rows.data.map(toBar);
}

/** The open of the bar that is not followed by its neighbour, or null. */
function holeIn(bars: readonly Bar[], stepMs: number): number | null {
  for (let i = 1; i < bars.length; i++) {
    const previous = bars[i - 1];
    const bar = bars[i];
    if (previous !== undefined && bar !== undefined && bar.openMs - previous.openMs !== stepMs) return previous.openMs;
  }
  return null;
}
