// Real faults of a real file: the disk fills, the file is locked or becomes damaged. Nothing is lost, nothing is there twice.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LedgerWriter } from '../../../services/execution/ledger-writer.ts';
import { type Connection, openDatabase } from '../../../src/adapters/journal/database.ts';
import { GuardedJournal } from '../../../src/adapters/journal/guarded.ts';
import { SqliteJournal } from '../../../src/adapters/journal/sqlite.ts';
import { StandbyFile } from '../../../src/adapters/journal/standby-file.ts';
import type { JournalRow } from '../../../src/core/journal.ts';
import { epochMs, symbolId } from '../../../src/core/units.ts';
import { JournalError, StartError } from '../../../src/ports/errors.ts';
import { journalContract } from '../../contracts/journal.contract.ts';
import { aFolder, anIntent, anOp, closedEntry, signalEntry, signalNo, tradeIdNo } from '../../support/a-run.ts';

const intent = (n: number, version = 1): JournalRow => ({ table: 'intent', row: anIntent(n, { version }) });
const watermark = (n: number): JournalRow => ({ table: 'watermark', symbol: symbolId('ETHUSDT'), barCloseMs: epochMs(n) });

interface Desk {
  readonly folder: string;
  readonly db: Connection;
  readonly journal: GuardedJournal;
  readonly told: string[];
  nowMs: number;
}

