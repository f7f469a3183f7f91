// Floor 1, room 4: an evaluation that passed becomes a signal with a name of its own. Both ids come from content alone, so
// a replay of the same bars gives the same names and the journal's unique key holds.
import { sha256Hex } from '../src/core/digest.ts';
import type { Evaluation, Signal, SignalPlan } from '../src/core/signal.ts';
import type { MarketContext, TimeframePair } from './strategy.ts';

const ID_LENGTH = 16;
const digestOf = (...parts: readonly (string | number)[]): string => sha256Hex(parts.join('|')).slice(0, ID_LENGTH);

/** What a signal has beyond its evaluation. */
export interface SignalExtras {
  readonly strategyVersion: string;
  readonly pair: TimeframePair;
  readonly plan: SignalPlan;
  readonly context: MarketContext;
}

export function signalOf(evaluation: Evaluation, { strategyVersion, pair, plan, context }: SignalExtras): Signal {
  const { strategy, symbol, side, setup, barCloseMs, zone } = evaluation;
  return {
    ...evaluation,
    plan,
    emitted: true,
    id: digestOf(strategy, symbol, side, pair.entry, barCloseMs, setup, zone.id),
    opportunityId: digestOf(symbol, side, zone.id),
    strategyVersion,
    entryTimeframe: pair.entry,
    trendTimeframe: pair.trend,
    quoteVolume24hUsdt: context.quoteVolume24hUsdt,
  };
}
