// App, backtest: what the threads found, put in order of time: the signals of each minute with their rank, as the live bot ranks them,
// and the columns of their rows that need the whole market.
import { crossColumns } from '../../../strategy/feature-groups.ts';
import { FEATURE_NAMES } from '../../../strategy/feature-schema.ts';
import { compareSignals, type RankedSignal } from '../../core/signal.ts';
import type { BacktestMarket } from './market.ts';
import type { MinuteSignals } from './portfolio.ts';
import type { FoundSignal, SymbolResult } from './signal-run.ts';

const CROSS = ['breadth_ema200_d', 'breadth_ret15_d', 'signals_this_minute', 'score_z_minute'] as const;
const PLACES = CROSS.map((name) => FEATURE_NAMES.indexOf(name));

export interface FoundMinute {
  readonly closeMs: number;
  readonly found: readonly { readonly ranked: RankedSignal; readonly features: Float64Array }[];
}

/** Ascending in time; within a minute by rank. Nothing depends on which thread was first. */
export function minutesOf(results: readonly SymbolResult[]): FoundMinute[] {
  const byClose = new Map<number, FoundSignal[]>();
  for (const { signals } of results) {
    for (const one of signals) {
      const held = byClose.get(one.signal.barCloseMs);
      if (held === undefined) byClose.set(one.signal.barCloseMs, [one]);
      else held.push(one);
    }
  }
  return [...byClose]
    .sort(([a], [b]) => a - b)
    .map(([closeMs, found]) => ({
      closeMs,
      found: found
        .sort((a, b) => compareSignals(a.signal, b.signal))
        .map(({ signal, features }, i) => ({ ranked: { signal, rank: i + 1 }, features })),
    }));
}

/** The market has to stand at this minute. */
export function withCrossSection({ found }: FoundMinute, market: BacktestMarket): MinuteSignals {
  const scores = found.map(({ ranked }) => ranked.signal.score);
  const scoreMean = scores.reduce((a, b) => a + b, 0) / scores.length;
  const scoreSd = Math.sqrt(scores.reduce((a, b) => a + (b - scoreMean) ** 2, 0) / scores.length);
  const { breadth, breadthReturn } = market.mood();
  const cross = { breadthEma200: breadth, breadthReturn, signalsThisMinute: found.length, scoreMean, scoreSd };
  const features = found.map(({ ranked, features: own }): [string, Float64Array] => {
    const row = own.slice();
    for (const [i, value] of crossColumns(ranked.signal, cross).entries()) row[PLACES[i] as number] = value;
    return [ranked.signal.id, row];
  });
  return { ranked: found.map(({ ranked }) => ranked), features: new Map(features) };
}
