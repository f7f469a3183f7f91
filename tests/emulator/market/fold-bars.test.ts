import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../../src/core/units.ts';
import { foldBars } from '../../../src/emulator/market/fold-bars.ts';
import type { MarketBar } from '../../../src/emulator/market/source.ts';

const MINUTE = 60_000;
const T = Date.UTC(2026, 0, 5, 9, 3);
const none = { quoteVolume: 10, trades: 2, takerBuyVolume: 0.5, takerBuyQuoteVolume: 5 };
const MINUTES: readonly MarketBar[] = [
  { openMs: T, open: 10, high: 12, low: 9, close: 11, volume: 1, ...none },
  { openMs: T + MINUTE, open: 11, high: 11, low: 8, close: 9, volume: 2, ...none },
  // 09:05 is missing.
  { openMs: T + 3 * MINUTE, open: 9, high: 13, low: 9, close: 12, volume: 4, ...none },
];
const minuteAt = (openMs: number): MarketBar | null => MINUTES.find((bar) => bar.openMs === openMs) ?? null;
const SPAN = { firstMs: T, endMs: T + 4 * MINUTE };

describe('folding minutes', () => {
  it('gives a bar for each interval that holds a minute, on the UTC grid', () => {
    const bars = foldBars(minuteAt, { intervalMs: 5 * MINUTE, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }, SPAN);
    expect(bars).toEqual([
      {
        openMs: T - 3 * MINUTE,
        open: 10,
        high: 12,
        low: 8,
        close: 9,
        volume: 3,
        quoteVolume: 20,
        trades: 4,
        takerBuyVolume: 1,
        takerBuyQuoteVolume: 10,
      },
      { openMs: T + 2 * MINUTE, open: 9, high: 13, low: 9, close: 12, volume: 4, ...none },
    ]);
  });

  it('takes opens from fromMs up to and including toMs', () => {
    const range = { intervalMs: MINUTE, fromMs: T + 1, toMs: T + 3 * MINUTE };
    expect(foldBars(minuteAt, range, SPAN).map((bar) => bar.openMs)).toEqual([T + MINUTE, T + 3 * MINUTE]);
  });

  it('finds nothing outside the span, and refuses an interval that is no whole number of minutes', () => {
    expect(foldBars(minuteAt, { intervalMs: MINUTE, fromMs: T + 10 * MINUTE, toMs: T + 20 * MINUTE }, SPAN)).toEqual([]);
    expect(() => foldBars(minuteAt, { intervalMs: 90_000, fromMs: T, toMs: T }, SPAN)).toThrow(InvariantError);
  });
});
