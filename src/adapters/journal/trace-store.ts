// Adapters, the journal: decision traces in a file of their own, so that they never share a lock, a log or a checkpoint with the
// database that orders wait for. Not synced: a kill loses nothing, a power cut may lose the file, which is then begun anew.
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { JournalError, StartError } from '../../ports/errors.ts';
import type { TraceDelta, TraceMinute, TraceStore, TraceWord } from '../../ports/trace-store.ts';
import type { Connection } from './database.ts';

const BUSY_TIMEOUT_MS = 1_000;
/** Grows with every change of these tables or of the bytes in them; a file of another layout is begun anew. */
const LAYOUT = 1;
const TABLES = `
CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE trace_word(id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE trace(bar_close_ms INTEGER PRIMARY KEY, entries BLOB NOT NULL) STRICT;
PRAGMA user_version = ${LAYOUT};
`;

export interface TraceStoreOptions {
  readonly path: string;
  /** Traces of another account are dropped: it sees another market. */
  readonly accountId: string;
  /** How long minutes stay on disk after memory has given them up (RETENTION_TRACE_DAYS); absent = no longer than in memory. */
  readonly keepMs?: number;
}

/** Four hours of minutes: what memory holds at most, and what is read at once. */
const LOADED_MINUTES = 240;
/** Given up with each minute that is saved: more than one, so that a shortened retention catches up. */
const FORGET_ROWS = 10;

function connect(path: string): Connection {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  const db = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = OFF');
    return db;
  } catch (cause) {
    db.close();
    throw cause;
  }
}

const accountOf = (db: Connection): unknown => db.prepare("SELECT value FROM meta WHERE name = 'account'").pluck().get();

function usable(db: Connection, accountId: string): boolean {
  const layout = db.pragma('user_version', { simple: true });
  return layout === LAYOUT && db.pragma('quick_check(1)', { simple: true }) === 'ok' && accountOf(db) === accountId;
}

/** A file that is damaged, of another layout or of another account holds nothing that is worth keeping. */
function begun({ path, accountId }: TraceStoreOptions): Connection {
  try {
    const db = connect(path);
    if (usable(db, accountId)) return db;
    db.close();
  } catch (cause) {
    const spoilt = cause instanceof Database.SqliteError && /^SQLITE_(NOTADB|CORRUPT)/.test(cause.code);
    if (!spoilt) throw cause;
  }
  for (const tail of ['', '-wal', '-shm']) rmSync(path + tail, { force: true });
  const db = connect(path);
  db.exec(TABLES);
  db.prepare("INSERT INTO meta(name, value) VALUES ('account', ?)").run(accountId);
  return db;
}

/** For the one writer. */
export function openTraceStore(options: TraceStoreOptions): SqliteTraceStore {
  try {
    return new SqliteTraceStore(begun(options), options.keepMs ?? 0);
  } catch (cause) {
    if (cause instanceof Database.SqliteError)
      throw new StartError(75, `The traces ${options.path} cannot be opened: ${cause.message}`, { cause });
    throw cause;
  }
}

/** The four hours up to an instant, null = up to the newest. Beside a running bot or after it; null where no bot has written traces yet, or one of another layout has. */
export function readTraces(path: string, untilMs: number | null = null): ReturnType<TraceStore['load']> | null {
  if (!existsSync(path)) return null;
  const db = new Database(path, { readonly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    return db.pragma('user_version', { simple: true }) === LAYOUT ? loadTraces(db, untilMs) : null;
  } finally {
    db.close();
  }
}

/** One transaction: words and minutes of one instant belong together. */
const loadTraces = (db: Connection, untilMs: number | null = null): ReturnType<TraceStore['load']> =>
  db.transaction(() => ({
    words: db.prepare<[], TraceWord>('SELECT id, text FROM trace_word ORDER BY id').all(),
    minutes: db
      .prepare<[number, number], TraceMinute>(
        'SELECT bar_close_ms AS barCloseMs, entries AS bytes FROM trace WHERE bar_close_ms <= ? ORDER BY bar_close_ms DESC LIMIT ?',
      )
      .all(untilMs ?? Number.MAX_SAFE_INTEGER, LOADED_MINUTES)
      .reverse(),
  }))();

export class SqliteTraceStore implements TraceStore {
  readonly #db: Connection;
  readonly #save: (delta: TraceDelta) => void;

  constructor(db: Connection, keepMs: number) {
    this.#db = db;
    const word = db.prepare('INSERT INTO trace_word(id, text) VALUES (?, ?)');
    const minute = db.prepare(
      'INSERT INTO trace(bar_close_ms, entries) VALUES (?, ?) ON CONFLICT(bar_close_ms) DO UPDATE SET entries = excluded.entries',
    );
    const newest = db.prepare('SELECT coalesce(max(bar_close_ms), 0) FROM trace').pluck();
    const forget = db.prepare(
      'DELETE FROM trace WHERE bar_close_ms IN (SELECT bar_close_ms FROM trace WHERE bar_close_ms < ? ORDER BY bar_close_ms LIMIT ?)',
    );
    this.#save = db.transaction(({ words, minutes, keepFromMs }: TraceDelta) => {
      for (const { id, text } of words) word.run(id, text);
      for (const { barCloseMs, bytes } of minutes) minute.run(barCloseMs, bytes);
      if (keepMs === 0) forget.run(keepFromMs, -1);
      else forget.run(Math.min(keepFromMs, Number(newest.get()) - keepMs), FORGET_ROWS);
    }).immediate;
  }

  save(delta: TraceDelta): void {
    try {
      this.#save(delta);
    } catch (cause) {
      if (cause instanceof Database.SqliteError)
        throw new JournalError(`${delta.minutes.length} minutes of traces could not be written: ${cause.message}`, { cause });
      throw cause;
    }
  }

  load(): ReturnType<TraceStore['load']> {
    return loadTraces(this.#db);
  }

  close(): void {
    this.#db.close();
  }
}
