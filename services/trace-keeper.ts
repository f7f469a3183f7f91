// Services, room 4: hands each decided minute to the traces and to their store, after everything that matters was sent. A store
// that fails is told once and tried again with the next minute; nothing waits for it.
import { JournalError } from '../src/ports/errors.ts';
import type { Logger } from '../src/ports/logger.ts';
import type { TraceStore } from '../src/ports/trace-store.ts';
import type { DecisionTraces, ScannedMinute } from './decision-traces.ts';

export class TraceKeeper {
  readonly traces: DecisionTraces;
  readonly #store: TraceStore;
  readonly #logger: Logger;
  #state: 'saved' | 'failing' = 'saved';

  constructor(traces: DecisionTraces, store: TraceStore, logger: Logger) {
    this.traces = traces;
    this.#store = store;
    this.#logger = logger;
    traces.restore(store.load());
  }

  onMinute(minute: ScannedMinute): void {
    this.traces.record(minute);
    try {
      this.#store.save(this.traces.unsaved());
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      if (this.#state === 'saved') this.#logger.warn({ error: error.message }, 'decision traces could not be written');
      this.#state = 'failing';
      return;
    }
    this.traces.markSaved();
    this.#state = 'saved';
  }
}
