// The database keeps the contract of all journals, and what only a file can promise: durability, one owner, one account.
import { closeSync, existsSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase, setDatabaseAside, sqliteFault } from '../../../src/adapters/journal/database.ts';
import { fromExactJson, toExactJson } from '../../../src/adapters/journal/exact-json.ts';
import { openReadModel } from '../../../src/adapters/journal/read-model.ts';
import { Retention } from '../../../src/adapters/journal/retention.ts';
import { openJournal, SqliteJournal } from '../../../src/adapters/journal/sqlite.ts';
import { DAY_MS } from '../../../src/core/timeframe.ts';
import { decimalString, epochMs, symbolId } from '../../../src/core/units.ts';
import { JournalError, StartError } from '../../../src/ports/errors.ts';
import { journalContract } from '../../contracts/journal.contract.ts';
import {
  ALL_SCHEMAS,
  aFill,
  aFolder,
  anIntent,
  anOp,
  closedEntry,
  outcomeEntry,
  SCHEMAS,
  signalEntry,
  signalNo,
  tradeIdNo,
} from '../../support/a-run.ts';

function openAt(path: string, accountId = 'acc-1'): SqliteJournal {
  const journal = openJournal({ path, accountId, schemas: ALL_SCHEMAS });
  onTestFinished(() => journal.close());
  return journal;
}

journalContract('SQLite journal', () => {
  const path = join(aFolder(), 'a.sqlite');
  const journal = openAt(path);
  return {
    journal,
    rows: (stream) => [...journal.reader().rows(stream, 0)],
    reopened: () => {
      journal.close();
      return openAt(path);
    },
  };
});

const startFault = (run: () => unknown): StartError => {
  try {
    run();
  } catch (error) {
    if (error instanceof StartError) return error;
    throw error;
  }
  throw new Error('it started');
};

describe('the file', () => {
  it('is in WAL mode, synced in full, and readable by its owner alone', () => {
    const path = join(aFolder(), 'deep', 'a.sqlite');
    openAt(path).commit([{ table: 'intent', row: anIntent(1) }]);
    const modes = ['', '-wal', '-shm'].map((tail) => statSync(path + tail).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600, 0o600]);
    const second = new Database(path, { readonly: true });
    expect(second.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(second.pragma('user_version', { simple: true })).toBe(5);
    second.close();
  });

  it('belongs to one account; another one is told both names and what to do', () => {
    const path = join(aFolder(), 'a.sqlite');
    openAt(path, 'acc-1').close();
    const fault = startFault(() => openAt(path, 'acc-2'));
    expect(fault.exitCode).toBe(78);
    expect(fault.message).toContain('"acc-1"');
    expect(fault.message).toContain('"acc-2"');
    expect(fault.message).toContain('--fresh');
    expect(openAt(path, 'acc-1').reader().accountId()).toBe('acc-1');
  });

  it('is refused when it is no database, and left as it was', () => {
    const path = join(aFolder(), 'a.sqlite');
    writeFileSync(path, 'this is a letter, not a database. '.repeat(40));
    expect(startFault(() => openAt(path))).toMatchObject({ exitCode: 1 });
    expect(statSync(path).size).toBe(34 * 40);
  });

  it('is refused when a newer version wrote it', () => {
    const path = join(aFolder(), 'a.sqlite');
    openAt(path).close();
    const db = new Database(path);
    db.pragma('user_version = 99');
    db.close();
    expect(startFault(() => openAt(path))).toMatchObject({ exitCode: 78 });
  });

  it('is refused when a page is damaged', () => {
    const path = join(aFolder(), 'a.sqlite');
    const journal = openAt(path);
    for (let n = 0; n < 50; n++) journal.commit([{ table: 'intent', row: anIntent(n) }]);
    journal.close();
    const db = new Database(path);
    const root = Number(db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'intent'").pluck().get());
    const pageSize = Number(db.pragma('page_size', { simple: true }));
    db.close();
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(200, 0xff), 0, 200, (root - 1) * pageSize);
    closeSync(file);
    const fault = startFault(() => openAt(path));
    expect(fault.exitCode).toBe(1);
    expect(fault.message).toContain('damaged');
  });

  it('is set aside with its log, so that a fresh start finds nothing', () => {
    const path = join(aFolder(), 'a.sqlite');
    const old = openAt(path);
    old.commit([{ table: 'intent', row: anIntent(1) }]);
    old.close();
    const target = setDatabaseAside(path, 'before-1');
    expect([existsSync(path), existsSync(`${path}-wal`), target]).toEqual([false, false, `${path}.before-1`]);
    expect(openAt(path, 'acc-2').load().intents).toEqual([]);
    expect(openAt(`${path}.before-1`).load().intents).toHaveLength(1);
    expect(setDatabaseAside(join(path, 'none'), 'x')).toBeNull();
  });

  it('can be copied while it is in use', () => {
    const folder = aFolder();
    const journal = openAt(join(folder, 'a.sqlite'));
    journal.commit([{ table: 'intent', row: anIntent(1) }]);
    journal.backup(join(folder, 'copy.sqlite'));
    expect(openAt(join(folder, 'copy.sqlite')).load()).toEqual(journal.load());
  });
});

