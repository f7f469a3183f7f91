// A running position under management, against the fake venue: stops that move, halves, reversals, and what a kill leaves.
import { describe, expect, it } from 'vitest';
import type { TrendAt } from '../../services/execution/ports.ts';
import type { ManagementSettings } from '../../src/book/management.ts';
import type { Bar } from '../../src/core/market.ts';
import { epochMs, type Side, symbolId } from '../../src/core/units.ts';
import { A, aBar, aSignal, ExecutionBench, T0 } from '../support/execution-bench.ts';

const MINUTE = 60_000;
const MANAGED: ManagementSettings = {
  breakEvenAtR: 1,
  trailAtr: 1,
  reversalExit: 'on',
  partialTakePct: 0,
  roundTripCostFraction: 0.0012,
};

/** Long from 100, stop 98, target 104; the trend timeframe is whatever the test says it is. */
class Managed extends ExecutionBench {
  atr = 1;
  broken: { side: Side; knownMs: number } | null = null;
  newestMs = 0;

  constructor(management: Partial<ManagementSettings> = {}) {
    super({
      management: { ...MANAGED, ...management },
      trendOf: (): TrendAt => ({
        asOfMs: epochMs(this.newestMs),
        atr: this.atr,
        lastBreak: this.broken === null ? null : { side: this.broken.side, knownMs: epochMs(this.broken.knownMs) },
      }),
    });
  }

  /** The n-th minute after the entry's own closes like this. */
  async bar(n: number, change: Partial<Bar>): Promise<void> {
    const openMs = T0 + n * MINUTE;
    this.newestMs = openMs + MINUTE;
    const close = change.close ?? 100;
    this.broker.price = close;
    this.service.onMarks([{ symbol: A, markPrice: close, fundingRate: 0, nextFundingMs: epochMs(T0 * 2) }]);
    this.service.onBars([{ symbol: A, bars: [{ entryBar: { ...aBar(openMs, close), high: close, low: close, ...change } }] }]);
    await this.pass(1_000);
  }

  stops(): [number, boolean][] {
    return this.broker.conditionals
      .filter((order) => order.status === 'new' && order.type === 'STOP_MARKET')
      .map((order) => [Number(order.triggerPrice), order.closePosition]);
  }
}

const opened = async (management: Partial<ManagementSettings> = {}): Promise<Managed> => {
  const bench = new Managed(management);
  await bench.start();
  await bench.decide(aSignal());
  return bench;
};

describe('a stop that moves', () => {
  it('stands at break-even beside the disaster stop, which stays', async () => {
    const bench = await opened();
    await bench.bar(1, { high: 102, close: 101.5 });
    // 100 × 1.0012 = 100.12, up to the tick of 0.1.
    expect(bench.stops()).toEqual([
      [98, true],
      [100.2, false],
    ]);
    expect(bench.told('stopMoved')).toMatchObject([{ symbol: A, cause: 'breakEven', from: 98, to: 100.2 }]);
    expect(bench.service.liveState().positions[0]?.stop).toBe(100.2);
  });

  it('trails the close by one ATR; the old working stop goes when the new one is seen', async () => {
    const bench = await opened();
    await bench.bar(1, { high: 102, close: 101.5 });
    await bench.bar(2, { high: 103, close: 102.84 });
    expect(bench.stops()).toEqual([
      [98, true],
      [101.8, false],
    ]);
    const calls = bench.broker.calls.filter((call) => /-w\d\d$/.test(call)).map((call) => call.split(' ')[0]);
    expect(calls).toEqual(['placeConditional', 'placeConditional', 'cancelConditional']);
    expect(bench.told('stopMoved').map((n) => n['cause'])).toEqual(['breakEven', 'trail']);
    await bench.bar(3, { high: 102.8, close: 102.1 });
    expect(bench.stops().map(([price]) => price)).toEqual([98, 101.8]);
  });

  it('is booked by what it was: break-even, or trail', async () => {
    const bench = await opened();
    await bench.bar(1, { high: 102, close: 101.5 });
    bench.broker.moveTo(100.2);
    await bench.pass(1_000);
    expect(bench.told('closed').map((n) => n['reason'])).toEqual(['breakEven']);
    const other = await opened();
    await other.bar(1, { high: 102, close: 101.5 });
    await other.bar(2, { high: 103, close: 102.84 });
    other.broker.moveTo(101.8);
    await other.pass(1_000);
    expect(other.told('closed').map((n) => n['reason'])).toEqual(['trail']);
    await other.pass(70_000, 250);
    expect(other.stops()).toEqual([]);
  });

  it('closes at market when the price passed it before it could be placed', async () => {
    const bench = await opened();
    bench.broker.script('placeConditional', -2021);
    await bench.bar(1, { high: 102, close: 101.5 });
    expect(bench.told('closed').map((n) => n['reason'])).toEqual(['stopPassed']);
  });

  it('goes by way of the disaster stop alone where the venue refuses two quantity stops', async () => {
    const bench = await opened();
    await bench.bar(1, { high: 102, close: 101.5 });
    bench.broker.script('placeConditional', -2022);
    await bench.bar(2, { high: 103, close: 102.84 });
    await bench.pass(1_000);
    expect(bench.stops()).toEqual([
      [98, true],
      [101.8, false],
    ]);
    const calls = bench.broker.calls.filter((call) => /-w\d\d$/.test(call)).map((call) => call.split(' ')[0]);
    expect(calls).toEqual(['placeConditional', 'placeConditional', 'cancelConditional', 'placeConditional']);
  });

  it('is tried again at leisure, and told, when it is refused; the position is never closed for it', async () => {
    const bench = await opened();
    bench.broker.script('placeConditional', -4045, -4045, -4045, -4045);
    await bench.bar(1, { high: 102, close: 101.5 });
    await bench.pass(30_000, 250);
    expect(bench.alarms()).toEqual(['stopMoveFailing']);
    expect(bench.state()).toBe('protected');
    expect(bench.stops().map(([price]) => price)).toEqual([98, 100.2]);
  });

  it('does not move on the bar in which the position was opened', async () => {
    const bench = await opened();
    await bench.bar(0, { high: 103, close: 101.5 });
    expect(bench.stops()).toEqual([[98, true]]);
  });
});

