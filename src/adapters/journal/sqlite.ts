// Adapters, the journal: SQLite in WAL mode with synchronous FULL. What `commit` has returned from survives a kill and a
// power cut; a commit that throws has left nothing.
import Database from 'better-sqlite3';
import type { JournalRow, JournalState } from '../../core/journal.ts';
import { type RowSchema, schemaJson } from '../../core/row-schema.ts';
import { reachedOneR } from '../../core/trade.ts';
import { invariant } from '../../core/units.ts';
import { JournalError, StartError } from '../../ports/errors.ts';
import type { TradeJournal } from '../../ports/journal.ts';
import { BUSY_TIMEOUT_MS, type Connection, HURRIED_TIMEOUT_MS, openDatabase } from './database.ts';
import { toExactJson } from './exact-json.ts';
import { checkVersion, KEPT_LIVES } from './intent-rules.ts';
import { packKlines } from './klines-codec.ts';
import { loadState } from './load-state.ts';
import { ReadModel } from './read-model.ts';
import { prepareWriters, type Writers } from './writers.ts';

export interface JournalOptions {
  readonly path: string;
  /** Trade ids are derived from it: a database belongs to one account. */
  readonly accountId: string;
  /** Schemas of the rows that this run writes; kept, so that old rows can be exported after they change. */
  readonly schemas: readonly RowSchema[];
}

type Of<Table extends JournalRow['table']> = Extract<JournalRow, { table: Table }>;

function claimAccount(db: Connection, { path, accountId }: JournalOptions): void {
  const held = db.prepare("SELECT value FROM meta WHERE name = 'account'").pluck().get();
  if (held === undefined) {
    db.prepare("INSERT INTO meta(name, value) VALUES ('account', ?)").run(accountId);
    return;
  }
  if (held === accountId) return;
  throw new StartError(
    78,
    `The database ${path} belongs to account "${String(held)}", this run trades account "${accountId}". Start with --fresh to set the old database aside, or choose another DATA_DIR.`,
  );
}

/** Opens the journal of an account, creating it where there is none. */
export function openJournal(options: JournalOptions): SqliteJournal {
  const db = openDatabase(options.path);
  try {
    db.transaction(() => {
      claimAccount(db, options);
      const keep = db.prepare('INSERT OR IGNORE INTO row_schema(hash, stream, json) VALUES (?, ?, ?)');
      for (const schema of options.schemas) keep.run(schema.hash, schema.stream, schemaJson(schema));
    }).immediate();
  } catch (cause) {
    db.close();
    throw cause;
  }
  return new SqliteJournal(db);
}

export class SqliteJournal implements TradeJournal {
  readonly #db: Connection;
  readonly #write: Writers;
  readonly #transaction: (rows: readonly JournalRow[]) => void;
  readonly #marked: (rows: readonly JournalRow[], mark: string) => void;

