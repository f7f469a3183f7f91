// Crash: which moment a life is to end at. Chosen by luck, but so that a position is nearly always open or on its way.
import { SeededRandom } from '../../src/core/random.ts';

/** `boot`: before or just after it is ready · `opening`: around an entry · `holding`: while it guards · `closing`: around a scripted exit. */
export type Moment = 'boot' | 'opening' | 'holding' | 'closing';

/**
 * By the number of open positions. An opening moves the market on to the next signal, and meanwhile positions reach their stops: as long as
 * one is held most lives end without that. The last one is not closed on purpose: nearly every kill is to find one.
 */
const SHARES: readonly (readonly (readonly [Moment, number])[])[] = [
  [['opening', 1]],
  [
    ['opening', 0.35],
    ['boot', 0.3],
    ['holding', 0.35],
  ],
  [
    ['opening', 0.25],
    ['closing', 0.3],
    ['boot', 0.2],
    ['holding', 0.25],
  ],
  [
    ['closing', 0.6],
    ['boot', 0.2],
    ['holding', 0.2],
  ],
];

const BOOTS_IN_A_ROW = 2;

export class Luck {
  readonly #random: SeededRandom;
  #boots = 0;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  between(least: number, most: number): number {
    return least + this.#random.next() * (most - least);
  }

  pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#random.next() * from.length)];
  }

  /** Starts that are killed half way enter nothing and show little: at most two in a row. */
  moment(openPositions: number): Moment {
    const drawn = this.#draw(openPositions);
    this.#boots = drawn === 'boot' ? this.#boots + 1 : 0;
    if (this.#boots <= BOOTS_IN_A_ROW) return drawn;
    this.#boots = 0;
    return 'holding';
  }

  #draw(openPositions: number): Moment {
    let left = this.#random.next();
    for (const [moment, share] of SHARES[Math.min(openPositions, SHARES.length - 1)] ?? []) {
      left -= share;
      if (left < 0) return moment;
    }
    return 'opening';
  }
}
