// App, `perpscout study --choices`: every signal down every road, and beside it the same draws of the placebo for each road, so that
// two roads differ by their terms alone.

import { tickSize } from '../../../core/grid.ts';
import type { Signal, SignalPlan } from '../../../core/signal.ts';
import { DAY_MS, timeframeMs } from '../../../core/timeframe.ts';
import type { DatedR } from '../groups.ts';
import { type PlaceboDraws, placebosOf, type Recording } from '../label.ts';
import type { HeardSignal } from '../symbol-run.ts';
import type { Legs, Road } from './choices.ts';
import { type Walked, walkTrade } from './walk.ts';

export interface RoadTrade {
  readonly signal: Signal;
  /** Of this road; its cost is that of a round trip at market. */
  readonly plan: SignalPlan;
  readonly walk: Walked;
  /** Those draws that the road traded to an end, at least one. */
  readonly placebos: readonly Walked[];
}

export interface RoadRun {
  readonly trades: RoadTrade[];
  /** Ids of the signals that a limit did not catch. */
  readonly missed: Set<string>;
  /** Stops further away than the strategy allows. */
  refused: number;
  /** Without an end, or without any placebo, inside the recording. */
  unresolved: number;
}

export const newRoadRun = (): RoadRun => ({ trades: [], missed: new Set(), refused: 0, unresolved: 0 });

export function takeRoad(
  road: Road,
  heard: HeardSignal,
  recording: Recording & { readonly draws: PlaceboDraws },
  run: RoadRun,
): void {
  const { bars, grid, draws } = recording;
  const { signal, index } = heard;
  const bar = bars.at(index);
  const plan = bar === undefined ? null : road.planOf(signal, { bar, tickSize: tickSize(grid) });
  if (plan === null) {
    run.refused += 1;
    return;
  }
  const planned: HeardSignal = { signal: { ...signal, plan }, index };
  const terms = road.terms(timeframeMs(signal.entryTimeframe));
  const walk = walkTrade(planned, terms, recording);
  if (walk.kind === 'missed') run.missed.add(signal.id);
  if (walk.kind === 'cut') run.unresolved += 1;
  if (walk.kind !== 'traded') return;
  const placebos = placebosOf(planned, bars, draws)
    .map((other) => walkTrade(other, terms, recording))
    .filter((one) => one.kind === 'traded');
  if (placebos.length === 0) run.unresolved += 1;
  else run.trades.push({ signal, plan, walk, placebos });
}

/** At these legs; a whole round trip at market costs exactly what the plan says. */
export function priced({ signal, plan, walk, placebos }: RoadTrade, legs: Legs, roundTripBps: number): DatedR {
  const net = ({ grossR, exit }: Walked): number =>
    grossR - plan.costR * ((legs.entryBps + (exit === 'target' ? legs.targetBps : legs.otherBps)) / roundTripBps);
  return {
    day: Math.floor(signal.barCloseMs / DAY_MS),
    grossR: walk.grossR,
    netR: net(walk),
    placeboNetR: placebos.reduce((sum, one) => sum + net(one), 0) / placebos.length,
  };
}
