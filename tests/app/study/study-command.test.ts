// The study as a user runs it: a real process over a small folder.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { aHome, run } from '../../support/cli.ts';
import { wildMinutes } from '../../support/wild-market.ts';

const home = aHome();
afterAll(() => home.remove());
const folder = join(home.folder, 'klines');
mkdirSync(folder);
const rows = wildMinutes(11, 10_000).map(({ openMs, open, high, low, close, volume }) =>
  [openMs, open, high, low, close, volume].join(','),
);
const write = (symbol: string, count: number): void =>
  writeFileSync(join(folder, `${symbol}.csv`), `open_time,open,high,low,close,volume\n${rows.slice(0, count).join('\n')}\n`);

describe('perpscout study', () => {
  it('writes the report in both languages, the numbers, and the pictures with their checklist', async () => {
    write('WILDUSDT', 10_000);
    const out = join(home.folder, 'out');
    const words = ['study', '--recorded', folder, '--out', out, '--placebos', '2', '--charts', '3'];
    const { code, stderr } = await run(words, home.environment);
    expect([code, stderr]).toEqual([0, '']);
    const files = readdirSync(out);
    expect(files).toEqual(expect.arrayContaining(['study.json', 'study.md', 'study.en.md', 'checklist.md']));
    expect(files.filter((name) => name.endsWith('.png'))).toHaveLength(3);
    const report = JSON.parse(readFileSync(join(out, 'study.json'), 'utf8')) as { symbols: string[]; minutes: number };
    expect(report).toMatchObject({ symbols: ['WILDUSDT'], minutes: 10_000 });
    const markdown = readFileSync(join(out, 'study.en.md'), 'utf8');
    expect(markdown).toContain('10,000 one-minute bars of 1 contracts');
    expect(markdown).not.toMatch(/NaN|undefined|\{\w+\}|study\./);
    expect(readFileSync(join(out, 'study.md'), 'utf8')).not.toMatch(/NaN|undefined|\{\w+\}|study\.[a-z]+\./);
    const checklist = readFileSync(join(out, 'checklist.md'), 'utf8');
    expect(checklist).not.toContain('✗');
    expect(checklist.match(/^評分 \d+ ?(→ (歷史 1R 命中 \d+ %|樣本太少) \(|（70 分以下不統計）)/gm)).toHaveLength(3);
  }, 90_000);

  it('says so where there is nothing to measure', async () => {
    write('WILDUSDT', 1_000);
    const out = join(home.folder, 'none');
    const { code } = await run(['study', '--recorded', folder, '--out', out], home.environment);
    expect(code).toBe(0);
    const markdown = readFileSync(join(out, 'study.en.md'), 'utf8');
    expect(markdown).toContain('0 signals are too few');
    expect(markdown).not.toMatch(/NaN|undefined/);
  });

  it('refuses with 2 and one line what it cannot measure', async () => {
    const out = join(home.folder, 'never');
    const cases: [string[], RegExp][] = [
      [['study', '--out', out], /--recorded is missing/],
      [['study', '--recorded', folder], /--out is missing/],
      [['study', '--recorded', join(home.folder, 'nowhere'), '--out', out], /does not exist/],
      [['study', '--recorded', folder, '--out', out, '--charts', 'many'], /--charts is "many"/],
    ];
    const ended = await Promise.all(cases.map(([words]) => run(words, home.environment)));
    for (const [i, { code, stdout, stderr }] of ended.entries()) {
      expect([code, stdout, stderr.trim().split('\n').length]).toEqual([2, '', 1]);
      expect(stderr).toMatch(cases[i]?.[1] ?? /^$/);
    }
  });
});
