// The bot over a real database that fails under it: nothing is lost, nothing new is opened, positions stay protected.
// Crash points of reliability.md §3.7 that are about storage: K21 and K22 with a full disk, K24, K25, and a database lost at boot.
// K3 to K5 (a stop before the entry) belong to pre-arming, which is not part of this protocol; K26 stands in
// tests/contracts/people-store.contract.ts (accepted, effect unknown).
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Connection, openDatabase } from '../../src/adapters/journal/database.ts';
import { GuardedJournal, type GuardedOptions } from '../../src/adapters/journal/guarded.ts';
import { salvage } from '../../src/adapters/journal/salvage.ts';
import { openJournal, SqliteJournal } from '../../src/adapters/journal/sqlite.ts';
import { MIGRATIONS } from '../../src/adapters/journal/tables.ts';
import type { JournalRow, JournalState } from '../../src/core/journal.ts';
import type { TradeJournal } from '../../src/ports/journal.ts';
import { ALL_SCHEMAS, aFolder } from '../support/a-run.ts';
import { A, aSignal, ExecutionBench, T0 } from '../support/execution-bench.ts';

/** A journal on disk that a new process can open again. */
class DiskJournal implements TradeJournal {
  readonly folder = aFolder();
  readonly path = join(this.folder, 'a.sqlite');
  nowMs = 0;
  db!: Connection;
  #journal!: GuardedJournal;

  constructor() {
    this.reopen();
    onTestFinished(() => this.close());
  }

  get options(): GuardedOptions {
    return {
      standbyPath: join(this.folder, 'standby.jsonl'),
      reservePath: join(this.folder, 'reserve'),
      accountId: 'fake-account',
      now: () => this.nowMs,
      onReadBack: () => undefined,
      onRefused: (path, reason) => {
        throw new Error(`${path}: ${reason}`);
      },
    };
  }

  reopen(): void {
    this.db = openDatabase(this.path);
    this.db.prepare("INSERT OR IGNORE INTO meta(name, value) VALUES ('account', 'fake-account')").run();
    this.#journal = new GuardedJournal(new SqliteJournal(this.db), this.options);
  }

  fill(): void {
    this.db.pragma(`max_page_count = ${this.db.pragma('page_count', { simple: true })}`);
    // What is free inside the file is not there either.
    this.db.pragma('query_only = ON');
  }

  empty(): void {
    this.db.pragma('query_only = OFF');
    this.db.pragma('max_page_count = 1000000');
    this.nowMs += 1_000;
  }

  commit(rows: readonly JournalRow[]): void {
    this.#journal.commit(rows);
  }

  load(): JournalState {
    return this.#journal.load();
  }

  rows(stream: 'signals' | 'outcomes' | 'executions'): number {
    return [...new SqliteJournal(this.db).reader().rows(stream, 0)].length;
  }

  close(): void {
    this.#journal.close();
  }
}

const opened = async (disk: DiskJournal): Promise<ExecutionBench> => {
  const bench = await new ExecutionBench({ accountId: 'fake-account' }, disk).start();
  await bench.decide(aSignal());
  expect(bench.state()).toBe('protected');
  return bench;
};

describe('a disk that fills up while a position is open', () => {
  it('protects it to its end, opens nothing, and has its row when there is room again', async () => {
    const disk = new DiskJournal();
    const bench = await opened(disk);
    disk.fill();
    bench.broker.moveTo(98);
    await bench.pass(10_000);
    expect(bench.told('closed').map((notice) => notice['reason'])).toEqual(['stop']);
    expect(bench.alarms()).toContain('journal');
    expect(bench.service.liveState().ladder.level).toBe('NO_NEW_ENTRIES');
    expect(disk.rows('executions')).toBe(0);
    const fates = await bench.decide(aSignal({ barCloseMs: T0 + 3_600_000 }));
    expect([...fates.values()][0]).not.toBe('real');
    expect(bench.entries()).toHaveLength(1);
    disk.empty();
    await bench.pass(61_000, 250);
    expect(bench.service.liveState().ladder.level).toBe('NORMAL');
    expect([disk.rows('executions'), disk.rows('signals')]).toEqual([1, 2]);
  });

  it('and a kill before there is room: the next start reads the file first and settles the trade once', async () => {
    const disk = new DiskJournal();
    const bench = await opened(disk);
    disk.fill();
    bench.broker.moveTo(98);
    await bench.pass(3_000);
    disk.close();
    disk.reopen();
    expect(existsSync(disk.options.standbyPath)).toBe(false);
    await bench.restart();
    await bench.pass(75_000, 250);
    expect(disk.rows('executions')).toBe(1);
    expect(bench.entries()).toHaveLength(1);
    expect(bench.broker.conditionals.filter((order) => order.status === 'new')).toEqual([]);
  });

  it('before the entry is written: it is not sent, and its signal is labelled all the same', async () => {
    const disk = new DiskJournal();
    const bench = await new ExecutionBench({ accountId: 'fake-account' }, disk).start();
    disk.fill();
    await bench.decide(aSignal());
    expect(bench.broker.calls.filter((call) => call.startsWith('place'))).toEqual([]);
    disk.empty();
    await bench.pass(1_000);
    expect(disk.rows('signals')).toBe(1);
    expect(disk.load().virtuals).toHaveLength(1);
  });
});

