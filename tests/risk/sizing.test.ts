// Sizing: hand-counted plans, and the caps as properties over any account, contract and bracket table.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridOf, stepsToQty, ticksToPrice } from '../../src/core/grid.ts';
import type { LeverageBracket } from '../../src/core/orders.ts';
import { symbolId } from '../../src/core/units.ts';
import { liquidationPrice } from '../../src/risk/liquidation.ts';
import { DEFAULT_RISK_SETTINGS } from '../../src/risk/settings.ts';
import { marginPct, type PlanInput, planTrade } from '../../src/risk/sizing.ts';
import { anInstrument, aSignal } from '../support/a-signal.ts';

const settings = DEFAULT_RISK_SETTINGS;
/** Wide brackets: 125x to 50 k, 50x to 500 k, 20x to 10 M. Cumulative amounts keep maintenance continuous. */
const BRACKETS: readonly LeverageBracket[] = [
  { maxLeverage: 125, notionalFloorUsdt: 0, notionalCapUsdt: 50_000, maintenanceMarginRate: 0.004, cumulativeUsdt: 0 },
  { maxLeverage: 50, notionalFloorUsdt: 50_000, notionalCapUsdt: 500_000, maintenanceMarginRate: 0.01, cumulativeUsdt: 300 },
  {
    maxLeverage: 20,
    notionalFloorUsdt: 500_000,
    notionalCapUsdt: 10_000_000,
    maintenanceMarginRate: 0.025,
    cumulativeUsdt: 7_800,
  },
];

const input = (change: Partial<PlanInput> = {}): PlanInput => ({
  signal: aSignal(),
  instrument: anInstrument(),
  equityUsdt: 10_000,
  availableUsdt: 10_000,
  openRiskUsdt: 0,
  winRate: { wins: 0, total: 0 },
  brackets: BRACKETS,
  settings,
  account: 'test',
  ...change,
});

function planned(change: Partial<PlanInput> = {}) {
  const verdict = planTrade(input(change));
  if (verdict.kind === 'refused') throw new Error(`refused: ${verdict.reason} ${verdict.text}`);
  return verdict.value;
}

const refusal = (change: Partial<PlanInput>): string => {
  const verdict = planTrade(input(change));
  return verdict.kind === 'refused' ? verdict.reason : 'approved';
};

