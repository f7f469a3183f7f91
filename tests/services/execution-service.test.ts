import { describe, expect, it } from 'vitest';
import { symbolId } from '../../src/core/units.ts';
import { A, aBar, aSignal, ExecutionBench, T0 } from '../support/execution-bench.ts';

const started = (): Promise<ExecutionBench> => new ExecutionBench().start();

describe('a signal that becomes a trade', () => {
  it('is entered once, protected by a stop on the venue and given a target', async () => {
    const bench = await started();
    const fates = await bench.decide(aSignal());
    expect([...fates.values()]).toEqual(['real']);
    expect(bench.entries()).toHaveLength(1);
    expect(bench.liveStops()).toEqual([98]);
    expect(bench.state()).toBe('protected');
    expect(bench.broker.conditionals.map((o) => [o.type, o.triggerPrice, o.closePosition])).toEqual([
      ['STOP_MARKET', '98.0', true],
      ['TAKE_PROFIT_MARKET', '104.0', true],
    ]);
    expect(bench.told('opened')).toHaveLength(1);
    expect(bench.told('protected').map((n) => n['ms'])).toEqual([0]);
    expect(bench.service.idle()).toBe(true);
  });

  it('sets ISOLATED and the leverage before the entry leaves', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    const kinds = bench.broker.calls.map((call) => call.split(' ')[0]);
    expect(kinds.indexOf('setIsolated')).toBeLessThan(kinds.indexOf('place'));
    expect(kinds.indexOf('place')).toBeLessThan(kinds.indexOf('placeConditional'));
  });

  it('has its intent and its operation on disk before the order leaves', async () => {
    const bench = await started();
    const writtenAtSend: unknown[] = [];
    const place = bench.broker.place.bind(bench.broker);
    bench.broker.place = (order) => {
      writtenAtSend.push(
        ...bench.journal
          .load()
          .ops.filter((op) => op.clientId === order.clientId)
          .map((op) => op.outcome),
      );
      return place(order);
    };
    await bench.decide(aSignal());
    expect(writtenAtSend).toEqual(['sending']);
  });

  it('is booked exactly when the stop fills, and swept', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    const qty = Number(bench.broker.positions.get(A)?.signedQty);
    bench.broker.moveTo(98);
    await bench.pass(1_000);
    const [closed] = bench.told('closed');
    expect(closed?.['reason']).toBe('stop');
    // (98 − 100) · qty − two fees of 0.01
    expect(Number(closed?.['pnl'])).toBeCloseTo(-2 * qty - 0.02, 9);
    await bench.pass(70_000, 250);
    expect(bench.state()).toBe('swept');
    expect(bench.broker.conditionals.filter((o) => o.status === 'new')).toEqual([]);
    expect(bench.rows.filter((row) => row.stream === 'executions')).toHaveLength(1);
  });

  it('is closed as target when the target fills', async () => {
    const bench = await started();
    await bench.decide(aSignal({ side: 'short' }));
    expect(bench.liveStops()).toEqual([102]);
    bench.broker.moveTo(96);
    await bench.pass(500);
    expect(bench.told('closed').map((n) => n['reason'])).toEqual(['target']);
  });

  it('is closed at market after 240 bars', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    bench.service.onBars([{ symbol: A, bars: [{ entryBar: aBar(T0 + 238 * 60_000) }] }]);
    await bench.pass(100);
    expect(bench.state()).toBe('protected');
    bench.service.onBars([{ symbol: A, bars: [{ entryBar: aBar(T0 + 239 * 60_000) }] }]);
    await bench.pass(500);
    expect(bench.told('closed').map((n) => n['reason'])).toEqual(['timeStop']);
  });

  it('waits for the funding row of a full hour that it lived through', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    const hour = Date.UTC(2025, 5, 2, 17);
    bench.broker.fundingRows = [{ at: hour as never, amount: '-0.5' }];
    await bench.pass(hour - bench.venueMs + 1_000, 1_000);
    bench.broker.moveTo(104);
    await bench.pass(30_000, 250);
    expect(bench.told('closed')).toEqual([]);
    await bench.pass(40_000, 250);
    const qty = Number(bench.told('opened')[0]?.['qty']);
    // (104 − 100) · qty − 2 · 0.01 − 0.5
    expect(Number(bench.told('closed')[0]?.['pnl'])).toBeCloseTo(4 * qty - 0.52, 9);
  });
});

