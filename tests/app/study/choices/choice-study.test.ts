// The whole measurement on markets of our own, against the backtest's report of the same folder, and as a user runs it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { reportFigures } from '../../../../src/app/backtest/figures.ts';
import { readArgs } from '../../../../src/app/cli/command.ts';
import { run as study } from '../../../../src/app/commands/study.ts';
import { COMMANDS } from '../../../../src/app/commands.ts';
import { type ChoicesReport, runChoices } from '../../../../src/app/study/choices/choice-study.ts';
import { apartFromZero, choicesLines } from '../../../../src/app/study/choices/choice-table.ts';
import { ROWS } from '../../../../src/app/study/choices/choices.ts';
import { cellsOf } from '../../../../src/app/terminal/columns.ts';
import { textIn } from '../../../../src/app/text/catalogue.ts';
import en from '../../../../src/app/text/choices-en.json' with { type: 'json' };
import zh from '../../../../src/app/text/choices-zh-TW.json' with { type: 'json' };
import { aBacktest, aKlineFolder, backtest, inlinePool, twoMarkets } from '../../../support/backtest-bench.ts';
import { aHome, run } from '../../../support/cli.ts';

const PATIENCE_MS = 120_000;
const MINUTES = 5_000;
const GATE_R = 0.3;

async function bothOf(seed: number, minutes: number): Promise<readonly [ChoicesReport, ReturnType<typeof reportFigures>[]]> {
  const folder = aKlineFolder(twoMarkets(minutes, seed));
  try {
    const base = aBacktest(folder.files);
    const gated = { ...base, strategy: { ...base.strategy, costGateR: GATE_R } };
    const open = { ...base, strategy: { ...base.strategy, costGateR: Number.POSITIVE_INFINITY } };
    const report = await runChoices({ ...gated, onProgress: () => undefined }, inlinePool);
    const figures = [reportFigures(await backtest(gated), [1]), reportFigures(await backtest(open), [1])];
    return [report, figures];
  } finally {
    folder.remove();
  }
}

const rowOf = (report: ChoicesReport, id: string) => {
  const row = report.rows.find((one) => one.id === id);
  if (row === undefined) throw new Error(`there is no row ${id}`);
  return row;
};

/** Sums of the same numbers in another order: equal but for the last digits. */
function close(value: unknown): unknown {
  if (typeof value === 'number') return expect.closeTo(value, 9);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, close(inner)]));
}

function expectTheReportsOwn(report: ChoicesReport, figures: readonly ReturnType<typeof reportFigures>[]): void {
  for (const [i, id] of ['asShipped', 'base'].entries()) {
    const all = figures[i]?.signals.all;
    const row = rowOf(report, id);
    expect([id, row.n, row.days, row.unresolved]).toEqual([id, all?.n, all?.days, figures[i]?.signals.unresolved]);
    if (all?.measured === null || all === undefined) expect(row.measured).toBeNull();
    else {
      const { hit1R, hit1RInterval, placeboHit1R, ...inR } = all.measured;
      expect(row.measured).toEqual(close(inR));
    }
  }
}

describe('the shipped choice', () => {
  it(
    'is the backtest report’s own row of all signals, with the gate and without',
    async () => {
      const [report, figures] = await bothOf(5, MINUTES);
      expectTheReportsOwn(report, figures);
      expect([rowOf(report, 'base').measured, rowOf(report, 'asShipped').measured]).not.toContain(null);
    },
    PATIENCE_MS,
  );

  it(
    'is that row on other markets too',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 10_000 }), async (seed) => {
          const [report, figures] = await bothOf(seed, 3_200);
          expectTheReportsOwn(report, figures);
        }),
        { numRuns: 2 },
      );
    },
    PATIENCE_MS,
  );
});

