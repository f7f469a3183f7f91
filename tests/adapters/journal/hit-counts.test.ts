// What became of past signals is counted from the outcomes themselves, also from those of an older layout.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { openReadModel } from '../../../src/adapters/journal/read-model.ts';
import { openJournal } from '../../../src/adapters/journal/sqlite.ts';
import { MIGRATIONS } from '../../../src/adapters/journal/tables.ts';
import { openVirtual } from '../../../src/book/virtual.ts';
import { ALL_SCHEMAS, aFolder, outcomeEntry, signalEntry, signalNo, tradeIdNo } from '../../support/a-run.ts';
import { anInstrument } from '../../support/a-signal.ts';

it('counts an outcome once, by set-up and score, and reads the same beside the bot', () => {
  const path = join(aFolder(), 'a.sqlite');
  const journal = openJournal({ path, accountId: 'a', schemas: ALL_SCHEMAS });
  onTestFinished(() => journal.close());
  const [high, low] = [signalNo(1, { score: 91, setup: 'sweep' }), signalNo(2, { score: 72, setup: 'sweep' })];
  journal.commit([signalEntry(high), outcomeEntry(high), signalEntry(low), outcomeEntry(low)]);
  journal.commit([outcomeEntry(high)]);
  const wanted = [
    { setup: 'sweep', score: 72, outcomes: 1, hits: 1 },
    { setup: 'sweep', score: 91, outcomes: 1, hits: 1 },
  ];
  expect(journal.load().hitCounts).toEqual(wanted);
  const beside = openReadModel(path);
  onTestFinished(() => beside.close());
  expect(beside.hitCounts()).toEqual(wanted);
  expect(beside.signalsAt(high.symbol, high.barCloseMs).map(({ signalId }) => signalId)).toEqual([high.id]);
});

it('brings outcomes and open virtual trades of the first layout up to date', () => {
  const path = join(aFolder(), 'a.sqlite');
  const old = new Database(path);
  old.exec(MIGRATIONS[0] ?? '');
  old.pragma('user_version = 1');
  const put = old.prepare(
    'INSERT INTO signal(signal_id, symbol, side, bar_close_ms, row_json, evaluation_json) VALUES (?, ?, ?, ?, ?, ?)',
  );
  for (const id of ['s1', 's2', 's3'])
    put.run(id, 'ETHUSDT', 'long', 1, JSON.stringify({ rule_score: 84, setup: 'breaker' }), '{}');
  const end = old.prepare(
    "INSERT INTO outcome(signal_id, trade_id, symbol, side, role, exit, net_r, exit_ms, row_json) VALUES (?, 't', 'ETHUSDT', 'long', 'label', ?, 0, 2, ?)",
  );
  end.run('s1', 'stop', JSON.stringify({ mfe_r: 1.1 }));
  end.run('s2', 'stop', JSON.stringify({ mfe_r: null }));
  const { score, setup, ...before } = openVirtual({
    signal: signalNo(3, { id: 's3' }),
    tradeId: tradeIdNo(3),
    role: 'label',
    reason: 'rank',
    grid: anInstrument().grid,
  });
  old
    .prepare('INSERT INTO virtual_trade(signal_id, symbol, role, trade_json) VALUES (?, ?, ?, ?)')
    .run('s3', 'ETHUSDT', 'label', JSON.stringify(before));
  old.close();
  const journal = openJournal({ path, accountId: 'a', schemas: ALL_SCHEMAS });
  onTestFinished(() => journal.close());
  const state = journal.load();
  expect(state.hitCounts).toEqual([{ setup: 'breaker', score: 84, outcomes: 2, hits: 1 }]);
  expect(state.virtuals).toEqual([{ ...before, score: 84, setup: 'breaker' }]);
  expect([score, setup]).not.toEqual([84, 'breaker']);
});