describe('a database that is lost at boot', () => {
  it('whose trades can still be read: the position is known and guarded as before, nothing new is opened', async () => {
    const disk = new DiskJournal();
    const bench = await opened(disk);
    disk.db.pragma('wal_checkpoint(TRUNCATE)');
    const known = salvage(disk.path, 'fake-account');
    expect(known.filter(({ table }) => table === 'intent')).toHaveLength(1);
    expect(salvage(disk.path, 'another')).toEqual([]);
    disk.close();
    const other = new ExecutionBench(
      { accountId: 'fake-account' },
      new GuardedJournal(null, { ...disk.options, salvaged: known }),
    );
    other.broker.positions.set(A, bench.broker.positions.get(A) as never);
    other.broker.conditionals.push(...bench.broker.conditionals);
    other.broker.orders.push(...bench.broker.orders);
    await other.start();
    await other.pass(1_000);
    expect(other.service.trades().map((trade) => [trade.plan.symbol, trade.state])).toEqual([[A, 'protected']]);
    expect(other.service.liveState().ladder.level).toBe('PROTECT_ONLY');
    expect(other.liveStops()).toEqual([98]);
    expect(readFileSync(disk.options.standbyPath, 'utf8')).toContain('"balance"');
  });

  it('and nothing can be read: a naked position of ours gets a stop at the default distance, one with a stop is left alone', async () => {
    const disk = new DiskJournal();
    const bench = await opened(disk);
    disk.close();
    writeFileSync(disk.path, 'not a database any more. '.repeat(400));
    expect(salvage(disk.path, 'fake-account')).toEqual([]);
    const lost = async (prepare: (other: ExecutionBench) => void): Promise<ExecutionBench> => {
      const options = { ...disk.options, standbyPath: join(aFolder(), 'standby.jsonl') };
      const other = new ExecutionBench({ accountId: 'fake-account' }, new GuardedJournal(null, options));
      other.broker.positions.set(A, bench.broker.positions.get(A) as never);
      other.broker.conditionals.push(...bench.broker.conditionals);
      prepare(other);
      await other.start();
      await other.pass(31_000, 250);
      return other;
    };
    const guarded = await lost(() => undefined);
    expect(guarded.liveStops()).toEqual([98]);
    expect(guarded.alarms()).not.toContain('guarded');
    const naked = await lost(({ broker }) => {
      const stops = broker.conditionals.filter((order) => order.type === 'STOP_MARKET');
      for (const stop of stops) broker.conditionals.splice(broker.conditionals.indexOf(stop), 1);
    });
    // 2 % under the mark of 100.
    expect(naked.liveStops()).toEqual([98]);
    expect(naked.alarms()).toContain('guarded');
    expect(naked.service.liveState().ladder.level).toBe('PROTECT_ONLY');
    expect(naked.entries()).toHaveLength(0);
  });
});

describe('K24: a migration or its copy that was killed half way', () => {
  const old = (): string => {
    const path = join(aFolder(), 'a.sqlite');
    const db = new Database(path);
    db.exec(MIGRATIONS[0] ?? '');
    db.pragma('user_version = 1');
    db.prepare("INSERT INTO latch(name, reason) VALUES ('pause', 'by a person')").run();
    db.close();
    return path;
  };

  it('is the old layout still, and the next start brings it up to date', () => {
    const path = old();
    const script = join(import.meta.dirname, '../support/half-migration.ts');
    expect(spawnSync(process.execPath, ['--import', 'tsx', script, path]).signal).toBe('SIGKILL');
    const db = new Database(path, { readonly: true });
    expect(db.pragma('user_version', { simple: true })).toBe(1);
    db.close();
    const journal = openJournal({ path, accountId: 'a', schemas: ALL_SCHEMAS });
    onTestFinished(() => journal.close());
    expect(journal.load().latches.get('pause')).toBe('by a person');
  });

  it('leaves no half copy that anybody could take for a backup', () => {
    const path = old();
    writeFileSync(`${path}.layout-1.half`, 'half');
    openJournal({ path, accountId: 'a', schemas: ALL_SCHEMAS }).close();
    expect(existsSync(`${path}.layout-1.half`)).toBe(false);
    const copy = new Database(`${path}.layout-1`, { readonly: true });
    expect(copy.pragma('quick_check', { simple: true })).toBe('ok');
    copy.close();
  });
});
