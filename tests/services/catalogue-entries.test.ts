// Rows A of the fault catalogue (reliability.md §1.A) with the clocks turned by hand: placing an order, and who it belongs to. The faults of
// the wire stand in catalogue-entries.slow.test.ts.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clientIdOf, tradeIdOf } from '../../src/core/client-id.ts';
import { decimalString, epochMs, symbolId } from '../../src/core/units.ts';
import { A, aSignal, ExecutionBench, T0 } from '../support/execution-bench.ts';

const started = (): Promise<ExecutionBench> => new ExecutionBench().start();

describe('A: with the clocks turned by hand', () => {
  it('A05 A07 is not given up while queries bring no answer, however long', async () => {
    const bench = await started();
    bench.broker.script('place', 'dropped');
    bench.broker.script('find', ...Array.from({ length: 5_000 }, () => 'dropped' as const));
    await bench.decide(aSignal());
    await bench.pass(10 * 60_000, 1_000);
    expect(bench.state()).toBe('unknown');
    expect(bench.alarms()).toContain('entryUnresolved');
  });

  it('A12 has a name of 22 characters that never holds its symbol', () => {
    const id = clientIdOf('0', tradeIdOf('account', 's', symbolId('币安人生USDT'), 'long', T0), 'e', 0);
    expect(id).toMatch(/^[0-9a-z-]{22}$/);
  });

  it('A13 of another instance on the same account stops entries and is told', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    const [order] = bench.broker.conditionals;
    if (order !== undefined) bench.broker.conditionals.push({ ...order, clientId: clientIdOf('1', 'bbbbbbbbbbbbbb', 'a', 0) });
    await bench.pass(31_000, 250);
    expect(bench.service.liveState().ladder.level).toBe('PROTECT_ONLY');
    expect(bench.alarms()).toContain('unknownOrder');
  });

  it('A14 of a candle that is replayed after a restart is not made again', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    await bench.restart();
    expect([...(await bench.decide(aSignal())).values()]).toEqual([]);
    expect(bench.entries()).toHaveLength(1);
  });

  it('A16 news of a contract that nobody knows break nothing', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    const symbol = symbolId('币安人生USDT');
    const evidence = { signedQty: decimalString('1'), entryPrice: decimalString('5'), cause: 'ORDER' };
    bench.service.onAccount({ kind: 'position', at: epochMs(bench.venueMs), symbol, ...evidence });
    await bench.pass(500);
    expect(bench.state()).toBe('protected');
    // Written down raw before it is looked at: in the session, the note stands before the push.
    const session = readFileSync('src/app/session.ts', 'utf8');
    expect(session.indexOf('storage.note({ at: event.at')).toBeGreaterThan(0);
    expect(session.indexOf('storage.note({ at: event.at')).toBeLessThan(session.indexOf("push({ kind: 'account', event })"));
  });

  it('A21 is never part of a batch: no mutation is batched at all', () => {
    const room = readdirSync('src/adapters/binance').map((name) => readFileSync(join('src/adapters/binance', name), 'utf8'));
    expect(room.filter((text) => text.includes('batchOrders'))).toEqual([]);
  });

  it('A22 refused by the quantitative rules closes entries for ten minutes, then for twenty; exits go on', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    const refuse = async (symbol: string, side: 'long' | 'short'): Promise<void> => {
      bench.broker.script('place', -4400);
      await bench.decide(aSignal({ symbol: symbolId(symbol), side, barCloseMs: bench.venueMs + 3_600_000 }));
      await bench.pass(500);
    };
    await refuse('BBBUSDT', 'long');
    expect(bench.service.liveState().ladder.level).toBe('NO_NEW_ENTRIES');
    bench.service.onCommand({ kind: 'close', symbol: A }, 'someone');
    await bench.pass(1_000);
    expect(bench.broker.positions.size).toBe(0);
    await bench.pass(9 * 60_000, 250);
    expect(bench.service.liveState().ladder.level).toBe('NO_NEW_ENTRIES');
    await bench.pass(3 * 60_000, 250);
    expect(bench.service.liveState().ladder.level).toBe('NORMAL');
    await refuse('CCCUSDT', 'short');
    await bench.pass(15 * 60_000, 250);
    expect(bench.service.liveState().ladder.level).toBe('NO_NEW_ENTRIES');
  });
});
