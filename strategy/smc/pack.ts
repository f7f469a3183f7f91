// Floor 1, room 4: snapshots of small records as rows, and of many numbers as one text: a third of the bytes of objects. NaN stands as null.

export type Row = readonly unknown[];
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };
/** For fields of few values: a row holds the value's place in its list. */
export type Words<T> = { readonly [K in keyof T]?: readonly T[K][] };

const MINUTE_MS = 60_000;
export const FLAG = [false, true] as const;

/** Writes and reads records of one kind by a fixed order of fields; number fields that may be NaN are named apart. */
export class RowFormat<T extends object> {
  readonly #fields: readonly (keyof T & string)[];
  readonly #maybeNaN: ReadonlySet<string>;
  readonly #words: Words<T>;

  constructor(fields: readonly (keyof T & string)[], maybeNaN: readonly (keyof T & string)[] = [], words: Words<T> = {}) {
    this.#fields = [...fields, ...maybeNaN];
    this.#maybeNaN = new Set(maybeNaN);
    this.#words = words;
  }

  /** Nulls at the end are left away. */
  pack(record: T): Row {
    const row = this.#fields.map((field) => this.#keep(field, record[field]));
    return row.slice(0, row.findLastIndex((value) => value !== null) + 1);
  }

  unpack(row: Row): T {
    return Object.fromEntries(this.#fields.map((field, i) => [field, this.#read(field, row[i] ?? null)])) as T;
  }

  #keep(field: keyof T & string, value: T[keyof T & string]): unknown {
    const place = this.#words[field]?.indexOf(value) ?? -1;
    if (place >= 0) return place;
    if (typeof value !== 'number') return value;
    if (Number.isNaN(value)) return null;
    return field.endsWith('Ms') ? value / MINUTE_MS : value;
  }

  #read(field: keyof T & string, value: unknown): unknown {
    if (value === null) return this.#maybeNaN.has(field) ? Number.NaN : null;
    if (typeof value !== 'number') return value;
    const words = this.#words[field];
    if (words !== undefined) return words[value];
    // Rounding forgives the division where an instant is no whole minute.
    return field.endsWith('Ms') ? Math.round(value * MINUTE_MS) : value;
  }
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
