// App, `perpscout bench`: the minute close of the whole market, alone and against the design that computes every indicator anew.
import type { Bar } from '../../core/market.ts';
import { BENCH_SYMBOLS, type BenchMarket } from './bench-market.ts';
import { atMost, type Figure, median, quantile, timed } from './figure.ts';
import { columnsOf, recomputeNine } from './library-indicators.ts';
import type { MarketRun } from './market-run.ts';

/** An hour warms the compiler; two trend closes of each kind lie in it. */
const WARM_UP_MINUTES = 60;
const MEASURED_MINUTES = 360;
const WINDOW_BARS = 500;
/** Recomputing all contracts takes a second: a sample of them stands for all, a round of it after every 20 minutes. */
const SAMPLE_SYMBOLS = 24;
const SAMPLE_EVERY_MINUTES = 20;

/** The newest bars of both timeframes of some contracts, as a recomputing bot would hold them. */
function sampleOf(market: BenchMarket): (readonly Bar[])[] {
  const step = Math.floor(BENCH_SYMBOLS / SAMPLE_SYMBOLS);
  return market.symbols
    .filter((_, i) => i % step === 0)
    .slice(0, SAMPLE_SYMBOLS)
    .flatMap((symbol) => [market.before(symbol, '15m', WINDOW_BARS), market.before(symbol, '1m', WINDOW_BARS)]);
}

export function minuteCloseFigures(run: MarketRun, market: BenchMarket): Figure[] {
  const windows = sampleOf(market).map(columnsOf);
  const closes: number[] = [];
  const recomputes: number[] = [];
  let sum = 0;
  const recompute = (): void => {
    for (const window of windows) sum += recomputeNine(window);
  };
  for (let minute = -WARM_UP_MINUTES; minute < MEASURED_MINUTES; minute++) {
    run.hearMinute();
    const ms = timed(() => run.decide());
    if (minute >= 0) closes.push(ms);
    if (minute % SAMPLE_EVERY_MINUTES !== 0) continue;
    const sample = timed(recompute);
    if (minute >= 0) recomputes.push((sample * BENCH_SYMBOLS) / SAMPLE_SYMBOLS);
  }
  if (!Number.isFinite(sum)) throw new Error('technicalindicators returned no numbers');
  const p50 = median(closes);
  return [
    atMost('minuteClose648.p50Ms', { value: p50, unit: 'ms', bound: 2 }),
    atMost('minuteClose648.p99Ms', { value: quantile(closes, 0.99), unit: 'ms', bound: 8 }),
    atMost('minuteCloseVsRecompute', { value: p50 / median(recomputes), unit: 'ratio', bound: 1 / 300 }),
  ];
}
