// Services, room 6: the venue's quantitative rules. An account that is put on them may only close for a while (-4400 … -4403): nothing
// is entered for ten minutes, twice as long each further time; exits and stops go on (reliability.md A22).
import type { Instant, LiveTrade } from '../../src/book/lifecycle-types.ts';
import type { Notice } from '../../src/core/notice.ts';
import type { Ladder } from './ladder.ts';
import { alarmNotice } from './notices.ts';

const CAUSE = 'quantRules';
const CODES: readonly number[] = [-4400, -4401, -4402, -4403];
const FIRST_HOLD_MS = 10 * 60_000;
const LONGEST_HOLD_MS = 4 * 3_600_000;
/** A day without a refusal, and the next one is the first again. */
const FORGOTTEN_MS = 24 * 3_600_000;

export class QuantHold {
  readonly #ladder: Ladder;
  readonly #tell: (notice: Notice) => void;
  #holdMs = FIRST_HOLD_MS;
  #untilWallMs: number | null = null;
  #lastWallMs = Number.NEGATIVE_INFINITY;

  constructor(ladder: Ladder, tell: (notice: Notice) => void) {
    this.#ladder = ladder;
    this.#tell = tell;
  }

  onVoid({ plan, entry }: LiveTrade, now: Instant): void {
    if (entry.code === null || !CODES.includes(entry.code)) return;
    if (now.wallMs - this.#lastWallMs > FORGOTTEN_MS) this.#holdMs = FIRST_HOLD_MS;
    this.#lastWallMs = now.wallMs;
    this.#untilWallMs = now.wallMs + this.#holdMs;
    const text = `${plan.symbol}: the venue allows this account to close only (${entry.code}); nothing is entered for ${this.#holdMs / 60_000} min, exits and stops go on`;
    this.#holdMs = Math.min(this.#holdMs * 2, LONGEST_HOLD_MS);
    this.#ladder.raise(CAUSE, 'NO_NEW_ENTRIES', text);
    this.#tell(alarmNotice(CAUSE, text, now.venueMs));
  }

  onTick(now: Instant): void {
    if (this.#untilWallMs === null || now.wallMs < this.#untilWallMs) return;
    this.#untilWallMs = null;
    this.#ladder.ease(CAUSE, now.wallMs);
  }
}
