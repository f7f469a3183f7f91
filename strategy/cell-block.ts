// Floor 1, room 4: the numbers of one symbol and timeframe in one stretch of memory. A minute of the whole market visits every symbol
// once and finds little of it in the cache: numbers that are read together have to lie together.
import { invariant } from '../src/core/units.ts';

export class CellBlock {
  readonly cells: Float64Array;
  #taken = 0;

  constructor(count: number) {
    this.cells = new Float64Array(count);
  }

  /** First of the next `count` cells, which from now on belong to whoever asked. */
  take(count: number): number {
    const first = this.#taken;
    this.#taken += count;
    invariant(this.#taken <= this.cells.length, `a block of ${this.cells.length} cells has no room for ${count} more`);
    return first;
  }
}
