// The life of conditional orders (binance-futures.md §6.3 and §7.2, the sequences at its end).
import { expect, test } from 'vitest';
import type { SimAlgoRequest } from '../../src/sim/types.ts';
import type { SimVenue } from '../../src/sim/venue.ts';
import { aContract, aVenue, BTC, done, later, limit, market, partStop, price, profit, stop, T0, words } from './a-venue.ts';

function aLong(venue: SimVenue = aVenue()): SimVenue {
  done(venue.placeOrder(market(), T0));
  return venue;
}

const statusOf = (venue: SimVenue, clientAlgoId: string): string => done(venue.algo({ clientAlgoId })).algoStatus;

test('a MARKET entry tells NEW, then for the fill TRADE_LITE, the account and the trade', () => {
  const venue = aVenue();
  done(venue.placeOrder(market(), T0));
  expect(words(venue.drainEvents())).toEqual(['order NEW NEW', 'tradeLite', 'account ORDER', 'order TRADE FILLED']);
});

test('a closing stop shows as GTE_GTC with quantity 0 and reduce-only', () => {
  const algo = done(aLong().placeAlgo(stop({ clientAlgoId: 'sl' }), T0));
  expect(algo).toMatchObject({ timeInForce: 'GTE_GTC', quantity: '0', reduceOnly: true, closePosition: true, algoStatus: 'NEW' });
});

test('a stop that fires tells the whole sequence and its closing sibling expires last', () => {
  const venue = aLong();
  done(venue.placeAlgo(stop({ clientAlgoId: 'sl' }), T0));
  done(venue.placeAlgo(profit({ clientAlgoId: 'tp' }), T0));
  venue.drainEvents();
  price(venue, 49_000, later(3_000));
  const events = venue.drainEvents();
  expect(words(events)).toEqual([
    'algo TRIGGERING',
    'algo TRIGGERED',
    'order NEW NEW',
    'tradeLite',
    'account ORDER',
    'order TRADE FILLED',
    'algo FINISHED',
    'algo EXPIRED',
  ]);
  const child = done(venue.order({ symbol: BTC, clientOrderId: 'sl' }));
  expect(child).toMatchObject({
    type: 'MARKET',
    origType: 'STOP_MARKET',
    stopPrice: '49000',
    closePosition: true,
    reduceOnly: true,
  });
  // 49,000 − ceil(490,000 / 10,000) ticks = 48,995.1
  expect(done(venue.algo({ clientAlgoId: 'sl' }))).toMatchObject({
    actualOrderId: child.orderId,
    actualPrice: '48995.1',
    actualQty: '0.01',
    triggerMs: later(3_000),
  });
  expect(statusOf(venue, 'tp')).toBe('EXPIRED');
  expect(venue.openAlgos()).toEqual([]);
});

test('the stop is first when mark and last satisfy stop and target in one step', () => {
  const venue = aLong();
  done(venue.placeAlgo(profit({ clientAlgoId: 'tp', workingType: 'CONTRACT_PRICE' }), T0));
  done(venue.placeAlgo(stop({ clientAlgoId: 'sl', workingType: 'MARK_PRICE' }), T0));
  venue.setPrice(BTC, { last: 51_000, mark: 49_000 }, later(1));
  expect([statusOf(venue, 'sl'), statusOf(venue, 'tp')]).toEqual(['FINISHED', 'EXPIRED']);
});

const TRIGGERS: readonly (readonly [string, 'BUY' | 'SELL', number, number])[] = [
  // type, side, the last price that does not fire at a trigger on the other side, the one that does
  ['STOP_MARKET', 'SELL', 49_000.1, 49_000],
  ['STOP_MARKET', 'BUY', 50_999.9, 51_000],
  ['TAKE_PROFIT_MARKET', 'SELL', 50_999.9, 51_000],
  ['TAKE_PROFIT_MARKET', 'BUY', 49_000.1, 49_000],
];

test.each(TRIGGERS)('%s %s rests at %d and fires at %d', (type, side, quiet, firing) => {
  const venue = aVenue();
  done(venue.placeOrder(market({ side: side === 'SELL' ? 'BUY' : 'SELL' }), T0));
  done(venue.placeAlgo(stop({ type, side, triggerPrice: String(firing), clientAlgoId: 'c' }), T0));
  price(venue, quiet, later(1));
  expect(statusOf(venue, 'c')).toBe('NEW');
  price(venue, firing, later(2));
  expect(statusOf(venue, 'c')).toBe('FINISHED');
});

