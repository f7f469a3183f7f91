import { describe, expect, it } from 'vitest';
import { clustersOf, isBurst } from '../../src/core/clusters.ts';
import { epochMs, type Side, symbolId } from '../../src/core/units.ts';

const MINUTE = 60_000;
const at = (minute: number, side: Side, symbol: string) => ({
  symbol: symbolId(symbol),
  side,
  barCloseMs: epochMs(minute * MINUTE),
});
const told = (signals: readonly ReturnType<typeof at>[], minutes = 15): string[] =>
  clustersOf(signals, minutes * MINUTE).map(({ side, members }) => `${side} ${members.map(({ symbol }) => symbol).join(' ')}`);

describe('a cluster', () => {
  it('holds the signals of its side from its first one up to, not including, fifteen minutes later', () => {
    const signals = [at(10, 'long', 'A'), at(24, 'long', 'B'), at(25, 'long', 'C'), at(12, 'short', 'D')];
    expect(told(signals)).toEqual(['long A B', 'short D', 'long C']);
  });

  it('does not grow with every member: what counts is the time since the first', () => {
    const signals = [0, 8, 16, 24].map((minute, i) => at(minute, 'long', `S${i}`));
    expect(told(signals)).toEqual(['long S0 S1', 'long S2 S3']);
  });

  it('does not depend on the order in which signals come in, and keeps that of one minute', () => {
    const signals = [at(3, 'short', 'B'), at(3, 'short', 'A'), at(1, 'short', 'C')];
    expect(told(signals)).toEqual(['short C B A']);
  });

  it('is each signal alone where the window is 0', () => {
    expect(told([at(1, 'long', 'A'), at(1, 'long', 'B')], 0)).toEqual(['long A', 'long B']);
  });

  it('is a burst only where it holds more than one contract', () => {
    const bursts = (...signals: ReturnType<typeof at>[]) => clustersOf(signals, 15 * MINUTE).map(isBurst);
    expect(bursts(at(1, 'long', 'A'), at(9, 'long', 'A'))).toEqual([false]);
    expect(bursts(at(1, 'long', 'A'), at(9, 'long', 'B'))).toEqual([true]);
  });
});
