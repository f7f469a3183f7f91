// Ports: what can fail in the world, by what the caller can do about it. Our own mistakes are InvariantError instead.

/** The venue did not give what was asked. `retry`: the same call may go through later; `final`: it will not. */
export class VenueError extends Error {
  override readonly name = 'VenueError';
  readonly remedy: 'retry' | 'final';
  readonly code: number | null;

  constructor(message: string, details: { remedy: 'retry' | 'final'; code?: number; cause?: unknown }) {
    super(message, { cause: details.cause });
    this.remedy = details.remedy;
    this.code = details.code ?? null;
  }
}

/** The journal could not be written: no new entries until it can. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
  /** `file`: the rows are on disk beside the database and are read back later; `nowhere`: the caller still has to keep them. */
  readonly kept: 'file' | 'nowhere';
  /** `passing`: a full disk or a lock, tried again by itself; `lasting`: this database is not written to again in this run. */
  readonly fault: 'passing' | 'lasting';

  constructor(message: string, options: ErrorOptions & { kept?: JournalError['kept']; fault?: JournalError['fault'] } = {}) {
    super(message, options);
    this.kept = options.kept ?? 'nowhere';
    this.fault = options.fault ?? 'passing';
  }
}

/** A start that cannot go on, with the exit code of contract.md §2 and one line a person can act on. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly exitCode: 1 | 2 | 69 | 75 | 77 | 78 | 79;

  constructor(exitCode: StartError['exitCode'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
