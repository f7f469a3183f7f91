// App, `perpscout study`: a planned trade's way to its end over recorded bars, by the rules of the virtual book. Between entry and end
// hardly any bar touches stop or target: those are passed over without being drawn up, which is what makes thousands of labels cheap.
import { advanceVirtual, type Horizon } from '../../book/virtual.ts';
import type { Bar } from '../../core/market.ts';
import { timeframeMs } from '../../core/timeframe.ts';
import type { Outcome, VirtualTrade } from '../../core/trade.ts';

/** What a bar has to do to be looked at: reach one of two prices, or open at this instant or later. */
export interface Reach {
  readonly low: number;
  readonly high: number;
  readonly untilMs: number;
}

/** Bars of one contract, oldest first: an array, or columns that look like one and know a quicker way. */
export interface BarList {
  readonly length: number;
  at(index: number): Bar | undefined;
  /** Place of the first such bar from `from` on; `length` where there is none. */
  firstReach?(from: number, reach: Reach): number;
}

function firstReach(bars: BarList, from: number, reach: Reach): number {
  if (bars.firstReach !== undefined) return bars.firstReach(from, reach);
  for (let i = from; i < bars.length; i++) {
    const bar = bars.at(i) as Bar;
    if (bar.low <= reach.low || bar.high >= reach.high || bar.openMs >= reach.untilMs) return i;
  }
  return bars.length;
}

function reachOf({ entry, stop, target }: VirtualTrade, { bars, timeframe }: Horizon): Reach {
  const untilMs = entry === null ? Number.NEGATIVE_INFINITY : entry.atMs + (bars - 1) * timeframeMs(timeframe);
  return { low: Math.min(stop, target), high: Math.max(stop, target), untilMs };
}

/**
 * Null where the bars end before the trade does. The book counts bars by their times, so that passing over some changes its end in
 * nothing but the excursions, which say nothing here.
 */
export function endOfRoad(
  planned: VirtualTrade,
  bars: BarList,
  first: number,
  horizon: Horizon,
): Omit<Outcome, 'maxFavourableR' | 'maxAdverseR' | 'barsToMaxFavourable'> | null {
  let trade = planned;
  for (let i = firstReach(bars, first, reachOf(trade, horizon)); i < bars.length; ) {
    const step = advanceVirtual(trade, bars.at(i) as Bar, horizon);
    if (step.kind === 'closed') return step.outcome;
    if (step.kind === 'held') trade = step.trade;
    i = firstReach(bars, i + 1, reachOf(trade, horizon));
  }
  return null;
}
