// `perpscout why` through the real command line, beside databases that the real rooms wrote.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DecisionTraces } from '../../services/decision-traces.ts';
import { MonitoringService } from '../../services/monitoring-service.ts';
import { TraceKeeper } from '../../services/trace-keeper.ts';
import { openJournal, type SqliteJournal } from '../../src/adapters/journal/sqlite.ts';
import { openTraceStore } from '../../src/adapters/journal/trace-store.ts';
import { burstsOf, scanRecord, scanTables } from '../../src/app/commands/scan-report.ts';
import { nearNames } from '../../src/app/commands/why.ts';
import { measuredRates } from '../../src/app/data-files.ts';
import { renderReport } from '../../src/app/terminal/report.ts';
import { textIn } from '../../src/app/text/catalogue.ts';
import { HitRates } from '../../src/book/hit-rates.ts';
import { trainingSchemas } from '../../src/core/training-rows.ts';
import { epochMs, symbolId } from '../../src/core/units.ts';
import { anEvaluation } from '../support/an-evaluation.ts';
import { aHome, jsonLines, run } from '../support/cli.ts';
import { A, aBar, aMinute, aSignal, ExecutionBench, T0 } from '../support/execution-bench.ts';

const home = aHome();
const dataDir = home.environment['DATA_DIR'] ?? '';
const place = { DATA_DIR: dataDir, MODE: 'sim' };
const schemas = trainingSchemas([{ name: 'f', type: 'float', unit: '', version: 1 }]);
const open = (): SqliteJournal =>
  openJournal({
    path: join(dataDir, 'perpscout-sim.sqlite'),
    accountId: 'a',
    schemas: [schemas.signals, schemas.outcomes, schemas.executions],
  });
const B = symbolId('BBBUSDT');
const QUIET = symbolId('QUIETUSDT');
const MINUTE = 60_000;
const WON = 20;
const LOST = 14;
let bench: ExecutionBench;
let journal: SqliteJournal;
const last = T0 + (WON + LOST) * 2 * MINUTE;

/** One signal, its entry bar, and the bar that ends it: 104 is the target of a long from 100, 98 its stop. */
async function live(n: number, end: number): Promise<void> {
  const barCloseMs = T0 + 2 * n * MINUTE;
  bench.venueMs = barCloseMs + 3_000;
  const signal = { ...aSignal({ barCloseMs, score: 82 }), setup: 'orderBlock' };
  await bench.decide(signal);
  bench.service.onBars([{ symbol: A, bars: [{ entryBar: aBar(barCloseMs) }] }]);
  bench.service.onBars([{ symbol: A, bars: [{ entryBar: aBar(barCloseMs + MINUTE, end) }] }]);
}

beforeAll(async () => {
  journal = open();
  const model = { version: 'm1', missR: -0.9, probability: () => 0.41 };
  const modelFilter = { mode: 'shadow', minProbability: 0.55, source: { current: () => model } } as const;
  bench = await new ExecutionBench({ trading: 'off', modelFilter }, journal).start();
  for (let n = 0; n < WON + LOST; n++) await live(n, n < WON ? 105 : 97);
  await bench.decide({
    ...aSignal({ barCloseMs: last, score: 82 }),
    setup: 'orderBlock',
    gates: anEvaluation().gates,
    factors: anEvaluation().factors,
  });
  const quiet = (): void => undefined;
  const store = openTraceStore({ path: join(dataDir, 'traces-sim.sqlite'), accountId: 'a' });
  const keeper = new TraceKeeper(new DecisionTraces(), store, { debug: quiet, info: quiet, warn: quiet, error: quiet });
  const refused = anEvaluation({ symbol: B, barCloseMs: epochMs(last), score: 74 });
  keeper.onMinute({ barCloseMs: epochMs(last - MINUTE), scanned: [A, B, QUIET], evaluations: [] });
  keeper.onMinute({ barCloseMs: epochMs(last), scanned: [A, B, QUIET], evaluations: [refused] });
  store.close();
});
afterAll(() => {
  if (existsSync(dataDir)) journal.close();
  home.remove();
});

const why = (words: readonly string[], language = 'en') =>
  run(['why', ...words], { ...home.environment, APP_LANG: language }, home.folder);

