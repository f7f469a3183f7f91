// Floor 1, room 4: prices compare in ticks. Every price that enters is moved to the one double that stands for its tick
// (ticks × units ÷ 10^n, correctly rounded), so that plain < and = between prices are comparisons of ticks.
import { invariant } from '../../src/core/units.ts';

const MAX_DECIMALS = 15;

/** Zero counts as whole: the tick is then not known. */
const isWhole = (value: number): boolean => value === 0 || Math.abs(value - Math.round(value)) <= 1e-9 * value;

// One for all contracts of a tick size, of which there are few.
const KNOWN = new Map<number, PriceGrid>();

export class PriceGrid {
  /** 0 where the tick size is not known: prices are then taken as they are. */
  readonly tick: number;
  readonly #units: number;
  readonly #power: number;

  constructor(tickSize: number) {
    invariant(tickSize >= 0 && Number.isFinite(tickSize), `not a tick size: ${tickSize}`);
    this.tick = tickSize;
    let decimals = 0;
    while (decimals < MAX_DECIMALS && !isWhole(tickSize * 10 ** decimals)) decimals++;
    this.#power = 10 ** decimals;
    this.#units = Math.max(1, Math.round(tickSize * this.#power));
  }

  static of(tickSize: number): PriceGrid {
    const known = KNOWN.get(tickSize) ?? new PriceGrid(tickSize);
    KNOWN.set(tickSize, known);
    return known;
  }

  snap(price: number): number {
    if (this.tick === 0) return price;
    // Most ticks are a power of ten, and then one division does.
    if (this.#units === 1) return Math.round(price * this.#power) / this.#power;
    return (Math.round((price * this.#power) / this.#units) * this.#units) / this.#power;
  }

  /** The middle of two prices of the grid: on the grid or exactly half a tick off it. */
  mid(a: number, b: number): number {
    if (this.tick === 0) return (a + b) / 2;
    return (Math.round(((a + b) * this.#power) / this.#units) * this.#units) / (2 * this.#power);
  }

  /** For a distance between two prices of the grid, which is a whole number of ticks but for a double's error. */
  isAtLeast(distance: number, ticks: number): boolean {
    return this.tick === 0 ? distance > 0 : distance > (ticks - 0.5) * this.tick;
  }

  isWithin(distance: number, ticks: number): boolean {
    return this.tick === 0 ? distance === 0 : distance < (ticks + 0.5) * this.tick;
  }
}