  constructor(db: Connection) {
    this.#db = db;
    this.#write = prepareWriters(db);
    this.#transaction = db.transaction((rows: readonly JournalRow[]) => {
      for (const row of rows) this.#writeRow(row);
    }).immediate;
    const mark = db.prepare(
      "INSERT INTO meta(name, value) VALUES ('standby', ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value",
    );
    this.#marked = db.transaction((rows: readonly JournalRow[], read: string) => {
      for (const row of rows) this.#writeRow(row);
      mark.run(read);
    }).immediate;
  }

  commit(rows: readonly JournalRow[]): void {
    this.#guarded(rows.length, () => this.#transaction(rows));
  }

  #guarded(rows: number, write: () => void): void {
    try {
      write();
    } catch (cause) {
      if (cause instanceof Database.SqliteError)
        throw new JournalError(`${rows} rows could not be written: ${cause.message} (${cause.code})`, { cause });
      if (cause instanceof TypeError) throw new JournalError(`${rows} rows could not be written: ${cause.message}`, { cause });
      throw cause;
    }
  }

  /** Rows that stood in the standby file, together with how far it was read. */
  commitFromStandby(rows: readonly JournalRow[], mark: string): void {
    this.#guarded(rows.length, () => this.#marked(rows, mark));
  }

  /** Up to which batch a standby file was read; 0 where it never was. */
  standbyRead(id: string): number {
    const mark = String(this.#db.prepare("SELECT value FROM meta WHERE name = 'standby'").pluck().get() ?? '');
    return mark.startsWith(`${id}:`) ? Number(mark.slice(id.length + 1)) : 0;
  }

  /** Writes something that changes nothing: throws JournalError where the database still cannot be written. */
  probe(): void {
    this.#guarded(0, () => this.#marked([], 'none:0'));
  }

  /** Lost: a lock is not waited for, so that the loop goes on. `takeTime` takes it back. */
  hurry(): void {
    this.#db.pragma(`busy_timeout = ${HURRIED_TIMEOUT_MS}`);
  }

  takeTime(): void {
    this.#db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  }

  load(): JournalState {
    return loadState(this.#db);
  }

  /** Reads over the writer's own connection. */
  reader(): ReadModel {
    return new ReadModel(this.#db);
  }

  /** A consistent copy beside the running bot, complete without any log. */
  backup(path: string): void {
    this.#db.prepare('VACUUM INTO ?').run(path);
  }

  close(): void {
    this.#db.close();
  }

  #writeRow(row: JournalRow): void {
    const write = this.#write;
    switch (row.table) {
      case 'signal':
        write.signal.run(
          row.signalId,
          row.row['symbol'],
          row.row['side'],
          row.barCloseMs,
          JSON.stringify(row.row),
          row.evaluationJson,
          row.snapshotJson,
          Number(row.answer === 'waits'),
        );
        if (row.klines !== undefined) write.klines.run(row.signalId, row.barCloseMs, packKlines(row.klines));
        return;
      case 'signalAnswered':
        write.signalAnswered.run(JSON.stringify(row.row), row.judgementJson, row.signalId);
        return;
      case 'intent':
        this.#writeIntent(row);
        return;
      case 'op':
        this.#writeOp(row);
        return;
      case 'opOutcome': {
        const found = write.opOutcome.run(row.outcome, row.code, row.venueId, row.doneMs, row.clientId);
        invariant(found.changes === 1, `op ${row.clientId} has an outcome but was never written`);
        return;
      }
      case 'fill': {
        const f = row.fill;
        write.fill.run(
          f.symbol,
          f.tradeNo,
          row.tradeId,
          row.role,
          f.clientId,
          f.venueOrderId,
          f.action,
          f.price,
          f.qty,
          f.fee,
          f.feeAsset,
          f.realizedPnl,
          f.at,
        );
        return;
      }
      case 'virtual':
        write.virtual.run({
          id: row.trade.signalId,
          symbol: row.trade.symbol,
          role: row.trade.role,
          json: toExactJson(row.trade),
        });
        return;
      case 'outcome':
        this.#writeOutcome(row);
        return;
      case 'outcomeRow':
        write.outcomeRow.run(row.signalId, JSON.stringify(row.row));
        write.longLabelEnd.run(row.signalId);
        return;
      case 'closedTrade':
        this.#writeClosed(row);
        return;
      case 'watermark':
        write.watermark.run(row.symbol, row.barCloseMs);
        return;
      case 'balance':
        write.balance.run(row.row.at, row.row.walletBalance, row.row.marginBalance, row.row.availableBalance, row.row.cause);
        return;
      case 'latch':
        if (row.reason === null) write.unlatch.run(row.name);
        else write.latch.run(row.name, row.reason);
        return;
      case 'life':
        write.life.run(row.beganMs, row.loop);
        write.oldLives.run(KEPT_LIVES);
        return;
      case 'lifeEnd':
        write.lifeEnd.run(row.endedMs, row.ending, row.beganMs);
    }
  }

  #writeIntent({ row }: Of<'intent'>): void {
    const held = this.#write.intentVersion.get(row.tradeId);
    checkVersion(row, held === undefined ? null : Number(held));
    const values = {
      tradeId: row.tradeId,
      signalId: row.signalId,
      strategy: row.strategy,
      symbol: row.symbol,
      side: row.side,
      barCloseMs: row.barCloseMs,
      plan: toExactJson(row.plan),
      state: row.state,
      version: row.version,
      openedMs: row.openedMs,
      closedMs: row.closedMs,
      exitClass: row.exitClass,
    };
    if (held === undefined) this.#write.intentInsert.run(values);
    else this.#write.intentUpdate.run(values);
  }

  #writeOp({ row, name }: Of<'op'>): void {
    const used = this.#write.opExists.get(row.clientId);
    if (used !== undefined && name === 'mayRepeat') {
      this.#write.opAgain.run(row.params, row.signedMs, row.recvWindowMs, row.fenceMs, row.outcome, row.clientId);
      return;
    }
    invariant(used === undefined, `op ${row.clientId} was written before: an attempt number is never used twice`);
    this.#write.op.run(
      ...[row.clientId, row.tradeId, row.role, row.attempt, row.verb, row.params],
      ...[row.signedMs, row.recvWindowMs, row.fenceMs, row.outcome, row.code, row.venueId],
    );
  }

  #writeOutcome({ outcome: o, row, long }: Of<'outcome'>): void {
    const found = this.#write.outcome.run(
      ...[o.signalId, o.tradeId, o.symbol, o.side, o.role, o.exit, o.netR, o.exitMs, JSON.stringify(row)],
      ...[o.score, o.setup, Number(reachedOneR(o))],
    );
    this.#write.virtualEnd.run(o.signalId);
    if (found.changes === 0) return;
    if (long === undefined) this.#write.outcomeRow.run(o.signalId, JSON.stringify(row));
    else this.#write.longLabel.run(o.signalId, o.symbol, toExactJson(long));
  }

  #writeClosed({ trade: t, row }: Of<'closedTrade'>): void {
    this.#write.closed.run(
      ...[t.tradeId, t.signalId, t.symbol, t.side, t.exitClass, t.openedMs, t.closedMs],
      ...[t.qty, t.averageEntry, t.averageExit, t.netPnlUsdt, t.feesUsdt, t.fundingUsdt, t.netR, JSON.stringify(row)],
    );
  }
}
