import { expect, it } from 'vitest';
import { BarRows } from '../../src/core/bar-rows.ts';
import { BarSeries } from '../../src/core/bars.ts';
import { epochMs } from '../../src/core/units.ts';
import { aBar, minutesFrom } from '../support/a-bar.ts';

const BARS = [...minutesFrom(600_000, 4, 0.5), aBar({ openMs: epochMs(1_200_000), trades: Number.NaN, quoteVolume: Number.NaN })];

it('gives back the bars that it was made of, unknown fields included', () => {
  const rows = BarRows.of(BARS);
  expect([rows.length, rows.openMs(0), rows.openMs(-1), rows.openMs(5)]).toEqual([5, 600_000, 1_200_000, Number.NaN]);
  expect(rows.bars()).toEqual(BARS);
  expect(rows.bar(4)).toEqual(BARS[4]);
  expect([BarRows.of([]).length, BarRows.of([]).openMs(-1)]).toEqual([0, Number.NaN]);
});

it('goes into a ring of bars as its bars would, one by one', () => {
  const holed = [...BARS, ...minutesFrom(1_500_000, 3, 2)];
  const [whole, single] = [new BarSeries('1m', 6), new BarSeries('1m', 6)];
  whole.appendRows(BarRows.of(holed));
  for (const bar of holed) single.append(bar);
  expect([whole.tail(9), whole.total, whole.lastOpenMs]).toEqual([single.tail(9), single.total, single.lastOpenMs]);
  expect(() => whole.appendRows(BarRows.of(BARS))).toThrow('does not follow');
});

it('is what a ring of bars holds, newest last', () => {
  const series = new BarSeries('1m', 3);
  for (const bar of BARS) series.append(bar);
  expect(series.rows(2).bars()).toEqual(BARS.slice(-2));
  expect(series.rows(100).bars()).toEqual(BARS.slice(-3));
});
