// App, the terminal: a table of fixed columns that stays within its width, whatever script the words are in.
import { cellsOf, padColumns } from './columns.ts';

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Never wider than this many cells. */
  readonly maxWidth: number;
}

const INDENT = 2;

/**
 * Rows as lines: two cells of indent, one cell between columns. Where a line would be longer than `maxCells` the last column
 * gives way.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  maxCells = Number.POSITIVE_INFINITY,
): string[] {
  const wished = columns.map((column, i) =>
    Math.min(column.maxWidth, Math.max(cellsOf(column.title), ...rows.map((row) => cellsOf(row[i] ?? '')))),
  );
  const taken = wished.slice(0, -1).reduce((sum, width) => sum + width + 1, INDENT);
  const widths = wished.map((width, i) => (i === columns.length - 1 ? Math.max(1, Math.min(width, maxCells - taken)) : width));
  const line = (cells: readonly string[]): string =>
    `  ${columns.map((column, i) => padColumns(cells[i] ?? '', widths[i] ?? 0, column.align)).join(' ')}`.trimEnd();
  return [line(columns.map((column) => column.title)), ...rows.map(line)];
}
