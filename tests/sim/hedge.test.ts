// Hedge mode: a long and a short position of one contract side by side, each with its own orders and stops.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, compare, parseDecimal, sign, sum, ZERO } from '../../src/core/decimal.ts';
import type { SimHedgeSide } from '../../src/sim/types.ts';
import { SimVenue } from '../../src/sim/venue.ts';
import { aContract, aVenue, BTC, codeOf, done, later, limit, market, price, profit, stop, T0, words } from './a-venue.ts';

function hedged(change: Parameters<typeof aVenue>[0] = {}): SimVenue {
  const venue = aVenue(change);
  done(venue.setPositionMode('HEDGE'));
  return venue;
}

/** 0.010 long and 0.020 short; the best levels stand 5 USDT (one basis point) beside 50,000. */
function both(change: Parameters<typeof aVenue>[0] = {}): SimVenue {
  const venue = hedged(change);
  done(venue.placeOrder(market({ positionSide: 'LONG' }), T0));
  done(venue.placeOrder(market({ side: 'SELL', positionSide: 'SHORT', quantity: '0.020' }), T0));
  return venue;
}

const held = (venue: SimVenue, side: SimHedgeSide): string | undefined => venue.position(BTC, side)?.signedQty;
const longStop = stop({ positionSide: 'LONG' });
const shortStop = stop({ side: 'BUY', positionSide: 'SHORT', triggerPrice: '51000' });

describe('two positions of one contract', () => {
  it('stand side by side with their own entries', () => {
    expect(both().positions()).toMatchObject([
      { symbol: BTC, positionSide: 'LONG', signedQty: '0.01', entryPrice: '50005' },
      { symbol: BTC, positionSide: 'SHORT', signedQty: '-0.02', entryPrice: '49995' },
    ]);
  });

  it('a sale of the long one leaves the short one as it is', () => {
    const venue = both();
    const sold = done(venue.placeOrder(market({ side: 'SELL', positionSide: 'LONG' }), T0));
    expect(sold).toMatchObject({ status: 'FILLED', reduceOnly: true, positionSide: 'LONG' });
    expect([held(venue, 'LONG'), held(venue, 'SHORT')]).toEqual(['0', '-0.02']);
    // 0.010 × (49,995 − 50,005).
    expect(venue.userTrades({ symbol: BTC }).at(-1)).toMatchObject({ realizedPnl: '-0.1', positionSide: 'LONG' });
  });

  it('each pays or receives its own funding', () => {
    const venue = both();
    venue.settleFunding(BTC, '0.0001', T0);
    // 0.010 × 50,000 × 0.0001 = 0.05 paid, 0.020 × 50,000 × 0.0001 = 0.10 received.
    expect(venue.income({ incomeType: 'FUNDING_FEE' }).map((row) => row.income)).toEqual(['-0.05', '0.1']);
  });

  it('count together against the bracket of the leverage', () => {
    const venue = hedged({ walletUsdt: '1000000' });
    // 9 BTC are 450,000 USDT; leverage 20 may carry 800,000.
    done(venue.placeOrder(market({ positionSide: 'LONG', quantity: '9' }), T0));
    expect(codeOf(venue.placeOrder(market({ side: 'SELL', positionSide: 'SHORT', quantity: '9' }), T0))).toBe(-2027);
  });

  it('an isolated one is liquidated alone', () => {
    const venue = hedged();
    done(venue.setMarginType(BTC, 'ISOLATED', T0));
    done(venue.placeOrder(market({ positionSide: 'LONG' }), T0));
    done(venue.placeOrder(market({ side: 'SELL', positionSide: 'SHORT' }), T0));
    // At 20× the long one's margin is 5 % of 50,005: gone at 47,000; the short one gains there.
    price(venue, 47_000, later(1_000));
    expect([held(venue, 'LONG'), held(venue, 'SHORT')]).toEqual(['0', '-0.01']);
  });

  it('survive a snapshot', () => {
    const venue = both();
    done(venue.placeAlgo(longStop, T0));
    const again = SimVenue.restore(JSON.parse(JSON.stringify(venue.snapshot())), [aContract()]);
    expect(again.positions()).toEqual(venue.positions());
    expect(again.openAlgos()).toEqual(venue.openAlgos());
    expect(again.positionMode).toBe('HEDGE');
  });

  it('are settled together when the contract ends', () => {
    const venue = both();
    done(venue.act({ act: 'settle', symbol: BTC }, T0));
    expect(venue.positions()).toEqual([]);
  });
});

describe('acts by hand', () => {
  it('close the side they name', () => {
    const venue = both();
    done(venue.act({ act: 'manualClose', symbol: BTC, positionSide: 'SHORT' }, T0));
    expect([held(venue, 'LONG'), held(venue, 'SHORT')]).toEqual(['0.01', '0']);
  });

  it('open the side they trade to, and a flip closes one side and opens the other', () => {
    const venue = hedged();
    done(venue.act({ act: 'manualOpen', symbol: BTC, side: 'SELL', quantity: '0.010' }, T0));
    expect(held(venue, 'SHORT')).toBe('-0.01');
    done(venue.act({ act: 'manualFlip', symbol: BTC }, T0));
    expect([held(venue, 'LONG'), held(venue, 'SHORT')]).toEqual(['0.01', '0']);
  });
});

