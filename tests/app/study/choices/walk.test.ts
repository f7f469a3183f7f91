import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMIT_WAIT_BARS, type Terms, type Walked, walkTrade } from '../../../../src/app/study/choices/walk.ts';
import { outcomeOf } from '../../../../src/app/study/label.ts';
import { HORIZON_BARS } from '../../../../src/book/virtual.ts';
import { gridOf } from '../../../../src/core/grid.ts';
import type { Bar } from '../../../../src/core/market.ts';
import type { Signal } from '../../../../src/core/signal.ts';
import { epochMs } from '../../../../src/core/units.ts';
import { aBar } from '../../../support/a-bar.ts';
import { aSignal, MIDNIGHT } from '../../../support/a-signal.ts';

const MINUTE = 60_000;
/** A flat market at 100 in which single minutes can be told to be something else. */
const market = (minutes: number, told: Readonly<Record<number, Partial<Bar>>> = {}): Bar[] =>
  Array.from({ length: minutes }, (_, i) => aBar({ openMs: epochMs(MIDNIGHT + i * MINUTE), open: 100, ...told[i] }));

// The signal of minute 0: at 100, one of risk, two of reward.
const long = aSignal({ plan: { entry: 100, stop: 99, target: 102, risk: 1, rewardToRisk: 2, costR: 0.12 } });
const short = aSignal({ side: 'short', plan: { entry: 100, stop: 101, target: 98, risk: 1, rewardToRisk: 2, costR: 0.12 } });
const SHIPPED: Terms = { horizonBars: HORIZON_BARS, entry: 'market', target: 'market' };
const LIMIT_TARGET: Terms = { ...SHIPPED, target: 'limit' };
const BOTH: Terms = { ...LIMIT_TARGET, entry: 'limit' };
const walk = (signal: Signal, terms: Terms, bars: readonly Bar[]) =>
  walkTrade({ signal, index: 0 }, terms, { bars, grid: gridOf('0.01', '0.001') });

describe('a trade at market', () => {
  it('is the one of the virtual book', () => {
    expect(walk(long, SHIPPED, market(300, { 5: { high: 102 } }))).toMatchObject({ kind: 'traded', exit: 'target', grossR: 2 });
    expect(walk(long, SHIPPED, market(300, { 5: { high: 102, low: 99 } }))).toMatchObject({ exit: 'stop', grossR: -1 });
  });

  it('ends at the close of its last bar', () => {
    // Entered in minute 1, held for 60 bars: the last one is minute 60, which closes at 100.5.
    const bars = market(300, { 60: { high: 100.5, close: 100.5 }, 61: { high: 103 } });
    const ended = walk(long, { ...SHIPPED, horizonBars: 60 }, bars);
    expect(ended).toEqual({ kind: 'traded', exit: 'timeout', grossR: 0.5, exitMs: MIDNIGHT + 61 * MINUTE });
  });

  it('is cut where the recording ends first', () => {
    expect(walk(long, SHIPPED, market(200))).toEqual({ kind: 'cut' });
  });
});

/** A walk of whole cents that opens where it closed, now and then with a jump. */
const aMarket = fc
  .array(fc.record({ jump: fc.integer({ min: -30, max: 30 }), body: fc.integer({ min: -25, max: 25 }), wick: fc.nat(40) }), {
    minLength: 60,
    maxLength: 400,
  })
  .map((moves) => {
    let price = 10_000;
    return moves.map(({ jump, body, wick }, i) => {
      const open = Math.max(5_000, price + (jump > 27 || jump < -27 ? jump : 0));
      const close = Math.max(5_000, open + body);
      price = close;
      const [high, low] = [Math.max(open, close) + wick, Math.min(open, close) - (wick % 17)];
      const openMs = epochMs(MIDNIGHT + i * MINUTE);
      return aBar({ openMs, open: open / 100, high: high / 100, low: low / 100, close: close / 100 });
    });
  });