test('workingType decides which price is looked at', () => {
  const venue = aLong();
  done(venue.placeAlgo(stop({ clientAlgoId: 'mark', workingType: 'MARK_PRICE' }), T0));
  venue.setPrice(BTC, { last: 48_900, mark: 49_500 }, later(1));
  expect(statusOf(venue, 'mark')).toBe('NEW');
  venue.setPrice(BTC, { last: 49_500, mark: 48_900 }, later(2));
  expect(statusOf(venue, 'mark')).toBe('FINISHED');
});

test('a closing conditional expires when the position goes to zero by any other way', () => {
  const ways: ((venue: SimVenue) => unknown)[] = [
    (v) => v.placeOrder(market({ side: 'SELL', reduceOnly: true }), later(1)),
    (v) => v.act({ act: 'manualClose', symbol: BTC }, later(1)),
    (v) => v.act({ act: 'manualFlip', symbol: BTC }, later(1)),
    (v) => v.act({ act: 'adl', symbol: BTC, fraction: 1 }, later(1)),
    (v) => v.act({ act: 'liquidate', symbol: BTC }, later(1)),
    (v) => v.act({ act: 'settle', symbol: BTC }, later(1)),
  ];
  for (const way of ways) {
    const venue = aLong();
    done(venue.placeAlgo(stop({ clientAlgoId: 'sl' }), T0));
    way(venue);
    expect(statusOf(venue, 'sl')).toBe('EXPIRED');
  }
});

test('a quantity conditional survives the position as an orphan and is rejected when it fires', () => {
  const venue = aLong();
  done(venue.placeAlgo(partStop({ clientAlgoId: 'w' }), T0));
  done(venue.placeOrder(market({ side: 'SELL', reduceOnly: true }), later(1)));
  expect(statusOf(venue, 'w')).toBe('NEW');
  venue.drainEvents();
  price(venue, 48_000, later(2));
  expect(words(venue.drainEvents())).toEqual(['algo TRIGGERING', 'algo REJECTED']);
  expect(done(venue.algo({ clientAlgoId: 'w' })).reason).toBe('Reduce Only reject');
  expect(venue.positions()).toEqual([]);
});

test('a quantity stop above the position is cut and never flips it', () => {
  const venue = aLong();
  done(venue.placeAlgo(partStop({ quantity: '0.500', clientAlgoId: 'w' }), T0));
  price(venue, 48_900, later(1));
  expect(done(venue.order({ symbol: BTC, clientOrderId: 'w' })).quantity).toBe('0.01');
  expect(venue.positions()).toEqual([]);
});

test('a triggered stop may pass resting reduce-only limits, which are knocked out', () => {
  const venue = aLong();
  const target = done(venue.placeOrder(limit({ side: 'SELL', price: '51000', reduceOnly: true }), T0));
  done(venue.placeAlgo(stop(), T0));
  price(venue, 48_900, later(1));
  expect(venue.positions()).toEqual([]);
  expect(done(venue.order({ symbol: BTC, orderId: target.orderId })).expiryReason).toBe('4');
});

// triggerProtect is 5 %: mark 47,000 against last 50,000 is 6 %.
test('a protected trigger is rejected while mark and last diverge; an unprotected one fires', () => {
  const outcome = (priceProtect: boolean): string => {
    const venue = aLong();
    done(venue.placeAlgo(stop({ priceProtect, clientAlgoId: 'sl' }), T0));
    venue.setPrice(BTC, { last: 50_000, mark: 47_000 }, later(1));
    return statusOf(venue, 'sl');
  };
  expect([outcome(true), outcome(false)]).toEqual(['REJECTED', 'FINISHED']);
});

test('with the waiting policy a protected trigger fires once mark and last agree again', () => {
  const venue = aLong(aVenue({ priceProtectPolicy: 'wait' }));
  done(venue.placeAlgo(stop({ priceProtect: true, clientAlgoId: 'sl' }), T0));
  venue.setPrice(BTC, { last: 50_000, mark: 47_000 }, later(1));
  expect(statusOf(venue, 'sl')).toBe('NEW');
  venue.setPrice(BTC, { last: 47_000, mark: 47_000 }, later(2));
  expect(statusOf(venue, 'sl')).toBe('FINISHED');
});

test('a stop-limit child rests as a LIMIT and finishes its conditional when it fills', () => {
  const venue = aLong();
  done(venue.placeAlgo(partStop({ type: 'STOP', price: '49100', clientAlgoId: 'sl' }), T0));
  price(venue, 48_900, later(1));
  expect(statusOf(venue, 'sl')).toBe('TRIGGERED');
  expect(done(venue.order({ symbol: BTC, clientOrderId: 'sl' }))).toMatchObject({ type: 'LIMIT', status: 'NEW', price: '49100' });
  price(venue, 49_100.1, later(2));
  expect(statusOf(venue, 'sl')).toBe('FINISHED');
  expect(venue.positions()).toEqual([]);
});

