// The rules of management: tables counted by hand, and what must hold for any bar.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ManagedTrade, type ManagementSettings, manage, type TrendFacts } from '../../src/book/management.ts';
import { DEFAULT_RISK_LEVELS, riskLevel } from '../../src/book/risk-level.ts';
import type { Bar } from '../../src/core/market.ts';
import { epochMs, sideSign } from '../../src/core/units.ts';

const settings: ManagementSettings = {
  breakEvenAtR: 1,
  trailAtr: 1,
  reversalExit: 'on',
  partialTakePct: 0,
  roundTripCostFraction: 0.0012,
};
const long: ManagedTrade = { side: 'long', entry: 100, risk: 2, stop: 98, openedMs: epochMs(1_000), partial: 'open' };
const short: ManagedTrade = { ...long, side: 'short', stop: 102 };
const bar = (high: number, low: number, close: number): Bar => ({
  openMs: epochMs(60_000),
  open: close,
  high,
  low,
  close,
  volume: 1,
  quoteVolume: 1,
  trades: 1,
  takerBuyVolume: 1,
});
const trend = (change: Partial<TrendFacts> = {}): TrendFacts => ({ atr: 1, lastBreak: null, ...change });

describe('break-even', () => {
  it('comes at 1 R, at the price that pays both ways', () => {
    // 100 × 1.0012 = 100.12; 1 R is 102.
    expect(manage(long, bar(101.99, 100, 101.9), trend(), settings)).toEqual([]);
    expect(manage(long, bar(102, 100, 101.5), trend(), settings)).toEqual([
      { kind: 'moveStop', price: 100 * 1.0012, cause: 'breakEven' },
    ]);
    expect(manage(short, bar(100, 98, 98.5), trend(), settings)).toEqual([
      { kind: 'moveStop', price: 100 * 0.9988, cause: 'breakEven' },
    ]);
  });

  it('does not come on a bar that fell back below it: it would be stopped out at once', () => {
    expect(manage(long, bar(102.5, 99, 100.12), trend(), settings)).toEqual([]);
  });

  it('is off at 0', () => {
    expect(manage(long, bar(105, 100, 104), trend(), { ...settings, breakEvenAtR: 0 })).toEqual([]);
  });
});

describe('the trail', () => {
  const free = { ...long, stop: 100.12 };

  it('follows the close by one ATR once the stop is free of cost', () => {
    expect(manage(free, bar(103, 102, 102.8), trend(), settings)).toEqual([{ kind: 'moveStop', price: 101.8, cause: 'trail' }]);
    expect(manage(long, bar(101.5, 100, 101.5), trend({ atr: 0.1 }), settings)).toEqual([]);
  });

  it('never comes back', () => {
    expect(manage({ ...free, stop: 101.8 }, bar(102, 101.9, 102), trend(), settings)).toEqual([]);
  });

  it('needs an ATR', () => {
    expect(manage(free, bar(103, 102, 102.8), trend({ atr: Number.NaN }), settings)).toEqual([]);
    expect(manage(free, bar(103, 102, 102.8), null, settings)).toEqual([]);
  });
});

describe('the reversal', () => {
  const against = (knownMs: number) => trend({ lastBreak: { side: 'short', knownMs: epochMs(knownMs) } });

  it('ends a long when the trend timeframe broke downward after it was opened', () => {
    expect(manage(long, bar(101, 99, 100), against(1_001), settings)).toEqual([{ kind: 'exit' }]);
  });

  it('is no news when it was known at the entry, goes our way, or is switched off', () => {
    expect(manage(long, bar(101, 99, 100), against(1_000), settings)).toEqual([]);
    expect(manage(short, bar(101, 99, 100), against(1_001), settings)).toEqual([]);
    expect(manage(long, bar(101, 99, 100), against(1_001), { ...settings, reversalExit: 'off' })).toEqual([]);
  });
});

describe('half', () => {
  const half = { ...settings, partialTakePct: 1 };

  it('is taken at a close that gained the percentage, once', () => {
    expect(manage(long, bar(101.5, 100, 100.99), trend(), half)).toEqual([]);
    expect(manage(long, bar(101.5, 100, 101), trend(), half)).toEqual([{ kind: 'partial' }]);
    expect(manage({ ...long, partial: 'taken' }, bar(101.5, 100, 101), trend(), half)).toEqual([]);
  });
});

it('whatever the bars, a stop moves only toward profit and never to where the close already is', () => {
  const price = fc.integer({ min: 9_000, max: 11_500 }).map((cents) => cents / 100);
  fc.assert(
    fc.property(
      fc.constantFrom('long' as const, 'short' as const),
      fc.array(fc.record({ a: price, b: price, close: price, atr: fc.constantFrom(0.1, 0.5, 2, Number.NaN) }), { maxLength: 40 }),
      (side, rows) => {
        const sign = sideSign(side);
        let stop = 100 - sign * 2;
        for (const { a, b, close, atr } of rows) {
          const given = bar(Math.max(a, b, close), Math.min(a, b, close), close);
          const trade: ManagedTrade = { side, entry: 100, risk: 2, stop, openedMs: epochMs(0), partial: 'open' };
          for (const act of manage(trade, given, trend({ atr }), settings)) {
            if (act.kind !== 'moveStop') continue;
            expect((act.price - stop) * sign).toBeGreaterThan(0);
            expect((close - act.price) * sign).toBeGreaterThan(0);
            stop = act.price;
          }
        }
      },
    ),
    { numRuns: 500 },
  );
});

it.each([
  [-5, 'CRITICAL'],
  [-4.99, 'HIGH'],
  [-2.5, 'HIGH'],
  [-2.49, 'LOW'],
  [2.99, 'LOW'],
  [3, 'PROFITABLE'],
])('a position at %d %% is %s', (pct, level) => {
  expect(riskLevel(pct, DEFAULT_RISK_LEVELS)).toBe(level);
});
