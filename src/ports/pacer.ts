// Ports: keeping step with a venue that runs faster than real time. A venue at real speed needs no pacing: its pacer
// settles at once and ignores acknowledgements.
import type { EpochMs } from '../core/units.ts';

export interface Pacer {
  /**
   * What a decision waits for besides the barrier. `idle`: until nothing of ours is on its way, because the venue's clock
   * stands still meanwhile; else how far a closed trade is settled would depend on this machine. `nothing`: real time goes on.
   */
  readonly decideWhen: 'idle' | 'nothing';
  /** Announces that this bot acknowledges minutes from now on. */
  attach(): Promise<void>;
  /**
   * Calls back when everything the venue has to say up to this minute's barrier has been heard, so that decisions do not
   * depend on how fast this machine is.
   */
  settle(barOpenMs: EpochMs, settled: () => void): void;
  /** The minute is fully dealt with: every request answered, every position protected. */
  acknowledge(barOpenMs: EpochMs): void;
}
