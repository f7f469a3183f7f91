// App, `perpscout study --choices`: one planned trade walked over the bars under other terms of entry, target and time. Stops, gaps
// and times are those of the virtual book; what a limit order changes stands here, in the harsher reading.
import { advanceVirtual, type Horizon } from '../../../book/virtual.ts';
import { type Grid, priceToTicks, targetToTicks, ticks, ticksToPrice } from '../../../core/grid.ts';
import type { Bar } from '../../../core/market.ts';
import type { Signal } from '../../../core/signal.ts';
import type { Outcome, VirtualExit, VirtualTrade } from '../../../core/trade.ts';
import { sideSign } from '../../../core/units.ts';
import { plannedTrade, type Recording } from '../label.ts';
import { endOfRoad } from '../road.ts';
import type { HeardSignal } from '../symbol-run.ts';

/** `market`: as shipped. `limit`: a resting order that fills where the price trades through it by one tick. */
export type OrderKind = 'market' | 'limit';

export interface Terms {
  /** In entry bars, the entry bar included. */
  readonly horizonBars: number;
  readonly entry: OrderKind;
  readonly target: OrderKind;
}

export interface Walked {
  readonly kind: 'traded';
  readonly grossR: number;
  readonly exit: VirtualExit;
  readonly exitMs: number;
}

/** `missed`: the limit was not reached in time. `cut`: the recording ends first. */
export type Walk = Walked | { readonly kind: 'missed' } | { readonly kind: 'cut' };

/** Assumed: an entry limit at the signal's close is taken back after five entry bars; waiting longer would chase older ideas. */
export const LIMIT_WAIT_BARS = 5;

/** Where the limit at the signal's close fills. A bar that only touches it fills nothing. */
function fillIndex({ signal, index }: HeardSignal, { bars, grid }: Recording): number | 'missed' | 'cut' {
  const limit = priceToTicks(signal.plan.entry, grid, 'nearest');
  for (let i = index + 1; i <= index + LIMIT_WAIT_BARS; i++) {
    const bar = bars.at(i);
    if (bar === undefined) return 'cut';
    const reached = signal.side === 'long' ? bar.low : bar.high;
    if (sideSign(signal.side) * (limit - priceToTicks(reached, grid, 'nearest')) >= 1) return i;
  }
  return 'missed';
}

/** Of the bar that filled the limit only the adverse side counts: its best price may have come before the fill. */
function fillBar(bar: Bar, { side, plan }: Signal): Bar {
  return side === 'long' ? { ...bar, high: plan.entry } : { ...bar, low: plan.entry };
}

/** The same target one tick further: who trades there has traded through the order that rests at the target. */
function beyond(trade: VirtualTrade, grid: Grid): VirtualTrade {
  const target = targetToTicks(trade.target, trade.side, grid);
  return { ...trade, target: ticksToPrice(ticks(target + sideSign(trade.side)), grid) };
}

type End = Pick<Outcome, 'grossR' | 'exit' | 'exitMs' | 'exitPrice' | 'entryPrice'>;

function walked({ grossR, exit, exitMs }: End): Walked {
  return { kind: 'traded', grossR, exit, exitMs };
}

/** A fill at a limit is no better than the limit itself, though the price went through it. */
function atLimit(outcome: End, planned: VirtualTrade, resting: VirtualTrade): Walked {
  if (outcome.exit !== 'target' || outcome.exitPrice !== resting.target) return walked(outcome);
  const grossR = ((planned.target - outcome.entryPrice) * sideSign(planned.side)) / planned.plannedRisk;
  return walked({ ...outcome, grossR });
}

export function walkTrade(heard: HeardSignal, terms: Terms, { bars, grid }: Recording): Walk {
  const { signal, index } = heard;
  const horizon: Horizon = { timeframe: signal.entryTimeframe, bars: terms.horizonBars };
  const planned = plannedTrade(signal, grid);
  const resting = terms.target === 'limit' ? beyond(planned, grid) : planned;
  const close = (outcome: End | null): Walk =>
    outcome === null ? { kind: 'cut' } : terms.target === 'limit' ? atLimit(outcome, planned, resting) : walked(outcome);
  if (terms.entry === 'market') return close(endOfRoad(resting, bars, index + 1, horizon));
  const fill = fillIndex(heard, { bars, grid });
  if (typeof fill === 'string') return { kind: fill };
  const bar = bars.at(fill) as Bar;
  // Harsher than a venue: a bar that opens beyond the limit would fill it at that better price.
  const entered: VirtualTrade = { ...resting, entry: { price: signal.plan.entry, atMs: bar.openMs } };
  const step = advanceVirtual(entered, fillBar(bar, signal), horizon);
  if (step.kind === 'closed') return close(step.outcome);
  return close(endOfRoad(step.kind === 'held' ? step.trade : entered, bars, fill + 1, horizon));
}