describe('stops of two positions', () => {
  it('one closing stop a side stands, a second one of the side does not', () => {
    const venue = both();
    done(venue.placeAlgo(longStop, T0));
    done(venue.placeAlgo(shortStop, T0));
    expect(codeOf(venue.placeAlgo(stop({ positionSide: 'LONG', triggerPrice: '48000' }), T0))).toBe(-4130);
  });

  it('a fired stop closes its side and expires that side’s target only', () => {
    const venue = both();
    done(venue.placeAlgo(longStop, T0));
    const target = done(venue.placeAlgo(profit({ positionSide: 'LONG' }), T0));
    const other = done(venue.placeAlgo(shortStop, T0));
    price(venue, 48_990, later(1_000));
    expect([held(venue, 'LONG'), held(venue, 'SHORT')]).toEqual(['0', '-0.02']);
    expect(done(venue.algo({ algoId: target.algoId })).algoStatus).toBe('EXPIRED');
    expect(done(venue.algo({ algoId: other.algoId })).algoStatus).toBe('NEW');
  });

  it('a side without a stop is naked while the other is covered', () => {
    const venue = both();
    done(venue.placeAlgo(longStop, T0));
    expect(venue.nakedIntervals(later(500))).toEqual([{ symbol: BTC, positionSide: 'SHORT', fromMs: T0, toMs: later(500) }]);
  });

  it('says of each event whose it is', () => {
    const venue = hedged();
    venue.drainEvents();
    done(venue.placeOrder(market({ positionSide: 'LONG' }), T0));
    const events = venue.drainEvents();
    expect(words(events)).toEqual(['order NEW NEW', 'tradeLite', 'account ORDER', 'order TRADE FILLED']);
    const account = events.find((event) => event.kind === 'accountUpdate');
    expect(account?.positions).toMatchObject([{ symbol: BTC, positionSide: 'LONG', signedQty: '0.01' }]);
  });
});

describe('what hedge mode refuses', () => {
  const open = (change: Parameters<typeof market>[0]) => codeOf(both().placeOrder(market(change), T0));

  it.each([
    [-4061, 'an order without a side', {}],
    [-4061, 'an order for BOTH', { positionSide: 'BOTH' }],
    [-4060, 'a side that is none', { positionSide: 'UP' }],
    [-1106, 'reduceOnly', { side: 'SELL', positionSide: 'LONG', reduceOnly: true }],
    [-1106, 'reduceOnly=false as well', { positionSide: 'LONG', reduceOnly: false }],
    [-2024, 'a sale of more than the long position', { side: 'SELL', positionSide: 'LONG', quantity: '0.011' }],
  ])('%i: %s', (code, _cause, change) => {
    expect(open(change)).toBe(code);
  });

  it('-2022: a close of a side that is flat', () => {
    expect(codeOf(hedged().placeOrder(market({ side: 'SELL', positionSide: 'LONG' }), T0))).toBe(-2022);
  });

  it('-4118: a close of what resting closes of that side already take', () => {
    const venue = both();
    done(venue.placeOrder(limit({ side: 'SELL', positionSide: 'LONG', price: '51000' }), T0));
    expect(codeOf(venue.placeOrder(market({ side: 'SELL', positionSide: 'LONG' }), T0))).toBe(-4118);
  });

  it.each([
    [
      -1106,
      'reduceOnly on a conditional',
      { positionSide: 'LONG', reduceOnly: true, closePosition: undefined, quantity: '0.010' },
    ],
    [-4509, 'a closing BUY on the long position', { side: 'BUY', positionSide: 'LONG', triggerPrice: '51000' }],
    [-4061, 'a conditional without a side', {}],
  ])('%i: %s', (code, _cause, change) => {
    expect(codeOf(both().placeAlgo(stop(change), T0))).toBe(code);
  });

  it('a change of mode with a position, with an order, and to the mode it has', () => {
    expect(codeOf(both().setPositionMode('ONE_WAY'))).toBe(-4068);
    const venue = hedged();
    expect(codeOf(venue.setPositionMode('HEDGE'))).toBe(-4059);
    done(venue.placeOrder(limit({ positionSide: 'LONG' }), T0));
    expect(codeOf(venue.setPositionMode('ONE_WAY'))).toBe(-4067);
  });
});

it('keeps every long at or above zero, every short at or below, and the wallet equal to its history', () => {
  const step = fc.record({
    side: fc.constantFrom('BUY' as const, 'SELL' as const),
    positionSide: fc.constantFrom('LONG' as const, 'SHORT' as const),
    steps: fc.integer({ min: 1, max: 30 }),
    last: fc.integer({ min: 49_500, max: 50_500 }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
      const venue = hedged();
      steps.forEach(({ side, positionSide, steps: count, last }, i) => {
        price(venue, last, later(i * 3_000));
        venue.placeOrder(market({ side, positionSide, quantity: (count / 1_000).toFixed(3) }), later(i * 3_000));
        expect(sign(parseDecimal(held(venue, 'LONG') ?? '0'))).toBeGreaterThanOrEqual(0);
        expect(sign(parseDecimal(held(venue, 'SHORT') ?? '0'))).toBeLessThanOrEqual(0);
      });
      const moved = sum([ZERO, ...venue.income({}).map((row) => parseDecimal(row.income))]);
      const wallet = parseDecimal(venue.balances()[0]?.walletBalance ?? '0');
      expect(compare(wallet, add(parseDecimal('10000'), moved))).toBe(0);
    }),
    { numRuns: 60 },
  );
});
