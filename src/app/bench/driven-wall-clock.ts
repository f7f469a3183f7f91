// App, `perpscout bench`: a wall clock that is driven: timers fire in order while time is advanced, and never by themselves. Tests
// of everything that waits use it too.
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { WallClock } from '../../ports/clock.ts';

interface Timer {
  atMs: number;
  readonly everyMs: number | null;
  readonly callback: () => void;
}

export class DrivenWallClock implements WallClock {
  #nowMs: number;
  readonly #timers = new Set<Timer>();

  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  epoch(): EpochMs {
    return epochMs(this.#nowMs);
  }

  now(): number {
    return this.#nowMs;
  }

  every(intervalMs: number, callback: () => void): () => void {
    return this.#add({ atMs: this.#nowMs + intervalMs, everyMs: intervalMs, callback });
  }

  after(delayMs: number, callback: () => void): () => void {
    return this.#add({ atMs: this.#nowMs + delayMs, everyMs: null, callback });
  }

  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const due = this.#earliest();
      if (due === null || due.atMs > untilMs) break;
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      if (due.everyMs === null) this.#timers.delete(due);
      else due.atMs += due.everyMs;
      due.callback();
    }
    this.#nowMs = untilMs;
  }

  /** How far away the next timer is; Infinity without one. */
  get msToNext(): number {
    return (this.#earliest()?.atMs ?? Number.POSITIVE_INFINITY) - this.#nowMs;
  }

  get pending(): number {
    return this.#timers.size;
  }

  /** Timers of the same instant fire in the order in which they were set. */
  #earliest(): Timer | null {
    let earliest: Timer | null = null;
    for (const timer of this.#timers) if (earliest === null || timer.atMs < earliest.atMs) earliest = timer;
    return earliest;
  }

  #add(timer: Timer): () => void {
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }
}
