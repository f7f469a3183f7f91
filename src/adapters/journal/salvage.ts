// Adapters, the journal: what can still be read of a database that must not be written to any more. A damaged page spoils the table
// it belongs to and no other, so open trades are often still there; half of a trade is never believed.
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { JournalRow, JournalState } from '../../core/journal.ts';
import { loadState } from './load-state.ts';

const rowsOf = (state: JournalState): JournalRow[] => [
  ...state.intents.map((row): JournalRow => ({ table: 'intent', row })),
  ...state.ops.map((row): JournalRow => ({ table: 'op', row })),
  ...state.fills.map((held): JournalRow => ({ table: 'fill', ...held })),
  ...[...state.watermarks].map(([symbol, barCloseMs]): JournalRow => ({ table: 'watermark', symbol, barCloseMs })),
  ...[...state.latches].map(([name, reason]): JournalRow => ({ table: 'latch', name, reason })),
  ...(state.lastBalance === null ? [] : [{ table: 'balance', row: state.lastBalance } satisfies JournalRow]),
];

/** Empty where nothing can be believed: then the venue alone says what is open. */
export function salvage(path: string, accountId: string): readonly JournalRow[] {
  if (!existsSync(path)) return [];
  let db: Database.Database | null = null;
  try {
    db = new Database(path, { readonly: true });
    const owner = db.prepare("SELECT value FROM meta WHERE name = 'account'").pluck().get();
    return owner === accountId ? rowsOf(loadState(db)) : [];
  } catch (cause) {
    if (cause instanceof Database.SqliteError || cause instanceof SyntaxError) return [];
    throw cause;
  } finally {
    db?.close();
  }
}
