// Indicators against TA-Lib's vectors, against a second library, and by hand.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { ATR, BollingerBands, EMA } from 'technicalindicators';
import { describe, expect, it } from 'vitest';
import type { Bar } from '../../../src/core/market.ts';
import { epochMs } from '../../../src/core/units.ts';
import { IndicatorCore, type IndicatorSnapshot, type IndicatorValues } from '../../../strategy/indicators/indicator-core.ts';
import { aBar } from '../../support/a-bar.ts';
import { anySeries, DEAR_PROPERTY_RUNS, makeSeries, PROPERTY_RUNS } from '../../support/bar-series.ts';
import { sharedDir } from '../../support/shared-data.ts';

interface Golden {
  readonly input: Readonly<Record<'time' | 'open' | 'high' | 'low' | 'close' | 'volume', readonly number[]>>;
  readonly output: Readonly<Record<string, { readonly begin: number; readonly values: readonly number[] }>>;
}

const SERIES: Readonly<Record<string, keyof IndicatorValues>> = {
  EMA9: 'ema9',
  EMA21: 'ema21',
  EMA50: 'ema50',
  EMA200: 'ema200',
  'MACD_12_26_9.outMACD': 'macd',
  'MACD_12_26_9.outMACDSignal': 'macdSignal',
  'MACD_12_26_9.outMACDHist': 'macdHist',
  ATR14: 'atr14',
  RSI14: 'rsi14',
  'BBANDS_20_2.outRealUpperBand': 'bbUpper',
  'BBANDS_20_2.outRealMiddleBand': 'bbMiddle',
  'BBANDS_20_2.outRealLowerBand': 'bbLower',
};

const FOLDER = sharedDir('indicator-golden');

function readGolden(name: string): { bars: Bar[]; output: Golden['output'] } {
  const { input, output }: Golden = JSON.parse(readFileSync(join(FOLDER ?? '', `${name}.json`), 'utf8'));
  const column = (key: keyof Golden['input'], i: number): number => input[key][i] ?? Number.NaN;
  const bars = input.time.map((time, i) =>
    aBar({
      openMs: epochMs(time),
      open: column('open', i),
      high: column('high', i),
      low: column('low', i),
      close: column('close', i),
      volume: column('volume', i),
    }),
  );
  return { bars, output };
}

/** Cells that are farther from TA-Lib than the tolerance, or exist where TA-Lib has none. */
function differences(name: string, tolerance: (series: string) => number): string[] {
  const { bars, output } = readGolden(name);
  const core = new IndicatorCore();
  const found: string[] = [];
  for (const [i, bar] of bars.entries()) {
    core.push(bar);
    for (const [series, { begin, values }] of Object.entries(output)) {
      const ours = core[SERIES[series] ?? 'ema9'];
      const theirs = i < begin ? Number.NaN : (values[i - begin] ?? Number.NaN);
      const equal = Number.isNaN(theirs)
        ? Number.isNaN(ours)
        : Math.abs(ours - theirs) <= tolerance(series) * Math.max(1e-9, Math.abs(theirs));
      if (!equal) found.push(`${series} at bar ${i}: ${ours} instead of ${theirs}`);
    }
  }
  return found;
}

const push = (core: IndicatorCore, closes: readonly number[]): IndicatorCore => {
  for (const close of closes) core.push(aBar({ open: close, close }));
  return core;
};

describe.skipIf(FOLDER === null)('against TA-Lib', () => {
  it.each(['BTCUSDT_15m', 'DOGEUSDT_1m'])('gives the same numbers from the same first bar on %s', (name) => {
    expect(Object.keys(readGolden(name).output).sort()).toEqual(Object.keys(SERIES).sort());
    expect(differences(name, () => 1e-9)).toEqual([]);
  });

  it('gives the same numbers on flat bars and jumps, but for RSI while nothing moved and for the width of flat bands', () => {
    // In a flat window after a jump TA-Lib's E[x²] − E[x]² leaves a width of some 1e-7 of the price; ours is 0.
    const found = differences('edge_flat_and_jumps', (series) => (series.startsWith('BBANDS') ? 1e-6 : 1e-9));
    // 100 flat bars: RSI exists from bar 14; TA-Lib says 0 to bar 99, we say 50.
    expect(found.length).toBe(86);
    expect(found.every((line) => /^RSI14 at bar \d\d: 50 instead of 0$/.test(line))).toBe(true);
  });
});

