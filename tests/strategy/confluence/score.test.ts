// The factor table by hand: one number either side of every limit, and what the sum may be.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain, FACTOR_IDS, type FactorId, judge, type ScoreInput, totalScore } from '../../../strategy/confluence/score.ts';

const PAIR = { trend: '15m', entry: '1m' } as const;

/** Nothing agrees, nothing is penalised. */
const NOTHING: ScoreInput = {
  side: 'long',
  legAtr: 1.5,
  displaced: false,
  imbalanceAtr: 0,
  imbalanceLimitAtr: 0.25,
  brokeStructure: false,
  msbGrade: 0,
  trendDistancePct: -0.5,
  trendDistanceAtr: -2,
  trendSlopeAtr: -0.1,
  macdHistAtr: -0.2,
  macdHistChangeAtr: -0.1,
  emaGapAtr: -0.3,
  sweep: 'none',
  sweepBars: Number.NaN,
  rangePos: 0.3,
  touches: 1,
  ageBars: 20,
  opposingR: Number.NaN,
  volumePercentile: 50,
};

const pointsOf = (id: FactorId, change: Partial<ScoreInput>): number => {
  const input = { ...NOTHING, ...change };
  const found = explain(judge(input), input, PAIR).find((factor) => factor.id === id);
  return found?.points ?? Number.NaN;
};
const scoreOf = (change: Partial<ScoreInput>): number => totalScore(judge({ ...NOTHING, ...change }));

const FULL: Partial<ScoreInput> = {
  displaced: true,
  imbalanceAtr: 0.4,
  brokeStructure: true,
  msbGrade: 2,
  trendDistancePct: 1.8,
  trendDistanceAtr: 2.5,
  trendSlopeAtr: 0.4,
  macdHistAtr: 0.1,
  emaGapAtr: 0.2,
  sweep: 'onZone',
  sweepBars: 3,
  rangePos: 0.7,
};

describe('each factor', () => {
  const cases: readonly [FactorId, Partial<ScoreInput>, number][] = [
    ['A1', {}, 0],
    ['A1', { displaced: true }, 10],
    ['A2', { imbalanceAtr: 0.249 }, 0],
    ['A2', { imbalanceAtr: 0.25 }, 10],
    ['A2', { imbalanceAtr: 0.4, imbalanceLimitAtr: 0.5 }, 0],
    ['A3', {}, 0],
    ['A3', { brokeStructure: true }, 10],
    ['B', { msbGrade: 0 }, 0],
    ['B', { msbGrade: 1 }, 8],
    ['B', { msbGrade: 2 }, 15],
    ['C1', { trendDistancePct: -0.01 }, 0],
    ['C1', { trendDistancePct: 0.01 }, 12],
    ['C1', { trendDistancePct: Number.NaN }, 0],
    ['C2', { trendSlopeAtr: 1 }, 0], // on the wrong side the slope earns nothing
    ['C2', { trendDistancePct: 1, trendSlopeAtr: 0.1 }, 5],
    ['C2', { trendDistancePct: 1, trendSlopeAtr: 0 }, 0],
    ['C3', { trendDistancePct: -1, trendDistanceAtr: -1 }, 0],
    ['C3', { trendDistancePct: 1, trendDistanceAtr: 3 }, 3],
    ['C3', { trendDistancePct: 1, trendDistanceAtr: 3.01 }, 0],
    ['D1', {}, 0],
    ['D1', { macdHistAtr: 0.01 }, 5],
    ['D1', { macdHistChangeAtr: 0.01 }, 5],
    ['D2', {}, 0],
    ['D2', { emaGapAtr: 0.01 }, 5],
    ['E', {}, 0],
    ['E', { sweep: 'single', sweepBars: 30 }, 8],
    ['E', { sweep: 'strong', sweepBars: 12 }, 12],
    ['E', { sweep: 'onZone', sweepBars: 2 }, 15],
    ['E', { sweep: 'strong', sweepBars: 31 }, 0],
    ['F', { rangePos: 0.49 }, 0],
    ['F', { rangePos: 0.5 }, 5],
    ['F', { rangePos: 0.62 }, 10],
    ['F', { rangePos: 0.79 }, 10],
    ['F', { rangePos: 0.8 }, 5],
    ['F', { rangePos: Number.NaN }, 0],
    ['P1', { touches: 1 }, 0],
    ['P1', { touches: 2 }, -10],
    ['P2', { ageBars: 300 }, 0],
    ['P2', { ageBars: 301 }, -5],
    ['P3', { opposingR: 1 }, 0],
    ['P3', { opposingR: 0.99 }, -10],
    ['P4', { volumePercentile: 20 }, 0],
    ['P4', { volumePercentile: 19.9 }, -5],
    ['P4', { volumePercentile: Number.NaN }, 0],
  ];
  it.each(cases)('%s with %o gives %i points', (id, change, points) => {
    expect(pointsOf(id, change)).toBe(points);
  });
});

