// ENTRY_CONFIRM=discord: a request holds a slot for three bars; yes is judged at the price of now, no and silence are virtual.
import { describe, expect, it } from 'vitest';
import { priceFault } from '../../services/execution/entry-requests.ts';
import type { JournalRow } from '../../src/core/journal.ts';
import { epochMs, symbolId } from '../../src/core/units.ts';
import { A, aBar, aSignal, ExecutionBench, T0 } from '../support/execution-bench.ts';

const MINUTE = 60_000;
const B = symbolId('BBBUSDT');

async function asked(): Promise<ExecutionBench> {
  const bench = await new ExecutionBench({ entryConfirm: 'discord' }).start();
  await bench.decide(aSignal());
  mark(bench, 100);
  return bench;
}
const mark = (bench: ExecutionBench, price: number): void =>
  bench.service.onMarks([{ symbol: A, markPrice: price, fundingRate: 0, nextFundingMs: epochMs(T0 * 2) }]);
const answer = async (bench: ExecutionBench, kind: 'confirmEntry' | 'skipEntry'): Promise<void> => {
  bench.service.onCommand({ kind, signalId: aSignal().id }, 'someone');
  await bench.pass(500);
};
const minute = async (bench: ExecutionBench, n: number): Promise<void> => {
  await bench.pass(T0 + (n + 1) * MINUTE + 3_000 - bench.venueMs, 1_000);
  bench.service.onBars([{ symbol: A, bars: [{ entryBar: aBar(T0 + n * MINUTE) }] }]);
  await bench.settle();
};
const twin = (bench: ExecutionBench): (string | undefined)[] => {
  const found = bench.journal.load().virtuals.find((trade) => trade.symbol === A);
  return [found?.role, found?.reason];
};

describe('an entry that asks first', () => {
  it('sends nothing, tells everything a card needs, and is seen as waiting', async () => {
    const bench = await asked();
    expect(bench.entries()).toEqual([]);
    expect(bench.told('entryRequest')).toMatchObject([
      { symbol: A, side: 'long', entry: 100, stop: 98, target: 104, score: 80, expiresMs: T0 + 3 * MINUTE },
    ]);
    expect(bench.service.liveState().entryRequests).toMatchObject([{ symbol: A, entry: 100 }]);
    expect(twin(bench)).toEqual(['label', 'entryRequest']);
  });

  it('is entered on yes, two minutes later too', async () => {
    const bench = await asked();
    await minute(bench, 0);
    await minute(bench, 1);
    await answer(bench, 'confirmEntry');
    expect(bench.entries()).toHaveLength(1);
    expect(bench.state()).toBe('protected');
    expect(bench.told('entryAnswered').map((n) => n['outcome'])).toEqual(['confirmed']);
    await answer(bench, 'confirmEntry');
    expect(bench.entries()).toHaveLength(1);
    expect(bench.told('entryAnswered').at(-1)?.['outcome']).toBe('unknown');
  });

  it('becomes a virtual position on no', async () => {
    const bench = await asked();
    await answer(bench, 'skipEntry');
    expect(twin(bench)).toEqual(['shown', 'skipped']);
    await answer(bench, 'confirmEntry');
    expect(bench.entries()).toEqual([]);
  });

  it('becomes a virtual position with notConfirmed after three bars of silence', async () => {
    const bench = await asked();
    await minute(bench, 0);
    await minute(bench, 1);
    expect(twin(bench)[1]).toBe('entryRequest');
    await minute(bench, 2);
    expect(twin(bench)).toEqual(['shown', 'notConfirmed']);
    expect(bench.told('entryAnswered').map((n) => n['outcome'])).toEqual(['notConfirmed']);
    await answer(bench, 'confirmEntry');
    expect(bench.entries()).toEqual([]);
  });

  it('is refused on yes when the price went away, or a gate has closed since', async () => {
    const bench = await asked();
    // A quarter of the risk of 2 is 0.5.
    mark(bench, 100.6);
    await answer(bench, 'confirmEntry');
    expect(bench.told('entryAnswered').map((n) => n['outcome'])).toEqual(['priceMoved']);
    const paused = await asked();
    paused.service.onCommand({ kind: 'pause', reason: 'lunch' }, 'someone');
    await answer(paused, 'confirmEntry');
    expect(String(paused.told('entryAnswered')[0]?.['outcome'])).toMatch(/^gate:/);
    expect([...bench.entries(), ...paused.entries()]).toEqual([]);
  });

  it('holds its place: another of the same burst is not asked for', async () => {
    const bench = await asked();
    expect([...(await bench.decide(aSignal({ symbol: B }))).values()]).toEqual(['virtual: cluster']);
  });

  it('cannot be answered after a restart: the next run follows it as a virtual position', async () => {
    const bench = await asked();
    await bench.restart();
    expect(twin(bench)).toEqual(['shown', 'notConfirmed']);
    await answer(bench, 'confirmEntry');
    expect(bench.entries()).toEqual([]);
  });
});