describe('the choices', () => {
  let report: ChoicesReport;
  beforeAll(async () => {
    const folder = aKlineFolder(twoMarkets(MINUTES));
    const base = aBacktest(folder.files);
    report = await runChoices({ ...base, onProgress: () => undefined }, inlinePool);
    folder.remove();
  }, PATIENCE_MS);
  const netOf = (id: string): number => rowOf(report, id).measured?.netR ?? Number.NaN;
  const grossOf = (id: string): number => rowOf(report, id).measured?.grossR ?? Number.NaN;

  it('hold together where arithmetic says so', () => {
    expect(report.rows.map(({ id }) => id)).toEqual(ROWS.map(({ id }) => id));
    expect(rowOf(report, 'base').n).toBeGreaterThan(30);
    // Entry bars are minutes: 240 of them are the shipped horizon.
    expect(netOf('horizon240')).toBe(netOf('base'));
    expect(netOf('fees0')).toBe(grossOf('base'));
    // Costs are linear in the fees: 4 bp takes a third of 12 bp.
    expect(grossOf('base') - netOf('fees4')).toBeCloseTo((grossOf('base') - netOf('base')) / 3, 9);
    const kept = ['cost0.15', 'cost0.1', 'cost0.07', 'cost0.05'].map((id) => rowOf(report, id).n);
    expect(kept).toEqual(kept.toSorted((a, b) => b - a));
    const limit = rowOf(report, 'limitBoth');
    expect(limit.n + limit.missed + limit.unresolved).toBe(report.signals.gateOff);
    expect(rowOf(report, 'stop80').n + rowOf(report, 'stop80').refused).toBeLessThanOrEqual(report.signals.gateOff);
  });

  it('are the same whichever way the bars were dealt to threads', async () => {
    const folder = aKlineFolder(twoMarkets(MINUTES));
    const base = aBacktest(folder.files, { workers: 2 });
    const two = await runChoices({ ...base, onProgress: () => undefined }, inlinePool);
    folder.remove();
    expect(JSON.stringify(two)).toBe(JSON.stringify(report));
  });

  it('are readable at a hundred columns in both languages', () => {
    expect(Object.keys(en)).toEqual(Object.keys(zh));
    for (const language of ['zh-TW', 'en'] as const) {
      const lines = choicesLines(report, textIn(language));
      expect(lines.filter((line) => cellsOf(line) > 100)).toEqual([]);
      expect(lines.join('\n')).not.toMatch(/NaN|undefined|\{\w+\}|choices\.|…/);
    }
  });

  it('counts intervals on either side of zero', () => {
    const intervals = [
      { low: 0.1, high: 0.2 },
      { low: -0.1, high: 0.1 },
      { low: -0.3, high: -0.1 },
      { low: -0.4, high: -0.2 },
    ];
    expect(apartFromZero(intervals)).toEqual({ rows: 4, above: 1, below: 2, chance: 0 });
  });
});

describe('perpscout study --choices', () => {
  const home = aHome({ APP_LANG: 'en', MIN_CONFIDENCE: '45' });
  const folder = aKlineFolder(twoMarkets(MINUTES));
  afterAll(() => {
    home.remove();
    folder.remove();
  });
  const command = (...words: string[]) => run(['study', '--choices', '--recorded', folder.dir, ...words], home.environment);

  it('writes the numbers and prints the table', async () => {
    const out = join(home.folder, 'out');
    const ended = await command('--out', out, '--pair', '5m/1m', '--placebos', '2');
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    const report = JSON.parse(readFileSync(join(out, 'choices.json'), 'utf8')) as ChoicesReport;
    expect(report).toMatchObject({ pair: { trend: '5m', entry: '1m' }, symbols: ['AAVEUSDT', 'LTCUSDT'], placebos: 2 });
    expect(report.rows.map(({ id }) => id)).toEqual(ROWS.map(({ id }) => id));
    expect(ended.stdout).toContain('stop at the zone');
    expect(ended.stdout).toContain(`written: ${join(out, 'choices.json')}`);
  }, 60_000);

  async function refusalOf(...words: readonly string[]): Promise<string> {
    const spec = COMMANDS.find(({ name }) => name === 'study');
    if (spec === undefined) throw new Error('there is no such command');
    try {
      await study(readArgs(spec, ['--choices', ...words]));
    } catch (error) {
      return error instanceof Error ? `${'exitCode' in error ? error.exitCode : ''} ${error.message}` : String(error);
    }
    return 'not refused';
  }

  it('refuses with 2 what it cannot measure, and writes nothing', async () => {
    // The test runner has a MODE of its own.
    vi.stubEnv('MODE', 'sim');
    onTestFinished(() => void vi.unstubAllEnvs());
    const out = join(home.folder, 'never');
    const data = ['--recorded', folder.dir];
    expect(await refusalOf('--out', out)).toMatch(/^2 .*--recorded is missing/);
    expect(await refusalOf(...data)).toMatch(/^2 .*--out is missing/);
    expect(await refusalOf(...data, '--out', out, '--charts', '3')).toMatch(/^2 .*--charts does not go with --choices/);
    expect(await refusalOf(...data, '--out', out, '--pair', '1m/15m')).toMatch(/^2 .*--pair is "1m\/15m"; allowed: trend\/entry/);
    expect(await refusalOf(...data, '--out', out, '--pair', '5m/3m')).toMatch(/^2 .*--pair is "5m\/3m"/);
    expect(await refusalOf('--recorded', join(folder.dir, 'nowhere'), '--out', out)).toMatch(/^2 .*which does not exist/);
    expect(existsSync(out)).toBe(false);
  });
});