describe('a full disk', () => {
  it('is a JournalError, and what was committed before is still there', () => {
    const db = openDatabase(join(aFolder(), 'a.sqlite'));
    onTestFinished(() => void db.close());
    const journal = new SqliteJournal(db);
    journal.commit([{ table: 'intent', row: anIntent(1) }]);
    db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true })}`);
    const many = Array.from({ length: 200 }, (_, n) => ({ table: 'intent' as const, row: anIntent(n + 2) }));
    expect(() => journal.commit(many)).toThrow(JournalError);
    expect(() => journal.commit(many)).toThrow(/full/);
    expect(journal.load().intents).toEqual([anIntent(1)]);
    db.pragma('max_page_count = 1000000');
    journal.commit(many);
    expect(journal.load().intents).toHaveLength(201);
  });
});

describe('the version of SQLite', () => {
  it.each([
    ['3.51.2', false],
    ['3.51.3', true],
    ['3.52.0', false],
    ['3.52.1', true],
    ['3.53.2', true],
    ['4.0.0', true],
    ['3.7.17', false],
  ])('%s: %s', (version, fine) => {
    expect(sqliteFault(version) === null).toBe(fine);
  });
});

describe('exact JSON', () => {
  it('gives back NaN and the infinities', () => {
    const value = { a: Number.NaN, b: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.1], c: 'NaN', d: null };
    expect(fromExactJson(toExactJson(value))).toEqual(value);
  });
});

describe('reading beside a running bot', () => {
  it('sees what is committed, in pages, and counts', () => {
    const path = join(aFolder(), 'a.sqlite');
    const journal = openAt(path);
    journal.commit(Array.from({ length: 1_203 }, (_, n) => signalEntry(signalNo(n))));
    journal.commit([intentOf(1), closedEntry(1), outcomeEntry(signalNo(1))]);
    const reader = openReadModel(path);
    onTestFinished(() => reader.close());
    const rows = [...reader.rows('signals', 0)];
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 1_203 }, (_, n) => n + 1));
    expect(rows[1_202]?.row).toEqual((signalEntry(signalNo(1_202)) as { row: unknown }).row);
    expect([...reader.rows('signals', 1_201)].map(({ seq }) => seq)).toEqual([1_202, 1_203]);
    expect(reader.counts()).toEqual({ signals: 1_203, outcomes: 1, executions: 1, openVirtuals: 0 });
    expect(reader.recentTrades(5).map((trade) => trade.tradeId)).toEqual([tradeIdNo(1)]);
    expect(reader.signal(signalNo(7).id)).toMatchObject({ evaluationJson: '{"score":85}', snapshotJson: '{}' });
    expect(reader.schemaJson(SCHEMAS.signals.hash)).toContain('"rule_score"');
  });

  it('says what to do where there is no database', () => {
    expect(startFault(() => openReadModel(join(aFolder(), 'none.sqlite'))).message).toContain('DATA_DIR');
  });

  it('gives up old snapshots but keeps their rows', () => {
    const path = join(aFolder(), 'a.sqlite');
    const journal = openAt(path);
    journal.commit([signalEntry(signalNo(1)), signalEntry(signalNo(2))]);
    const retention = new Retention(path, { snapshotDays: 1, clock: () => 0 });
    onTestFinished(() => retention.close());
    const now = { marketMs: epochMs(signalNo(2).barCloseMs + DAY_MS), wallMs: epochMs(signalNo(2).barCloseMs) };
    expect(retention.slice(now).rows).toBe(1);
    expect(journal.reader().signal(signalNo(1).id)).toMatchObject({ snapshotJson: null });
    expect(journal.reader().counts().signals).toBe(2);
  });
});

const intentOf = (n: number) => ({ table: 'intent' as const, row: anIntent(n, { state: 'protected' }) });

describe('the views for people', () => {
  it('show trades, orders, positions, balances and days', () => {
    const path = join(aFolder(), 'a.sqlite');
    const journal = openAt(path);
    journal.commit([
      intentOf(1),
      intentOf(2),
      { table: 'op', row: anOp(1) },
      {
        table: 'opOutcome',
        clientId: anOp(1).clientId,
        outcome: 'accepted',
        code: null,
        venueId: '5',
        doneMs: epochMs(anOp(1).signedMs + 120),
      },
      { table: 'fill', tradeId: tradeIdNo(1), role: 'e', fill: aFill('1', { symbol: symbolId('ETHUSDT') }) },
      closedEntry(1),
      closedEntry(2, { netR: -1, netPnlUsdt: decimalString('-24.1') }),
      {
        table: 'balance',
        row: { at: epochMs(0), walletBalance: '1', marginBalance: '2', availableBalance: '3', cause: 'ORDER' },
      },
    ]);
    const db = new Database(path, { readonly: true });
    const rows = (view: string) => db.prepare(`SELECT * FROM ${view}`).all();
    expect(rows('trades')[0]).toMatchObject({
      trade_id: tradeIdNo(1),
      opened_utc: '2025-06-02 00:01:00',
      leverage: 3,
      score: 85,
      net_pnl_usdt: '19.1868',
    });
    expect(rows('orders')).toMatchObject([{ symbol: 'ETHUSDT', role: 'e', outcome: 'accepted', answer_ms: 120 }]);
    expect(rows('positions')).toHaveLength(2);
    expect(rows('balance_history')).toMatchObject([{ at_utc: '1970-01-01 00:00:00', wallet_balance: '1' }]);
    // 19.1868 − 24.1 = −4.9132; R: 0.79945 − 1 = −0.20055.
    expect(rows('performance_log')).toMatchObject([
      { day_utc: '2025-06-02', trades: 2, wins: 1, sum_r: -0.2006, net_pnl_usdt: -4.9132 },
    ]);
    db.close();
  });
});
