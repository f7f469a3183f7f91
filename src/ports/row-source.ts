// Ports: the training rows as the database holds them. What files are reconciled with, rebuilt from and exported from.
import type { TrainingRow } from '../core/journal.ts';
import type { RowStream } from './feature-log.ts';

export interface StoredRow {
  /** Grows with every commit; the order of rows within a stream. */
  readonly seq: number;
  readonly row: TrainingRow;
}

export interface RowSource {
  /** Rows of a stream with a greater sequence number, in order. */
  rows(stream: RowStream, afterSeq: number): Iterable<StoredRow>;
  /** Everything up to this sequence number is known to be in the files and on disk. */
  exported(stream: RowStream): number;
  markExported(stream: RowStream, seq: number): void;
  /** Canonical schema JSON by hash, of every schema that rows were ever written with. */
  schemaJson(hash: string): string | null;
}
