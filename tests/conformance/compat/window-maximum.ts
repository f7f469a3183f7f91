// Conformance, compat: the maximum of the last n values and where it stands, by a monotone queue: O(1) amortised.
// Of equal values the earliest counts.

export interface WindowMaximumSnapshot {
  readonly indices: readonly number[];
  readonly values: readonly number[];
}

export class WindowMaximum {
  readonly #span: number;
  readonly #indices: Float64Array;
  readonly #values: Float64Array;
  #head = 0;
  #count = 0;

  constructor(span: number) {
    this.#span = span;
    this.#indices = new Float64Array(span);
    this.#values = new Float64Array(span);
  }

  push(index: number, value: number): void {
    if (this.#count > 0 && (this.#indices[this.#head] as number) <= index - this.#span) {
      this.#head = (this.#head + 1) % this.#span;
      this.#count -= 1;
    }
    // An equal value stays in front: it is the earlier one.
    while (this.#count > 0 && (this.#values[this.#slot(this.#count - 1)] as number) < value) this.#count -= 1;
    const slot = this.#slot(this.#count);
    this.#indices[slot] = index;
    this.#values[slot] = value;
    this.#count += 1;
  }

  /** Where the maximum stands, −1 before the first value. */
  get index(): number {
    return this.#count === 0 ? -1 : (this.#indices[this.#head] as number);
  }

  #slot(place: number): number {
    const slot = this.#head + place;
    return slot >= this.#span ? slot - this.#span : slot;
  }

  snapshot(): WindowMaximumSnapshot {
    const places = Array.from({ length: this.#count }, (_, i) => this.#slot(i));
    return {
      indices: places.map((slot) => this.#indices[slot] as number),
      values: places.map((slot) => this.#values[slot] as number),
    };
  }

  restore(snapshot: WindowMaximumSnapshot): void {
    this.#head = 0;
    this.#count = snapshot.indices.length;
    this.#indices.set(snapshot.indices);
    this.#values.set(snapshot.values);
  }
}
