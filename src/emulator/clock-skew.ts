// Emulator, faults: how wrong a caller's clock looks beside the venue's. The market goes on as it did; only what the venue
// tells of its time, and what it holds timestamps against, is shifted.

export class ClockSkew {
  #jumpMs = 0;
  #driftPpm = 0;
  #sinceMs = 0;

  /** Steps the venue's clock; steps add up. */
  jump(byMs: number): void {
    this.#jumpMs += byMs;
  }

  /** Lets it run fast (or, negative, slow) from now on. */
  drift(ppm: number, nowMs: number): void {
    this.#jumpMs = this.seen(nowMs) - nowMs;
    this.#driftPpm = ppm;
    this.#sinceMs = nowMs;
  }

  clear(): void {
    this.#jumpMs = 0;
    this.#driftPpm = 0;
  }

  /** The venue's time as callers see it. */
  seen(nowMs: number): number {
    return Math.round(nowMs + this.#jumpMs + ((nowMs - this.#sinceMs) * this.#driftPpm) / 1e6);
  }
}
