import { describe, expect, it } from 'vitest';
import { asPlanned, rewardOf, scaleOf, stopAtZone, stopFloor } from '../../../../src/app/study/choices/plans.ts';
import { signalsOf } from '../../../../src/app/study/symbol-run.ts';
import type { Gate, Signal } from '../../../../src/core/signal.ts';
import { epochMs } from '../../../../src/core/units.ts';
import { placeStop, rawStop } from '../../../../strategy/plan/stop.ts';
import { smcConfluence } from '../../../../strategy/smc-confluence.ts';
import { aBar } from '../../../support/a-bar.ts';
import { aSignal, MIDNIGHT } from '../../../support/a-signal.ts';
import { STRICT } from '../../../support/strategy-run.ts';
import { wildRecording } from '../../../support/wild-market.ts';

const gate = (id: string, value: number): Gate => ({ id, pass: true, value, threshold: 0, margin: 0, unit: 'ATR' });

// Zone 99.5 to 100; the bar dips to 99.7 and closes at 100.15, up from 100. ATR of the entry timeframe 0.2, of the trend 0.8.
// Rejection = min(100.15 − 99.75, 100.15 − 100) = 0.15 = 0.75 ATR; the shipped risk is one trend ATR: 0.8.
const bar = aBar({ openMs: epochMs(MIDNIGHT), open: 100, low: 99.7, high: 100.2, close: 100.15 });
const signal: Signal = aSignal({
  plan: { entry: 100.15, stop: 99.35, target: 101.35, risk: 0.8, rewardToRisk: 1.5, costR: 0.15 },
  gates: [gate('rejection', 0.75), gate('stop', 1)],
});
const scene = { bar, tickSize: 0.01 };

describe('another stop', () => {
  it('reads both ATRs back from the gates', () => {
    expect(scaleOf(signal, bar)).toEqual({ entryAtr: expect.closeTo(0.2, 9), trendAtr: 0.8 });
  });

  it('at the zone stands a quarter ATR behind it', () => {
    // 99.5 − 0.25 × 0.2 = 99.45: risk 0.70, target 100.15 + 1.5 × 0.70 = 101.20, cost 0.15 × 0.8 / 0.7 R.
    const plan = stopAtZone(signal, scene);
    expect(plan?.stop).toBeCloseTo(99.45, 9);
    expect(plan?.risk).toBeCloseTo(0.7, 9);
    expect(plan?.target).toBeCloseTo(101.2, 9);
    expect(plan?.costR).toBeCloseTo(0.12 / 0.7, 9);
    expect(plan?.rewardToRisk).toBe(1.5);
  });

  it('with a floor is at least as far as the shipped one', () => {
    // 50 bp of 100.15 are 0.50, nearer than 0.8; 200 bp are 2.003, on the grid 98.14 and so 2.01.
    expect(stopFloor(50)(signal, scene)?.stop).toBeCloseTo(99.35, 9);
    expect(stopFloor(200)(signal, scene)?.risk).toBeCloseTo(2.01, 9);
  });

  it('is refused beyond three ATR of the trend', () => {
    // 3 × 0.8 = 2.4; 250 bp are 2.504.
    expect(stopFloor(250)(signal, scene)).toBeNull();
  });
});

describe('another reward', () => {
  it('moves the target alone', () => {
    const plan = rewardOf(3)(signal, scene);
    expect(plan).toEqual({ ...signal.plan, target: expect.closeTo(102.55, 9), rewardToRisk: 3 });
    expect(asPlanned(signal, scene)).toBe(signal.plan);
  });
});

describe('a signal of the strategy', () => {
  const recorded = wildRecording(11, 10_000);
  const heard = signalsOf(smcConfluence, { ...STRICT, minConfidence: 45, costGateR: 1 }, recorded);

  it('says enough to place its own stop again', () => {
    expect(heard.length).toBeGreaterThan(12);
    for (const { signal: one, index } of heard) {
      const own = recorded.bars[index] ?? bar;
      const { entryAtr, trendAtr } = scaleOf(one, own);
      const again = placeStop(one.plan.entry, rawStop(own, one.zone, one.side, entryAtr), one.side, { trendAtr, tickSize: 0.01 });
      expect(again.stop).toBeCloseTo(one.plan.stop, 9);
      const zone = stopAtZone(one, { bar: own, tickSize: 0.01 });
      expect(zone?.risk).toBeLessThanOrEqual(one.plan.risk + 1e-9);
      expect(zone?.costR).toBeGreaterThanOrEqual(one.plan.costR - 1e-9);
    }
  });
});