describe('a plan counted by hand', () => {
  it('takes 8 % margin at score 85 and 3x until thirty trades are closed', () => {
    // 3 + (85 − 70) / 30 × 10 = 8 % of 10,000 = 800 USDT; × 3 = 2,400 USDT at 100 = 24 ETH; risk 24 × 1 = 24 USDT.
    const plan = planned();
    expect(plan).toMatchObject({
      steps: 24_000,
      leverage: 3,
      leverageReason: 'fewTrades',
      entry: 10_000,
      stop: 9_900,
      target: 10_100,
    });
    expect(plan.marginPct).toBeCloseTo(8, 9);
    expect(plan.riskUsdt).toBeCloseTo(24, 9);
    expect(plan.notionalUsdt).toBeCloseTo(2_400, 9);
  });

  it('cuts leverage to what 1 % of equity may lose, cost included', () => {
    // 130 of 200 wins: the Wilson lower bound is 0.5817, so floor((0.5817 − 0.40) / 0.25 × 17) = floor(12.35) → 3 + 12 = 15x.
    // Loss of a stop: 1 % + 0.12 %; 100 USDT / 0.0112 = 8,928 USDT of notional; / 800 USDT margin = 11.16 → 11x.
    expect(planned({ winRate: { wins: 130, total: 200 } })).toMatchObject({
      leverage: 11,
      leverageReason: 'risk',
      steps: 88_000,
    });
    // Half the stop distance doubles what the risk allows; the record now binds: 800 × 15 = 12,000 USDT.
    const signal = aSignal({ plan: { entry: 100, stop: 99.5, target: 100.5, risk: 0.5, rewardToRisk: 1, costR: 0.24 } });
    expect(planned({ signal, winRate: { wins: 130, total: 200 } })).toMatchObject({
      leverage: 15,
      leverageReason: 'plan',
      steps: 120_000,
    });
  });

  it('names the bracket where the contract allows less', () => {
    const low = BRACKETS.map((bracket) => ({ ...bracket, maxLeverage: Math.min(5, bracket.maxLeverage) }));
    expect(planned({ brackets: low, winRate: { wins: 150, total: 200 } })).toMatchObject({
      leverage: 5,
      leverageReason: 'bracket',
    });
    const two = BRACKETS.map((bracket) => ({ ...bracket, maxLeverage: 2 }));
    expect(planned({ brackets: two })).toMatchObject({ leverage: 2, leverageReason: 'bracket', steps: 16_000 });
  });

  it('keeps the liquidation one and a half stop distances away', () => {
    // With 20 % risk and 100 % heat allowed only the liquidation can bind. Stop 4 % away: 6 % are needed.
    // Long at L: distance = (1/L − 0.004) / (1 − 0.004). 15x: 6.29 %; 16x: 5.87 %. So 15x.
    const free = { ...settings, riskPerTradePct: 90, portfolioHeatPct: 100 };
    const signal = aSignal({ plan: { entry: 100, stop: 96, target: 104, risk: 4, rewardToRisk: 1, costR: 0.03 } });
    expect(planned({ signal, settings: free, winRate: { wins: 190, total: 200 } })).toMatchObject({
      leverage: 15,
      leverageReason: 'liquidation',
    });
  });

  it('never takes a leverage whose margin lies below the maintenance', () => {
    // 6 % maintenance: 20x (5 % margin) is dead on arrival. Stop 0.4 %: (1/L − 0.06) / 0.94 ≥ 0.6 % → L ≤ 15.2.
    const heavy = [
      { maxLeverage: 50, notionalFloorUsdt: 0, notionalCapUsdt: 1e6, maintenanceMarginRate: 0.06, cumulativeUsdt: 0 },
    ];
    const signal = aSignal({ plan: { entry: 100, stop: 99.6, target: 100.4, risk: 0.4, rewardToRisk: 1, costR: 0.3 } });
    expect(planned({ signal, brackets: heavy, winRate: { wins: 190, total: 200 } })).toMatchObject({
      leverage: 15,
      leverageReason: 'liquidation',
    });
  });

  it('shrinks below the planned margin when even the least leverage risks too much', () => {
    // Stop 4.5 % away, 0.4 % of risk: 40 / 0.0462 = 865.8 USDT of notional, 8.658 ETH; at 3x the margin is 2.886 % instead of 8 %.
    const signal = aSignal({ plan: { entry: 100, stop: 95.5, target: 104.5, risk: 4.5, rewardToRisk: 1, costR: 0.027 } });
    const plan = planned({ signal, settings: { ...settings, riskPerTradePct: 0.4 } });
    expect(plan).toMatchObject({ leverage: 3, leverageReason: 'risk', steps: 8_658 });
    expect(plan.marginPct).toBeCloseTo(2.886, 3);
  });

  it('rounds a stop away from the entry and a short the other way round', () => {
    const plan = { entry: 100.004, stop: 101.001, target: 99.006, risk: 1, rewardToRisk: 1, costR: 0.12 };
    expect(planned({ signal: aSignal({ side: 'short', plan }) })).toMatchObject({
      side: 'short',
      entry: 10_000,
      stop: 10_101,
      target: 9_901,
    });
  });
});

describe('a refusal names what was missing', () => {
  it.each<[string, Partial<PlanInput>]>([
    ['noEquity', { equityUsdt: 0 }],
    ['noEquity', { equityUsdt: Number.NaN }],
    ['bracketsUnknown', { brackets: [] }],
    ['geometry', { signal: aSignal({ plan: { entry: 100, stop: 100.001, target: 101, risk: 1, rewardToRisk: 1, costR: 0.1 } }) }],
    ['geometry', { signal: aSignal({ plan: { entry: 100, stop: 99, target: 100.003, risk: 1, rewardToRisk: 1, costR: 0.1 } }) }],
    ['heat', { openRiskUsdt: 500 }],
    // 8 % of 70 USDT × 3 = 16.8 USDT of notional.
    ['belowMinNotional', { equityUsdt: 70, availableUsdt: 70 }],
    // 8 % of 84 × 3 = 20.16 USDT holds the 20, not the 2 % more.
    ['belowMinNotional', { equityUsdt: 84, availableUsdt: 84 }],
    ['belowMinQty', { instrument: anInstrument({ marketMinQty: 30 }) }],
    // 800 USDT of margin × 1.2 = 960.
    ['freeMargin', { availableUsdt: 959 }],
    // A stop of 4 % needs 6 % to the liquidation; at 20x, the least allowed here, there are 4.6 %.
    [
      'liquidationTooNear',
      {
        signal: aSignal({ plan: { entry: 100, stop: 96, target: 104, risk: 4, rewardToRisk: 1, costR: 0.03 } }),
        settings: { ...settings, leverageMin: 20 },
      },
    ],
    // 4.9 % and 0.12 % of cost are more than the 5 % at which the hard close comes.
    [
      'stopBeyondHardClose',
      { signal: aSignal({ plan: { entry: 100, stop: 95.1, target: 110, risk: 4.9, rewardToRisk: 2, costR: 0.025 } }) },
    ],
  ])('%s', (reason, change) => {
    expect(refusal(change)).toBe(reason);
  });

  it('and the account that has just enough is not refused', () => {
    expect(refusal({ availableUsdt: 960 })).toBe('approved');
    expect(refusal({ equityUsdt: 86, availableUsdt: 86 })).toBe('approved');
  });
});

