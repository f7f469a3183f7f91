// Adapters, the journal: the database with a file beside it that takes over when it cannot be written. Rows go to exactly one of
// the two before `commit` comes back; what stands in the file is read into the database, in order and once, when that is back.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { JournalRow, JournalState } from '../../core/journal.ts';
import { InvariantError } from '../../core/units.ts';
import { JournalError, StartError } from '../../ports/errors.ts';
import type { TradeJournal } from '../../ports/journal.ts';
import { MemoryJournal } from './memory.ts';
import type { SqliteJournal } from './sqlite.ts';
import { StandbyFile } from './standby-file.ts';

/** Room that is given back to the file system when the disk is full, so that the standby file has somewhere to grow. */
const RESERVE_BYTES = 8 * 1024 * 1024;
/** A database that was lost is asked again this often; a lock must not be waited for on every commit. */
const RETRY_MS = 1_000;

export interface GuardedOptions {
  readonly standbyPath: string;
  readonly reservePath: string;
  readonly accountId: string;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** What could still be read of a lost database; only asked without one. */
  readonly salvaged?: readonly JournalRow[];
  /** Called after rows were read back: projections follow before anything newer is written. */
  readonly onReadBack: (batches: number) => void;
  /** Rows that contradict the database: they stand in the named file, for a person. */
  readonly onRefused: (path: string, reason: string) => void;
}

const lasting = (error: JournalError): boolean =>
  error.cause instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.cause.code);

export class GuardedJournal implements TradeJournal {
  /** Null: there is no database in this run (safe mode); then the file takes everything and memory answers. */
  readonly #inner: SqliteJournal | null;
  readonly #options: GuardedOptions;
  readonly #file: StandbyFile;
  readonly #memory = new MemoryJournal();
  #fault: JournalError | null = null;
  #retryAt = 0;
  #state: 'open' | 'closed' = 'open';

  constructor(inner: SqliteJournal | null, options: GuardedOptions) {
    this.#inner = inner;
    this.#options = options;
    this.#file = new StandbyFile(options.standbyPath, options.accountId);
    if (inner === null) this.#withoutDatabase();
    else this.#atStart(inner);
  }

  /** Commits that stand in the file and not in the database. */
  get waiting(): number {
    return this.#file.count;
  }

  commit(rows: readonly JournalRow[]): void {
    if (this.#state === 'closed') throw new JournalError('the journal is closed');
    if (this.#inner === null) {
      this.#remember(rows);
      this.#standBy(rows);
    }
    if (this.#fault !== null) this.#tryAgain(this.#inner, rows);
    try {
      this.#inner?.commit(rows);
      this.#fault = null;
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      this.#lose(error);
      this.#standBy(rows);
    }
  }

  load(): JournalState {
    return this.#inner === null ? this.#memory.load() : this.#inner.load();
  }

  close(): void {
    this.#state = 'closed';
    this.#file.close();
    this.#inner?.close();
  }

  /** What an earlier run left in the file belongs before everything that this one reads. */
  #atStart(inner: SqliteJournal): void {
    this.#keepReserve();
    if (this.#file.count === 0) return;
    if (this.#file.account !== this.#options.accountId) {
      const reason = `rows of account ${this.#file.account}`;
      this.#options.onRefused(this.#file.setAside(`account-${this.#file.id}`), reason);
      return;
    }
    try {
      this.#readBack(inner);
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      rmSync(this.#options.reservePath, { force: true });
      this.#readBackOrStop(inner);
    }
  }

  /** A start from half of what is known could use an order's name twice. */
  #readBackOrStop(inner: SqliteJournal): void {
    try {
      this.#readBack(inner);
    } catch (cause) {
      if (!(cause instanceof JournalError)) throw cause;
      const text = `The rows in ${this.#file.path} cannot be read into the database: ${cause.message}. Make room or end what holds it, then start again; open positions keep their stops on the exchange.`;
      throw new StartError(75, text, { cause });
    }
  }

  /** The file may hold what the last runs decided without a database: better than knowing nothing. */
  #withoutDatabase(): void {
    this.#fault = new JournalError('there is no database in this run', { fault: 'lasting' });
    for (const row of this.#options.salvaged ?? []) this.#remember([row]);
    if (this.#file.account === this.#options.accountId) for (const { rows } of this.#file.batches(0)) this.#remember(rows);
  }

  #remember(rows: readonly JournalRow[]): void {
    try {
      this.#memory.commit(rows);
    } catch (cause) {
      // Rows of trades that only the lost database knew have nothing to refer to; the file keeps them.
      if (!(cause instanceof JournalError) && !(cause instanceof InvariantError)) throw cause;
    }
  }

  #lose(error: JournalError): void {
    const { message, cause } = error;
    this.#fault = new JournalError(message, { cause, fault: lasting(error) ? 'lasting' : 'passing' });
    this.#retryAt = this.#options.now() + RETRY_MS;
    this.#inner?.hurry();
  }

  /** Goes on only if the database is back and holds everything that the file held; else the rows are in the file. */
  #tryAgain(inner: SqliteJournal | null, rows: readonly JournalRow[]): void {
    const due = inner !== null && this.#fault?.fault === 'passing' && this.#options.now() >= this.#retryAt;
    if (!due) this.#standBy(rows);
    try {
      if (inner !== null) this.#readBack(inner);
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      this.#lose(error);
      this.#standBy(rows);
    }
    inner?.takeTime();
    this.#keepReserve();
  }

