// Adapters, models: a folder of model.json, model.meta.json and golden.json becomes a model that may be asked, or is refused. The
// three belong together by their digests; the golden rows are asked before the first signal is.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Hex } from '../../core/digest.ts';
import type { Model } from '../../ports/model.ts';
import { type Calibration, calibrated, readCalibration } from './calibration.ts';
import { checkNames, type Fields, ModelRefusedError, parseFields } from './fields.ts';
import { readForest } from './read-forest.ts';
import { readLogistic } from './read-logistic.ts';

export const MODEL_FILES = ['model.json', 'model.meta.json', 'golden.json'] as const;
const META = 'model.meta.json';
const META_VERSION = 1;
/** Two numbers that were reckoned in float32 by two programs. */
const TOLERANCE = 1e-6;
const FEWEST_GOLDEN = 20;

export interface ExpectedRows {
  readonly featureNames: readonly string[];
  readonly featureHash: string;
  readonly schemaHash: string;
}

/** `any`: a model that its own gate refused may be watched in shadow, never decide. */
export type GateDemand = 'promoted' | 'any';

export interface LoadedModel extends Model {
  readonly kind: 'xgboost' | 'logistic';
  readonly promoted: 'yes' | 'no';
  readonly trainedToMs: number;
  readonly goldenRows: number;
  margin(features: ArrayLike<number>): number;
}

type Machine = Pick<LoadedModel, 'kind' | 'margin'>;

export function loadModel(dir: string, expected: ExpectedRows, demand: GateDemand): LoadedModel {
  const texts = new Map(MODEL_FILES.map((name) => [name, readText(dir, name)]));
  const textOf = (name: (typeof MODEL_FILES)[number]): string => texts.get(name) ?? '';
  const meta = parseFields(META, textOf(META));
  checkMeta(meta, expected, demand);
  const machine = machineOf(meta, textOf('model.json'), expected.featureNames);
  const calibration = readCalibration(meta);
  const golden = parseFields('golden.json', textOf('golden.json'));
  const goldenRows = askGolden(golden, machine, calibration, meta.text('version'));
  // Last: a field that is wrong in itself says more than two files that do not match.
  for (const file of ['model.json', 'golden.json'] as const) {
    if (meta.object('files').text(file) !== sha256Hex(textOf(file)))
      throw new ModelRefusedError({ file, field: '' }, `does not belong to ${META}: its SHA-256 is another one`);
  }
  return {
    ...machine,
    version: meta.text('version'),
    missR: meta.number('miss_r'),
    promoted: meta.object('gate').raw('promoted') === true ? 'yes' : 'no',
    trainedToMs: meta.object('trained').number('to_ms'),
    goldenRows,
    probability: (features) => {
      if (features.length !== expected.featureNames.length)
        throw new Error(`${features.length} features for a model of ${expected.featureNames.length}`);
      return calibrated(machine.margin(features), calibration);
    },
  };
}

function readText(dir: string, name: string): string {
  const path = join(dir, name);
  if (!existsSync(path)) throw new ModelRefusedError({ file: name, field: '' }, `is missing in ${dir}`);
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ModelRefusedError({ file: name, field: '' }, `cannot be read: ${reason}`, { cause });
  }
}

function checkMeta(meta: Fields, expected: ExpectedRows, demand: GateDemand): void {
  if (meta.number('meta_version') !== META_VERSION)
    meta.refuse('meta_version', `is ${meta.number('meta_version')}; this version reads ${META_VERSION}`);
  for (const [field, wanted] of [
    ['schema_hash', expected.schemaHash],
    ['feature_hash', expected.featureHash],
  ] as const) {
    const found = meta.text(field);
    if (found !== wanted)
      meta.refuse(field, `is ${found.slice(0, 8)}…, the rows of this version have ${wanted.slice(0, 8)}…; train anew`);
  }
  checkNames(meta, 'features', expected.featureNames);
  if (demand === 'promoted' && meta.object('gate').raw('promoted') !== true)
    meta.object('gate').refuse('promoted', 'is not true: the training refused this model; ML_FILTER=shadow may watch it');
}

function machineOf(meta: Fields, text: string, names: readonly string[]): Machine {
  const file = parseFields('model.json', text);
  const kind = meta.text('kind');
  switch (kind) {
    case 'logistic':
      return { kind, ...readLogistic(file, names) };
    case 'xgboost': {
      const { forest, libraryVersion, rounds } = readForest(file, names);
      if (meta.text('xgboost_version') !== libraryVersion)
        file.refuse(
          'version',
          `is ${libraryVersion}, ${META} says ${meta.text('xgboost_version')}: trained and saved by two versions`,
        );
      if (meta.number('rounds') !== rounds) meta.refuse('rounds', `is ${meta.number('rounds')}, model.json holds ${rounds}`);
      return { kind, margin: (features) => forest.margin(features) };
    }
    default:
      return meta.refuse('kind', `is "${kind}"; known are xgboost and logistic`);
  }
}

function cellsOf(row: unknown, golden: Fields, place: string): readonly number[] {
  if (!Array.isArray(row)) return golden.refuse(place, 'is no list');
  return row.map((value: unknown, k) => {
    if (value === null) return Number.NaN;
    return typeof value === 'number' ? value : golden.refuse(`${place}[${k}]`, `is ${String(value)}, neither a number nor null`);
  });
}

function askGolden(golden: Fields, machine: Machine, calibration: Calibration, version: string): number {
  if (golden.text('version') !== version) golden.refuse('version', `is ${golden.text('version')}, the model is ${version}`);
  const rows = golden.list('rows');
  if (rows.length < FEWEST_GOLDEN) golden.refuse('rows', `are ${rows.length}, at least ${FEWEST_GOLDEN} are needed`);
  const margins = golden.numbersOf('margins', rows.length);
  const probabilities = golden.numbersOf('p', rows.length);
  for (const [i, row] of rows.entries()) {
    const margin = machine.margin(cellsOf(row, golden, `rows[${i}]`));
    compare(golden, `margins[${i}]`, margin, margins[i] ?? Number.NaN);
    compare(golden, `p[${i}]`, calibrated(margin, calibration), probabilities[i] ?? Number.NaN);
  }
  return rows.length;
}

function compare(golden: Fields, place: string, ours: number, theirs: number): void {
  // Written so that NaN fails.
  if (!(Math.abs(ours - theirs) <= TOLERANCE)) golden.refuse(place, `is ${theirs}, this evaluator says ${ours}`);
}
