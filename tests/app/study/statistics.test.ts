import { describe, expect, it } from 'vitest';
import { dayBootstrap, wilson } from '../../../src/app/study/statistics.ts';

describe('the interval of a share', () => {
  it('is Wilson’s: 10 of 20 gives 29.9 to 70.1 %', () => {
    // Centre (0.5 + 3.8415/40) / (1 + 3.8415/20) = 0.5; half width 1.96 × √(0.0125 + 3.8415/1600) / 1.192 = 0.2007.
    const { low, high } = wilson(10, 20);
    expect(low).toBeCloseTo(0.2993, 4);
    expect(high).toBeCloseTo(0.7007, 4);
  });

  it('never leaves 0 to 1, not even for none and all', () => {
    // None of 30: 3.8415 / 33.8415 = 0.1135.
    expect(wilson(0, 30).low).toBeCloseTo(0, 12);
    expect(wilson(0, 30).high).toBeCloseTo(0.1135, 4);
    expect(wilson(30, 30).high).toBeCloseTo(1, 12);
  });
});

describe('the interval over days', () => {
  const spread = (days: number, perDay: number) =>
    Array.from({ length: days * perDay }, (_, i) => ({
      day: Math.floor(i / perDay),
      value: Math.floor(i / perDay) % 2 === 0 ? 1 : -1,
    }));

  it('is a point where all days are alike', () => {
    const values = Array.from({ length: 40 }, (_, i) => ({ day: i % 10, value: 0.25 }));
    expect(dayBootstrap(values, 500, 1)).toEqual({ low: 0.25, high: 0.25 });
  });

  it('is as wide as the days say: a hundred signals of one day count as one', () => {
    // 16 days of +1 or −1 throughout: the mean of 16 draws has a standard deviation of 1/4, so ± 0.49.
    const { low, high } = dayBootstrap(spread(16, 100), 4_000, 1);
    expect(high - low).toBeGreaterThan(0.8);
    expect(high - low).toBeLessThan(1.1);
  });

  it('is none where there is only one day', () => {
    expect(dayBootstrap([{ day: 1, value: 1 }], 100, 1)).toEqual({ low: Number.NaN, high: Number.NaN });
  });

  it('is the same for the same seed', () => {
    const values = spread(9, 3);
    expect(dayBootstrap(values, 300, 7)).toEqual(dayBootstrap(values, 300, 7));
  });
});
