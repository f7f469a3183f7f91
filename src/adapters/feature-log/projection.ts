// Adapters, training rows as files: keeping the files equal to the database. The database keeps a watermark below which
// every row is known to be on disk; a start offers everything above it again, and the files leave out what they hold.
import { STREAMS } from '../../core/row-schema.ts';
import { InvariantError } from '../../core/units.ts';
import { StartError } from '../../ports/errors.ts';
import type { RowStream } from '../../ports/feature-log.ts';
import type { RowSource } from '../../ports/row-source.ts';
import type { CsvFeatureLog } from './csv.ts';
import { learnSchema } from './schema-file.ts';

export interface Reconciled {
  readonly stream: RowStream;
  /** Rows of the database that no file held. */
  readonly appended: number;
  readonly present: number;
}

/** At start, before the first row of the run: a kill loses no row and writes none twice. */
export function reconcile(source: RowSource, log: CsvFeatureLog): readonly Reconciled[] {
  const results = STREAMS.map((stream) => catchUp(source, log, stream));
  advance(source, log);
  return results;
}

function catchUp(source: RowSource, log: CsvFeatureLog, stream: RowStream): Reconciled {
  let appended = 0;
  let present = 0;
  try {
    for (const { row } of source.rows(stream, source.exported(stream))) {
      learnSchema(source, log, row);
      if (log.write(stream, row) === 'written') appended += 1;
      else present += 1;
    }
  } catch (cause) {
    if (cause instanceof InvariantError) throw cause;
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(78, `The training rows cannot be written: ${found}. Make ML_LOG_DIR a folder that can be written to.`, {
      cause,
    });
  }
  return { stream, appended, present };
}

/** Rows came into the database late, from the file that had stood in for it: they join the files before anything newer does. */
export function catchUpNow(source: RowSource, log: CsvFeatureLog): void {
  try {
    for (const stream of STREAMS) catchUp(source, log, stream);
  } catch (cause) {
    if (!(cause instanceof StartError)) throw cause;
    log.tell('rows that came late were not written to the files; they are offered again at the next start', cause);
  }
}

/**
 * Once a minute instead of a bare flush: syncs, then moves the watermark over the rows that the files hold. A row that
 * failed to be written stops it, so that the next start offers the row again. What fails is told, never thrown.
 */
export function advance(source: RowSource, log: CsvFeatureLog): void {
  try {
    log.sync();
    for (const stream of STREAMS) advanceStream(source, log, stream);
  } catch (cause) {
    log.tell('the watermark of the training rows was not moved; they are offered again at the next start', cause);
  }
}

function advanceStream(source: RowSource, log: CsvFeatureLog, stream: RowStream): void {
  const from = source.exported(stream);
  let reached = from;
  for (const { seq, row } of source.rows(stream, from)) {
    if (!log.knows(String(row['schema_hash'])) || !log.has(stream, row)) break;
    reached = seq;
  }
  if (reached > from) source.markExported(stream, reached);
}
