// Adapters, the journal: what the account stream said, word for word, before anybody drew conclusions from it. For the morning
// after; kept seven days. Written in bundles and never waited for.
import Database from 'better-sqlite3';
import type { Logger } from '../../ports/logger.ts';
import type { Connection } from './database.ts';

const BUSY_TIMEOUT_MS = 50;
/** More than this between two bundles is not kept: a flood must not become a fault of its own. */
const MOST_WAITING = 10_000;

interface RawEvent {
  readonly source: string;
  readonly heardMs: number;
  readonly venueMs: number;
  readonly body: string;
}

export class RawEvents {
  readonly #db: Connection;
  readonly #logger: Logger;
  readonly #save: (events: readonly RawEvent[]) => void;
  #waiting: RawEvent[] = [];
  #left = 0;

  constructor(path: string, logger: Logger) {
    this.#db = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    this.#db.pragma('synchronous = NORMAL');
    this.#db.pragma('wal_autocheckpoint = 0');
    this.#logger = logger;
    const put = this.#db.prepare('INSERT INTO raw_event(source, heard_ms, venue_ms, body) VALUES (?, ?, ?, ?)');
    this.#save = this.#db.transaction((events: readonly RawEvent[]) => {
      for (const { source, heardMs, venueMs, body } of events) put.run(source, heardMs, venueMs, body);
    }).immediate;
  }

  note(event: RawEvent): void {
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(event);
    else this.#left += 1;
  }

  flush(): void {
    if (this.#waiting.length === 0) return;
    try {
      this.#save(this.#waiting);
      this.#waiting = [];
      if (this.#left > 0) this.#logger.warn({ left: this.#left }, 'raw events were not kept');
      this.#left = 0;
    } catch (cause) {
      if (!(cause instanceof Database.SqliteError)) throw cause;
      this.#logger.debug({ error: cause.message, waiting: this.#waiting.length }, 'raw events wait for the database');
    }
  }

  close(): void {
    this.flush();
    this.#db.close();
  }
}
