// Adapters, training rows as files: writing them anew from the database, for `perpscout export` and for a lost ml-logs
// folder. The same rows in the same order through the same writer: byte for byte what a run has written.
import { mkdirSync, readdirSync } from 'node:fs';
import { STREAMS } from '../../core/row-schema.ts';
import { rowInstant } from '../../core/training-rows.ts';
import type { RowStream } from '../../ports/feature-log.ts';
import type { RowSource } from '../../ports/row-source.ts';
import { CsvFeatureLog, MAX_FILE_BYTES } from './csv.ts';
import { learnSchema } from './schema-file.ts';

export interface ExportOptions {
  readonly out: string;
  readonly kinds: readonly RowStream[];
  /** Rows of signals, exits and closes from this instant on; null = all. */
  readonly sinceMs: number | null;
  readonly maxFileBytes?: number;
}

export interface ExportReport {
  readonly rows: Readonly<Record<RowStream, number>>;
  readonly files: readonly string[];
}

const isRowFile = (name: string): boolean =>
  STREAMS.some((stream) => name.startsWith(`${stream}-v`)) && /\.(csv|schema\.json)$/.test(name);

/** Writes into a folder that holds no training files yet; refuses to mix with others. */
export function exportRows(source: RowSource, options: ExportOptions): ExportReport {
  mkdirSync(options.out, { recursive: true });
  const before = readdirSync(options.out).filter(isRowFile);
  if (before.length > 0) throw new Error(`${options.out} already holds training files (${before[0]}); choose an empty folder`);
  const log = new CsvFeatureLog({ dir: options.out, schemas: [], maxFileBytes: options.maxFileBytes ?? MAX_FILE_BYTES });
  const counts: Record<RowStream, number> = { signals: 0, outcomes: 0, executions: 0 };
  try {
    for (const stream of STREAMS.filter((name) => options.kinds.includes(name))) {
      for (const { row } of source.rows(stream, 0)) {
        if (options.sinceMs !== null && rowInstant(stream, row) < options.sinceMs) continue;
        learnSchema(source, log, row);
        if (log.write(stream, row) === 'written') counts[stream] += 1;
      }
    }
  } finally {
    log.close();
  }
  return { rows: counts, files: readdirSync(options.out).filter(isRowFile).sort() };
}
