// Floor 0, the words: the candles behind a signal, kept with it so that it can be looked at again when the venue's history of
// that minute is long gone. Closed bars only, the newest of them closed no later than the signal's own.
import type { BarSeries } from './bars.ts';
import type { Bar } from './market.ts';
import { barClose, type Timeframe } from './timeframe.ts';

/** ml.md §3: both timeframes, this many bars each. */
export const SNAPSHOT_BARS = 60;

export interface KlineBlock {
  readonly timeframe: Timeframe;
  /** Oldest first. */
  readonly bars: readonly Bar[];
}

/** The newest bars that had closed by an instant, however far the series has gone on since. */
export function klinesUpTo(series: BarSeries, closeMs: number, count = SNAPSHOT_BARS): KlineBlock {
  const bars: Bar[] = [];
  for (let ago = 0; ago < series.length && bars.length < count; ago++) {
    const bar = series.at(ago);
    if (barClose(bar.openMs, series.timeframe) <= closeMs) bars.push(bar);
  }
  return { timeframe: series.timeframe, bars: bars.reverse() };
}
