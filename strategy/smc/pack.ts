// Floor 1, room 4: snapshots of small records as rows, and of many numbers as one text: a third of the bytes of objects. NaN stands as null.

export type Row = readonly unknown[];
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };
/** For fields of few values: a row holds the value's place in its list. */
export type Words<T> = { readonly [K in keyof T]?: readonly T[K][] };

const MINUTE_MS = 60_000;
export const FLAG = [false, true] as const;

/** How one field stands in a row. */
interface Column {
  readonly field: string;
  /** Its few values, where it has no more. */
  readonly words: readonly unknown[] | null;
  readonly unit: 'minutes' | 'asIs';
  /** What null stands for. */
  readonly missing: number | null;
}

/** Writes and reads records of one kind by a fixed order of fields; number fields that may be NaN are named apart. */
export class RowFormat<T extends object> {
  readonly #columns: readonly Column[];
  /** Every field, null: records that are copies of one object share its shape. */
  readonly #blank: Readonly<Record<string, unknown>>;

  constructor(fields: readonly (keyof T & string)[], maybeNaN: readonly (keyof T & string)[] = [], words: Words<T> = {}) {
    this.#columns = [...fields, ...maybeNaN].map((field) => ({
      field,
      words: words[field] ?? null,
      unit: field.endsWith('Ms') ? 'minutes' : 'asIs',
      missing: maybeNaN.includes(field) ? Number.NaN : null,
    }));
    this.#blank = Object.fromEntries(this.#columns.map(({ field }) => [field, null]));
  }

  /** Nulls at the end are left away. */
  pack(record: T): Row {
    const row = this.#columns.map((column) => kept(column, (record as Record<string, unknown>)[column.field]));
    return row.slice(0, row.findLastIndex((value) => value !== null) + 1);
  }

  unpack(row: Row): T {
    const record: Record<string, unknown> = { ...this.#blank };
    const columns = this.#columns;
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i] as Column;
      const value = row[i];
      record[column.field] = typeof value === 'number' ? toldNumber(column, value) : (value ?? column.missing);
    }
    return record as T;
  }
}

function kept({ words, unit }: Column, value: unknown): unknown {
  const place = words?.indexOf(value) ?? -1;
  if (place >= 0) return place;
  if (typeof value !== 'number') return value;
  if (Number.isNaN(value)) return null;
  return unit === 'minutes' ? value / MINUTE_MS : value;
}

function toldNumber({ words, unit }: Column, value: number): unknown {
  if (words !== null) return words[value];
  // Rounding forgives the division where an instant is no whole minute.
  if (unit === 'minutes') return Math.round(value * MINUTE_MS);
  // A list of fractions hands out its whole numbers as fractions too: a field of counts that once held such a one is slower ever after,
  // in all objects of its kind.
  const whole = value | 0;
  return whole === value ? whole : value;
}

const MAX_DECIMALS = 8;
const BASE = 36;

/** Numbers with few decimals as whole numbers of one power of ten, the power in front; others as they are, behind an `x`. */
export function packNumbers(values: readonly number[]): string {
  for (let decimals = 0; decimals <= MAX_DECIMALS; decimals++) {
    const power = 10 ** decimals;
    const whole = values.map((value) => Math.round(value * power));
    if (!whole.every((count, i) => Number.isNaN(count) || (Number.isSafeInteger(count) && count / power === values[i]))) continue;
    return [decimals, ...whole.map((count) => (Number.isNaN(count) ? '' : count.toString(BASE)))].join(' ');
  }
  return ['x', ...values.map((value) => (Number.isNaN(value) ? '' : String(value)))].join(' ');
}

export function unpackNumbers(text: string): number[] {
  const [decimals = 'x', ...words] = text.split(' ');
  const read = decimals === 'x' ? Number : (word: string): number => Number.parseInt(word, BASE) / 10 ** Number(decimals);
  return words.map((word) => (word === '' ? Number.NaN : read(word)));
}
