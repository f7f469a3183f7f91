// One suite for every journal: what is committed is found again, once; what is refused leaves nothing.
import { describe, expect, it } from 'vitest';
import { openVirtual } from '../../src/book/virtual.ts';
import type { JournalRow } from '../../src/core/journal.ts';
import type { VirtualTrade } from '../../src/core/trade.ts';
import { decimalString, epochMs, symbolId } from '../../src/core/units.ts';
import { JournalError } from '../../src/ports/errors.ts';
import type { RowStream } from '../../src/ports/feature-log.ts';
import type { TradeJournal } from '../../src/ports/journal.ts';
import type { StoredRow } from '../../src/ports/row-source.ts';
import { aFill, anIntent, anOp, closedEntry, outcomeEntry, signalEntry, signalNo, tradeIdNo } from '../support/a-run.ts';
import { anInstrument, MIDNIGHT } from '../support/a-signal.ts';

export interface JournalUnderTest {
  readonly journal: TradeJournal;
  rows(stream: RowStream): readonly StoredRow[];
  /** Closes it and opens it again on the same store, where there is a store. */
  reopened(): TradeJournal;
}

const ETH = symbolId('ETHUSDT');
const virtualOf = (n: number, change: Partial<VirtualTrade> = {}): JournalRow => {
  const trade = openVirtual({
    signal: signalNo(n),
    tradeId: tradeIdNo(n),
    role: 'shown',
    reason: 'rank',
    grid: anInstrument().grid,
  });
  return { table: 'virtual', trade: { ...trade, ...change } };
};
const intent = (n: number, change: Parameters<typeof anIntent>[1] = {}): JournalRow => ({
  table: 'intent',
  row: anIntent(n, change),
});
const watermark = (ms: number): JournalRow => ({ table: 'watermark', symbol: ETH, barCloseMs: epochMs(ms) });

