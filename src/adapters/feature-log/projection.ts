// Adapters, training rows as files: keeping the files equal to the database. The database keeps a watermark below which
// every row is known to be on disk; a start offers everything above it again, and the files leave out what they hold.
import { STREAMS } from '../../core/row-schema.ts';
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

/** At start, before the first row of the run: a kill loses no row and writes none twice. Throws where a file cannot be written. */
export function reconcile(source: RowSource, log: CsvFeatureLog): readonly Reconciled[] {
  const results = STREAMS.map((stream) => {
    let appended = 0;
    let present = 0;
    for (const { row } of source.rows(stream, source.exported(stream))) {
      learnSchema(source, log, row);
      if (log.write(stream, row) === 'written') appended += 1;
      else present += 1;
    }
    return { stream, appended, present };
  });
  advance(source, log);
  return results;
}

/**
 * Once a minute instead of a bare flush: syncs, then moves the watermark over the rows that the files hold. A row that
 * failed to be written stops it, so that the next start offers the row again.
 */
export function advance(source: RowSource, log: CsvFeatureLog): void {
  log.sync();
  for (const stream of STREAMS) {
    const from = source.exported(stream);
    let reached = from;
    for (const { seq, row } of source.rows(stream, from)) {
      if (!log.has(stream, row)) break;
      reached = seq;
    }
    if (reached > from) source.markExported(stream, reached);
  }
}
