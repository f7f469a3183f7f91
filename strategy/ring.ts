// Floor 1, room 4: the newest numbers of one series, and the few statistics that features ask of them. Every statistic
// answers NaN while it has fewer numbers than its window: missing is not zero.
import type { CellBlock } from './cell-block.ts';

/** The cell that counts what was ever pushed; rings that are pushed together share it. */
export interface RingCounter {
  readonly cells: Float64Array;
  readonly cell: number;
}

export class Ring {
  readonly capacity: number;
  readonly #cells: Float64Array;
  readonly #first: number;
  readonly #counter: RingCounter;

  constructor(block: CellBlock, counter: RingCounter, capacity: number) {
    this.capacity = capacity;
    this.#cells = block.cells;
    this.#counter = counter;
    this.#first = block.take(capacity);
  }

  get #count(): number {
    return (this.#counter.cells[this.#counter.cell] as number) | 0;
  }

  get length(): number {
    return Math.min(this.#count, this.capacity);
  }

  /** Pushes the number that belongs to this state of the counter, which is moved on by whoever pushes to all of its rings. */
  put(count: number, value: number): void {
    this.#cells[this.#cellOf(count)] = value;
  }

  #cellOf(count: number): number {
    return this.#first + (count % this.capacity);
  }

  /** The number `ago` pushes back from the newest (0), NaN where none is held. */
  at(ago: number): number {
    return ago >= this.length ? Number.NaN : (this.#cells[this.#cellOf(this.#count - 1 - ago)] as number);
  }

  /** Share of the newest `window` numbers below the newest one, ties counted half: 0 = lowest, 1 = highest. */
  rank(window: number): number {
    if (this.length < window) return Number.NaN;
    const newest = this.at(0);
    let below = 0;
    for (let ago = 1; ago < window; ago++) {
      const value = this.at(ago);
      if (Number.isNaN(value)) return Number.NaN;
      below += value < newest ? 1 : value === newest ? 0.5 : 0;
    }
    return Number.isNaN(newest) ? Number.NaN : below / (window - 1);
  }

  mean(window: number): number {
    if (this.length < window) return Number.NaN;
    let sum = 0;
    for (let ago = 0; ago < window; ago++) sum += this.at(ago);
    return sum / window;
  }

  /** How many standard deviations the newest number lies above the mean of its window; NaN for a flat window. */
  zScore(window: number): number {
    const mean = this.mean(window);
    let squares = 0;
    for (let ago = 0; ago < window; ago++) squares += (this.at(ago) - mean) ** 2;
    const sd = Math.sqrt(squares / window);
    return sd > 0 ? (this.at(0) - mean) / sd : Number.NaN;
  }

  /** Net movement over the sum of all movements of the last `steps`: 1 = straight, 0 = went nowhere. */
  efficiency(steps: number): number {
    if (this.length <= steps) return Number.NaN;
    let path = 0;
    for (let ago = 0; ago < steps; ago++) path += Math.abs(this.at(ago) - this.at(ago + 1));
    return path > 0 ? Math.abs(this.at(0) - this.at(steps)) / path : Number.NaN;
  }
}

/** Correlation with, and slope against, another series of returns, from closes of the same bars. */
export function comovement(own: Ring, other: Ring, returns: number): { readonly correlation: number; readonly beta: number } {
  if (own.length <= returns || other.length <= returns) return { correlation: Number.NaN, beta: Number.NaN };
  let sx = 0;
  let sy = 0;
  let sxx = 0;
  let syy = 0;
  let sxy = 0;
  for (let ago = 0; ago < returns; ago++) {
    const x = Math.log(other.at(ago) / other.at(ago + 1));
    const y = Math.log(own.at(ago) / own.at(ago + 1));
    sx += x;
    sy += y;
    sxx += x * x;
    syy += y * y;
    sxy += x * y;
  }
  const varX = sxx - (sx * sx) / returns;
  const varY = syy - (sy * sy) / returns;
  const cov = sxy - (sx * sy) / returns;
  return {
    correlation: varX > 0 && varY > 0 ? cov / Math.sqrt(varX * varY) : Number.NaN,
    beta: varX > 0 ? cov / varX : Number.NaN,
  };
}
