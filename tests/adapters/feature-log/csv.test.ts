// Training rows as files: the text, the torn tails, the rotation, and that files and database say the same bytes.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CsvFeatureLog, type CsvFeatureLogOptions } from '../../../src/adapters/feature-log/csv.ts';
import { headerLine, parseCsv, rowLine } from '../../../src/adapters/feature-log/csv-text.ts';
import { exportRows } from '../../../src/adapters/feature-log/export.ts';
import { advance, reconcile } from '../../../src/adapters/feature-log/projection.ts';
import { rebuild } from '../../../src/adapters/feature-log/rebuild.ts';
import { parseSchema } from '../../../src/adapters/feature-log/schema-file.ts';
import { MemoryJournal } from '../../../src/adapters/journal/memory.ts';
import { openJournal } from '../../../src/adapters/journal/sqlite.ts';
import type { Cell, TrainingRow } from '../../../src/core/journal.ts';
import { rowSchema, schemaJson } from '../../../src/core/row-schema.ts';
import { answeredRow, signalRow, trainingSchemas } from '../../../src/core/training-rows.ts';
import { symbolId } from '../../../src/core/units.ts';
import { StartError } from '../../../src/ports/errors.ts';
import type { RowStream } from '../../../src/ports/feature-log.ts';
import type { RowSource } from '../../../src/ports/row-source.ts';
import {
  ALL_SCHEMAS,
  aFolder,
  anIntent,
  closedEntry,
  outcomeEntry,
  SCHEMAS,
  signalEntry,
  signalInput,
  signalNo,
} from '../../support/a-run.ts';

const HASH8 = SCHEMAS.signals.hash.slice(0, 8);
const DAY_FILE = `signals-v1-${HASH8}-2025-06-02.csv`;
const rowNo = (n: number, change: Parameters<typeof signalNo>[1] = {}): TrainingRow =>
  signalRow(SCHEMAS.signals, signalInput(signalNo(n, change)));

function logIn(dir: string, change: Partial<CsvFeatureLogOptions> = {}): CsvFeatureLog {
  const log = new CsvFeatureLog({ dir, schemas: ALL_SCHEMAS, ...change });
  onTestFinished(() => log.close());
  return log;
}
const text = (dir: string, name: string): string => readFileSync(join(dir, name), 'utf8');
const idsIn = (csv: string): (string | undefined)[] =>
  parseCsv(csv)
    .slice(1)
    .map((record) => record[2]);
const filesIn = (dir: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(dir)
      .filter((name) => /\.(csv|json)$/.test(name))
      .sort()
      .map((name) => [name, text(dir, name)]),
  );

/** The database's side, in memory, for a test that needs none of its durability. */
function sourceOf(journal: MemoryJournal): RowSource {
  const reached = new Map<RowStream, number>();
  return {
    rows: (stream, afterSeq) => journal.rows(stream, afterSeq),
    exported: (stream) => reached.get(stream) ?? 0,
    markExported: (stream, seq) => void reached.set(stream, seq),
    schemaJson: (hash) => {
      const schema = ALL_SCHEMAS.find((held) => held.hash === hash);
      return schema === undefined ? null : schemaJson(schema);
    },
  };
}