export function journalContract(name: string, open: () => JournalUnderTest): void {
  describe(`${name}: what is committed is found`, () => {
    it('starts empty', () => {
      expect(open().journal.load()).toEqual({
        intents: [],
        ops: [],
        fills: [],
        virtuals: [],
        longLabels: [],
        watermarks: new Map(),
        latches: new Map(),
        lives: [],
        waitingSignals: [],
        lastBalance: null,
        peakEquityUsdt: null,
        recentNetR: [],
        recentClosed: [],
        lastSignals: [],
        hitCounts: [],
      });
    });

    it('with every value as it was written, also after reopening', () => {
      const under = open();
      const plan = { ...anIntent(1).plan, signal: signalNo(1, { quoteVolume24hUsdt: Number.NaN }) };
      const balance = {
        at: epochMs(MIDNIGHT),
        walletBalance: '10000.00000001',
        marginBalance: '10000',
        availableBalance: '9000',
        cause: 'ORDER',
      };
      under.journal.commit([
        signalEntry(signalNo(1)),
        intent(1, { plan, state: 'protected', openedMs: epochMs(MIDNIGHT + 5) }),
        { table: 'op', row: anOp(1) },
        { table: 'fill', tradeId: tradeIdNo(1), role: 'e', fill: aFill('9007199254740993') },
        virtualOf(1, { maxFavourableR: 0.1 + 0.2 }),
        watermark(MIDNIGHT),
        { table: 'balance', row: balance },
        { table: 'latch', name: 'pause', reason: 'asked by a person' },
      ]);
      for (const journalOf of [() => under.journal, () => under.reopened()]) {
        const state = journalOf().load();
        expect(state.intents).toEqual([anIntent(1, { plan, state: 'protected', openedMs: epochMs(MIDNIGHT + 5) })]);
        expect(state.ops).toEqual([anOp(1)]);
        expect(state.fills).toEqual([{ tradeId: tradeIdNo(1), role: 'e', fill: aFill('9007199254740993') }]);
        expect(state.virtuals).toEqual([
          (virtualOf(1, { maxFavourableR: 0.30000000000000004 }) as { trade: VirtualTrade }).trade,
        ]);
        expect(state.watermarks).toEqual(new Map([[ETH, MIDNIGHT]]));
        expect(state.latches).toEqual(new Map([['pause', 'asked by a person']]));
        expect(state.lastBalance).toEqual(balance);
        expect(state.lastSignals).toEqual([{ symbol: ETH, side: 'long', barCloseMs: MIDNIGHT + 60_000 }]);
      }
    });

    it('with the newest balance, the newest signal of a side, and a lifted latch gone', () => {
      const { journal } = open();
      const balance = (cause: string): JournalRow => ({
        table: 'balance',
        row: { at: epochMs(1), walletBalance: '1', marginBalance: '1', availableBalance: '1', cause },
      });
      const latch = (reason: string | null): JournalRow => ({ table: 'latch', name: 'panic', reason });
      journal.commit([
        balance('a'),
        balance('b'),
        latch('x'),
        latch('y'),
        signalEntry(signalNo(3)),
        signalEntry(signalNo(2)),
        signalEntry(signalNo(1, { side: 'short' })),
      ]);
      expect(journal.load().lastBalance?.cause).toBe('b');
      expect(journal.load().latches.get('panic')).toBe('y');
      journal.commit([latch(null)]);
      expect(journal.load().latches.size).toBe(0);
      expect(journal.load().lastSignals).toEqual([
        { symbol: ETH, side: 'long', barCloseMs: MIDNIGHT + 180_000 },
        { symbol: ETH, side: 'short', barCloseMs: MIDNIGHT + 60_000 },
      ]);
    });

    it('with every life of the process: one without an end has crashed', () => {
      const under = open();
      const began = (ms: number, loop: 'none' | 'found' = 'none'): JournalRow => ({ table: 'life', beganMs: epochMs(ms), loop });
      under.journal.commit([began(10)]);
      under.journal.commit([began(20)]);
      under.journal.commit([{ table: 'lifeEnd', beganMs: epochMs(20), endedMs: epochMs(25), ending: 'stopped' }]);
      under.journal.commit([began(30, 'found'), { table: 'latch', name: 'crashLoop', reason: 'x' }]);
      for (const journalOf of [() => under.journal, () => under.reopened()])
        expect(journalOf().load().lives).toEqual([
          { beganMs: 10, endedMs: null, ending: null, loop: 'none' },
          { beganMs: 20, endedMs: 25, ending: 'stopped', loop: 'none' },
          { beganMs: 30, endedMs: null, ending: null, loop: 'found' },
        ]);
    });

    it('with signals that wait for an answer: their rows join the stream with it, once, behind those written meanwhile', () => {
      const under = open();
      const ids = (): unknown[] => under.rows('signals').map(({ row }) => row['signal_id']);
      const waits = signalEntry(signalNo(1));
      if (waits.table !== 'signal') throw new Error('not a signal');
      const answered = (reason: string): JournalRow => ({
        table: 'signalAnswered',
        signalId: waits.signalId,
        row: { ...waits.row, skip_reason: reason },
        judgementJson: '{"kind":"virtual","reason":"skipped"}',
      });
      under.journal.commit([{ ...waits, answer: 'waits' }, virtualOf(1)]);
      under.journal.commit([signalEntry(signalNo(2))]);
      expect(ids()).toEqual([signalNo(2).id]);
      const { symbol, id } = signalNo(1);
      expect(under.journal.load().waitingSignals).toEqual([{ signalId: id, symbol, row: waits.row }]);
      under.journal.commit([answered('skipped')]);
      under.journal.commit([answered('journal')]);
      under.journal.commit([signalEntry(signalNo(3))]);
      expect(ids()).toEqual([signalNo(2).id, id, signalNo(3).id]);
      expect(under.rows('signals').map(({ row }) => row['skip_reason'])).toEqual(['rank', 'skipped', 'rank']);
      const numbers = under.rows('signals').map(({ seq }) => seq);
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
      under.journal.commit([outcomeEntry(signalNo(1))]);
      const state = under.reopened().load();
      expect([state.waitingSignals, state.virtuals]).toEqual([[], []]);
    });

    it('with the newest two hundred closed trades, newest last', () => {
      const { journal } = open();
      for (let n = 0; n < 205; n++) journal.commit([intent(n), closedEntry(n, { netR: n })]);
      const state = journal.load();
      expect(state.recentNetR).toHaveLength(200);
      expect([state.recentNetR[0], state.recentNetR.at(-1)]).toEqual([5, 204]);
      expect(state.recentClosed.at(-1)).toEqual((closedEntry(204, { netR: 204 }) as { trade: unknown }).trade);
    });
  });

  describe(`${name}: what is told twice counts once`, () => {
    it('a signal, a fill, an outcome and a closed trade: the first one stands', () => {
      const under = open();
      const later = aFill('5', { price: decimalString('999') });
      under.journal.commit([
        signalEntry(signalNo(1)),
        intent(1),
        { table: 'fill', tradeId: tradeIdNo(1), role: 'e', fill: aFill('5') },
        outcomeEntry(signalNo(1)),
        closedEntry(1),
      ]);
      under.journal.commit([
        signalEntry(signalNo(1, { score: 99 })),
        { table: 'fill', tradeId: tradeIdNo(1), role: 'x', fill: later },
        outcomeEntry(signalNo(1), { netR: -5 }),
        closedEntry(1, { netR: -5 }),
      ]);
      expect(under.rows('signals').map(({ row }) => row['rule_score'])).toEqual([85]);
      expect(under.rows('outcomes').map(({ row }) => row['r_net'])).toEqual([0.68]);
      expect(under.rows('executions').map(({ row }) => row['r_net_real'])).toEqual([0.79945]);
      expect(under.journal.load().fills).toEqual([{ tradeId: tradeIdNo(1), role: 'e', fill: aFill('5') }]);
    });

    it('the same trade number on another symbol is another fill', () => {
      const { journal } = open();
      journal.commit([
        intent(1),
        ...['ETHUSDT', 'BTCUSDT'].map(
          (name): JournalRow => ({
            table: 'fill',
            tradeId: tradeIdNo(1),
            role: 'e',
            fill: aFill('5', { symbol: symbolId(name) }),
          }),
        ),
      ]);
      expect(journal.load().fills).toHaveLength(2);
    });

    it('a virtual trade ends with its outcome and does not come back', () => {
      const { journal } = open();
      journal.commit([signalEntry(signalNo(1)), virtualOf(1), virtualOf(1, { barsHeld: 3 })]);
      expect(journal.load().virtuals.map((trade) => trade.barsHeld)).toEqual([3]);
      journal.commit([outcomeEntry(signalNo(1))]);
      journal.commit([virtualOf(1)]);
      expect(journal.load().virtuals).toEqual([]);
    });

    it('a timeout counts at once, and its row joins the stream when its second label is known', () => {
      const under = open();
      const outcome = outcomeEntry(signalNo(1), { exit: 'timeout' });
      if (outcome.table !== 'outcome') throw new Error('not an outcome');
      const long = { outcome: outcome.outcome, stop: 98, target: 104 };
      under.journal.commit([signalEntry(signalNo(1)), { ...outcome, long }]);
      expect(under.rows('outcomes')).toEqual([]);
      expect(under.journal.load().longLabels).toEqual([long]);
      expect(under.journal.load().hitCounts).toHaveLength(1);
      under.journal.commit([signalEntry(signalNo(2)), outcomeEntry(signalNo(2))]);
      const row = { ...outcome.row, y_720: 1 };
      for (const y of [1, 0])
        under.journal.commit([{ table: 'outcomeRow', signalId: signalNo(1).id, row: { ...row, y_720: y } }]);
      expect(under.rows('outcomes').map(({ row: { signal_id: id, y_720: y } }) => [id, y])).toEqual([
        [signalNo(2).id, 1],
        [signalNo(1).id, 1],
      ]);
      expect(under.reopened().load().longLabels).toEqual([]);
    });

    it('a watermark never goes back', () => {
      const { journal } = open();
      journal.commit([watermark(MIDNIGHT + 60_000), watermark(MIDNIGHT)]);
      expect(journal.load().watermarks.get(ETH)).toBe(MIDNIGHT + 60_000);
    });
  });

  describe(`${name}: a refused commit leaves nothing`, () => {
    it('when an intent is stale', () => {
      const under = open();
      under.journal.commit([intent(1, { version: 4 })]);
      for (const version of [3, 4, 6]) {
        expect(() =>
          under.journal.commit([signalEntry(signalNo(9)), watermark(MIDNIGHT), intent(1, { version, state: 'sending' })]),
        ).toThrow(/version/);
      }
      expect(under.journal.load().intents).toEqual([anIntent(1, { version: 4 })]);
      expect(under.journal.load().watermarks.size).toBe(0);
      expect(under.rows('signals')).toEqual([]);
      under.journal.commit([intent(1, { version: 5, state: 'sending' })]);
      expect(under.journal.load().intents[0]).toMatchObject({ state: 'sending', version: 5 });
    });

    it('when an order id is used again, or an outcome has no order', () => {
      const { journal } = open();
      journal.commit([intent(1), { table: 'op', row: anOp(1) }]);
      expect(() => journal.commit([watermark(1), { table: 'op', row: anOp(1) }])).toThrow(/never used twice/);
      const unknown: JournalRow = {
        table: 'opOutcome',
        clientId: anOp(2).clientId,
        outcome: 'accepted',
        code: null,
        venueId: '1',
        doneMs: epochMs(1),
      };
      expect(() => journal.commit([watermark(1), unknown])).toThrow(/never written/);
      expect(journal.load().watermarks.size).toBe(0);
      expect(journal.load().ops).toEqual([anOp(1)]);
    });

    it('when a label has no signal or a closed trade no intent', () => {
      const { journal } = open();
      for (const orphan of [outcomeEntry(signalNo(1)), virtualOf(1), closedEntry(1)]) {
        expect(() => journal.commit([watermark(1), orphan])).toThrow(JournalError);
      }
      expect(journal.load().watermarks.size).toBe(0);
      expect(journal.load().virtuals).toEqual([]);
    });

    it('but within one commit the order of rows does not matter for that', () => {
      const { journal } = open();
      journal.commit([closedEntry(1), intent(1), virtualOf(1), signalEntry(signalNo(1))]);
      expect(journal.load().recentClosed).toHaveLength(1);
    });

    it('and a journal that was closed takes nothing', () => {
      const { journal } = open();
      journal.close();
      expect(() => journal.commit([watermark(1)])).toThrow(JournalError);
    });
  });

  describe(`${name}: what a start is given`, () => {
    it('the outcome of an order keeps the venue id that an earlier answer gave', () => {
      const { journal } = open();
      const done = (outcome: 'accepted' | 'canceled', venueId: string | null): JournalRow => ({
        table: 'opOutcome',
        clientId: anOp(1).clientId,
        outcome,
        code: null,
        venueId,
        doneMs: epochMs(2),
      });
      journal.commit([intent(1), { table: 'op', row: anOp(1) }, done('accepted', '4711')]);
      journal.commit([done('canceled', null)]);
      expect(journal.load().ops).toEqual([anOp(1, { outcome: 'canceled', venueId: '4711' })]);
    });

    it('final trades only for the hour of the ghost watch, by the newest bar that was seen', () => {
      const { journal } = open();
      const closedMs = MIDNIGHT + 3_600_000;
      journal.commit([
        intent(1, { state: 'swept', closedMs: epochMs(closedMs) }),
        intent(2, { state: 'protected' }),
        { table: 'op', row: anOp(1) },
        { table: 'fill', tradeId: tradeIdNo(1), role: 'e', fill: aFill('1') },
      ]);
      const ids = () => journal.load().intents.map((row) => row.tradeId);
      journal.commit([watermark(closedMs + 3_599_999)]);
      expect(ids()).toEqual([tradeIdNo(1), tradeIdNo(2)]);
      expect(journal.load().fills).toHaveLength(1);
      journal.commit([watermark(closedMs + 3_600_000)]);
      expect(ids()).toEqual([tradeIdNo(2)]);
      expect([journal.load().fills, journal.load().ops]).toEqual([[], []]);
    });

    it('rows of each stream in the order of their commits', () => {
      const under = open();
      for (const n of [3, 1, 2]) under.journal.commit([signalEntry(signalNo(n)), outcomeEntry(signalNo(n))]);
      for (const stream of ['signals', 'outcomes'] as const) {
        expect(under.rows(stream).map(({ row }) => row['signal_id'])).toEqual([3, 1, 2].map((n) => signalNo(n).id));
      }
    });
  });
}
