// Adapters, the journal: one bot per data folder. The lock is a file lock of the operating system that SQLite holds, so a
// process that was killed has let go of it; the holder's process id stands in a file beside it, for the message only.
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { StartError } from '../../ports/errors.ts';

export interface InstanceLock {
  readonly path: string;
  release(): void;
}

/** A starter that was just stopped may take a moment to let go. */
const WAIT_MS = 250;

const isBusy = (error: unknown): boolean => error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');

function holderName(path: string): string {
  try {
    return `process ${readFileSync(path, 'utf8').trim()}`;
  } catch (cause) {
    // Between taking the lock and writing its id the holder has no name yet.
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return 'its process id is not written yet';
    throw cause;
  }
}

export function acquireInstanceLock(dataDir: string, pid: number): InstanceLock {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'lock.sqlite');
  const pidPath = join(dataDir, 'lock.pid');
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  const db = new Database(path, { timeout: WAIT_MS });
  try {
    // Held open for the life of the process: nobody else can reserve the file until this connection is gone.
    db.exec('BEGIN IMMEDIATE');
    writeFileSync(pidPath, `${pid}\n`, { mode: 0o600 });
  } catch (cause) {
    db.close();
    if (isBusy(cause))
      throw new StartError(
        79,
        `Another PerpScout (${holderName(pidPath)}) works in ${dataDir}. Stop it first, or choose another DATA_DIR.`,
        { cause },
      );
    throw new StartError(78, `The lock ${path} cannot be taken: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  return {
    path,
    release: () => {
      if (db.inTransaction) db.exec('ROLLBACK');
      db.close();
    },
  };
}
