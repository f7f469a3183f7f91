// The profiles: the customer's table of tiers by hand, and its caps as properties over any account.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LeverageBracket } from '../../src/core/orders.ts';
import { halfKellyPct, profileInForce, tierOf, tierRiskPct } from '../../src/risk/profile.ts';
import { DEFAULT_RISK_SETTINGS } from '../../src/risk/settings.ts';
import { type PlanInput, planTrade } from '../../src/risk/sizing.ts';
import { anInstrument, aSignal } from '../support/a-signal.ts';

const BRACKETS: readonly LeverageBracket[] = [
  { maxLeverage: 50, notionalFloorUsdt: 0, notionalCapUsdt: 50_000, maintenanceMarginRate: 0.004, cumulativeUsdt: 0 },
  { maxLeverage: 20, notionalFloorUsdt: 50_000, notionalCapUsdt: 1e7, maintenanceMarginRate: 0.01, cumulativeUsdt: 300 },
];
const NO_RECORD = { wins: 0, total: 0 };

const input = (change: Partial<PlanInput> = {}): PlanInput => ({
  signal: aSignal({ score: 100 }),
  instrument: anInstrument({ minNotionalUsdt: 5 }),
  equityUsdt: 200,
  availableUsdt: 200,
  openRiskUsdt: 0,
  openNotionalUsdt: 0,
  profile: 'tiers',
  winRate: NO_RECORD,
  brackets: BRACKETS,
  settings: DEFAULT_RISK_SETTINGS,
  account: 'test',
  ...change,
});

describe('the tier of an account', () => {
  it.each([
    [19.99, 0.3, 3, 2, 10, 'none'],
    [20, 0.5, 4, 2, 10, 'none'],
    [49.99, 0.5, 4, 2, 10, 'none'],
    [50, 0.5, 4, 2, 10, 'half'],
    [99.99, 0.5, 4, 2, 10, 'half'],
    [100, 0.8, 3, 2.5, 12, 'half'],
    [499.99, 0.8, 3, 2.5, 12, 'half'],
    [500, 0.8, 2.5, 3, 12, 'half'],
    [1e6, 0.8, 2.5, 3, 12, 'half'],
  ])('of %d USDT risks %d to %d %%, %dx, heat %d %%, Kelly %s', (equity, least, most, cap, heat, kelly) => {
    expect(tierOf(equity)).toMatchObject({ riskMinPct: least, riskMaxPct: most, leverageCap: cap, heatPct: heat, kelly });
  });

  it('auto sizes small accounts by tiers and those from 500 USDT by confidence', () => {
    expect(profileInForce('auto', 499.99)).toBe('tiers');
    expect(profileInForce('auto', 500)).toBe('confidence');
    expect(profileInForce('tiers', 10_000)).toBe('tiers');
    expect(profileInForce('confidence', 10)).toBe('confidence');
  });
});

describe('half-Kelly', () => {
  // Reward 2 R, cost 0.2 R: odds 1.8 / 1.2 = 1.5. Won 50 %: 0.5 − 0.5 / 1.5 = 0.1667, half of it 8.33 %.
  const plan = { rewardToRisk: 2, costR: 0.2 };

  it('is half of what the record and the net odds allow', () => {
    expect(halfKellyPct({ wins: 50, total: 100 }, plan)).toBeCloseTo(8.3333, 3);
  });

  it('lowers the risk of the score, never raises it, and never goes below the least of the tier', () => {
    const tier = tierOf(60);
    // Won 42 %: 0.42 − 0.58 / 1.5 = 0.0333, half of it 1.67 %.
    expect(tierRiskPct(tier, 1, { wins: 42, total: 100 }, plan)).toBeCloseTo(1.6667, 3);
    expect(tierRiskPct(tier, 1, { wins: 90, total: 100 }, plan)).toBe(4);
    expect(tierRiskPct(tier, 1, { wins: 10, total: 100 }, plan)).toBe(0.5);
  });

  it('says nothing below thirty closed trades and below 50 USDT', () => {
    expect(tierRiskPct(tierOf(60), 1, { wins: 0, total: 29 }, plan)).toBe(4);
    expect(tierRiskPct(tierOf(40), 1, { wins: 0, total: 100 }, plan)).toBe(4);
  });
});

