// Conformance, BOS and CHOCH: four final swings in a row make a structure, written on the second of them, if its level is broken later.
import type { Series } from '../series.ts';
import { column, type Table } from '../table.ts';
import { FirstCross } from './first-cross.ts';
import type { FinalSwing } from './swings.ts';

/** The bar that first breaks each swing, from the second bar after it on; 0 = never. Levels are single precision, prices are not. */
function firstBreaks(series: Series, swings: readonly FinalSwing[], breakBy: 'close' | 'wick'): Int32Array {
  const broken = new Int32Array(swings.length);
  const above = new FirstCross(1);
  const below = new FirstCross(-1);
  const up = breakBy === 'close' ? series.close : series.high;
  const down = breakBy === 'close' ? series.close : series.low;
  let next = 0;
  for (let t = 0; t < series.length; t++) {
    for (let swing = swings[next]; swing !== undefined && swing.index + 2 <= t; swing = swings[++next]) {
      (swing.sign === 1 ? above : below).add(next, Math.fround(swing.level));
    }
    const note = (key: number) => {
      broken[key] = t;
    };
    above.cross(up[t] as number, note);
    below.cross(down[t] as number, note);
  }
  return broken;
}

type Form = 'bos' | 'choch' | null;

/** Seen as if bullish: the mirror has its levels turned around. */
function formOf(swings: readonly FinalSwing[], fourth: number): Form {
  const at = (place: number) => swings[fourth - 3 + place] as FinalSwing;
  const sign = at(3).sign;
  const [level0, level1, level2, level3] = [0, 1, 2, 3].map((place) => sign * at(place).level) as [
    number,
    number,
    number,
    number,
  ];
  if (level0 < level2 && level2 < level1 && level1 < level3) return 'bos';
  return level3 > level1 && level1 > level0 && level0 > level2 ? 'choch' : null;
}

export function bosChochTable(series: Series, swings: readonly FinalSwing[], breakBy: 'close' | 'wick'): Table {
  const bos = column('BOS', series.length);
  const choch = column('CHOCH', series.length);
  const level = column('Level', series.length, 'float32');
  const brokenIndex = column('BrokenIndex', series.length);
  const breaks = firstBreaks(series, swings, breakBy);
  // A structure stays only if it was broken before every later one was; its BrokenIndex stays in any case.
  let earliestLater = Number.POSITIVE_INFINITY;
  for (let fourth = swings.length - 1; fourth >= 3; fourth--) {
    const form = formOf(swings, fourth);
    const swing = swings[fourth - 2] as FinalSwing;
    const broken = breaks[fourth - 2] as number;
    if (form === null || broken === 0) continue;
    brokenIndex.values[swing.index] = broken;
    if (broken >= earliestLater) continue;
    earliestLater = broken;
    (form === 'bos' ? bos : choch).values[swing.index] = swing.sign;
    level.values[swing.index] = swing.level;
  }
  return [bos, choch, level, brokenIndex];
}