describe('margin', () => {
  it.each([
    [60, 3],
    [70, 3],
    [85, 8],
    [100, 13],
    [120, 13],
  ])('at score %d is %d percent', (score, wanted) => {
    expect(marginPct(score, settings)).toBeCloseTo(wanted, 12);
  });
});

/** Evenly spread, unlike fc.double, which loves the neighbourhood of zero. */
const evenly = (min: number, max: number) =>
  fc.integer({ min: 0, max: 1_000_000 }).map((n) => min + ((max - min) * n) / 1_000_000);
/** Evenly spread over the orders of magnitude. */
const byMagnitude = (min: number, max: number) => evenly(Math.log(min), Math.log(max)).map(Math.exp);

/** Random but continuous bracket tables, as the venue's are. */
const brackets = fc
  .array(fc.record({ width: byMagnitude(500, 2e6), rate: byMagnitude(0.001, 0.08), drop: evenly(0.3, 0.95) }), {
    minLength: 1,
    maxLength: 7,
  })
  .chain((rows) => fc.integer({ min: 1, max: 150 }).map((top) => ({ rows, top })))
  .map(({ rows, top }) => {
    let floor = 0;
    let rate = 0;
    let cumulative = 0;
    let leverage = top;
    return rows.map((row): LeverageBracket => {
      cumulative += floor * row.rate;
      rate += row.rate;
      const bracket = {
        maxLeverage: leverage,
        notionalFloorUsdt: floor,
        notionalCapUsdt: floor + row.width,
        maintenanceMarginRate: rate,
        cumulativeUsdt: cumulative,
      };
      floor += row.width;
      leverage = Math.max(1, Math.floor(leverage * row.drop));
      return bracket;
    });
  });

const grids = fc
  .constantFrom(['0.01', '0.001'], ['0.05', '0.1'], ['0.0000001', '1'], ['0.1', '0.0001'], ['0.5', '100'])
  .map(([tick, step]) => gridOf(tick as string, step as string));

const anyInput = fc
  .record({
    grid: grids,
    ticksOfEntry: fc.integer({ min: 50, max: 5_000_000 }),
    stopFraction: byMagnitude(0.0005, 0.5),
    rr: evenly(0.2, 4),
    side: fc.constantFrom('long' as const, 'short' as const),
    score: evenly(60, 105),
    equityUsdt: byMagnitude(10, 1e8),
    freeShare: evenly(0, 1),
    heatShare: evenly(0, 1.1),
    wins: fc.integer({ min: 0, max: 200 }),
    losses: fc.integer({ min: 0, max: 200 }),
    brackets,
    marketMaxQty: byMagnitude(0.01, 1e9),
    minNotionalUsdt: fc.constantFrom(5, 20, 100),
  })
  .map((r): PlanInput => {
    const entry = (r.ticksOfEntry * r.grid.tickUnits) / 10 ** r.grid.tickDecimals;
    const sign = r.side === 'long' ? 1 : -1;
    const risk = entry * r.stopFraction;
    const plan = {
      entry,
      stop: entry - sign * risk,
      target: Math.max(0, entry + sign * risk * r.rr),
      risk,
      rewardToRisk: r.rr,
      costR: (entry * 0.0012) / risk,
    };
    return {
      signal: aSignal({ symbol: symbolId('XUSDT'), side: r.side, score: r.score, plan }),
      instrument: anInstrument({ grid: r.grid, marketMaxQty: r.marketMaxQty, minNotionalUsdt: r.minNotionalUsdt }),
      equityUsdt: r.equityUsdt,
      availableUsdt: r.equityUsdt * r.freeShare,
      openRiskUsdt: r.equityUsdt * 0.05 * r.heatShare,
      winRate: { wins: r.wins, total: r.wins + r.losses },
      brackets: r.brackets,
      settings,
      account: 'test',
    };
  });

