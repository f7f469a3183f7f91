// Every gate by hand: a scene in which all pass, and one change at a time.
import { describe, expect, it } from 'vitest';
import type { Bar } from '../../../src/core/market.ts';
import { epochMs, symbolId } from '../../../src/core/units.ts';
import { type Assessment, assess, better, describe as describeInWords, type Scene } from '../../../strategy/confluence/assess.ts';
import type { SmcZone } from '../../../strategy/smc/types.ts';
import { aGap, anOrderBlock, aPool, aView } from '../../support/smc-view.ts';

const bar = (change: Partial<Bar> = {}): Bar => ({
  openMs: epochMs(60_000_000),
  open: 99.6,
  high: 100.1,
  low: 99,
  close: 100,
  volume: 10,
  quoteVolume: 1_000,
  trades: 5,
  takerBuyVolume: 5,
  ...change,
});

const INDICATORS = { atr14: 0.2, ema9: 99.7, ema21: 99.6, ema200: 99, ema200Ago: () => 99, macdHist: 0.02, macdHistBefore: 0.01 };

interface Change {
  readonly bar?: Partial<Bar>;
  readonly trendAtr?: number;
  readonly trend?: Partial<Scene['trend']>;
  readonly entry?: Partial<Scene['entry']>;
  readonly scene?: Partial<Scene>;
}

/**
 * Entry 100, zone 99–99.5, trigger low 99, ATR 0.2: raw stop 99 − 0.05 = 98.95, 1.05 away. One trend ATR is 1.5, so the
 * risk is 1.5 and the stop 98.5. Cost 100 × 12 bp / 1.5 = 0.08 R. Score 100 → 2 R → target 103.
 */
function scene(change: Change = {}): Scene {
  const { trendAtr = 1.5 } = change;
  const slow = { ...INDICATORS, atr14: trendAtr, ema200: 98, ema200Ago: () => 97.7 };
  return {
    facts: { symbol: symbolId('BTCUSDT'), tickSize: 0.01, onboardMs: 0 },
    settings: { pair: { trend: '15m', entry: '1m' }, minConfidence: 70, roundTripCostBps: 12, costGateR: 0.1 },
    trend: { smc: aView(), indicators: slow, closes: { at: () => 100 }, total: 499, contiguous: 499, ...change.trend },
    entry: {
      smc: aView({ rangePosition: 0.7 }),
      indicators: INDICATORS,
      closes: { at: () => 100 },
      total: 99,
      contiguous: 60,
      ...change.entry,
    },
    bar: bar(change.bar),
    history: { barsSinceSignal: () => 31, signalsOfZone: () => 0 },
    ...change.scene,
  };
}

function judged(change: Change = {}, zone: SmcZone = anOrderBlock()): Assessment {
  return assess(zone, scene(change));
}

const gateOf = (assessment: Assessment, id: string) => assessment.gates.find((gate) => gate.id === id);

describe('the scene in which everything agrees', () => {
  it('passes all thirteen gates in their order', () => {
    const { gates, firstFailed, score } = judged();
    expect(firstFailed).toBeNull();
    expect(score).toBe(100);
    expect(gates.map((gate) => gate.id).join(' ')).toBe(
      'warmupTrend warmupEntry contiguous zone structure touched rejection stop cost room cooldown opportunity score',
    );
    expect(gates.every((gate) => gate.pass)).toBe(true);
  });

  it('plans entry 100, stop 98.5, target 103 at 0.08 R cost', () => {
    const { plan } = judged();
    expect(plan).toMatchObject({ entry: 100, stop: 98.5, target: 103, risk: 1.5, rewardToRisk: 2 });
    expect(plan?.costR).toBeCloseTo(0.08, 12);
  });

  it('is mirrored for a short', () => {
    // Zone 100.5–101, trigger 100.4 → 100 with its high at 101: raw stop 101.05, floor 1.5 → stop 101.5, target 97.
    const smc = aView({ trend: -1, rangePosition: 0.7 });
    const indicators = { ...INDICATORS, ema9: 100, ema21: 100.1, macdHist: -0.02, macdHistBefore: -0.01 };
    const slow = { ...INDICATORS, atr14: 1.5, ema200: 102, ema200Ago: () => 102.3 };
    const change = { bar: { open: 100.4, high: 101, low: 99.9 }, entry: { smc, indicators }, trend: { indicators: slow } };
    const { firstFailed, score, plan } = judged(change, anOrderBlock({ side: 'short', top: 101, bottom: 100.5, mid: 100.75 }));
    expect(firstFailed).toBeNull();
    expect(score).toBe(100);
    expect(plan).toMatchObject({ stop: 101.5, target: 97, risk: 1.5, rewardToRisk: 2 });
  });
});

