// Floor 1, room 4: where the trade is paid. Reward follows the score in steps; an obstacle in the way takes the target
// in front of itself, and one nearer than 1 R leaves no room for a trade.
import { type Side, sideSign } from '../../src/core/units.ts';
import { PLAN_LIMITS, REWARD_STEPS } from './limits.ts';
import { tickDown, tickUp } from './stop.ts';

export function rewardForScore(score: number): number {
  return REWARD_STEPS.find((step) => score >= step.minScore)?.rewardToRisk ?? 1;
}

export interface TargetRequest {
  readonly side: Side;
  readonly entry: number;
  readonly risk: number;
  /** Wanted reward in R, where the way is free. */
  readonly reward: number;
  /** Price of the nearest obstacle in the trade's direction, NaN where nothing stands in the way. */
  readonly obstacle: number;
  readonly tickSize: number;
}

export interface TargetPlan {
  readonly target: number;
  readonly rewardToRisk: number;
  /** Free way in R: to the obstacle, or to the target where nothing stands before it. */
  readonly roomR: number;
}

export function placeTarget(request: TargetRequest): TargetPlan {
  const { side, entry, risk, reward, obstacle, tickSize } = request;
  const d = sideSign(side);
  const obstacleR = Number.isNaN(obstacle) ? Number.POSITIVE_INFINITY : Math.max(0, (d * (obstacle - entry)) / risk);
  // Orders rest at the level itself, so the target is taken one tick before it.
  const shortened = obstacleR < reward && obstacleR >= PLAN_LIMITS.minRoomR;
  const wanted = shortened ? obstacle - d * tickSize : entry + d * reward * risk;
  const target = side === 'long' ? tickDown(wanted, tickSize) : tickUp(wanted, tickSize);
  return { target, rewardToRisk: (d * (target - entry)) / risk, roomR: Math.min(obstacleR, reward) };
}
