import { describe, expect, it } from 'vitest';
import { labelOf, sampleOf } from '../../../src/app/study/label.ts';
import type { RecordedSymbol } from '../../../src/app/study/symbol-run.ts';
import { gridOf } from '../../../src/core/grid.ts';
import type { Bar } from '../../../src/core/market.ts';
import { epochMs, symbolId } from '../../../src/core/units.ts';
import { aBar } from '../../support/a-bar.ts';
import { aSignal, MIDNIGHT } from '../../support/a-signal.ts';

const GRID = gridOf('0.01', '0.001');
const MINUTE = 60_000;
/** A flat market at 100 in which single minutes can be told to be something else. */
const market = (minutes: number, told: Readonly<Record<number, Partial<Bar>>> = {}): Bar[] =>
  Array.from({ length: minutes }, (_, i) => aBar({ openMs: epochMs(MIDNIGHT + i * MINUTE), open: 100, ...told[i] }));

const recorded = (bars: readonly Bar[]): RecordedSymbol => ({
  symbol: symbolId('ETHUSDT'),
  grid: GRID,
  tickSize: 0.01,
  priceDecimals: 2,
  onboardMs: 0,
  bars,
});

// The signal of minute 0: long at 100, stop 99, so 1 R is 101; cost 0.12 R.
const signal = aSignal({ plan: { entry: 100, stop: 99, target: 102, risk: 1, rewardToRisk: 2, costR: 0.12 } });

describe('the label of a signal', () => {
  it('is a hit at 1 R and the whole plan at its target', () => {
    const label = labelOf(signal, 0, market(300, { 5: { high: 101.5 }, 9: { high: 102 } }), GRID);
    expect(label).toEqual({ hit1R: 1, grossR: 2, netR: 2 - 0.12 });
  });

  it('is a hit at 1 R even where the plan is stopped later', () => {
    const label = labelOf(signal, 0, market(300, { 5: { high: 101.5 }, 9: { low: 98.9 } }), GRID);
    expect(label).toEqual({ hit1R: 1, grossR: -1, netR: -1.12 });
  });

  it('is no hit where one bar holds stop and 1 R, nor where time runs out', () => {
    expect(labelOf(signal, 0, market(300, { 5: { high: 101.5, low: 98.9 } }), GRID)).toMatchObject({ hit1R: 0, grossR: -1 });
    expect(labelOf(signal, 0, market(300), GRID)).toEqual({ hit1R: 0, grossR: 0, netR: -0.12 });
  });

  it('does not look at the signal’s own bar', () => {
    expect(labelOf(signal, 0, market(300, { 0: { high: 105, low: 95 } }), GRID)).toMatchObject({ hit1R: 0, grossR: 0 });
  });

  it('is missing where the recording ends before the trade does', () => {
    expect(labelOf(signal, 0, market(100), GRID)).toBeNull();
  });
});

describe('the placebo', () => {
  const DRAWS = { seed: 1, count: 50 };

  it('is the same trade between half an hour and a day later', () => {
    // The price is at 100 for 30 minutes, then jumps to 200 for good.
    const later = (i: number): Partial<Bar> => (i < 30 ? {} : { open: 200, high: 200, low: 200, close: 200 });
    const bars = Array.from({ length: 1_800 }, (_, i) =>
      aBar({ openMs: epochMs(MIDNIGHT + i * MINUTE), open: 100, ...later(i) }),
    );
    const sample = sampleOf({ signal, index: 0 }, recorded(bars), DRAWS);
    // The signal itself gains the jump; a placebo entered at 200 ends where it began and pays the cost of 0.12 R.
    expect(sample?.label.hit1R).toBe(1);
    expect(sample?.placebo).toMatchObject({ hit1R: 0, draws: 50 });
    expect(sample?.placebo.netR).toBeCloseTo(-0.12, 9);
  });

  it('keeps the stop as far away in parts of the price', () => {
    // At 200 a risk of 1 % is 2: a fall to 198.5 stops no placebo, one to 197.9 stops all that are open then.
    const at = (low: number) =>
      Array.from({ length: 2_000 }, (_, i) =>
        aBar({ openMs: epochMs(MIDNIGHT + i * MINUTE), open: 200, high: 200, low: i % 200 === 199 ? low : 200, close: 200 }),
      );
    const first = { signal, index: 0 };
    expect(sampleOf(first, recorded(at(198.5)), DRAWS)?.placebo.netR).toBeCloseTo(-0.12, 9);
    // Every 240 minutes hold one such fall: all 50 lose 1 R and the cost.
    expect(sampleOf(first, recorded(at(197.9)), DRAWS)?.placebo.netR).toBeCloseTo(-1.12, 9);
  });

  it('is drawn alike for the same seed and otherwise for another', () => {
    const bars = Array.from({ length: 2_000 }, (_, i) =>
      aBar({ openMs: epochMs(MIDNIGHT + i * MINUTE), open: 100 + Math.sin(i / 50), close: 100 + Math.sin((i + 1) / 50) }),
    );
    const draw = (seed: number) => sampleOf({ signal, index: 0 }, recorded(bars), { seed, count: 5 })?.placebo.netR;
    expect(draw(1)).toBe(draw(1));
    expect(draw(1)).not.toBe(draw(2));
  });
});