describe('the text of a row', () => {
  const schema = rowSchema(
    'signals',
    1,
    ['a', 'b', 'c'].map((name) => ({ name, type: 'text', unit: '', version: 1, role: 'info' })),
  );

  it.each<[string, TrainingRow, string]>([
    ['a plain row', { a: 'x', b: 1.5, c: 0 }, 'x,1.5,0\r\n'],
    ['missing cells', { a: null, b: null, c: null }, ',,\r\n'],
    ['a comma, a quote and a line feed', { a: 'x,y', b: 'say "hi"', c: 'l1\nl2' }, '"x,y","say ""hi""","l1\nl2"\r\n'],
    ['the shortest round trip of a number', { a: 0.1 + 0.2, b: 1e21, c: 1.5e-7 }, '0.30000000000000004,1e+21,1.5e-7\r\n'],
    ['no spreadsheet escaping', { a: '=1+1', b: '-5', c: '@x' }, '=1+1,-5,@x\r\n'],
    ['Chinese symbols as they are', { a: '币安人生USDT', b: 'x', c: 'y' }, '币安人生USDT,x,y\r\n'],
    ['a number that is not finite as missing', { a: Number.NaN, b: Number.POSITIVE_INFINITY, c: 1 }, ',,1\r\n'],
  ])('%s', (_what, row, wanted) => {
    expect(rowLine(schema, row)).toBe(wanted);
  });

  it('has its header in the order of the schema', () => {
    expect(headerLine(schema)).toBe('a,b,c\r\n');
  });

  it('refuses a carriage return inside a field', () => {
    expect(() => rowLine(schema, { a: 'x\ry', b: null, c: null })).toThrow(/control character/);
  });

  it('is read back as it was written', () => {
    const cell = fc.oneof(
      fc.string().map((raw) => raw.replaceAll(/[\r\0]/g, '')),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constant(null),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 1 }), (rows) => {
        const lines = rows.map(([a, b, c]) => rowLine(schema, { a, b, c }));
        const wanted = rows.map((row) => row.map((value: Cell) => (value === null ? '' : String(value))));
        expect(parseCsv(lines.join(''))).toEqual(wanted);
      }),
    );
  });
});

describe('files', () => {
  it('are named by stream, schema and UTC day, with the schema beside them and no BOM', () => {
    const dir = aFolder();
    const log = logIn(dir);
    log.append('signals', rowNo(0), 0);
    log.append('signals', rowNo(24 * 60), 0);
    expect(readdirSync(dir).sort()).toEqual(
      ['2025-06-02', '2025-06-03'].flatMap((day) => [`signals-v1-${HASH8}-${day}.csv`, `signals-v1-${HASH8}-${day}.schema.json`]),
    );
    expect(text(dir, DAY_FILE).startsWith('schema_version,schema_hash,signal_id,')).toBe(true);
    expect(parseSchema(text(dir, DAY_FILE.replace('.csv', '.schema.json')))).toEqual(SCHEMAS.signals);
  });

  it('hold a row once, also across a restart', () => {
    const dir = aFolder();
    const log = logIn(dir);
    for (const n of [1, 2, 1]) log.append('signals', rowNo(n), 0);
    log.close();
    const again = logIn(dir);
    for (const n of [2, 3]) again.append('signals', rowNo(n), 0);
    expect(idsIn(text(dir, DAY_FILE))).toEqual([1, 2, 3].map((n) => signalNo(n).id));
    expect([log.counters, again.counters]).toEqual([
      { written: 2, repeated: 1, failed: 0 },
      { written: 1, repeated: 1, failed: 0 },
    ]);
  });

  it('lose a torn tail on opening, wherever it was torn, and nothing else', () => {
    const dir = aFolder();
    const log = logIn(dir);
    for (const n of [1, 2]) log.append('signals', rowNo(n, { symbol: symbolId('币安人生USDT') }), 0);
    log.close();
    const whole = readFileSync(join(dir, DAY_FILE));
    const line = Buffer.from(rowLine(SCHEMAS.signals, rowNo(3, { symbol: symbolId('币安人生USDT') })));
    for (let cut = 0; cut < line.length; cut++) {
      writeFileSync(join(dir, DAY_FILE), Buffer.concat([whole, line.subarray(0, cut)]));
      const opened = logIn(dir);
      opened.append('signals', rowNo(3, { symbol: symbolId('币安人生USDT') }), 0);
      opened.close();
      expect(readFileSync(join(dir, DAY_FILE)).equals(Buffer.concat([whole, line]))).toBe(true);
    }
  });

  it('get a header again where even that was torn', () => {
    const dir = aFolder();
    writeFileSync(join(dir, DAY_FILE), 'schema_vers');
    logIn(dir).append('signals', rowNo(1), 0);
    expect(text(dir, DAY_FILE)).toBe(headerLine(SCHEMAS.signals) + rowLine(SCHEMAS.signals, rowNo(1)));
  });

  it('with a foreign header are left alone: the rows go to the next part', () => {
    const dir = aFolder();
    writeFileSync(join(dir, DAY_FILE), 'somebody,else\r\n1,2\r\n');
    const log = logIn(dir);
    for (const n of [1, 2]) log.append('signals', rowNo(n), 0);
    expect(text(dir, DAY_FILE)).toBe('somebody,else\r\n1,2\r\n');
    expect(idsIn(text(dir, DAY_FILE.replace('.csv', '-2.csv')))).toEqual([1, 2].map((n) => signalNo(n).id));
  });

  it('end before they grow over their limit, and no part repeats a row of another', () => {
    const dir = aFolder();
    const line = Buffer.byteLength(rowLine(SCHEMAS.signals, rowNo(1)));
    const maxFileBytes = Buffer.byteLength(headerLine(SCHEMAS.signals)) + 2 * line;
    for (const ns of [
      [1, 2, 3],
      [1, 4, 5, 3],
    ]) {
      const log = logIn(dir, { maxFileBytes });
      for (const n of ns) log.append('signals', rowNo(n), 0);
      log.close();
    }
    const parts = ['', '-2', '-3'].map((part) => idsIn(text(dir, DAY_FILE.replace('.csv', `${part}.csv`))));
    expect(parts).toEqual([[1, 2], [3, 4], [5]].map((ns) => ns.map((n) => signalNo(n).id)));
  });

  it('that cannot be written are counted and told, not thrown', () => {
    const dir = aFolder();
    mkdirSync(join(dir, DAY_FILE));
    const told: string[] = [];
    const log = logIn(dir, { onFault: (fault) => told.push(fault) });
    log.append('signals', rowNo(1), 7);
    log.append('outcomes', rowNo(1), 8);
    expect([log.counters.failed, told.length]).toEqual([2, 2]);
    expect(() => log.write('signals', rowNo(1))).toThrow();
  });
});

