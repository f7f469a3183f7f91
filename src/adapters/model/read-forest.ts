// Adapters, models: a model file of XGBoost 1, 2 or 3 in JSON becomes a forest. What this evaluator does not know is refused by name:
// another objective or booster, vector leaves, categories, rounds beyond the best one.
import { checkNames, Fields } from './fields.ts';
import { Forest, type ForestNodes } from './forest.ts';

const MAJORS = [1, 2, 3];
const MOST_NODES = 4_000_000;

export interface ReadForest {
  readonly forest: Forest;
  /** As the file says it, e.g. 1.7.4. */
  readonly libraryVersion: string;
  readonly rounds: number;
}

interface Booster {
  readonly model: Fields;
  readonly weights: readonly number[] | null;
}

export function readForest(file: Fields, featureNames: readonly string[]): ReadForest {
  const libraryVersion = versionOf(file);
  const learner = file.object('learner');
  const objective = learner.object('objective').text('name');
  if (objective !== 'binary:logistic')
    learner.object('objective').refuse('name', `is "${objective}"; only binary:logistic gives a probability of target first`);
  const param = learner.object('learner_model_param');
  if (param.has('num_class') && param.count('num_class') > 1) param.refuse('num_class', 'is more than one class');
  if (param.has('num_target') && param.count('num_target') > 1) param.refuse('num_target', 'is more than one target');
  if (param.count('num_feature') !== featureNames.length)
    param.refuse('num_feature', `is ${param.count('num_feature')}, the rows have ${featureNames.length} features`);
  checkNames(learner, 'feature_names', featureNames);
  const booster = boosterOf(learner.object('gradient_booster'));
  const trees = treesOf(booster.model);
  const rounds = roundsOf(booster.model, trees.length);
  checkBest(learner, rounds);
  const nodes = flatten(trees, featureNames.length, booster);
  return { forest: new Forest(nodes, baseMargin(param), featureNames.length), libraryVersion, rounds };
}

function versionOf(file: Fields): string {
  const version = file.numbers('version');
  if (!MAJORS.includes(version[0] ?? 0)) file.refuse('version', `is ${version.join('.')}; known are ${MAJORS.join(', ')}.x`);
  return version.join('.');
}

/** DART of 1.x keeps its trees one floor deeper; since 3.4 it calls itself gbtree and only the weights tell. */
function boosterOf(booster: Fields): Booster {
  const name = booster.text('name');
  if (name === 'dart') return { model: booster.object('gbtree').object('model'), weights: booster.numbers('weight_drop') };
  if (name !== 'gbtree') booster.refuse('name', `is "${name}"; known are gbtree and dart`);
  const model = booster.object('model');
  return { model, weights: model.has('weight_drop') ? model.numbers('weight_drop') : null };
}

function treesOf(model: Fields): readonly Fields[] {
  const trees = model.list('trees').map((_, i) => treeAt(model, i));
  const told = model.object('gbtree_model_param').count('num_trees');
  if (told !== trees.length) model.refuse('trees', `are ${trees.length}, num_trees says ${told}`);
  const classes = model.numbersOf('tree_info', trees.length);
  if (classes.some((one) => one !== 0)) model.refuse('tree_info', 'names more than one class');
  if (model.has('cats') && model.object('cats').has('enc') && model.object('cats').list('enc').length > 0)
    model.object('cats').refuse('enc', 'holds a re-coder of categories; encode them before training');
  return trees;
}

function treeAt(model: Fields, index: number): Fields {
  const holder = model.list('trees')[index];
  return new Fields(model.file, holder, model.nameOf(`trees[${index}]`));
}

function roundsOf(model: Fields, trees: number): number {
  if (!model.has('iteration_indptr')) {
    const parallel = model.object('gbtree_model_param');
    return trees / Math.max(1, parallel.has('num_parallel_tree') ? parallel.count('num_parallel_tree') : 1);
  }
  const starts = model.numbers('iteration_indptr');
  if (starts.at(-1) !== trees) model.refuse('iteration_indptr', `ends at ${starts.at(-1)}, there are ${trees} trees`);
  return starts.length - 1;
}

