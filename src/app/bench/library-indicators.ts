// App, `perpscout bench`: the same nine indicators by the package technicalindicators, the way most bots use them.
import { ATR, BollingerBands, EMA, MACD, RSI, SMA } from 'technicalindicators';
import type { Bar } from '../../core/market.ts';

const EMA_PERIODS = [9, 21, 50, 200] as const;
const MACD_PERIODS = {
  fastPeriod: 12,
  slowPeriod: 26,
  signalPeriod: 9,
  SimpleMAOscillator: false,
  SimpleMASignal: false,
} as const;

interface Columns {
  readonly high: number[];
  readonly low: number[];
  readonly close: number[];
  readonly volume: number[];
}

export function columnsOf(bars: readonly Bar[]): Columns {
  return {
    high: bars.map((bar) => bar.high),
    low: bars.map((bar) => bar.low),
    close: bars.map((bar) => bar.close),
    volume: bars.map((bar) => bar.volume),
  };
}

/** All nine over the whole window; the sum of the newest values, so that nothing can be left out as unused. */
export function recomputeNine({ high, low, close, volume }: Columns): number {
  let sum = 0;
  for (const period of EMA_PERIODS) sum += EMA.calculate({ period, values: close }).at(-1) ?? 0;
  sum += MACD.calculate({ values: close, ...MACD_PERIODS }).at(-1)?.histogram ?? 0;
  sum += ATR.calculate({ period: 14, high, low, close }).at(-1) ?? 0;
  sum += BollingerBands.calculate({ period: 20, stdDev: 2, values: close }).at(-1)?.upper ?? 0;
  sum += RSI.calculate({ period: 14, values: close }).at(-1) ?? 0;
  return sum + (SMA.calculate({ period: 20, values: volume }).at(-1) ?? 0);
}

/** The nine fed bar by bar with `nextValue`. */
export function streamingNine(): (bar: Bar) => number {
  const emas = EMA_PERIODS.map((period) => new EMA({ period, values: [] }));
  const macd = new MACD({ values: [], ...MACD_PERIODS });
  const atr = new ATR({ period: 14, high: [], low: [], close: [] });
  const bands = new BollingerBands({ period: 20, stdDev: 2, values: [] });
  const rsi = new RSI({ period: 14, values: [] });
  const volume = new SMA({ period: 20, values: [] });
  return (bar) => {
    let sum = 0;
    for (const ema of emas) sum += ema.nextValue(bar.close) ?? 0;
    sum += macd.nextValue(bar.close)?.histogram ?? 0;
    sum += atr.nextValue({ high: bar.high, low: bar.low, close: bar.close }) ?? 0;
    sum += bands.nextValue(bar.close)?.upper ?? 0;
    sum += rsi.nextValue(bar.close) ?? 0;
    return sum + (volume.nextValue(bar.volume) ?? 0);
  };
}
