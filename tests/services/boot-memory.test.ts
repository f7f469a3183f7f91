// What a start remembers, and what it can do about positions that no journal knows.
import { describe, expect, it } from 'vitest';
import { epochMs } from '../../src/core/units.ts';
import { A, aBar, aSignal, ExecutionBench, T0 } from '../support/execution-bench.ts';

/** A bot whose database is gone beside a position that an earlier one opened. */
async function withStranger(): Promise<ExecutionBench> {
  const bench = await new ExecutionBench().start();
  await bench.decide(aSignal());
  const other = new ExecutionBench();
  other.broker.positions.set(A, bench.broker.positions.get(A) as never);
  other.broker.conditionals.push(...bench.broker.conditionals);
  await other.start();
  await other.pass(500);
  return other;
}

describe('a position of ours that no journal knows', () => {
  it('is seen like any other, and closed by a command; its stop goes with it', async () => {
    const bench = await withStranger();
    expect(bench.service.liveState().positions.map(({ symbol, stop, protection }) => [symbol, stop, protection])).toEqual([
      [A, 98, 'verified'],
    ]);
    bench.service.onCommand({ kind: 'close', symbol: A }, 'someone');
    await bench.pass(5_000);
    expect(bench.broker.positions.size).toBe(0);
    expect(bench.liveStops()).toEqual([]);
    expect(bench.service.liveState().positions).toEqual([]);
  });

  it('is closed by panic too, again and again where the answers are lost, and only then everything is halted', async () => {
    const bench = await withStranger();
    bench.broker.script('place', 'dropped', 'dropped');
    bench.service.onCommand({ kind: 'panic' }, 'someone');
    await bench.pass(1_500);
    expect(bench.service.liveState().ladder.level).toBe('PANIC');
    await bench.pass(8_000);
    expect(bench.broker.positions.size).toBe(0);
    expect(bench.service.liveState().ladder.level).toBe('HALTED');
    const names = bench.broker.calls.filter((call) => call.startsWith('place '));
    expect(new Set(names).size).toBe(3);
  });

  it('is never turned: a close that was executed unheard is not made twice', async () => {
    const bench = await withStranger();
    bench.broker.script('place', 'lost');
    bench.broker.stream = 'deaf';
    bench.service.onCommand({ kind: 'close', symbol: A }, 'someone');
    await bench.pass(8_000);
    expect(bench.broker.positions.size).toBe(0);
    expect(bench.broker.accepted.filter((id) => id.includes('-x'))).toHaveLength(1);
  });
});

it('measures a fall from the height of all runs, not from the last balance that was written', async () => {
  const bench = await new ExecutionBench().start();
  const row = (equity: string) => ({
    ...{ at: epochMs(T0), walletBalance: equity, marginBalance: equity, availableBalance: equity, cause: 'read' },
  });
  bench.journal.commit([
    { table: 'balance', row: row('12000') },
    { table: 'balance', row: row('10000') },
  ]);
  await bench.restart();
  bench.service.onBars([{ symbol: A, bars: [{ entryBar: aBar(T0) }] }]);
  // 10,000 is 16.7 % below 12,000.
  expect(bench.told('drawdown')).toMatchObject([{ peak: 12_000, equity: 10_000 }]);
});

describe('a trade whose fills never become complete', () => {
  const withHole = async (): Promise<ExecutionBench> => {
    const bench = await new ExecutionBench().start();
    await bench.decide(aSignal());
    bench.broker.fills = async () => null;
    bench.broker.moveTo(98);
    await bench.pass(20 * 60_000, 10_000);
    expect(bench.told('closed')).toEqual([]);
    expect(bench.alarms()).toContain('settleLate');
    return bench;
  };
  const income = [
    { kind: 'realised' as const, at: epochMs(T0), amount: '-20.5' },
    { kind: 'commission' as const, at: epochMs(T0), amount: '-0.75' },
    { kind: 'funding' as const, at: epochMs(T0), amount: '0.25' },
  ];

  it('has its row after a day, from the books of the account, and says so', async () => {
    const bench = await withHole();
    Object.assign(bench.broker, { income: async () => income });
    await bench.pass(23.5 * 3_600_000, 60_000);
    expect(bench.told('closed')).toEqual([]);
    await bench.pass(30 * 60_000, 10_000);
    // −20.5 − 0.75 + 0.25
    expect(bench.told('closed').map((notice) => [notice['pnl'], notice['reason']])).toEqual([['-21', 'stop']]);
    const [row] = bench.journal.inner.rows('executions');
    expect(row?.row).toMatchObject({ quality: 'reconstructed', fee_usdt: 0.75, funding_usdt: 0.25, pnl_net_usdt: -21 });
    expect(bench.alarms()).toContain('reconstructed');
    await bench.pass(120_000, 1_000);
    expect(bench.journal.inner.rows('executions')).toHaveLength(1);
  });

  it('waits on while the books cannot be read either, also over a restart', async () => {
    const bench = await withHole();
    Object.assign(bench.broker, { income: async () => null });
    await bench.pass(25 * 3_600_000, 60_000);
    expect(bench.told('closed')).toEqual([]);
    await bench.restart();
    Object.assign(bench.broker, { income: async () => income });
    await bench.pass(3 * 60_000, 1_000);
    expect(bench.journal.inner.rows('executions')).toHaveLength(1);
  });
});
