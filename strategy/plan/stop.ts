// Floor 1, room 4: where the idea is wrong. The stop lies behind the structure, at least one ATR of the trend timeframe
// away, and rounds away from the entry. It is never widened to make costs look small (contract §8.19).
import type { Bar } from '../../src/core/market.ts';
import { type Side, sideSign } from '../../src/core/units.ts';
import type { Band } from './entry.ts';
import { PLAN_LIMITS } from './limits.ts';

// A price of 59,670 on a tick of 0.1 is 596,699.9999…; a slack of a millionth cell keeps it on its own cell.
const SLACK_CELLS = 1e-6;

export const tickDown = (price: number, tickSize: number): number => snap(Math.floor(price / tickSize + SLACK_CELLS), tickSize);
export const tickUp = (price: number, tickSize: number): number => snap(Math.ceil(price / tickSize - SLACK_CELLS), tickSize);

/** Cells × tick without the float dust of the product: 596,700 × 0.1 is 59,670. */
function snap(cells: number, tickSize: number): number {
  const perUnit = 1 / tickSize;
  const whole = Math.round(perUnit);
  return Math.abs(perUnit - whole) < SLACK_CELLS * whole ? cells / whole : cells * tickSize;
}

/** The structural stop: behind the zone and the trigger bar, with a little air. */
export function rawStop(bar: Bar, band: Band, side: Side, entryAtr: number): number {
  const air = PLAN_LIMITS.stopBufferAtr * entryAtr;
  return side === 'long' ? Math.min(band.bottom, bar.low) - air : Math.max(band.top, bar.high) + air;
}

/** The stop on the grid and the risk that follows from it. */
export function placeStop(
  entry: number,
  raw: number,
  side: Side,
  scale: { readonly trendAtr: number; readonly tickSize: number },
): { readonly stop: number; readonly risk: number } {
  const d = sideSign(side);
  const distance = Math.max(d * (entry - raw), PLAN_LIMITS.minRiskTrendAtr * scale.trendAtr);
  const wanted = entry - d * distance;
  const stop = side === 'long' ? tickDown(wanted, scale.tickSize) : tickUp(wanted, scale.tickSize);
  return { stop, risk: d * (entry - stop) };
}
