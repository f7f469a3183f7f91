// What people see and say outlives the process, and a disk that is full delays nobody.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { forgetfulPeopleStore, openPeopleStore, type PeopleStore } from '../../../src/adapters/journal/people-store.ts';
import { openJournal } from '../../../src/adapters/journal/sqlite.ts';
import { SqliteAudit, SqliteSettings } from '../../../src/adapters/journal/sqlite-desk.ts';
import { openOutbox } from '../../../src/adapters/journal/sqlite-outbox.ts';
import { epochMs } from '../../../src/core/units.ts';
import { JournalError } from '../../../src/ports/errors.ts';
import { aCard, peopleStoreContract } from '../../contracts/people-store.contract.ts';
import { ALL_SCHEMAS, aFolder } from '../../support/a-run.ts';

const quiet = (): void => undefined;
const LOGGER = { debug: quiet, info: quiet, warn: quiet, error: quiet };

function aDatabase(): string {
  const path = join(aFolder(), 'a.sqlite');
  openJournal({ path, accountId: 'a', schemas: ALL_SCHEMAS }).close();
  return path;
}

function openAt(path: string): PeopleStore {
  const store = openPeopleStore(path, LOGGER);
  onTestFinished(() => store.close());
  return store;
}

peopleStoreContract('SQLite', () => {
  const path = aDatabase();
  const store = openAt(path);
  return {
    store,
    reopened: () => {
      store.close();
      return openAt(path);
    },
  };
});
peopleStoreContract('memory', () => {
  const store = forgetfulPeopleStore();
  return { store, reopened: () => store };
});

describe('a disk that is full', () => {
  const full = () => {
    const path = aDatabase();
    const db = new Database(path);
    onTestFinished(() => void db.close());
    const outbox = openOutbox(db);
    const fill = () => db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true })}`);
    return { path, db, outbox, fill, empty: () => db.pragma('max_page_count = 1000000') };
  };

  it('keeps cards in memory in their order, says so, and writes them when there is room again', () => {
    const { path, outbox, fill, empty } = full();
    outbox.put(aCard(1));
    fill();
    for (let n = 2; n < 60; n++) expect(outbox.put(aCard(n, { body: 'x'.repeat(2_000) }))).toBe('queued');
    expect(outbox.count().undurable).toBeGreaterThan(0);
    const first = outbox.peek(1)[0];
    outbox.markTrying(first?.seq ?? 0, epochMs(5));
    outbox.markSent(first?.seq ?? 0, 'm1', epochMs(6));
    expect(outbox.peek(99).map(({ cardId }) => cardId)).toEqual(Array.from({ length: 58 }, (_, i) => `card-${i + 2}`));
    empty();
    outbox.put(aCard(60));
    expect(outbox.count()).toMatchObject({ undurable: 0, waiting: 59, sent: 1 });
    expect(openAt(path).outbox.peek(99)).toHaveLength(59);
  });

  it('refuses a setting and a command by name, and changes nothing', () => {
    const { db, fill } = full();
    const settings = new SqliteSettings(db);
    const audit = new SqliteAudit(db, LOGGER);
    fill();
    expect(() => settings.save({ name: 'A', value: 'x'.repeat(9_000), by: 'u', at: epochMs(1) })).toThrow(JournalError);
    expect(settings.load().size).toBe(0);
    const request = { interactionId: 'i', userId: 'u', userName: 'n', name: '/x', args: 'x'.repeat(9_000), at: epochMs(1) };
    expect(() => audit.begin(request)).toThrow(/\/x could not be written/);
    expect(() => audit.refuse(request, 'no')).not.toThrow();
    expect(audit.recent(1)).toEqual([]);
  });
});
