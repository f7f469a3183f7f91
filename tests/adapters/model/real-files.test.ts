// A model as XGBoost 1.7.4 wrote it, and the same model in the words of later versions: its golden rows hold without Python.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Fields } from '../../../src/adapters/model/fields.ts';
import { loadModel } from '../../../src/adapters/model/load-model.ts';
import { readForest } from '../../../src/adapters/model/read-forest.ts';
import { EXPECTED, inside, type Json } from '../../support/a-model.ts';

const dir = join(import.meta.dirname, '..', '..', 'fixtures', 'model-xgboost-1.7');
const NAMES = Array.from({ length: 8 }, (_, i) => `f${i}`);
const read = (name: string): Json => JSON.parse(readFileSync(join(dir, name), 'utf8')) as Json;
const golden = read('golden.json') as { readonly rows: (number | null)[][]; readonly margins: number[] };
const margins = (file: Json): number[] => {
  const { forest } = readForest(new Fields('model.json', file), NAMES);
  return golden.rows.map((row) => forest.margin(row.map((cell) => cell ?? Number.NaN)));
};

describe('a model that XGBoost wrote', () => {
  it('passes its golden rows and answers with calibrated probabilities', () => {
    const model = loadModel(dir, { ...EXPECTED, featureNames: NAMES }, 'promoted');
    expect([model.kind, model.goldenRows, model.version]).toEqual(['xgboost', 60, expect.stringMatching(/^xgb-1-[0-9a-f]{8}$/)]);
  });

  it('has margins that are equal to the last bit', () => {
    expect(margins(read('model.json'))).toEqual(golden.margins);
  });

  it('says the same as 3.1 would write it, and halves under weights of one half as 3.4 would', () => {
    const file = read('model.json');
    file['version'] = [3, 4, 1];
    inside(file, 'learner.learner_model_param')['base_score'] = '[5E-1]';
    const model = inside(file, 'learner.gradient_booster.model');
    model['iteration_indptr'] = Array.from({ length: 16 }, (_, i) => i);
    model['cats'] = { enc: [], feature_segments: [], sorted_idx: [] };
    expect(margins(file)).toEqual(golden.margins);
    model['weight_drop'] = Array.from({ length: 15 }, () => 0.5);
    expect(margins(file)).toEqual(golden.margins.map((margin) => margin / 2));
  });
});
