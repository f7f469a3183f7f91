import { describe, expect, it } from 'vitest';
import { type CapPolicy, type CapTrade, capRow, takenBy } from '../../../../src/app/study/choices/caps.ts';
import { designEffect } from '../../../../src/app/study/statistics.ts';
import type { Signal } from '../../../../src/core/signal.ts';
import { epochMs, symbolId } from '../../../../src/core/units.ts';
import { aSignal, MIDNIGHT } from '../../../support/a-signal.ts';

const MINUTE = 60_000;
const OPEN: CapPolicy = { id: 'open', minScore: 70, topPerMinute: 9, mostOpen: Number.POSITIVE_INFINITY, sideRestMs: 0 };

interface Told extends Partial<Pick<Signal, 'side' | 'score'>> {
  readonly minute: number;
  readonly symbol: string;
  readonly lastsMin?: number;
  readonly netR?: number;
  readonly day?: number;
}

function aTrade({ minute, symbol, lastsMin = 10, netR = 1, day = 0, side = 'long', score = 75 }: Told): CapTrade {
  const barCloseMs = epochMs(MIDNIGHT + minute * MINUTE);
  const signal = aSignal({ id: `${symbol}${minute}`, symbol: symbolId(symbol), barCloseMs, side, score });
  return { signal, exitMs: barCloseMs + lastsMin * MINUTE, day, netR };
}
const names = (policy: CapPolicy, trades: readonly CapTrade[]): string[] =>
  takenBy(policy, trades).map(({ signal }) => signal.id);

describe('a cap', () => {
  it('takes the best ranks of a minute, by score', () => {
    const minute = [
      aTrade({ minute: 1, symbol: 'AUSDT', score: 71 }),
      aTrade({ minute: 1, symbol: 'BUSDT', score: 90 }),
      aTrade({ minute: 1, symbol: 'CUSDT', score: 80 }),
      aTrade({ minute: 1, symbol: 'DUSDT', score: 69 }),
    ];
    expect(names({ ...OPEN, topPerMinute: 2 }, minute)).toEqual(['BUSDT1', 'CUSDT1']);
    expect(names({ ...OPEN, minScore: 80 }, minute)).toEqual(['BUSDT1', 'CUSDT1']);
  });

  it('holds one position a contract until it ends', () => {
    const trades = [1, 10, 11].map((minute) => aTrade({ minute, symbol: 'AUSDT' }));
    // The first lasts to the close of minute 11.
    expect(names(OPEN, trades)).toEqual(['AUSDT1', 'AUSDT11']);
  });

  it('rests on a side after an entry, and only on that side', () => {
    const trades = [
      aTrade({ minute: 1, symbol: 'AUSDT' }),
      aTrade({ minute: 15, symbol: 'BUSDT' }),
      aTrade({ minute: 15, symbol: 'CUSDT', side: 'short' }),
      aTrade({ minute: 16, symbol: 'DUSDT' }),
    ];
    expect(names({ ...OPEN, sideRestMs: 15 * MINUTE }, trades)).toEqual(['AUSDT1', 'CUSDT15', 'DUSDT16']);
  });

  it('never holds more than its number', () => {
    const trades = ['AUSDT', 'BUSDT', 'CUSDT'].map((symbol, i) => aTrade({ minute: i + 1, symbol, lastsMin: i === 0 ? 2 : 10 }));
    expect(names({ ...OPEN, mostOpen: 1 }, trades)).toEqual(['AUSDT1', 'CUSDT3']);
  });

  it('counts days without a trade', () => {
    const trades = [
      aTrade({ minute: 1, symbol: 'AUSDT', netR: -1 }),
      aTrade({ minute: 2, symbol: 'BUSDT', netR: -2 }),
      aTrade({ minute: 3, symbol: 'CUSDT', netR: 1.5, day: 1 }),
    ];
    // Three trades on four days: −3 and +1.5 R, so −0.5 R a trade and −0.375 R a day.
    expect(capRow(OPEN, trades, 4)).toMatchObject({ n: 3, tradesPerDay: 0.75, netR: -0.5, meanDayR: -0.375, worstDayR: -3 });
  });
});

describe('the design effect', () => {
  it('is three where the trades of two days are copies', () => {
    // Mean 0, sums 2 and −2: (2/1) × 8 / 16 = 1 against (4/3) / 4 = 1/3.
    const values = [1, 1, -1, -1].map((value, i) => ({ day: i < 2 ? 0 : 1, value }));
    expect(designEffect(values)).toBeCloseTo(3, 12);
  });

  it('is one where each trade has its own day', () => {
    // n/(n−1) × Σ / n² over Σ / (n−1) / n.
    expect(designEffect([0.5, -1, 2, 0.1].map((value, day) => ({ day, value })))).toBeCloseTo(1, 12);
  });
});
