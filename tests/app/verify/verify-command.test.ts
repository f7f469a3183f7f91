// The proof as a user runs it: a real process, its exit code and its JSON.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { aHome, run } from '../../support/cli.ts';
import { wildMinutes } from '../../support/wild-market.ts';

const home = aHome();
afterAll(() => home.remove());
const file = join(home.folder, 'WILDUSDT.csv');
const rows = wildMinutes(4, 600).map(({ openMs, open, high, low, close, volume }) =>
  [openMs, open, high, low, close, volume].join(','),
);
writeFileSync(file, `open_time,open,high,low,close,volume\n${rows.join('\n')}\n`);

describe('perpscout verify causal', () => {
  it('prints zeros as JSON and ends with 0', async () => {
    const { code, stdout, stderr } = await run(['verify', 'causal', '--input', file, '--json'], home.environment);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as Record<string, unknown>;
    expect(report).toMatchObject({ backDated: 0, changed: 0, vanished: 0, bars: 600, timeframe: '1m' });
    expect(report['events']).toBeGreaterThan(100);
    expect(report['prefixes']).toBeGreaterThanOrEqual(8);
  });

  it('folds into the timeframe that was asked for', async () => {
    const { code, stdout } = await run(['verify', 'causal', '--input', file, '--json', '--timeframe', '5m'], home.environment);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ bars: 120, timeframe: '5m' });
  });

  it('refuses with 2 and one line what it cannot verify', async () => {
    const broken = join(home.folder, 'broken.csv');
    writeFileSync(broken, `open_time,open,high,low,close,volume\n60000,1,2,1,2,5\n120000,1,2,1,9,5\n`);
    const cases: [string[], RegExp][] = [
      [['verify'], /allowed: causal/],
      [['verify', 'profits'], /"profits"; allowed: causal/],
      [['verify', 'causal'], /--input is missing/],
      [['verify', 'causal', '--input', broken], /broken\.csv:3: high 2 is below the body/],
      [['verify', 'causal', '--input', file, '--timeframe', '7m'], /--timeframe is "7m"/],
    ];
    const ended = await Promise.all(cases.map(([words]) => run(words, home.environment)));
    for (const [i, { code, stdout, stderr }] of ended.entries()) {
      expect([code, stdout, stderr.trim().split('\n').length]).toEqual([2, '', 1]);
      expect(stderr).toMatch(cases[i]?.[1] ?? /^$/);
    }
  });
});
