// What each kind of zone has to show for itself.
import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../src/core/units.ts';
import { evidenceOf, type SweepZone, setupOf } from '../../../strategy/confluence/evidence.ts';
import { aBreak, aFlippedBlock, aGap, anOrderBlock, aSweep, aView } from '../../support/smc-view.ts';

const ATR = 0.2;

describe('an order block', () => {
  it('brings its own evidence', () => {
    expect(evidenceOf(anOrderBlock(), aView(), ATR)).toEqual({
      legAtr: 4, // 1 / 0.25
      displaced: true,
      imbalanceAtr: 0.6,
      imbalanceLimitAtr: 0.25,
      brokeStructure: true,
      msbGrade: 2,
      sweep: 'onZone',
      sweepBars: 4,
      touches: 1,
      ageBars: 25, // 1,000 − 975
      volumePercentile: 60,
    });
  });

  it('names a sweep away from its own bar by the strength of the level', () => {
    const sweep = { kind: 'strong', onOb: false, barsBeforeBreak: 12 } as const;
    expect(evidenceOf(anOrderBlock({ sweep }), aView(), ATR).sweep).toBe('strong');
  });
});

describe('a fair value gap', () => {
  it('must be half an ATR high, and takes the leg that holds it', () => {
    const found = evidenceOf(aGap(), aView({ breaks: [aBreak()] }), ATR);
    expect(found).toMatchObject({
      imbalanceAtr: 0.6,
      imbalanceLimitAtr: 0.5,
      legAtr: 4,
      brokeStructure: true,
      msbGrade: 1,
    });
  });

  it('learns nothing from a leg that began after it', () => {
    const evidence = evidenceOf(aGap(), aView({ breaks: [aBreak({ legOriginIndex: 971, index: 990 })] }), ATR);
    expect(evidence).toMatchObject({ legAtr: 0.6, msbGrade: 0 });
  });

  it('counts a sweep at most 30 bars before it, and none after it', () => {
    const sweepOf = (index: number) => evidenceOf(aGap(), aView({ sweeps: [aSweep({ index })] }), ATR).sweep; // the gap is at 970
    expect([939, 940, 968, 969, 970, 971].map(sweepOf)).toEqual(['none', 'single', 'single', 'onZone', 'onZone', 'none']);
  });
});

describe('a breaker', () => {
  it('is judged by the leg that went through the failed block', () => {
    const view = aView({ breaks: [aBreak()], zones: [aGap({ atIndex: 968, sizeAtr: 0.3 })] });
    expect(evidenceOf(aFlippedBlock(), view, ATR)).toMatchObject({
      brokeStructure: true,
      displaced: true,
      imbalanceAtr: 0.3,
      msbGrade: 1,
    });
  });

  it('counts a gap of that leg only, whatever the price is', () => {
    const zones = [aGap({ atIndex: 964, sizeAtr: 2 }), aGap({ atIndex: 968, sizeAtr: 0.3 })];
    for (const legOrigin of [0.003, 60_000]) {
      expect(evidenceOf(aFlippedBlock(), aView({ breaks: [aBreak({ legOrigin })], zones }), ATR)).toMatchObject({
        brokeStructure: true,
        imbalanceAtr: 0.3,
      });
    }
  });

  it('has nothing to show without such a leg', () => {
    const evidence = evidenceOf(aFlippedBlock(), aView(), ATR);
    expect(evidence).toMatchObject({ brokeStructure: false, displaced: false, imbalanceAtr: 0, msbGrade: 0, sweep: 'none' });
  });
});

it('mitigation blocks and inversion gaps are no candidates: the table has no rule for them', () => {
  expect(setupOf(aFlippedBlock({ kind: 'mitigation' }))).toBeNull();
  expect(setupOf(aGap({ kind: 'inversionGap' }))).toBeNull();
  expect(setupOf(aGap())).toBe('fairValueGap');
});

describe('a sweep', () => {
  const zone: SweepZone = {
    kind: 'sweep',
    id: 'sweep',
    side: 'long',
    top: 99.4,
    bottom: 99,
    atMs: epochMs(0),
    knownAtMs: epochMs(0),
    knownIndex: 980,
    strength: 'strong',
    touches: 1,
    reach: 100,
  };

  it('is judged by what followed it', () => {
    const gaps = [aGap({ atIndex: 985, sizeAtr: 0.4 }), aGap({ atIndex: 979, sizeAtr: 2 })];
    const view = aView({ breaks: [aBreak({ index: 990, msbGrade: 2 })], zones: gaps, displacementIndex: 984 });
    expect(evidenceOf(zone, view, ATR)).toMatchObject({
      legAtr: 5, // (100 − 99) / 0.2
      displaced: true,
      imbalanceAtr: 0.4,
      brokeStructure: true,
      msbGrade: 2,
      sweep: 'strong',
      sweepBars: 20,
    });
  });

  it('does not claim what happened before it', () => {
    const view = aView({ breaks: [aBreak({ index: 980 })], displacementIndex: 979 });
    expect(evidenceOf(zone, view, ATR)).toMatchObject({ displaced: false, brokeStructure: false, msbGrade: 0 });
  });
});
