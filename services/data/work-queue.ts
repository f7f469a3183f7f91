// Services, room 3: work that comes in heaps and can wait, piece by piece. After every few milliseconds of it the event loop turns
// once, so that the network is looked after first: an answer that lies unread keeps the next page from being asked for.
import pLimit from 'p-limit';
import type { WallClock } from '../../src/ports/clock.ts';

const SLICE_MS = 1;

export class WorkQueue {
  readonly #wallClock: WallClock;
  readonly #oneByOne = pLimit(1);
  #workedMs = 0;

  constructor(wallClock: WallClock) {
    this.#wallClock = wallClock;
  }

  /** Does the work when its turn has come; pieces are done in the order in which they were handed in. */
  do<T>(work: () => T): Promise<T> {
    return this.#oneByOne(async () => {
      if (this.#workedMs >= SLICE_MS) await this.#turn();
      const begunMs = this.#wallClock.now();
      const done = work();
      this.#workedMs += this.#wallClock.now() - begunMs;
      return done;
    });
  }

  async #turn(): Promise<void> {
    this.#workedMs = 0;
    await new Promise<void>((resolve) => void this.#wallClock.after(0, resolve));
  }
}
