// Adapters, binance: the venue's time. Real venue: its clock was measured against our monotonic one (best of five round
// trips), so steps of the machine's wall clock do not matter. Paced venue: time is the last event seen, because between
// two events nobody here can know how far it went.
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { MarketClock, WallClock } from '../../ports/clock.ts';
import type { Pacing } from './pace.ts';

const SAMPLES = 5;

/** Asks the venue's time once; null = no answer. */
export type ReadTime = () => Promise<number | null>;

export class VenueClock implements MarketClock {
  readonly #wall: WallClock;
  readonly #pacing: Pacing;
  #readTime: ReadTime | null = null;
  /** Venue time minus monotonic time. */
  #offsetMs: number | null = null;
  /** The same as somebody told it before it was measured; of a venue that lives in another year nothing else is near the truth. */
  readonly #toldOffsetMs: number | null;
  #errorMs = 0;
  #lastSeenMs = 0;
  #measuredMs: EpochMs | null = null;
  #running: Promise<boolean> | null = null;

  constructor(wall: WallClock, pacing: Pacing, toldMs: number | null = null) {
    this.#wall = wall;
    this.#pacing = pacing;
    this.#toldOffsetMs = toldMs === null ? null : toldMs - wall.now();
  }

  connect(readTime: ReadTime): void {
    this.#readTime = readTime;
  }

  now(): EpochMs {
    if (this.#pacing === 'paced') return epochMs(this.#lastSeenMs);
    const offsetMs = this.#offsetMs ?? this.#toldOffsetMs;
    return epochMs(Math.round(offsetMs === null ? this.#wall.epoch() : this.#wall.now() + offsetMs));
  }

  get synced(): boolean {
    return this.#offsetMs !== null || this.#lastSeenMs > 0;
  }

  /** How far `now` may be off: half the best round trip. Zero where time stands between events. */
  get errorMs(): number {
    return this.#errorMs;
  }

  /** Venue time of the last measurement, null before the first; a paced clock is measured by every event. */
  get measuredMs(): EpochMs | null {
    if (this.#pacing === 'paced') return this.synced ? this.now() : null;
    return this.#measuredMs;
  }

  /** An event's own time. It never turns a paced clock back; a real one is not moved by events at all. */
  observe(serverMs: number): void {
    if (this.#pacing === 'paced' && serverMs > this.#lastSeenMs) this.#lastSeenMs = serverMs;
  }

  /** Measures once before first use. */
  async ensure(): Promise<void> {
    if (!this.synced) await this.resync();
  }

  /** True when the venue told its time. Callers at the same time share one measurement. */
  resync(): Promise<boolean> {
    this.#running ??= this.#measure().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #measure(): Promise<boolean> {
    const readTime = this.#readTime;
    if (readTime === null) return false;
    if (this.#pacing === 'paced') {
      const serverMs = await readTime();
      if (serverMs !== null) this.#lastSeenMs = serverMs;
      return serverMs !== null;
    }
    let best: { readonly rttMs: number; readonly offsetMs: number } | null = null;
    for (let i = 0; i < SAMPLES; i++) {
      const sentMs = this.#wall.now();
      const serverMs = await readTime();
      const rttMs = this.#wall.now() - sentMs;
      // Two silences and nothing to go by: the venue is away, and three more deadlines would not bring it back.
      if (serverMs === null && best === null && i > 0) return false;
      if (serverMs === null) continue;
      if (best === null || rttMs < best.rttMs) best = { rttMs, offsetMs: serverMs - (sentMs + rttMs / 2) };
    }
    if (best === null) return false;
    this.#offsetMs = best.offsetMs;
    this.#errorMs = best.rttMs / 2;
    this.#measuredMs = this.now();
    return true;
  }
}
