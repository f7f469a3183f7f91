// Adapters, training rows as files: the text of a row. RFC 4180 with CRLF, UTF-8 without BOM, a field quoted only when it
// must be; numbers as JavaScript's shortest round trip; empty = missing.
import type { Cell, TrainingRow } from '../../core/journal.ts';
import type { RowSchema } from '../../core/row-schema.ts';
import { invariant } from '../../core/units.ts';

export const CRLF = '\r\n';

function field(name: string, value: Cell | undefined): string {
  if (value === null || value === undefined) return '';
  // Not finite is missing here too, whoever built the row.
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  invariant(!value.includes('\r') && !value.includes('\0'), `column ${name} holds a control character`);
  return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

export const headerLine = (schema: RowSchema): string => schema.columns.map(({ name }) => field(name, name)).join(',') + CRLF;
export const rowLine = (schema: RowSchema, row: TrainingRow): string =>
  schema.columns.map(({ name }) => field(name, row[name])).join(',') + CRLF;

function indexOrEnd(text: string, wanted: string, from: number): number {
  const found = text.indexOf(wanted, from);
  return found < 0 ? text.length : found;
}

/** Fields of one CSV document, record by record; quoted fields may hold commas, quotes and line feeds. */
export function parseCsv(text: string): readonly (readonly string[])[] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at < text.length) {
    let value = '';
    if (text[at] === '"') {
      at += 1;
      for (;;) {
        const end = text.indexOf('"', at);
        invariant(end >= 0, 'a quoted field has no end');
        value += text.slice(at, end);
        at = end + 1;
        if (text[at] !== '"') break;
        value += '"';
        at += 1;
      }
    } else {
      const end = Math.min(indexOrEnd(text, ',', at), indexOrEnd(text, CRLF, at));
      value = text.slice(at, end);
      at = end;
    }
    record.push(value);
    if (text[at] === ',') at += 1;
    else {
      records.push(record);
      record = [];
      at += CRLF.length;
    }
  }
  return records;
}