describe('each gate alone', () => {
  const cases: readonly [string, Change, { readonly value: number; readonly margin: number }][] = [
    ['warmupTrend', { trend: { total: 498 } }, { value: 498, margin: -1 }],
    ['warmupEntry', { entry: { total: 98 } }, { value: 98, margin: -1 }],
    ['contiguous', { entry: { contiguous: 59 } }, { value: 59, margin: -1 }],
    ['structure', { entry: { smc: aView({ trend: -1 }) } }, { value: -1, margin: -2 }],
    ['structure', { entry: { smc: aView({ trend: 0 }) } }, { value: 0, margin: -1 }],
    ['touched', { bar: { low: 99.6 } }, { value: -0.5, margin: -0.5 }], // 0.1 above the zone, ATR 0.2
    ['rejection', { bar: { close: 99.5 } }, { value: -0.5, margin: -0.5 }], // closes 0.1 under its open
    ['stop', { trendAtr: 0.3 }, { value: 3.5, margin: -0.5 }], // 1.05 / 0.3
    ['cost', { trendAtr: 1.1 }, { value: 0.12 / 1.1, margin: 0.1 - 0.12 / 1.1 }],
    ['room', { entry: { smc: aView({ pools: [aPool({ level: 100.75 })] }) } }, { value: 0.5, margin: -0.5 }],
    ['cooldown', { scene: { history: { barsSinceSignal: () => 30, signalsOfZone: () => 0 } } }, { value: 30, margin: 0 }],
    ['opportunity', { scene: { history: { barsSinceSignal: () => 31, signalsOfZone: () => 1 } } }, { value: 1, margin: -1 }],
  ];
  it.each(cases)('%s stops the signal and says by how much', (id, change, expected) => {
    const assessment = judged(change);
    expect(assessment.firstFailed).toBe(id);
    expect(gateOf(assessment, id)?.value).toBeCloseTo(expected.value, 9);
    expect(gateOf(assessment, id)?.margin).toBeCloseTo(expected.margin, 9);
  });

  it('score stops what does not agree enough', () => {
    // Range, sweep and MSB gone: 100 − 10 − 15 − 15 = 60.
    const zone = anOrderBlock({ msbGrade: 0, sweep: { kind: 'none', onOb: false, barsBeforeBreak: Number.NaN } });
    const assessment = judged({ entry: { smc: aView() } }, zone);
    expect(assessment.firstFailed).toBe('score');
    expect(gateOf(assessment, 'score')).toMatchObject({ value: 60, threshold: 70, margin: -10, unit: 'points' });
  });

  it('lists later gates too when an early one fails', () => {
    expect(judged({ trend: { total: 10 } }).gates).toHaveLength(13);
  });

  it('ends the list where a value cannot be computed, and does not pass', () => {
    const assessment = judged({ trendAtr: Number.NaN });
    expect(assessment.firstFailed).toBe('stop');
    expect(assessment.gates.map((gate) => gate.id)).not.toContain('stop');
    expect(assessment.gates).toHaveLength(7);
    expect(assessment.plan).toBeNull();
  });

  it('has no plan where the stop would lie below zero', () => {
    expect(judged({ trendAtr: 101 }).plan).toBeNull();
  });
});

