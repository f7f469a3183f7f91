// Services, room 6: everything this room writes goes through here. A commit that fails keeps its rows for the next one:
// protection goes on from memory, entries do not (reliability.md H01).
import type { JournalRow } from '../../src/core/journal.ts';
import { invariant } from '../../src/core/units.ts';
import { JournalError } from '../../src/ports/errors.ts';
import type { TradeJournal } from '../../src/ports/journal.ts';
import type { Logger } from '../../src/ports/logger.ts';

/** Rows kept while the journal cannot be written; far more than the open trades and ten virtual positions can make. */
const UNSAVED_LIMIT = 100_000;

export type Durability = 'durable' | 'lost';

export class LedgerWriter {
  readonly #journal: TradeJournal;
  readonly #logger: Logger;
  readonly #onChange: (state: Durability, reason: string) => void;
  #unsaved: JournalRow[] = [];

  constructor(journal: TradeJournal, logger: Logger, onChange: (state: Durability, reason: string) => void) {
    this.#journal = journal;
    this.#logger = logger;
    this.#onChange = onChange;
  }

  get unsaved(): number {
    return this.#unsaved.length;
  }

  commit(rows: readonly JournalRow[]): Durability {
    const all = [...this.#unsaved, ...rows];
    if (all.length === 0) return 'durable';
    try {
      this.#journal.commit(all);
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      invariant(all.length < UNSAVED_LIMIT, `${UNSAVED_LIMIT} rows wait for a journal that cannot be written`);
      this.#unsaved = all;
      this.#logger.error({ error: error.message, unsaved: all.length }, 'the journal could not be written');
      this.#onChange('lost', error.message);
      return 'lost';
    }
    if (this.#unsaved.length > 0) this.#onChange('durable', '');
    this.#unsaved = [];
    return 'durable';
  }
}
