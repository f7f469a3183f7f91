// A recorded run through the core again: identical where nothing was touched, and the first difference by name where something was.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JournalLine } from '../../../src/app/replay/journal-lines.ts';
import { type ReplayReport, replayRun } from '../../../src/app/replay/replay-run.ts';
import { rememberingLogger } from '../../support/fake-clocks.ts';
import { aJournal, journalFile } from './a-journal.ts';

const MINUTES = 45;
const folder = mkdtempSync(join(tmpdir(), 'perpscout-replay-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let lines: readonly JournalLine[] = [];
beforeAll(async () => {
  lines = await aJournal(folder, MINUTES);
});

const replay = (path: string, atMs: number | null = null): Promise<ReplayReport> =>
  replayRun({ path, atMs, logger: rememberingLogger(), onMinute: () => undefined });
const replayed = (changed: readonly JournalLine[], atMs: number | null = null): Promise<ReplayReport> =>
  replay(journalFile(folder, changed), atMs);

type Tagged<Tag extends JournalLine[0]> = Extract<JournalLine, readonly [Tag, ...unknown[]]>;
const isA = <Tag extends JournalLine[0]>(line: JournalLine, tag: Tag): line is Tagged<Tag> => line[0] === tag;
/** The lines with the nth of a kind replaced. */
function changing<Tag extends JournalLine[0]>(
  tag: Tag,
  wanted: (line: Tagged<Tag>) => boolean,
  change: (line: Tagged<Tag>) => JournalLine,
) {
  const at = lines.findIndex((line) => isA(line, tag) && wanted(line as Tagged<Tag>));
  if (at < 0) throw new Error(`no such ${tag} in the journal`);
  return lines.map((line, i) => (i === at ? change(line as Tagged<Tag>) : line));
}

describe('a run that is replayed', () => {
  it('is identical, minute by minute, with trades in it', async () => {
    const report = await replayed(lines);
    expect(report).toMatchObject({ result: 'identical', difference: null, record: 'whole', counts: { minutes: MINUTES } });
    expect(report.counts.verdicts).toBeGreaterThan(50);
    const entries = lines.filter((line) => isA(line, 'rows') && line[1].some((row) => row.table === 'op'));
    expect(entries.length).toBeGreaterThan(3);
  });

  it('parts at the bar that was changed, and names minute, contract, field and both values', async () => {
    const gates = lines.find((line): line is Tagged<'gates'> => isA(line, 'gates') && line[3].length > 0);
    const symbol = gates?.[3][0]?.symbol ?? '';
    const closeMs = gates?.[1] ?? 0;
    const changed = changing(
      'bar',
      (line) => line[2] === symbol && line[4] === 1 && line[5][0] === closeMs - 60_000,
      // Another close, inside the bar's range all the same.
      ([tag, at, name, eventMs, final, cells, ids]) => [
        tag,
        at,
        name,
        eventMs,
        final,
        [...cells.slice(0, 4), Number(cells[3]), ...cells.slice(5)],
        ids,
      ],
    );
    const { result, difference } = await replayed(changed);
    expect(result).toBe('different');
    expect(difference).toMatchObject({ minute: new Date(closeMs).toISOString(), symbol });
    expect(difference?.field).toMatch(/gates|score|firstFailedGate|setup|symbol/);
    expect(difference?.recorded).not.toEqual(difference?.replayed);
  });

  it('parts where the venue is made to have answered otherwise', async () => {
    const changed = changing(
      'answer',
      ([, , , label]) => label.startsWith('placeEntry'),
      ([tag, at, no, label]) => [tag, at, no, label, { kind: 'rejected', code: -2019, reason: 'Margin is insufficient.' }],
    );
    const { result, difference } = await replayed(changed);
    expect(result).toBe('different');
    expect(difference?.symbol).not.toBe('');
  });

  it('parts where a request was recorded that is not made any more', async () => {
    const changed = changing(
      'answer',
      ([, , no]) => no > 5,
      ([tag, at, , label, value]) => [tag, at, 999_999, label, value],
    );
    expect((await replayed(changed)).difference).toMatchObject({ field: 'request 999999' });
  });

  it('parts where the record says more than is said now', async () => {
    const at = lines.findIndex((line) => isA(line, 'settled'));
    const changed = lines.toSpliced(at + 1, 0, ['rows', [{ table: 'latch', name: 'panic', reason: 'invented' }]]);
    expect((await replayed(changed)).result).toBe('different');
  });

  it('stops at the minute that is asked for and shows what was decided there', async () => {
    const closes = lines.flatMap((line) => (isA(line, 'gates') ? [line[1]] : []));
    const report = await replayed(lines, closes[9] ?? 0);
    expect(report).toMatchObject({ result: 'identical', toMs: closes[9], counts: { minutes: 10 } });
    expect(report.lastSaid.map(([kind]) => kind)).toContain('gates');
  });
});

describe('a record that is not whole', () => {
  it('is played up to where a kill cut it', async () => {
    const verdicts = lines.filter((line) => isA(line, 'gates'));
    // In the middle of what was said of the thirtieth minute.
    const path = journalFile(folder, lines, (text) => text.slice(0, text.indexOf(`["gates",${verdicts[29]?.[1]}`) + 20));
    const report = await replay(path);
    expect(report).toMatchObject({ result: 'identical', record: 'cut' });
    // The minute's own event may lie before the one that was cut.
    expect([29, 30]).toContain(report.counts.minutes);
  });

  it('is refused where it is none, of another version or not there', async () => {
    const path = join(folder, 'else.gz');
    writeFileSync(path, 'no gzip at all');
    await expect(replay(path)).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(path) });
    await expect(replay(join(folder, 'nowhere'))).rejects.toMatchObject({ exitCode: 2 });
    const [head, ...rest] = lines;
    if (head === undefined || !isA(head, 'head')) throw new Error('a journal begins with its head');
    await expect(replayed([['head', { ...head[1], version: 1 }], ...rest])).rejects.toThrow(/version 1; this release reads 2/);
  });
});
