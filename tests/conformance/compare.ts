// Conformance, the comparison: an expected table against a built one, cell by cell. NaN equals NaN; single-precision columns are
// compared after rounding to it; a missing or superfluous column or row differs in each of its cells.
import { type Column, type CsvTable, readTable, type Table } from './table.ts';

export interface Difference {
  readonly row: number;
  readonly column: string;
  /** null: an empty field, or a cell that is not there. */
  readonly expected: number | null;
  readonly got: number | null;
}

export interface Comparison {
  readonly cells: number;
  readonly differing: number;
  readonly first: Difference | null;
}

class Tally {
  cells = 0;
  differing = 0;
  first: Difference | null = null;

  note(row: number, name: string, expected: number | undefined, got: number | undefined): void {
    this.differing += 1;
    if (this.first !== null && this.first.row <= row) return;
    this.first = { row, column: name, expected: shown(expected), got: shown(got) };
  }
}

const shown = (value: number | undefined): number | null => (value === undefined || Number.isNaN(value) ? null : value);

function compareColumn(tally: Tally, expected: Float64Array, got: Column): void {
  const rows = Math.max(expected.length, got.values.length);
  tally.cells += rows;
  for (let row = 0; row < rows; row++) {
    const [a, b] = [expected[row], got.values[row]];
    const same =
      a !== undefined && b !== undefined && (a === b || (Number.isNaN(a) && Number.isNaN(b)) || sameSingle(a, b, got.precision));
    if (!same) tally.note(row, got.name, a, b);
  }
}

const sameSingle = (a: number, b: number, precision: Column['precision']): boolean =>
  precision === 'float32' && Math.fround(a) === Math.fround(b);

/** A column that only one of the tables has. */
function countLonely(tally: Tally, name: string, rows: number): void {
  tally.cells += rows;
  for (let row = 0; row < rows; row++) tally.note(row, `${name} (in one table only)`, undefined, undefined);
}

export function compareTables(expected: CsvTable, got: Table): Comparison {
  const tally = new Tally();
  for (const held of got) {
    const values = expected.columns[expected.names.indexOf(held.name)];
    if (values === undefined) countLonely(tally, held.name, held.values.length);
    else compareColumn(tally, values, held);
  }
  for (const name of expected.names) if (!got.some((held) => held.name === name)) countLonely(tally, name, expected.rows);
  return { cells: tally.cells, differing: tally.differing, first: tally.first };
}

export const compareWithText = (expected: string, got: Table): Comparison => compareTables(readTable(expected), got);
