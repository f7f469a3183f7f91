// App, run journal: time that stands while one event is handled. A run that is recorded reads its clocks once an event, so that
// the record says what time it was and a replay is told the same.
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { MarketClock, WallClock } from '../../ports/clock.ts';
import type { At } from './journal-lines.ts';

const MICROSECONDS = 1_000;

export class HeldClock {
  readonly #market: MarketClock;
  readonly #wall: WallClock;
  #held: At | null = null;

  constructor(market: MarketClock, wall: WallClock) {
    this.#market = market;
    this.#wall = wall;
  }

  /** Reads both clocks; they stand at this until they are read again. */
  hold(): At {
    this.#held = this.read();
    return this.#held;
  }

  read(): At {
    return [this.#market.now(), Math.round(this.#wall.now() * MICROSECONDS) / MICROSECONDS];
  }

  /** Before the first hold time runs. */
  get at(): At {
    return this.#held ?? this.read();
  }
}

export const heldMarketClock = (at: () => At): MarketClock => ({ now: () => epochMs(at()[0]) });

/** Timers are the inner clock's own. */
export const heldWallClock = (at: () => At, inner: Pick<WallClock, 'every' | 'after'>, epochOffsetMs: number): WallClock => ({
  now: () => at()[1],
  epoch: (): EpochMs => epochMs(Math.round(at()[1] + epochOffsetMs)),
  every: (intervalMs, callback) => inner.every(intervalMs, callback),
  after: (delayMs, callback) => inner.after(delayMs, callback),
});
