// Floor 1, room 4: one candidate judged in full. Numbers first (stop, score, target, gates), words only for the zone
// that is shown. Nothing here changes anything.
import type { Bar } from '../../src/core/market.ts';
import type { Evaluation, Gate, SignalPlan } from '../../src/core/signal.ts';
import { barClose } from '../../src/core/timeframe.ts';
import { type Side, sideSign } from '../../src/core/units.ts';
import type { IndicatorCore } from '../indicators/indicator-core.ts';
import { costR } from '../plan/cost.ts';
import { rejection, touchDepth } from '../plan/entry.ts';
import { PLAN_LIMITS, WARMUP } from '../plan/limits.ts';
import { placeStop, rawStop } from '../plan/stop.ts';
import { placeTarget, rewardForScore } from '../plan/target.ts';
import type { Ring } from '../ring.ts';
import type { SmcView } from '../smc/types.ts';
import type { StrategySettings, SymbolFacts } from '../strategy.ts';
import { evidenceOf, setupOf, type TradeZone } from './evidence.ts';
import { atLeast, atMost, judgeGates, moreThan } from './gates.ts';
import { nearestObstacle, opposingZoneDistance } from './obstacles.ts';
import { explain, type Finding, judge, type ScoreInput, totalScore } from './score.ts';

/** What judging reads of one timeframe. */
export interface SceneTrack {
  readonly smc: SmcView;
  readonly indicators: Pick<IndicatorCore, 'atr14' | 'ema9' | 'ema21' | 'ema200' | 'ema200Ago' | 'macdHist' | 'macdHistBefore'>;
  readonly closes: Pick<Ring, 'at'>;
  readonly total: number;
  readonly contiguous: number;
}

/** What the symbol signalled before. */
export interface SignalHistory {
  barsSinceSignal(side: Side, barOpenMs: number): number;
  /** Signals that this zone has given already. */
  signalsOfZone(zoneId: string): number;
}

/** Everything a zone is judged against, as it stands after the newest bar. */
export interface Scene {
  readonly facts: SymbolFacts;
  readonly settings: StrategySettings;
  readonly trend: SceneTrack;
  readonly entry: SceneTrack;
  readonly bar: Bar;
  readonly history: SignalHistory;
}

export interface Assessment {
  readonly zone: TradeZone;
  readonly input: ScoreInput;
  readonly findings: readonly Finding[];
  readonly score: number;
  readonly plan: SignalPlan | null;
  readonly gates: readonly Gate[];
  readonly firstFailed: string | null;
}

/** Stop and risk of the trade that would start at this close. */
function stopOf(zone: TradeZone, { bar, trend, entry, facts }: Scene): { readonly stop: number; readonly risk: number } {
  const raw = rawStop(bar, zone, zone.side, entry.indicators.atr14);
  return placeStop(bar.close, raw, zone.side, { trendAtr: trend.indicators.atr14, tickSize: facts.tickSize });
}

function scoreInput(zone: TradeZone, scene: Scene, risk: number): ScoreInput {
  const { side } = zone;
  const d = sideSign(side);
  const { trend, entry, bar } = scene;
  const slow = trend.indicators;
  const fast = entry.indicators;
  const own = evidenceOf(zone, entry.smc, fast.atr14);
  const distance = d * (trend.closes.at(0) - slow.ema200);
  return {
    side,
    legAtr: own.legAtr,
    displaced: own.displaced,
    imbalanceAtr: own.imbalanceAtr,
    imbalanceLimitAtr: own.imbalanceLimitAtr,
    brokeStructure: own.brokeStructure,
    msbGrade: own.msbGrade,
    sweep: own.sweep,
    sweepBars: own.sweepBars,
    touches: own.touches,
    ageBars: own.ageBars,
    volumePercentile: own.volumePercentile,
    trendDistancePct: (distance / slow.ema200) * 100,
    trendDistanceAtr: distance / slow.atr14,
    trendSlopeAtr: (d * (slow.ema200 - slow.ema200Ago(10))) / slow.atr14,
    macdHistAtr: (d * fast.macdHist) / fast.atr14,
    macdHistChangeAtr: (d * (fast.macdHist - fast.macdHistBefore)) / fast.atr14,
    emaGapAtr: (d * (fast.ema9 - fast.ema21)) / fast.atr14,
    rangePos: entry.smc.rangePosition(side, bar.close),
    opposingR: opposingZoneDistance(trend.smc, bar.close, side) / risk,
  };
}

interface Geometry {
  readonly plan: SignalPlan | null;
  readonly roomR: number;
}

/** Null plan where a number is unknown, or where stop or target would lie below zero. */
function geometryOf(
  zone: TradeZone,
  scene: Scene,
  placed: { readonly stop: number; readonly risk: number },
  score: number,
): Geometry {
  const { side } = zone;
  const entry = scene.bar.close;
  const { stop, risk } = placed;
  const obstacle = nearestObstacle(scene.trend.smc, scene.entry.smc, entry, side);
  const request = { side, entry, risk, reward: rewardForScore(score), obstacle, tickSize: scene.facts.tickSize };
  const { target, rewardToRisk, roomR } = placeTarget(request);
  if (!(risk > 0 && stop > 0 && target > 0)) return { plan: null, roomR: Number.NaN };
  return { plan: { entry, stop, target, risk, rewardToRisk, costR: costR(entry, risk, scene.settings.roundTripCostBps) }, roomR };
}

