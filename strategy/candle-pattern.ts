// Floor 1, room 4: the two candle patterns of the second strategy, as geometry of closed bars.
import type { Bar } from '../src/core/market.ts';
import { type Side, sideSign } from '../src/core/units.ts';

export interface CandlePattern {
  readonly kind: 'engulfing' | 'pinBar';
  readonly side: Side;
  readonly top: number;
  readonly bottom: number;
  /** How clear it is: body against the body it swallows, or wick against the whole range. */
  readonly clarity: number;
}

/** A pin's wick takes at least this share of its range, and its body lies in the last third away from the wick. */
const PIN_WICK_SHARE = 2 / 3;

function engulfing(before: Bar, bar: Bar, side: Side): CandlePattern | null {
  const d = sideSign(side);
  const old = d * (before.open - before.close);
  const body = d * (bar.close - bar.open);
  const swallows = d * (before.close - bar.open) >= 0 && d * (bar.close - before.open) >= 0;
  if (old <= 0 || body <= old || !swallows) return null;
  const top = Math.max(before.high, bar.high);
  return { kind: 'engulfing', side, top, bottom: Math.min(before.low, bar.low), clarity: body / old };
}

function pinBar(bar: Bar, side: Side): CandlePattern | null {
  const range = bar.high - bar.low;
  if (range <= 0) return null;
  const wick = side === 'long' ? Math.min(bar.open, bar.close) - bar.low : bar.high - Math.max(bar.open, bar.close);
  if (wick / range < PIN_WICK_SHARE) return null;
  return { kind: 'pinBar', side, top: bar.high, bottom: bar.low, clarity: wick / range };
}

/** The pattern that the newest of two bars completes on this side; an engulfing bar before a pin. */
export function candlePattern(before: Bar, bar: Bar, side: Side): CandlePattern | null {
  return engulfing(before, bar, side) ?? pinBar(bar, side);
}
