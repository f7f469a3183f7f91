// Ports: the two clocks. Market time is the venue's and names bars, orders and rows; wall time is monotonic and
// measures how long people and machines wait. Nothing on a pure floor asks either; services ask these.
import type { EpochMs } from '../core/units.ts';

export interface MarketClock {
  /** Venue time, best estimate. */
  now(): EpochMs;
}

export interface WallClock {
  /** Wall time since 1970, for text only. */
  epoch(): EpochMs;
  /** Monotonic milliseconds with fractions, for durations. */
  now(): number;
  /** Calls back every `intervalMs` until cancelled; never keeps the process alive by itself. */
  every(intervalMs: number, callback: () => void): () => void;
  /** 0 = in the loop's next turn. */
  after(delayMs: number, callback: () => void): () => void;
}
