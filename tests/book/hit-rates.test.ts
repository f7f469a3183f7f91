// How often signals of one kind reached 1 R: counted by band and set-up, silent where too few were counted.
import { describe, expect, it } from 'vitest';
import { bandOf, HitRates, MIN_OUTCOMES } from '../../src/book/hit-rates.ts';
import { reachedOneR } from '../../src/core/trade.ts';

const outcome = (score: number, exit: 'target' | 'stop' | 'timeout', maxFavourableR: number, setup = 'orderBlock') => ({
  score,
  exit,
  maxFavourableR,
  setup,
});

describe('the bands', () => {
  it('are 70–74, 75–79, 80–84, 85–89 and 90–100, and nothing below', () => {
    expect([69.9, 70, 74.9, 75, 79, 80, 84, 85, 89, 90, 100].map((score) => bandOf(score)?.from ?? null)).toEqual([
      null,
      70,
      70,
      75,
      75,
      80,
      80,
      85,
      85,
      90,
      90,
    ]);
  });
});

describe('a hit', () => {
  it('is the target, or 1 R in favour before the stop or the time stop', () => {
    expect(reachedOneR(outcome(80, 'target', 0.97))).toBe(true);
    expect(reachedOneR(outcome(80, 'stop', 1))).toBe(true);
    expect(reachedOneR(outcome(80, 'timeout', 1.2))).toBe(true);
    expect(reachedOneR(outcome(80, 'stop', 0.99))).toBe(false);
    expect(reachedOneR(outcome(80, 'timeout', 0.5))).toBe(false);
  });
});

describe('a measured rate', () => {
  it('stands with its Wilson interval once thirty outcomes were counted', () => {
    const rates = new HitRates();
    for (let i = 0; i < 29; i++) rates.add(outcome(82, i < 15 ? 'target' : 'stop', 0));
    expect(rates.rateOf('orderBlock', 82)).toMatchObject({ outcomes: 29, verdict: 'tooFew' });
    rates.add(outcome(80, 'target', 0));
    const measured = rates.rateOf('orderBlock', 84);
    // 16 of 30 by Wilson at 1.96: centre (0.5333 + 0.06402) / 1.12805 = 0.52955, half 0.1681.
    expect(measured).toMatchObject({ outcomes: MIN_OUTCOMES, hits: 16, verdict: 'measured' });
    expect(measured?.rate).toBeCloseTo(0.5333, 4);
    expect(measured?.interval.lower).toBeCloseTo(0.3614, 3);
    expect(measured?.interval.upper).toBeCloseTo(0.6977, 3);
  });

  it('keeps set-ups and bands apart', () => {
    const rates = new HitRates();
    rates.add(outcome(82, 'target', 1, 'orderBlock'));
    rates.add(outcome(82, 'stop', 0, 'sweep'));
    rates.add(outcome(87, 'stop', 0, 'orderBlock'));
    expect(rates.rateOf('orderBlock', 82)).toMatchObject({ outcomes: 1, hits: 1 });
    expect(rates.rateOf('sweep', 82)).toMatchObject({ outcomes: 1, hits: 0 });
    expect(rates.rateOf('breaker', 82)).toMatchObject({ outcomes: 0, hits: 0, verdict: 'tooFew' });
  });

  it('goes on from the counts of the journal', () => {
    const rates = new HitRates();
    rates.restore([
      { setup: 'sweep', score: 80, outcomes: 20, hits: 12 },
      { setup: 'sweep', score: 83.5, outcomes: 10, hits: 4 },
      { setup: 'sweep', score: 60, outcomes: 99, hits: 99 },
    ]);
    rates.add(outcome(81, 'stop', 0.2, 'sweep'));
    expect(rates.rateOf('sweep', 82)).toMatchObject({ outcomes: 31, hits: 16 });
    expect(rates.rateOf('sweep', 60)).toBeNull();
  });
});