describe('the sum', () => {
  it('is 100 when everything agrees: 30 + 15 + 20 + 10 + 15 + 10', () => {
    expect(scoreOf(FULL)).toBe(100);
  });

  it('takes the penalties off: 100 − 10 − 5 − 10 − 5', () => {
    expect(scoreOf({ ...FULL, touches: 2, ageBars: 400, opposingR: 0.5, volumePercentile: 5 })).toBe(70);
  });

  it('never falls below 0', () => {
    expect(scoreOf({ touches: 3, ageBars: 400, opposingR: 0.1, volumePercentile: 1 })).toBe(0);
  });

  it('stays within 0 and 100 and equals its lines for any input', () => {
    const any = fc.oneof(fc.constant(Number.NaN), fc.double({ min: -500, max: 500, noNaN: true }));
    const input = fc.record({
      legAtr: any,
      displaced: fc.boolean(),
      imbalanceAtr: any,
      brokeStructure: fc.boolean(),
      msbGrade: fc.constantFrom<0 | 1 | 2>(0, 1, 2),
      trendDistancePct: any,
      trendDistanceAtr: any,
      trendSlopeAtr: any,
      macdHistAtr: any,
      macdHistChangeAtr: any,
      emaGapAtr: any,
      sweep: fc.constantFrom<ScoreInput['sweep']>('none', 'single', 'strong', 'onZone'),
      sweepBars: any,
      rangePos: any,
      touches: fc.nat(3),
      ageBars: any,
      opposingR: any,
      volumePercentile: any,
    });
    fc.assert(
      fc.property(input, (change) => {
        const full = { ...NOTHING, ...change };
        const findings = judge(full);
        const factors = explain(findings, full, PAIR);
        const score = totalScore(findings);
        const sum = factors.reduce((total, factor) => total + factor.points, 0);
        expect(score).toBe(Math.min(100, Math.max(0, sum)));
        expect(factors.map((factor) => factor.id)).toEqual(FACTOR_IDS);
        for (const factor of factors) expect(factor.points).toBeLessThanOrEqual(factor.maxPoints);
        for (const factor of factors) expect(factor.text).not.toMatch(/[{}]/);
      }),
    );
  });
});

describe('the sentence', () => {
  const textOf = (id: FactorId, change: Partial<ScoreInput>): string => {
    const input = { ...NOTHING, ...change };
    return explain(judge(input), input, PAIR).find((factor) => factor.id === id)?.text ?? '';
  };

  it('holds the number that decided', () => {
    expect(textOf('C1', { trendDistancePct: 1.8 })).toBe('15m close 1.8 % above EMA200');
    expect(textOf('C1', { side: 'short', trendDistancePct: 1.8 })).toBe('15m close 1.8 % below EMA200');
    expect(textOf('E', { sweep: 'single', sweepBars: 7 })).toBe('single swing swept 7 bars before');
    expect(textOf('P2', { ageBars: 412 })).toBe('zone is 412 bars old (over 300)');
  });

  it('says that a number is unknown instead of printing NaN', () => {
    expect(textOf('A1', { legAtr: Number.NaN })).toBe('no displacement in the leg of unknown ATR');
    for (const id of FACTOR_IDS) expect(textOf(id, { trendDistancePct: Number.NaN, rangePos: Number.NaN })).not.toContain('NaN');
  });
});