describe('a walk that looks at the loud bars alone', () => {
  it('ends as the virtual book does that sees every bar', () => {
    fc.assert(
      fc.property(aMarket, fc.constantFrom(long, short), (bars, signal) => {
        const all = outcomeOf(signal, bars, 1, gridOf('0.01', '0.001'));
        const { kind, ...walked } = walk(signal, SHIPPED, bars) as Walked;
        expect(kind).toBe(all === null ? 'cut' : 'traded');
        if (all !== null) expect(walked).toEqual({ grossR: all.grossR, exit: all.exit, exitMs: all.exitMs });
      }),
      { numRuns: 300 },
    );
  });
});

describe('a limit at the target', () => {
  it('is not filled by a touch, and at its own price by one tick more', () => {
    expect(walk(long, LIMIT_TARGET, market(300, { 5: { high: 102 } }))).toMatchObject({ exit: 'timeout', grossR: 0 });
    expect(walk(long, LIMIT_TARGET, market(300, { 5: { high: 102.01 } }))).toMatchObject({ exit: 'target', grossR: 2 });
    expect(walk(short, LIMIT_TARGET, market(300, { 5: { low: 98 } }))).toMatchObject({ exit: 'timeout', grossR: -0 });
    expect(walk(short, LIMIT_TARGET, market(300, { 5: { low: 97.99 } }))).toMatchObject({ exit: 'target', grossR: 2 });
  });

  it('comes after the stop where one bar holds both', () => {
    expect(walk(long, LIMIT_TARGET, market(300, { 5: { high: 103, low: 98.5 } }))).toMatchObject({ exit: 'stop', grossR: -1 });
  });
});

describe('a limit at the entry', () => {
  it('is not filled by a touch and is taken back after its bars', () => {
    expect(LIMIT_WAIT_BARS).toBe(5);
    const up = (from: number, more: Readonly<Record<number, Partial<Bar>>> = {}) =>
      market(300, {
        ...Object.fromEntries(
          Array.from({ length: 299 - from }, (_, i) => [i + from, { open: 100.2, high: 100.2, low: 100.2, close: 100.2 }]),
        ),
        ...more,
      });
    // The flat market only touches 100, the raised one never sees it; the fifth bar is the last that may fill.
    expect(walk(long, BOTH, market(300))).toEqual({ kind: 'missed' });
    expect(walk(long, BOTH, up(1))).toEqual({ kind: 'missed' });
    expect(walk(long, BOTH, up(1, { 6: { low: 99.9 } }))).toEqual({ kind: 'missed' });
    expect(walk(long, BOTH, up(1, { 5: { low: 99.9 } }))).toMatchObject({ kind: 'traded', exit: 'timeout' });
    expect(walk(long, BOTH, market(4))).toEqual({ kind: 'cut' });
  });

  it('is entered at its own price and wins what the plan says', () => {
    // A trade at market would have entered minute 1 at 100.3 and made (102 − 100.3) / 1 = 1.7 R.
    const bars = market(300, { 1: { open: 100.3, high: 100.4, low: 99.95, close: 100 }, 9: { high: 102.01 } });
    expect(walk(long, BOTH, bars)).toMatchObject({ exit: 'target', grossR: 2, exitMs: MIDNIGHT + 10 * MINUTE });
    expect(walk(long, LIMIT_TARGET, bars)).toMatchObject({ exit: 'target', grossR: expect.closeTo(1.7, 9) });
    const mirrored = market(300, { 1: { high: 100.05 }, 9: { low: 97.99 } });
    expect(walk(short, BOTH, mirrored)).toMatchObject({ exit: 'target', grossR: 2 });
  });

  it('may be stopped in the bar that fills it, but not paid there', () => {
    expect(walk(long, BOTH, market(300, { 1: { low: 98.9 } }))).toMatchObject({ exit: 'stop', grossR: -1 });
    expect(walk(long, BOTH, market(300, { 1: { low: 99.9, high: 103 } }))).toMatchObject({ exit: 'timeout', grossR: 0 });
  });

  it('counts its bars from the fill', () => {
    // Filled in minute 3, held for ten bars: closed with minute 12, at minute 13.
    const bars = market(300, { 1: { low: 100.2, open: 100.2 }, 2: { low: 100.2, open: 100.2 }, 3: { low: 99.9 } });
    expect(walk(long, { ...BOTH, horizonBars: 10 }, bars)).toMatchObject({ exit: 'timeout', exitMs: MIDNIGHT + 13 * MINUTE });
  });
});