test('margin is looked at when an entry conditional fires, not when it is placed', () => {
  const venue = aVenue();
  const entry: SimAlgoRequest = {
    symbol: BTC,
    side: 'BUY',
    type: 'STOP_MARKET',
    quantity: '5',
    triggerPrice: '51000',
    clientAlgoId: 'in',
  };
  done(venue.placeAlgo(entry, T0));
  price(venue, 51_000, later(1));
  expect(done(venue.algo({ clientAlgoId: 'in' }))).toMatchObject({ algoStatus: 'REJECTED', reason: 'Margin is insufficient.' });
});

test('a trailing stop activates, follows the best price and fires after its callback', () => {
  const venue = aLong();
  venue.drainEvents();
  const trailing = {
    type: 'TRAILING_STOP_MARKET',
    activatePrice: '51000',
    callbackRate: '1',
    triggerPrice: undefined,
    clientAlgoId: 'tr',
  };
  done(venue.placeAlgo(partStop(trailing), T0));
  price(venue, 51_000, later(1));
  expect(words(venue.drainEvents())).toEqual(['algo NEW', 'algo NEW']);
  price(venue, 52_000, later(2));
  // 52,000 × 0.99 = 51,480
  price(venue, 51_480.1, later(3));
  expect(done(venue.algo({ clientAlgoId: 'tr' }))).toMatchObject({ algoStatus: 'NEW', isActivated: true, extremePrice: '52000' });
  price(venue, 51_480, later(4));
  expect(statusOf(venue, 'tr')).toBe('FINISHED');
});

test('the two stores are disjoint: an ordinary cancel-all leaves conditionals, and the other way round', () => {
  const venue = aLong();
  done(venue.placeAlgo(stop(), T0));
  done(venue.placeOrder(limit(), T0));
  expect(done(venue.cancelAllOrders(BTC, later(1)))).toHaveLength(1);
  expect(venue.openAlgos(BTC)).toHaveLength(1);
  done(venue.placeOrder(limit(), T0));
  expect(done(venue.cancelAllAlgos(BTC, later(1)))).toHaveLength(1);
  expect(venue.openOrders(BTC)).toHaveLength(1);
});

test('nothing fires while the contract is halted', () => {
  const venue = aLong();
  done(venue.placeAlgo(stop({ clientAlgoId: 'sl' }), T0));
  done(venue.act({ act: 'halt', symbol: BTC }, later(1)));
  price(venue, 48_900, later(2));
  expect(statusOf(venue, 'sl')).toBe('NEW');
  done(venue.act({ act: 'resume', symbol: BTC }, later(3)));
  price(venue, 48_900, later(4));
  expect(statusOf(venue, 'sl')).toBe('FINISHED');
});

test('a stop into a book without a counterparty finishes with nothing done', () => {
  const venue = aLong(aVenue({ contracts: [aContract()] }));
  done(venue.placeAlgo(stop({ clientAlgoId: 'sl' }), T0));
  done(venue.act({ act: 'thinBook', symbol: BTC, levelUsdt: 0, levels: 0 }, T0));
  price(venue, 48_900, later(1));
  expect(done(venue.algo({ clientAlgoId: 'sl' }))).toMatchObject({ algoStatus: 'FINISHED', actualQty: '0' });
  expect(venue.position(BTC)).toMatchObject({ signedQty: '0.01' });
});

test('naked time runs from the fill to a live covering stop, and again after it is gone', () => {
  const venue = aVenue();
  done(venue.placeOrder(market({ quantity: '0.020' }), later(100)));
  done(venue.placeAlgo(partStop({ quantity: '0.010' }), later(150)));
  done(venue.placeAlgo(partStop({ quantity: '0.010' }), later(400)));
  done(venue.act({ act: 'cancelStop', symbol: BTC }, later(1_000)));
  const naked = [{ symbol: BTC, fromMs: later(100), toMs: later(400) }];
  expect(venue.nakedIntervals(later(1_000))).toEqual(naked);
  expect(venue.nakedIntervals(later(1_500))).toEqual([...naked, { symbol: BTC, fromMs: later(1_000), toMs: later(1_500) }]);
});

test('a target does not protect, and a position that is protected in the same instant was never naked', () => {
  const venue = aLong();
  done(venue.placeAlgo(profit(), T0));
  expect(venue.nakedIntervals(later(10))).toHaveLength(1);
  done(venue.placeAlgo(stop(), T0));
  expect(venue.nakedIntervals(later(10))).toEqual([]);
});
