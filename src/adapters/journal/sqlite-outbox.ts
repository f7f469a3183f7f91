// Adapters, the journal: where the outbox is kept. A change is in the file when the call returns; while the file cannot be
// written, changes wait in memory and follow with the next one, and nobody is told a lie about it (`undurable`).
import Database from 'better-sqlite3';
import { invariant } from '../../core/units.ts';
import type { Connection } from './database.ts';
import { type BoxContents, type BoxKeeper, type CardRecord, OUTBOX_LIMIT, OutboxBox } from './outbox-box.ts';

const SAVE = `INSERT INTO outbox(seq, card_id, severity, body, created_ms, merge_key, count, attempts, first_tried_ms, last_tried_ms, state, message_id, reason, done_ms)
  VALUES (:seq, :cardId, :severity, :body, :createdMs, :mergeKey, :count, :attempts, :firstTriedMs, :lastTriedMs, :state, :messageId, :reason, :doneMs)
  ON CONFLICT(seq) DO UPDATE SET card_id = excluded.card_id, severity = excluded.severity, body = excluded.body, created_ms = excluded.created_ms,
    count = excluded.count, attempts = excluded.attempts, first_tried_ms = excluded.first_tried_ms, last_tried_ms = excluded.last_tried_ms,
    state = excluded.state, message_id = excluded.message_id, reason = excluded.reason, done_ms = excluded.done_ms`;
const WAITING = `SELECT seq, card_id AS cardId, severity, body, created_ms AS createdMs, merge_key AS mergeKey, count, attempts, first_tried_ms AS firstTriedMs,
  last_tried_ms AS lastTriedMs, state, message_id AS messageId, reason, done_ms AS doneMs FROM outbox WHERE state = 'waiting' ORDER BY seq`;
const KNOWN =
  "SELECT card_id FROM (SELECT seq, card_id FROM outbox WHERE state <> 'waiting' ORDER BY seq DESC LIMIT 20000) ORDER BY seq";
const TOTALS = `SELECT name, value FROM memo WHERE name LIKE 'outbox.%'`;

type Totals = BoxContents['totals'];

export function readBox(db: Connection): BoxContents {
  const kept = new Map(
    db
      .prepare<[], { name: string; value: string }>(TOTALS)
      .all()
      .map(({ name, value }) => [name.slice('outbox.'.length), Number(value)]),
  );
  const memos = db
    .prepare<[], { name: string; value: string }>("SELECT name, value FROM memo WHERE name NOT LIKE 'outbox.%'")
    .all();
  return {
    waiting: db.prepare<[], CardRecord>(WAITING).all(),
    known: db.prepare(KNOWN).pluck().all() as string[],
    nextSeq: Number(db.prepare('SELECT coalesce(max(seq), 0) + 1 FROM outbox').pluck().get()),
    totals: { sent: kept.get('sent') ?? 0, refused: kept.get('refused') ?? 0, dropped: kept.get('dropped') ?? 0 },
    memos: new Map(memos.map(({ name, value }) => [name, value])),
  };
}

/** Writes what changed; keeps what could not be written for the next time. */
class FileKeeper implements BoxKeeper {
  readonly #db: Connection;
  readonly #write: (records: readonly CardRecord[], memos: ReadonlyMap<string, string | null>) => void;
  readonly #unsaved = new Map<number, CardRecord>();
  readonly #unsavedMemos = new Map<string, string | null>();
  #totals: Totals;

  constructor(db: Connection, totals: Totals) {
    this.#db = db;
    this.#totals = totals;
    const save = db.prepare(SAVE);
    const memo = db.prepare('INSERT INTO memo(name, value) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value');
    const forget = db.prepare('DELETE FROM memo WHERE name = ?');
    this.#write = db.transaction((records: readonly CardRecord[], memos: ReadonlyMap<string, string | null>) => {
      // A record that takes over an id comes after the one that had it: the id is unique.
      for (const record of [...records].sort((a, b) => Number(b.state === 'waiting') - Number(a.state === 'waiting')))
        save.run(record);
      for (const [name, value] of memos) {
        if (value === null) forget.run(name);
        else memo.run(name, value);
      }
    }).immediate;
  }

  keep(changed: readonly CardRecord[]): void {
    for (const record of changed) {
      this.#unsaved.set(record.seq, record);
      if (record.state === 'sent' || record.state === 'refused' || record.state === 'dropped') this.#total(record.state);
    }
    this.#flush(changed.some((record) => record.severity === 'critical') ? 'FULL' : 'NORMAL');
  }

  keepMemo(name: string, value: string | null): void {
    this.#unsavedMemos.set(name, value);
    this.#flush('NORMAL');
  }

  undurable(): number {
    return this.#unsaved.size + this.#unsavedMemos.size;
  }

  #total(name: keyof Totals): void {
    this.#totals = { ...this.#totals, [name]: this.#totals[name] + 1 };
    this.#unsavedMemos.set(`outbox.${name}`, String(this.#totals[name]));
  }

  /** NORMAL survives a kill, FULL a power cut as well; only a critical card is worth the wait for the disk. */
  #flush(sync: 'NORMAL' | 'FULL'): void {
    try {
      this.#db.pragma(`synchronous = ${sync}`);
      this.#write([...this.#unsaved.values()], this.#unsavedMemos);
      this.#unsaved.clear();
      this.#unsavedMemos.clear();
    } catch (cause) {
      // A card for people is never worth stopping for; it is in memory and goes out from there.
      const lost = cause instanceof Database.SqliteError || cause instanceof TypeError;
      invariant(lost, `the outbox could not be kept: ${String(cause)}`);
    }
  }
}

/** Over a connection of its own: its commits need not wait for the disk, those of the journal must. */
export function openOutbox(db: Connection, limit = OUTBOX_LIMIT): OutboxBox {
  const contents = readBox(db);
  return new OutboxBox(contents, new FileKeeper(db, contents.totals), limit);
}
