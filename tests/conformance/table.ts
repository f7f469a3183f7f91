// Conformance, the tables: named columns of numbers, one row a bar, NaN for an empty field; and how they stand in a CSV file.

/** float32: the library keeps the column in single precision, so it is compared after rounding to it. */
export type Precision = 'exact' | 'float32';

export interface Column {
  readonly name: string;
  readonly precision: Precision;
  readonly values: Float64Array;
}

export type Table = readonly Column[];

export const column = (name: string, length: number, precision: Precision = 'exact'): Column => ({
  name,
  precision,
  values: new Float64Array(length).fill(Number.NaN),
});

export interface CsvTable {
  readonly names: readonly string[];
  readonly rows: number;
  /** One array a column; a field that is no number is an error, not a NaN. */
  readonly columns: readonly Float64Array[];
}

const WORDS: Readonly<Record<string, number>> = {
  '': Number.NaN,
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  true: 1,
  false: 0,
};

function parseField(field: string, line: number): number {
  const word = WORDS[field.trim().toLowerCase()];
  if (word !== undefined) return word;
  const value = Number(field);
  if (Number.isNaN(value)) throw new Error(`line ${line + 1} holds "${field}", which is no number`);
  return value;
}

/** A last line that holds nothing but its line feed is no row; an empty line of a table with one column is. */
export function readTable(text: string): CsvTable {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  const names = (lines[0] ?? '').split(',').map((name) => name.trim());
  const rows = Math.max(0, lines.length - 1);
  const columns = names.map(() => new Float64Array(rows).fill(Number.NaN));
  for (let row = 0; row < rows; row++) {
    const fields = (lines[row + 1] ?? '').split(',');
    if (fields.length !== names.length)
      throw new Error(`line ${row + 2} has ${fields.length} fields, the header has ${names.length}`);
    for (const [c, field] of fields.entries()) (columns[c] as Float64Array)[row] = parseField(field, row + 1);
  }
  return { names, rows, columns };
}

const fieldText = (value: number): string => {
  if (Number.isNaN(value)) return '';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Number.isInteger(value) ? `${value}.0` : String(value);
};

export function writeTable(table: Table): string {
  const lines = [table.map((held) => held.name).join(',')];
  const rows = table[0]?.values.length ?? 0;
  for (let row = 0; row < rows; row++) lines.push(table.map((held) => fieldText(held.values[row] as number)).join(','));
  return `${lines.join('\n')}\n`;
}
