// ENTRY_CONFIRM=discord: a request holds a slot for three bars; yes is judged at the price of now, no and silence are virtual.
import { describe, expect, it } from 'vitest';
import { priceFault } from '../../services/execution/entry-requests.ts';
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
