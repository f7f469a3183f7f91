// Builders of test values: an evaluation as the house strategy gives it, with all its gates and factors.
import type { Evaluation, Factor, Gate } from '../../src/core/signal.ts';
import { epochMs, symbolId } from '../../src/core/units.ts';
import { atLeast, atMost, moreThan } from '../../strategy/confluence/gates.ts';
import { FACTOR_IDS } from '../../strategy/confluence/score.ts';
import { MIDNIGHT } from './a-signal.ts';

/** Gates of a candidate that missed its room by 0.14 R; `wobble` makes two evaluations differ. */
export function someGates(wobble = 0): Gate[] {
  return [
    atLeast('warmupTrend', { value: 600, threshold: 499, unit: 'bars' }),
    atLeast('warmupEntry', { value: 4_321, threshold: 99, unit: 'bars' }),
    atLeast('contiguous', { value: 4_321, threshold: 60, unit: 'bars' }),
    atLeast('zone', { value: 1, threshold: 1, unit: 'active' }),
    atLeast('structure', { value: 1, threshold: 1, unit: 'direction' }),
    atLeast('touched', { value: 0.4321 + wobble, threshold: 0, unit: 'ATR' }),
    moreThan('rejection', { value: 0.0123 + wobble, threshold: 0, unit: 'ATR' }),
    atMost('stop', { value: 1.2345 + wobble, threshold: 3, unit: 'ATR' }),
    atMost('cost', { value: 0.0789, threshold: 0.1, unit: 'R' }),
    atLeast('room', { value: 0.86, threshold: 1, unit: 'R' }),
    moreThan('cooldown', { value: 60, threshold: 30, unit: 'bars' }),
    atMost('opportunity', { value: 0, threshold: 0, unit: 'signals' }),
    atLeast('score', { value: 82, threshold: 70, unit: 'points' }),
  ];
}

export const someFactors = (wobble = 0): Factor[] =>
  FACTOR_IDS.map((id, i) => {
    const value = Math.round(100 * (i + 0.37 + wobble)) / 100;
    return { id, points: i - 3, maxPoints: 15, value, text: `15m close ${value} ATR above EMA200 (at most 3)` };
  });

export function anEvaluation(change: Partial<Evaluation> = {}): Evaluation {
  const barCloseMs = change.barCloseMs ?? epochMs(MIDNIGHT + 60_000);
  return {
    strategy: 'smc-confluence',
    symbol: symbolId('ETHUSDT'),
    side: 'long',
    setup: 'orderBlock',
    barOpenMs: epochMs(barCloseMs - 60_000),
    barCloseMs,
    zone: {
      id: 'z1',
      kind: 'orderBlock',
      side: 'long',
      top: 2_496.91,
      bottom: 2_490.13,
      atMs: epochMs(barCloseMs - 50 * 60_000),
      knownAtMs: epochMs(barCloseMs - 40 * 60_000),
      timeframe: '1m',
    },
    score: 82,
    factors: someFactors(),
    gates: someGates(),
    firstFailedGate: 'room',
    plan: { entry: 2_500, stop: 2_480, target: 2_530, risk: 20, rewardToRisk: 1.5, costR: 0.0789 },
    emitted: false,
    ...change,
  };
}