describe('slots', () => {
  const [B, C, D] = ['BBBUSDT', 'CCCUSDT', 'DDDUSDT'].map((name) => symbolId(name));

  it('go to at most one real entry per side in a burst; the rest are virtual with the reason, all are labelled', async () => {
    const bench = await started();
    const fates = await bench.decide(
      aSignal(),
      aSignal({ symbol: B as never }),
      aSignal({ symbol: C as never, side: 'short' }),
      aSignal({ symbol: D as never }),
    );
    expect([...fates.values()]).toEqual(['real', 'virtual: cluster', 'real', 'virtual: cluster']);
    expect(bench.entries()).toHaveLength(2);
    expect(bench.journal.load().virtuals).toHaveLength(4);
    expect(bench.rows.filter((row) => row.stream === 'signals')).toHaveLength(4);
  });

  it('are refused while the user stream is down', async () => {
    const bench = await started();
    bench.service.onAccount({ kind: 'userStream', at: T0 as never, state: 'down', detail: 'cut' });
    const fates = await bench.decide(aSignal());
    expect([...fates.values()][0]).toMatch(/^virtual: gate:/);
    expect(bench.entries()).toEqual([]);
  });

  it('are refused while trading is off, and the signal is still labelled', async () => {
    const bench = await new ExecutionBench({ trading: 'off' }).start();
    expect([...(await bench.decide(aSignal())).values()]).toEqual(['virtual: tradingOff']);
    expect(bench.broker.calls.filter((call) => call.startsWith('place'))).toEqual([]);
  });

  it('are not given on a symbol where somebody else holds a position', async () => {
    const bench = new ExecutionBench();
    bench.broker.trade(A, 'buy', '1', 'web_abc');
    await bench.start();
    expect([...(await bench.decide(aSignal())).values()]).toEqual(['virtual: gate:unresolved']);
    expect(bench.alarms()).toEqual(['foreignPosition']);
    expect(bench.broker.positions.get(A)?.signedQty).toBe('1');
  });

  it('take a signal once, however often its minute is replayed', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    const again = await bench.decide(aSignal());
    expect(again.size).toBe(0);
    expect(bench.entries()).toHaveLength(1);
  });
});

describe('commands', () => {
  it('close: one position, at market, under our own name', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    bench.service.onCommand({ kind: 'close', symbol: A }, 'someone');
    await bench.pass(500);
    expect(bench.told('closed').map((n) => n['reason'])).toEqual(['command']);
    expect(bench.broker.positions.size).toBe(0);
  });

  it('panic: everything flat, latched over a restart, lifted by resume', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    bench.service.onCommand({ kind: 'panic' }, 'someone');
    await bench.pass(1_000);
    expect(bench.broker.positions.size).toBe(0);
    expect(bench.service.liveState().ladder.level).toBe('HALTED');
    await bench.restart();
    await bench.pass(500);
    expect(bench.service.liveState().ladder.level).toBe('HALTED');
    bench.service.onCommand({ kind: 'resume' }, 'someone');
    expect(bench.service.liveState().ladder.level).toBe('NORMAL');
  });

  it('pause: no entry until resume, positions stay protected', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    bench.service.onCommand({ kind: 'pause', reason: 'lunch' }, 'someone');
    const fates = await bench.decide(aSignal({ symbol: symbolId('BBBUSDT'), side: 'short', barCloseMs: T0 + 60_000 }));
    expect([...fates.values()][0]).toMatch(/^virtual: gate:(ladder|latch)$/);
    expect(bench.liveStops()).toEqual([98]);
  });
});

describe('the hand-over', () => {
  it('names what rests on the venue and what nobody does', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    const { positions, unmanaged } = bench.service.handover();
    expect(positions.map((p) => [p.symbol, p.stop, p.target])).toEqual([[A, 98, 104]]);
    expect(positions[0]?.stopVerifiedMs).toBe(T0 + 3_000);
    expect(unmanaged.length).toBeGreaterThan(0);
  });
});
