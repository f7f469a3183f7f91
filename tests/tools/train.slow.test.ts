// Training end to end by the real command: a planted edge is let through, shuffled labels and no edge are refused, and this house's
// evaluator says what XGBoost says, row by row.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFields } from '../../src/adapters/model/fields.ts';
import { loadModel } from '../../src/adapters/model/load-model.ts';
import { readForest } from '../../src/adapters/model/read-forest.ts';
import { expectedRows } from '../../src/app/model-watch.ts';
import { findPython } from '../../src/app/train/python.ts';
import { SeededRandom } from '../../src/core/random.ts';
import { FEATURE_NAMES } from '../../strategy/feature-schema.ts';
import { aHome, jsonLines, run } from '../support/cli.ts';
import {
  aVector,
  csvOf,
  drawn,
  type MadeSignal,
  madeSignals,
  outcomeRowOf,
  SCHEMAS,
  shuffled,
  signalRowOf,
  writeStream,
} from '../support/synthetic-rows.ts';

const python = findPython();
const command = python.kind === 'ready' ? python.command : '';
const folder = mkdtempSync(join(tmpdir(), 'perpscout-train-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ROWS = 10_000;
/** ml.md §1: two programs that reckon in float32. */
const NEAR = 1e-6;

function writeFloats(path: string, rows: readonly Float64Array[]): void {
  writeFileSync(path, Buffer.concat(rows.map((row) => Buffer.from(row.buffer))));
}

function readFloats(path: string): Float64Array {
  const bytes = readFileSync(path);
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

const askPython = (...words: string[]): void =>
  void execFileSync(command, [join(import.meta.dirname, 'parity.py'), ...words], {
    env: { ...process.env, OMP_WAIT_POLICY: 'PASSIVE' },
  });

interface Made {
  readonly signals: readonly MadeSignal[];
  readonly signalCsv: string;
}

interface Trained {
  readonly code: number | null;
  readonly out: string;
  readonly events: readonly Record<string, unknown>[];
}

describe.skipIf(python.kind !== 'ready')('training (needs python3-xgboost and python3-sklearn)', () => {
  const results = new Map<string, Trained>();
  // Side by side: each waits for its own process most of the time.
  beforeAll(async () => {
    const signals = madeSignals(8_000, 11);
    const made = { signals, signalCsv: csvOf(SCHEMAS.signals, signals.map(signalRowOf)) };
    const cases = {
      planted: drawn(signals, 'planted', 12),
      shuffled: shuffled(drawn(signals, 'planted', 12), 13),
      plain: drawn(signals, 'plain', 14),
    };
    await Promise.all(Object.entries(cases).map(async ([name, hits]) => results.set(name, await trained(name, hits, made))));
  });
  const resultOf = (name: string): Trained => {
    const found = results.get(name);
    if (found === undefined) throw new Error(`nothing was trained on ${name}`);
    return found;
  };

  async function trained(name: string, hits: readonly (0 | 1)[], { signals, signalCsv }: Made): Promise<Trained> {
    const rows = join(folder, name);
    writeStream(rows, SCHEMAS.signals, signalCsv);
    const outcomes = signals.map((signal, i) => outcomeRowOf(signal, hits[i] ?? 0));
    writeStream(rows, SCHEMAS.outcomes, csvOf(SCHEMAS.outcomes, outcomes));
    const home = aHome({ APP_LANG: 'en' });
    const out = join(folder, `${name}-model`);
    const { code, stdout, stderr } = await run(['train', '--in', rows, '--out', out, '--json'], home.environment);
    home.remove();
    expect([code, stderr.includes('fold 1/6')]).toEqual([0, true]);
    return { code, out, events: jsonLines(stdout) };
  }

  const of = ({ events }: Trained, event: string) => events.filter((one) => one['event'] === event);
  const failed = (found: Trained) =>
    of(found, 'gate')
      .filter((one) => one['pass'] !== true)
      .map((one) => one['id']);

  it('lets a planted edge through, and the model is loaded and agrees with XGBoost on 10,000 rows with missing values', () => {
    const found = resultOf('planted');
    expect([failed(found), of(found, 'trained')[0]?.['promoted']]).toEqual([[], true]);
    expect(of(found, 'fold')).toHaveLength(6);
    const auc = Number(of(found, 'metrics')[0]?.['auc']);
    // ml.md §4.4.
    expect(auc).toBeGreaterThan(0.59);
    expect(auc).toBeLessThan(0.65);

    const model = loadModel(found.out, expectedRows(), 'promoted');
    expect([model.kind, model.goldenRows, model.missR]).toEqual(['xgboost', 500, -1]);
    const random = new SeededRandom(21);
    const rows = Array.from({ length: ROWS }, () => aVector(random));
    writeFloats(join(folder, 'rows.bin'), rows);
    askPython('claim', found.out, join(folder, 'rows.bin'), String(FEATURE_NAMES.length), join(folder, 'said.bin'));
    const said = readFloats(join(folder, 'said.bin'));
    const far = (ours: number, at: number): boolean => !(Math.abs(ours - (said[at] ?? Number.NaN)) <= NEAR);
    expect(said).toHaveLength(2 * ROWS);
    expect(rows.filter((row, i) => far(model.margin(row), i))).toEqual([]);
    expect(rows.filter((row, i) => far(model.probability(row), ROWS + i))).toEqual([]);
  });

  it('refuses the same rows with their labels shuffled', () => {
    const found = resultOf('shuffled');
    expect(of(found, 'trained')[0]?.['promoted']).toBe(false);
    expect(failed(found)).toEqual(expect.arrayContaining(['auc', 'lift']));
    expect(() => loadModel(found.out, expectedRows(), 'promoted')).toThrow('model.meta.json: gate.promoted is not true');
    expect(loadModel(found.out, expectedRows(), 'any').promoted).toBe('no');
  });

  it('refuses a market without an edge', () => {
    const found = resultOf('plain');
    expect(of(found, 'trained')[0]?.['promoted']).toBe(false);
    expect(failed(found)).toContain('lift');
  });

  it('puts a later model that cannot show itself better beside the promoted one, never over it', async () => {
    const { out } = resultOf('planted');
    const before = loadModel(out, expectedRows(), 'promoted').version;
    const home = aHome({ APP_LANG: 'en' });
    const words = ['train', '--in', join(folder, 'planted'), '--out', out, '--kind', 'logistic', '--json'];
    const { code, stdout } = await run(words, home.environment);
    home.remove();
    // The same rows again: none of them is later than what the running model was trained on.
    const gate = jsonLines(stdout).filter((one) => one['event'] === 'gate' && one['pass'] !== true);
    expect([code, gate.map((one) => one['id'])]).toEqual([0, ['newerRows']]);
    expect(loadModel(out, expectedRows(), 'promoted').version).toBe(before);
    expect(loadModel(join(out, 'refused'), expectedRows(), 'any')).toMatchObject({ kind: 'logistic', promoted: 'no' });
  });

  it('agrees with XGBoost on histogram, exact and DART boosters on 10,000 rows each', () => {
    const width = 12;
    const out = join(folder, 'kinds');
    mkdirSync(out);
    const random = new SeededRandom(31);
    const rows = Array.from({ length: ROWS }, () => aVector(random, width));
    writeFloats(join(out, 'rows.bin'), rows);
    askPython('train', join(out, 'rows.bin'), String(width), out);
    const names = Array.from({ length: width }, (_, i) => `f${i}`);
    for (const kind of ['hist', 'exact', 'dart']) {
      const { forest } = readForest(parseFields('model.json', readFileSync(join(out, `${kind}.json`), 'utf8')), names);
      const said = readFloats(join(out, `${kind}.bin`));
      const off = rows.filter((row, i) => !(Math.abs(forest.margin(row) - (said[i] ?? Number.NaN)) <= NEAR));
      expect([kind, said.length, off.length]).toEqual([kind, ROWS, 0]);
    }
  });
});
