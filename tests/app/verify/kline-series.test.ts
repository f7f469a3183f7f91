import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { foldSeries, readSeries } from '../../../src/app/verify/kline-series.ts';

const folder = mkdtempSync(join(tmpdir(), 'perpscout-series-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEADER = 'open_time,open,high,low,close,volume';
// 2025-06-02T16:00Z
const START = 1_748_880_000_000;
const row = (minute: number, cells = '1.5,2,1,1.75,10'): string => `${START + minute * 60_000},${cells}`;

function written(name: string, lines: readonly string[]): string {
  const file = join(folder, name);
  const text = `${lines.join('\n')}\n`;
  writeFileSync(file, name.endsWith('.gz') ? gzipSync(text) : text);
  return file;
}

describe('a kline file', () => {
  it('is read plain or compressed, with its own timeframe and the tick of its finest price', () => {
    const lines = [HEADER, row(0), row(1), row(2)];
    for (const name of ['plain.csv', 'packed.csv.gz']) {
      const series = readSeries(written(name, lines));
      expect(series).toMatchObject({ timeframe: '1m', tickSize: 0.01 });
      expect(series.bars).toHaveLength(3);
      expect(series.bars[1]).toMatchObject({ openMs: START + 60_000, open: 1.5, high: 2, low: 1, close: 1.75, volume: 10 });
    }
  });

  it('is read with dates in UTC', () => {
    const lines = ['Date,Open,High,Low,Close,Volume', '2025-06-02 16:00:00,1,2,1,2,0', '2025-06-02 16:15:00,2,3,2,3,0'];
    const series = readSeries(written('dates.csv', lines));
    expect(series.timeframe).toBe('15m');
    expect(series.bars[0]?.openMs).toBe(START);
  });

  it('is refused with file, line and reason where a row is broken', () => {
    const cases: [string, RegExp][] = [
      [row(1, '1,2,oops,2,10'), /broken\.csv:3: low is "oops", not a number/],
      [row(1, '1,2,1,NaN,10'), /broken\.csv:3: close is "NaN"/],
      [row(1, '1,2,-1,2,10'), /broken\.csv:3: price -1 is not positive/],
      [row(1, '1,2,1,3,10'), /broken\.csv:3: high 2 is below the body/],
      [row(1, '1,2,1,2,-10'), /broken\.csv:3: volume -10 is negative/],
      [row(0), /broken\.csv:3: open_time \d+ stands twice/],
      [row(-1), /broken\.csv:3: open_time \d+ comes after/],
      [row(1, '1,2,1'), /broken\.csv:3: close is ""/],
      ['', /broken\.csv:3: open_time is ""/],
      [`${START + 61_000},1,2,1,2,10`, /broken\.csv:3: open_time \d+ is off the 1m grid/],
    ];
    for (const [line, said] of cases) {
      const file = written('broken.csv', [HEADER, row(0), line, row(2), row(3), row(4)]);
      expect(() => readSeries(file)).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringMatching(said) }));
    }
  });

  it('is refused with its first line where the columns are others', () => {
    expect(() => readSeries(written('other.csv', ['time,price', '1,2']))).toThrow(/other\.csv:1: the header is "time,price"/);
    expect(() => readSeries(join(folder, 'nowhere.csv'))).toThrow(/nowhere\.csv: cannot be read/);
  });

  it('folds into whole larger bars, and leaves out one with a missing minute', () => {
    const minutes = [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14];
    const series = foldSeries(readSeries(written('fold.csv', [HEADER, ...minutes.map((m) => row(m))])), '5m');
    expect(series.bars.map((bar) => bar.openMs)).toEqual([START, START + 600_000]);
    expect(series.bars[0]?.volume).toBe(50);
  });

  it('does not fold into a smaller timeframe', () => {
    const series = readSeries(written('large.csv', [HEADER, row(0), row(15)]));
    expect(() => foldSeries(series, '5m')).toThrow(/15m bars do not fold into 5m bars/);
  });
});
