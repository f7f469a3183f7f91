// Floor 1, room 4: what stands between the entry and the target. Stops resting at pools of weight 2 and more (equal highs
// and lows, yesterday's and last week's extremes) and order blocks of the trend timeframe turn prices around; gaps of the
// trend timeframe only slow them down and cost points instead of room.
import { type Side, sideSign } from '../../src/core/units.ts';
import { PLAN_LIMITS } from '../plan/limits.ts';
import type { SmcView, SmcZone } from '../smc/types.ts';

const opposite = (side: Side): Side => (side === 'long' ? 'short' : 'long');

/** Distance to the near edge of a zone that lies ahead, 0 inside it, NaN behind us. */
function aheadBy(zone: SmcZone, entry: number, side: Side): number {
  const d = sideSign(side);
  const near = side === 'long' ? zone.bottom : zone.top;
  const far = side === 'long' ? zone.top : zone.bottom;
  return d * (far - entry) < 0 ? Number.NaN : Math.max(0, d * (near - entry));
}

function nearestOf(zones: readonly SmcZone[], entry: number, side: Side): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const zone of zones) {
    const distance = aheadBy(zone, entry, side);
    if (distance < nearest) nearest = distance;
  }
  return nearest;
}

function nearestPool(view: SmcView, entry: number, side: Side): number {
  const d = sideSign(side);
  for (const pool of view.pools(side === 'long' ? 'buySide' : 'sellSide')) {
    const distance = d * (pool.level - entry);
    if (distance > 0 && pool.weight >= PLAN_LIMITS.minPoolWeight) return distance;
  }
  return Number.POSITIVE_INFINITY;
}

/** Price of the nearest obstacle in the trade's direction, NaN where the way is free. */
export function nearestObstacle(trend: SmcView, entryView: SmcView, entry: number, side: Side): number {
  const blocks = nearestOf(trend.orderBlocks(opposite(side)), entry, side);
  const distance = Math.min(blocks, nearestPool(entryView, entry, side), nearestPool(trend, entry, side));
  return Number.isFinite(distance) ? entry + sideSign(side) * distance : Number.NaN;
}

/** Distance to the nearest opposing zone of the trend timeframe, block or gap; NaN where there is none. */
export function opposingZoneDistance(trend: SmcView, entry: number, side: Side): number {
  const other = opposite(side);
  const distance = Math.min(nearestOf(trend.orderBlocks(other), entry, side), nearestOf(trend.fairValueGaps(other), entry, side));
  return Number.isFinite(distance) ? distance : Number.NaN;
}
