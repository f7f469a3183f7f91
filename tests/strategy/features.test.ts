// Feature columns by hand, from bars that were arranged for it.
import { beforeAll, describe, expect, it } from 'vitest';
import { BarFolder } from '../../src/core/bars.ts';
import type { Bar } from '../../src/core/market.ts';
import type { Signal } from '../../src/core/signal.ts';
import type { Side } from '../../src/core/units.ts';
import { FEATURE_NAMES } from '../../strategy/feature-schema.ts';
import { smcConfluence } from '../../strategy/smc-confluence.ts';
import type { CrossSection, MarketContext, SymbolStrategy } from '../../strategy/strategy.ts';
import { CONTEXT, CROSS, feed, isSignal, LOOSE, open } from '../support/strategy-run.ts';
import { wildMinutes } from '../support/wild-market.ts';

const MINUTES = 8_400;

interface Moment {
  readonly one: SymbolStrategy;
  readonly signal: Signal;
  readonly bars: readonly Bar[];
}

/** The first signal of this side, with the strategy standing on its bar. */
function momentOf(bars: readonly Bar[], side: Side): Moment {
  let found: Signal | null = null;
  feed(open(smcConfluence, LOOSE), bars, (evaluation) => {
    if (found === null && isSignal(evaluation) && evaluation.side === side) found = evaluation;
  });
  const signal = found as Signal | null;
  if (signal === null) throw new Error(`the market gives no ${side} signal`);
  const one = open(smcConfluence, LOOSE);
  const cut = bars.filter((bar) => bar.openMs <= signal.barOpenMs);
  feed(one, cut, () => undefined);
  return { one, signal, bars: cut };
}

function rowOf(
  { one, signal }: Moment,
  context: Partial<MarketContext> = {},
  cross: Partial<CrossSection> = {},
): Record<string, number> {
  const row = one.features(signal, { ...CONTEXT, ...context }, { ...CROSS, ...cross });
  return Object.fromEntries(FEATURE_NAMES.map((name, i) => [name, row[i] as number]));
}

let long: Moment;
let short: Moment;
beforeAll(() => {
  long = momentOf(wildMinutes(1, MINUTES), 'long');
  short = momentOf(wildMinutes(1, MINUTES), 'short');
});
const ago = (moment: Moment, bars: number): Bar => moment.bars.at(-1 - bars) as Bar;

describe('the trigger bar', () => {
  it('is measured by body, close and the wick against the trade', () => {
    for (const moment of [long, short]) {
      const { open: o, high, low, close } = ago(moment, 0);
      const row = rowOf(moment);
      const isLong = moment === long;
      expect(row['body_frac']).toBeCloseTo(Math.abs(close - o) / (high - low), 12);
      expect(row['close_pos_d']).toBeCloseTo((isLong ? close - low : high - close) / (high - low), 12);
      expect(row['wick_against_frac']).toBeCloseTo((isLong ? high - close : close - low) / (high - low), 12); // the body closes our way
    }
  });

  it('gives the same ATR, seen as movement and in basis points', () => {
    for (const moment of [long, short]) {
      const row = rowOf(moment);
      const d = moment === long ? 1 : -1;
      const close = ago(moment, 0).close;
      const atr = ((row['atr1_bps'] as number) * close) / 10_000;
      expect(row['ret5m_atr']).toBeCloseTo((d * (close - ago(moment, 5).close)) / atr, 9);
      expect(row['ret15m_atr']).toBeCloseTo((d * (close - ago(moment, 15).close)) / atr, 9);
    }
  });
});

describe('the trend timeframe', () => {
  it('is read from the last closed trend bar, never from the running one', () => {
    for (const moment of [long, short]) {
      const folder = new BarFolder('1m', '15m');
      const trend = moment.bars.map((bar) => folder.push(bar)).filter((bar) => bar !== null);
      const row = rowOf(moment);
      const d = moment === long ? 1 : -1;
      const close = (bars: number): number => (trend.at(-1 - bars) as Bar).close;
      const atr = ((row['atr15_bps'] as number) * close(0)) / 10_000;
      expect(row['ret4_atr']).toBeCloseTo((d * (close(0) - close(4))) / atr, 9);
      expect(row['ret96_atr']).toBeCloseTo((d * (close(0) - close(96))) / atr, 9);
      const path = Array.from({ length: 20 }, (_, i) => Math.abs(close(i) - close(i + 1))).reduce((a, b) => a + b, 0);
      expect(row['eff_ratio20']).toBeCloseTo(Math.abs(close(0) - close(20)) / path, 12);
      expect(row['warm_bars_15m']).toBe(trend.length);
      expect(row['log10_qvol_15m']).toBeCloseTo(Math.log10((trend.at(-1) as Bar).quoteVolume), 12);
      const frac = (trend.at(-1) as Bar).takerBuyVolume / (trend.at(-1) as Bar).volume;
      expect(row['taker_buy_frac_15m_d']).toBeCloseTo(moment === long ? frac : 1 - frac, 12);
    }
  });
});

describe('volume', () => {
  it('compares the bar with the mean of its last twenty', () => {
    const newest = long.bars.slice(-20);
    const mean = (pick: (bar: Bar) => number): number => newest.reduce((sum, bar) => sum + pick(bar), 0) / 20;
    const bar = ago(long, 0);
    expect(rowOf(long)['vol1_ratio20']).toBeCloseTo(bar.volume / mean((b) => b.volume), 9);
    expect(rowOf(long)['trades1_ratio20']).toBeCloseTo(bar.trades / mean((b) => b.trades), 9);
    expect(rowOf(short)['taker_buy_frac_1m_d']).toBeCloseTo(1 - ago(short, 0).takerBuyVolume / ago(short, 0).volume, 12);
  });

  it('is missing, not zero, where the source counts no trades', () => {
    const bars = long.bars.map((bar) => ({ ...bar, trades: 0, takerBuyVolume: 0, quoteVolume: 0 }));
    const one = open(smcConfluence, LOOSE);
    feed(one, bars, () => undefined);
    const row = rowOf({ ...long, one });
    for (const name of ['taker_buy_frac_1m_d', 'taker_buy_frac_15m_d', 'trades1_ratio20']) expect(row[name]).toBeNaN();
    expect(row['log10_qvol_15m']).toBeGreaterThan(0); // volume × close stands in
  });
});

