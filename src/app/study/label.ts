// App, `perpscout study`: what a signal earned, and what the same trade would have earned at another time. Both are labelled by
// the rules of the virtual book, so that the study, the cards and the training rows speak of the same thing.
import { advanceVirtual, HORIZON_BARS, openVirtual } from '../../book/virtual.ts';
import type { Grid } from '../../core/grid.ts';
import type { Bar } from '../../core/market.ts';
import { hashText, unitAt } from '../../core/random.ts';
import type { Signal, SignalPlan } from '../../core/signal.ts';
import { barClose, MINUTE_MS, timeframeMs } from '../../core/timeframe.ts';
import type { Outcome, VirtualTrade } from '../../core/trade.ts';
import { sideSign } from '../../core/units.ts';
import { type BarList, endOfRoad } from './road.ts';
import type { HeardSignal } from './symbol-run.ts';

/** Contract §8.21: 30 minutes to 24 hours after the signal. */
const PLACEBO_FROM_MIN = 30;
const PLACEBO_TO_MIN = 1_440;

/** One trade at 1 R and at the target of its plan. */
export interface Label {
  /** 1 where the price went 1 R our way before the stop, within the horizon. */
  readonly hit1R: 0 | 1;
  readonly grossR: number;
  readonly netR: number;
}

export interface Sample {
  readonly signal: Signal;
  readonly label: Label;
  /** Means over the placebo draws that the recording could resolve. */
  readonly placebo: { readonly hit1R: number; readonly netR: number; readonly draws: number };
}

export const plannedTrade = (signal: Signal, grid: Grid): VirtualTrade =>
  openVirtual({ signal, tradeId: signal.id, role: 'label', reason: 'study', grid });

/** With its excursions, for a training row; null where the bars end before the trade does. */
export function outcomeOf(signal: Signal, bars: BarList, first: number, grid: Grid): Outcome | null {
  let trade = plannedTrade(signal, grid);
  const horizon = { timeframe: signal.entryTimeframe, bars: HORIZON_BARS };
  for (let i = first; i < bars.length; i++) {
    const step = advanceVirtual(trade, bars.at(i) as Bar, horizon);
    if (step.kind === 'closed') return step.outcome;
    if (step.kind === 'held') trade = step.trade;
  }
  return null;
}

const withTarget = (signal: Signal, rewardToRisk: number): Signal => {
  const { plan, side } = signal;
  const target = plan.entry + sideSign(side) * rewardToRisk * plan.risk;
  return { ...signal, plan: { ...plan, target, rewardToRisk } };
};

/** Null where the recording ends before the trade does. */
export function labelOf(signal: Signal, index: number, bars: BarList, grid: Grid): Label | null {
  const horizon = { timeframe: signal.entryTimeframe, bars: HORIZON_BARS };
  const atPlan = endOfRoad(plannedTrade(signal, grid), bars, index + 1, horizon);
  const atOneR = endOfRoad(plannedTrade(withTarget(signal, 1), grid), bars, index + 1, horizon);
  if (atPlan === null || atOneR === null) return null;
  return { hit1R: atOneR.exit === 'target' ? 1 : 0, grossR: atPlan.grossR, netR: atPlan.netR };
}

/** The same trade from another close: same symbol, side and reward, the stop equally far in parts of the price. */
function movedTo(signal: Signal, bar: Bar): Signal {
  const { plan, side } = signal;
  const risk = (plan.risk * bar.close) / plan.entry;
  const d = sideSign(side);
  const moved: SignalPlan = {
    ...plan,
    entry: bar.close,
    risk,
    stop: bar.close - d * risk,
    target: bar.close + d * risk * plan.rewardToRisk,
  };
  return { ...signal, barOpenMs: bar.openMs, barCloseMs: barClose(bar.openMs, signal.entryTimeframe), plan: moved };
}

/** First bar at or after the instant; the recordings have few holes, so the guess is nearly always right. */
function indexFrom(bars: BarList, from: number, { atMs, stepMs }: { readonly atMs: number; readonly stepMs: number }): number {
  const openMs = (index: number): number => bars.at(index)?.openMs ?? 0;
  let index = Math.min(bars.length - 1, from + Math.round((atMs - openMs(from)) / stepMs));
  while (index > from && openMs(index - 1) >= atMs) index -= 1;
  while (index < bars.length && openMs(index) < atMs) index += 1;
  return index;
}

export interface PlaceboDraws {
  readonly seed: number;
  readonly count: number;
}

export interface Recording {
  readonly bars: BarList;
  readonly grid: Grid;
}

/** The draws of a signal that the recording holds: where they are entered, and with which plan. */
export function placebosOf({ signal, index }: HeardSignal, bars: BarList, { seed, count }: PlaceboDraws): HeardSignal[] {
  const place = hashText(signal.id);
  const stepMs = timeframeMs(signal.entryTimeframe);
  return Array.from({ length: count }, (_, draw) => {
    const minutes = PLACEBO_FROM_MIN + Math.floor(unitAt(seed, place, draw) * (PLACEBO_TO_MIN - PLACEBO_FROM_MIN + 1));
    const other = indexFrom(bars, index, { atMs: signal.barOpenMs + minutes * MINUTE_MS, stepMs });
    const bar = bars.at(other);
    return bar === undefined ? null : { signal: movedTo(signal, bar), index: other };
  }).filter((one) => one !== null);
}

export function sampleOf(heard: HeardSignal, { bars, grid }: Recording, draws: PlaceboDraws): Sample | null {
  const { signal, index } = heard;
  const label = labelOf(signal, index, bars, grid);
  if (label === null) return null;
  let [hits, net, drawn] = [0, 0, 0];
  for (const other of placebosOf(heard, bars, draws)) {
    const found = labelOf(other.signal, other.index, bars, grid);
    if (found === null) continue;
    hits += found.hit1R;
    net += found.netR;
    drawn += 1;
  }
  if (drawn === 0) return null;
  return { signal, label, placebo: { hit1R: hits / drawn, netR: net / drawn, draws: drawn } };
}
