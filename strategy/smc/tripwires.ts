// Floor 1, room 4: what can wake the detectors of one timeframe, side by side in memory: for each list of zones or levels the edge
// that a bar must reach and the last bar before something in it grows too old. A bar that touches no wire looks at no list.
import type { CellBlock } from '../cell-block.ts';

export const CELLS_PER_WIRE = 2;

/** One wire of the row, held by the list that it stands for. */
export class Tripwire {
  readonly #row: Float64Array;
  readonly #cell: number;

  constructor(row: Float64Array, cell: number) {
    this.#row = row;
    this.#cell = cell;
  }

  /** `height` is turned so that greater is nearer to the price; Infinity wakes with every bar, −Infinity with none. */
  set(height: number, lastQuietIndex: number): void {
    this.#row[this.#cell] = height;
    this.#row[this.#cell + 1] = lastQuietIndex;
  }
}

/** For a list that is looked at without a row of wires. */
export const looseWire = (): Tripwire => new Tripwire(new Float64Array(CELLS_PER_WIRE), 0);

export class Tripwires<Name extends string> {
  readonly #row: Float64Array;
  readonly #first: number;
  readonly #places: Readonly<Record<Name, number>>;

  constructor(places: Readonly<Record<Name, number>>, block: CellBlock) {
    this.#places = places;
    const count = Object.keys(places).length * CELLS_PER_WIRE;
    this.#row = block.cells;
    this.#first = block.take(count);
    for (let cell = this.#first; cell < this.#first + count; cell += CELLS_PER_WIRE) {
      this.#row[cell] = Number.NEGATIVE_INFINITY;
      this.#row[cell + 1] = Number.POSITIVE_INFINITY;
    }
  }

  wire(name: Name): Tripwire {
    return new Tripwire(this.#row, this.#first + this.#places[name] * CELLS_PER_WIRE);
  }

  /** Whether a bar of this reach touches the wire at this place. */
  wakes(place: number, reach: number, index: number): boolean {
    const cell = this.#first + place * CELLS_PER_WIRE;
    return (this.#row[cell] as number) >= reach || index > (this.#row[cell + 1] as number);
  }
}
