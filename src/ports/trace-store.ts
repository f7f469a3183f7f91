// Ports: where decision traces outlive the process. A projection for people: losing it costs answers, never a trade, so it
// is written without waiting for the disk.

/** A word that traces refer to by number; numbers are never used twice within one store. */
export interface TraceWord {
  readonly id: number;
  readonly text: string;
}

/** All that was recorded about one entry bar of the market, in the codec of services/traces. */
export interface TraceMinute {
  readonly barCloseMs: number;
  readonly bytes: Uint8Array;
}

export interface TraceDelta {
  readonly words: readonly TraceWord[];
  readonly minutes: readonly TraceMinute[];
  /** Minutes that closed before this instant are given up. */
  readonly keepFromMs: number;
}

export interface TraceStore {
  /** All of it or nothing; a minute saved again replaces what was there. Throws JournalError when it could not be written. */
  save(delta: TraceDelta): void;
  /** Everything kept, oldest minute first. */
  load(): Omit<TraceDelta, 'keepFromMs'>;
  close(): void;
}
