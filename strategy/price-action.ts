// Floor 1, room 4: the second strategy, simple on purpose. An engulfing bar or a pin at a confirmed swing, with the trend
// timeframe's EMA200; it shows that the loop serves any strategy, and makes no claim to be the better one.
import type { Bar } from '../src/core/market.ts';
import type { Evaluation, Factor, Gate, Signal, SignalPlan } from '../src/core/signal.ts';
import { barClose } from '../src/core/timeframe.ts';
import { SIDES, type Side, sideSign } from '../src/core/units.ts';
import { type CandlePattern, candlePattern } from './candle-pattern.ts';
import { atLeast, atMost, judgeGates, moreThan } from './confluence/gates.ts';
import { FEATURE_NAMES } from './feature-schema.ts';
import { costR } from './plan/cost.ts';
import { PLAN_LIMITS, WARMUP } from './plan/limits.ts';
import { placeStop, rawStop } from './plan/stop.ts';
import { placeTarget } from './plan/target.ts';
import { signalOf } from './signal-of.ts';
import type { MarketContext, Strategy } from './strategy.ts';
import { shareTracks, TwoTracks } from './two-tracks.ts';

const ID = 'price-action';
const VERSION = '1.0';
const REWARD_TO_RISK = 1.5;
/** A pattern belongs to a swing when its extreme lies within this many ATR of the swing's level. */
const AT_SWING_ATR = 0.5;

const number = (value: number): string => (Number.isNaN(value) ? 'unknown' : String(Math.round(value * 100) / 100));
const factor = (id: string, given: { points: number; max: number; value: number; text: string }): Factor => ({
  id,
  points: given.points,
  maxPoints: given.max,
  value: given.value,
  text: given.text,
});

const isSignal = (said: Evaluation | Signal): said is Signal => said.emitted;

class PriceActionSymbol extends TwoTracks {
  #before: Bar | null = null;
  #newest: Evaluation | null = null;

  /** The bar before is the entry track's newest. */
  protected ownMemory(): null {
    return null;
  }

  protected recallOwn(): void {
    this.#before = this.entry.last;
  }

  hear(bar: Bar, context: MarketContext): Signal | null {
    const before = this.#before;
    this.#before = bar;
    this.entry.push(bar);
    this.#newest = before === null ? null : this.#judge(before, bar, context);
    return this.#newest !== null && isSignal(this.#newest) ? this.#newest : null;
  }

  get evaluation(): Evaluation | Signal | null {
    return this.#newest;
  }

  bestSetup(_context: MarketContext): Evaluation | null {
    return this.#newest;
  }

