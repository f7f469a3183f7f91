// Wilson's interval against hand arithmetic.
import { describe, expect, it } from 'vitest';
import { wilsonInterval, winRecord } from '../../src/book/stats.ts';
import { plannedLeverage } from '../../src/risk/leverage.ts';
import { DEFAULT_RISK_SETTINGS } from '../../src/risk/settings.ts';

describe('Wilson interval', () => {
  it('of 5 in 10 is 0.2366 to 0.7634', () => {
    // z² = 3.8415; centre 0.5; half = 1.96 / 1.38415 × √(0.025 + 3.8415 / 400) = 1.41600 × √0.0346036 = 0.26341.
    const { lower, upper } = wilsonInterval({ wins: 5, total: 10 });
    expect(lower).toBeCloseTo(0.23659, 4);
    expect(upper).toBeCloseTo(0.76341, 4);
  });

  it('of 0 in 10 starts at 0 and ends at z² / (n + z²) = 0.27753', () => {
    const { lower, upper } = wilsonInterval({ wins: 0, total: 10 });
    expect(lower).toBe(0);
    expect(upper).toBeCloseTo(3.841459 / 13.841459, 5);
  });

  it('says nothing about nothing', () => {
    expect(wilsonInterval({ wins: 0, total: 0 })).toEqual({ lower: 0, upper: 1 });
  });
});

describe('win record', () => {
  it('does not count a trade that earned nothing as a win', () => {
    expect(winRecord([0.5, -1, 0, 1.2])).toEqual({ wins: 2, total: 4 });
  });
});

describe('planned leverage', () => {
  it('is the least until thirty trades are closed, however good they were', () => {
    expect(plannedLeverage({ wins: 29, total: 29 }, DEFAULT_RISK_SETTINGS)).toEqual({ leverage: 3, reason: 'fewTrades' });
  });

  it.each([
    // Lower bounds: 80/200 → 0.3346; 120/200 → 0.5307 → (0.1307 / 0.25) × 17 = 8.89 → 11x; 150/200 → 0.6857 → all of it.
    [80, 3],
    [120, 11],
    [150, 20],
  ])('from %d wins in 200 is %dx', (wins, leverage) => {
    expect(plannedLeverage({ wins, total: 200 }, DEFAULT_RISK_SETTINGS)).toEqual({ leverage, reason: 'plan' });
  });
});
