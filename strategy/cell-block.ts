// Floor 1, room 4: the numbers of one symbol and timeframe in one stretch of memory, and those stretches side by side. A minute of the
// whole market visits every symbol once and finds little of it in the cache: numbers that are read together have to lie together.
import { invariant } from '../src/core/units.ts';

/** Hands out neighbouring stretches of few large arrays; what was handed out once is not taken back. */
export class CellArena {
  readonly #largest: number;
  #chunk = new Float64Array(0);
  #taken = 0;

  /** Arrays grow up to this many cells: whoever follows one symbol must not pay for sixty-four. */
  constructor(largest: number) {
    this.#largest = largest;
  }

  place(count: number): { readonly cells: Float64Array; readonly first: number } {
    if (this.#taken + count > this.#chunk.length) {
      this.#chunk = new Float64Array(Math.max(count, Math.min(2 * this.#chunk.length, this.#largest)));
      this.#taken = 0;
    }
    const first = this.#taken;
    this.#taken += count;
    return { cells: this.#chunk, first };
  }
}

export class CellBlock {
  readonly cells: Float64Array;
  readonly #first: number;
  readonly #end: number;
  #next: number;

  /** Without an arena it lies alone. */
  constructor(count: number, arena: CellArena = new CellArena(count)) {
    const { cells, first } = arena.place(count);
    this.cells = cells;
    this.#first = first;
    this.#next = first;
    this.#end = first + count;
  }

  get length(): number {
    return this.#end - this.#first;
  }

  /** All cells into the target, from this place on; `takeFrom` reads the same. */
  copyTo(target: Float64Array, at: number): void {
    target.set(this.cells.subarray(this.#first, this.#end), at);
  }

  takeFrom(source: Float64Array, at: number): void {
    this.cells.set(source.subarray(at, at + this.length), this.#first);
  }

  /** First of the next `count` cells, which from now on belong to whoever asked; zeros. */
  take(count: number): number {
    const first = this.#next;
    this.#next += count;
    invariant(this.#next <= this.#end, `a block has no room for ${count} more cells`);
    return first;
  }
}
