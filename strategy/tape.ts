// Floor 1, room 4: what a detector remembers besides its cells, as one list of numbers and a few texts. It is read in the order in which
// it was written; the objects that come of it are literals of the reader's own, in the shape in which they are born.
import { type EpochMs, epochMs, invariant } from '../src/core/units.ts';

/** All of a state, or what of it does not lie in cells, for whoever keeps those as they are. */
export type SnapshotPart = 'whole' | 'besideCells';

const MINUTE_MS = 60_000;
const NO_TEXT = -1;

export class TapeWriter {
  readonly part: SnapshotPart;
  readonly numbers: number[] = [];
  /** Each once. */
  readonly texts: string[] = [];

  constructor(part: SnapshotPart) {
    this.part = part;
  }

  number(value: number): void {
    this.numbers.push(value);
  }

  flag(value: boolean): void {
    this.numbers.push(value ? 1 : 0);
  }

  /** In minutes, which are shorter where numbers are written as text. */
  instant(ms: number): void {
    this.numbers.push(ms / MINUTE_MS);
  }

  /** One of a few: its place in their list. */
  word<T>(words: readonly T[], value: T): void {
    const place = words.indexOf(value);
    invariant(place >= 0, `${String(value)} is none of ${words.join(', ')}`);
    this.numbers.push(place);
  }

  text(value: string | null): void {
    if (value === null) {
      this.numbers.push(NO_TEXT);
      return;
    }
    const known = this.texts.indexOf(value);
    this.numbers.push(known < 0 ? this.texts.push(value) - 1 : known);
  }

  list<T>(items: readonly T[], write: (tape: TapeWriter, item: T) => void): void {
    this.number(items.length);
    for (const item of items) write(this, item);
  }

  maybe<T>(item: T | null, write: (tape: TapeWriter, item: T) => void): void {
    this.flag(item !== null);
    if (item !== null) write(this, item);
  }

  cells(cells: Float64Array, first: number, count: number): void {
    for (let place = first; place < first + count; place++) this.numbers.push(cells[place] as number);
  }
}

export class TapeReader {
  readonly part: SnapshotPart;
  readonly #numbers: Float64Array;
  readonly #texts: readonly string[];
  #at = 0;

  constructor(part: SnapshotPart, numbers: Float64Array, texts: readonly string[]) {
    this.part = part;
    this.#numbers = numbers;
    this.#texts = texts;
  }

  number(): number {
    if (this.#at >= this.#numbers.length) invariant(false, 'not a snapshot: it ends too early');
    return this.#numbers[this.#at++] as number;
  }

  /** A whole number, given as one: a field of counts that once held a fraction is slower ever after, in all objects of its kind. */
  count(): number {
    return this.number() | 0;
  }

  flag(): boolean {
    return this.number() === 1;
  }

  instant(): EpochMs {
    // Rounding forgives the division where an instant is no whole minute.
    return epochMs(Math.round(this.number() * MINUTE_MS));
  }

  word<T>(words: readonly T[]): T {
    const word = words[this.count()];
    if (word === undefined) invariant(false, `not a snapshot: none of ${words.join(', ')}`);
    return word as T;
  }

  text(): string | null {
    const place = this.count();
    if (place === NO_TEXT) return null;
    const text = this.#texts[place];
    if (text === undefined) invariant(false, `not a snapshot: it has no text ${place}`);
    return text as string;
  }

  /** Of a field that always has one. */
  name(): string {
    const text = this.text();
    if (text === null) invariant(false, 'not a snapshot: a name is missing');
    return text as string;
  }

  list<T>(read: (tape: TapeReader) => T): T[] {
    const items: T[] = [];
    for (let left = this.count(); left > 0; left--) items.push(read(this));
    return items;
  }

  maybe<T>(read: (tape: TapeReader) => T): T | null {
    return this.flag() ? read(this) : null;
  }

  cells(cells: Float64Array, first: number, count: number): void {
    for (let place = first; place < first + count; place++) cells[place] = this.number();
  }

  /** Everything was read. */
  end(): void {
    const left = this.#numbers.length - this.#at;
    invariant(left === 0, `not a snapshot: ${left} numbers are left over`);
  }
}
