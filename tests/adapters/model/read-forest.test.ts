// The forest asks as it was grown: float32, strictly less, missing values their split's way, every form in which a version writes it.
import { describe, expect, it } from 'vitest';
import { Fields } from '../../../src/adapters/model/fields.ts';
import { readForest } from '../../../src/adapters/model/read-forest.ts';
import { aModelFile, BY_HAND, inside, type Json, NAMES } from '../../support/a-model.ts';

const cells = (row: readonly (number | null)[]): number[] => row.map((cell) => cell ?? Number.NaN);
const margins = (file: Json): number[] => {
  const { forest } = readForest(new Fields('model.json', file), NAMES);
  return BY_HAND.map(([row]) => forest.margin(cells(row)));
};
const byHand = BY_HAND.map(([, margin]) => margin);

/** ml.md §1.6: what 3.1 writes of the same model. */
function asWrittenBy31(): Json {
  const file = aModelFile();
  file['version'] = [3, 1, 0];
  inside(file, 'learner.learner_model_param')['base_score'] = '[5E-1]';
  const model = inside(file, 'learner.gradient_booster.model');
  model['iteration_indptr'] = [0, 1, 2];
  model['cats'] = { enc: [], feature_segments: [], sorted_idx: [] };
  for (const tree of model['trees'] as Json[]) inside(tree, 'tree_param')['size_leaf_vector'] = '1';
  return file;
}

describe('a forest', () => {
  it('adds up its leaves as a person does by hand', () => {
    expect(margins(aModelFile())).toEqual(byHand);
  });

  it('says the same in the words of 3.1', () => {
    expect(margins(asWrittenBy31())).toEqual(byHand);
  });

  it('compares in float32: 0.1 is not less than the float32 0.1', () => {
    const { forest } = readForest(new Fields('model.json', aModelFile()), NAMES);
    // As doubles 0.1 < 0.10000000149, the threshold's float32: that way would give 0.375.
    expect(forest.margin([0, 0, 0.1])).toBe(0);
    expect(forest.margin([0, 0, 0.0999])).toBe(0.375);
  });

  it('takes what is not finite for missing, also after it became a float32', () => {
    const { forest } = readForest(new Fields('model.json', aModelFile()), NAMES);
    // Missing b goes right (1), missing c goes right (−0.25).
    for (const value of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, -1e300])
      expect(forest.margin([1, value, value])).toBe(0.75);
  });

  it('begins at the logit of base_score, never at base_score itself', () => {
    const file = aModelFile();
    inside(file, 'learner.learner_model_param')['base_score'] = '2.5E-1';
    // ln(0.25 / 0.75) = −1.0986123
    expect(margins(file)[4]).toBeCloseTo(-1.0986123, 6);
  });

  it('weighs the trees of DART, of 1.x beside its trees and of 3.4 under the name gbtree', () => {
    const half = byHand.map((margin) => margin / 2);
    const late = asWrittenBy31();
    inside(late, 'learner.gradient_booster.model')['weight_drop'] = [0.5, 0.5];
    expect(margins(late)).toEqual(half);
    const early = aModelFile();
    const { model } = inside(early, 'learner.gradient_booster');
    inside(early, 'learner')['gradient_booster'] = { name: 'dart', gbtree: { model }, weight_drop: [0.5, 0.5] };
    expect(margins(early)).toEqual(half);
  });
});
