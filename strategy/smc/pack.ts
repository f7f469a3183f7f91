// Floor 1, room 4: snapshots of small records as rows instead of objects: a third of the bytes. NaN stands as null.

export type Row = readonly unknown[];
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const keep = (value: unknown): unknown => (typeof value === 'number' && Number.isNaN(value) ? null : value);

/** Writes and reads records of one kind by a fixed order of fields; number fields that may be NaN are named apart. */
export class RowFormat<T extends object> {
  readonly #fields: readonly (keyof T & string)[];
  readonly #maybeNaN: ReadonlySet<string>;

  constructor(fields: readonly (keyof T & string)[], maybeNaN: readonly (keyof T & string)[] = []) {
    this.#fields = [...fields, ...maybeNaN];
    this.#maybeNaN = new Set(maybeNaN);
  }

  pack(record: T): Row {
    return this.#fields.map((field) => keep(record[field]));
  }

  unpack(row: Row): T {
    const pairs = this.#fields.map((field, i) => [field, row[i] === null && this.#maybeNaN.has(field) ? Number.NaN : row[i]]);
    return Object.fromEntries(pairs) as T;
  }
}
