// Adapters, the journal: is SQLite here, and is this database whole? For `doctor`; a running bot is not disturbed.
import Database from 'better-sqlite3';

/** Throws where the native module does not load. */
export function sqliteVersion(): string {
  const database = new Database(':memory:');
  try {
    return String(database.prepare('SELECT sqlite_version()').pluck().get());
  } finally {
    database.close();
  }
}

/** 'ok', or the first thing that is wrong with the file; throws where it cannot be opened at all. */
export function databaseVerdict(path: string): string {
  const database = new Database(path, { readonly: true });
  try {
    return String(database.pragma('quick_check(1)', { simple: true }));
  } finally {
    database.close();
  }
}
