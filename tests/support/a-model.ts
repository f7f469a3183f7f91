// A model folder by hand: three features, two small trees whose every leaf is a sum of powers of two, so that margins can be added up
// on paper. Written as XGBoost 1.7.4 writes it, without what an evaluator does not need.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExpectedRows } from '../../src/adapters/model/load-model.ts';
import { sha256Hex } from '../../src/core/digest.ts';

export type Json = { [key: string]: unknown };
export const NAMES = ['a', 'b', 'c'];
export const EXPECTED: ExpectedRows = { featureNames: NAMES, featureHash: 'f'.repeat(64), schemaHash: 'e'.repeat(64) };

interface TreeWish {
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly feature: readonly number[];
  /** Threshold of a split, value of a leaf. */
  readonly value: readonly number[];
  readonly missingLeft: readonly number[];
}

const aTree = ({ left, right, feature, value, missingLeft }: TreeWish): Json => ({
  left_children: left,
  right_children: right,
  split_indices: feature,
  split_conditions: value,
  default_left: missingLeft,
  split_type: left.map(() => 0),
  categories: [],
  categories_nodes: [],
  categories_segments: [],
  categories_sizes: [],
  tree_param: { num_nodes: String(left.length), num_feature: '3', size_leaf_vector: '0' },
});

/** a < 0.5 (missing: left) → 0.25; else b < 2 (missing: right) → −0.5, else 1. */
const FIRST: TreeWish = {
  left: [1, -1, 3, -1, -1],
  right: [2, -1, 4, -1, -1],
  feature: [0, 0, 1, 0, 0],
  value: [0.5, 0.25, 2, -0.5, 1],
  missingLeft: [1, 0, 0, 0, 0],
};
/** c < 0.1 (missing: right) → 0.125, else −0.25. */
const SECOND: TreeWish = {
  left: [1, -1, -1],
  right: [2, -1, -1],
  feature: [2, 0, 0],
  value: [0.1, 0.125, -0.25],
  missingLeft: [0, 0, 0],
};

export const aModelFile = (): Json => ({
  version: [1, 7, 4],
  learner: {
    attributes: { best_iteration: '1' },
    feature_names: NAMES,
    feature_types: ['float', 'float', 'float'],
    learner_model_param: { base_score: '5E-1', num_class: '0', num_feature: '3', num_target: '1' },
    objective: { name: 'binary:logistic', reg_loss_param: { scale_pos_weight: '1' } },
    gradient_booster: {
      name: 'gbtree',
      model: {
        gbtree_model_param: { num_trees: '2', num_parallel_tree: '1', size_leaf_vector: '0' },
        tree_info: [0, 0],
        trees: [aTree(FIRST), aTree(SECOND)],
      },
    },
  },
});

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** Row → margin, added up by hand from the two trees above. */
export const BY_HAND: readonly (readonly [readonly (number | null)[], number])[] = [
  [[0, 0, 0], 0.375], // 0.25 + 0.125
  [[1, 1, 20], -0.75], // −0.5 − 0.25
  [[1, 3, 0], 1.125], // 1 + 0.125
  [[0.5, 2, 0.2], 0.75], // neither is less: 1 − 0.25
  [[null, 9, null], 0], // left by default 0.25, right by default −0.25
  [[1, null, 0], 1.125], // b missing goes right: 1 + 0.125
];

export interface ModelText {
  readonly model: Json;
  readonly meta: Json;
  readonly golden: Json;
}

export function aModel(version = 'hand-1'): ModelText {
  const rows = Array.from({ length: 24 }, (_, i) => BY_HAND[i % BY_HAND.length] as (typeof BY_HAND)[number]);
  return {
    model: aModelFile(),
    meta: {
      meta_version: 1,
      kind: 'xgboost',
      version,
      schema_hash: EXPECTED.schemaHash,
      feature_hash: EXPECTED.featureHash,
      features: NAMES,
      xgboost_version: '1.7.4',
      rounds: 2,
      calibration: { kind: 'none' },
      miss_r: -0.875,
      trained: { from_ms: 1, to_ms: 2, rows: 24 },
      gate: { promoted: true, conditions: [] },
    },
    golden: {
      version,
      rows: rows.map(([row]) => row),
      margins: rows.map(([, margin]) => margin),
      p: rows.map(([, margin]) => sigmoid(margin)),
    },
  };
}

/** The three files with digests that fit; `spoil` changes a text after its digest was taken. */
export function writeModel(dir: string, text: ModelText, spoil: Readonly<Record<string, (text: string) => string>> = {}): void {
  mkdirSync(dir, { recursive: true });
  const [model, golden] = [JSON.stringify(text.model), JSON.stringify(text.golden)];
  const meta = JSON.stringify({ ...text.meta, files: { 'model.json': sha256Hex(model), 'golden.json': sha256Hex(golden) } });
  for (const [name, content] of Object.entries({ 'model.json': model, 'golden.json': golden, 'model.meta.json': meta }))
    writeFileSync(join(dir, name), spoil[name]?.(content) ?? content);
}

export function modelFolder(): { readonly dir: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'perpscout-model-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** The object at a path such as `learner.objective`, to be changed by a test. */
export function inside(json: Json, path: string): Json {
  return path.split('.').reduce<Json>((held, key) => held[key] as Json, json);
}
