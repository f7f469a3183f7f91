// App, `perpscout bench`: what it costs to ask a model about a full minute of candidates. The forest is as large as a training may make
// it: 120 trees of depth 5 on the 82 features, every twelfth cell missing.
import { FEATURE_NAMES } from '../../../strategy/feature-schema.ts';
import { Forest, type ForestNodes } from '../../adapters/model/forest.ts';
import { SeededRandom } from '../../core/random.ts';
import { atMost, type Figure, median, timed } from './figure.ts';

const TREES = 120;
const DEPTH = 5;
const CANDIDATES = 100;
const ROUNDS = 200;

/** Whole trees: node i has the children 2i + 1 and 2i + 2. */
function aForest(random: SeededRandom): Forest {
  const perTree = 2 ** (DEPTH + 1) - 1;
  const firstLeaf = 2 ** DEPTH - 1;
  const total = TREES * perTree;
  const nodes: ForestNodes = {
    feature: new Int32Array(total),
    threshold: new Float32Array(total),
    left: new Int32Array(total).fill(-1),
    right: new Int32Array(total).fill(-1),
    missingLeft: new Uint8Array(total),
    roots: Int32Array.from({ length: TREES }, (_, tree) => tree * perTree),
    weights: new Float32Array(TREES).fill(1),
  };
  for (let at = 0; at < total; at++) {
    const node = at % perTree;
    nodes.feature[at] = Math.floor(random.next() * FEATURE_NAMES.length);
    nodes.threshold[at] = node >= firstLeaf ? (random.next() - 0.5) / 10 : random.next();
    nodes.missingLeft[at] = random.next() < 0.5 ? 1 : 0;
    if (node >= firstLeaf) continue;
    nodes.left[at] = at + node + 1;
    nodes.right[at] = at + node + 2;
  }
  return new Forest(nodes, 0, FEATURE_NAMES.length);
}

export function modelFigures(): readonly Figure[] {
  const random = new SeededRandom(1);
  const forest = aForest(random);
  const rows = Array.from({ length: CANDIDATES }, () =>
    Float64Array.from(FEATURE_NAMES, () => (random.next() < 1 / 12 ? Number.NaN : random.next())),
  );
  let sum = 0;
  const score = (): void => {
    for (const row of rows) sum += forest.margin(row);
  };
  for (let round = 0; round < ROUNDS; round++) score();
  const value = median(Array.from({ length: ROUNDS }, () => timed(score)));
  if (!Number.isFinite(sum)) throw new Error('the forest answered with no number');
  return [atMost('modelScore100.p50Ms', { value, unit: 'ms', bound: 1 })];
}
