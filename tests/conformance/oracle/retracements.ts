// Conformance, the oracle's retracements: each row's leg is looked up again among all swings.
import type { Series } from '../series.ts';
import { column, type Table } from '../table.ts';
import type { Rules } from './rules.ts';
import type { Pivot } from './swings.ts';

interface Row {
  readonly direction: number;
  readonly current: number;
  readonly deepest: number;
}

const NOTHING: Row = { direction: 0, current: 0, deepest: 0 };

function tenth(value: number, rules: Rules): number {
  const scaled = value * 10;
  const [down, up] = [Math.floor(scaled), Math.ceil(scaled)];
  const middle = down + 0.5;
  if (scaled === middle) return (rules.rounding === 'halfUp' || up % 2 === 0 ? up : down) / 10;
  return (scaled < middle ? down : up) / 10;
}

/** What is left of the way from one price to another; 0 where there is no way. */
const share = (price: number, from: number, to: number, rules: Rules): number =>
  to === from ? 0 : tenth(100 - ((price - from) / (to - from)) * 100, rules);

/** Rows in time order, before they are turned and cleared. A row is measured against the swings up to and with its own. */
function rowsOf(series: Series, pivots: readonly Pivot[], rules: Rules): Row[] {
  const newest = (t: number, kind?: Pivot['kind']) =>
    pivots.findLast((pivot) => pivot.row <= t && (kind ?? pivot.kind) === pivot.kind);
  const directionAt = (t: number) => ({ high: 1, low: -1, none: 0 })[newest(t)?.kind ?? 'none'];
  const rows: Row[] = [];
  for (const t of series.timeMs.keys()) {
    const [top, bottom] = [newest(t, 'high')?.price ?? 0, newest(t, 'low')?.price ?? 0];
    const [before, direction] = [directionAt(t - 1), directionAt(t)];
    const deepestBefore = before === direction ? (rows[t - 1]?.deepest ?? 0) : 0;
    if (direction === -1) {
      const current = share(series.high[t] as number, top, bottom, rules);
      rows.push({ direction, current, deepest: Math.max(deepestBefore, current) });
    } else if (direction === 1 && before === 1) {
      const current = share(series.low[t] as number, bottom, top, rules);
      rows.push({ direction, current, deepest: Math.max(deepestBefore, current) });
    } else rows.push({ ...NOTHING, direction });
  }
  return rows;
}

export function retracementsOracle(series: Series, pivots: readonly Pivot[], rules: Rules): Table {
  const straight = rowsOf(series, pivots, rules);
  const turned = [...straight.slice(-1), ...straight.slice(0, -1)];
  const rows = rules.retracementTurn === 'turned' ? turned : straight;
  const changes = rows.flatMap((row, t) => (t > 0 && row.direction !== rows[t - 1]?.direction ? [t] : []));
  // With too few changes all but the newest row is cleared.
  const lastCleared = changes[rules.clearedChanges - 1] ?? rows.length - 2;
  const kept = rows.map((row, t) => (t <= lastCleared ? NOTHING : row));
  const columnOf = (name: string, field: keyof Row) => ({
    ...column(name, series.length),
    values: Float64Array.from(kept, (row) => row[field]),
  });
  return [
    columnOf('Direction', 'direction'),
    columnOf('CurrentRetracement%', 'current'),
    columnOf('DeepestRetracement%', 'deepest'),
  ];
}
