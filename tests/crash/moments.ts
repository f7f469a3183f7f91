// Crash: which moment a life is to end at. Chosen by luck, but so that a position is nearly always open or on its way.
import { SeededRandom } from '../../src/core/random.ts';

/** `boot`: before or just after it is ready · `opening`: around an entry · `holding`: while it guards · `closing`: around a scripted exit. */
export type Moment = 'boot' | 'opening' | 'holding' | 'closing';

/** By the number of open positions. The last one is not closed on purpose: nearly every kill is to find one. */
const SHARES: readonly (readonly (readonly [Moment, number])[])[] = [
  [['opening', 1]],
  [
    ['opening', 0.6],
    ['boot', 0.2],
    ['holding', 0.2],
  ],
  [
    ['opening', 0.4],
    ['closing', 0.3],
    ['boot', 0.15],
    ['holding', 0.15],
  ],
  [
    ['closing', 0.6],
    ['boot', 0.2],
    ['holding', 0.2],
  ],
];

export class Luck {
  readonly #random: SeededRandom;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  between(least: number, most: number): number {
    return least + this.#random.next() * (most - least);
  }

  pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#random.next() * from.length)];
  }

  moment(openPositions: number): Moment {
    let left = this.#random.next();
    for (const [moment, share] of SHARES[Math.min(openPositions, SHARES.length - 1)] ?? []) {
      left -= share;
      if (left < 0) return moment;
    }
    return 'opening';
  }
}
