// Adapters, clock: time as history tells it. It stands until it is moved, and whoever asked to be called is called on the way, in
// the order of their instants. Market time and wall time are one: a backtest waits for nobody.
import { type EpochMs, epochMs, invariant } from '../../core/units.ts';
import type { MarketClock, WallClock } from '../../ports/clock.ts';

interface Timer {
  readonly atMs: number;
  readonly everyMs: number | null;
  readonly callback: () => void;
}

export class EventClock implements MarketClock, WallClock {
  #nowMs: number;
  #timers: Timer[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  now(): EpochMs {
    return epochMs(this.#nowMs);
  }

  epoch(): EpochMs {
    return this.now();
  }

  every(intervalMs: number, callback: () => void): () => void {
    return this.#add({ atMs: this.#nowMs + intervalMs, everyMs: intervalMs, callback });
  }

  after(delayMs: number, callback: () => void): () => void {
    return this.#add({ atMs: this.#nowMs + delayMs, everyMs: null, callback });
  }

  /** When somebody is called next; Infinity where nobody waits. */
  nextDueMs(): number {
    return this.#timers.reduce((earliest, { atMs }) => Math.min(earliest, atMs), Number.POSITIVE_INFINITY);
  }

  advanceTo(ms: number): void {
    invariant(ms >= this.#nowMs, `time does not go back from ${this.#nowMs} to ${ms}`);
    for (let due = this.nextDueMs(); due <= ms; due = this.nextDueMs()) {
      this.#nowMs = Math.max(this.#nowMs, due);
      this.#call(due);
    }
    this.#nowMs = ms;
  }

  #call(dueMs: number): void {
    const timer = this.#timers.find(({ atMs }) => atMs === dueMs);
    if (timer === undefined) return;
    this.#timers = this.#timers.filter((one) => one !== timer);
    if (timer.everyMs !== null) this.#timers.push({ ...timer, atMs: dueMs + timer.everyMs });
    timer.callback();
  }

  #add(timer: Timer): () => void {
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter(({ callback }) => callback !== timer.callback);
    };
  }
}
