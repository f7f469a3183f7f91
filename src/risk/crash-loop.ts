// Floor 1, risk: three crashes within ten minutes (reliability.md H13, K25). Something kills the process again and again: its positions
// are protected, nothing new is opened, and a person must look. Decided from the list of lives alone.
import type { LifeRow } from '../core/journal.ts';
import type { EpochMs } from '../core/units.ts';

/** The latch that such a start sets. */
export const CRASH_LOOP = 'crashLoop';
const CRASHES_OF_A_LOOP = 3;
export const LOOP_WINDOW_MS = 10 * 60_000;

/**
 * When the crashes of the last ten minutes were found, oldest first. Nobody notes his own death: a life without an end crashed, and the
 * start that followed it found it dead. Crashes that a loop was called for once do not count again.
 */
export function recentCrashes(lives: readonly LifeRow[], now: EpochMs): readonly EpochMs[] {
  const counted = lives.findLastIndex((life) => life.loop === 'found');
  const open = lives.slice(Math.max(0, counted));
  const found = open.flatMap((life, i) => (life.ending === null ? [open[i + 1]?.beganMs ?? now] : []));
  // Either way: a clock that was set back must not keep a crash young for ever.
  return found.filter((at) => Math.abs(now - at) <= LOOP_WINDOW_MS);
}

/** Null, or the crashes that make the start of `now` one of safe mode. */
export function crashLoop(lives: readonly LifeRow[], now: EpochMs): readonly EpochMs[] | null {
  const crashes = recentCrashes(lives, now);
  return crashes.length >= CRASHES_OF_A_LOOP ? crashes : null;
}
