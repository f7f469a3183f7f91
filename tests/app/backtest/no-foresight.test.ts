// Whatever comes later, what was decided before it stays: the future is replaced by noise. Twenty seeds are in the slow step.
import { describe, expect, it } from 'vitest';
import type { Bar } from '../../../src/core/market.ts';
import { MINUTE_MS } from '../../../src/core/timeframe.ts';
import { aBacktest, aKlineFolder, backtest, outputsOf } from '../../support/backtest-bench.ts';
import { beforeNoise, withNoise } from '../../support/no-foresight.ts';
import { WILD_START_MS, wildMinutes } from '../../support/wild-market.ts';

const SEEDS = [1, 2, 3, 4];
const PATIENCE_MS = 240_000;

describe('the signals of a backtest', () => {
  it(
    `before an instant are the same whatever follows it, on ${SEEDS.length} seeds`,
    () => {
      let compared = 0;
      for (const seed of SEEDS) {
        const { asItWas, withNoise } = beforeNoise(seed);
        expect([seed, withNoise]).toEqual([seed, asItWas]);
        compared += asItWas.length;
      }
      expect(compared).toBeGreaterThan(SEEDS.length);
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
