// Ports: the durable memory. `commit` is the one blocking call the loop permits: nothing leaves for the venue before it returns.
import type { JournalRow, JournalState } from '../core/journal.ts';

export interface TradeJournal {
  /** One transaction, on disk when it returns. Throws JournalError when it could not be written: then no entry may follow. */
  commit(rows: readonly JournalRow[]): void;
  load(): JournalState;
  close(): void;
}