describe('the training row of a signal that waits', () => {
  type Told = readonly [taken: unknown, virtual: unknown, reason: unknown, decidedMs: unknown];
  const rowsOf = (bench: ExecutionBench): Told[] =>
    bench.journal.inner
      .rows('signals')
      .map(({ row }) => [row['taken'], row['is_virtual'], row['skip_reason'], row['ts_decision_ms']]);
  const files = (bench: ExecutionBench): unknown[] => bench.rows.filter(({ stream }) => stream === 'signals').map(({ id }) => id);

  it('joins its stream when the answer is known, not before', async () => {
    const bench = await asked();
    expect([rowsOf(bench), files(bench)]).toEqual([[], []]);
    const answeredMs = bench.venueMs;
    await answer(bench, 'confirmEntry');
    expect(rowsOf(bench)).toEqual([[1, 0, null, answeredMs]]);
    expect(files(bench)).toEqual([aSignal().id]);
  });

  it('says who did not want it, or that nobody answered', async () => {
    const refused = await asked();
    await answer(refused, 'skipEntry');
    expect(rowsOf(refused).map(([taken, virtual, reason]) => [taken, virtual, reason])).toEqual([[0, 1, 'skipped']]);
    const silent = await asked();
    for (const n of [0, 1, 2]) await minute(silent, n);
    expect(rowsOf(silent)).toEqual([[0, 1, 'notConfirmed', T0 + 3 * MINUTE + 3_000]]);
    const late = await asked();
    mark(late, 100.6);
    await answer(late, 'confirmEntry');
    expect(rowsOf(late).map(([, , reason]) => reason)).toEqual(['priceMoved']);
    expect([files(refused), files(silent), files(late)]).toEqual([[aSignal().id], [aSignal().id], [aSignal().id]]);
  });

  it('keeps everything else that was known at the bar', async () => {
    const [waited, plain] = [await asked(), await new ExecutionBench().start()];
    await answer(waited, 'confirmEntry');
    await plain.decide(aSignal());
    const cells = (bench: ExecutionBench) => ({ ...bench.journal.inner.rows('signals')[0]?.row, ts_decision_ms: 0 });
    expect(cells(waited)).toEqual(cells(plain));
  });

  it('stands behind the rows that were written while it waited', async () => {
    const bench = await asked();
    const other = aSignal({ symbol: B, side: 'short' });
    await bench.decide(other);
    await answer(bench, 'skipEntry');
    // The other one waits as well: silence is a no.
    for (const n of [0, 1, 2]) await minute(bench, n);
    expect(bench.journal.inner.rows('signals').map(({ row }) => row['signal_id'])).toEqual([aSignal().id, other.id]);
  });

  it('is not lost by a kill: the next start knows that nobody can answer any more', async () => {
    for (const when of ['before', 'after'] as const) {
      const bench = await asked();
      const answered = (rows: readonly JournalRow[]): boolean => rows.some(({ table }) => table === 'signalAnswered');
      if (when === 'before') bench.journal.killBefore(answered);
      else bench.journal.killAfter(answered);
      expect(await bench.untilKilled(() => answer(bench, 'skipEntry'))).toBe('killed');
      await bench.restart();
      const reason = when === 'before' ? 'notConfirmed' : 'skipped';
      expect([when, rowsOf(bench).map((row) => row[2]), twin(bench)]).toEqual([when, [reason], ['shown', reason]]);
    }
  });

  it('is not lost by a kill although its virtual twin has ended meanwhile', async () => {
    const bench = await asked();
    // The first bar after the signal falls through the stop of 98: the label is known before the answer.
    await bench.pass(T0 + 2 * MINUTE - bench.venueMs, 1_000);
    bench.service.onBars([{ symbol: A, bars: [{ entryBar: { ...aBar(T0), low: 97, close: 97.5 } }] }]);
    expect(bench.journal.load().virtuals).toEqual([]);
    await bench.restart();
    expect(rowsOf(bench).map(([, , reason]) => reason)).toEqual(['notConfirmed']);
    expect(bench.journal.inner.rows('outcomes')).toHaveLength(1);
  });

  it('of a granted entry is one transaction with its intent', async () => {
    const bench = await asked();
    bench.journal.killAfter((rows) => rows.some(({ table }) => table === 'intent'));
    expect(await bench.untilKilled(() => answer(bench, 'confirmEntry'))).toBe('killed');
    await bench.restart();
    expect(rowsOf(bench).map(([taken, , reason]) => [taken, reason])).toEqual([[1, null]]);
    expect(bench.entries()).toEqual([]);
  });
});

describe('the price of now', () => {
  const plan = { side: 'short' as const, entry: 100, stop: 102, target: 96 };
  it.each([
    [100.5, null],
    [99.5, null],
    [100.51, /0.26 R|0.25 R/],
    [102, /passed the stop/],
    [96, /passed the target/],
    [undefined, /not known/],
  ])('%s', (price, wanted) => {
    const fault = priceFault(plan, price);
    if (wanted === null) expect(fault).toBeNull();
    else expect(fault).toMatch(wanted);
  });
});
