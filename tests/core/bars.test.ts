import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BarFolder, BarSeries } from '../../src/core/bars.ts';
import { epochMs } from '../../src/core/units.ts';
import { aBar, minutesFrom } from '../support/a-bar.ts';

const QUARTER = 900_000;

describe('a ring of bars', () => {
  it('holds the newest bars and forgets the oldest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 60 }), (capacity, count) => {
        const series = new BarSeries('1m', capacity);
        const bars = minutesFrom(0, count, 1);
        for (const bar of bars) series.append(bar);
        expect(series.length).toBe(Math.min(capacity, count));
        expect(series.total).toBe(count);
        expect(series.tail(capacity)).toEqual(bars.slice(-capacity));
      }),
    );
  });

  it('knows the time of every bar it holds, whatever is missing between them', () => {
    const steps = fc.array(fc.constantFrom(1, 1, 1, 2, 7, 100), { maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), steps, (capacity, minutes) => {
        const series = new BarSeries('1m', capacity);
        let openMs = 0;
        const bars = minutes.map((step, i) => {
          openMs += step * 60_000;
          return aBar({ openMs: epochMs(openMs), trades: i % 3 === 0 ? Number.NaN : i * 1_000_000 });
        });
        for (const bar of bars) series.append(bar);
        expect(series.tail(capacity)).toEqual(bars.slice(-capacity));
        for (let ago = 0; ago < series.length; ago++) expect(series.value('openMs', ago)).toBe(bars.at(-1 - ago)?.openMs);
      }),
    );
  });

  it('refuses a bar that does not come after the last one, or is off its timeframe', () => {
    const series = new BarSeries('1m', 3);
    series.append(aBar({ openMs: epochMs(60_000) }));
    expect(() => series.append(aBar({ openMs: epochMs(60_000) }))).toThrow(/does not follow/);
    expect(() => series.append(aBar({ openMs: epochMs(90_000) }))).toThrow(/off the 1m grid/);
    expect(() => series.at(1)).toThrow(/not held/);
  });
});

describe('folding 1m into 15m', () => {
  it('hands out the trend bar with its last minute and not before', () => {
    const folder = new BarFolder('1m', '15m');
    const folded = minutesFrom(QUARTER, 16, 1).map((bar) => folder.push(bar));
    expect(folded.map((bar) => bar !== null)).toEqual([...Array(14).fill(false), true, false]);
    // Minutes open at 100, 101, … and close one higher: the quarter runs from 100 to 115, 15 × 10 volume.
    expect(folded[14]).toMatchObject({ openMs: QUARTER, open: 100, close: 115, high: 115, low: 100, volume: 150 });
  });

  it('yields nothing for a quarter with a missing minute', () => {
    const folder = new BarFolder('1m', '15m');
    const bars = minutesFrom(0, 15, 1).filter((_, i) => i !== 7);
    expect(bars.map((bar) => folder.push(bar)).every((bar) => bar === null)).toBe(true);
  });

  it('yields nothing for a quarter whose beginning was not seen', () => {
    const folder = new BarFolder('1m', '15m');
    expect(
      minutesFrom(5 * 60_000, 10, 1)
        .map((bar) => folder.push(bar))
        .every((bar) => bar === null),
    ).toBe(true);
  });

  it('agrees with extremes and sums taken over the same minutes at once', () => {
    const price = fc.integer({ min: 50, max: 150 });
    fc.assert(
      fc.property(fc.array(fc.tuple(price, price, price, price), { minLength: 15, maxLength: 15 }), (rows) => {
        const bars = rows.map(([a, b, c, d], i) =>
          aBar({
            openMs: epochMs(i * 60_000),
            open: a,
            close: b,
            high: Math.max(a, b, c, d),
            low: Math.min(a, b, c, d),
            quoteVolume: c,
          }),
        );
        const folder = new BarFolder('1m', '15m');
        const folded = bars.map((bar) => folder.push(bar)).at(-1);
        expect(folded).toMatchObject({
          open: rows[0]?.[0],
          close: rows[14]?.[1],
          high: Math.max(...bars.map((bar) => bar.high)),
          low: Math.min(...bars.map((bar) => bar.low)),
          quoteVolume: rows.reduce((total, row) => total + row[2], 0),
        });
      }),
    );
  });
});