describe('perpscout why', () => {
  it('says what the model thought of a signal, though a shadow decided nothing', async () => {
    // 0.41 · 2 + 0.59 · (−0.9) − 0.06 = 0.229
    const { stdout } = await why([A]);
    expect(stdout).toContain('model m1: chance of target before stop 0.410 < 0.55, expected +0.23 R net (ML_FILTER=shadow)');
    const [record] = jsonLines((await why([A, '--json'])).stdout);
    expect(record).toMatchObject({
      evaluations: [{ model: { version: 'm1', probability: 0.41, threshold: 0.55, pass: false } }],
    });
  });

  it('prints every gate in order with value, threshold and margin, and every factor with its points', async () => {
    const { code, stdout } = await why([B]);
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines.find((line) => line.includes('✗ room'))).toMatch(/0\.86 R < 1\.00 R +missed by 0\.14/);
    expect(lines.find((line) => line.includes('✓ warmupTrend'))).toMatch(/600 bars ≥ 499 bars +room to spare 101/);
    const order = lines.filter((line) => /^ {2}[✓✗]/.test(line)).map((line) => line.trim().split(/\s+/)[1]);
    expect(order).toEqual(anEvaluation().gates.map(({ id }) => id));
    for (const { id, text } of anEvaluation().factors)
      expect(stdout).toMatch(new RegExp(`/ 15 +${id} +${text.replace(/[()]/g, '\\$&')}`));
    expect(stdout).toContain('the first gate that failed is room');
    for (const line of lines) expect([line, line.length <= 100]).toEqual([line, true]);
  });

  it('speaks Chinese by default', async () => {
    const { stdout } = await why([B], 'zh-TW');
    expect(stdout).toMatch(/0\.86 R < 1\.00 R +差 0\.14/);
    expect(stdout).toContain('關卡（依序）');
    expect(stdout).toContain('評分 74 → 樣本太少 (n=0)');
  });

  it('tells a signal from its journal row, with its rank and what became of it, to machines too', async () => {
    const { stdout } = await why([A, '--json', '--at', new Date(last + 30_000).toISOString()]);
    const [record] = jsonLines(stdout);
    expect(record).toMatchObject({ event: 'why', symbol: A, at: last, kind: 'evaluated' });
    const [evaluation] = (record?.['evaluations'] ?? []) as Record<string, unknown>[];
    expect(evaluation).toMatchObject({ emitted: true, id: `sig-${A}-long-${last}`, fate: { rank: 1, kind: 'notReal' } });
    expect(evaluation?.['gates']).toEqual(anEvaluation().gates);
  });

  it('says that no zone was touched, and what is recorded where the minute is not', async () => {
    expect((await why([QUIET])).stdout).toContain('no zone touched in this minute');
    const { code, stdout } = await why([QUIET, '--at', new Date(last - 5 * MINUTE).toISOString()]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/nothing is recorded for QUIETUSDT/);
    expect(stdout).toContain(`recorded from ${new Date(last - MINUTE).toISOString().slice(0, 16).replace('T', ' ')}Z`);
  });

  it('refuses an unknown contract with 2 and names those that are near', async () => {
    const { code, stderr } = await why(['QUIT']);
    expect([code, stderr.trimEnd().split('\n').length]).toEqual([2, 1]);
    expect(stderr).toContain('did you mean QUIETUSDT');
    expect((await why([])).code).toBe(2);
  });

  it('takes any case, and prefers names that hold what was asked', () => {
    expect(nearNames('PEPE', ['ETHUSDT', '1000PEPEUSDT', 'BTCUSDT'])).toEqual(['1000PEPEUSDT']);
    expect(nearNames('BTCUSTD', ['ETHUSDT', 'BTCUSDT', 'LTCUSDT'])[0]).toBe('BTCUSDT');
  });
});

