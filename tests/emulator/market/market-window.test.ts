import { describe, expect, it } from 'vitest';
import { spreadOver, windowOf } from '../../../src/emulator/market/market-window.ts';
import { aContract, aSource, START_MS } from '../a-source.ts';

const HOUR_MS = 3_600_000;
const SPAN = { fromMs: START_MS, toMs: START_MS + HOUR_MS };

describe('a window of a market', () => {
  const market = windowOf(aSource(), { contracts: [1], ...SPAN });

  it('has the contracts and the minutes of its span and no others', () => {
    expect(market.contracts.map((contract) => contract.symbol)).toEqual(['ETHUSDT']);
    // An hour of minutes; the last one opens a minute before its end.
    const bars = market.bars(0, 60_000, 0, Number.POSITIVE_INFINITY);
    expect([bars.length, bars[0]?.openMs, bars.at(-1)?.openMs]).toEqual([60, START_MS, START_MS + 59 * 60_000]);
    expect(market.minute(0, START_MS)?.close).toBe(2_000);
    expect(market.minute(0, START_MS - 60_000)).toBeNull();
    expect(market.path(0, SPAN.toMs)).toBeNull();
    expect([market.listed(0, START_MS), market.listed(0, SPAN.toMs)]).toEqual([true, false]);
  });

  it('names a contract that it does not have', () => {
    expect(() => market.bars(1, 60_000, 0, SPAN.toMs)).toThrow(/no contract number 1/);
  });
});

it('spreads evenly over what trades in the span, from the first to the small ones', () => {
  const names = ['BTCUSDT', 'AUSDT', 'BUSDT', 'CUSDT', 'DUSDT', 'EUSDT'];
  const contracts = names.map((name) => aContract(name, name === 'AUSDT' ? { status: 'SETTLING' } : {}));
  // Five trade: BTC, B, C, D, E at 0, 2, 3, 4, 5; two of five are the first and, half of five rounded down, the third.
  expect(spreadOver(aSource({ contracts }), 2, SPAN)).toEqual([0, 3]);
  expect(spreadOver(aSource({ contracts }), 99, SPAN)).toEqual([0, 2, 3, 4, 5]);
});
