// Prices in ticks.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PriceGrid } from '../../../strategy/smc/price-grid.ts';

describe('the price grid', () => {
  it('moves a price to the double that its decimal text stands for', () => {
    // 0.1 + 0.2 is 0.30000000000000004 as a double.
    expect(new PriceGrid(0.1).snap(0.1 + 0.2)).toBe(0.3);
    expect(new PriceGrid(0.05).snap(4.349999999999)).toBe(4.35);
    expect(new PriceGrid(1e-7).snap(0.00001170000001)).toBe(0.0000117);
    expect(new PriceGrid(0).snap(1.23456789)).toBe(1.23456789);
  });

  it('agrees with decimal text for every tick of every grid', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000_000 }), fc.integer({ min: 0, max: 8 }), (ticks, decimals) => {
        const text = `${ticks}e-${decimals}`;
        const grid = new PriceGrid(Number(`1e-${decimals}`));
        expect(grid.snap(Number(text) * (1 + 2e-16))).toBe(Number(text));
      }),
    );
  });

  it('finds the middle on the grid or half a tick off it', () => {
    // (0.1 + 0.7) / 2 is 0.39999999999999997 as doubles.
    expect(new PriceGrid(0.1).mid(0.1, 0.7)).toBe(0.4);
    expect(new PriceGrid(0.1).mid(0.1, 0.2)).toBe(0.15);
  });

  it('counts whole ticks in a distance that a double has bent', () => {
    const grid = new PriceGrid(0.1);
    // 0.3 − 0.2 is 0.09999999999999998.
    expect(grid.isAtLeast(0.3 - 0.2, 1)).toBe(true);
    expect(grid.isAtLeast(0.3 - 0.2, 2)).toBe(false);
    expect(grid.isWithin(0.3 - 0.2, 1)).toBe(true);
    expect(grid.isWithin(0.3 - 0.1, 1)).toBe(false);
  });

  it('refuses what is no tick size', () => {
    expect(() => new PriceGrid(-1)).toThrow(/not a tick size/);
  });
});
