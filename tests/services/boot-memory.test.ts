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
