// App, the terminal: a table of fixed columns that stays within its width, whatever script the words are in.
import { cellsOf, padColumns } from './columns.ts';

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Never wider than this many cells. */
  readonly maxWidth: number;
}

/** Rows as lines: two cells of indent, one cell between columns. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((column, i) =>
    Math.min(column.maxWidth, Math.max(cellsOf(column.title), ...rows.map((row) => cellsOf(row[i] ?? '')))),
  );
  const line = (cells: readonly string[]): string =>
    `  ${columns.map((column, i) => padColumns(cells[i] ?? '', widths[i] ?? 0, column.align)).join(' ')}`.trimEnd();
  return [line(columns.map((column) => column.title)), ...rows.map(line)];
}
