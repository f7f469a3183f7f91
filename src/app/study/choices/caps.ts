// App, `perpscout study --choices`: what limits on the number of trades do to the days: which signals a policy would have taken, and
// how much they move together.
import { compareSignals, type Signal } from '../../../core/signal.ts';
import type { Dated } from '../statistics.ts';
import { designEffect, mean } from '../statistics.ts';

export interface CapPolicy {
  readonly id: string;
  readonly minScore: number;
  /** Ranks of a minute that may be taken. */
  readonly topPerMinute: number;
  readonly mostOpen: number;
  /** No second entry of a side within this time; 0 = no rest. */
  readonly sideRestMs: number;
}

export interface CapTrade {
  readonly signal: Signal;
  readonly exitMs: number;
  readonly day: number;
  readonly netR: number;
}

export interface CapRow {
  readonly id: string;
  readonly n: number;
  readonly tradesPerDay: number;
  readonly netR: number;
  readonly meanDayR: number;
  readonly worstDayR: number;
  /** Variance of the mean with whole days as units, over that of independent trades. */
  readonly designEffect: number;
}

/** In order of time, within a minute by rank; a position that ends with a bar is gone for the signals of that bar's close. */
export function takenBy(policy: CapPolicy, trades: readonly CapTrade[]): CapTrade[] {
  const able = trades
    .filter(({ signal }) => signal.score >= policy.minScore)
    .sort((a, b) => a.signal.barCloseMs - b.signal.barCloseMs || compareSignals(a.signal, b.signal));
  const taken: CapTrade[] = [];
  const lastMs = new Map<string, number>();
  let [minute, rank] = [Number.NaN, 0];
  for (const trade of able) {
    const { symbol, side, barCloseMs } = trade.signal;
    rank = barCloseMs === minute ? rank + 1 : 1;
    minute = barCloseMs;
    const open = taken.filter(({ exitMs }) => exitMs > barCloseMs);
    const rests = barCloseMs - (lastMs.get(side) ?? Number.NEGATIVE_INFINITY) < policy.sideRestMs;
    const held = open.some(({ signal }) => signal.symbol === symbol);
    if (rank > policy.topPerMinute || rests || held || open.length >= policy.mostOpen) continue;
    taken.push(trade);
    lastMs.set(side, barCloseMs);
  }
  return taken;
}

/** `days`: calendar days of the span, those without a trade included. */
export function capRow(policy: CapPolicy, trades: readonly CapTrade[], days: number): CapRow {
  const taken = takenBy(policy, trades);
  const byDay = new Map<number, number>();
  for (const { day, netR } of taken) byDay.set(day, (byDay.get(day) ?? 0) + netR);
  const sum = taken.reduce((total, { netR }) => total + netR, 0);
  const dated = taken.map(({ day, netR }): Dated => ({ day, value: netR }));
  return {
    id: policy.id,
    n: taken.length,
    tradesPerDay: taken.length / days,
    netR: mean(taken.map(({ netR }) => netR)),
    meanDayR: sum / days,
    worstDayR: Math.min(0, ...byDay.values()),
    designEffect: designEffect(dated),
  };
}