describe('a plan by tiers, counted by hand', () => {
  const plan = (change: Partial<PlanInput> = {}) => {
    const verdict = planTrade(input(change));
    if (verdict.kind === 'refused') throw new Error(`${verdict.reason}: ${verdict.text}`);
    return verdict.value;
  };

  it('gives the venue the ceiling of a cap of 2.5', () => {
    // Stop 1 % + 0.12 %: 3 % of 200 = 6 USDT / 0.0112 = 535.7; the cap allows 2.5 × 200 = 500 USDT = 5 ETH at 100.
    expect(plan()).toMatchObject({ leverage: 3, leverageReason: 'tier', steps: 5_000 });
  });

  it('lets the risk bind where the stop is wide', () => {
    // Stop 4 % + 0.12 %: 6 / 0.0412 = 145.63 USDT.
    const signal = aSignal({ score: 100, plan: { entry: 100, stop: 96, target: 108, risk: 4, rewardToRisk: 2, costR: 0.03 } });
    expect(plan({ signal })).toMatchObject({ leverage: 3, leverageReason: 'risk', steps: 1_456 });
  });

  it('counts what is open against the cap', () => {
    expect(plan({ openNotionalUsdt: 450 })).toMatchObject({ leverageReason: 'tier', steps: 500 });
    const verdict = planTrade(input({ openNotionalUsdt: 500 }));
    expect(verdict).toMatchObject({ kind: 'refused', reason: 'leverageCap' });
  });

  it('trades an account of 15 USDT that the margin of a score could not', () => {
    // 3 % of 15 = 0.45 / 0.0112 = 40.2; the cap allows 30 USDT; with a fifth in reserve 15 / 1.2 × 2 = 25 are free: 0.25 ETH.
    expect(plan({ equityUsdt: 15, availableUsdt: 15 })).toMatchObject({ leverage: 2, leverageReason: 'margin', steps: 250 });
    // At score 70: 0.3 % of 15 = 0.045 / 0.0112 = 4.02 USDT: below the minimum of 5.
    expect(planTrade(input({ equityUsdt: 15, availableUsdt: 15, signal: aSignal({ score: 70 }) }))).toMatchObject({
      kind: 'refused',
      reason: 'belowMinNotional',
    });
    // Score 80: 1.2 % = 0.18 / 0.0112 = 16.07 USDT = 0.160 ETH.
    expect(plan({ equityUsdt: 15, availableUsdt: 15, signal: aSignal({ score: 80 }) })).toMatchObject({
      leverage: 2,
      steps: 160,
    });
  });
});

describe('whatever the account', () => {
  it('a plan by tiers breaks neither the risk, nor the heat, nor the leverage cap, nor the hard close', () => {
    let approvals = 0;
    const evenly = (min: number, max: number) =>
      fc.integer({ min: 0, max: 1_000_000 }).map((n) => min + ((max - min) * n) / 1_000_000);
    fc.assert(
      fc.property(
        fc.record({
          equity: evenly(Math.log(8), Math.log(1e6)).map(Math.exp),
          stop: evenly(0.001, 0.08),
          score: evenly(60, 105),
          heat: evenly(0, 0.13),
          open: evenly(0, 3.2),
          wins: fc.integer({ min: 0, max: 100 }),
          losses: fc.integer({ min: 0, max: 100 }),
          top: fc.integer({ min: 1, max: 50 }),
        }),
        (r) => {
          const risk = 100 * r.stop;
          const plan = { entry: 100, stop: 100 - risk, target: 100 + 2 * risk, risk, rewardToRisk: 2, costR: 0.12 / risk };
          const given = input({
            signal: aSignal({ score: r.score, plan }),
            equityUsdt: r.equity,
            availableUsdt: r.equity,
            openRiskUsdt: r.equity * r.heat,
            openNotionalUsdt: r.equity * r.open,
            winRate: { wins: r.wins, total: r.wins + r.losses },
            brackets: BRACKETS.map((bracket) => ({ ...bracket, maxLeverage: Math.min(r.top, bracket.maxLeverage) })),
          });
          const verdict = planTrade(given);
          if (verdict.kind === 'refused') return;
          approvals += 1;
          const { riskUsdt, notionalUsdt, leverage } = verdict.value;
          const tier = tierOf(r.equity);
          const slack = 1 + 2e-6;
          const lossUsdt = riskUsdt + notionalUsdt * 0.0012;
          expect(lossUsdt).toBeLessThanOrEqual((r.equity * tier.riskMaxPct * slack) / 100);
          expect(lossUsdt + given.openRiskUsdt).toBeLessThanOrEqual((r.equity * tier.heatPct * slack) / 100);
          expect(notionalUsdt + r.equity * r.open).toBeLessThanOrEqual(tier.leverageCap * r.equity * slack);
          expect(Number.isInteger(leverage)).toBe(true);
          expect(leverage).toBeLessThanOrEqual(Math.min(Math.ceil(tier.leverageCap), r.top));
          expect(lossUsdt / notionalUsdt).toBeLessThan(0.05);
        },
      ),
      { numRuns: 3_000 },
    );
    expect(approvals).toBeGreaterThan(300);
  });
});
