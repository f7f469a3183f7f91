// A model folder is used whole or refused by the names of the file and the field.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { ModelRefusedError } from '../../../src/adapters/model/fields.ts';
import { type GateDemand, loadModel } from '../../../src/adapters/model/load-model.ts';
import { aModel, EXPECTED, inside, type Json, type ModelText, modelFolder, writeModel } from '../../support/a-model.ts';

const folder = modelFolder();
afterEach(() => folder.remove());

type Spoil = Parameters<typeof writeModel>[2];
interface Broken {
  readonly change?: (text: ModelText) => void;
  readonly spoil?: Spoil;
  readonly demand?: GateDemand;
}

function load({ change, spoil, demand }: Broken): ReturnType<typeof loadModel> {
  const text = aModel();
  change?.(text);
  writeModel(folder.dir, text, spoil ?? {});
  return loadModel(folder.dir, EXPECTED, demand ?? 'promoted');
}

function refusal(broken: Broken): ModelRefusedError {
  try {
    load(broken);
  } catch (error) {
    if (error instanceof ModelRefusedError) return error;
    throw error;
  }
  throw new Error('it was loaded');
}

const model = (path: string, field: string, value: unknown) => (text: ModelText) => {
  inside(text.model, path)[field] = value;
};
const meta = (field: string, value: unknown) => (text: ModelText) => {
  text.meta[field] = value;
};
const golden = (field: string, value: unknown) => (text: ModelText) => {
  text.golden[field] = value;
};
/** One number of a golden list, changed. */
const goldenAt = (field: 'margins' | 'p', at: number, value: number) => (text: ModelText) => {
  text.golden[field] = (text.golden[field] as number[]).with(at, value);
};
const version = (value: unknown) => (text: ModelText) => {
  text.model['version'] = value;
};
const firstTree = (text: ModelText): Json => (inside(text.model, 'learner.gradient_booster.model')['trees'] as Json[])[0] as Json;
const tree = (field: string, value: unknown) => (text: ModelText) => {
  firstTree(text)[field] = value;
};

