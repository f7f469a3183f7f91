// The conformance command: what it reads out of file names, how it compares, and what it says and exits with.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { conformance } from './command.ts';
import { compareWithText } from './compare.ts';
import { boundsBy, labelOf, readPeriodRule } from './compat/period-rule.ts';
import { toTenth } from './compat/retracements.ts';
import { parseDate } from './series.ts';
import { readSession } from './session-name.ts';
import type { Table } from './table.ts';
import { readTableName } from './table-name.ts';

const repo = join(import.meta.dirname, '..', '..');
const fixture = join(repo, 'tests', 'fixtures', 'conformance', 'inverted_5m');
const work = mkdtempSync(join(tmpdir(), 'conformance-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

let said = { out: '', err: '' };
beforeEach(() => {
  said = { out: '', err: '' };
});
const run = (...args: string[]): number =>
  conformance(args, {
    out: (text) => {
      said.out += text;
    },
    complain: (text) => {
      said.err += text;
    },
  });

function aCopy(name: string): string {
  const folder = join(work, name);
  cpSync(fixture, folder, { recursive: true });
  return folder;
}

describe('file names', () => {
  it.each([
    ['fvg__join=1.csv', { detector: 'fvg', join: 'join' }],
    ['fvg__join_consecutive=False.csv', { detector: 'fvg', join: 'apart' }],
    ['swing__L=12.csv', { detector: 'swing', length: 12 }],
    ['swing_highs_lows.csv', { detector: 'swing', length: 50 }],
    ['bos_choch__L=3__close_break=0.csv', { detector: 'bosChoch', length: 3, breakBy: 'wick' }],
    ['bos_choch__close_break=1__L=3.csv', { detector: 'bosChoch', length: 3, breakBy: 'close' }],
    ['ob__L=7__close_mitigation=1.csv', { detector: 'ob', length: 7, mitigateBy: 'close' }],
    ['liquidity__L=5__range=0.005.csv', { detector: 'liquidity', length: 5, rangeShare: 0.005 }],
    ['liquidity__L=5__range=1e-3.csv', { detector: 'liquidity', length: 5, rangeShare: 0.001 }],
    ['prev_high_low__tf=W.csv', { detector: 'previousHighLow', timeFrame: 'W' }],
    ['previous_high_low__time_frame=4h.csv', { detector: 'previousHighLow', timeFrame: '4h' }],
    ['retracements__L=5.csv', { detector: 'retracements', length: 5 }],
  ])('%s is understood', (file, spec) => {
    expect(readTableName(file)).toEqual(spec);
  });

  it.each([
    'atr__n=14.csv',
    'swing__L=0.csv',
    'swing__L=x.csv',
    'swing__join=1.csv',
    'fvg__join=maybe.csv',
    'fvg__join=1__join=0.csv',
    'prev_high_low__tf=fortnight.csv',
    'prev_high_low__tf=0min.csv',
    'sessions__Frankfurt.csv',
    'sessions__Custom_2515_0330.csv',
    'sessions__London_tz=Mars%2FOlympus.csv',
    'sessions__London_tz=UTC+13.csv',
    'liquidity__L=5__range=wide.csv',
  ])('%s is refused', (file) => {
    expect(readTableName(file)).toBeNull();
  });

  // Hours of smc.md §1.7, as minutes of the day.
  it.each([
    ['Sydney', 1_260, 360],
    ['Tokyo', 0, 540],
    ['London', 420, 960],
    ['NewYork', 780, 1_320],
    ['New York', 780, 1_320],
    ['Asian kill zone', 0, 240],
    ['AsianKillZone', 0, 240],
    ['London open kill zone', 360, 540],
    ['london_close_kill_zone', 840, 960],
    ['NewYorkKillZone', 660, 840],
    ['Custom_2215_0330', 1_335, 210],
    ['Custom 22:15 03:30', 1_335, 210],
    ['Custom__start=22:15__end=03:30', 1_335, 210],
  ])('session %s', (name, startMinute, endMinute) => {
    expect(readSession(name)).toMatchObject({ startMinute, endMinute });
  });

  // Etc/GMT+3 lies three hours west: noon there is 15:00 UTC.
  it.each([
    ['London_tz=UTC+3', { kind: 'fixed', shiftMs: 10_800_000 }],
    ['London__tz=GMT-5', { kind: 'fixed', shiftMs: -18_000_000 }],
    ['London_tz=America%2FNew_York', { kind: 'named', name: 'America/New_York' }],
    ['London_tz=America-New_York', { kind: 'named', name: 'America/New_York' }],
    ['London_tz=America-Argentina-Buenos_Aires', { kind: 'named', name: 'America/Argentina/Buenos_Aires' }],
    ['London_tz=America_Argentina_Buenos_Aires', { kind: 'named', name: 'America/Argentina/Buenos_Aires' }],
    ['London_tz=America-Port-au-Prince', { kind: 'named', name: 'America/Port-au-Prince' }],
    ['London_tz=Asia-Ho-Chi-Minh', { kind: 'named', name: 'Asia/Ho_Chi_Minh' }],
    ['London', { kind: 'fixed', shiftMs: 0 }],
  ])('time zone of %s', (name, zone) => {
    expect(readSession(name)?.zone).toEqual(zone);
  });

  it.each([
    ['2022-10-10 00:15:00', Date.UTC(2022, 9, 10, 0, 15)],
    ['2022-10-10T00:15:00Z', Date.UTC(2022, 9, 10, 0, 15)],
    ['2022-10-10', Date.UTC(2022, 9, 10)],
    ['2022-10-10 00:15:00.250', Date.UTC(2022, 9, 10, 0, 15, 0, 250)],
  ])('date %s', (text, ms) => {
    expect(parseDate(text)).toBe(ms);
  });
});

describe('periods', () => {
  const at = (text: string): number => Date.parse(`${text}Z`);
  const spanOf = (alias: string, first: string, bar: string): string[] => {
    const rule = readPeriodRule(alias);
    if (rule === null) throw new Error(`no rule for ${alias}`);
    const bounds = boundsBy(rule, at(first))(at(bar));
    return [bounds.startMs, bounds.endMs, labelOf(rule, bounds)].map((ms) => new Date(ms).toISOString().slice(0, 16));
  };

  // 2024-03-10 is a Sunday. Start, end, label.
  it.each([
    [
      'a week ends with its Sunday',
      'W',
      '2024-03-06T10:00',
      '2024-03-10T23:59',
      '2024-03-04T00:00',
      '2024-03-11T00:00',
      '2024-03-10T00:00',
    ],
    [
      'a week may end on Friday',
      'W-FRI',
      '2024-03-06T10:00',
      '2024-03-09T01:00',
      '2024-03-09T00:00',
      '2024-03-16T00:00',
      '2024-03-15T00:00',
    ],
    [
      'a month is labelled by its last day',
      'M',
      '2024-02-06T10:00',
      '2024-02-29T12:00',
      '2024-02-01T00:00',
      '2024-03-01T00:00',
      '2024-02-29T00:00',
    ],
    [
      '15m are fifteen months, as in pandas',
      '15m',
      '2024-01-15T00:00',
      '2024-01-15T00:00',
      '2022-11-01T00:00',
      '2024-02-01T00:00',
      '2024-01-31T00:00',
    ],
    [
      '15min are minutes',
      '15min',
      '2024-01-15T09:40',
      '2024-01-15T10:02',
      '2024-01-15T10:00',
      '2024-01-15T10:15',
      '2024-01-15T10:00',
    ],
    [
      'seven hours run on from the first midnight',
      '7h',
      '2024-01-15T09:40',
      '2024-01-16T01:00',
      '2024-01-15T21:00',
      '2024-01-16T04:00',
      '2024-01-15T21:00',
    ],
    ['a quarter', 'Q', '2024-01-15T09:40', '2024-05-16T01:00', '2024-04-01T00:00', '2024-07-01T00:00', '2024-06-30T00:00'],
  ])('%s', (_fact, alias, first, bar, ...expected) => {
    expect(spanOf(alias, first, bar)).toEqual(expected);
  });
});

describe('the comparison', () => {
  const values = Float64Array.of(0.97345555, Number.NaN);
  const single: Table = [{ name: 'Level', precision: 'float32', values }];
  const exact: Table = [{ name: 'Level', precision: 'exact', values }];

  // 0.973455548 and 0.97345555 lie in one float32 step (6e-8 at this height).
  it('takes neighbours within one single-precision step as equal in those columns only', () => {
    expect(compareWithText('Level\n0.973455548\n\n', single)).toMatchObject({ cells: 2, differing: 0 });
    expect(compareWithText('Level\n0.973455548\n\n', exact)).toMatchObject({ cells: 2, differing: 1 });
  });

  it('tells an empty field from a zero', () => {
    const report = compareWithText('Level\n0.97345555\n0\n', exact);
    expect(report).toEqual({ cells: 2, differing: 1, first: { row: 1, column: 'Level', expected: 0, got: null } });
  });

  it('counts every cell of a missing row and of a column that only one side has', () => {
    expect(compareWithText('Level\n0.97345555\n', exact).differing).toBe(1);
    expect(compareWithText('Level,Extra\n0.97345555,1\n,1\n', exact).differing).toBe(2);
    expect(compareWithText('Extra\n1\n1\n', exact).differing).toBe(4);
  });

  it.each([
    [0.25, 0.2],
    [0.35, 0.4],
    [0.75, 0.8],
    [-0.25, -0.2],
    [12.34, 12.3],
    [-563.06, -563.1],
  ])('rounds %d to %d: half to even', (value, rounded) => {
    // 0.35 × 10 is exactly 3.5 in doubles, whose even neighbour is 4.
    expect(toTenth(value)).toBe(rounded);
  });
});

describe('the command', () => {
  it('exits 0 and names every table when nothing differs', () => {
    expect(run(fixture)).toBe(0);
    expect(said.out).toContain('ob__L=1__close_mitigation=0.csv');
    expect(said.out).toMatch(/11 tables compared, 0 differ\n$/);
  });

  it('exits 1 and names the first differing cell', () => {
    const folder = aCopy('one-cell');
    const file = join(folder, 'swing__L=1.csv');
    const lines = readFileSync(file, 'utf8').split('\n');
    // Row 0 is the invented high that lets bar 1 cross it.
    expect(lines[1]).toMatch(/^1\.0,/);
    lines[1] = `-${lines[1]}`;
    writeFileSync(file, lines.join('\n'));
    expect(run(folder)).toBe(1);
    expect(said.out).toContain('1 differ  swing__L=1.csv  first at row 0, HighLow: expected -1, got 1');
  });

  it('tells the same as one JSON object', () => {
    expect(run(fixture, '--json')).toBe(0);
    const report = JSON.parse(said.out);
    // 90 bars: fvg 4, swing 2, bos_choch 4, ob 6, liquidity 4, retracements 3 columns; all but fvg twice.
    expect(report).toMatchObject({ differing: 0, files: 11, cells: 90 * (4 + 2 * (2 + 4 + 6 + 4 + 3)) });
    expect(report.folders[0].files[0]).toMatchObject({
      file: 'bos_choch__L=1__close_break=0.csv',
      cells: 360,
      differing: 0,
      first: null,
    });
  });

  it.each([
    ['a missing folder', join(work, 'nowhere'), 'is not a folder'],
    ['a folder without input.csv', join(work, 'empty'), 'holds no input.csv'],
  ])('exits 2 with one line for %s', (_case, folder, words) => {
    mkdirSync(join(work, 'empty'), { recursive: true });
    expect(run(folder)).toBe(2);
    expect(said.err).toContain(words);
    expect(said.err.trimEnd()).not.toContain('\n');
    expect(said.out).toBe('');
  });

  it.each([
    ['a table of an unknown name', 'atr__n=14.csv', 'ATR\n1\n', 'no table is known by this name'],
    ['a table that is no table', 'swing__L=4.csv', 'HighLow,Level\n1.0\n', 'line 2 has 1 fields, the header has 2'],
    ['a cell that is no number', 'swing__L=4.csv', 'HighLow,Level\nup,3\n', '"up", which is no number'],
    ['an input that is no series', 'input.csv', 'Date,Open,High,Low,Close,Volume\nyesterday,1,1,1,1,0\n', 'row 0 is not a bar'],
    ['an input without volume', 'input.csv', 'Date,Open,High,Low,Close\n', 'no column volume'],
  ])('exits 2 with one line for %s', (_case, file, text, words) => {
    const folder = aCopy('refused');
    writeFileSync(join(folder, file), text);
    expect(run(folder)).toBe(2);
    expect(said.err).toContain(words);
    expect(said.err.trimEnd()).not.toContain('\n');
    rmSync(folder, { recursive: true });
  });

  it('exits 2 without a folder and for an option it does not know, 0 for --help', () => {
    expect(run()).toBe(2);
    expect(run(fixture, '--fast')).toBe(2);
    expect(run('--help')).toBe(0);
    expect(said.out).toContain('npm run conformance -- DIR');
  });

  it('is a process with that exit code and nothing but JSON on stdout', () => {
    const done = spawnSync(process.execPath, ['--import', 'tsx', 'tests/conformance/main.ts', fixture, '--json'], {
      cwd: repo,
      encoding: 'utf8',
    });
    expect(done.status).toBe(0);
    expect(JSON.parse(done.stdout).differing).toBe(0);
  });
});
