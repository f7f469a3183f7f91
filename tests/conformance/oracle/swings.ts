// Conformance, the oracle's swings and structures, by looking at everything again for every row. It shares no code with the compat
// tables: both are written from the same sentences (smc.md §1), and agree or one of them is wrong.
import type { Series } from '../series.ts';
import { column, type Table } from '../table.ts';
import type { Rules } from './rules.ts';

export interface Pivot {
  readonly row: number;
  readonly kind: 'high' | 'low';
  readonly price: number;
}

export const single = (price: number, rules: Rules): number => (rules.levelPrecision === 'single' ? Math.fround(price) : price);

function pivotAt(series: Series, row: number, length: number, rules: Rules): Pivot | null {
  const from = row - length + (rules.pivotWindow === 'oneLessBefore' ? 1 : 0);
  const earliest = rules.firstPivot === 'doubleLength' ? 2 * length - 1 : length;
  if (row < earliest || from < 0 || row + length > series.length - 1) return null;
  const highest = Math.max(...series.high.subarray(from, row + length + 1));
  const lowest = Math.min(...series.low.subarray(from, row + length + 1));
  if (series.high[row] === highest) return { row, kind: 'high', price: highest };
  return series.low[row] === lowest ? { row, kind: 'low', price: lowest } : null;
}

/** Which of two neighbours of one kind has to go. */
function weaker(first: Pivot, second: Pivot, rules: Rules): Pivot {
  if (first.price === second.price) return rules.tiesInRun === 'earliest' ? second : first;
  const firstIsMore = first.kind === 'high' ? first.price > second.price : first.price < second.price;
  return firstIsMore ? second : first;
}

export function pivotsOf(series: Series, length: number, rules: Rules): Pivot[] {
  const rows = Array.from(series.timeMs.keys());
  let pivots = rows.map((row) => pivotAt(series, row, length, rules)).filter((pivot) => pivot !== null);
  for (;;) {
    const twin = pivots.findIndex((pivot, i) => pivots[i + 1]?.kind === pivot.kind);
    if (twin < 0) break;
    const gone = weaker(pivots[twin] as Pivot, pivots[twin + 1] as Pivot, rules);
    pivots = pivots.filter((pivot) => pivot !== gone);
  }
  const [first] = pivots;
  const last = pivots.at(-1);
  if (first === undefined || last === undefined || rules.bookends === 'none') return pivots;
  return [bookend(series, 0, first), ...pivots, bookend(series, series.length - 1, last)];
}

function bookend(series: Series, row: number, beside: Pivot): Pivot {
  if (beside.kind === 'high') return { row, kind: 'low', price: series.low[row] as number };
  return { row, kind: 'high', price: series.high[row] as number };
}

export function swingOracle(series: Series, length: number, rules: Rules): Table {
  const table = [column('HighLow', series.length), column('Level', series.length)] as const;
  for (const { row, kind, price } of pivotsOf(series, length, rules)) {
    table[0].values[row] = kind === 'high' ? 1 : -1;
    table[1].values[row] = price;
  }
  return table;
}

interface Structure {
  readonly row: number;
  readonly form: 'bos' | 'choch';
  readonly sign: 1 | -1;
  readonly price: number;
  /** 0 = never. */
  readonly brokenRow: number;
}

function formOf([a, b, c, d]: readonly [number, number, number, number]): 'bos' | 'choch' | null {
  // Rising: low a, high b, low c, high d.
  if (a < c && c < b && b < d) return 'bos';
  return d > b && b > a && a > c ? 'choch' : null;
}

function structuresOf(series: Series, pivots: readonly Pivot[], breakBy: 'close' | 'wick', rules: Rules): Structure[] {
  return pivots.slice(3).flatMap((_, i) => {
    const four = pivots.slice(i, i + 4);
    const second = four[1] as Pivot;
    const sign = second.kind === 'high' ? 1 : -1;
    const [a = 0, b = 0, c = 0, d = 0] = four.map((pivot) => sign * pivot.price);
    const form = formOf([a, b, c, d]);
    if (form === null) return [];
    const wick = sign === 1 ? series.high : series.low;
    const prices = breakBy === 'close' ? series.close : wick;
    const level = single(second.price, rules);
    const broken = prices.findIndex((price, row) => row >= second.row + rules.breakFrom && sign * price > sign * level);
    return [{ row: second.row, form, sign, price: second.price, brokenRow: Math.max(broken, 0) }];
  });
}

function survives(one: Structure, all: readonly Structure[], rules: Rules): boolean {
  if (one.brokenRow === 0) return false;
  return !all.some((later) => {
    if (later.row <= one.row || later.brokenRow === 0) return false;
    return rules.laterStructure === 'deletesNotEarlier' ? one.brokenRow >= later.brokenRow : one.brokenRow > later.brokenRow;
  });
}

export function bosChochOracle(series: Series, pivots: readonly Pivot[], breakBy: 'close' | 'wick', rules: Rules): Table {
  const bos = column('BOS', series.length);
  const choch = column('CHOCH', series.length);
  const level = column('Level', series.length, 'float32');
  const broken = column('BrokenIndex', series.length);
  const all = structuresOf(series, pivots, breakBy, rules);
  for (const one of all) {
    const stays = survives(one, all, rules);
    if (one.brokenRow > 0 && (stays || rules.orphanBreaks === 'kept')) broken.values[one.row] = one.brokenRow;
    if (!stays) continue;
    (one.form === 'bos' ? bos : choch).values[one.row] = one.sign;
    level.values[one.row] = one.price;
  }
  return [bos, choch, level, broken];
}
