// App, questions about the past: CSV as files that fit where they are sent to: as they are, compressed where they are too large,
// split by rows where that is not enough. Every part has its header.
import { gzipSync } from 'node:zlib';
import { headerLine, rowLine } from '../../adapters/feature-log/csv-text.ts';
import { peopleHeader, peopleLine } from '../../adapters/feature-log/people-csv.ts';
import { parseSchema } from '../../adapters/feature-log/schema-file.ts';
import type { Connection } from '../../adapters/journal/database.ts';
import { HistoryRows } from '../../adapters/journal/history-rows.ts';
import { ReadModel } from '../../adapters/journal/read-model.ts';
import { type RowSchema, schemaJson } from '../../core/row-schema.ts';
import { rowInstant } from '../../core/training-rows.ts';
import { JournalError } from '../../ports/errors.ts';
import type { RowStream } from '../../ports/feature-log.ts';
import type { ExportedFile, ExportWish, Span } from '../../ports/history.ts';

interface Table {
  /** Without an ending. */
  readonly stem: string;
  readonly header: string;
  readonly lines: readonly string[];
}

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'utf8'));

/** Halves until every part fits; a single row that does not is sent as it is, and refused by whoever has the limit. */
function fitting({ stem, header, lines }: Table, limit: number): ExportedFile[] {
  const plain = bytesOf(header + lines.join(''));
  if (plain.length <= limit) return [{ name: `${stem}.csv`, bytes: plain, rows: lines.length }];
  const packed = new Uint8Array(gzipSync(plain));
  if (packed.length <= limit || lines.length < 2) return [{ name: `${stem}.csv.gz`, bytes: packed, rows: lines.length }];
  const middle = lines.length >> 1;
  const halves = [lines.slice(0, middle), lines.slice(middle)];
  return halves.flatMap((half, i) => fitting({ stem: `${stem}-${i + 1}`, header, lines: half }, limit));
}

const dayOf = ({ toMs }: Span): string => new Date(toMs - 1).toISOString().slice(0, 10);

function tradeTables(db: Connection, span: Span): Table[] {
  const lines = new HistoryRows(db).linesIn(span).map(peopleLine);
  return lines.length === 0 ? [] : [{ stem: `trades-${dayOf(span)}`, header: peopleHeader(), lines }];
}

interface Gathered {
  readonly schema: RowSchema;
  readonly lines: string[];
}

/** One table for each schema that rows of the span were written with. */
function gathered(source: ReadModel, stream: RowStream, span: Span): readonly Gathered[] {
  const tables = new Map<string, Gathered>();
  for (const { row } of source.rows(stream, 0)) {
    const at = rowInstant(stream, row);
    if (at < span.fromMs || at >= span.toMs) continue;
    const hash = String(row['schema_hash']);
    const json = tables.has(hash) ? null : source.schemaJson(hash);
    if (!tables.has(hash) && json === null)
      throw new JournalError(`the database holds rows of schema ${hash} but not the schema itself`);
    const table = tables.get(hash) ?? { schema: parseSchema(json ?? ''), lines: [] };
    tables.set(hash, table);
    table.lines.push(rowLine(table.schema, row));
  }
  return [...tables.values()];
}

function trainingFiles(db: Connection, stream: RowStream, { span, maxFileBytes }: ExportWish): ExportedFile[] {
  return gathered(new ReadModel(db), stream, span).flatMap(({ schema, lines }) => {
    const stem = `${stream}-v${schema.version}-${schema.hash.slice(0, 8)}-${dayOf(span)}`;
    const sidecar = { name: `${stem}.schema.json`, bytes: bytesOf(schemaJson(schema)), rows: 0 };
    return [...fitting({ stem, header: headerLine(schema), lines }, maxFileBytes), sidecar];
  });
}

export function exportFiles(db: Connection, wish: ExportWish): readonly ExportedFile[] {
  if (wish.kind !== 'trades') return trainingFiles(db, wish.kind, wish);
  return tradeTables(db, wish.span).flatMap((table) => fitting(table, wish.maxFileBytes));
}
