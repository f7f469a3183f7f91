// What happens at the edges of a trade: a wide spread, a fee in another coin, a contract that left the list.
import { describe, expect, it } from 'vitest';
import { decimalString, epochMs, symbolId } from '../../src/core/units.ts';
import { spreadBps, spreadTooWide } from '../../src/risk/guards.ts';
import { A, anInstrument, aSignal, ExecutionBench, T0 } from '../support/execution-bench.ts';

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
