// Conformance, the fold: a series handed bar by bar to the live detectors' own window, prices compared as plain doubles.
import { epochMs } from '../../../src/core/units.ts';
import { BarWindow } from '../../../strategy/smc/bar-window.ts';
import type { Series } from '../series.ts';

/** The window asks for a timeframe, by which it names events; nothing of that reaches a table. */
export function foldBars(series: Series, visit: (window: BarWindow, t: number) => void): void {
  const window = new BarWindow('1m', 0);
  const unknown = { quoteVolume: Number.NaN, trades: Number.NaN, takerBuyVolume: Number.NaN };
  for (let t = 0; t < series.length; t++) {
    const bar = {
      openMs: epochMs(series.timeMs[t] as number),
      open: series.open[t] as number,
      high: series.high[t] as number,
      low: series.low[t] as number,
      close: series.close[t] as number,
      volume: series.volume[t] as number,
      ...unknown,
    };
    window.push(bar, Number.NaN, Number.NaN);
    visit(window, t);
  }
}
