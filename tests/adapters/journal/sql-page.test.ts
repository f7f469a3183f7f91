// The page for people who read the database themselves: each of its queries runs on a database that the journal wrote.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPeopleStore } from '../../../src/adapters/journal/people-store.ts';
import { openJournal } from '../../../src/adapters/journal/sqlite.ts';
import { trainingSchemas } from '../../../src/core/training-rows.ts';
import { decimalString, epochMs } from '../../../src/core/units.ts';
import { aFolder } from '../../support/a-run.ts';
import { aSignal, ExecutionBench } from '../../support/execution-bench.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/sql.md'), 'utf8');
const QUERIES = [...PAGE.matchAll(/### (\d+)\. ([^\n]+)\n```sql\n([\s\S]*?)```/g)].map(([, no, title, sql]) => ({
  no: Number(no),
  title: title ?? '',
  sql: sql ?? '',
}));
const quiet = (): void => undefined;

/** The real path: ExecutionService over a journal on disk, one trade stopped, one open, one signal that stayed virtual. */
async function aDatabase(): Promise<Database.Database> {
  const path = join(aFolder(), 'a.sqlite');
  const schemas = trainingSchemas([{ name: 'f', type: 'float', unit: '', version: 1 }]);
  const journal = openJournal({
    path,
    accountId: 'fake-account',
    schemas: [schemas.signals, schemas.outcomes, schemas.executions],
  });
  onTestFinished(() => journal.close());
  const bench = await new ExecutionBench({}, journal).start();
  await bench.decide(aSignal());
  bench.broker.moveTo(98);
  await bench.pass(75_000, 250);
  const store = openPeopleStore(path, { debug: quiet, info: quiet, warn: quiet, error: quiet });
  store.settings.save({ name: 'MAX_POSITIONS', value: '2', by: 'u', at: epochMs(1) });
  store.audit.begin({ interactionId: 'i', userId: 'u', userName: 'n', name: '/pause', args: '{}', at: epochMs(1) });
  store.close();
  const db = new Database(path, { readonly: true });
  onTestFinished(() => void db.close());
  return db;
}

describe('docs/sql.md', () => {
  it('holds ten queries', () => {
    expect(QUERIES.map(({ no }) => no)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('whose queries all run on a database of the real path, and those about trades find the trade', async () => {
    const db = await aDatabase();
    const found = QUERIES.map(({ no, sql }) => [no, db.prepare(sql).all()] as const);
    const rows = new Map(found);
    expect(rows.get(1)).toMatchObject([{ symbol: 'AAAUSDT', exit_class: 'stop' }]);
    expect(rows.get(2)).toMatchObject([{ trades: 1, wins: 0 }]);
    const [money] = rows.get(3) as { net: number; commission: number; funding: number; before_costs: number }[];
    expect(money?.before_costs).toBeCloseTo((money?.net ?? 0) + (money?.commission ?? 0) - (money?.funding ?? 0), 1);
    expect(rows.get(4)).toMatchObject([{ exit_class: 'stop', trades: 1 }]);
    for (const no of [7, 8]) expect(rows.get(no)).toMatchObject([{ trades: 1 }]);
    expect((rows.get(10) as unknown[]).length).toBeGreaterThan(0);
  });

  it('names the columns that the views have', async () => {
    const db = await aDatabase();
    const lines = PAGE.split('\n').filter((line) => /^\| `\w+` \|/.test(line));
    expect(lines).toHaveLength(8);
    for (const line of lines) {
      const [, view = '', , columns = ''] = line.split('|').map((part) => part.trim());
      const has = new Set(
        db
          .prepare(`SELECT * FROM ${view.replaceAll('`', '')}`)
          .columns()
          .map(({ name }) => name),
      );
      const named = columns
        .replaceAll(/（[^）]*）/g, '')
        .split(',')
        .map((name) => name.trim());
      expect(named.filter((name) => !has.has(name))).toEqual([]);
    }
    expect(db.prepare('SELECT name, after FROM setting_log').all()).toEqual([{ name: 'MAX_POSITIONS', after: '2' }]);
    expect(db.prepare('SELECT name, state FROM command_log').all()).toEqual([{ name: '/pause', state: 'running' }]);
    expect(decimalString(String(db.prepare('SELECT net_pnl_usdt FROM trades').pluck().get()))).toMatch(/^-/);
  });
});
