// Adapters, binance: one market frame, parsed at the door. Coin-margined rows are left out, a fault is counted, an
// unknown event is counted and ignored.
import { barFault, type MarketEvent } from '../../core/market.ts';
import { isTimeframe } from '../../core/timeframe.ts';
import { epochMs, symbolId } from '../../core/units.ts';
import { frameToBar, toMark } from './mapper.ts';
import { klineFrameSchema, type MarkFrame, markFrameSchema } from './wire.ts';
import type { WireCounts } from './wire-counts.ts';

const COIN_MARGINED = 2;

/** The event, or null where there is none to hand on. */
export function readMarketFrame(payload: unknown, counts: WireCounts): MarketEvent | null {
  if (Array.isArray(payload)) return readMarks(payload, counts);
  const name = typeof payload === 'object' && payload !== null && 'e' in payload ? String(payload.e) : '';
  if (name === 'kline') return readKline(payload, counts);
  if (name === 'markPriceUpdate') return readMarks([payload], counts);
  counts.add(`unknown event ${name}`);
  return null;
}

function readKline(payload: unknown, counts: WireCounts): MarketEvent | null {
  const parsed = klineFrameSchema.safeParse(payload);
  const timeframe = parsed.success ? parsed.data.k.i : '';
  if (!parsed.success || !isTimeframe(timeframe)) {
    counts.add('malformed kline');
    return null;
  }
  const frame = parsed.data;
  if (frame.st === COIN_MARGINED) return null;
  const bar = frameToBar(frame);
  if (barFault(bar) !== null) {
    counts.add('refused bar');
    return null;
  }
  const { f: first, L: last } = frame.k;
  return {
    kind: 'bar',
    at: epochMs(frame.E),
    symbol: symbolId(frame.s),
    timeframe,
    bar,
    final: frame.k.x,
    ...(first === undefined || last === undefined ? {} : { tradeIds: { first, last } }),
  };
}

function readMarks(rows: readonly unknown[], counts: WireCounts): MarketEvent | null {
  const frames: MarkFrame[] = [];
  for (const row of rows) {
    const parsed = markFrameSchema.safeParse(row);
    if (!parsed.success) counts.add('malformed mark');
    else if (parsed.data.st !== COIN_MARGINED) frames.push(parsed.data);
  }
  const newest = frames.reduce((at, frame) => Math.max(at, frame.E), 0);
  return frames.length === 0 ? null : { kind: 'marks', at: epochMs(newest), marks: frames.map(toMark) };
}