describe('what became of thirty-four signals that ran through the execution room', () => {
  // 20 of 34 by Wilson at 1.96: centre (0.5882 + 0.0565) / 1.1130 = 0.5793, half 0.1574.
  const sentence = (language: 'zh-TW' | 'en') =>
    language === 'en' ? 'score 82 → past signals hit 1R 59 % (42–74 %, n=34)' : '評分 82 → 歷史 1R 命中 59 % (42–74 %, n=34)';

  it.each(['zh-TW', 'en'] as const)('stands beside the score of the next one in %s', async (language) => {
    expect((await why([A, '--at', new Date(last).toISOString()], language)).stdout).toContain(sentence(language));
  });

  it('stands in the live report after a restart, and is counted on from there', async () => {
    journal.close();
    journal = open();
    const restarted = await new ExecutionBench({ trading: 'off' }, journal).start();
    const monitoring = new MonitoringService('sim', { publish: () => undefined, flush: async () => undefined });
    const signal = { ...aSignal({ symbol: B, barCloseMs: last + MINUTE, score: 80 }), setup: 'orderBlock' };
    monitoring.onDecided(aMinute(signal).ranked, new Map());
    const shown = () =>
      renderReport(monitoring.overview(epochMs(last), restarted.service.liveState()), textIn('zh-TW')).join('\n');
    expect(shown()).toContain('59 % (42–74, n=34)');
    restarted.service.onBars([{ symbol: A, bars: [{ entryBar: aBar(last) }] }]);
    restarted.service.onBars([{ symbol: A, bars: [{ entryBar: aBar(last + MINUTE, 105) }] }]);
    // 21 of 35 is 60 %.
    expect(shown()).toMatch(/60 % \(4\d–7\d, n=35\)/);
  });

  it('stands in the table of a scan, and says where there is too little', () => {
    const row = (setup: string) => ({ evaluation: { ...aSignal({ score: 82 }), setup }, rank: 1 });
    const table = scanTables(
      { signals: [row('orderBlock'), row('sweep')], setups: [], clusterMinutes: 15 },
      measuredRates(place),
      textIn('en'),
    );
    expect(table.find((line) => line.includes('order bl'))).toMatch(/82 60 % \(4\d–7\d, n=35\)/);
    expect(table.find((line) => line.includes('sweep'))).toContain('too few samples');
  });

  it('shows signals of one side within a quarter of an hour as one cluster', () => {
    const seen = (symbol: string, minute: number) => ({
      evaluation: aSignal({ symbol: symbolId(symbol), barCloseMs: epochMs(T0 + minute * MINUTE), score: 82 }),
      rank: 1,
    });
    const signals = [seen(A, 1), seen(B, 9)];
    const lines = scanTables({ signals, setups: [], clusterMinutes: 15 }, measuredRates(place), textIn('en'));
    expect(lines.join('\n')).toMatch(new RegExp(`one cluster, nearly one bet: 2 long, \\d\\d:\\d\\d–\\d\\d:\\d\\d: ${A} ${B}`));
    const bursts = burstsOf(signals, 15);
    const [first] = signals;
    const record = first && scanRecord(first, measuredRates(place), bursts.get(first.evaluation));
    expect(record).toMatchObject({ cluster: { from: T0 + MINUTE, to: T0 + 9 * MINUTE, signals: 2 } });
  });

  it('says "too few" in a scan before there is a database', () => {
    const nowhere = measuredRates({ DATA_DIR: join(place.DATA_DIR, 'nowhere'), MODE: 'sim' });
    const row = { evaluation: { ...aSignal({ score: 82 }), setup: 'sweep' }, rank: 1 };
    expect(scanTables({ signals: [row], setups: [], clusterMinutes: 15 }, nowhere, textIn('en')).join('')).toContain(
      'too few samples',
    );
    expect(scanRecord(row, nowhere)).toMatchObject({ measured: { n: 0, rate: null, verdict: 'tooFew' } });
  });

  it('is never cut in the table, however many outcomes there are', () => {
    const rates = new HitRates();
    rates.restore([{ setup: 'sweep', score: 82, outcomes: 99_999, hits: 99_999 }]);
    const row = { evaluation: { ...aSignal({ score: 82 }), setup: 'sweep' }, rank: 1 };
    expect(scanTables({ signals: [row], setups: [], clusterMinutes: 15 }, rates, textIn('zh-TW')).join('\n')).toContain(
      '100 % (100–100, n=99999)',
    );
  });
});
