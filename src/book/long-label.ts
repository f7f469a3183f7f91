// Book: what became of a timeout after its horizon: the second label `y_720` (ml.md §3.4). By the rules of src/book/virtual.ts:
// closed bars only, and the stop counts first where one bar holds both levels.
import type { Bar } from '../core/market.ts';
import { type Timeframe, timeframeMs } from '../core/timeframe.ts';
import type { LongLabel } from '../core/trade.ts';
import { sideSign } from '../core/units.ts';

export const LONG_HORIZON_BARS = 720;

/** `open`: nothing is decided yet; seeing a bar twice is harmless, so a restart may begin again anywhere before the last one seen. */
export type LongStep = { readonly kind: 'open' } | { readonly kind: 'resolved'; readonly y720: 0 | 1 };

const OPEN: LongStep = { kind: 'open' };

export function advanceLongLabel({ outcome, stop, target }: LongLabel, bar: Bar, timeframe: Timeframe): LongStep {
  if (bar.openMs < outcome.exitMs) return OPEN;
  const barsSince = Math.round((bar.openMs - outcome.entryMs) / timeframeMs(timeframe)) + 1;
  // A gap may have swallowed the bar that would have been the last: what comes after the horizon says nothing about it.
  if (barsSince > LONG_HORIZON_BARS) return { kind: 'resolved', y720: 0 };
  const sign = sideSign(outcome.side);
  const worst = outcome.side === 'long' ? bar.low : bar.high;
  const best = outcome.side === 'long' ? bar.high : bar.low;
  if ((worst - stop) * sign <= 0) return { kind: 'resolved', y720: 0 };
  if ((best - target) * sign >= 0) return { kind: 'resolved', y720: 1 };
  return barsSince === LONG_HORIZON_BARS ? { kind: 'resolved', y720: 0 } : OPEN;
}