/** After early stopping a file holds all rounds and the library's two doors disagree on which count. */
function checkBest(learner: Fields, rounds: number): void {
  if (!learner.has('attributes') || !learner.object('attributes').has('best_iteration')) return;
  const attributes = learner.object('attributes');
  const best = attributes.count('best_iteration');
  if (best + 1 !== rounds)
    attributes.refuse('best_iteration', `is ${best}, but the file holds ${rounds} rounds; save booster[:${best + 1}]`);
}

/** A text: "5E-1", or since 3.1 a list of one number per class: "[5E-1]". */
function baseMargin(param: Fields): number {
  const text = param.text('base_score');
  const inner = /^\[(.*)\]$/.exec(text.trim())?.[1] ?? text;
  const base = inner.trim() === '' ? Number.NaN : Number(inner);
  if (!(base > 0 && base < 1)) param.refuse('base_score', `is "${text}"; one probability between 0 and 1 is needed`);
  return -Math.log(1 / Math.fround(base) - 1);
}

function flatten(trees: readonly Fields[], features: number, { model, weights }: Booster): ForestNodes {
  const sizes = trees.map((tree) => tree.list('left_children').length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (trees.length === 0 || total > MOST_NODES) model.refuse('trees', `hold ${total} nodes in ${trees.length} trees`);
  if (weights !== null && weights.length !== trees.length)
    model.refuse('weight_drop', `has ${weights.length} weights for ${trees.length} trees`);
  const nodes: ForestNodes = {
    feature: new Int32Array(total),
    threshold: new Float32Array(total),
    left: new Int32Array(total),
    right: new Int32Array(total),
    missingLeft: new Uint8Array(total),
    roots: new Int32Array(trees.length),
    weights: Float32Array.from(weights ?? trees.map(() => 1)),
  };
  let from = 0;
  for (const [i, tree] of trees.entries()) {
    nodes.roots[i] = from;
    copyTree(tree, nodes, { from, size: sizes[i] ?? 0, features });
    from += sizes[i] ?? 0;
  }
  return nodes;
}

interface Place {
  readonly from: number;
  readonly size: number;
  readonly features: number;
}

function copyTree(tree: Fields, nodes: ForestNodes, { from, size, features }: Place): void {
  if (tree.has('tree_param') && tree.object('tree_param').has('size_leaf_vector')) {
    const leaf = tree.object('tree_param').count('size_leaf_vector');
    if (leaf > 1) tree.refuse('tree_param.size_leaf_vector', `is ${leaf}: vector leaves`);
  }
  if (tree.has('split_type') && tree.numbers('split_type').some((type) => type !== 0))
    tree.refuse('split_type', 'holds a categorical split');
  const left = tree.numbersOf('left_children', size);
  const right = tree.numbersOf('right_children', size);
  const feature = tree.numbersOf('split_indices', size);
  const threshold = tree.numbersOf('split_conditions', size);
  const missing = tree.list('default_left').map(Number);
  if (missing.length !== size) tree.refuse('default_left', `has ${missing.length} entries, ${size} are needed`);
  checkShape(tree, left, right);
  for (let node = 0; node < size; node++) {
    const leaf = (left[node] ?? -1) < 0;
    if (!leaf && !(Number.isInteger(feature[node]) && (feature[node] ?? -1) >= 0 && (feature[node] ?? features) < features))
      tree.refuse(`split_indices[${node}]`, `is ${feature[node]}, there are ${features} features`);
    nodes.feature[from + node] = feature[node] ?? 0;
    nodes.threshold[from + node] = threshold[node] ?? 0;
    nodes.left[from + node] = leaf ? -1 : from + (left[node] ?? 0);
    nodes.right[from + node] = leaf ? -1 : from + (right[node] ?? 0);
    nodes.missingLeft[from + node] = missing[node] === 1 ? 1 : 0;
  }
}

/** Each node is reached once, from one parent: a file that was tampered with must not make the walk endless. */
function checkShape(tree: Fields, left: readonly number[], right: readonly number[]): void {
  const seen = new Set<number>([0]);
  const open = [0];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if ((left[node] ?? -1) < 0) continue;
    for (const [field, child] of [
      ['left_children', left[node] ?? -1],
      ['right_children', right[node] ?? -1],
    ] as const) {
      if (!Number.isInteger(child) || child < 0 || child >= left.length || seen.has(child))
        tree.refuse(`${field}[${node}]`, `leads to node ${child}`);
      seen.add(child);
      open.push(child);
    }
  }
}
