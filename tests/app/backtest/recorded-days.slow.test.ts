// The command as a user runs it, on real klines: every trade follows from them, threads change no byte, and noise after an instant
// changes no decision before it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SeededRandom } from '../../../src/core/random.ts';
import { faultsOf, readRecording, readTrades } from '../../support/check-trades.ts';
import { aHome, run } from '../../support/cli.ts';
import { sharedDir } from '../../support/shared-data.ts';

const klines = sharedDir('market-data/klines/1m_2025-05-04_2025-06-24');
const rules = sharedDir('market-data/exchange/symbol_rules_mainnet_2025-08-11.csv');
const SYMBOLS = ['BTCUSDT', 'ENAUSDT', 'SUIUSDT'];
const TO = '2025-05-24T00:00Z';
const NOISE_FROM_MS = Date.parse('2025-05-22T00:00Z');
const FILES = ['report.json', 'report.html', 'trades.csv', 'decisions.ndjson'];

/** By the venue's own list of that year. */
function tickOf(symbol: string): number {
  const [head = '', ...rows] = readFileSync(rules ?? '', 'utf8')
    .trim()
    .split(/\r?\n/);
  const column = head.split(',').indexOf('tickSize');
  return Number(rows.find((row) => row.startsWith(`${symbol},`))?.split(',')[column]);
}

/** The same files up to the instant, and another market after it. */
function noisyCopy(from: string, to: string): void {
  for (const [i, symbol] of SYMBOLS.entries()) {
    const random = new SeededRandom(i + 1);
    const text = gunzipSync(readFileSync(join(from, `${symbol}.csv.gz`))).toString('utf8');
    const rows = text
      .trim()
      .split('\n')
      .map((line) => {
        const [time = '', open = ''] = line.split(',');
        if (!(Number(time) >= NOISE_FROM_MS)) return line;
        // Whole multiples of the tick stay on the grid.
        const shift = Number(open) * (0.9 + 0.2 * random.next());
        const price = shift.toFixed(open.split('.')[1]?.length ?? 0);
        return [time, price, price, price, price, '1'].join(',');
      });
    writeFileSync(join(to, `${symbol}.csv`), `${rows.join('\n')}\n`);
  }
}

describe.skipIf(klines === null || rules === null)('a backtest of real klines', () => {
  const home = aHome({ COST_GATE_R: '0.3', APP_LANG: 'en' });
  const out = (name: string): string => join(home.folder, name);
  const read = (name: string, file: string): string => readFileSync(join(out(name), file), 'utf8');
  const command = async (name: string, data: string, workers: number): Promise<string> => {
    const words = [
      'backtest',
      '--data',
      data,
      '--out',
      out(name),
      '--symbols',
      SYMBOLS.join(','),
      '--to',
      TO,
      '--workers',
      String(workers),
    ];
    const ended = await run(words, home.environment);
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    return ended.stdout;
  };

  beforeAll(async () => {
    await command('one', klines ?? '', 1);
  });
  afterAll(() => home.remove());

  it('makes trades that follow from the klines, each of them', () => {
    const trades = readTrades(read('one', 'trades.csv'));
    const recordings = new Map(
      SYMBOLS.map((symbol) => [symbol, readRecording(join(klines ?? '', `${symbol}.csv.gz`), tickOf(symbol))]),
    );
    const cut = Date.parse(TO);
    const faults = trades.flatMap((row) => {
      const recording = recordings.get(row['symbol'] ?? '');
      if (recording === undefined) return [`no recording of ${row['symbol']}`];
      return faultsOf(row, { ...recording, candles: recording.candles.filter(({ openMs }) => openMs < cut) }, 1);
    });
    expect(faults).toEqual([]);
    expect(trades.length).toBeGreaterThan(30);
  });

  it('writes the same bytes with two threads', async () => {
    await command('two', klines ?? '', 2);
    for (const file of FILES) expect([file, read('two', file) === read('one', file)]).toEqual([file, true]);
  });

  it('decides alike before an instant after which all is noise', async () => {
    noisyCopy(klines ?? '', home.folder);
    await command('noise', home.folder, 2);
    const before = (name: string) =>
      read(name, 'decisions.ndjson')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .filter(({ barCloseMs }) => barCloseMs <= NOISE_FROM_MS)
        .map(({ label, placebo, ...decision }) => decision);
    expect(before('noise')).toEqual(before('one'));
    expect(before('one').length).toBeGreaterThan(30);
  });
});
