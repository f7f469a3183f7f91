// Whatever comes later, what was decided before it stays: on twenty seeds.
import { describe, expect, it } from 'vitest';
import { beforeNoise } from '../../support/no-foresight.ts';

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);
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
