// Emulator, the world behind the exchange: bars of any interval are folded from the minutes, so that no interval ever
// contradicts another. The exchange shows what exists: a bar with a missing minute is folded from the others.
import { MINUTE_MS } from '../../core/timeframe.ts';
import { invariant } from '../../core/units.ts';
import type { MarketBar } from './source.ts';

export interface BarSpan {
  /** Open of the first minute there is. */
  readonly firstMs: number;
  /** First instant after the last minute there is. */
  readonly endMs: number;
}

export interface BarRange {
  readonly intervalMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

function foldOne(minuteAt: (openMs: number) => MarketBar | null, openMs: number, endMs: number): MarketBar | null {
  let bar: { -readonly [K in keyof MarketBar]: MarketBar[K] } | null = null;
  for (let at = openMs; at < endMs; at += MINUTE_MS) {
    const minute = minuteAt(at);
    if (minute === null) continue;
    if (bar === null) {
      bar = { ...minute, openMs };
      continue;
    }
    if (minute.high > bar.high) bar.high = minute.high;
    if (minute.low < bar.low) bar.low = minute.low;
    bar.close = minute.close;
    bar.volume += minute.volume;
    bar.quoteVolume += minute.quoteVolume;
    bar.trades += minute.trades;
    bar.takerBuyVolume += minute.takerBuyVolume;
    bar.takerBuyQuoteVolume += minute.takerBuyQuoteVolume;
  }
  return bar;
}

/** From the first to the last open that lies in the range and belongs to a bar of the contract; none where `fromMs` is the later. */
export function opensWithin({ intervalMs, fromMs, toMs }: BarRange, span: BarSpan): BarRange {
  invariant(intervalMs >= MINUTE_MS && intervalMs % MINUTE_MS === 0, `${intervalMs} ms is no whole number of minutes`);
  const onGrid = (ms: number): number => Math.floor(ms / intervalMs) * intervalMs;
  return {
    intervalMs,
    // The first bar of a contract may have begun before its first minute.
    fromMs: Math.max(Math.ceil(fromMs / intervalMs) * intervalMs, onGrid(span.firstMs)),
    toMs: onGrid(Math.min(toMs, span.endMs - 1)),
  };
}

/** Bars whose open lies in [fromMs, toMs], ascending, on the interval's UTC grid, within the contract's span. */
export function foldBars(minuteAt: (openMs: number) => MarketBar | null, range: BarRange, span: BarSpan): MarketBar[] {
  const { intervalMs, fromMs, toMs } = opensWithin(range, span);
  const bars: MarketBar[] = [];
  for (let openMs = fromMs; openMs <= toMs; openMs += intervalMs) {
    const bar = foldOne(minuteAt, openMs, openMs + intervalMs);
    if (bar !== null) bars.push(bar);
  }
  return bars;
}