function openIn(folder: string, accountId = 'a'): Desk {
  const db = openDatabase(join(folder, 'a.sqlite'));
  const desk = { folder, db, told: [] as string[], nowMs: 0 };
  const journal = new GuardedJournal(new SqliteJournal(db), {
    standbyPath: join(folder, 'standby.jsonl'),
    reservePath: join(folder, 'reserve'),
    accountId,
    now: () => desk.nowMs,
    onReadBack: (batches) => desk.told.push(`read back ${batches}`),
    onRefused: (path, reason) => desk.told.push(`refused ${path.slice(folder.length + 1)}: ${reason}`),
  });
  onTestFinished(() => journal.close());
  return Object.assign(desk, { journal });
}
const fill = (db: Connection): unknown => db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true })}`);
const empty = (db: Connection): unknown => db.pragma('max_page_count = 1000000');
const faultOf = (run: () => unknown): JournalError => {
  try {
    run();
  } catch (error) {
    if (error instanceof JournalError) return error;
    throw error;
  }
  throw new Error('it was written');
};
const tradeIds = (journal: GuardedJournal): string[] => journal.load().intents.map((row) => row.tradeId);
const many = (from: number, count = 100): JournalRow[] => Array.from({ length: count }, (_, i) => intent(from + i));

journalContract('guarded journal', () => {
  const desk = openIn(aFolder());
  return {
    journal: desk.journal,
    rows: (stream) => [...new SqliteJournal(desk.db).reader().rows(stream, 0)],
    reopened: () => {
      desk.journal.close();
      return openIn(desk.folder).journal;
    },
  };
});

describe('a disk that fills up', () => {
  it('sends rows to the file, whole commits only', () => {
    const { journal, db, told } = openIn(aFolder());
    journal.commit([intent(1)]);
    fill(db);
    expect(faultOf(() => journal.commit(many(2)))).toMatchObject({ kept: 'file', fault: 'passing' });
    expect(faultOf(() => journal.commit([intent(1, 2), watermark(7)]))).toMatchObject({ kept: 'file' });
    expect(journal.waiting).toBe(2);
    expect(tradeIds(journal)).toEqual([tradeIdNo(1)]);
    expect(told).toEqual([]);
  });

  it('is asked again only after a second, and then holds everything once', () => {
    const desk = openIn(aFolder());
    desk.journal.commit([intent(1)]);
    fill(desk.db);
    for (const rows of [many(2), [intent(1, 2)], [intent(1, 3)]]) faultOf(() => desk.journal.commit(rows));
    empty(desk.db);
    desk.nowMs = 999;
    expect(faultOf(() => desk.journal.commit([watermark(1)]))).toMatchObject({ kept: 'file' });
    desk.nowMs = 1_000;
    desk.journal.commit([intent(1, 4)]);
    expect(desk.told).toEqual(['read back 4']);
    expect([desk.journal.waiting, existsSync(join(desk.folder, 'standby.jsonl'))]).toEqual([0, false]);
    expect(desk.journal.load().intents).toHaveLength(101);
    expect(desk.journal.load().intents[0]).toMatchObject({ version: 4 });
    expect(desk.journal.load().watermarks.size).toBe(1);
  });

  it('and leaves no room for the file either: the caller keeps the rows, and the reserve was given up', () => {
    const desk = openIn(aFolder());
    const reserve = join(desk.folder, 'reserve');
    expect(statSync(reserve).size).toBe(8 * 1024 * 1024);
    fill(desk.db);
    // A file that cannot be made stands for a disk without any room.
    const journal = new GuardedJournal(new SqliteJournal(desk.db), {
      standbyPath: join(desk.folder, 'no-such-folder', 'standby.jsonl'),
      reservePath: reserve,
      accountId: 'a',
      now: () => 0,
      onReadBack: () => undefined,
      onRefused: () => undefined,
    });
    expect(faultOf(() => journal.commit(many(1)))).toMatchObject({ kept: 'nowhere' });
    expect(existsSync(reserve)).toBe(false);
  });
});

describe('a kill while the database was lost', () => {
  it('loses nothing: the next start reads the file before it looks at the database', () => {
    const folder = aFolder();
    const first = openIn(folder);
    first.journal.commit([intent(1), { table: 'op', row: anOp(1) }]);
    fill(first.db);
    faultOf(() => first.journal.commit([...many(2), { table: 'op', row: anOp(2) }]));
    first.journal.close();
    // The tail of a line that a kill has torn was never promised.
    appendFileSync(join(folder, 'standby.jsonl'), '{"no":2,"rows":[{"table":"waterm');
    const second = openIn(folder);
    expect(second.told).toEqual(['read back 1']);
    expect(second.journal.load().intents).toHaveLength(101);
    expect(second.journal.load().ops).toEqual([anOp(1), anOp(2)]);
  });

  it('between reading back and removing the file: nothing is read twice', () => {
    const folder = aFolder();
    const first = openIn(folder);
    first.journal.commit([intent(1)]);
    fill(first.db);
    faultOf(() => first.journal.commit([...many(2), intent(1, 2)]));
    const standby = readFileSync(join(folder, 'standby.jsonl'));
    first.journal.close();
    openIn(folder).journal.close();
    writeFileSync(join(folder, 'standby.jsonl'), standby);
    const third = openIn(folder);
    expect(third.told).toEqual(['read back 0']);
    expect(third.journal.load().intents[0]).toMatchObject({ version: 2 });
  });

  it('at any point: every row that was promised is there, in the order of the promises', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('write', 'fill', 'empty', 'kill'), { minLength: 1, maxLength: 25 }), (acts) => {
        const folder = aFolder();
        let desk = openIn(folder);
        let version = 0;
        let wallMs = 0;
        for (const act of acts) {
          wallMs += 1_000;
          desk.nowMs = wallMs;
          if (act === 'fill') fill(desk.db);
          else if (act === 'empty') empty(desk.db);
          else if (act === 'kill') {
            desk.journal.close();
            desk = openIn(folder);
          } else {
            version += 1;
            const rows = [intent(1, version), ...many(version * 1_000, 40)];
            try {
              desk.journal.commit(rows);
            } catch (error) {
              if (!(error instanceof JournalError) || error.kept !== 'file') throw error;
            }
          }
        }
        desk.journal.close();
        const last = openIn(folder).journal.load().intents;
        expect(last.find((row) => row.tradeId === tradeIdNo(1))?.version ?? 0).toBe(version);
        expect(last).toHaveLength(version === 0 ? 0 : 1 + 40 * version);
      }),
      { numRuns: 8 },
    );
  });
});

describe('rows that contradict the database', () => {
  it('stand in a file of their own, are told, and hold up nothing behind them', () => {
    const folder = aFolder();
    const desk = openIn(folder);
    desk.journal.commit([intent(1)]);
    fill(desk.db);
    faultOf(() => desk.journal.commit([...many(2), intent(1, 9)]));
    faultOf(() => desk.journal.commit([watermark(5)]));
    empty(desk.db);
    desk.nowMs = 1_000;
    desk.journal.commit([]);
    expect(desk.told[0]).toMatch(/^refused standby\.jsonl\.refused: intent .* version 9 does not follow it/);
    expect(desk.journal.load().watermarks.size).toBe(1);
    const kept = [...new StandbyFile(join(folder, 'standby.jsonl.refused'), 'a').batches(0)];
    expect(kept[0]?.rows.at(-1)).toEqual(intent(1, 9));
  });

  it('of another account are never read back', () => {
    const folder = aFolder();
    const other = new StandbyFile(join(folder, 'standby.jsonl'), 'b');
    other.append([intent(1)]);
    other.close();
    const desk = openIn(folder, 'a');
    expect(desk.told[0]).toContain('rows of account b');
    expect(desk.journal.load().intents).toEqual([]);
  });
});

describe('a lock that another process holds', () => {
  it('does not hold up the loop: the first wait is the last, and the rows follow when it is gone', async () => {
    const desk = openIn(aFolder());
    desk.journal.commit([intent(1)]);
    desk.db.pragma('busy_timeout = 50');
    const holder = spawn(process.execPath, [
      '--import',
      'tsx',
      join(import.meta.dirname, '../../support/lock-writer.ts'),
      join(desk.folder, 'a.sqlite'),
    ]);
    onTestFinished(() => void holder.kill('SIGKILL'));
    await new Promise((held) => holder.stdout.once('data', held));
    expect(faultOf(() => desk.journal.commit([intent(2)]))).toMatchObject({ kept: 'file', fault: 'passing' });
    expect(desk.db.pragma('busy_timeout', { simple: true })).toBe(20);
    desk.nowMs = 1_000;
    expect(faultOf(() => desk.journal.commit([intent(3)]))).toMatchObject({ kept: 'file' });
    holder.kill('SIGKILL');
    await new Promise((gone) => holder.once('exit', gone));
    desk.nowMs = 2_000;
    desk.journal.commit([intent(4)]);
    expect(tradeIds(desk.journal)).toEqual([1, 2, 3, 4].map(tradeIdNo));
    expect(desk.db.pragma('busy_timeout', { simple: true })).toBe(5_000);
  });
});

describe('a file that is damaged or may not be written', () => {
  it('damaged while it runs: it is not written to again, and the level says that a person is needed', () => {
    const desk = openIn(aFolder());
    for (let n = 0; n < 60; n++) desk.journal.commit([intent(n), closedEntry(n)]);
    desk.db.pragma('wal_checkpoint(TRUNCATE)');
    const root = Number(desk.db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'intent'").pluck().get());
    const pageSize = Number(desk.db.pragma('page_size', { simple: true }));
    const path = join(desk.folder, 'a.sqlite');
    const content = readFileSync(path);
    content.fill(0xff, (root - 1) * pageSize, root * pageSize);
    writeFileSync(path, content);
    // Another connection moved the file under this one: its pages are read anew.
    desk.db.pragma('shrink_memory');
    const bump = new Database(path);
    bump.pragma('user_version = 5');
    bump.close();
    expect(faultOf(() => desk.journal.commit([intent(1, 2)]))).toMatchObject({ kept: 'file', fault: 'lasting' });
    desk.nowMs = 60_000;
    expect(faultOf(() => desk.journal.commit([intent(1, 3)]))).toMatchObject({ kept: 'file', fault: 'lasting' });
    expect(desk.journal.waiting).toBe(2);
  });

  it('that may only be read sends rows to the file', () => {
    const desk = openIn(aFolder());
    desk.db.pragma('query_only = ON');
    expect(faultOf(() => desk.journal.commit([intent(1)]))).toMatchObject({ kept: 'file', fault: 'passing' });
    desk.db.pragma('query_only = OFF');
    desk.nowMs = 1_000;
    desk.journal.commit([]);
    expect(tradeIds(desk.journal)).toEqual([tradeIdNo(1)]);
  });

  it('that cannot take at start what an earlier run has left behind: the start is refused and says why', () => {
    const folder = aFolder();
    const first = openIn(folder);
    fill(first.db);
    faultOf(() => first.journal.commit(many(1)));
    first.journal.close();
    const db = openDatabase(join(folder, 'a.sqlite'));
    onTestFinished(() => void db.close());
    db.pragma('query_only = ON');
    const start = () =>
      new GuardedJournal(new SqliteJournal(db), {
        standbyPath: join(folder, 'standby.jsonl'),
        reservePath: join(folder, 'reserve'),
        accountId: 'a',
        now: () => 0,
        onReadBack: () => undefined,
        onRefused: () => undefined,
      });
    expect(start).toThrow(StartError);
    expect(start).toThrow(/standby\.jsonl/);
    db.pragma('query_only = OFF');
    expect(start().load().intents).toHaveLength(100);
  });
});

describe('a run without a database', () => {
  it('writes everything to the file, remembers it, and hands it to the database of a later start', () => {
    const folder = aFolder();
    const options = {
      standbyPath: join(folder, 'standby.jsonl'),
      reservePath: join(folder, 'reserve'),
      accountId: 'a',
      now: () => 0,
      onReadBack: () => undefined,
      onRefused: () => undefined,
    };
    const safe = new GuardedJournal(null, options);
    expect(faultOf(() => safe.commit([intent(1), signalEntry(signalNo(1))]))).toMatchObject({ kept: 'file', fault: 'lasting' });
    expect(safe.load().intents).toEqual([anIntent(1)]);
    safe.close();
    const again = new GuardedJournal(null, options);
    expect(again.load().intents).toEqual([anIntent(1)]);
    again.close();
    const desk = openIn(folder);
    expect(desk.told).toEqual(['read back 1']);
    expect(tradeIds(desk.journal)).toEqual([tradeIdNo(1)]);
  });
});

describe('the writer of the services', () => {
  it('keeps what stands nowhere, forgets what is in the file, and tells each turn once', () => {
    const changes: string[] = [];
    const quiet = (): void => undefined;
    const desk = openIn(aFolder());
    const writer = new LedgerWriter(
      desk.journal,
      { debug: quiet, info: quiet, warn: quiet, error: quiet },
      (state, _reason, fault) => changes.push(`${state} ${fault}`),
    );
    expect(writer.commit([intent(1)])).toBe('durable');
    fill(desk.db);
    expect([writer.commit(many(2)), writer.unsaved]).toEqual(['lost', 0]);
    empty(desk.db);
    desk.nowMs = 1_000;
    expect(writer.commit([])).toBe('durable');
    expect(changes).toEqual(['lost passing', 'durable passing']);
    expect(desk.journal.load().intents).toHaveLength(101);
  });
});
