// App, `perpscout study --choices`: the plan of a shipped signal with another stop or another reward. The rules of the stop are the
// strategy's own; its two ATRs are read back from the gates that every signal carries.

import { rejection } from '../../../../strategy/plan/entry.ts';
import { PLAN_LIMITS } from '../../../../strategy/plan/limits.ts';
import { placeStop, rawStop } from '../../../../strategy/plan/stop.ts';
import type { Bar } from '../../../core/market.ts';
import type { Signal, SignalPlan } from '../../../core/signal.ts';
import { invariant, sideSign } from '../../../core/units.ts';

/** Where a plan is made: the trigger bar and the tick of its contract. */
export interface PlanScene {
  readonly bar: Bar;
  readonly tickSize: number;
}

/** Null where the rules would have refused the trade. */
export type PlanOf = (signal: Signal, scene: PlanScene) => SignalPlan | null;

export interface SignalScale {
  readonly entryAtr: number;
  readonly trendAtr: number;
}

function gateValue({ gates, id }: Signal, name: string): number {
  const value = gates.find((gate) => gate.id === name)?.value;
  invariant(value !== undefined && value > 0, `signal ${id} does not say its ${name}`);
  return value;
}

/** `rejection` is told in ATR of the entry timeframe, `stop` in ATR of the trend timeframe. */
export const scaleOf = (signal: Signal, bar: Bar): SignalScale => ({
  entryAtr: rejection(bar, signal.zone, signal.side) / gateValue(signal, 'rejection'),
  trendAtr: signal.plan.risk / gateValue(signal, 'stop'),
});

/** The stop behind the zone, or further away: at least `floor` from the entry. Reward to risk stays what it was. */
function withStopFloor(signal: Signal, { bar, tickSize }: PlanScene, floorOf: (scale: SignalScale) => number): SignalPlan | null {
  const { plan, side, zone } = signal;
  const scale = scaleOf(signal, bar);
  const raw = rawStop(bar, zone, side, scale.entryAtr);
  const floor = floorOf(scale) / PLAN_LIMITS.minRiskTrendAtr;
  const { stop, risk } = placeStop(plan.entry, raw, side, { trendAtr: floor, tickSize });
  const target = plan.entry + sideSign(side) * plan.rewardToRisk * risk;
  if (!(stop > 0 && target > 0) || risk > PLAN_LIMITS.maxRiskTrendAtr * scale.trendAtr) return null;
  return { ...plan, stop, risk, target, costR: (plan.costR * plan.risk) / risk };
}

export const asPlanned: PlanOf = ({ plan }) => plan;

export const stopAtZone: PlanOf = (signal, scene) => withStopFloor(signal, scene, () => 0);

/** The shipped stop, never nearer than so many basis points of the entry. */
export const stopFloor =
  (bps: number): PlanOf =>
  (signal, scene) =>
    withStopFloor(signal, scene, ({ trendAtr }) =>
      Math.max(PLAN_LIMITS.minRiskTrendAtr * trendAtr, (signal.plan.entry * bps) / 10_000),
    );

/** One reward for every score, whatever stands in the way. */
export const rewardOf =
  (rewardToRisk: number): PlanOf =>
  ({ plan, side }) => {
    const target = plan.entry + sideSign(side) * rewardToRisk * plan.risk;
    return target > 0 ? { ...plan, target, rewardToRisk } : null;
  };