/** The gates in the order in which they are judged and shown. */
function gatesOf(zone: TradeZone, scene: Scene, geometry: Geometry, score: number): Gate[] {
  const { side } = zone;
  const { trend, entry, bar, settings } = scene;
  const { plan, roomR } = geometry;
  const atr = entry.indicators.atr14;
  const direction = sideSign(side) * entry.smc.trend;
  const touch = touchDepth(bar, zone, side) / atr;
  const turned = rejection(bar, zone, side) / atr;
  const riskAtr = (plan?.risk ?? Number.NaN) / trend.indicators.atr14;
  return [
    atLeast('warmupTrend', { value: trend.total, threshold: WARMUP.trendBars, unit: 'bars' }),
    atLeast('warmupEntry', { value: entry.total, threshold: WARMUP.entryBars, unit: 'bars' }),
    atLeast('contiguous', { value: entry.contiguous, threshold: PLAN_LIMITS.contiguousBars, unit: 'bars' }),
    // Zones are read from the living ones: a consumed or broken zone never comes this far.
    atLeast('zone', { value: 1, threshold: 1, unit: 'active' }),
    atLeast('structure', { value: direction, threshold: 1, unit: 'direction' }),
    atLeast('touched', { value: touch, threshold: 0, unit: 'ATR' }),
    moreThan('rejection', { value: turned, threshold: 0, unit: 'ATR' }),
    atMost('stop', { value: riskAtr, threshold: PLAN_LIMITS.maxRiskTrendAtr, unit: 'ATR' }),
    atMost('cost', { value: plan?.costR ?? Number.NaN, threshold: settings.costGateR, unit: 'R' }),
    atLeast('room', { value: roomR, threshold: PLAN_LIMITS.minRoomR, unit: 'R' }),
    moreThan('cooldown', {
      value: scene.history.barsSinceSignal(side, bar.openMs),
      threshold: PLAN_LIMITS.cooldownBars,
      unit: 'bars',
    }),
    atMost('opportunity', { value: scene.history.signalsOfZone(zone.id), threshold: 0, unit: 'signals' }),
    atLeast('score', { value: score, threshold: settings.minConfidence, unit: 'points' }),
  ];
}

/** Whether the newest bar could trigger this zone at all: the two cheap gates that most touches fail. */
export function promising(zone: TradeZone, { entry, bar }: Scene): boolean {
  return sideSign(zone.side) * entry.smc.trend === 1 && rejection(bar, zone, zone.side) > 0;
}

/**
 * Of the gates that need neither the score nor the way ahead: which one a promising zone fails, `none`, or `several`. What fails one
 * cannot become a signal, and what fails several was not kept from it by one gate; only the others are worth judging in full.
 */
export function cheapFailure(zone: TradeZone, scene: Scene): string {
  const { bar, settings, trend, entry, history } = scene;
  const { risk } = stopOf(zone, scene);
  if (!(risk > 0)) return 'several';
  let failing = 'none';
  const judge = (gate: string, pass: boolean): void => {
    if (!pass) failing = failing === 'none' ? gate : 'several';
  };
  judge('warmupTrend', trend.total >= WARMUP.trendBars);
  judge('warmupEntry', entry.total >= WARMUP.entryBars);
  judge('contiguous', entry.contiguous >= PLAN_LIMITS.contiguousBars);
  judge('stop', risk / trend.indicators.atr14 <= PLAN_LIMITS.maxRiskTrendAtr);
  judge('cost', costR(bar.close, risk, settings.roundTripCostBps) <= settings.costGateR);
  judge('cooldown', history.barsSinceSignal(zone.side, bar.openMs) > PLAN_LIMITS.cooldownBars);
  judge('opportunity', history.signalsOfZone(zone.id) === 0);
  return failing;
}

export function assess(zone: TradeZone, scene: Scene): Assessment {
  const placed = stopOf(zone, scene);
  const input = scoreInput(zone, scene, placed.risk);
  const findings = judge(input);
  const score = totalScore(findings);
  const geometry = geometryOf(zone, scene, placed, score);
  const { gates, firstFailed } = judgeGates(gatesOf(zone, scene, geometry, score));
  return { zone, input, findings, score, plan: geometry.plan, gates, firstFailed };
}

/** An assessment that passed comes first, then the higher score; the zone's name settles the rest in every run alike. */
export function better(a: Assessment, b: Assessment): Assessment {
  const passed = Number(b.firstFailed === null) - Number(a.firstFailed === null);
  const order = passed || b.score - a.score || (a.zone.id < b.zone.id ? -1 : 1);
  return order <= 0 ? a : b;
}

/** The assessment in the words that are stored and shown. */
export function describe(strategy: string, assessment: Assessment, { facts, settings, bar }: Scene): Evaluation {
  const { zone, firstFailed } = assessment;
  const { entry } = settings.pair;
  const { id, kind, side, top, bottom, atMs, knownAtMs } = zone;
  return {
    strategy,
    symbol: facts.symbol,
    side,
    setup: setupOf(zone) ?? kind,
    barOpenMs: bar.openMs,
    barCloseMs: barClose(bar.openMs, entry),
    zone: { id, kind, side, top, bottom, atMs, knownAtMs, timeframe: entry },
    score: assessment.score,
    factors: explain(assessment.findings, assessment.input, settings.pair),
    gates: assessment.gates,
    firstFailedGate: firstFailed,
    plan: assessment.plan,
    emitted: firstFailed === null,
  };
}
