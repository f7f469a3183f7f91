// Services, room 6: everything this room writes goes through here. Rows that the database did not take are in a file beside it,
// or, where even that failed, wait here for the next commit: protection goes on, entries do not (reliability.md H01).
import type { JournalRow } from '../../src/core/journal.ts';
import { invariant } from '../../src/core/units.ts';
import { JournalError } from '../../src/ports/errors.ts';
import type { TradeJournal } from '../../src/ports/journal.ts';
import type { Logger } from '../../src/ports/logger.ts';

/** Rows kept in memory while nothing on disk can be written; far more than open trades and virtual positions make in a day. */
const UNSAVED_LIMIT = 100_000;

export type Durability = 'durable' | 'lost';
/** A lasting fault is one that this run does not get over: a damaged database. */
export type FaultKind = JournalError['fault'];

export class LedgerWriter {
  readonly #journal: TradeJournal;
  readonly #logger: Logger;
  readonly #onChange: (state: Durability, reason: string, fault: FaultKind) => void;
  #state: Durability = 'durable';
  #unsaved: readonly JournalRow[] = [];

  constructor(journal: TradeJournal, logger: Logger, onChange: (state: Durability, reason: string, fault: FaultKind) => void) {
    this.#journal = journal;
    this.#logger = logger;
    this.#onChange = onChange;
  }

  /** Rows that stand nowhere but here. */
  get unsaved(): number {
    return this.#unsaved.length;
  }

  /** With no rows it asks a journal that was lost whether it is back. */
  commit(rows: readonly JournalRow[]): Durability {
    const all = this.#unsaved.length === 0 ? rows : [...this.#unsaved, ...rows];
    if (all.length === 0 && this.#state === 'durable') return 'durable';
    try {
      this.#journal.commit(all);
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      this.#lost(error, all, rows.length);
      return 'lost';
    }
    this.#unsaved = [];
    if (this.#state === 'lost') {
      this.#state = 'durable';
      this.#logger.info({}, 'the journal can be written again');
      this.#onChange('durable', '', 'passing');
    }
    return 'durable';
  }

  #lost(error: JournalError, all: readonly JournalRow[], fresh: number): void {
    this.#unsaved = error.kept === 'file' ? [] : all;
    invariant(this.#unsaved.length < UNSAVED_LIMIT, `${UNSAVED_LIMIT} rows wait for a journal that cannot be written`);
    if (fresh > 0 || this.#state === 'durable')
      this.#logger.error(
        { error: error.message, kept: error.kept, unsaved: this.#unsaved.length },
        'the journal could not be written',
      );
    this.#state = 'lost';
    this.#onChange('lost', error.message, error.fault);
  }
}