  /** Always throws: the rows are not in the database. */
  #standBy(rows: readonly JournalRow[]): never {
    const fault = this.#fault ?? new JournalError('the database cannot be written');
    const kept = rows.length === 0 || this.#appended(rows) ? 'file' : 'nowhere';
    throw new JournalError(fault.message, { cause: fault.cause, kept, fault: fault.fault });
  }

  #appended(rows: readonly JournalRow[]): boolean {
    for (const room of ['as it is', 'with the reserve']) {
      try {
        if (room === 'with the reserve') rmSync(this.#options.reservePath, { force: true });
        this.#file.append(rows);
        return true;
      } catch (cause) {
        // Twice in vain: the caller keeps the rows in memory and says so.
        if (!(cause instanceof Error) || !('code' in cause || /bytes were written/.test(cause.message))) throw cause;
      }
    }
    return false;
  }

  /** Each batch is one transaction together with its number, so that a kill in between reads none of them twice. */
  #readBack(inner: SqliteJournal): void {
    const id = this.#file.id;
    if (id === null || this.#file.count === 0) {
      inner.probe();
      return;
    }
    let read = 0;
    for (const { no, rows } of this.#file.batches(inner.standbyRead(id))) {
      this.#readBatch(inner, rows, `${id}:${no}`);
      read += 1;
    }
    this.#file.clear();
    this.#options.onReadBack(read);
  }

  #readBatch(inner: SqliteJournal, rows: readonly JournalRow[], mark: string): void {
    try {
      inner.commitFromStandby(rows, mark);
    } catch (cause) {
      if (!(cause instanceof InvariantError) && !isConstraint(cause)) throw cause;
      const refused = new StandbyFile(`${this.#options.standbyPath}.refused`, this.#options.accountId);
      refused.append(rows);
      refused.close();
      inner.commitFromStandby([], mark);
      this.#options.onRefused(refused.path, cause instanceof Error ? cause.message : String(cause));
    }
  }

  #keepReserve(): void {
    const { reservePath } = this.#options;
    if (existsSync(reservePath)) return;
    try {
      writeFileSync(reservePath, Buffer.alloc(RESERVE_BYTES, 0x2e), { mode: 0o600 });
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause)) throw cause;
      // No room for a reserve: half of one would only take what is left.
      rmSync(reservePath, { force: true });
    }
  }
}

const isConstraint = (error: unknown): boolean =>
  error instanceof JournalError &&
  error.cause instanceof Database.SqliteError &&
  error.cause.code.startsWith('SQLITE_CONSTRAINT');
