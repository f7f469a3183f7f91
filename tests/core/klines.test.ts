// The candles kept with a signal know nothing of what came after it.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BarSeries } from '../../src/core/bars.ts';
import { klinesUpTo } from '../../src/core/klines.ts';
import { minutesFrom } from '../support/a-bar.ts';
import { MIDNIGHT } from '../support/a-signal.ts';

const MINUTE = 60_000;
const seriesOf = (count: number): BarSeries => {
  const series = new BarSeries('1m', 500);
  for (const bar of minutesFrom(MIDNIGHT, count, 0.5)) series.append(bar);
  return series;
};

it('are the newest sixty that had closed, oldest first, however far the series has gone on since', () => {
  const block = klinesUpTo(seriesOf(200), MIDNIGHT + 100 * MINUTE);
  expect(block.timeframe).toBe('1m');
  expect(block.bars).toHaveLength(60);
  // Bar 100 opened at minute 99 and closed at minute 100; sixty bars back is the one that opened at minute 40.
  expect([block.bars[0]?.openMs, block.bars.at(-1)?.openMs]).toEqual([MIDNIGHT + 40 * MINUTE, MIDNIGHT + 99 * MINUTE]);
});

it('are the same whether cut at the signal or looked up later', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 150 }), fc.integer({ min: 0, max: 150 }), (before, after) => {
      const closeMs = MIDNIGHT + before * MINUTE;
      expect(klinesUpTo(seriesOf(before + after), closeMs)).toEqual(klinesUpTo(seriesOf(before), closeMs));
    }),
  );
});
