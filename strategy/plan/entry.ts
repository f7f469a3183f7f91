// Floor 1, room 4: the trigger. A zone is entered at the close of a bar that reached into it and was turned away.
import type { Bar } from '../../src/core/market.ts';
import { type Side, sideSign } from '../../src/core/units.ts';

/** A price band to trade from; `top` ≥ `bottom` whatever the side. */
export interface Band {
  readonly top: number;
  readonly bottom: number;
}

/** How far the bar reached into the band, in price; 0 = touched its near edge, negative = short of it. */
export function touchDepth(bar: Bar, band: Band, side: Side): number {
  return side === 'long' ? band.top - bar.low : bar.high - band.bottom;
}

/**
 * How clearly the bar turned: the lesser of its close beyond the middle of the band and its body in the trade's direction.
 * Only above 0 it is a rejection; a doji, or a close exactly on the middle, is none.
 */
export function rejection(bar: Bar, band: Band, side: Side): number {
  const d = sideSign(side);
  const middle = (band.top + band.bottom) / 2;
  return Math.min(d * (bar.close - middle), d * (bar.close - bar.open));
}
