// What a span of trades amounts to: numbers worked out by hand, and what must hold for any trades.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  curveOf,
  maxDrawdown,
  meanEstimate,
  performance,
  rateEstimate,
  slippageCost,
  t95,
  thinned,
} from '../../src/book/performance.ts';
import { compare, formatDecimal, parseDecimal, sum } from '../../src/core/decimal.ts';
import type { CurvePoint, LabelFacts, TradeFacts } from '../../src/core/performance.ts';
import { decimalString, epochMs, symbolId } from '../../src/core/units.ts';

const aTrade = (n: number, change: Partial<TradeFacts> = {}): TradeFacts => ({
  tradeId: `t${n}`,
  symbol: symbolId('BTCUSDT'),
  side: 'long',
  exitClass: 'target',
  openedMs: epochMs(n * 1_000),
  closedMs: epochMs(n * 1_000 + 500),
  netPnlUsdt: decimalString('1'),
  feesUsdt: decimalString('0.1'),
  fundingUsdt: decimalString('0'),
  slippageUsdt: decimalString('0.02'),
  netR: 1,
  protectMs: 300,
  ...change,
});
const trades = (...nets: readonly string[]): TradeFacts[] =>
  nets.map((net, i) => aTrade(i, { netPnlUsdt: decimalString(net), netR: Number(net) / 10 }));
const curve = (...values: readonly string[]): CurvePoint[] =>
  values.map((usdt, i) => ({ at: epochMs(i), usdt: decimalString(usdt) }));

describe('the ladder from gross to net', () => {
  it('adds up exactly', () => {
    // gross = net 3 + commission 0.3 − funding (−0.05 + 0.01) + slippage 0.06 = 3.40
    const { money } = performance(
      [aTrade(1, { fundingUsdt: decimalString('-0.05') }), aTrade(2, { fundingUsdt: decimalString('0.01') }), aTrade(3)],
      [],
    );
    expect(money).toEqual({ grossUsdt: '3.4', commissionUsdt: '0.3', fundingUsdt: '-0.04', slippageUsdt: '0.06', netUsdt: '3' });
  });

  it('takes a worse price as a cost on either leg and side', () => {
    const at = (buys: 1 | -1) => formatDecimal(slippageCost({ intended: '100', actual: '100.5', qty: '3', buys }));
    expect([at(1), at(-1)]).toEqual(['1.5', '-1.5']);
  });

  it('holds for any trades: gross − commission + funding − slippage = net', () => {
    const money = fc.integer({ min: -1e12, max: 1e12 }).map((n) => decimalString(formatDecimal({ digits: BigInt(n), scale: 8 })));
    const trade = fc.record({ netPnlUsdt: money, feesUsdt: money, fundingUsdt: money, slippageUsdt: money });
    fc.assert(
      fc.property(fc.array(trade, { maxLength: 30 }), (list) => {
        const { money: m } = performance(
          list.map((change, i) => aTrade(i, change)),
          [],
        );
        const minus = (text: string) => parseDecimal(text.startsWith('-') ? text.slice(1) : `-${text}`);
        const back = sum([
          parseDecimal(m.grossUsdt),
          minus(m.commissionUsdt),
          parseDecimal(m.fundingUsdt),
          minus(m.slippageUsdt),
        ]);
        expect(compare(back, parseDecimal(m.netUsdt))).toBe(0);
      }),
    );
  });
});