describe('a kill while the stop moves', () => {
  it('K16: with both working stops there, the tighter one is kept', async () => {
    const bench = await opened();
    await bench.bar(1, { high: 102, close: 101.5 });
    bench.broker.script('cancelConditional', 'dropped');
    const killed = await bench.untilKilled(async () => {
      bench.journal.killAfter((rows) => rows.some((row) => row.table === 'op' && row.row.role === 'w' && row.row.attempt === 1));
      await bench.bar(2, { high: 103, close: 102.84 });
    });
    expect(killed).toBe('killed');
    await bench.restart();
    await bench.pass(40_000, 250);
    expect(bench.stops().map(([price]) => price)).toEqual([98, 101.8]);
    expect(bench.state()).toBe('protected');
  });

  it('K17: a working stop that is gone is placed again where it was', async () => {
    const bench = await opened();
    await bench.bar(1, { high: 102, close: 101.5 });
    const working = bench.broker.conditionals.find((order) => order.reduceOnly);
    bench.broker.stream = 'deaf';
    bench.broker.setConditional(working?.clientId ?? '', 'canceled');
    bench.broker.stream = 'live';
    await bench.restart();
    await bench.pass(10_000, 250);
    expect(bench.stops().map(([price]) => price)).toEqual([98, 100.2]);
  });
});

describe('the end by management', () => {
  it('a structure break against the position closes it at market', async () => {
    const bench = await opened();
    bench.broken = { side: 'short', knownMs: T0 + 2 * MINUTE };
    await bench.bar(1, { close: 100.5 });
    expect(bench.told('closed').map((n) => n['reason'])).toEqual(['reversal']);
  });

  it('a trend that is not of this very bar moves nothing: no hindsight after a hole', async () => {
    const bench = await opened();
    bench.broken = { side: 'short', knownMs: T0 + 2 * MINUTE };
    bench.newestMs = T0;
    bench.service.onBars([{ symbol: A, bars: [{ entryBar: aBar(T0 + MINUTE) }] }]);
    await bench.pass(1_000);
    expect(bench.state()).toBe('protected');
  });

  it('the hard close comes at 5 % of the entry, whatever became of the stop', async () => {
    const bench = await opened();
    bench.broker.price = 95;
    bench.service.onMarks([{ symbol: A, markPrice: 95.01, fundingRate: 0, nextFundingMs: epochMs(T0 * 2) }]);
    await bench.pass(500);
    expect(bench.state()).toBe('protected');
    bench.service.onMarks([{ symbol: A, markPrice: 95, fundingRate: 0, nextFundingMs: epochMs(T0 * 2) }]);
    await bench.pass(1_000);
    expect(bench.told('closed').map((n) => n['reason'])).toEqual(['hardClose']);
    expect(bench.alarms()).toEqual(['hardClose']);
  });
});

