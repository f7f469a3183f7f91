// A child process that commits and appends one signal after the other until it is killed; says each number once it is durable.
import { join } from 'node:path';
import { CsvFeatureLog } from '../../src/adapters/feature-log/csv.ts';
import { advance, reconcile } from '../../src/adapters/feature-log/projection.ts';
import { openJournal } from '../../src/adapters/journal/sqlite.ts';
import { ALL_SCHEMAS, outcomeEntry, signalEntry, signalNo } from './a-run.ts';

const folder = process.argv[2] ?? '';
const journal = openJournal({ path: join(folder, 'a.sqlite'), accountId: 'a', schemas: ALL_SCHEMAS });
const reader = journal.reader();
const log = new CsvFeatureLog({ dir: join(folder, 'ml-logs'), schemas: ALL_SCHEMAS });
reconcile(reader, log);

let n = reader.counts().signals;
function writeSome(): void {
  for (let i = 0; i < 20; i++, n++) {
    const signal = signalNo(n);
    const rows = [signalEntry(signal), outcomeEntry(signal)];
    journal.commit(rows);
    process.send?.(n);
    for (const row of rows) if (row.table === 'signal' || row.table === 'outcome') log.append(`${row.table}s`, row.row, 0);
    if (n % 50 === 0) advance(reader, log);
  }
  setImmediate(writeSome);
}
writeSome();