describe('obstacles', () => {
  const block = (change: Parameters<typeof anOrderBlock>[0]) => anOrderBlock({ side: 'short', id: 'above', ...change });

  it('take the target in front of a pool between 1 R and the target', () => {
    const { plan } = judged({ trend: { smc: aView({ pools: [aPool({ level: 102.25, kind: 'day' })] }) } });
    expect(plan).toMatchObject({ target: 102.24 });
  });

  it('do not count a lone swing, a pool behind or a pool of the other side', () => {
    const pools = [aPool({ level: 100.5, weight: 1 }), aPool({ level: 99.9 }), aPool({ level: 100.5, side: 'sellSide' })];
    expect(judged({ entry: { smc: aView({ pools, rangePosition: 0.7 }) } }).plan).toMatchObject({ target: 103 });
  });

  it('are exactly 1 R away with an order block of the trend timeframe at 101.5: room enough', () => {
    const assessment = judged({ trend: { smc: aView({ zones: [block({ bottom: 101.5, top: 102 })] }) } });
    expect(gateOf(assessment, 'room')).toMatchObject({ pass: true, value: 1 });
    expect(assessment.plan).toMatchObject({ target: 101.49 });
  });

  it('leave no room to a trade that starts inside an opposing block of the trend timeframe', () => {
    const assessment = judged({ trend: { smc: aView({ zones: [block({ bottom: 99.9, top: 100.4 })] }) } });
    expect(gateOf(assessment, 'room')).toMatchObject({ pass: false, value: 0 });
  });

  it('cost 10 points, but no room, where the opposing zone is only a gap', () => {
    const gap = aGap({ side: 'short', bottom: 100.9, top: 101.2 });
    const assessment = judged({ trend: { smc: aView({ zones: [gap] }) } });
    expect(gateOf(assessment, 'room')?.pass).toBe(true);
    expect(assessment.score).toBe(90);
  });
});

describe('the choice between candidates', () => {
  it('prefers the one that passed over a higher score that did not', () => {
    const passed = judged({}, anOrderBlock({ id: 'a', touches: 2 }));
    const refused = judged(
      { scene: { history: { barsSinceSignal: () => 31, signalsOfZone: () => 1 } } },
      anOrderBlock({ id: 'b' }),
    );
    expect(refused.score).toBeGreaterThan(passed.score);
    expect(better(refused, passed)).toBe(passed);
    expect(better(passed, refused)).toBe(passed);
  });

  it('prefers the higher score, then the name, in whatever order they come', () => {
    const full = judged({}, anOrderBlock({ id: 'z' }));
    const less = judged({}, anOrderBlock({ id: 'a', touches: 2 }));
    const twin = judged({}, anOrderBlock({ id: 'y' }));
    expect(better(full, less)).toBe(full);
    expect(better(full, twin)).toBe(twin);
    expect(better(twin, full)).toBe(twin);
  });
});

it('tells the evaluation in words, with the zone and the sum of its factors', () => {
  const set = scene();
  const told = describeInWords('smc-confluence', judged(), set);
  expect(told).toMatchObject({
    symbol: 'BTCUSDT',
    side: 'long',
    setup: 'orderBlock',
    barCloseMs: 60_060_000,
    emitted: true,
    firstFailedGate: null,
    zone: { id: 'zone', kind: 'orderBlock', top: 99.5, bottom: 99, knownAtMs: 300_000, timeframe: '1m' },
  });
  expect(told.factors.reduce((sum, factor) => sum + factor.points, 0)).toBe(100);
  expect(told.factors.find((factor) => factor.id === 'C1')?.text).toBe('15m close 2.04 % above EMA200'); // 2 / 98
});
