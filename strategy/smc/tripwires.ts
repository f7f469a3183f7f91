// Floor 1, room 4: what can wake the detectors of one timeframe, side by side in memory: for each list of zones or levels the edges
// between which a bar changes nothing in it, and the last bar before something in it grows too old. Most bars touch no wire at all.
import type { CellBlock } from '../cell-block.ts';

export const CELLS_PER_WIRE = 4;
const LEFT = 1;
const LAST_QUIET = 2;
const DEEPEST = 3;

/** One wire of the row, held by the list that it stands for. Heights are turned so that greater is nearer to the price. */
export class Tripwire {
  readonly #row: Float64Array;
  readonly #cell: number;

  constructor(row: Float64Array, cell: number) {
    this.#row = row;
    this.#cell = cell;
    this.set(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    this.takeDeepest();
  }

  /** A bar that reaches down to `near` wakes the list; Infinity wakes with every bar, −Infinity with none. */
  set(near: number, lastQuietIndex: number): void {
    this.setSpan(near, Number.POSITIVE_INFINITY, lastQuietIndex);
  }

  /** Besides, a bar that does not reach `left` any more wakes it. */
  setSpan(near: number, left: number, lastQuietIndex: number): void {
    this.#row[this.#cell] = near;
    this.#row[this.#cell + LEFT] = left;
    this.#row[this.#cell + LAST_QUIET] = lastQuietIndex;
  }

  /** The deepest reach of the bars that did not wake the list since this was asked last; Infinity where there was none. */
  takeDeepest(): number {
    const deepest = this.#row[this.#cell + DEEPEST] as number;
    this.#row[this.#cell + DEEPEST] = Number.POSITIVE_INFINITY;
    return deepest;
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
    this.#row = block.cells;
    this.#first = block.take(Object.keys(places).length * CELLS_PER_WIRE);
  }

  /** Loosened, for the one list that it stands for. */
  wire(name: Name): Tripwire {
    return new Tripwire(this.#row, this.#first + this.#places[name] * CELLS_PER_WIRE);
  }

  /** Whether a bar of this reach touches the wire at this place. */
  wakes(place: number, reach: number, index: number): boolean {
    const row = this.#row;
    const cell = this.#first + place * CELLS_PER_WIRE;
    return (row[cell] as number) >= reach || (row[cell + LEFT] as number) < reach || index > (row[cell + LAST_QUIET] as number);
  }

  /** Whether a list that is ordered by its near edges waits to be left: the newest bar stands in something of it. */
  isOccupied(place: number): boolean {
    return (this.#row[this.#first + place * CELLS_PER_WIRE + LEFT] as number) !== Number.POSITIVE_INFINITY;
  }

  /** Remembers how deep a bar went that did not wake the list. */
  note(place: number, reach: number): void {
    const cell = this.#first + place * CELLS_PER_WIRE + DEEPEST;
    if (reach < (this.#row[cell] as number)) this.#row[cell] = reach;
  }

  /** Whether a bar of this reach touches one of the wires from place `from` to before `to`. */
  anyWakes(from: number, to: number, reach: number, index: number): boolean {
    const row = this.#row;
    const end = this.#first + to * CELLS_PER_WIRE;
    for (let cell = this.#first + from * CELLS_PER_WIRE; cell < end; cell += CELLS_PER_WIRE) {
      if ((row[cell] as number) >= reach || (row[cell + LEFT] as number) < reach || index > (row[cell + LAST_QUIET] as number)) {
        return true;
      }
    }
    return false;
  }
}
