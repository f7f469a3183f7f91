// Feeds a strategy the way the bot does: a long history of trend bars, a short one of minutes, and at each minute the
// trend bar that closes with it first.
import { BarFolder } from '../../src/core/bars.ts';
import type { Bar } from '../../src/core/market.ts';
import type { Evaluation, Signal } from '../../src/core/signal.ts';
import { symbolId } from '../../src/core/units.ts';
import type { CrossSection, MarketContext, Strategy, StrategySettings, SymbolStrategy } from '../../strategy/strategy.ts';

export const CONTEXT: MarketContext = { quoteVolume24hUsdt: 5e7, fundingRate: 0.0001, nextFundingMs: 0 };
export const CROSS: CrossSection = {
  btc: null,
  breadthEma200: 0.75,
  breadthReturn: 0.25,
  signalsThisMinute: 3,
  scoreMean: 70,
  scoreSd: 5,
};
/** The published settings, and a permissive pair of limits that lets many signals through. */
export const STRICT: StrategySettings = {
  pair: { trend: '15m', entry: '1m' },
  minConfidence: 70,
  roundTripCostBps: 12,
  costGateR: 0.1,
};
export const LOOSE: StrategySettings = { ...STRICT, minConfidence: 45, costGateR: 1 };

export const open = (strategy: Strategy, settings: StrategySettings, tickSize = 0.01): SymbolStrategy =>
  strategy.open({ symbol: symbolId('WILDUSDT'), tickSize, onboardMs: Date.parse('2025-01-01T00:00:00Z') }, settings);

export const isSignal = (evaluation: Evaluation | Signal): evaluation is Signal => evaluation.emitted;

/** Minutes that are only folded into trend bars: 7,000 are 466 of the 499 that warm-up asks for. */
export const FOLDED_MINUTES = 7_000;

/** Feeds bars and hands every evaluation to `heard` at its own minute. */
export function feed(
  one: SymbolStrategy,
  bars: readonly Bar[],
  heard: (evaluation: Evaluation | Signal, bar: Bar) => void,
): void {
  const folder = new BarFolder('1m', '15m');
  for (const [i, bar] of bars.entries()) {
    const trend = folder.push(bar);
    if (trend !== null) one.onTrendBar(trend);
    if (i < FOLDED_MINUTES) continue;
    const evaluation = one.hear(bar, CONTEXT) ?? one.evaluation;
    if (evaluation !== null) heard(evaluation, bar);
  }
}

export function evaluationsOf(one: SymbolStrategy, bars: readonly Bar[]): (Evaluation | Signal)[] {
  const all: (Evaluation | Signal)[] = [];
  feed(one, bars, (evaluation) => all.push(evaluation));
  return all;
}
