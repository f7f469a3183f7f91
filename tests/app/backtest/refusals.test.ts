// What a backtest cannot use it refuses, with the file and the line or the option that has to change.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readArgs } from '../../../src/app/cli/command.ts';
import { run } from '../../../src/app/commands/backtest.ts';
import { COMMANDS } from '../../../src/app/commands.ts';

const dir = mkdtempSync(join(tmpdir(), 'perpscout-refusals-'));
// The test runner has a MODE of its own.
beforeAll(() => vi.stubEnv('MODE', 'sim'));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

const HEADER = 'open_time,open,high,low,close,volume';
const FIRST = 1_748_736_000_000;
const row = (minute: number, cells = '100,101,99,100,5'): string => `${FIRST + minute * 60_000},${cells}`;

async function refusalOf(words: readonly string[]): Promise<string> {
  const spec = COMMANDS.find(({ name }) => name === 'backtest');
  if (spec === undefined) throw new Error('there is no such command');
  try {
    await run(readArgs(spec, words));
  } catch (error) {
    return error instanceof Error ? `${'exitCode' in error ? error.exitCode : ''} ${error.message}` : String(error);
  }
  return 'not refused';
}

const refusalOfFile = (rows: readonly string[], words: readonly string[] = []): Promise<string> => {
  const folder = mkdtempSync(join(dir, 'klines-'));
  writeFileSync(join(folder, 'LTCUSDT.csv'), `${rows.join('\n')}\n`);
  return refusalOf(['--data', folder, '--out', join(folder, 'out'), '--workers', '1', ...words]);
};

describe('a backtest refuses', () => {
  it('a gap, with the line behind it and how much is missing', async () => {
    expect(await refusalOfFile([HEADER, row(0), row(1), row(4)])).toMatch(/LTCUSDT\.csv:4: a gap: 2 bars of 1 min are missing/);
  });

  it('rows that do not ascend, and rows that stand twice', async () => {
    expect(await refusalOfFile([HEADER, row(1), row(0)])).toMatch(/LTCUSDT\.csv:3: .*rows must ascend/);
    expect(await refusalOfFile([HEADER, row(0), row(0)])).toMatch(/LTCUSDT\.csv:3: .*stands twice/);
  });

  it('a broken number and a candle that cannot be', async () => {
    expect(await refusalOfFile([HEADER, row(0), row(1, '100,1o1,99,100,5')])).toMatch(/LTCUSDT\.csv:3: high is /);
    expect(await refusalOfFile([HEADER, row(0), row(1, '100,99,98,100,5')])).toMatch(/LTCUSDT\.csv:3: high 99 is below the body/);
  });

  it('a price finer than any tick', async () => {
    const noisy = row(1, '67.28999999999999,68,67,67.5,5');
    expect(await refusalOfFile([HEADER, row(0), noisy])).toMatch(/LTCUSDT\.csv:3: a price has 14 decimals/);
  });

  it('unknown columns', async () => {
    expect(await refusalOfFile(['time,o,h,l,c,v', row(0)])).toMatch(
      /LTCUSDT\.csv:1: the header is "time,o,h,l,c,v", expected open_time/,
    );
  });

  it('bars that do not fold into the entry timeframe', async () => {
    expect(await refusalOfFile([HEADER, row(0), row(5), row(10)])).toMatch(
      /5 min apart and do not fold into ENTRY_TF 1m.*--pair 1h\/5m/,
    );
  });

  it('a contract that the folder does not hold, a folder that is not there, a pair that does not fit', async () => {
    expect(await refusalOfFile([HEADER, row(0)], ['--symbols', 'BTCUSDT'])).toMatch(
      /--symbols names "BTCUSDT"; .* holds LTCUSDT/,
    );
    expect(await refusalOf(['--data', join(dir, 'none'), '--out', dir])).toMatch(/--data names ".*none", which does not exist/);
    expect(await refusalOfFile([HEADER, row(0)], ['--pair', '1m/15m'])).toMatch(/--pair is "1m\/15m"; allowed/);
    expect(await refusalOf(['--out', dir])).toMatch(/--data is missing/);
  });

  it('a broken file of funding rates', async () => {
    const path = join(dir, 'funding.csv');
    writeFileSync(path, 'symbol,funding_time,funding_rate\nLTCUSDT,1748736000000,0.0001\nLTCUSDT,soon,0.0001\n');
    expect(await refusalOfFile([HEADER, row(0)], ['--funding', path])).toMatch(/funding\.csv:3: "LTCUSDT,soon,0\.0001" is not/);
  });
});
