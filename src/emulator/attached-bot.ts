// Emulator, time: what the clock knows of the bot that keeps step with it. At most one; the newest wins.
import type { WallTime } from './wall-time.ts';

export const MINUTE_MS = 60_000;
/** Everything a minute still owes (late final frames, the mark array) has been sent this long after its close. */
export const HOLD_OFFSET_MS = 3_000;

export type HoldReason = 'end' | 'paused' | 'noBot' | 'serving' | 'firstAck' | 'minuteAck';

const ACK_TIMEOUT_MS = 5_000;
/** A cold start takes its time; a bot that died in it must not stop the market for ever. */
const FIRST_ACK_TIMEOUT_MS = 180_000;
const QUIET_MS = 5;
const TIMEOUTS_TO_DETACH = 3;

export class AttachedBot {
  readonly #wall: WallTime;
  #attached = false;
  #attachedWallMs = 0;
  #heardFirst = false;
  #lastAckMs = Number.NEGATIVE_INFINITY;
  #inFlight = 0;
  #stirredWallMs = Number.NEGATIVE_INFINITY;
  #excusedUntilMs = 0;
  #barrier: { readonly atMs: number; readonly wallMs: number } | null = null;
  /** The barrier that was waited out or did not concern this bot. */
  #passedBarrierMs = 0;
  #timeoutsInRow = 0;
  #holdTimeouts = 0;

  constructor(wall: WallTime) {
    this.#wall = wall;
  }

  get attached(): boolean {
    return this.#attached;
  }

  get holdTimeouts(): number {
    return this.#holdTimeouts;
  }

  attach(): void {
    this.#attached = true;
    this.#attachedWallMs = this.#wall.now();
    this.#heardFirst = false;
    this.#lastAckMs = Number.NEGATIVE_INFINITY;
    this.#barrier = null;
    this.#timeoutsInRow = 0;
  }

  detach(): void {
    this.#attached = false;
    this.#barrier = null;
  }

  /** The first acknowledgement says "ready": the minute the clock stands in was read as history and owes nothing. */
  acknowledge(barOpenMs: number, nowMs: number): void {
    if (!this.#heardFirst) this.#passedBarrierMs = nowMs;
    this.#heardFirst = true;
    this.#lastAckMs = Math.max(this.#lastAckMs, barOpenMs);
    this.#timeoutsInRow = 0;
  }

  serving(): () => void {
    this.#inFlight += 1;
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      this.#inFlight -= 1;
      this.stirred();
    };
  }

  stirred(): void {
    this.#stirredWallMs = this.#wall.now();
  }

  excuseUntil(marketMs: number): void {
    this.#excusedUntilMs = marketMs;
  }

  /** Why the clock must stand at this instant, or null. Counts time-outs as it meets them. */
  holdReason(nowMs: number): HoldReason | null {
    if (this.#inFlight > 0 || this.#quietLeftMs() > 0) return 'serving';
    if (nowMs < this.#excusedUntilMs) return null;
    if (!this.#heardFirst) return this.#firstAckHold();
    return this.#minuteHold(nowMs);
  }

  /** Wall ms after which a hold is looked at again; null = only an outside event ends it. */
  retryInMs(reason: HoldReason): number | null {
    const wallMs = this.#wall.now();
    switch (reason) {
      case 'end':
      case 'paused':
      case 'noBot':
        return null;
      case 'serving':
        return this.#inFlight > 0 ? null : this.#quietLeftMs();
      case 'firstAck':
        return this.#attachedWallMs + FIRST_ACK_TIMEOUT_MS - wallMs;
      case 'minuteAck':
        return (this.#barrier?.wallMs ?? wallMs) + ACK_TIMEOUT_MS - wallMs;
    }
  }

  #quietLeftMs(): number {
    return this.#stirredWallMs + QUIET_MS - this.#wall.now();
  }

  #firstAckHold(): HoldReason | null {
    if (this.#wall.now() - this.#attachedWallMs < FIRST_ACK_TIMEOUT_MS) return 'firstAck';
    this.#holdTimeouts += 1;
    this.detach();
    return null;
  }

  #minuteHold(nowMs: number): HoldReason | null {
    const atBarrier = nowMs % MINUTE_MS === HOLD_OFFSET_MS && nowMs > this.#passedBarrierMs;
    const owedBarMs = nowMs - HOLD_OFFSET_MS - MINUTE_MS;
    if (!atBarrier || this.#lastAckMs >= owedBarMs) {
      this.#barrier = null;
      return null;
    }
    if (this.#barrier?.atMs !== nowMs) this.#barrier = { atMs: nowMs, wallMs: this.#wall.now() };
    if (this.#wall.now() - this.#barrier.wallMs < ACK_TIMEOUT_MS) return 'minuteAck';
    this.#passedBarrierMs = nowMs;
    this.#holdTimeouts += 1;
    this.#timeoutsInRow += 1;
    if (this.#timeoutsInRow >= TIMEOUTS_TO_DETACH) this.detach();
    return null;
  }
}
