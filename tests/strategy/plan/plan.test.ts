// The plan's arithmetic by hand, and what must hold of every plan.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bar } from '../../../src/core/market.ts';
import { epochMs, type Side } from '../../../src/core/units.ts';
import { costR } from '../../../strategy/plan/cost.ts';
import { rejection, touchDepth } from '../../../strategy/plan/entry.ts';
import { placeStop, rawStop, tickDown, tickUp } from '../../../strategy/plan/stop.ts';
import { placeTarget, rewardForScore } from '../../../strategy/plan/target.ts';

const bar = (open: number, high: number, low: number, close: number): Bar => ({
  openMs: epochMs(0),
  open,
  high,
  low,
  close,
  volume: 1,
  quoteVolume: close,
  trades: 1,
  takerBuyVolume: 0.5,
});

describe('the BTC example of the specification: entry 59,950, zone bottom 59,860, ATR1m 50, ATR15m 150', () => {
  // raw = 59,860 − 0.25 × 50 = 59,847.5, which is 102.5 away; one ATR15m is 150, so the stop stands at 59,800.
  const trigger = bar(59_900, 59_960, 59_880, 59_950);
  const band = { top: 59_900, bottom: 59_860 };
  const raw = rawStop(trigger, band, 'long', 50);
  const placed = placeStop(59_950, raw, 'long', { trendAtr: 150, tickSize: 0.1 });

  it('puts the structural stop a quarter ATR under the zone', () => {
    expect(raw).toBe(59_847.5);
  });

  it('takes one ATR of the trend timeframe where the structure is nearer', () => {
    expect(placed).toEqual({ stop: 59_800, risk: 150 });
  });

  it('is refused for its cost: 12 bp of 59,950 are 71.94, which is 0.4796 of the risk', () => {
    expect(costR(59_950, placed.risk, 12)).toBeCloseTo(0.4796, 10);
  });

  it('pays 1.5 R where that is wanted: 59,950 + 225', () => {
    const request = { side: 'long', entry: 59_950, risk: 150, reward: 1.5, obstacle: Number.NaN, tickSize: 0.1 } as const;
    expect(placeTarget(request)).toEqual({ target: 60_175, rewardToRisk: 1.5, roomR: 1.5 });
  });
});

describe('the trigger', () => {
  const band = { top: 100, bottom: 90 };

  it('measures how deep the bar went into the zone, on either side', () => {
    expect(touchDepth(bar(103, 104, 97, 101), band, 'long')).toBe(3);
    expect(touchDepth(bar(103, 104, 100, 101), band, 'long')).toBe(0);
    expect(touchDepth(bar(85, 88, 84, 86), band, 'short')).toBe(-2);
  });

  it('takes the weaker of body and distance from the middle as the rejection', () => {
    expect(rejection(bar(94, 99, 93, 98), band, 'long')).toBe(3); // body 4, close 3 above the middle 95
    expect(rejection(bar(99, 100, 93, 98), band, 'long')).toBe(-1); // closed below its open
    expect(rejection(bar(96, 97, 91, 92), band, 'short')).toBe(3); // body 4, close 3 below the middle
  });

  it('gives a doji and a close on the middle no rejection', () => {
    expect(rejection(bar(98, 99, 93, 98), band, 'long')).toBe(0);
    expect(rejection(bar(94, 99, 93, 95), band, 'long')).toBe(0);
  });
});

describe('the target', () => {
  it('rewards the classes 70, 80 and 90 with 1, 1.5 and 2 R', () => {
    expect([70, 79.9, 80, 89.9, 90, 100].map(rewardForScore)).toEqual([1, 1, 1.5, 1.5, 2, 2]);
  });

  const request = { side: 'long', entry: 100, risk: 2, reward: 2, tickSize: 0.5 } as const;

  it('stands one tick before an obstacle that lies at least 1 R away', () => {
    // Obstacle 103 is 1.5 R away, nearer than 2 R: target 102.5, which is 1.25 R.
    expect(placeTarget({ ...request, obstacle: 103 })).toEqual({ target: 102.5, rewardToRisk: 1.25, roomR: 1.5 });
    expect(placeTarget({ ...request, side: 'short', obstacle: 97 })).toEqual({ target: 97.5, rewardToRisk: 1.25, roomR: 1.5 });
  });

  it('tells how little room an obstacle within 1 R leaves', () => {
    expect(placeTarget({ ...request, obstacle: 101 }).roomR).toBe(0.5);
    expect(placeTarget({ ...request, obstacle: 99 }).roomR).toBe(0);
  });

  it('ignores an obstacle beyond itself', () => {
    expect(placeTarget({ ...request, obstacle: 104.5 })).toEqual({ target: 104, rewardToRisk: 2, roomR: 2 });
  });

  it('rounds toward the entry', () => {
    // 100 + 2 × 1.3 = 102.6 → 102.5 on a grid of 0.5; short 97.4 → 97.5.
    expect(placeTarget({ ...request, risk: 1.3, obstacle: Number.NaN }).target).toBe(102.5);
    expect(placeTarget({ ...request, side: 'short', risk: 1.3, obstacle: Number.NaN }).target).toBe(97.5);
  });
});

describe('rounding to ticks', () => {
  it('keeps a price that is on the grid, whatever the double says', () => {
    expect(tickDown(59_670, 0.1)).toBe(59_670);
    expect(tickDown(4.35, 0.01)).toBe(4.35);
    expect(tickUp(0.0000123, 0.0000001)).toBe(0.0000123);
    expect(tickDown(17, 5)).toBe(15);
    expect(tickUp(17, 5)).toBe(20);
  });
});

it('every plan has its stop on the loss side, at least one trend ATR away, and its target on the profit side', () => {
  const cents = (from: number, to: number) => fc.integer({ min: from, max: to }).map((n) => n / 100);
  fc.assert(
    fc.property(
      fc.constantFrom<Side>('long', 'short'),
      cents(10_000, 20_000),
      cents(-500, 500),
      fc.double({ min: 0.2, max: 5, noNaN: true }),
      fc.record({
        reward: fc.integer({ min: 0, max: 100 }).map(rewardForScore),
        obstacle: fc.option(cents(5_000, 30_000), { nil: Number.NaN }),
      }),
      (side, entry, structure, trendAtr, { reward, obstacle }) => {
        const d = side === 'long' ? 1 : -1;
        const { stop, risk } = placeStop(entry, entry - d * structure, side, { trendAtr, tickSize: 0.01 });
        const { target, rewardToRisk, roomR } = placeTarget({ side, entry, risk, reward, obstacle, tickSize: 0.01 });
        expect(d * (entry - stop)).toBeGreaterThanOrEqual(trendAtr - 1e-9);
        expect(d * (entry - stop)).toBeGreaterThanOrEqual(structure - 1e-9);
        expect(d * (target - entry)).toBeGreaterThan(0);
        expect(rewardToRisk).toBeLessThanOrEqual(reward + 1e-9);
        // A tick before the obstacle and the rounding cost at most two ticks of the 1 R.
        if (roomR >= 1) expect(rewardToRisk).toBeGreaterThanOrEqual(1 - 0.021 / risk);
      },
    ),
  );
});
