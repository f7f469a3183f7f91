// Tests: the proof against foresight: bars up to an instant stay, what follows becomes noise, and the signals before it are compared.
import { loadSeries } from '../../src/app/backtest/load-series.ts';
import { runGroup, type SymbolResult } from '../../src/app/backtest/signal-run.ts';
import type { Bar } from '../../src/core/market.ts';
import { SeededRandom } from '../../src/core/random.ts';
import { MINUTE_MS } from '../../src/core/timeframe.ts';
import { smcConfluence } from '../../strategy/smc-confluence.ts';
import { aBacktest, aKlineFolder } from './backtest-bench.ts';
import { WILD_START_MS, wildMinutes } from './wild-market.ts';

/** The same bars up to the instant; from there on another market. */
export function withNoise(bars: readonly Bar[], fromMs: number, seed: number): Bar[] {
  const random = new SeededRandom(seed);
  return bars.map((bar) => {
    if (bar.openMs < fromMs) return bar;
    const at = (): number => Math.round(50 + 100 * random.next());
    const [open, close] = [at(), at()];
    const high = Math.max(open, close) + 1;
    return { ...bar, open, close, high, low: Math.min(open, close) - 1, volume: Math.round(1_000 * random.next()) };
  });
}

function signalsOf(bars: readonly Bar[]): readonly SymbolResult[] {
  const folder = aKlineFolder({ LTCUSDT: bars });
  try {
    const series = folder.files.flatMap((path) => loadSeries({ path, entry: '1m', toMs: Number.POSITIVE_INFINITY }) ?? []);
    const { strategy: settings, funding, placebos, seed } = aBacktest([]);
    return runGroup(
      { series, btc: null, strategies: [smcConfluence], settings, funding, fromMs: 0, placebos, seed },
      () => undefined,
    );
  } finally {
    folder.remove();
  }
}

type Decided = readonly { readonly signal: unknown; readonly features: readonly number[] }[];

/** What one market said before an instant of it, once as it was and once with noise behind the instant. */
export function beforeNoise(seed: number): { readonly asItWas: Decided; readonly withNoise: Decided } {
  const bars = wildMinutes(seed, 3_400);
  const fromMs = WILD_START_MS + (2_700 + 30 * seed) * MINUTE_MS;
  const decided = (results: readonly SymbolResult[]): Decided =>
    results
      .flatMap(({ signals }) => signals.map(({ signal, features }) => ({ signal, features: [...features] })))
      .filter(({ signal }) => signal.barCloseMs <= fromMs);
  return { asItWas: decided(signalsOf(bars)), withNoise: decided(signalsOf(withNoise(bars, fromMs, seed))) };
}
