import { describe, expect, it } from 'vitest';
import type { JournalRow } from '../../src/core/journal.ts';
import { A, aSignal, ExecutionBench } from '../support/execution-bench.ts';

type Match = (rows: readonly JournalRow[]) => boolean;
const intentIn =
  (state: string): Match =>
  (rows) =>
    rows.some((row) => row.table === 'intent' && row.row.state === state);
const opOf =
  (role: string): Match =>
  (rows) =>
    rows.some((row) => row.table === 'op' && row.row.role === role);
const outcomeOf =
  (role: string): Match =>
  (rows) =>
    rows.some((row) => row.table === 'opOutcome' && row.clientId.includes(`-${role}`));
const table =
  (name: JournalRow['table']): Match =>
  (rows) =>
    rows.some((row) => row.table === name);

const started = (): Promise<ExecutionBench> => new ExecutionBench().start();

/** What must hold however the process died: one entry at most, no naked position, one row per closed trade, no leftovers. */
async function expectSound(bench: ExecutionBench): Promise<void> {
  await bench.pass(3_000);
  expect(bench.entries().length).toBeLessThanOrEqual(1);
  if (bench.broker.positions.size > 0) expect(bench.liveStops()).toEqual([98]);
  bench.broker.moveTo(98);
  await bench.pass(150_000, 250);
  expect(bench.broker.positions.size).toBe(0);
  expect(bench.broker.conditionals.filter((order) => order.status === 'new')).toEqual([]);
  expect(bench.journal.inner.rows('executions')).toHaveLength(bench.entries().length);
}

describe('killed while opening', () => {
  it.each<[string, 'before' | 'after', Match, number]>([
    ['K1 before the intent is written', 'before', intentIn('prepared'), 0],
    ['K2 after the intent is written', 'after', intentIn('prepared'), 0],
    ['K6 after the entry operation is written, before it is sent', 'after', opOf('e'), 0],
    ['K9 the answer was read and not written', 'before', outcomeOf('e'), 1],
    ['K10 the answer is written, no fill known', 'after', outcomeOf('e'), 1],
    ['K11 the fill was heard and not written', 'before', table('fill'), 1],
    ['K12 the fill is written, no stop yet', 'after', table('fill'), 1],
    ['K13 the stop operation is written, before it is sent', 'after', opOf('a'), 1],
    ['K14 the stop is live and not written', 'before', outcomeOf('a'), 1],
    ['K15 protected', 'after', intentIn('protected'), 1],
  ])('%s', async (_name, when, match, entries) => {
    const bench = await started();
    if (when === 'before') bench.journal.killBefore(match);
    else bench.journal.killAfter(match);
    expect(await bench.untilKilled(() => bench.decide(aSignal()))).toBe('killed');
    await bench.restart();
    await expectSound(bench);
    expect(bench.entries()).toHaveLength(entries);
  });

  it('K2: an intent that was never sent is not sent late', async () => {
    const bench = await started();
    bench.journal.killAfter(intentIn('prepared'));
    await bench.untilKilled(() => bench.decide(aSignal()));
    await bench.restart();
    expect(bench.state()).toBe('voidUnsent');
    expect(bench.broker.calls.filter((call) => call.startsWith('place'))).toEqual([]);
  });

  it('K7: bytes that arrive after the restart are found and protected', async () => {
    const bench = await started();
    bench.journal.killAfter(opOf('e'));
    await bench.untilKilled(() => bench.decide(aSignal()));
    await bench.restart();
    expect(bench.state()).toBe('unknown');
    const id = bench.journal.load().ops[0]?.clientId ?? '';
    bench.broker.trade(A, 'buy', '1', id);
    bench.broker.accepted.push(id);
    await bench.settle();
    expect(bench.liveStops()).toEqual([98]);
    await expectSound(bench);
  });

  it('K8: the answer is lost and the process dies: the position is adopted and protected within the first read', async () => {
    const bench = await started();
    bench.broker.script('place', 'lost');
    bench.broker.stream = 'deaf';
    bench.journal.killBefore(outcomeOf('e'));
    await bench.untilKilled(() => bench.decide(aSignal()));
    bench.broker.stream = 'live';
    await bench.restart();
    expect(bench.liveStops()).toEqual([98]);
    await expectSound(bench);
  });
});

describe('killed while closing', () => {
  it.each<[string, 'before' | 'after', Match]>([
    ['K18 the exit operation is written, before it is sent', 'after', opOf('x')],
    ['K18 the exit answer was not written', 'before', outcomeOf('x')],
    ['K20 flat was seen, nothing settled', 'after', intentIn('settling')],
    ['K21 before the closed trade is written', 'before', table('closedTrade')],
    ['K22 after the closed trade is written', 'after', table('closedTrade')],
  ])('%s', async (_name, when, match) => {
    const bench = await started();
    await bench.decide(aSignal());
    if (when === 'before') bench.journal.killBefore(match);
    else bench.journal.killAfter(match);
    const killed = await bench.untilKilled(async () => {
      bench.service.onCommand({ kind: 'close', symbol: A }, 'someone');
      await bench.pass(2_000);
    });
    expect(killed).toBe('killed');
    await bench.restart();
    await expectSound(bench);
    expect(bench.entries()).toHaveLength(1);
    expect(bench.journal.load().recentClosed.map((trade) => trade.exitClass)).toEqual(['command']);
  });

  it('K19: the stop filled while the bot was down: booked as stop by the name behind the order', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    bench.broker.stream = 'deaf';
    bench.broker.moveTo(98);
    bench.broker.stream = 'live';
    await bench.restart(60_000);
    await bench.pass(8_000);
    expect(bench.journal.load().recentClosed.map((trade) => trade.exitClass)).toEqual(['stop']);
  });

  it('K23: killed in the sweep, leftovers are found again', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    bench.broker.script('cancelConditional', 'dropped', 'dropped', 'dropped');
    bench.service.onCommand({ kind: 'close', symbol: A }, 'someone');
    await bench.pass(1_000);
    const target = bench.broker.conditionals.findIndex((order) => order.type === 'TAKE_PROFIT_MARKET');
    const order = bench.broker.conditionals[target];
    if (order !== undefined) bench.broker.conditionals[target] = { ...order, status: 'new' };
    await bench.restart();
    await bench.pass(70_000, 250);
    expect(bench.broker.conditionals.filter((held) => held.status === 'new')).toEqual([]);
    expect(bench.state()).toBe('swept');
  });

  it('a second kill during boot changes nothing', async () => {
    const bench = await started();
    bench.journal.killAfter(table('fill'));
    await bench.untilKilled(() => bench.decide(aSignal()));
    bench.journal.revive();
    bench.journal.killBefore(opOf('a'));
    const killed = await bench.untilKilled(async () => {
      await bench.restartMortal();
      await bench.pass(3_000);
    });
    expect(killed).toBe('killed');
    await bench.restart();
    await expectSound(bench);
  });
});

describe('a database that is older than the venue', () => {
  it('stops entries when an order of ours is unknown to it', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    const other = new ExecutionBench();
    other.broker.positions.set(A, bench.broker.positions.get(A) as never);
    other.broker.conditionals.push(...bench.broker.conditionals);
    await other.start();
    expect(other.service.liveState().ladder.level).toBe('PROTECT_ONLY');
    expect(other.alarms()).toContain('unknownOrder');
    expect(other.liveStops()).toEqual([98]);
  });
});