describe('a second opinion', () => {
  it('agrees on EMA, ATR and Bollinger bands', () => {
    const { bars } = makeSeries({
      seed: 11,
      count: 600,
      tickUnits: 1,
      tickDecimals: 2,
      startTicks: 20_000,
      bodyTicks: 40,
      dojiShare: 0.05,
      flatShare: 0.02,
      holeShare: 0,
      timeframe: '1m',
    });
    const values = bars.map((bar) => bar.close);
    const ema = EMA.calculate({ period: 21, values });
    const atr = ATR.calculate({ period: 14, high: bars.map((b) => b.high), low: bars.map((b) => b.low), close: values });
    const bands = BollingerBands.calculate({ period: 20, stdDev: 2, values });
    const core = new IndicatorCore();
    for (const [i, bar] of bars.entries()) {
      core.push(bar);
      if (i >= 20) expect(core.ema21).toBeCloseTo(ema[i - 20] ?? Number.NaN, 9);
      if (i >= 14) expect(core.atr14).toBeCloseTo(atr[i - 14] ?? Number.NaN, 9);
      if (i >= 19) expect(core.bbUpper).toBeCloseTo(bands[i - 19]?.upper ?? Number.NaN, 9);
    }
    expect(core.count).toBe(600);
  });
});

describe('the indicator core', () => {
  it('seeds an EMA with the mean of its first closes and is unknown before', () => {
    const core = push(new IndicatorCore(), [1, 2, 3, 4, 5, 6, 7, 8]);
    expect(core.ema9).toBeNaN();
    push(core, [9]);
    expect(core.ema9).toBe(5);
    // 5 + 0.2 × (10 − 5).
    push(core, [10]);
    expect(core.ema9).toBe(6);
  });

  it('is neutral where nothing moves: RSI 50, no band width, place in the band 0.5', () => {
    const core = push(
      new IndicatorCore(),
      Array.from({ length: 30 }, () => 7),
    );
    expect(core).toMatchObject({ rsi14: 50, atr14: 0, bbUpper: 7, bbLower: 7, bbPercentB: 0.5 });
  });

  it('has an RSI of 100 when every close rises and 0 when every close falls', () => {
    const up = Array.from({ length: 20 }, (_, i) => 10 + i);
    expect(push(new IndicatorCore(), up).rsi14).toBe(100);
    expect(push(new IndicatorCore(), up.toReversed()).rsi14).toBe(0);
  });

  it('takes the mean of twenty volumes', () => {
    const core = new IndicatorCore();
    for (let i = 1; i <= 25; i++) core.push(aBar({ volume: i }));
    // 6 … 25.
    expect(core.volumeSma20).toBe(15.5);
  });

  it('remembers what stood before: ATR and MACD one bar, EMA200 up to fifteen bars ago', () => {
    const { bars } = makeSeries({
      seed: 5,
      count: 260,
      tickUnits: 1,
      tickDecimals: 2,
      startTicks: 9_000,
      bodyTicks: 10,
      dojiShare: 0,
      flatShare: 0,
      holeShare: 0,
      timeframe: '15m',
    });
    const core = new IndicatorCore();
    const history: IndicatorValues[] = [];
    for (const bar of bars) {
      core.push(bar);
      const before = history.at(-1);
      expect(core.atrBefore).toEqual(before?.atr14 ?? Number.NaN);
      expect(core.macdHistBefore).toEqual(before?.macdHist ?? Number.NaN);
      expect(core.ema200Ago(10)).toEqual(history.at(-10)?.ema200 ?? Number.NaN);
      history.push(core.values);
    }
    expect(core.ema200Ago(0)).toBe(core.ema200);
    expect(() => core.ema200Ago(16)).toThrow(/kept for 16 bars/);
  });

  it('shows a forming bar without keeping it', () => {
    fc.assert(
      fc.property(anySeries(), (series) => {
        const core = new IndicatorCore();
        const honest = new IndicatorCore();
        for (const bar of series.bars) {
          const shown = core.preview(bar);
          core.preview({ ...bar, high: bar.high * 2, close: bar.close * 1.5 });
          core.push(bar);
          honest.push(bar);
          expect(shown).toEqual(honest.values);
          expect(core.values).toEqual(honest.values);
        }
      }),
      { numRuns: DEAR_PROPERTY_RUNS },
    );
  });

  it('goes on from a snapshot as if nothing had happened', () => {
    fc.assert(
      fc.property(anySeries(), fc.double({ min: 0, max: 1, noNaN: true }), (series, share) => {
        const at = Math.floor(share * (series.bars.length - 1));
        const whole = new IndicatorCore();
        const second = new IndicatorCore();
        for (const [i, bar] of series.bars.entries()) {
          if (i === at) {
            const saved: IndicatorSnapshot = JSON.parse(JSON.stringify(whole.snapshot()));
            second.restore(saved);
          }
          whole.push(bar);
          if (i >= at) {
            second.push(bar);
            expect(second.values).toEqual(whole.values);
          }
        }
        expect(second.snapshot()).toEqual(whole.snapshot());
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });

  it('refuses a snapshot of something else', () => {
    expect(() => new IndicatorCore().restore({ version: 1, state: [1, 2] })).toThrow(/not a snapshot/);
  });
});
