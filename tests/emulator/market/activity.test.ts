import { describe, expect, it } from 'vitest';
import { activityFrom, activityUpTo, WEEK_MINUTES } from '../../../src/emulator/market/activity.ts';

const DAY = 1_440;
/** Minutes are counted from Thursday 2026-01-01T00:00Z. */
const between = (from: number, to: number): number => activityUpTo(to) - activityUpTo(from);

describe('the activity of the market', () => {
  it('is 1 on average over any week, also before the epoch', () => {
    expect(between(0, WEEK_MINUTES)).toBeCloseTo(WEEK_MINUTES, 6);
    expect(between(-WEEK_MINUTES - 777, -777)).toBeCloseTo(WEEK_MINUTES, 6);
  });

  it('is higher at 14–15 UTC than at 4–5 UTC, and lower on Saturday than on Friday', () => {
    expect(between(14 * 60, 15 * 60)).toBeGreaterThan(1.5 * between(4 * 60, 5 * 60));
    expect(between(2 * DAY, 3 * DAY)).toBeLessThan(0.7 * between(DAY, 2 * DAY));
  });

  it('reads the same across the end of a week', () => {
    const sunday = 3 * DAY + 1_300;
    const window = activityFrom(sunday, 1_024);
    expect((window[1_024] ?? 0) - (window[0] ?? 0)).toBeCloseTo(between(sunday, sunday + 1_024), 6);
  });
});
