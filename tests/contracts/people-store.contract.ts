// One suite for everything that the interface for people keeps, run on SQLite and on memory.
import { describe, expect, it } from 'vitest';
import type { PeopleStore } from '../../src/adapters/journal/people-store.ts';
import type { Severity } from '../../src/core/notice.ts';
import { epochMs } from '../../src/core/units.ts';
import type { AuditRequest } from '../../src/ports/audit.ts';
import type { OutboxCard } from '../../src/ports/outbox.ts';

export interface PeopleStoreUnderTest {
  readonly store: PeopleStore;
  /** Closed and opened again on the same file, where there is a file. */
  reopened(): PeopleStore;
}

export const aCard = (n: number, change: Partial<OutboxCard> = {}): OutboxCard => ({
  cardId: `card-${n}`,
  severity: 'info',
  body: JSON.stringify({ text: `第 ${n} 張` }),
  createdMs: epochMs(1_000 + n),
  mergeKey: null,
  ...change,
});
const cards = (severity: Severity, from: number, count: number): OutboxCard[] =>
  Array.from({ length: count }, (_, i) => aCard(from + i, { severity }));
const aRequest = (id: string, change: Partial<AuditRequest> = {}): AuditRequest => ({
  interactionId: id,
  userId: '123456789012345678',
  userName: 'someone',
  name: '/close',
  args: '{"symbol":"BTCUSDT"}',
  at: epochMs(5),
  ...change,
});

function outboxContract(name: string, open: () => PeopleStoreUnderTest): void {
  describe(`${name}: the outbox`, () => {
    it('hands cards out in the order in which they came, once each, also after reopening', () => {
      const under = open();
      for (const n of [1, 2, 3]) expect(under.store.outbox.put(aCard(n))).toBe('queued');
      expect(under.store.outbox.put(aCard(2, { body: 'other words' }))).toBe('repeated');
      const { outbox } = under.reopened();
      expect(outbox.peek(10).map(({ cardId, attempts, count }) => [cardId, attempts, count])).toEqual([
        ['card-1', 0, 1],
        ['card-2', 0, 1],
        ['card-3', 0, 1],
      ]);
      expect(outbox.peek(1)[0]).toMatchObject(aCard(1));
      expect(outbox.put(aCard(3))).toBe('repeated');
    });

    it('keeps a failed card first in the line, and remembers when it was first tried', () => {
      const under = open();
      under.store.outbox.put(aCard(1));
      under.store.outbox.put(aCard(2));
      const seq = under.store.outbox.peek(1)[0]?.seq ?? 0;
      under.store.outbox.markTrying(seq, epochMs(100));
      under.store.outbox.markFailed(seq, '503', epochMs(110));
      under.store.outbox.markTrying(seq, epochMs(200));
      const { outbox } = under.reopened();
      expect(outbox.peek(2).map(({ cardId }) => cardId)).toEqual(['card-1', 'card-2']);
      expect(outbox.peek(1)[0]).toMatchObject({ attempts: 2, firstTriedMs: 100, lastTriedMs: 200 });
    });

    it('forgets neither what was sent nor what was refused, and hands it out no more', () => {
      const under = open();
      for (const n of [1, 2, 3]) under.store.outbox.put(aCard(n));
      const [first, second] = under.store.outbox.peek(2);
      under.store.outbox.markSent(first?.seq ?? 0, '987654321098765432', epochMs(9));
      under.store.outbox.markRefused(second?.seq ?? 0, 'too long', epochMs(9));
      under.store.outbox.markSent(first?.seq ?? 0, 'again', epochMs(10));
      const { outbox } = under.reopened();
      expect(outbox.peek(9).map(({ cardId }) => cardId)).toEqual(['card-3']);
      expect(outbox.count()).toMatchObject({ waiting: 1, sent: 1, refused: 1, dropped: 0, undurable: 0 });
      expect([outbox.put(aCard(1)), outbox.put(aCard(2))]).toEqual(['repeated', 'repeated']);
    });

    it('collapses waiting repeats into the newest of them, which keeps the place of the first', () => {
      const under = open();
      const repeat = (n: number) => aCard(n, { mergeKey: 'feed down' });
      expect(under.store.outbox.put(repeat(1))).toBe('queued');
      under.store.outbox.put(aCard(2));
      expect([under.store.outbox.put(repeat(3)), under.store.outbox.put(repeat(4))]).toEqual(['merged', 'merged']);
      const { outbox } = under.reopened();
      expect(outbox.peek(9).map(({ cardId, count }) => [cardId, count])).toEqual([
        ['card-4', 3],
        ['card-2', 1],
      ]);
      expect([1, 3, 4].map((n) => outbox.put(repeat(n)))).toEqual(['repeated', 'repeated', 'repeated']);
    });

    it('never changes a card that was tried: it may have arrived', () => {
      const { outbox } = open().store;
      outbox.put(aCard(1, { mergeKey: 'k' }));
      outbox.markTrying(outbox.peek(1)[0]?.seq ?? 0, epochMs(1));
      expect(outbox.put(aCard(2, { mergeKey: 'k' }))).toBe('queued');
      expect(outbox.peek(9).map(({ cardId }) => cardId)).toEqual(['card-1', 'card-2']);
    });

    it('at its limit gives up the oldest of the least severity, never a critical card', () => {
      const { outbox } = open().store;
      for (const card of cards('warning', 0, 1_000)) outbox.put(card);
      for (const card of cards('info', 1_000, 1_000)) outbox.put(card);
      expect(outbox.put(aCard(5_000))).toBe('dropped');
      expect(outbox.put(aCard(5_001, { severity: 'warning' }))).toBe('queued');
      for (const card of cards('critical', 6_000, 50)) expect(outbox.put(card)).toBe('queued');
      const held = outbox.peek(5_000);
      expect(held.filter(({ severity }) => severity === 'critical')).toHaveLength(50);
      expect(held.some(({ cardId }) => cardId === 'card-1000' || cardId === 'card-5000')).toBe(false);
      expect(held[0]?.cardId).toBe('card-0');
      expect(outbox.count()).toMatchObject({ waiting: 2_050, waitingCritical: 50, dropped: 2 });
    });

    it('remembers small facts of the deliverer', () => {
      const under = open();
      under.store.outbox.remember('panel.scan', '111');
      under.store.outbox.remember('panel.scan', '222');
      under.store.outbox.remember('commands', 'hash');
      under.store.outbox.remember('commands', null);
      const { outbox } = under.reopened();
      expect([outbox.recall('panel.scan'), outbox.recall('commands')]).toEqual(['222', null]);
    });
  });
}

