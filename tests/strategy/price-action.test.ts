// The second strategy keeps the same promises through the same interface.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Evaluation, Signal } from '../../src/core/signal.ts';
import { priceAction } from '../../strategy/price-action.ts';
import { CONTEXT, CROSS, evaluationsOf, feed, isSignal, LOOSE, open } from '../support/strategy-run.ts';
import { wildMinutes } from '../support/wild-market.ts';

const bars = wildMinutes(5, 8_800);
const GATES = ['warmupTrend', 'warmupEntry', 'contiguous', 'trend', 'swing', 'stop', 'cost', 'cooldown', 'score'];

let evaluations: readonly (Evaluation | Signal)[] = [];
let signals: readonly Signal[] = [];
beforeAll(() => {
  evaluations = evaluationsOf(open(priceAction, LOOSE), bars);
  signals = evaluations.filter(isSignal);
});

describe('the price action strategy', () => {
  it('emits engulfing bars and pins that passed every gate', () => {
    expect(signals.length).toBeGreaterThan(3);
    for (const signal of signals) {
      expect(['engulfing', 'pinBar']).toContain(signal.setup);
      expect(signal.gates.map((gate) => gate.id)).toEqual(GATES);
      expect(signal.gates.every((gate) => gate.pass)).toBe(true);
    }
  });

  it('pays 1.5 R less the rounding of one tick, with the stop behind the pattern', () => {
    for (const { side, plan, zone } of signals) {
      const d = side === 'long' ? 1 : -1;
      expect(plan.rewardToRisk).toBeLessThanOrEqual(1.5 + 1e-9);
      expect(plan.rewardToRisk).toBeGreaterThan(1.5 - 0.0101 / plan.risk);
      expect(d * ((side === 'long' ? zone.bottom : zone.top) - plan.stop)).toBeGreaterThan(0);
      expect(d * (plan.target - plan.entry)).toBeGreaterThan(0);
    }
  });

  it('speaks only for patterns: the best set-up is that of the newest bar', () => {
    const one = open(priceAction, LOOSE);
    let last: Evaluation | null = null;
    feed(one, bars.slice(0, 7_500), (evaluation) => {
      last = evaluation;
      expect(one.bestSetup(CONTEXT)).toBe(evaluation);
    });
    expect(last).not.toBeNull();
  });

  it('has the same feature columns, and the same story twice', () => {
    expect(priceAction.featureNames).toHaveLength(82);
    const again = open(priceAction, LOOSE);
    const told: string[] = [];
    feed(again, bars, (evaluation) => {
      told.push(JSON.stringify(evaluation));
      if (isSignal(evaluation)) expect(again.features(evaluation, CONTEXT, CROSS)).toHaveLength(82);
    });
    expect(told).toEqual(evaluations.map((evaluation) => JSON.stringify(evaluation)));
  });
});
