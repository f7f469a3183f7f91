// Adapters, binance: our own ceiling on new orders. The venue allows 300 in ten seconds; entries may use half of that, so
// that a burst of them can never keep a stop out.
import type { WallClock } from '../../ports/clock.ts';

const WINDOW_MS = 10_000;
const ENTRY_CEILING = 150;

export class OrderBudget {
  readonly #wall: WallClock;
  #sentMs: number[] = [];

  constructor(wall: WallClock) {
    this.#wall = wall;
  }

  takeEntry(): boolean {
    this.#forget();
    if (this.#sentMs.length >= ENTRY_CEILING) return false;
    this.#sentMs.push(this.#wall.now());
    return true;
  }

  /** Protection is never refused here, but it uses the same pool. */
  countProtective(): void {
    this.#forget();
    this.#sentMs.push(this.#wall.now());
  }

  #forget(): void {
    const since = this.#wall.now() - WINDOW_MS;
    this.#sentMs = this.#sentMs.filter((ms) => ms > since);
  }
}