describe('market, derivatives and plan', () => {
  it('signs breadth and funding by the side of the trade', () => {
    expect(rowOf(long)).toMatchObject({
      breadth_ema200_d: 0.25,
      breadth_ret15_d: -0.25,
      funding_bps_d: 1,
      signals_this_minute: 3,
    });
    expect(rowOf(short)).toMatchObject({ breadth_ema200_d: -0.25, breadth_ret15_d: 0.25, funding_bps_d: -1 });
  });

  it('counts minutes to funding from the close of the bar', () => {
    const nextFundingMs = long.signal.barCloseMs + 42 * 60_000;
    expect(rowOf(long, { nextFundingMs })['mins_to_funding']).toBe(42);
    expect(rowOf(long, { nextFundingMs: Number.NaN })['mins_to_funding']).toBeNaN();
  });

  it('standardises the score within the minute, and not where all are equal', () => {
    expect(rowOf(long)['score_z_minute']).toBeCloseTo((long.signal.score - 70) / 5, 12);
    expect(rowOf(long, {}, { scoreSd: 0 })['score_z_minute']).toBeNaN();
  });

  it('repeats the plan in ATR, basis points and R', () => {
    const { entry, risk, target, rewardToRisk, costR } = long.signal.plan;
    const row = rowOf(long);
    expect(row['sl_dist_bps']).toBeCloseTo((risk / entry) * 10_000, 9);
    expect(row['rr_planned']).toBe(rewardToRisk);
    expect(row['cost_r']).toBe(costR);
    expect((row['tp_dist_atr'] as number) / (row['sl_dist_atr'] as number)).toBeCloseTo((target - entry) / risk, 9);
    expect(row['tick_bps']).toBeCloseTo((0.01 / entry) * 10_000, 12);
  });

  it('leaves missing what nobody polls', () => {
    for (const name of ['premium_bps_d', 'oi_chg_1h_pct', 'spread_bps']) expect(rowOf(long)[name]).toBeNaN();
  });
});

describe('BTC', () => {
  it('moves with itself: correlation 1, slope 1, and its own trend distance', () => {
    const row = rowOf(long, {}, { btc: long.one });
    expect(row['corr_btc_96']).toBeCloseTo(1, 9);
    expect(row['beta_btc_96']).toBeCloseTo(1, 9);
    expect(row['btc_ema200_dist_atr_d']).toBe(row['ema200_dist_atr']);
    expect(row['btc_atr_rank500']).toEqual(row['atr15_rank500']);
  });

  it('is missing where it is not followed, or where its newest bar is another one', () => {
    const stale = open(smcConfluence, LOOSE);
    feed(stale, long.bars.slice(0, -16), () => undefined);
    for (const btc of [null, stale]) {
      const row = rowOf(long, {}, { btc });
      for (const name of [
        'btc_ret15_atr_d',
        'btc_ret60m_atr_d',
        'btc_ema200_dist_atr_d',
        'btc_atr_rank500',
        'corr_btc_96',
        'beta_btc_96',
      ]) {
        expect(row[name]).toBeNaN();
      }
    }
  });
});

describe('time and quality', () => {
  it('tells hour and weekday of the close in UTC', () => {
    const at = new Date(long.signal.barCloseMs);
    const angle = (2 * Math.PI * (at.getUTCHours() * 60 + at.getUTCMinutes())) / 1_440;
    const row = rowOf(long);
    expect(row['hour_sin']).toBeCloseTo(Math.sin(angle), 12);
    expect(row['hour_cos']).toBeCloseTo(Math.cos(angle), 12);
    expect(row['dow']).toBe(at.getUTCDay());
  });

  it('knows the age of the listing in whole days', () => {
    // Listed 2025-01-01, the market starts 2025-03-01: 59 days, plus the days of the series.
    expect(rowOf(long)['listing_age_days']).toBe(59 + Math.floor(long.bars.length / 1_440));
  });

  it('counts the minutes missing in the last 240', () => {
    expect(rowOf(long)['gap_bars']).toBe(0);
    const holed = long.bars.filter((_, i) => i < long.bars.length - 100 || i >= long.bars.length - 97);
    const one = open(smcConfluence, LOOSE);
    feed(one, holed, () => undefined);
    expect(rowOf({ ...long, one })['gap_bars']).toBe(3);
  });
});

describe('every row', () => {
  it('holds only finite numbers and missing ones, within the ranges of its units', () => {
    for (const row of [rowOf(long, {}, { btc: long.one }), rowOf(short)]) {
      for (const value of Object.values(row)) expect(Number.isNaN(value) || Number.isFinite(value)).toBe(true);
      for (const name of ['bb15_width_rank100', 'atr15_rank500', 'eff_ratio20', 'body_frac', 'close_pos_d']) {
        const value = row[name] as number;
        if (Number.isNaN(value)) continue;
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }
    }
  });

  it('is refused for a bar that is no longer the newest', () => {
    const one = open(smcConfluence, LOOSE);
    feed(one, long.bars.slice(0, -1), () => undefined);
    expect(() => one.features(long.signal, CONTEXT, CROSS)).toThrow('not the newest');
  });
});
