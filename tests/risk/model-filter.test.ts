// The learned filter as arithmetic and as a guard: its reason, its edge, and what passes without it.
import { describe, expect, it } from 'vitest';
import { applyGuards, type GuardContext, modelFilter } from '../../src/risk/guards.ts';
import { expectedR, type ModelFilterMode, modelVerdict } from '../../src/risk/model-filter.ts';

const said = (probability: number) => ({ version: 'm1', probability, evR: 0 });
const verdict = (probability: number | null, mode: ModelFilterMode = 'on') =>
  modelVerdict(probability === null ? null : said(probability), { mode, minProbability: 0.55 });

describe('the expected value', () => {
  it('is what a hit earns and a miss costs, by their probabilities, less the cost', () => {
    // 0.5 · 2 + 0.5 · (−0.9) − 0.1 = 0.45
    expect(expectedR({ rewardToRisk: 2, costR: 0.1 }, 0.5, -0.9)).toBeCloseTo(0.45, 12);
    // A sure loss costs the risk and the cost.
    expect(expectedR({ rewardToRisk: 2, costR: 0.1 }, 0, -1)).toBeCloseTo(-1.1, 12);
  });
});

describe('the filter', () => {
  it('rejects below 0.55 and passes at it', () => {
    expect(verdict(0.55)).toEqual({ kind: 'pass' });
    expect(verdict(0.5499)).toEqual({ kind: 'refused', text: 'm1 gives the target 0.550, 0.55 is asked for' });
    expect(verdict(0.41)).toEqual({ kind: 'refused', text: 'm1 gives the target 0.410, 0.55 is asked for' });
  });

  it('lets everything pass without a model', () => {
    expect(verdict(null)).toEqual({ kind: 'noModel' });
    expect(verdict(Number.NaN)).toEqual({ kind: 'noModel' });
  });

  it('refuses nothing in shadow or off', () => {
    expect([verdict(0.01, 'shadow'), verdict(0.01, 'off'), verdict(null, 'shadow')]).toEqual([
      { kind: 'pass' },
      { kind: 'pass' },
      { kind: 'pass' },
    ]);
  });

  it('as a guard gives its reason, counts a model that is not there, and is silent where none is set up', () => {
    const guarded = (model: GuardContext['model']) =>
      applyGuards({ ...(model === undefined ? {} : { model }) } as GuardContext, [modelFilter]);
    const settings = { mode: 'on', minProbability: 0.55 } as const;
    expect(guarded({ opinion: said(0.3), settings }).refusal).toMatchObject({ reason: 'model' });
    expect(guarded({ opinion: null, settings }).unanswered).toMatchObject([{ guard: 'model' }]);
    expect(guarded(undefined)).toEqual({ refusal: null, unanswered: [] });
  });
});
