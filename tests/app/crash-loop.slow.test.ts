// K25, H13 with the shipped bot: three lives that end by SIGKILL within ten minutes, and the next start only protects, until a person
// says otherwise. A life that ended in good order in between does not count.
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aHome, jsonLines, type Running, start } from '../support/cli.ts';

describe('a bot that is killed three times', () => {
  const home = aHome({ LOG_LEVEL: 'error' });
  const venueHome = aHome();
  let venue: Running;
  let rest = '';

  beforeAll(async () => {
    venue = start(['exchange', '--symbols', '6', '--seed', '3', '--speed', '1'], venueHome.environment);
    rest = String(JSON.parse(await venue.line((line) => line.includes('"ready"')))['rest']);
  }, 60_000);
  afterAll(async () => {
    venue.child.kill('SIGTERM');
    await venue.ended;
    home.remove();
    venueHome.remove();
  });

  const begin = (...words: readonly string[]): Running =>
    start(['run', '--json', '--exchange', rest, ...words], home.environment);
  const ready = (life: Running): Promise<string> => life.line((line) => line.includes('"event":"ready"'));
  async function end(life: Running, signal: 'SIGKILL' | 'SIGTERM') {
    life.child.kill(signal);
    const { code, stdout, stderr } = await life.ended;
    return { code, lines: jsonLines(stdout), stderr };
  }
  const asked = (sql: string): unknown[] => {
    const db = new Database(`${home.environment['DATA_DIR']}/perpscout-sim.sqlite`, { readonly: true });
    const found = db.prepare(sql).pluck().all();
    db.close();
    return found;
  };
  const latches = (): unknown[] => asked('SELECT name FROM latch');
  const lives = (): unknown => asked('SELECT count(*) FROM life')[0];
  const levelOf = (line: string): boolean => line.includes('"event":"level"');

  it('begins in safe mode, stays there over an orderly restart, and is let out by a person', async () => {
    for (const [before, signal] of (['SIGKILL', 'SIGTERM', 'SIGKILL', 'SIGKILL'] as const).entries()) {
      const life = begin();
      // The first one dies while it runs, the others in the middle of their start, as soon as it is on record.
      if (before === 0) await ready(life);
      else await expect.poll(lives, { timeout: 20_000 }).toBe(before + 1);
      const { code, lines } = await end(life, signal);
      expect(code).toBe(signal === 'SIGTERM' ? 0 : null);
      expect(lines.filter((line) => line['code'] === 'crashLoop')).toEqual([]);
    }

    const safe = begin();
    expect(JSON.parse(await safe.line(levelOf))).toMatchObject({ level: 'PROTECT_ONLY', before: 'NORMAL', severity: 'critical' });
    const told = await end(safe, 'SIGTERM');
    expect(told.code).toBe(0);
    const [alarm] = told.lines.filter((line) => line['code'] === 'crashLoop');
    expect(alarm).toMatchObject({ event: 'alarm', severity: 'critical' });
    expect(String(alarm?.['text'])).toMatch(/3 crashes within 10 min, found at .*Z, .*Z, .*Z.*\/resume/);
    expect(told.stderr).toMatch(/safe mode.*3 crashes within 10 min|3 crashes within 10 min.*safe mode/s);

    const again = begin();
    expect(JSON.parse(await again.line(levelOf))).toMatchObject({ level: 'PROTECT_ONLY' });
    const quiet = await end(again, 'SIGTERM');
    expect(quiet.lines.filter((line) => line['code'] === 'crashLoop')).toEqual([]);
    expect(latches()).toEqual(['crashLoop']);

    const allowed = begin('--allow-entries');
    await ready(allowed);
    await expect.poll(latches, { timeout: 20_000 }).toEqual([]);
    expect((await end(allowed, 'SIGTERM')).code).toBe(0);
  }, 120_000);
});
