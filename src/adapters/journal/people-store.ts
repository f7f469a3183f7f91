// Adapters, the journal: everything that the interface for people keeps, over one connection of its own to the journal's file.
// Its commits share neither transaction nor fsync with those that orders wait for.
import Database from 'better-sqlite3';
import type { CommandAudit } from '../../ports/audit.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Outbox } from '../../ports/outbox.ts';
import type { SettingsStore } from '../../ports/settings-store.ts';
import type { Connection } from './database.ts';
import { MemoryAudit, MemorySettings } from './memory-desk.ts';
import { OutboxBox } from './outbox-box.ts';
import { SqliteAudit, SqliteSettings } from './sqlite-desk.ts';
import { openOutbox } from './sqlite-outbox.ts';

/** Writers of one process never meet; another process may hold the file for a moment. */
const BUSY_TIMEOUT_MS = 250;

export interface PeopleStore {
  readonly outbox: Outbox;
  readonly settings: SettingsStore;
  readonly audit: CommandAudit;
  close(): void;
}

/** The journal must have been opened before: it brings the tables up to date. */
export function openPeopleStore(path: string, logger: Logger): PeopleStore {
  const outboxDb: Connection = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  const deskDb: Connection = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  // The log is cut back by the journal's connection: a card must not pay for it.
  outboxDb.pragma('wal_autocheckpoint = 0');
  deskDb.pragma('wal_autocheckpoint = 0');
  deskDb.pragma('synchronous = FULL');
  return {
    outbox: openOutbox(outboxDb),
    settings: new SqliteSettings(deskDb),
    audit: new SqliteAudit(deskDb, logger),
    close: () => {
      outboxDb.close();
      deskDb.close();
    },
  };
}

/** For a start without a database: nothing of it outlives the process. */
export const forgetfulPeopleStore = (): PeopleStore => ({
  outbox: new OutboxBox(),
  settings: new MemorySettings(),
  audit: new MemoryAudit(),
  close: () => undefined,
});