describe('half of a position', () => {
  it('is taken off at the asked gain, once; the rest goes on', async () => {
    const bench = await opened({ partialTakePct: 1, breakEvenAtR: 0 });
    const before = Number(bench.broker.positions.get(A)?.signedQty);
    await bench.bar(1, { close: 101 });
    await bench.bar(2, { close: 101.5 });
    const after = Number(bench.broker.positions.get(A)?.signedQty);
    expect(Math.abs(after - before / 2)).toBeLessThanOrEqual(0.001);
    expect(bench.told('partial')).toMatchObject([{ symbol: A, left: after }]);
    bench.broker.moveTo(104);
    await bench.pass(1_000);
    // Half at 101, half at 104, three fees of 0.01.
    const [closed] = bench.told('closed');
    expect(closed?.['reason']).toBe('target');
    expect(Number(closed?.['pnl'])).toBeCloseTo((before - after) * 1 + after * 4 - 0.03, 8);
  });

  it('is not sent twice when the answer is lost', async () => {
    const bench = await opened();
    const before = Number(bench.broker.positions.get(A)?.signedQty);
    bench.broker.script('place', 'lost');
    bench.service.onCommand({ kind: 'closeHalf', symbol: A }, 'someone');
    await bench.pass(15_000, 250);
    expect(Number(bench.broker.positions.get(A)?.signedQty)).toBeCloseTo(before / 2, 2);
    expect(bench.told('partial')).toHaveLength(1);
  });

  it('without effect is told and not repeated', async () => {
    const bench = await opened();
    const before = bench.broker.positions.get(A)?.signedQty;
    bench.broker.script('place', 'dropped');
    bench.service.onCommand({ kind: 'closeHalf', symbol: A }, 'someone');
    await bench.pass(20_000, 250);
    expect(bench.broker.positions.get(A)?.signedQty).toBe(before);
    expect(bench.alarms()).toEqual(['partialFailed']);
    expect(bench.state()).toBe('protected');
  });

  it('is not taken a second time by itself after a restart', async () => {
    const bench = await opened({ partialTakePct: 1, breakEvenAtR: 0 });
    await bench.bar(1, { close: 101 });
    const after = bench.broker.positions.get(A)?.signedQty;
    await bench.restart();
    await bench.bar(3, { close: 101.5 });
    expect(bench.broker.positions.get(A)?.signedQty).toBe(after);
  });
});

describe('a person asks', () => {
  it('for break-even: granted beyond it, refused before it', async () => {
    const bench = await opened({ breakEvenAtR: 0 });
    await bench.bar(1, { close: 100.1 });
    bench.service.onCommand({ kind: 'breakEven', symbol: A }, 'someone');
    await bench.pass(500);
    expect(bench.alarms()).toEqual(['commandRefused']);
    await bench.bar(2, { close: 100.9 });
    bench.service.onCommand({ kind: 'breakEven', symbol: A }, 'someone');
    await bench.pass(500);
    expect(bench.stops().map(([price]) => price)).toEqual([98, 100.2]);
    expect(bench.told('stopMoved')).toMatchObject([{ cause: 'command' }]);
  });

  it('for something on a symbol without a position: refused', async () => {
    const bench = await opened();
    const other = symbolId('BBBUSDT');
    bench.service.onCommand({ kind: 'closeHalf', symbol: other }, 'someone');
    bench.service.onCommand({ kind: 'breakEven', symbol: other }, 'someone');
    expect(bench.alarms()).toEqual(['commandRefused', 'commandRefused']);
  });
});

describe('how a position stands', () => {
  it('is told when it changes, and profit is suggested once', async () => {
    const bench = await opened({ breakEvenAtR: 0 });
    await bench.bar(1, { close: 97.5 });
    await bench.bar(2, { close: 97.4 });
    await bench.bar(3, { close: 103.1 });
    await bench.bar(4, { close: 102.9 });
    await bench.bar(5, { close: 103.2 });
    expect(bench.told('riskLevel').map((n) => n['level'])).toEqual(['HIGH', 'PROFITABLE', 'LOW', 'PROFITABLE']);
    expect(bench.told('profitSuggestion')).toHaveLength(1);
    expect(bench.service.liveState().positions[0]?.riskLevel).toBe('PROFITABLE');
  });
});