describe('files and database', () => {
  const commitAndAppend = (journal: MemoryJournal, log: CsvFeatureLog | null, ns: readonly number[]): void => {
    for (const n of ns) {
      const intent = { table: 'intent' as const, row: anIntent(n) };
      const rows = [signalEntry(signalNo(n)), intent, outcomeEntry(signalNo(n)), closedEntry(n)] as const;
      journal.commit(rows);
      if (log === null) continue;
      for (const [i, stream] of [
        [0, 'signals'],
        [2, 'outcomes'],
        [3, 'executions'],
      ] as const) {
        const entry = rows[i];
        if ('row' in entry && entry.table !== 'intent') log.append(stream, entry.row as TrainingRow, 0);
      }
    }
  };

  it('are equal after a crash between commit and append, and no row stands twice', () => {
    const dir = aFolder();
    const journal = new MemoryJournal();
    const source = sourceOf(journal);
    const first = logIn(dir);
    commitAndAppend(journal, first, [1, 2]);
    advance(source, first);
    expect(source.exported('signals')).toBe(2);
    commitAndAppend(journal, first, [3]);
    commitAndAppend(journal, null, [4, 5]);
    first.close();
    appendFileSync(join(dir, DAY_FILE), '1,torn');
    const second = logIn(dir);
    expect(reconcile(source, second)).toEqual([
      { stream: 'signals', appended: 2, present: 1 },
      { stream: 'outcomes', appended: 2, present: 1 },
      { stream: 'executions', appended: 2, present: 1 },
    ]);
    expect(idsIn(text(dir, DAY_FILE))).toEqual([1, 2, 3, 4, 5].map((n) => signalNo(n).id));
    expect(reconcile(source, second).every(({ appended }) => appended === 0)).toBe(true);
    expect(source.exported('executions')).toBe(5);
  });

  it('the watermark stops at a row that no file holds', () => {
    const dir = aFolder();
    const journal = new MemoryJournal();
    const source = sourceOf(journal);
    const log = logIn(dir);
    commitAndAppend(journal, log, [1]);
    commitAndAppend(journal, null, [2]);
    commitAndAppend(journal, log, [3]);
    advance(source, log);
    expect(source.exported('signals')).toBe(1);
    reconcile(source, log);
    expect(source.exported('signals')).toBe(3);
  });

  it('a watermark that cannot be moved is told, not thrown; a start that cannot write says what to do', () => {
    const dir = aFolder();
    const journal = new MemoryJournal();
    const source = sourceOf(journal);
    const told: string[] = [];
    const log = logIn(dir, { onFault: (fault) => told.push(fault) });
    commitAndAppend(journal, log, [1]);
    const full = () => {
      throw new Error('database or disk is full');
    };
    advance({ ...source, markExported: full }, log);
    expect(told).toEqual(['the watermark of the training rows was not moved; they are offered again at the next start']);
    commitAndAppend(journal, null, [24 * 60]);
    mkdirSync(join(dir, DAY_FILE.replace('06-02', '06-03')));
    expect(() => reconcile(source, log)).toThrow(/ML_LOG_DIR/);
    expect(() => reconcile(source, log)).toThrow(StartError);
  });

  it('live files, a rebuild and an export are the same bytes', () => {
    const folder = aFolder();
    const dir = join(folder, 'ml-logs');
    const journal = openJournal({ path: join(folder, 'a.sqlite'), accountId: 'a', schemas: ALL_SCHEMAS });
    onTestFinished(() => journal.close());
    const maxFileBytes = 2_500;
    const log = logIn(dir, { maxFileBytes });
    for (let n = 0; n < 40; n++) {
      const signal = signalNo(n * 60, { symbol: symbolId(n % 3 === 0 ? '币安人生USDT' : 'ETHUSDT'), score: 70 + n / 3 });
      const rows = [signalEntry(signal), outcomeEntry(signal, { netR: n / 7 })];
      journal.commit(rows);
      for (const row of rows) if (row.table === 'signal' || row.table === 'outcome') log.append(`${row.table}s`, row.row, 0);
    }
    log.close();
    const live = filesIn(dir);
    expect(Object.keys(live).length).toBeGreaterThan(12);
    const report = exportRows(journal.reader(), {
      out: join(folder, 'out'),
      kinds: ['signals', 'outcomes', 'executions'],
      sinceMs: null,
      maxFileBytes,
    });
    expect(report.rows).toEqual({ signals: 40, outcomes: 40, executions: 0 });
    expect(filesIn(join(folder, 'out'))).toEqual(live);
    for (const name of Object.keys(live).slice(0, 3)) rmSync(join(dir, name));
    writeFileSync(join(dir, Object.keys(live)[5] ?? ''), 'ruined');
    rebuild(journal.reader(), { dir, setAside: 'before-rebuild', maxFileBytes });
    expect(filesIn(dir)).toEqual(live);
    expect(existsSync(join(dir, 'before-rebuild', Object.keys(live)[5] ?? ''))).toBe(true);
    expect(readdirSync(folder).filter((name) => name.startsWith('.rebuild'))).toEqual([]);
  });

  it('a signal that waited for a person joins files and rebuild at the same place, whoever writes it', () => {
    for (const writer of ['the run', 'the next start'] as const) {
      const folder = aFolder();
      const dir = join(folder, 'ml-logs');
      const journal = openJournal({ path: join(folder, 'a.sqlite'), accountId: 'a', schemas: ALL_SCHEMAS });
      onTestFinished(() => journal.close());
      const log = logIn(dir);
      const write = (n: number, answer?: 'waits'): void => {
        const entry = signalEntry(signalNo(n));
        journal.commit([answer === undefined ? entry : ({ ...entry, answer } as typeof entry)]);
        if (entry.table === 'signal' && answer === undefined) log.append('signals', entry.row, 0);
      };
      write(1, 'waits');
      write(2);
      advance(journal.reader(), log);
      expect(idsIn(text(dir, DAY_FILE))).toEqual([signalNo(2).id]);
      const row = answeredRow(rowNo(1), { kind: 'taken' }, signalNo(1).barCloseMs + 90_000);
      journal.commit([{ table: 'signalAnswered', signalId: signalNo(1).id, row, judgementJson: '{"kind":"real"}' }]);
      if (writer === 'the run') log.append('signals', row, 0);
      else reconcile(journal.reader(), log);
      write(3);
      advance(journal.reader(), log);
      expect(journal.reader().exported('signals')).toBeGreaterThan(3);
      const live = filesIn(dir);
      expect(idsIn(text(dir, DAY_FILE))).toEqual([2, 1, 3].map((n) => signalNo(n).id));
      exportRows(journal.reader(), { out: join(folder, 'out'), kinds: ['signals'], sinceMs: null });
      expect(filesIn(join(folder, 'out'))).toEqual(live);
      const kept = journal.reader().signal(signalNo(1).id);
      expect(JSON.parse(kept?.snapshotJson ?? 'null')).toEqual({ judgement: { kind: 'real' } });
    }
  });

  it('an export takes the streams and the span that were asked for, and an empty folder only', () => {
    const journal = new MemoryJournal();
    commitAndAppend(journal, null, [1, 2, 3]);
    const out = aFolder();
    const since = signalNo(2).barCloseMs;
    const report = exportRows(sourceOf(journal), { out, kinds: ['signals'], sinceMs: since });
    expect(report).toEqual({
      rows: { signals: 2, outcomes: 0, executions: 0 },
      files: [DAY_FILE, DAY_FILE.replace('.csv', '.schema.json')],
    });
    expect(idsIn(text(out, DAY_FILE))).toEqual([2, 3].map((n) => signalNo(n).id));
    expect(() => exportRows(sourceOf(journal), { out, kinds: ['signals'], sinceMs: null })).toThrow(/already holds/);
  });

  it('rows of an earlier schema keep their own columns and files', () => {
    const folder = aFolder();
    const old = trainingSchemas([{ name: 'retired_feature', type: 'float', unit: 'atr', version: 1 }]);
    const path = join(folder, 'a.sqlite');
    const before = openJournal({ path, accountId: 'a', schemas: [old.signals] });
    const signal = signalNo(1);
    const row = signalRow(old.signals, signalInput(signal, { features: Float64Array.of(0.5) }));
    before.commit([
      { table: 'signal', signalId: signal.id, barCloseMs: signal.barCloseMs, row, evaluationJson: '{}', snapshotJson: '{}' },
    ]);
    before.close();
    const now = openJournal({ path, accountId: 'a', schemas: ALL_SCHEMAS });
    onTestFinished(() => now.close());
    now.commit([signalEntry(signalNo(2))]);
    const log = logIn(join(folder, 'ml'));
    reconcile(now.reader(), log);
    const names = [old.signals, SCHEMAS.signals].map((schema) => `signals-v1-${schema.hash.slice(0, 8)}-2025-06-02.csv`);
    expect(names.map((name) => idsIn(text(join(folder, 'ml'), name)))).toEqual([[signal.id], [signalNo(2).id]]);
    expect(text(join(folder, 'ml'), names[0] ?? '')).toContain('retired_feature');
  });

  it('a schema that was changed by hand is not believed', () => {
    const changed = schemaJson(SCHEMAS.signals).replace('"bos_age"', '"bos_ages"');
    expect(() => parseSchema(changed)).toThrow(/was changed/);
  });
});