describe('rates and means', () => {
  it('Student’s quantiles are those of the tables', () => {
    // Two-sided 95 %, from any table of the t distribution.
    for (const [degrees, wanted] of [
      [1, 12.706],
      [4, 2.776],
      [5, 2.571],
      [10, 2.228],
      [29, 2.045],
      [100, 1.984],
    ] as const)
      expect(t95(degrees)).toBeCloseTo(wanted, 2);
  });

  it('a mean comes with its interval, and without one below two values', () => {
    // 1, 2, 3: mean 2, s = 1, t(2) = 4.303: half = 4.303/√3 = 2.4843.
    const { mean, lower, upper } = meanEstimate([1, 2, 3]);
    expect(mean).toBe(2);
    expect(lower).toBeCloseTo(-0.4843, 3);
    expect(upper).toBeCloseTo(4.4843, 3);
    expect(meanEstimate([5])).toEqual({ n: 1, mean: 5, lower: null, upper: null });
    expect(meanEstimate([])).toEqual({ n: 0, mean: null, lower: null, upper: null });
  });

  it('29 are too few, 30 are measured', () => {
    expect(rateEstimate(10, 29)).toMatchObject({ verdict: 'tooFew' });
    // Wilson 95 % of 15 of 30: 0.3315 … 0.6685.
    const half = rateEstimate(15, 30);
    expect(half.verdict).toBe('measured');
    expect(half.lower).toBeCloseTo(0.3315, 4);
    expect(half.upper).toBeCloseTo(0.6685, 4);
    expect(rateEstimate(0, 0)).toMatchObject({ rate: null, lower: 0, upper: 1 });
  });

  it('profit factor, streaks and means of wins and losses', () => {
    // Won 10 + 5 = 15, lost 4 + 2 + 4 = 10; a trade of exactly 0 is no win.
    const report = performance(trades('10', '-4', '0', '-2', '5', '-4'), []);
    expect(report.profitFactor).toBe(1.5);
    expect(report.longestLosingStreak).toBe(3);
    expect(report.winRate).toMatchObject({ hits: 2, n: 6 });
    expect(report.meanWinR).toBeCloseTo(0.75, 12);
    expect(report.meanLossR).toBeCloseTo(-0.25, 12);
    expect(performance(trades('1', '2'), []).profitFactor).toBeNull();
    expect(performance([], [])).toMatchObject({ trades: 0, verdict: 'tooFew', profitFactor: null, curve: [], exits: [] });
  });

  it('exits by kind, most frequent first', () => {
    const list = [aTrade(1), aTrade(2, { exitClass: 'stop', netPnlUsdt: decimalString('-3') }), aTrade(3)];
    expect(performance(list, []).exits).toEqual([
      { exitClass: 'target', trades: 2, netUsdt: '2' },
      { exitClass: 'stop', trades: 1, netUsdt: '-3' },
    ]);
  });
});

describe('the score against what came of it', () => {
  const label = (score: number, hit: LabelFacts['hit']): LabelFacts => ({
    score,
    setup: 's',
    netR: hit === 'oneR' ? 1 : -1,
    exitMs: epochMs(1),
    hit,
  });

  it('counts each band by itself and leaves out what lies below all of them', () => {
    const { bands, signals } = performance([], [label(72, 'oneR'), label(74.9, 'no'), label(95, 'oneR'), label(60, 'oneR')]);
    expect(signals).toBe(4);
    expect(bands.map(({ from, hitRate }) => [from, hitRate.hits, hitRate.n])).toEqual([
      [70, 1, 2],
      [75, 0, 0],
      [80, 0, 0],
      [85, 0, 0],
      [90, 1, 1],
    ]);
    expect(bands[0]?.netR.mean).toBe(0);
  });
});

describe('the deepest fall', () => {
  it('is measured from the peak before it', () => {
    // 100 → 120 → 90 (−30) → 130 → 105 (−25): 30 of 120 is 25 %.
    expect(maxDrawdown(curve('100', '120', '90', '130', '105'), null)).toEqual({ usdt: '30', pct: 25, peakMs: 1, troughMs: 2 });
    expect(maxDrawdown(curve('1', '2', '3'), null)).toMatchObject({ usdt: '0', peakMs: null });
    expect(maxDrawdown([], null)).toMatchObject({ usdt: '0', pct: null });
  });

  it('counts a loss of the very first trade, and names no share of a profit curve', () => {
    expect(performance(trades('-4', '10', '-1'), []).maxDrawdown).toMatchObject({ usdt: '4', pct: null, peakMs: 0 });
  });

  it('never grows when the curve is thinned, and the ends stay', () => {
    const steps = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 2, maxLength: 1_500 });
    fc.assert(
      fc.property(steps, (values) => {
        const whole = curveOf(values.map((n, i) => aTrade(i, { netPnlUsdt: decimalString(String(n)) })));
        const thin = thinned(whole, 60);
        expect(thin.length).toBeLessThanOrEqual(60 + 2);
        expect([thin[0], thin.at(-1)]).toEqual([whole[0], whole.at(-1)]);
        const start = { at: epochMs(0), usdt: '0' };
        const fall = Number(maxDrawdown(whole, start).usdt);
        expect(Number(maxDrawdown(thin, start).usdt)).toBeLessThanOrEqual(fall);
        if (whole.length <= 60) expect(thin).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });
});
