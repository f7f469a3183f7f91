// From a margin to a probability, and the logistic-weights file, both on numbers that can be checked by hand.
import { describe, expect, it } from 'vitest';
import { calibrated, readCalibration } from '../../../src/adapters/model/calibration.ts';
import { Fields } from '../../../src/adapters/model/fields.ts';
import { readLogistic } from '../../../src/adapters/model/read-logistic.ts';

const read = (calibration: unknown) => readCalibration(new Fields('model.meta.json', { calibration }));

describe('a calibration', () => {
  it('of none is the logistic function, and ends where float32 does', () => {
    expect(calibrated(0, read({ kind: 'none' }))).toBe(0.5);
    // 1 / (1 + e^88.7) is the least probability there is.
    expect(calibrated(-1e9, read({ kind: 'none' }))).toBeCloseTo(3e-39, 39);
  });

  it('of Platt scales and shifts the margin', () => {
    // a · 1 + b = 2 − 2 = 0.
    expect(calibrated(1, read({ kind: 'platt', a: 2, b: -2 }))).toBe(0.5);
  });

  it('by steps is straight between its points and flat beyond them', () => {
    const steps = read({ kind: 'isotonic', x: [-1, 1, 3], y: [0.2, 0.4, 0.8] });
    expect([-9, -1, 0, 2, 3, 99].map((margin) => calibrated(margin, steps))).toEqual([
      0.2, 0.2, 0.30000000000000004, 0.6000000000000001, 0.8, 0.8,
    ]);
  });

  it.each([
    [{ kind: 'isotonic', x: [], y: [] }, 'calibration.x is empty'],
    [{ kind: 'isotonic', x: [1, 1], y: [0.1, 0.2] }, 'calibration.x does not rise'],
    [{ kind: 'isotonic', x: [1, 2], y: [0.3, 0.2] }, 'calibration.y falls'],
    [{ kind: 'isotonic', x: [1, 2], y: [0.3] }, 'calibration.y has 1 numbers, 2'],
    [{ kind: 'beta' }, 'calibration.kind is "beta"'],
  ])('%j is refused', (given, words) => {
    expect(() => read(given)).toThrow(words);
  });
});

describe('a logistic-weights file', () => {
  const aFile = (change: object = {}) =>
    new Fields('model.json', {
      kind: 'logistic',
      features: ['a', 'b'],
      intercept: 0.5,
      weights: [2, -1],
      means: [1, 10],
      scales: [4, 5],
      ...change,
    });

  it('adds one standardised value a feature, a missing one counting as the mean', () => {
    const { margin } = readLogistic(aFile(), ['a', 'b']);
    // 0.5 + 2 · (3 − 1)/4 − (20 − 10)/5 = 0.5 + 1 − 2
    expect(margin([3, 20])).toBe(-0.5);
    expect(margin([Number.NaN, 20])).toBe(-1.5);
    expect(margin([Number.NaN, Number.POSITIVE_INFINITY])).toBe(0.5);
  });

  it.each([
    [{ features: ['b', 'a'] }, 'model.json: features[0] is "b"'],
    [{ weights: [1] }, 'model.json: weights has 1 numbers, 2 are needed'],
    [{ scales: [1, 0] }, 'model.json: scales[1] is 0'],
    [{ intercept: null }, 'model.json: intercept is missing'],
  ])('%j is refused', (change, words) => {
    expect(() => readLogistic(aFile(change), ['a', 'b'])).toThrow(words);
  });
});
