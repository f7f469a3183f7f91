import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridOf } from '../../../src/core/grid.ts';
import { minutePath } from '../../../src/emulator/market/minute-path.ts';
import type { MarketBar } from '../../../src/emulator/market/source.ts';

const GRID = gridOf('0.10', '0.001');
const OPEN_MS = Date.UTC(2026, 2, 2, 12, 34);

/** A bar from tick counts: 0.1 each. */
function barOfTicks(ticks: { open: number; high: number; low: number; close: number }): MarketBar {
  const price = (n: number): number => n / 10;
  const none = { volume: 1, quoteVolume: 1, trades: 1, takerBuyVolume: 0, takerBuyQuoteVolume: 0 };
  return {
    openMs: OPEN_MS,
    open: price(ticks.open),
    high: price(ticks.high),
    low: price(ticks.low),
    close: price(ticks.close),
    ...none,
  };
}

const anyBar = fc
  .tuple(fc.integer({ min: 100, max: 900_000 }), fc.nat(400), fc.nat(400), fc.nat(400))
  .map(([low, a, b, c]) => barOfTicks({ low, open: low + a, close: low + b, high: low + Math.max(a, b) + c }));

describe('the path of a minute', () => {
  it('starts at the open, ends at the close, touches high and low, never leaves them and stays on the tick grid', () => {
    fc.assert(
      fc.property(anyBar, fc.integer(), (bar, seed) => {
        const path = [...minutePath(bar, GRID, seed)];
        expect(path).toHaveLength(20);
        expect(path[0]).toBe(bar.open);
        expect(path[19]).toBe(bar.close);
        expect(Math.max(...path)).toBe(bar.high);
        expect(Math.min(...path)).toBe(bar.low);
        // On a grid of 0.1 a price is a whole number divided by ten, to the last bit.
        for (const price of path) expect(price).toBe(Math.round(price * 10) / 10);
      }),
    );
  });

  it('visits the low first in a rising minute and the high first in a falling one', () => {
    fc.assert(
      fc.property(anyBar, fc.integer(), (bar, seed) => {
        // Where open or close is itself the extreme the order says nothing.
        fc.pre(bar.close !== bar.open && bar.low < Math.min(bar.open, bar.close) && bar.high > Math.max(bar.open, bar.close));
        const path = minutePath(bar, GRID, seed);
        const lowFirst = path.indexOf(bar.low) < path.indexOf(bar.high);
        expect(lowFirst).toBe(bar.close > bar.open);
      }),
    );
  });

  it('is the same for the same bar and seed, and another one for another minute', () => {
    const bar = barOfTicks({ low: 10_000, open: 10_100, close: 10_150, high: 10_300 });
    const path = minutePath(bar, GRID, 5);
    expect([...minutePath(bar, GRID, 5)]).toEqual([...path]);
    expect([...minutePath({ ...bar, openMs: bar.openMs + 60_000 }, GRID, 5)]).not.toEqual([...path]);
  });

  it('stands still in a flat minute', () => {
    const bar = barOfTicks({ low: 777, open: 777, close: 777, high: 777 });
    expect(new Set(minutePath(bar, GRID, 1))).toEqual(new Set([77.7]));
  });

  it('walks a grid of half tenths without leaving it', () => {
    const none = { volume: 1, quoteVolume: 1, trades: 1, takerBuyVolume: 0, takerBuyQuoteVolume: 0 };
    const bar: MarketBar = { openMs: OPEN_MS, open: 2.05, high: 2.4, low: 1.95, close: 2.35, ...none };
    for (const price of minutePath(bar, gridOf('0.05', '1'), 3)) expect(price).toBe(Math.round(price * 20) / 20);
  });
});
