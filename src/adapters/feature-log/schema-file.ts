// Adapters, training rows as files: reading a schema back from its canonical JSON, and believing it only if its hash agrees.
import type { TrainingRow } from '../../core/journal.ts';
import { type Column, type RowSchema, rowSchema, STREAMS } from '../../core/row-schema.ts';
import type { RowSource } from '../../ports/row-source.ts';
import type { CsvFeatureLog } from './csv.ts';

interface SchemaFile {
  readonly stream: string;
  readonly schema_version: number;
  readonly schema_hash: string;
  readonly columns: readonly Column[];
}

export function parseSchema(json: string): RowSchema {
  const file = JSON.parse(json) as SchemaFile;
  const stream = STREAMS.find((name) => name === file.stream);
  if (stream === undefined) throw new Error(`a schema of the unknown stream "${file.stream}"`);
  const schema = rowSchema(stream, file.schema_version, file.columns);
  if (schema.hash !== file.schema_hash)
    throw new Error(`the columns of schema ${file.schema_hash} hash to ${schema.hash}: the schema was changed`);
  return schema;
}

/** Rows outlive the version that wrote them: their schema stands in the database beside them. */
export function learnSchema(source: RowSource, log: CsvFeatureLog, row: TrainingRow): void {
  const hash = String(row['schema_hash']);
  if (log.knows(hash)) return;
  const json = source.schemaJson(hash);
  if (json === null) throw new Error(`the database holds rows of schema ${hash} but not the schema itself`);
  log.learn(parseSchema(json));
}
