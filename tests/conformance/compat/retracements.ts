// Conformance, retracements: how far price came back from the newest final swing towards the one before, in percent of that leg. The
// library turns its table by one row, so that the newest row stands first, and clears it up to the third change of direction.
import type { Series } from '../series.ts';
import { column, type Table } from '../table.ts';
import type { FinalSwing } from './swings.ts';

/** Rounded to a tenth, half to even (the library's rounding). */
export function toTenth(value: number): number {
  const scaled = value * 10;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  if (rest < 0.5) return floor / 10;
  if (rest > 0.5) return (floor + 1) / 10;
  return (floor % 2 === 0 ? floor : floor + 1) / 10;
}

/** Of the way from `from` to `to`, the share that `price` has left undone; a leg without height counts as not retraced. */
function retraced(price: number, from: number, to: number): number {
  return from === to ? 0 : toTenth(100 - ((price - from) / (to - from)) * 100);
}

interface Rows {
  readonly direction: Float64Array;
  readonly current: Float64Array;
  readonly deepest: Float64Array;
}

function walk(series: Series, swings: readonly FinalSwing[], { direction, current, deepest }: Rows): void {
  const byRow = new Map(swings.map((swing) => [swing.index, swing]));
  let top = 0;
  let bottom = 0;
  for (let t = 0; t < series.length; t++) {
    const before = direction[t - 1] ?? 0;
    const swing = byRow.get(t);
    direction[t] = swing?.sign ?? before;
    if (swing?.sign === 1) top = swing.level;
    if (swing?.sign === -1) bottom = swing.level;
    if (before === 1) {
      current[t] = retraced(series.low[t] as number, bottom, top);
      deepest[t] = Math.max(deepest[t - 1] ?? 0, current[t] as number);
    }
    if (direction[t] === -1) {
      current[t] = retraced(series.high[t] as number, top, bottom);
      deepest[t] = Math.max(before === -1 ? (deepest[t - 1] ?? 0) : 0, current[t] as number);
    }
  }
}

function turnByOne(values: Float64Array): void {
  const last = values.at(-1);
  if (last === undefined) return;
  values.copyWithin(1, 0);
  values[0] = last;
}

function clearToThirdChange({ direction, current, deepest }: Rows): void {
  let changes = 0;
  let row = 0;
  while (row + 1 < direction.length && changes < 3) {
    if (direction[row] !== direction[row + 1]) changes += 1;
    row += 1;
  }
  const cleared = changes === 3 ? row + 1 : row;
  for (const values of [direction, current, deepest]) values.fill(0, 0, cleared);
}

export function retracementsTable(series: Series, swings: readonly FinalSwing[]): Table {
  const direction = column('Direction', series.length);
  const current = column('CurrentRetracement%', series.length);
  const deepest = column('DeepestRetracement%', series.length);
  const rows: Rows = { direction: direction.values.fill(0), current: current.values.fill(0), deepest: deepest.values.fill(0) };
  walk(series, swings, rows);
  for (const values of [rows.direction, rows.current, rows.deepest]) turnByOne(values);
  clearToThirdChange(rows);
  return [direction, current, deepest];
}
