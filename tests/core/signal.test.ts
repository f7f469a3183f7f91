// The order of the signals of one minute (contract §8.1): score, planned net reward, volume, name.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareSignals, type Signal } from '../../src/core/signal.ts';
import { symbolId } from '../../src/core/units.ts';
import { aSignal } from '../support/a-signal.ts';

const plan = (rewardToRisk: number, costR: number) => ({ entry: 100, stop: 99, target: 101, risk: 1, rewardToRisk, costR });
const one = (symbol: string, change: Partial<Signal> = {}): Signal => aSignal({ symbol: symbolId(symbol), ...change });
const order = (...signals: readonly Signal[]): string[] => signals.toSorted(compareSignals).map(({ symbol }) => symbol);

describe('the signals of a minute', () => {
  it('are ordered by score before everything else', () => {
    const rich = { plan: plan(2, 0.01), quoteVolume24hUsdt: 1e9 };
    expect(order(one('A', { score: 81, ...rich }), one('B', { score: 82 }))).toEqual(['B', 'A']);
  });

  it('then by what the plan pays after its cost', () => {
    // (1.5 − 0.05) / 1.05 = 1.381 against (1.55 − 0.12) / 1.12 = 1.277: the larger target pays less.
    expect(order(one('A', { plan: plan(1.55, 0.12) }), one('B', { plan: plan(1.5, 0.05) }))).toEqual(['B', 'A']);
  });

  it('then by 24 h volume, of which an unknown one is the least', () => {
    const volumes = [one('A', { quoteVolume24hUsdt: Number.NaN }), one('B', { quoteVolume24hUsdt: 0 }), one('C')];
    expect(order(...volumes)).toEqual(['C', 'B', 'A']);
  });

  it('then by name', () => {
    expect(order(one('SOLUSDT'), one('BTCUSDT'), one('ETHUSDT'))).toEqual(['BTCUSDT', 'ETHUSDT', 'SOLUSDT']);
  });

  it('have one order, however they come in', () => {
    const anyOne = fc.record({
      score: fc.constantFrom(70, 82, 95),
      plan: fc.constantFrom(plan(1, 0.05), plan(1, 0.1), plan(1.5, 0.08)),
      quoteVolume24hUsdt: fc.constantFrom(Number.NaN, 0, 2e7),
    });
    fc.assert(
      fc.property(
        fc.array(anyOne, { minLength: 2, maxLength: 12 }),
        fc.infiniteStream(fc.double({ min: 0, max: 1 })),
        (made, luck) => {
          const signals = made.map((change, i) => one(`S${String(i).padStart(2, '0')}USDT`, change));
          const shuffled = signals.map((signal) => ({ signal, at: luck.next().value })).sort((a, b) => a.at - b.at);
          expect(order(...shuffled.map(({ signal }) => signal))).toEqual(order(...signals));
        },
      ),
    );
  });
});
