import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MarketDataError } from '../../../src/emulator/market/market-data-error.ts';
import { recordedSource } from '../../../src/emulator/market/recorded-source.ts';
import type { MarketSource } from '../../../src/emulator/market/source.ts';
import { sharedDir } from '../../support/shared-data.ts';

const MINUTE = 60_000;
const HEADER = 'open_time,open,high,low,close,volume';
const T = Date.UTC(2025, 4, 25, 10, 36);

describe('a folder of recordings', () => {
  let dir = '';
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'recorded-'));
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  const write = (folder: string, name: string, lines: readonly string[]): void => {
    const text = `${lines.join('\n')}\n`;
    writeFileSync(join(folder, name), name.endsWith('.gz') ? gzipSync(text) : text);
  };
  const folder = (): string => mkdtempSync(join(dir, 'case-'));
  const rows = (count: number, prices = '10.25,10.75,10.125,10.5,3'): string[] =>
    Array.from({ length: count }, (_, i) => `${T + i * MINUTE},${prices}`);

  it('is refused by name when it is missing, empty, or holds a broken file', () => {
    expect(() => recordedSource(join(dir, 'nowhere'))).toThrow(MarketDataError);
    expect(() => recordedSource(join(dir, 'nowhere'))).toThrow('nowhere');
    const empty = folder();
    expect(() => recordedSource(empty)).toThrow('holds no <SYMBOL>.csv');
    writeFileSync(join(empty, 'BTCUSDT.csv.gz'), 'this is no gzip');
    expect(() => recordedSource(empty)).toThrow(/BTCUSDT\.csv\.gz cannot be read/);
  });

  it('is refused when a contract has two files', () => {
    const twice = folder();
    write(twice, 'BTCUSDT.csv', [HEADER, ...rows(3)]);
    write(twice, 'BTCUSDT.csv.gz', [HEADER, ...rows(3)]);
    expect(() => recordedSource(twice)).toThrow('stands beside its .gz');
  });

  it('plays plain and packed files, lists a contract inside its span only, and folds bars from the minutes there are', () => {
    const mixed = folder();
    write(mixed, 'BTCUSDT.csv', [HEADER, ...rows(30)]);
    write(mixed, 'NEWCOINUSDT.csv.gz', [HEADER, ...rows(30).filter((_, i) => i < 5 || i > 7)]);
    const source = recordedSource(mixed);
    expect(source.kind).toBe('recorded');
    expect(source.contracts.map((contract) => contract.symbol)).toEqual(['BTCUSDT', 'NEWCOINUSDT']);
    expect([T - 1, T, T + 30 * MINUTE - 1, T + 30 * MINUTE].map((at) => source.listed(0, at))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(source.endMs).toBe(T + 30 * MINUTE);
    expect(source.minute(1, T + 6 * MINUTE)).toBeNull();
    expect(source.minute(1, T + 8 * MINUTE)?.close).toBe(10.5);
    expect(source.path(1, T + 6 * MINUTE)).toBeNull();
    // 10:36–10:44 are nine minutes of the bar of 10:30, of which 10:41, 10:42 and 10:43 are missing: six are left, three traded each.
    expect(source.bars(1, 15 * MINUTE, T - 60 * MINUTE, T + 60 * MINUTE)[0]?.volume).toBe(18);
    expect(source.fundingRate(0, T)).toBeNull();
    expect(source.minute(0, T)).toMatchObject({ quoteVolume: 0, trades: 0, takerBuyVolume: 0 });
  });

  it('gives a tick fine enough for the recorded prices, with facts of the contract or of one of similar price', () => {
    const mixed = folder();
    write(mixed, 'BTCUSDT.csv', [HEADER, ...rows(30)]);
    write(mixed, 'NEWCOINUSDT.csv.gz', [HEADER, ...rows(30)]);
    const [btc, unknown] = recordedSource(mixed).contracts;
    // Three decimals were recorded; the table says 0.10 for BTCUSDT and at least three decimals for nothing near 10 USDT.
    expect(btc).toMatchObject({ tickSize: '0.001', stepSize: '0.001', minNotional: '50' });
    expect(unknown).toMatchObject({ baseAsset: 'NEWCOIN', quoteAsset: 'USDT', status: 'TRADING', contractType: 'PERPETUAL' });
    expect(Number(unknown?.tickSize)).toBeLessThanOrEqual(0.001);
  });
});

const FOLDER = sharedDir('market-data/klines/1m_2025-05-04_2025-06-24');

describe.skipIf(FOLDER === null)('the recorded 18 contracts of May 2025', () => {
  let source: MarketSource;
  let loadMs = 0;
  beforeAll(() => {
    const start = performance.now();
    source = recordedSource(FOLDER ?? '');
    loadMs = performance.now() - start;
  });

  it('are a million bars, read within seconds', () => {
    expect(source.contracts).toHaveLength(18);
    // The goal is 2.5 s; twice that is the alarm.
    expect(loadMs).toBeLessThan(5_000);
  });

  it('start at 2025-05-30T16:00Z: the first whole hour with 499 closed 15m bars behind every contract', () => {
    expect(new Date(source.defaultFromMs).toISOString()).toBe('2025-05-30T16:00:00.000Z');
    for (let i = 0; i < 18; i++) {
      const behind = source.bars(i, 15 * MINUTE, 0, source.defaultFromMs - 15 * MINUTE);
      expect(behind.length).toBeGreaterThanOrEqual(499);
    }
  });

  it('all last until 2025-06-03T15:32Z', () => {
    const last = Date.UTC(2025, 5, 3, 15, 32);
    expect(source.contracts.every((_, i) => source.listed(i, last))).toBe(true);
    expect(source.contracts.every((_, i) => source.listed(i, last + MINUTE))).toBe(false);
  });

  it('play the first row of BTCUSDT as it stands in the file', () => {
    const btc = source.contracts.findIndex((contract) => contract.symbol === 'BTCUSDT');
    // 1746372780000,95505.4,95505.5,95502.7,95502.7,16.536
    expect(source.minute(btc, 1_746_372_780_000)).toMatchObject({
      open: 95505.4,
      high: 95505.5,
      low: 95502.7,
      close: 95502.7,
      volume: 16.536,
    });
    expect(source.minute(btc, 1_746_372_780_000 - MINUTE)).toBeNull();
  });

  it('keep every path inside its recorded bar', () => {
    const at = source.defaultFromMs;
    for (let i = 0; i < 18; i++) {
      for (let minute = 0; minute < 60; minute++) {
        const bar = source.minute(i, at + minute * MINUTE);
        const path = [...(source.path(i, at + minute * MINUTE) ?? [])];
        expect([path[0], path.at(-1), Math.max(...path), Math.min(...path)]).toEqual([
          bar?.open,
          bar?.close,
          bar?.high,
          bar?.low,
        ]);
      }
    }
  });

  it('are left alone when the bars are not of one minute', () => {
    const five = sharedDir('market-data/klines/5m_2025-09-26_2025-10-25');
    expect(() => recordedSource(five ?? '')).toThrow('the bars are 5 minutes apart; the exchange plays 1m bars only');
  });
});