/** A step of the quantity grid may round up by a millionth of a cell (core/grid.ts). */
const SLACK = 1 + 2e-6;

describe('whatever the account, the contract and the record', () => {
  const approvedOnly = (
    check: (given: PlanInput, plan: Extract<ReturnType<typeof planTrade>, { kind: 'approved' }>['value']) => void,
  ) => {
    let approvals = 0;
    fc.assert(
      fc.property(anyInput, (given) => {
        const verdict = planTrade(given);
        if (verdict.kind === 'refused') return;
        approvals += 1;
        check(given, verdict.value);
      }),
      { numRuns: 3_000 },
    );
    // A sizing that refuses everything would pass every cap.
    expect(approvals).toBeGreaterThan(300);
  };

  it('a plan exceeds neither the risk of one trade, nor the heat of all, nor the margin of its score', () => {
    approvedOnly((given, plan) => {
      const lossUsdt = plan.riskUsdt + plan.notionalUsdt * 0.0012;
      expect(lossUsdt).toBeLessThanOrEqual(given.equityUsdt * 0.01 * SLACK);
      expect(lossUsdt + given.openRiskUsdt).toBeLessThanOrEqual(given.equityUsdt * 0.05 * SLACK);
      expect(plan.marginPct).toBeLessThanOrEqual(marginPct(given.signal.score, settings) * SLACK);
      expect((plan.notionalUsdt / plan.leverage) * 1.2).toBeLessThanOrEqual(given.availableUsdt * SLACK);
    });
  });

  it('leverage is whole, at most 20x and at most what the bracket of the notional allows', () => {
    approvedOnly((given, plan) => {
      const most = Math.max(...given.brackets.map((bracket) => bracket.maxLeverage));
      expect(Number.isInteger(plan.leverage)).toBe(true);
      expect(plan.leverage).toBeGreaterThanOrEqual(Math.min(3, most));
      expect(plan.leverage).toBeLessThanOrEqual(Math.min(20, most));
      const own = given.brackets.find((bracket) => plan.notionalUsdt <= bracket.notionalCapUsdt * SLACK);
      expect(own?.maxLeverage ?? 0).toBeGreaterThanOrEqual(plan.leverage);
    });
  });

  it('the stop stands on the loss side, and the liquidation at least one and a half times as far', () => {
    approvedOnly((given, plan) => {
      const grid = given.instrument.grid;
      const [entry, stop, target] = [plan.entry, plan.stop, plan.target].map((at) => ticksToPrice(at, grid)) as [
        number,
        number,
        number,
      ];
      const sign = plan.side === 'long' ? 1 : -1;
      expect((entry - stop) * sign).toBeGreaterThan(0);
      expect((target - entry) * sign).toBeGreaterThan(0);
      const qty = stepsToQty(plan.steps, grid);
      const price = liquidationPrice(
        { side: plan.side, qty, entryPrice: entry, marginUsdt: plan.notionalUsdt / plan.leverage },
        given.brackets,
      );
      if (price !== null) expect((entry - price) * sign).toBeGreaterThanOrEqual(Math.abs(entry - stop) * 1.5 * (1 - 1e-6));
    });
  });

  it('the quantity lies inside the venue bounds and the notional holds the minimum with 2 % to spare', () => {
    approvedOnly((given, plan) => {
      const qty = stepsToQty(plan.steps, given.instrument.grid);
      expect(qty).toBeGreaterThanOrEqual(given.instrument.marketMinQty);
      expect(qty).toBeLessThanOrEqual(given.instrument.marketMaxQty * SLACK);
      expect(plan.notionalUsdt).toBeGreaterThanOrEqual(given.instrument.minNotionalUsdt * 1.02);
    });
  });
});