const BROKEN: readonly (readonly [string, Broken, string, string])[] = [
  ['another schema', { change: meta('schema_hash', 'd'.repeat(64)) }, 'model.meta.json', 'schema_hash is dddddddd…'],
  ['other features', { change: meta('feature_hash', 'd'.repeat(64)) }, 'model.meta.json', 'feature_hash'],
  ['features in another order', { change: meta('features', ['a', 'c', 'b']) }, 'model.meta.json', 'features[1] is "c"'],
  ['a feature too few', { change: meta('features', ['a', 'b']) }, 'model.meta.json', 'features are 2 names'],
  ['a later meta version', { change: meta('meta_version', 2) }, 'model.meta.json', 'meta_version is 2'],
  ['an unknown kind', { change: meta('kind', 'forest') }, 'model.meta.json', 'kind is "forest"'],
  ['rounds that do not fit', { change: meta('rounds', 3) }, 'model.meta.json', 'rounds is 3'],
  ['two versions of the library', { change: meta('xgboost_version', '3.4.1') }, 'model.json', 'version is 1.7.4'],
  ['a version nobody knows', { change: version([4, 0, 0]) }, 'model.json', 'version is 4.0.0'],
  [
    'another objective',
    { change: model('learner.objective', 'name', 'reg:squarederror') },
    'model.json',
    'learner.objective.name',
  ],
  ['another booster', { change: model('learner.gradient_booster', 'name', 'gblinear') }, 'model.json', 'gradient_booster.name'],
  ['classes', { change: model('learner.learner_model_param', 'num_class', '3') }, 'model.json', 'num_class'],
  ['targets', { change: model('learner.learner_model_param', 'num_target', '2') }, 'model.json', 'num_target'],
  ['a feature count', { change: model('learner.learner_model_param', 'num_feature', '4') }, 'model.json', 'num_feature is 4'],
  ['names left out', { change: model('learner', 'feature_names', []) }, 'model.json', 'feature_names are empty'],
  ['a margin as base_score', { change: model('learner.learner_model_param', 'base_score', '-1E0') }, 'model.json', 'base_score'],
  [
    'one base_score per class',
    { change: model('learner.learner_model_param', 'base_score', '[5E-1,5E-1]') },
    'model.json',
    'base_score',
  ],
  ['rounds after the best', { change: model('learner.attributes', 'best_iteration', '0') }, 'model.json', 'best_iteration is 0'],
  [
    'a re-coder of categories',
    { change: model('learner.gradient_booster.model', 'cats', { enc: [{}] }) },
    'model.json',
    'cats.enc holds a re-coder',
  ],
  [
    'a weight too few',
    { change: model('learner.gradient_booster.model', 'weight_drop', [1]) },
    'model.json',
    'weight_drop has 1 weights for 2 trees',
  ],
  ['a categorical split', { change: tree('split_type', [1, 0, 0, 0, 0]) }, 'model.json', 'trees[0].split_type'],
  ['vector leaves', { change: tree('tree_param', { size_leaf_vector: '3' }) }, 'model.json', 'size_leaf_vector is 3'],
  ['a walk without end', { change: tree('left_children', [1, -1, 0, -1, -1]) }, 'model.json', 'left_children[2] leads to node 0'],
  ['a feature that is not there', { change: tree('split_indices', [7, 0, 1, 0, 0]) }, 'model.json', 'split_indices[0] is 7'],
  ['lists of two lengths', { change: tree('split_conditions', [0.5]) }, 'model.json', 'split_conditions has 1 numbers, 5'],
  ['no number for a leaf', { change: tree('split_conditions', [0.5, null, 2, -0.5, 1]) }, 'model.json', 'split_conditions[1]'],
  [
    'a golden margin that is off by 2e-6',
    { change: goldenAt('margins', 7, -0.750002) },
    'golden.json',
    'margins[7] is -0.750002, this evaluator says -0.75',
  ],
  ['a golden probability', { change: goldenAt('p', 3, 0.5) }, 'golden.json', 'p[3] is 0.5'],
  ['too few golden rows', { change: golden('rows', [[0, 0, 0]]) }, 'golden.json', 'rows are 1, at least 20'],
  ['golden rows of another model', { change: golden('version', 'hand-0') }, 'golden.json', 'version is hand-0'],
  ['a model the gate refused', { change: meta('gate', { promoted: false }) }, 'model.meta.json', 'gate.promoted is not true'],
  ['a turned calibration', { change: meta('calibration', { kind: 'platt', a: -1, b: 0 }) }, 'model.meta.json', 'calibration.a'],
  ['a cut-off model', { spoil: { 'model.json': (t) => t.slice(0, 400) } }, 'model.json', 'is not whole JSON (400 characters)'],
  ['a cut-off meta', { spoil: { 'model.meta.json': (t) => t.slice(0, -2) } }, 'model.meta.json', 'is not whole JSON'],
  [
    'binary',
    { spoil: { 'model.json': () => '{L\u0000\u0000' } },
    'model.json',
    'is no JSON; save the model with a name that ends in',
  ],
  [
    'a model of another training',
    { spoil: { 'model.json': (t) => t.replace('"scale_pos_weight":"1"', '"scale_pos_weight":"2"') } },
    'model.json',
    'does not belong to model.meta.json',
  ],
];

describe('a model folder', () => {
  it('becomes a model with its calibrated probability', () => {
    const loaded = load({});
    expect(loaded).toMatchObject({ version: 'hand-1', kind: 'xgboost', promoted: 'yes', missR: -0.875, goldenRows: 24 });
    // Margin 0: one half.
    expect(loaded.probability(Float64Array.of(Number.NaN, 9, Number.NaN))).toBe(0.5);
    expect(() => loaded.probability(Float64Array.of(1, 2))).toThrow('2 features for a model of 3');
  });

  it.each(BROKEN)('with %s is refused by file and field', (_, broken, file, words) => {
    const error = refusal(broken);
    expect([error.file, error.message]).toEqual([file, expect.stringContaining(words)]);
    expect(error.message.startsWith(`${file}: `)).toBe(true);
  });

  it.each(['model.json', 'model.meta.json', 'golden.json'])('without %s says so', (name) => {
    writeModel(folder.dir, aModel());
    rmSync(join(folder.dir, name));
    expect(() => loadModel(folder.dir, EXPECTED, 'any')).toThrow(`${name}: is missing in ${folder.dir}`);
  });

  it('that its gate refused may be watched', () => {
    expect(load({ change: meta('gate', { promoted: false }), demand: 'any' }).promoted).toBe('no');
  });

  it('with a file cut off anywhere is refused, never half used', () => {
    const names = ['model.json', 'model.meta.json', 'golden.json'];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.double({ min: 0, max: 0.999, noNaN: true }), (name, share) => {
        const error = refusal({ spoil: { [name]: (text) => text.slice(0, Math.floor(text.length * share)) } });
        expect(error.file).toBe(name);
      }),
      { numRuns: 60 },
    );
  });
});
