import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MarketBar } from '../../src/emulator/market/source.ts';
import { MarketView } from '../../src/emulator/market-view.ts';
import { PriceScript } from '../../src/emulator/price-script.ts';
import { runsOf, tradesOf } from '../../src/emulator/trade-tape.ts';
import { aSource, START_MS } from './a-source.ts';

const END_MS = START_MS + 59_999;

function viewOf(change: Partial<MarketBar> = {}): MarketView {
  const source = aSource();
  const minute = (index: number, openMs: number): MarketBar | null => {
    const bar = source.minute(index, openMs);
    return bar === null ? null : { ...bar, ...change };
  };
  return new MarketView({ ...source, minute }, new PriceScript());
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

describe('the tape of a minute', () => {
  it('adds up to the candle: quantity, taker buys, number of trades', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 400 }),
        (units, share, trades) => {
          const buys = Math.round(units * share);
          // The contract's step is 0.001, so that thousandths are whole steps.
          const view = viewOf({ volume: units / 1_000, takerBuyVolume: buys / 1_000, trades });
          const runs = runsOf(view, 0, START_MS, END_MS);
          expect(total(runs.map((run) => run.steps))).toBe(units);
          const tapeTrades = runs.flatMap(tradesOf);
          expect(total(tapeTrades.map((trade) => trade.steps))).toBe(units);
          expect(tapeTrades.length).toBeLessThanOrEqual(trades);
          expect(tapeTrades.every((trade) => trade.steps > 0)).toBe(true);
          if (units >= 400 && share > 0.2 && share < 0.8 && units * 0.2 > trades) expect(tapeTrades).toHaveLength(trades);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('has the price of the path at each instant, and ids that grow with time', () => {
    const view = viewOf({ trades: 400 });
    const runs = runsOf(view, 0, START_MS, END_MS);
    expect(runs.every((run) => run.price === view.last(0, run.atMs))).toBe(true);
    const ids = runs.flatMap(tradesOf).map((trade) => trade.id);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(new Set(ids).size).toBe(400);
    expect(ids[0]).toBe((START_MS / 60_000) * 1_000_000);
  });

  it('holds nothing that has not happened yet', () => {
    const runs = runsOf(viewOf({ trades: 400 }), 0, START_MS, START_MS + 4_000);
    // Buys at 0 s and 3 s, sells at 1.5 s.
    expect(runs.map((run) => [run.atMs - START_MS, run.taker])).toEqual([
      [0, 'BUY'],
      [1_500, 'SELL'],
      [3_000, 'BUY'],
    ]);
  });

  it('has one trade a run where a recording knows no counts', () => {
    const runs = runsOf(viewOf({ trades: 0 }), 0, START_MS, END_MS);
    expect(runs).toHaveLength(40);
    expect(runs.every((run) => run.firstTradeId === run.lastTradeId)).toBe(true);
  });

  it('is empty where nothing was traded', () => {
    expect(runsOf(viewOf({ volume: 0, takerBuyVolume: 0, trades: 0 }), 0, START_MS, END_MS)).toEqual([]);
  });
});
