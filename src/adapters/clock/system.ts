// Adapters, clock: the machine's own time. Durations come from the monotonic clock, so a stepped wall clock cannot
// stretch or shrink a deadline; every timer is unref'd and owned by its canceller, but for the next turn, which always comes.
import { performance } from 'node:perf_hooks';
import { epochMs } from '../../core/units.ts';
import type { WallClock } from '../../ports/clock.ts';

export const systemClock: WallClock = {
  epoch: () => epochMs(Date.now()),
  now: () => performance.now(),
  every(intervalMs, callback) {
    const timer = setInterval(callback, intervalMs);
    timer.unref();
    return () => clearInterval(timer);
  },
  after(delayMs, callback) {
    if (delayMs === 0) return nextTurn(callback);
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** After the input that is there has been dealt with, without the millisecond that the shortest timer takes. */
function nextTurn(callback: () => void): () => void {
  const turn = setImmediate(callback);
  return () => clearImmediate(turn);
}
