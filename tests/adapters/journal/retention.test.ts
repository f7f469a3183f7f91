// What is given up, what never is, and how long a slice takes.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPeopleStore } from '../../../src/adapters/journal/people-store.ts';
import { RawEvents } from '../../../src/adapters/journal/raw-events.ts';
import { Retention, SLICE_MS } from '../../../src/adapters/journal/retention.ts';
import { openJournal, type SqliteJournal } from '../../../src/adapters/journal/sqlite.ts';
import type { JournalRow } from '../../../src/core/journal.ts';
import type { KlineBlock } from '../../../src/core/klines.ts';
import { epochMs } from '../../../src/core/units.ts';
import { aCard } from '../../contracts/people-store.contract.ts';
import { minutesFrom } from '../../support/a-bar.ts';
import {
  ALL_SCHEMAS,
  aFill,
  aFolder,
  anIntent,
  anOp,
  closedEntry,
  outcomeEntry,
  signalEntry,
  signalNo,
  tradeIdNo,
} from '../../support/a-run.ts';
import { MIDNIGHT } from '../../support/a-signal.ts';

const DAY = 86_400_000;
const quiet = (): void => undefined;
const LOGGER = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const KLINES: readonly KlineBlock[] = [{ timeframe: '1m', bars: minutesFrom(MIDNIGHT, 60, 0.1) }];
const withKlines = (n: number, ageDays: number): JournalRow => {
  const barCloseMs = epochMs(MIDNIGHT - ageDays * DAY);
  const entry = signalEntry(signalNo(n, { barCloseMs }));
  if (entry.table !== 'signal') throw new Error('not a signal');
  return { ...entry, klines: KLINES };
};

/** A clock that goes on by what a test says each look costs. */
const clockOf = (stepMs: number): (() => number) => {
  let at = 0;
  return () => {
    at += stepMs;
    return at;
  };
};

function aJournal(): { path: string; journal: SqliteJournal } {
  const path = join(aFolder(), 'a.sqlite');
  const journal = openJournal({ path, accountId: 'a', schemas: ALL_SCHEMAS });
  onTestFinished(() => journal.close());
  return { path, journal };
}
function retentionOf(path: string, stepMs = 0): Retention {
  const retention = new Retention(path, { snapshotDays: 90, clock: clockOf(stepMs) });
  onTestFinished(() => retention.close());
  return retention;
}
const NOW = { marketMs: MIDNIGHT, wallMs: MIDNIGHT };
const ran = (retention: Retention): number => {
  let slices = 1;
  while (retention.slice(NOW).state === 'more') slices += 1;
  return slices;
};

describe('retention', () => {
  it('gives up candles and scenes of signals above the age, and keeps those below it', () => {
    const { path, journal } = aJournal();
    journal.commit([withKlines(1, 91), withKlines(2, 90), withKlines(3, 1)]);
    expect(journal.reader().klines(signalNo(1).id)).toEqual(KLINES);
    ran(retentionOf(path));
    const reader = journal.reader();
    expect([1, 2, 3].map((n) => reader.klines(signalNo(n).id) === null)).toEqual([true, false, false]);
    expect([1, 2, 3].map((n) => reader.signal(signalNo(n).id)?.snapshotJson ?? null)).toEqual([null, '{}', '{}']);
    expect(reader.counts().signals).toBe(3);
  });

  it('gives up raw events and delivered cards after seven days, a card that waits never', () => {
    const { path } = aJournal();
    const events = new RawEvents(path, LOGGER);
    for (const age of [8, 6]) events.note({ source: 'account', heardMs: MIDNIGHT - age * DAY, venueMs: 1, body: `${age}` });
    events.close();
    const people = openPeopleStore(path, LOGGER);
    for (const n of [1, 2, 3]) people.outbox.put(aCard(n, { createdMs: epochMs(MIDNIGHT - 20 * DAY) }));
    people.outbox.markSent(1, 'm', epochMs(MIDNIGHT - 8 * DAY));
    people.outbox.markSent(2, 'm', epochMs(MIDNIGHT - 6 * DAY));
    people.close();
    ran(retentionOf(path));
    const db = new Database(path, { readonly: true });
    expect(db.prepare('SELECT body FROM raw_event').pluck().all()).toEqual(['6']);
    expect(db.prepare('SELECT card_id FROM outbox ORDER BY seq').pluck().all()).toEqual(['card-2', 'card-3']);
    db.close();
  });

  it('stops inside its slice when the machine is slow, and goes on with the next one', () => {
    const { path, journal } = aJournal();
    journal.commit(Array.from({ length: 400 }, (_, n) => withKlines(n, 200)));
    // Each look at the clock costs 6 ms: after two batches of 40 rows half of the slice is gone.
    const slow = retentionOf(path, 6);
    const first = slow.slice(NOW);
    expect(first.state).toBe('more');
    expect(first.rows).toBeLessThanOrEqual(80);
    expect(first.ms).toBeLessThanOrEqual(SLICE_MS);
    expect(ran(slow)).toBeGreaterThan(5);
    expect(journal.reader().klines(signalNo(399).id)).toBeNull();
  });

  it('hands the pages back to the disk', () => {
    const { path, journal } = aJournal();
    journal.commit(Array.from({ length: 600 }, (_, n) => withKlines(n, 200)));
    const db = new Database(path, { readonly: true });
    const pages = () => Number(db.pragma('page_count', { simple: true }));
    const before = pages();
    ran(retentionOf(path));
    expect(pages()).toBeLessThan(before * 0.8);
    expect(Number(db.pragma('freelist_count', { simple: true }))).toBe(0);
    db.close();
  });

  it('touches nothing else, whatever the ages', () => {
    const untouched =
      'intent op fill virtual_trade outcome outcome_row closed_trade balance watermark latch command setting setting_change'.split(
        ' ',
      );
    const ages = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(ages, (list) => {
        const { path, journal } = aJournal();
        for (const [n, age] of list.entries()) {
          const barCloseMs = epochMs(MIDNIGHT - age * DAY);
          const signal = signalNo(n, { barCloseMs });
          journal.commit([
            withKlines(n, age),
            { table: 'intent', row: anIntent(n, { barCloseMs: epochMs(barCloseMs + n) }) },
            { table: 'op', row: anOp(n) },
            { table: 'fill', tradeId: tradeIdNo(n), role: 'e', fill: aFill(String(n), { at: barCloseMs }) },
            outcomeEntry(signal, { exitMs: barCloseMs }),
            closedEntry(n, { closedMs: barCloseMs }),
            {
              table: 'balance',
              row: { at: barCloseMs, walletBalance: '1', marginBalance: '1', availableBalance: '1', cause: 'read' },
            },
          ]);
        }
        const db = new Database(path, { readonly: true });
        const all = () => untouched.map((table) => db.prepare(`SELECT * FROM ${table}`).all());
        const signals = () => db.prepare('SELECT seq, signal_id, row_json, evaluation_json FROM signal').all();
        const before = [all(), signals()];
        ran(retentionOf(path));
        expect([all(), signals()]).toEqual(before);
        const kept = list.filter((age) => age <= 90).length;
        expect(db.prepare('SELECT count(*) FROM signal_klines').pluck().get()).toBe(kept);
        db.close();
      }),
      { numRuns: 6 },
    );
  });
});
