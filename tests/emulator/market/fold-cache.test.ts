// Folded bars that are remembered are the bars that would be folded anew, whatever was asked before.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BarRange } from '../../../src/emulator/market/fold-bars.ts';
import { FoldCache } from '../../../src/emulator/market/fold-cache.ts';
import type { MarketBar } from '../../../src/emulator/market/source.ts';

const barAt = (openMs: number, intervalMs: number): MarketBar => {
  const n = openMs / intervalMs;
  return {
    ...{ openMs, open: n + 0.1, high: n + 0.9, low: n - 0.9, close: n + 0.2, volume: 3 * n, quoteVolume: n * n, trades: n },
    ...{ takerBuyVolume: n / 2, takerBuyQuoteVolume: n / 3 },
  };
};
function folding() {
  let made = 0;
  const fold = ({ intervalMs, fromMs, toMs }: BarRange): MarketBar[] => {
    const bars: MarketBar[] = [];
    for (let openMs = fromMs; openMs <= toMs; openMs += intervalMs) bars.push(barAt(openMs, intervalMs));
    made += bars.length;
    return bars;
  };
  return { fold, made: () => made };
}

const range = fc
  .record({
    minutes: fc.constantFrom(5, 15, 60),
    from: fc.integer({ min: 1, max: 900 }),
    count: fc.integer({ min: -1, max: 700 }),
  })
  .map(({ minutes, from, count }) => ({
    intervalMs: minutes * 60_000,
    fromMs: from * minutes * 60_000,
    toMs: (from + count) * minutes * 60_000,
  }));

describe('remembered bars', () => {
  it('are those that would be folded anew, whatever was asked before', () => {
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 12 }), (ranges) => {
        const cache = new FoldCache();
        for (const asked of ranges) expect(cache.bars(asked, folding().fold)).toEqual(folding().fold(asked));
      }),
      { numRuns: 500 },
    );
  });

  it('are not folded again: a start after another folds only what came since', () => {
    const cache = new FoldCache();
    const { fold, made } = folding();
    const page = (lastBar: number): BarRange => ({
      intervalMs: 900_000,
      fromMs: (lastBar - 498) * 900_000,
      toMs: lastBar * 900_000,
    });
    cache.bars(page(600), fold);
    expect(made()).toBe(499);
    cache.bars(page(600), fold);
    expect(made()).toBe(499);
    cache.bars(page(602), fold);
    expect(made()).toBe(501);
    // One bar further back than anybody asked before.
    cache.bars(page(599), fold);
    expect(made()).toBe(502);
  });
});
