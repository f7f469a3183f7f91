// Crash points K25 and K26 of reliability.md §3.7: killed during the start itself, at each thing it writes, and between a command and its
// effect.
import { describe, expect, it } from 'vitest';
import type { JournalRow } from '../../src/core/journal.ts';
import { symbolId } from '../../src/core/units.ts';
import { A, aSignal, ExecutionBench } from '../support/execution-bench.ts';

const B = symbolId('BBBUSDT');
type Phase = 'duringFill' | 'duringStop' | 'steady' | 'exiting' | 'settling';

const opOf =
  (role: string) =>
  (rows: readonly JournalRow[]): boolean =>
    rows.some((row) => row.table === 'op' && row.row.role === role);
const stateIs =
  (state: string) =>
  (rows: readonly JournalRow[]): boolean =>
    rows.some((row) => row.table === 'intent' && row.row.state === state);

/** A venue and a journal as a process left them that was killed in this phase. */
async function leftBehind(phase: Phase): Promise<ExecutionBench> {
  const bench = await new ExecutionBench().start();
  if (phase === 'duringFill') {
    bench.journal.killAfter(opOf('e'));
    await bench.untilKilled(() => bench.decide(aSignal()));
    bench.broker.trade(A, 'buy', '1', bench.journal.load().ops[0]?.clientId ?? '');
    return bench;
  }
  if (phase === 'duringStop') {
    bench.journal.killAfter(opOf('a'));
    await bench.untilKilled(() => bench.decide(aSignal()));
    return bench;
  }
  await bench.decide(aSignal());
  if (phase === 'steady') return bench;
  bench.journal.killAfter(phase === 'exiting' ? opOf('x') : stateIs('settling'));
  await bench.untilKilled(async () => {
    bench.service.onCommand({ kind: 'close', symbol: A }, 'someone');
    await bench.pass(2_000);
  });
  return bench;
}

/** How many transactions a start from here writes within five seconds. */
async function commitsOfBoot(phase: Phase): Promise<number> {
  const bench = await leftBehind(phase);
  const before = bench.journal.commits.length;
  await bench.restart();
  await bench.pass(5_000);
  return bench.journal.commits.length - before;
}

async function expectSound(bench: ExecutionBench): Promise<void> {
  await bench.pass(20_000, 250);
  if (bench.broker.positions.size > 0) expect(bench.liveStops()).toEqual([98]);
  bench.broker.moveTo(98);
  await bench.pass(150_000, 250);
  expect(bench.broker.positions.size).toBe(0);
  expect(bench.broker.conditionals.filter((order) => order.status === 'new')).toEqual([]);
  expect(bench.journal.inner.rows('executions')).toHaveLength(1);
  expect(
    new Set(
      bench.journal
        .load()
        .ops.filter(({ role }) => role === 'e')
        .map(({ clientId }) => clientId),
    ).size,
  ).toBe(1);
}

describe('K25: killed during the start', () => {
  it.each<Phase>(['duringFill', 'duringStop', 'steady', 'exiting', 'settling'])(
    'at any transaction of it, before or after, with a trade left behind %s',
    async (phase) => {
      const commits = await commitsOfBoot(phase);
      expect(commits).toBeGreaterThan(0);
      for (let at = 1; at <= commits; at++)
        for (const when of ['before', 'after'] as const) {
          const bench = await leftBehind(phase);
          bench.journal.revive();
          let seen = 0;
          const match = (): boolean => {
            seen += 1;
            return seen === at;
          };
          if (when === 'before') bench.journal.killBefore(match);
          else bench.journal.killAfter(match);
          await bench.untilKilled(async () => {
            await bench.restartMortal();
            await bench.pass(5_000);
          });
          await bench.restart();
          await expectSound(bench);
        }
    },
  );
});

describe('K25, H13: the start after three crashes within ten minutes', () => {
  it('protects and leads what is open, enters nothing, and goes on when a person says so', async () => {
    const bench = await leftBehind('duringStop');
    bench.journal.inner.commit([{ table: 'latch', name: 'crashLoop', reason: '3 crashes within 10 min' }]);
    await bench.restart();
    await bench.pass(3_000);
    expect(bench.service.liveState().ladder).toEqual({
      level: 'PROTECT_ONLY',
      reasons: ['crashLoop: 3 crashes within 10 min'],
    });
    expect(bench.told('level')).toMatchObject([{ level: 'PROTECT_ONLY', severity: 'critical' }]);
    expect([bench.state(), bench.liveStops()]).toEqual(['protected', [98]]);
    const refused = await bench.decide(aSignal({ symbol: B, side: 'short' }));
    expect([...refused.values()]).toEqual(['virtual: gate:ladder']);
    bench.broker.moveTo(98);
    await bench.pass(150_000, 250);
    expect(bench.journal.load().recentClosed.map(({ exitClass }) => exitClass)).toEqual(['stop']);

    // Nothing heals it but a person, and then for good.
    await bench.restart();
    expect(bench.service.liveState().ladder.level).toBe('PROTECT_ONLY');
    bench.service.onCommand({ kind: 'resume' }, 'someone');
    expect(bench.service.liveState().ladder.level).toBe('NORMAL');
    await bench.restart();
    expect(bench.service.liveState().ladder.level).toBe('NORMAL');
    const fates = await bench.decide(aSignal({ symbol: B, side: 'short', barCloseMs: bench.venueMs - 3_000 }));
    expect([...fates.values()]).toEqual(['real']);
  });
});

describe('K26: killed between a command and its effect', () => {
  it('panic is latched first: the next start closes every position', async () => {
    const bench = await new ExecutionBench().start();
    await bench.decide(aSignal());
    await bench.decide(aSignal({ symbol: B, side: 'short' }));
    expect(bench.broker.positions.size).toBe(2);
    bench.journal.killAfter((rows) => rows.some((row) => row.table === 'latch'));
    expect(await bench.untilKilled(async () => bench.service.onCommand({ kind: 'panic' }, 'someone'))).toBe('killed');
    expect(bench.broker.positions.size).toBe(2);
    await bench.restart();
    await bench.pass(15_000, 250);
    expect(bench.broker.positions.size).toBe(0);
    expect(bench.service.liveState().ladder.level).toBe('HALTED');
    expect(bench.journal.load().recentClosed.map(({ exitClass }) => exitClass)).toEqual(['command', 'command']);
  });

  it('a close whose order was written goes on; one that was not is as if it had never been asked', async () => {
    for (const [when, left] of [
      ['after', 0],
      ['before', 1],
    ] as const) {
      const bench = await new ExecutionBench().start();
      await bench.decide(aSignal());
      if (when === 'after') bench.journal.killAfter(opOf('x'));
      else bench.journal.killBefore(opOf('x'));
      await bench.untilKilled(async () => bench.service.onCommand({ kind: 'close', symbol: A }, 'someone'));
      await bench.restart();
      await bench.pass(8_000);
      expect(bench.broker.positions.size).toBe(left);
    }
  });
});
