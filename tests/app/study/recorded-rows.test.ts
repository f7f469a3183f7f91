// Training rows of recordings say what the study says: the same signals, the same outcomes, the same placebos, and whole vectors.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseCsv } from '../../../src/adapters/feature-log/csv-text.ts';
import { openSource } from '../../../src/app/market-options.ts';
import { sampleOf } from '../../../src/app/study/label.ts';
import { recordedRows } from '../../../src/app/study/recorded-rows.ts';
import { recordedSymbol, signalsOf } from '../../../src/app/study/symbol-run.ts';
import { smcConfluence } from '../../../strategy/smc-confluence.ts';
import { aHome } from '../../support/cli.ts';
import { STRICT } from '../../support/strategy-run.ts';
import { wildMinutes } from '../../support/wild-market.ts';

const home = aHome();
afterAll(() => home.remove());
const SETTINGS = { ...STRICT, minConfidence: 45, costGateR: 1 };
const DRAWS = { seed: 3, count: 2 };

function records(out: string, prefix: string): Record<string, string>[] {
  const files = readdirSync(out).filter((name) => name.startsWith(prefix) && name.endsWith('.csv'));
  return files.sort().flatMap((name) => {
    const [header = [], ...rows] = parseCsv(readFileSync(join(out, name), 'utf8'));
    return rows.map((row) => Object.fromEntries(header.map((column, i) => [column, row[i] ?? ''])));
  });
}

describe('training rows of recordings', () => {
  const folder = join(home.folder, 'klines');
  const out = join(home.folder, 'rows');
  mkdirSync(folder);
  for (const [symbol, seed] of [
    ['AAAUSDT', 11],
    ['BBBUSDT', 12],
  ] as const) {
    const rows = wildMinutes(seed, 9_000).map(({ openMs, open, high, low, close, volume }) =>
      [openMs, open, high, low, close, volume].join(','),
    );
    writeFileSync(join(folder, `${symbol}.csv`), `open_time,open,high,low,close,volume\n${rows.join('\n')}\n`);
  }
  const source = openSource({ symbols: 648, seed: 1, fromMs: null, speed: null, recorded: folder });
  const run = { runId: 'r', runMode: 'backtest', configHash: 'c', codeVersion: 'v', modelVersion: null };
  const request = { source, strategy: smcConfluence, settings: SETTINGS, placebos: DRAWS.count, seed: DRAWS.seed, out, run };
  const work = recordedRows(request);
  let step = work.next();
  while (!step.done) step = work.next();
  const report = step.value;
  const studied = [0, 1].flatMap((contract) => {
    const recorded = recordedSymbol(source, contract);
    return signalsOf(smcConfluence, SETTINGS, recorded).map((heard) => ({ heard, sample: sampleOf(heard, recorded, DRAWS) }));
  });

  it('are the signals that the study hears, contract by contract', () => {
    expect(studied.length).toBeGreaterThan(20);
    expect(report.signals).toBe(studied.length);
    const ids = records(out, 'signals-').map((row) => row['signal_id']);
    expect(ids.sort()).toEqual(studied.map(({ heard }) => heard.signal.id).sort());
  });

  it('carry the outcome and the placebo that the study measures', () => {
    const outcomes = new Map(records(out, 'outcomes-').map((row) => [row['signal_id'], row]));
    const placebos = new Map(records(out, 'placebo-').map((row) => [row['signal_id'], row]));
    const measured = studied.filter(({ sample }) => sample !== null);
    expect(placebos.size).toBe(measured.length);
    for (const { heard, sample } of measured) {
      expect(Number(outcomes.get(heard.signal.id)?.['r_net'])).toBe(sample?.label.netR);
      expect(Number(placebos.get(heard.signal.id)?.['placebo_r_net'])).toBe(sample?.placebo.netR);
    }
  });

  it('know the breadth of all contracts, and leave empty what a recording does not hold', () => {
    const rows = records(out, 'signals-');
    expect(rows.filter((row) => row['breadth_ema200_d'] === '')).toEqual([]);
    expect(rows.filter((row) => row['taker_buy_frac_1m_d'] !== '' || row['trades1_ratio20'] !== '')).toEqual([]);
    expect(new Set(rows.map((row) => row['taken']))).toEqual(new Set(['0']));
  });

  it('are not written over others', () => {
    expect(() => recordedRows(request).next()).toThrow('already holds training files');
  });
});
