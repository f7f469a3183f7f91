// Whatever comes later, what was decided before it stays: the future is replaced by noise, seed after seed.
import { describe, expect, it } from 'vitest';
import { loadSeries } from '../../../src/app/backtest/load-series.ts';
import { runGroup, type SymbolResult } from '../../../src/app/backtest/signal-run.ts';
import type { Bar } from '../../../src/core/market.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { MINUTE_MS } from '../../../src/core/timeframe.ts';
import { smcConfluence } from '../../../strategy/smc-confluence.ts';
import { aBacktest, aKlineFolder, backtest, outputsOf } from '../../support/backtest-bench.ts';
import { WILD_START_MS, wildMinutes } from '../../support/wild-market.ts';

const SEEDS = 20;
const PATIENCE_MS = 120_000;

/** The same bars up to the instant; from there on another market. */
function withNoise(bars: readonly Bar[], fromMs: number, seed: number): Bar[] {
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

describe('the signals of a backtest', () => {
  it(
    `before an instant are the same whatever follows it, on ${SEEDS} seeds`,
    () => {
      let compared = 0;
      for (let seed = 1; seed <= SEEDS; seed++) {
        const bars = wildMinutes(seed, 3_400);
        const fromMs = WILD_START_MS + (2_700 + 30 * seed) * MINUTE_MS;
        const decidedBefore = (results: readonly SymbolResult[]) =>
          results
            .flatMap(({ signals }) => signals.map(({ signal, features }) => ({ signal, features: [...features] })))
            .filter(({ signal }) => signal.barCloseMs <= fromMs);
        const [ours, theirs] = [decidedBefore(signalsOf(bars)), decidedBefore(signalsOf(withNoise(bars, fromMs, seed)))];
        expect([seed, theirs]).toEqual([seed, ours]);
        compared += ours.length;
      }
      expect(compared).toBeGreaterThan(20);
    },
    PATIENCE_MS,
  );
});

describe('the decisions and trades of a backtest', () => {
  it(
    'before an instant are the same whatever follows it',
    async () => {
      const bars = wildMinutes(77, 4_200);
      const fromMs = WILD_START_MS + 3_900 * MINUTE_MS;
      const decidedBefore = async (market: readonly Bar[]) => {
        const folder = aKlineFolder({ LTCUSDT: market });
        try {
          const { decisions, trades } = outputsOf(await backtest(aBacktest(folder.files)));
          const decided = decisions
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line))
            .filter(({ barCloseMs }) => barCloseMs <= fromMs);
          const closed = trades.split('\n').filter((line) => Number(line.split(',')[15]) <= fromMs);
          // A label and a placebo are told by what follows: they are no part of a decision.
          return { closed, decided: decided.map(({ label, placebo, ...decision }) => decision) };
        } finally {
          folder.remove();
        }
      };
      const [ours, theirs] = [await decidedBefore(bars), await decidedBefore(withNoise(bars, fromMs, 3))];
      expect(theirs).toEqual(ours);
      expect(ours.decided.length).toBeGreaterThan(10);
      expect(ours.closed.length).toBeGreaterThan(5);
    },
    PATIENCE_MS,
  );
});
