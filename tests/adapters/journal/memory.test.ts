// The journal in memory keeps the contract of all journals.
import { expect, it } from 'vitest';
import { MemoryJournal } from '../../../src/adapters/journal/memory.ts';
import { JournalError } from '../../../src/ports/errors.ts';
import { journalContract } from '../../contracts/journal.contract.ts';
import { anIntent } from '../../support/a-run.ts';

journalContract('memory journal', () => {
  const journal = new MemoryJournal();
  return { journal, rows: (stream) => journal.rows(stream), reopened: () => journal };
});

it('fails on demand as a full disk does, and keeps what it had', () => {
  const journal = new MemoryJournal();
  journal.commit([{ table: 'intent', row: anIntent(1) }]);
  journal.failWith('database or disk is full');
  expect(() => journal.commit([{ table: 'intent', row: anIntent(2) }])).toThrow(JournalError);
  journal.failWith(null);
  expect(journal.load().intents).toEqual([anIntent(1)]);
});