function deskContract(name: string, open: () => PeopleStoreUnderTest): void {
  describe(`${name}: settings`, () => {
    it('say who changed what, when, from what and to what', () => {
      const under = open();
      const { settings } = under.store;
      expect(settings.save({ name: 'MAX_POSITIONS', value: '2', by: 'u1', at: epochMs(1) })).toEqual({
        name: 'MAX_POSITIONS',
        before: null,
        after: '2',
        by: 'u1',
        at: 1,
      });
      settings.save({ name: 'MIN_CONFIDENCE', value: '80', by: 'u1', at: epochMs(2) });
      settings.save({ name: 'MAX_POSITIONS', value: '1', by: 'u2', at: epochMs(3) });
      settings.save({ name: 'MIN_CONFIDENCE', value: null, by: 'u2', at: epochMs(4) });
      const again = under.reopened().settings;
      expect([...again.load()]).toEqual([['MAX_POSITIONS', '1']]);
      expect(again.history('MAX_POSITIONS', 9).map(({ before, after, by }) => [before, after, by])).toEqual([
        ['2', '1', 'u2'],
        [null, '2', 'u1'],
      ]);
      expect(again.history(null, 2).map(({ name: changed, after }) => [changed, after])).toEqual([
        ['MIN_CONFIDENCE', null],
        ['MAX_POSITIONS', '1'],
      ]);
    });
  });

  describe(`${name}: the audit`, () => {
    it('lets a request through once, whatever became of it, also after reopening', () => {
      const under = open();
      expect(under.store.audit.begin(aRequest('i1'))).toEqual({ kind: 'new' });
      expect(under.store.audit.begin(aRequest('i1'))).toMatchObject({ kind: 'seen', record: { state: 'running' } });
      under.store.audit.finish('i1', 'done', 'closed', epochMs(9));
      under.store.audit.finish('i1', 'failed', 'too late', epochMs(10));
      const { audit } = under.reopened();
      expect(audit.begin(aRequest('i1'))).toEqual({
        kind: 'seen',
        record: { ...aRequest('i1'), state: 'done', result: 'closed', doneMs: 9 },
      });
      expect(audit.seen('i2')).toBeNull();
    });

    it('lists what was accepted before the process ended, and what was refused only among the past', () => {
      const under = open();
      under.store.audit.begin(aRequest('i1', { name: '/panic' }));
      under.store.audit.refuse(aRequest('i2'), 'not a trader');
      under.store.audit.begin(aRequest('i3'));
      under.store.audit.finish('i3', 'failed', 'the venue said no', epochMs(9));
      const { audit } = under.reopened();
      expect(audit.running().map(({ interactionId, name: asked }) => [interactionId, asked])).toEqual([['i1', '/panic']]);
      expect(audit.recent(2).map(({ interactionId, state, result }) => [interactionId, state, result])).toEqual([
        ['i3', 'failed', 'the venue said no'],
        ['i2', 'refused', 'not a trader'],
      ]);
      expect(audit.begin(aRequest('i2'))).toMatchObject({ kind: 'seen', record: { state: 'refused' } });
    });
  });
}

export function peopleStoreContract(name: string, open: () => PeopleStoreUnderTest): void {
  outboxContract(name, open);
  deskContract(name, open);
}
