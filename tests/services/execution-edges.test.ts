// What happens at the edges of a trade: a wide spread, a fee in another coin, a contract that left the list.
import { describe, expect, it } from 'vitest';
import { decimalString, epochMs, symbolId } from '../../src/core/units.ts';
import { spreadBps, spreadTooWide } from '../../src/risk/guards.ts';
import { A, aBar, anInstrument, aSignal, ExecutionBench, T0 } from '../support/execution-bench.ts';

const BNB = symbolId('BNBUSDT');

describe('the spread', () => {
  it('is judged on the quote of the moment, before the entry leaves; the signal is then followed virtually', async () => {
    const bench = await new ExecutionBench({ quoteOf: async () => ({ bid: 99.9, ask: 100.1 }) }).start();
    await bench.decide(aSignal());
    await bench.pass(200);
    expect(bench.entries()).toEqual([]);
    expect(bench.state()).toBe('voidUnsent');
    expect(bench.journal.load().virtuals.map((trade) => [trade.role, trade.reason])).toEqual([['shown', 'spread']]);
  });

  it('that is narrow or not known lets the entry go', async () => {
    for (const quote of [{ bid: 99.96, ask: 100.04 }, null]) {
      const bench = await new ExecutionBench({ quoteOf: async () => quote }).start();
      await bench.decide(aSignal());
      expect(bench.entries()).toHaveLength(1);
    }
  });

  it('is counted in basis points of the middle', () => {
    expect(spreadBps({ bid: 99.95, ask: 100.05 })).toBeCloseTo(10, 9);
    expect(spreadTooWide({ bid: 99.9, ask: 100.1 }, { maxSpreadBps: 10 })).toMatchObject({ kind: 'refused', reason: 'spread' });
    expect(spreadTooWide(null, { maxSpreadBps: 10 })).toMatchObject({ kind: 'noData', guard: 'spread' });
  });
});

describe('a contract that is about to end while a position is open', () => {
  const HOUR = 3_600_000;
  const heldWith = async (change: Partial<ReturnType<typeof anInstrument>>): Promise<ExecutionBench> => {
    let now: Partial<ReturnType<typeof anInstrument>> = {};
    const bench = await new ExecutionBench({ instrumentOf: (symbol) => ({ ...anInstrument(symbol), ...now }) }).start();
    await bench.decide(aSignal());
    now = change;
    for (const n of [0, 1, 2]) {
      bench.service.onBars([{ symbol: A, bars: [{ entryBar: aBar(T0 + n * 60_000) }] }]);
      await bench.pass(1_000);
    }
    return bench;
  };

  it('G08 by a delivery date is told once, and its position is closed an hour before', async () => {
    const soon = await heldWith({ deliveryMs: epochMs(T0 + 24 * HOUR) });
    expect([soon.state(), soon.alarms()]).toEqual(['protected', ['delisting']]);
    const now = await heldWith({ deliveryMs: epochMs(T0 + HOUR) });
    expect(now.broker.positions.size).toBe(0);
    expect(now.told('closed').map((notice) => notice['reason'])).toEqual(['delisting']);
  });

  it('G09 by a halt is told as critical, once, with whether a stop rests', async () => {
    const bench = await heldWith({ status: 'TRADING_HALT' });
    const told = bench.told('alarm');
    expect(told.map(({ code, severity }) => [code, severity])).toEqual([['halted', 'critical']]);
    expect(String(told[0]?.['text'])).toMatch(/AAAUSDT.*TRADING_HALT.*a stop rests on the exchange: yes/);
    expect(bench.state()).toBe('protected');
  });
});

describe('leverage and margin type that take their time', () => {
  const afterSettings = async (waitMs: number): Promise<ExecutionBench> => {
    const bench = await new ExecutionBench().start();
    let answer = (): void => undefined;
    bench.broker.setIsolated = () =>
      new Promise((resolve) => {
        answer = () => resolve({ kind: 'set' });
      });
    await bench.decide(aSignal());
    await bench.pass(waitMs, 250);
    answer();
    await bench.pass(500);
    return bench;
  };

  it('hold the entry back, and a signal that has grown old meanwhile is not entered', async () => {
    // The bar closed 3 s before the decision; a signal is good for 30 s.
    const inTime = await afterSettings(26_000);
    expect(inTime.entries()).toHaveLength(1);
    const late = await afterSettings(28_000);
    expect([late.entries(), late.state()]).toEqual([[], 'voidUnsent']);
    expect(late.journal.load().virtuals.map(({ role, reason }) => [role, reason])).toEqual([['shown', 'notEntered']]);
  });
});

describe('a fee in another asset', () => {
  const withBnbFees = async (): Promise<ExecutionBench> => {
    const bench = await new ExecutionBench().start();
    const trade = bench.broker.trade.bind(bench.broker);
    bench.broker.trade = (...words) => {
      const order = trade(...words);
      const last = bench.broker.trades.length - 1;
      const fill = bench.broker.trades[last];
      if (fill !== undefined) bench.broker.trades[last] = { ...fill, fee: decimalString('0.001'), feeAsset: 'BNB' };
      return order;
    };
    bench.broker.stream = 'deaf';
    await bench.decide(aSignal());
    await bench.pass(4_000, 250);
    bench.broker.moveTo(104);
    return bench;
  };

  it('is worth what its contract is worth, and the row waits for that', async () => {
    const bench = await withBnbFees();
    await bench.pass(60_000, 250);
    expect(bench.told('closed')).toEqual([]);
    bench.service.onMarks([{ symbol: BNB, markPrice: 600, fundingRate: 0, nextFundingMs: epochMs(T0 * 2) }]);
    await bench.pass(2_000, 250);
    const qty = Number(bench.told('closed')[0]?.['qty']);
    // (104 − 100) · qty − 2 · 0.001 BNB · 600 USDT
    expect(Number(bench.told('closed')[0]?.['pnl'])).toBeCloseTo(4 * qty - 1.2, 8);
  });

  it('without a price for a quarter of an hour is left out, and said so', async () => {
    const bench = await withBnbFees();
    await bench.pass(16 * 60_000, 1_000);
    const qty = Number(bench.told('closed')[0]?.['qty']);
    expect(Number(bench.told('closed')[0]?.['pnl'])).toBeCloseTo(4 * qty, 8);
    expect(bench.alarms()).toContain('feeUnpriced');
  });
});

describe('a contract that left the list while its trade ran', () => {
  it('is followed by the grid of its plan, settled by the venue and booked', async () => {
    const listed = new Set([A]);
    const bench = await new ExecutionBench({
      instrumentOf: (symbol) => (listed.has(symbol) ? anInstrument(symbol) : null),
    }).start();
    await bench.decide(aSignal());
    const qty = bench.broker.positions.get(A)?.signedQty ?? '0';
    listed.clear();
    await bench.restart();
    expect(bench.alarms()).toEqual(['delisted']);
    expect(bench.service.liveState().ladder.level).toBe('NORMAL');
    bench.broker.price = 101;
    bench.broker.trade(A, 'sell', qty, 'settlement_autoclose-1748880000');
    await bench.pass(2_000);
    expect(bench.told('closed').map((n) => n['reason'])).toEqual(['settlement']);
    expect(bench.alarms()).toEqual(['delisted', 'settlement']);
  });
});
