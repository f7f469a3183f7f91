// The trainer's loader refuses rows that must not be trained on, by file and line.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findPython } from '../../src/app/train/python.ts';
import { type RowSchema, rowSchema } from '../../src/core/row-schema.ts';
import {
  csvOf,
  drawn,
  madeSignals,
  outcomeRowOf,
  type Row,
  SCHEMAS,
  signalRowOf,
  writeStream,
} from '../support/synthetic-rows.ts';

const python = findPython();
const home = mkdtempSync(join(tmpdir(), 'perpscout-rows-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const made = madeSignals(60, 5);
const hits = drawn(made, 'plain', 6);
const signalRows = made.map(signalRowOf);
const outcomeRows = made.map((signal, i) => outcomeRowOf(signal, hits[i] ?? 0));
const copied = (rows: readonly Row[], at: number, change: Row): Row[] =>
  rows.map((row, i) => (i === at ? { ...row, ...change } : row));

interface Folder {
  readonly signals?: readonly Row[] | string;
  readonly outcomes?: readonly Row[];
  readonly schema?: RowSchema;
}

/** Line 2 is the first row. */
const CASES: readonly (readonly [string, Folder, RegExp])[] = [
  [
    'a column copied from the label',
    { signals: signalRows.map((row, i) => ({ ...row, rsi15_d: outcomeRows[i]?.['r_net'] ?? null })) },
    /^feature rsi15_d goes with (y|r_net) like a copy of it/,
  ],
  [
    'a label that the schema calls a feature',
    {
      schema: rowSchema(
        'signals',
        1,
        SCHEMAS.signals.columns.map((column) => (column.name === 'rsi15_d' ? { ...column, name: 'mfe_r' } : column)),
      ),
    },
    /^the schema calls mfe_r a feature, but it is a label/,
  ],
  [
    'a feature from after its bar',
    { signals: copied(signalRows, 3, { ts_data_max_ms: (made[3]?.atMs ?? 0) + 1 }) },
    /signals-v1-\w+-2026-01-01\.csv:5: ts_data_max_ms lies after ts_bar_close_ms/,
  ],
  [
    'a signal twice',
    { signals: [...signalRows, ...signalRows.slice(0, 1)] },
    /\.csv:62: signal 0{16} stands there a second time/,
  ],
  ['an outcome twice', { outcomes: [...outcomeRows, ...outcomeRows.slice(0, 1)] }, /outcomes-v1-.*\.csv:62: a second outcome/],
  [
    'an unknown outcome',
    { outcomes: copied(outcomeRows, 0, { outcome: 'won' }) },
    /:2: the outcome is "won"; known are tp_first/,
  ],
  ['a word for a number', { signals: copied(signalRows, 7, { rsi15_d: 'high' }) }, /\.csv:9: rsi15_d: "high" is no number/],
  ['an infinite cell', { signals: copied(signalRows, 7, { rsi15_d: 'Infinity' }) }, /\.csv:9: rsi15_d: Infinity is not finite/],
  [
    'a header of another schema',
    { signals: csvOf(SCHEMAS.signals, signalRows).replace('rsi15_d', 'rsi15') },
    /\.csv:1: the header is not the one of its schema/,
  ],
  ['a row that was torn', { signals: csvOf(SCHEMAS.signals, signalRows).slice(0, -40) }, /\.csv:61: \d+ cells, \d+ are needed/],
];

const GOOD: Folder = { signals: [...signalRows].reverse() };

function write(folder: Folder, i: number): string {
  const dir = join(home, String(i));
  const schema = folder.schema ?? SCHEMAS.signals;
  const rows = folder.signals ?? signalRows.map((row) => ({ ...row, schema_hash: schema.hash, mfe_r: 1 }));
  writeStream(dir, schema, typeof rows === 'string' ? rows : csvOf(schema, rows));
  writeStream(dir, SCHEMAS.outcomes, csvOf(SCHEMAS.outcomes, folder.outcomes ?? outcomeRows));
  return dir;
}

describe.skipIf(python.kind !== 'ready')('the trainer (needs python3-xgboost and python3-sklearn)', () => {
  it('reads good rows in any order, and refuses the others by file and line', () => {
    const folders = [GOOD, ...CASES.map(([, folder]) => folder)].map(write);
    const command = python.kind === 'ready' ? python.command : '';
    const out = execFileSync(command, [join(import.meta.dirname, 'load_rows.py'), ...folders], { encoding: 'utf8' });
    const [good, ...told] = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(good).toEqual({ rows: 60, signals: 60, unresolved: 0, same_zone: 0 });
    expect(told.map(({ refused }, i) => [CASES[i]?.[0], refused])).toEqual(
      CASES.map(([name, , words]) => [name, expect.stringMatching(words)]),
    );
  });
});
