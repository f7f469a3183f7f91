// Adapters, models: reading a file of somebody else's making. Whatever is not as it must be is refused by the names of the file and
// of the field: a model is never guessed at.

/** Why a model is not used. The model before it stays. */
export class ModelRefusedError extends Error {
  override readonly name = 'ModelRefusedError';
  readonly file: string;
  readonly field: string;

  constructor(place: { readonly file: string; readonly field: string }, found: string, options?: ErrorOptions) {
    super(`${place.file}: ${place.field === '' ? '' : `${place.field} `}${found}`, options);
    this.file = place.file;
    this.field = place.field;
  }
}

const kindOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`);
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One object of the file and the way that leads to it. */
export class Fields {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly file: string;
  readonly path: string;

  constructor(file: string, value: unknown, path = '') {
    this.file = file;
    this.path = path;
    if (!isRecord(value)) throw new ModelRefusedError({ file, field: path }, `is ${kindOf(value)}, not an object`);
    this.#value = value;
  }

  nameOf(field: string): string {
    return this.path === '' ? field : `${this.path}.${field}`;
  }

  refuse(field: string, found: string): never {
    throw new ModelRefusedError({ file: this.file, field: this.nameOf(field) }, found);
  }

  has(field: string): boolean {
    return this.#value[field] !== undefined && this.#value[field] !== null;
  }

  raw(field: string): unknown {
    return this.has(field) ? this.#value[field] : this.refuse(field, 'is missing');
  }

  object(field: string): Fields {
    return new Fields(this.file, this.raw(field), this.nameOf(field));
  }

  list(field: string): readonly unknown[] {
    const value = this.raw(field);
    return Array.isArray(value) ? value : this.refuse(field, `is ${kindOf(value)}, not a list`);
  }

  text(field: string): string {
    const value = this.raw(field);
    return typeof value === 'string' ? value : this.refuse(field, `is ${kindOf(value)}, not a text`);
  }

  number(field: string): number {
    const value = this.raw(field);
    return typeof value === 'number' && Number.isFinite(value) ? value : this.refuse(field, `is ${String(value)}, not a number`);
  }

  /** The library writes its counts as texts. */
  count(field: string): number {
    const value = this.raw(field);
    const found = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof found === 'number' && Number.isInteger(found) && found >= 0
      ? found
      : this.refuse(field, `is ${String(value)}, not a count`);
  }

  texts(field: string): readonly string[] {
    return this.list(field).map((value, i) => (typeof value === 'string' ? value : this.refuse(`${field}[${i}]`, 'is no text')));
  }

  numbers(field: string): readonly number[] {
    return this.list(field).map((value, i) =>
      typeof value === 'number' && Number.isFinite(value) ? value : this.refuse(`${field}[${i}]`, `is ${String(value)}`),
    );
  }

  /** Counted so that lists which belong together cannot shift against each other. */
  numbersOf(field: string, length: number): readonly number[] {
    const found = this.numbers(field);
    return found.length === length ? found : this.refuse(field, `has ${found.length} numbers, ${length} are needed`);
  }
}

export function parseFields(file: string, text: string): Fields {
  if (!text.trimStart().startsWith('{') || text.includes('\u0000'))
    throw new ModelRefusedError({ file, field: '' }, 'is no JSON; save the model with a name that ends in .json');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ModelRefusedError({ file, field: '' }, `is not whole JSON (${text.length} characters): ${reason}`, { cause });
  }
  return new Fields(file, value);
}

/** The order of the vector is the order of the names: one of them elsewhere, and every cell after it means something else. */
export function checkNames(fields: Fields, field: string, expected: readonly string[]): void {
  const found = fields.texts(field);
  if (found.length === 0 && expected.length > 0) fields.refuse(field, 'are empty: the model does not say what it was trained on');
  if (found.length !== expected.length) fields.refuse(field, `are ${found.length} names, the rows have ${expected.length}`);
  const at = expected.findIndex((name, i) => found[i] !== name);
  if (at >= 0) fields.refuse(`${field}[${at}]`, `is "${found[at]}", the rows have "${expected[at]}" there`);
}