  #judge(before: Bar, bar: Bar, context: MarketContext): Evaluation | Signal | null {
    const found = SIDES.map((side) => candlePattern(before, bar, side)).find((pattern) => pattern !== null);
    if (found === undefined) return null;
    const evaluation = this.#evaluate(found, bar);
    if (!evaluation.emitted || evaluation.plan === null) return evaluation;
    this.noteSignal(evaluation.side, bar.openMs);
    return signalOf(evaluation, { strategyVersion: VERSION, pair: this.settings.pair, plan: evaluation.plan, context });
  }

  #evaluate(pattern: CandlePattern, bar: Bar): Evaluation {
    const factors = this.#factors(pattern);
    const score = factors.reduce((sum, { points }) => sum + points, 0);
    const plan = this.#plan(pattern, bar);
    const { gates, firstFailed } = judgeGates(this.#gates(pattern, bar, { plan, score }));
    const { pair } = this.settings;
    const { side, top, bottom, kind } = pattern;
    const zoneId = [kind, side, pair.entry, bar.openMs, bottom, top].join(':');
    return {
      strategy: ID,
      symbol: this.facts.symbol,
      side,
      setup: kind,
      barOpenMs: bar.openMs,
      barCloseMs: barClose(bar.openMs, pair.entry),
      zone: { id: zoneId, kind, side, top, bottom, atMs: bar.openMs, knownAtMs: bar.openMs, timeframe: pair.entry },
      score,
      factors,
      gates,
      firstFailedGate: firstFailed,
      plan,
      emitted: firstFailed === null,
    };
  }

  /** In ATR of the entry timeframe, from the pattern's extreme to the last confirmed swing on that side. */
  #swingDistance({ side, top, bottom }: CandlePattern): number {
    const swing = this.entry.smc.lastSwing(side === 'long' ? 'low' : 'high');
    const extreme = side === 'long' ? bottom : top;
    return swing === null ? Number.NaN : Math.abs(extreme - swing.level) / this.entry.indicators.atr14;
  }

  #trendDistancePct(side: Side): number {
    const { ema200 } = this.trend.indicators;
    return (sideSign(side) * (this.trend.closes.at(0) - ema200) * 100) / ema200;
  }

  #factors(pattern: CandlePattern): Factor[] {
    const { side, kind, clarity } = pattern;
    const ind = this.entry.indicators;
    const trend = this.#trendDistancePct(side);
    const swing = this.#swingDistance(pattern);
    const gap = (sideSign(side) * (ind.ema9 - ind.ema21)) / ind.atr14;
    const volume = (this.entry.last?.volume ?? Number.NaN) / ind.volumeSma20;
    const trendTf = this.settings.pair.trend;
    return [
      factor('pattern', { points: 25, max: 25, value: clarity, text: `${kind} of clarity ${number(clarity)}` }),
      factor('swing', {
        points: swing <= AT_SWING_ATR ? 25 : 0,
        max: 25,
        value: swing,
        text: `${number(swing)} ATR from the last swing`,
      }),
      factor('trend', {
        points: trend > 0 ? 30 : 0,
        max: 30,
        value: trend,
        text: `${trendTf} close ${number(trend)} % our way of EMA200`,
      }),
      factor('ema', { points: gap > 0 ? 10 : 0, max: 10, value: gap, text: `EMA9 ${number(gap)} ATR our way of EMA21` }),
      factor('volume', {
        points: volume >= 1 ? 10 : 0,
        max: 10,
        value: volume,
        text: `volume ${number(volume)} times its average`,
      }),
    ];
  }

  #plan(pattern: CandlePattern, bar: Bar): SignalPlan | null {
    const { side } = pattern;
    const entry = bar.close;
    const { tickSize } = this.facts;
    const raw = rawStop(bar, pattern, side, this.entry.indicators.atr14);
    const { stop, risk } = placeStop(entry, raw, side, { trendAtr: this.trend.indicators.atr14, tickSize });
    const { target, rewardToRisk } = placeTarget({ side, entry, risk, reward: REWARD_TO_RISK, obstacle: Number.NaN, tickSize });
    if (!(risk > 0 && stop > 0 && target > 0)) return null;
    return { entry, stop, target, risk, rewardToRisk, costR: costR(entry, risk, this.settings.roundTripCostBps) };
  }

  #gates(
    pattern: CandlePattern,
    bar: Bar,
    { plan, score }: { readonly plan: SignalPlan | null; readonly score: number },
  ): Gate[] {
    const { side } = pattern;
    const { trend, entry, settings } = this;
    const riskAtr = (plan?.risk ?? Number.NaN) / trend.indicators.atr14;
    return [
      atLeast('warmupTrend', { value: trend.total, threshold: WARMUP.trendBars, unit: 'bars' }),
      atLeast('warmupEntry', { value: entry.total, threshold: WARMUP.entryBars, unit: 'bars' }),
      atLeast('contiguous', { value: entry.contiguous, threshold: PLAN_LIMITS.contiguousBars, unit: 'bars' }),
      moreThan('trend', { value: this.#trendDistancePct(side), threshold: 0, unit: 'percent' }),
      atMost('swing', { value: this.#swingDistance(pattern), threshold: AT_SWING_ATR, unit: 'ATR' }),
      atMost('stop', { value: riskAtr, threshold: PLAN_LIMITS.maxRiskTrendAtr, unit: 'ATR' }),
      atMost('cost', { value: plan?.costR ?? Number.NaN, threshold: settings.costGateR, unit: 'R' }),
      moreThan('cooldown', { value: this.barsSinceSignal(side, bar.openMs), threshold: PLAN_LIMITS.cooldownBars, unit: 'bars' }),
      atLeast('score', { value: score, threshold: settings.minConfidence, unit: 'points' }),
    ];
  }
}

export const priceAction: Strategy = {
  id: ID,
  version: VERSION,
  warmup: WARMUP,
  featureNames: FEATURE_NAMES,
  open: (facts, settings, memory) => new PriceActionSymbol(facts, settings, memory),
  shareMemory: shareTracks,
};
