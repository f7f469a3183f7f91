// Adapters, training rows as files: the projection of the database that a trainer reads. One file per stream, schema, UTC
// day and 64 MB. A row stands in it once, however often it is offered; what fails is counted and told, never thrown.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainingRow } from '../../core/journal.ts';
import { type RowSchema, schemaJson } from '../../core/row-schema.ts';
import { rowId, rowInstant } from '../../core/training-rows.ts';
import { invariant } from '../../core/units.ts';
import type { FeatureLog, RowStream } from '../../ports/feature-log.ts';
import { headerLine, rowLine } from './csv-text.ts';
import { DayFile } from './day-file.ts';

/** ml.md §3.5. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024;
/** Days held open per run: outcomes of yesterday's signals still arrive today. */
const OPEN_DAYS = 9;

export interface CsvFeatureLogOptions {
  readonly dir: string;
  /** Every schema that a row may carry, by its hash. */
  readonly schemas: readonly RowSchema[];
  readonly maxFileBytes?: number;
  /** Told once per failed row or sync. */
  readonly onFault?: (text: string, cause: unknown) => void;
}

export interface CsvCounters {
  readonly written: number;
  /** Offered again and left out. */
  readonly repeated: number;
  readonly failed: number;
}

/** `signals-v1-1a2b3c4d-2026-11-21`, then `…-2`, `…-3` where a day needs more than one file. */
export function fileStem(schema: RowSchema, atMs: number, part: number): string {
  const day = new Date(atMs).toISOString().slice(0, 10);
  return `${schema.stream}-v${schema.version}-${schema.hash.slice(0, 8)}-${day}${part === 1 ? '' : `-${part}`}`;
}

/** All parts of one stream, schema and day. */
class DayParts {
  readonly #parts: DayFile[] = [];
  readonly #open: (part: number) => DayFile | null;
  readonly #exists: (part: number) => boolean;
  #nextPart = 1;

  constructor(exists: (part: number) => boolean, open: (part: number) => DayFile | null) {
    this.#exists = exists;
    this.#open = open;
    while (this.#exists(this.#nextPart)) this.#openNext();
  }

  has(id: string): boolean {
    return this.#parts.some((part) => part.has(id));
  }

  append(line: string, id: string, maxBytes: number): void {
    let last = this.#parts.at(-1);
    if (last !== undefined && last.bytes + Buffer.byteLength(line) > maxBytes) last = undefined;
    while (last === undefined) last = this.#openNext() ?? undefined;
    last.append(line, id);
  }

  sync(): void {
    for (const part of this.#parts) part.sync();
  }

  close(): void {
    for (const part of this.#parts) part.close();
  }

  #openNext(): DayFile | null {
    const file = this.#open(this.#nextPart);
    this.#nextPart += 1;
    if (file !== null) this.#parts.push(file);
    return file;
  }
}

export class CsvFeatureLog implements FeatureLog {
  readonly #options: CsvFeatureLogOptions;
  readonly #schemas: Map<string, RowSchema>;
  readonly #days = new Map<string, DayParts>();
  #counters: CsvCounters = { written: 0, repeated: 0, failed: 0 };

  constructor(options: CsvFeatureLogOptions) {
    this.#options = options;
    this.#schemas = new Map(options.schemas.map((schema) => [schema.hash, schema]));
  }

  get counters(): CsvCounters {
    return this.#counters;
  }

  knows(schemaHash: string): boolean {
    return this.#schemas.has(schemaHash);
  }

  /** A schema of an earlier version, whose rows the database still holds. */
  learn(schema: RowSchema): void {
    this.#schemas.set(schema.hash, schema);
  }

  append(stream: RowStream, row: TrainingRow, atMs: number): void {
    try {
      this.write(stream, row);
    } catch (cause) {
      this.#counters = { ...this.#counters, failed: this.#counters.failed + 1 };
      this.tell(`a row of ${stream} at ${atMs} was not written; it follows at the next start`, cause);
    }
  }

  /** As `append`, but a failure is the caller's. The row itself says its day, so that a rebuild agrees with live writing. */
  write(stream: RowStream, row: TrainingRow): 'written' | 'repeated' {
    const day = this.#dayOf(stream, row);
    const id = rowId(stream, row);
    if (day.parts.has(id)) {
      this.#counters = { ...this.#counters, repeated: this.#counters.repeated + 1 };
      return 'repeated';
    }
    day.parts.append(rowLine(day.schema, row), id, this.#options.maxFileBytes ?? MAX_FILE_BYTES);
    this.#counters = { ...this.#counters, written: this.#counters.written + 1 };
    return 'written';
  }

  has(stream: RowStream, row: TrainingRow): boolean {
    return this.#dayOf(stream, row).parts.has(rowId(stream, row));
  }

  /** Everything appended so far is on the disk afterwards; called once a minute. */
  flush(): void {
    try {
      this.sync();
    } catch (cause) {
      this.tell('training rows could not be synced to the disk', cause);
    }
  }

  /** Training files never stop a bot that may hold a position: what went wrong with them is said, and that is all. */
  tell(fault: string, cause: unknown): void {
    this.#options.onFault?.(fault, cause);
  }

  sync(): void {
    for (const parts of this.#days.values()) parts.sync();
  }

  close(): void {
    for (const parts of this.#days.values()) parts.close();
    this.#days.clear();
  }

  #dayOf(stream: RowStream, row: TrainingRow): { readonly schema: RowSchema; readonly parts: DayParts } {
    const schema = this.#schemas.get(String(row['schema_hash']));
    invariant(schema?.stream === stream, `a row of ${stream} carries the unknown schema ${String(row['schema_hash'])}`);
    const atMs = rowInstant(stream, row);
    const key = fileStem(schema, atMs, 1);
    let parts = this.#days.get(key);
    // Taken out and put back: the day used longest ago stands first and is the one to close.
    this.#days.delete(key);
    parts ??= this.#openDay(schema, atMs);
    this.#days.set(key, parts);
    this.#closeOldest();
    return { schema, parts };
  }

  #openDay(schema: RowSchema, atMs: number): DayParts {
    const { dir } = this.#options;
    mkdirSync(dir, { recursive: true });
    const idColumn = schema.stream === 'executions' ? 'trade_id' : 'signal_id';
    return new DayParts(
      (part) => existsSync(join(dir, `${fileStem(schema, atMs, part)}.csv`)),
      (part) => {
        const stem = join(dir, fileStem(schema, atMs, part));
        const file = DayFile.open({ path: `${stem}.csv`, header: headerLine(schema), idColumn });
        if ('kind' in file) return null;
        if (!existsSync(`${stem}.schema.json`)) writeFileSync(`${stem}.schema.json`, schemaJson(schema));
        return file;
      },
    );
  }

  #closeOldest(): void {
    for (const [key, parts] of this.#days) {
      if (this.#days.size <= OPEN_DAYS) return;
      parts.close();
      this.#days.delete(key);
    }
  }
}
