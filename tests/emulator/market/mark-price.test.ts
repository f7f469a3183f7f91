import { describe, expect, it } from 'vitest';
import { markPrice } from '../../../src/emulator/market/mark-price.ts';

const MINUTE = 60_000;
const NOW = 100 * MINUTE + 20_000;

describe('the mark price', () => {
  it('is the last price where nothing has closed yet', () => {
    expect(markPrice(() => null, NOW, 123)).toBe(123);
  });

  it('lags half way toward the mean of the last three closes', () => {
    // Closes 100.01, 100.02, 100.03 have the mean 100.02; half way from 100 lies 100.01.
    const closes = new Map([1, 2, 3].map((back) => [(100 - back) * MINUTE, 100 + back / 100]));
    expect(markPrice((openMs) => closes.get(openMs) ?? null, NOW, 100)).toBeCloseTo(100.01, 9);
  });

  it('stays within 2.5 bp of the last price, however far that has jumped', () => {
    // 5 bp of lag at most, half of it felt.
    expect(markPrice(() => 100, NOW, 50)).toBeCloseTo(50 * 1.00025, 9);
    expect(markPrice(() => 100, NOW, 200)).toBeCloseTo(200 * 0.99975, 9);
  });

  it('never looks at the minute that is still open', () => {
    const asked: number[] = [];
    markPrice(
      (openMs) => {
        asked.push(openMs);
        return 1;
      },
      NOW,
      1,
    );
    expect(Math.max(...asked)).toBe(99 * MINUTE);
  });
});
