// Adapters, the journal: opening the database. Every promise that depends on a setting of SQLite is read back and checked
// here, once, before anything is written.
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { StartError } from '../../ports/errors.ts';
import { MIGRATIONS } from './tables.ts';

export type Connection = Database.Database;

/** A writer that waits longer than this has lost; there is only one writer. */
export const BUSY_TIMEOUT_MS = 5_000;
/** While the database is lost and asked again every second. */
export const HURRIED_TIMEOUT_MS = 20;
/** The write-ahead log is cut back to this after a checkpoint. */
const WAL_LIMIT_BYTES = 64 * 1024 * 1024;

/** Null, or why this SQLite must not hold a journal: before 3.51.3 (and in 3.52.0) a WAL reset could lose commits. */
export function sqliteFault(version: string): string | null {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const number = major * 1_000_000 + minor * 1_000 + patch;
  if (number === 3_052_000) return 'SQLite 3.52.0 was withdrawn; 3.53.0 or newer is needed';
  return number >= 3_051_003 ? null : `SQLite ${version} may lose commits when its log is reset; 3.51.3 or newer is needed`;
}

/** There is a database, but it cannot be used: a run may go on without it, in safe mode. */
export class DatabaseLostError extends StartError {}

function expectPragma(db: Connection, pragma: string, wanted: string | number): void {
  const found = db.pragma(pragma, { simple: true });
  if (found !== wanted) throw new StartError(1, `SQLite answers ${pragma} = ${String(found)}, ${wanted} is needed`);
}

/** A kill in the middle leaves half a copy under a name that nobody takes for one. */
function keepCopy(db: Connection, copy: string): void {
  if (existsSync(copy)) return;
  const half = `${copy}.half`;
  rmSync(half, { force: true });
  db.prepare('VACUUM INTO ?').run(half);
  renameSync(half, copy);
}

function migrate(db: Connection, path: string): void {
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version > MIGRATIONS.length)
    throw new StartError(
      78,
      `${path} was written by a newer PerpScout (layout ${version}, this one knows ${MIGRATIONS.length}). Update PerpScout or choose another DATA_DIR.`,
    );
  if (version > 0 && version < MIGRATIONS.length) {
    keepCopy(db, `${path}.layout-${version}`);
  }
  for (let next = version; next < MIGRATIONS.length; next++) {
    db.transaction(() => {
      db.exec(MIGRATIONS[next] ?? '');
      db.pragma(`user_version = ${next + 1}`);
    }).immediate();
  }
}

function setUp(db: Connection, path: string): void {
  const fault = sqliteFault(String(db.prepare('SELECT sqlite_version()').pluck().get()));
  if (fault !== null) throw new StartError(1, fault);
  // Counts for a file without tables; an older one is rewritten once, below.
  db.pragma('auto_vacuum = INCREMENTAL');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  db.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
  expectPragma(db, 'journal_mode', 'wal');
  expectPragma(db, 'synchronous', 2);
  expectPragma(db, 'foreign_keys', 1);
  expectPragma(db, 'busy_timeout', BUSY_TIMEOUT_MS);
  const check = db.pragma('quick_check(1)', { simple: true });
  if (check !== 'ok') throw new DatabaseLostError(1, damaged(path, String(check)));
  migrate(db, path);
  letShrink(db);
}

const INCREMENTAL = 2;

/** Files of the first layouts could not give pages back. Done once; without room for it the file goes on as it is. */
function letShrink(db: Connection): void {
  if (db.pragma('auto_vacuum', { simple: true }) === INCREMENTAL) return;
  try {
    db.pragma('auto_vacuum = INCREMENTAL');
    db.exec('VACUUM');
  } catch (cause) {
    if (!(cause instanceof Database.SqliteError && cause.code === 'SQLITE_FULL')) throw cause;
  }
}

const damaged = (path: string, found: string): string =>
  `The database ${path} is damaged (${found}). Set it aside or restore a backup (without its -wal and -shm files); open positions keep their stops on the exchange.`;

/** Creates or opens it for the one writer. The file is readable by its owner alone, and so are its -wal and -shm. */
export function openDatabase(path: string): Connection {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  const db = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    setUp(db, path);
  } catch (cause) {
    db.close();
    if (cause instanceof Database.SqliteError && /^SQLITE_(NOTADB|CORRUPT)/.test(cause.code))
      throw new DatabaseLostError(1, damaged(path, cause.message), { cause });
    if (cause instanceof Database.SqliteError && /^SQLITE_(IOERR|CANTOPEN|READONLY|FULL)/.test(cause.code))
      throw new DatabaseLostError(75, `The database ${path} cannot be opened: ${cause.message}`, { cause });
    if (cause instanceof Database.SqliteError)
      throw new StartError(75, `The database ${path} cannot be opened: ${cause.message}`, { cause });
    throw cause;
  }
  return db;
}

/** For reports and exports beside a running bot: never writes, sees what is committed. */
export function openForReading(path: string): Connection {
  if (!existsSync(path))
    throw new StartError(78, `There is no database at ${path}. Run the bot once, or point DATA_DIR at the folder that holds it.`);
  const db = new Database(path, { readonly: true, timeout: BUSY_TIMEOUT_MS });
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version === MIGRATIONS.length) return db;
  db.close();
  throw new StartError(
    78,
    `${path} has layout ${version}, this PerpScout reads ${MIGRATIONS.length}. Start the bot once to bring it up to date, or update PerpScout.`,
  );
}

/** `--fresh`: the old database keeps its data under another name; a stale log must never meet a new file. */
export function setDatabaseAside(path: string, suffix: string): string | null {
  if (!existsSync(path)) return null;
  const target = `${path}.${suffix}`;
  if (existsSync(target)) throw new StartError(78, `${target} exists already; the old database was not set aside`);
  // The log first: with its database gone it could not be replayed by anyone.
  for (const tail of ['-wal', '-shm', '']) if (existsSync(path + tail)) renameSync(path + tail, target + tail);
  return target;
}
