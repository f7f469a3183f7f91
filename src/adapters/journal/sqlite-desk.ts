// Adapters, the journal: what people asked for (audit) and what they changed (settings), each durable before it takes effect.
import Database from 'better-sqlite3';
import type { EpochMs } from '../../core/units.ts';
import type { AuditRecord, AuditRequest, CommandAudit } from '../../ports/audit.ts';
import { JournalError } from '../../ports/errors.ts';
import type { Logger } from '../../ports/logger.ts';
import type { SettingChange, SettingsStore, SettingWish } from '../../ports/settings-store.ts';
import type { Connection } from './database.ts';

function written<T>(what: string, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    if (cause instanceof Database.SqliteError || cause instanceof TypeError)
      throw new JournalError(`${what} could not be written: ${cause.message}`, { cause });
    throw cause;
  }
}

const CHANGE = 'name, before, after, by_whom AS "by", at_ms AS at';

export class SqliteSettings implements SettingsStore {
  readonly #db: Connection;
  readonly #save: (wish: SettingWish) => SettingChange;

  constructor(db: Connection) {
    this.#db = db;
    const held = db.prepare<[string], string>('SELECT value FROM setting WHERE name = ?').pluck();
    const put = db.prepare(`INSERT INTO setting(name, value, by_whom, at_ms) VALUES (?, ?, ?, ?)
      ON CONFLICT(name) DO UPDATE SET value = excluded.value, by_whom = excluded.by_whom, at_ms = excluded.at_ms`);
    const drop = db.prepare('DELETE FROM setting WHERE name = ?');
    const note = db.prepare('INSERT INTO setting_change(name, before, after, by_whom, at_ms) VALUES (?, ?, ?, ?, ?)');
    this.#save = db.transaction(({ name, value, by, at }: SettingWish): SettingChange => {
      const before = (held.get(name) as string | undefined) ?? null;
      if (value === null) drop.run(name);
      else put.run(name, value, by, at);
      note.run(name, before, value, by, at);
      return { name, before, after: value, by, at };
    }).immediate;
  }

  load(): ReadonlyMap<string, string> {
    const rows = this.#db.prepare<[], { name: string; value: string }>('SELECT name, value FROM setting ORDER BY rowid').all();
    return new Map(rows.map(({ name, value }) => [name, value]));
  }

  save(wish: SettingWish): SettingChange {
    return written(`the setting ${wish.name}`, () => this.#save(wish));
  }

  history(name: string | null, limit: number): readonly SettingChange[] {
    return this.#db
      .prepare<unknown[], SettingChange>(
        `SELECT ${CHANGE} FROM setting_change WHERE :name IS NULL OR name = :name ORDER BY seq DESC LIMIT :limit`,
      )
      .all({ name, limit });
  }
}

const RECORD = `interaction_id AS interactionId, user_id AS userId, user_name AS userName, name, args, at_ms AS at, state, result, done_ms AS doneMs`;

export class SqliteAudit implements CommandAudit {
  readonly #db: Connection;
  readonly #logger: Logger;
  readonly #insert: (request: AuditRequest, state: AuditRecord['state'], result: string) => number;

  constructor(db: Connection, logger: Logger) {
    this.#db = db;
    this.#logger = logger;
    const insert = db.prepare(`INSERT INTO command(interaction_id, user_id, user_name, name, args, at_ms, state, result, done_ms)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(interaction_id) DO NOTHING`);
    this.#insert = ({ interactionId, userId, userName, name, args, at }, state, result) =>
      insert.run(interactionId, userId, userName, name, args, at, state, result, state === 'running' ? null : at).changes;
  }

  begin(request: AuditRequest): ReturnType<CommandAudit['begin']> {
    return written(`the request ${request.name}`, () => {
      if (this.#insert(request, 'running', '') === 1) return { kind: 'new' };
      const record = this.seen(request.interactionId);
      if (record === null) throw new JournalError(`the request ${request.interactionId} was neither written nor found`);
      return { kind: 'seen', record };
    });
  }

  refuse(request: AuditRequest, reason: string): void {
    this.#quietly(request.interactionId, () => this.#insert(request, 'refused', reason));
  }

  finish(interactionId: string, state: 'done' | 'failed', result: string, at: EpochMs): void {
    this.#quietly(interactionId, () =>
      this.#db
        .prepare("UPDATE command SET state = ?, result = ?, done_ms = ? WHERE interaction_id = ? AND state = 'running'")
        .run(state, result, at, interactionId),
    );
  }

  seen(interactionId: string): AuditRecord | null {
    return (
      this.#db.prepare<[string], AuditRecord>(`SELECT ${RECORD} FROM command WHERE interaction_id = ?`).get(interactionId) ?? null
    );
  }

  running(): readonly AuditRecord[] {
    return this.#db.prepare<[], AuditRecord>(`SELECT ${RECORD} FROM command WHERE state = 'running' ORDER BY rowid`).all();
  }

  recent(limit: number): readonly AuditRecord[] {
    return this.#db.prepare<[number], AuditRecord>(`SELECT ${RECORD} FROM command ORDER BY rowid DESC LIMIT ?`).all(limit);
  }

  #quietly(interactionId: string, write: () => unknown): void {
    try {
      write();
    } catch (cause) {
      if (!(cause instanceof Database.SqliteError) && !(cause instanceof TypeError)) throw cause;
      this.#logger.error({ interactionId, error: cause.message }, 'what came of a request could not be written down');
    }
  }
}
