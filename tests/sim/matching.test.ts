// Fills of ordinary orders. At a last price of 50,000 with a tick of 0.10 half the spread is 5.00 (1 bp), and each level of
// 50,000 USDT holds 0.999 BTC (floor(50,000 / 50,005 / 0.001) = 999 steps).
import { expect, test } from 'vitest';
import { aContract, aVenue, BTC, codeOf, done, later, limit, market, price, T0, words } from './a-venue.ts';

test('a MARKET buy pays half a spread above last, and the taker fee', () => {
  const venue = aVenue();
  const order = done(venue.placeOrder(market(), T0));
  expect(order).toMatchObject({ status: 'FILLED', executedQty: '0.01', avgPrice: '50005', price: '0' });
  // 0.010 × 50,005 × 0.0005 = 0.250025
  expect(venue.ledger().fills).toMatchObject([
    { price: '50005', qty: '0.01', quoteQty: '500.05', commission: '0.250025', realizedPnl: '0' },
  ]);
  expect(venue.balances()).toMatchObject([{ walletBalance: '9999.749975' }]);
});

test('a MARKET sell gets half a spread below last', () => {
  expect(done(aVenue().placeOrder(market({ side: 'SELL' }), T0)).avgPrice).toBe('49995');
});

test('half a spread is never less than a tick', () => {
  const venue = aVenue();
  venue.setPrice('币安人生USDT', { last: 0.00123, mark: 0.00123 }, T0);
  // 123 ticks: a basis point of that is less than one.
  expect(done(venue.placeOrder(market({ symbol: '币安人生USDT', quantity: '10000' }), T0)).avgPrice).toBe('0.00124');
});

test('a large order walks level by level, one trade each', () => {
  const venue = aVenue();
  const order = done(venue.placeOrder(market({ quantity: '1.5' }), T0));
  expect(venue.ledger().fills.map((f) => [f.price, f.qty])).toEqual([
    ['50005', '0.999'],
    ['50010', '0.501'],
  ]);
  // (0.999 × 50,005 + 0.501 × 50,010) / 1.5 = 75,010.005 / 1.5 = 50,006.67
  expect(order).toMatchObject({ cumQuote: '75010.005', avgPrice: '50006.67', status: 'FILLED' });
});

test('what was taken is gone until the next price step', () => {
  const venue = aVenue();
  done(venue.placeOrder(market({ quantity: '0.999' }), T0));
  expect(done(venue.placeOrder(market({ quantity: '0.5' }), T0)).avgPrice).not.toBe('50005');
  price(venue, 50_000, later(3_000));
  expect(done(venue.placeOrder(market({ quantity: '0.5' }), later(3_000))).avgPrice).toBe('50005');
});

test('a thin book fills what it has and the rest expires with reason 9', () => {
  const venue = aVenue();
  done(venue.act({ act: 'thinBook', symbol: BTC, levelUsdt: 1_000, levels: 2 }, T0));
  venue.drainEvents();
  const order = done(venue.placeOrder(market({ quantity: '0.100' }), T0));
  // 1,000 USDT hold floor(1,000 / 50,005 / 0.001) = 19 steps at each of two levels.
  expect(order).toMatchObject({ status: 'EXPIRED', executedQty: '0.038', expiryReason: '9', quantity: '0.1' });
  expect(words(venue.drainEvents()).at(-1)).toBe('order EXPIRED EXPIRED');
  expect(venue.position(BTC)).toMatchObject({ signedQty: '0.038' });
});

test('the act "partial" cuts the next MARKET order only', () => {
  const venue = aVenue();
  done(venue.act({ act: 'partial', symbol: BTC, fraction: 0.38 }, T0));
  expect(done(venue.placeOrder(market({ quantity: '0.100' }), T0))).toMatchObject({ executedQty: '0.038', status: 'EXPIRED' });
  expect(done(venue.placeOrder(market({ quantity: '0.100' }), T0)).status).toBe('FILLED');
});

test('nothing executes beyond marketTakeBound of the mark', () => {
  const venue = aVenue({ contracts: [aContract({ marketTakeBound: '0.0002' })] });
  // Bound 50,010: two levels, the third (50,015) lies beyond.
  expect(done(venue.placeOrder(market({ quantity: '3' }), T0))).toMatchObject({
    executedQty: '1.998',
    status: 'EXPIRED',
    expiryReason: '9',
  });
  venue.setPrice(BTC, { last: 50_020, mark: 50_000 }, later(1));
  expect(codeOf(venue.placeOrder(market(), later(1)))).toBe(-4131);
});

test('a resting buy needs the price to trade through it by a tick, then fills whole at its own price as a maker', () => {
  const venue = aVenue();
  const { orderId } = done(venue.placeOrder(limit(), T0));
  price(venue, 49_000, later(1));
  expect(done(venue.order({ symbol: BTC, orderId })).status).toBe('NEW');
  price(venue, 48_999.9, later(2));
  expect(done(venue.order({ symbol: BTC, orderId }))).toMatchObject({ status: 'FILLED', avgPrice: '49000' });
  // 0.010 × 49,000 × 0.0002 = 0.098
  expect(venue.ledger().fills).toMatchObject([{ maker: true, commission: '0.098' }]);
});

test('a marketable limit takes up to its price and the rest rests', () => {
  const venue = aVenue();
  const order = done(venue.placeOrder(limit({ price: '50005', quantity: '1.5' }), T0));
  expect(order).toMatchObject({ status: 'PARTIALLY_FILLED', executedQty: '0.999', avgPrice: '50005' });
  expect(venue.openOrders(BTC)).toHaveLength(1);
});

test('an immediate-or-cancel limit expires with reason 2 for what it could not take', () => {
  const order = done(aVenue().placeOrder(limit({ price: '50005', quantity: '1.5', timeInForce: 'IOC' }), T0));
  expect(order).toMatchObject({ status: 'EXPIRED', executedQty: '0.999', expiryReason: '2' });
});

test('a fill-or-kill that the book can serve fills whole', () => {
  expect(done(aVenue().placeOrder(limit({ price: '50010', quantity: '1.5', timeInForce: 'FOK' }), T0)).status).toBe('FILLED');
});

test('a reduce-only quantity above the position is cut down to it', () => {
  const venue = aVenue();
  done(venue.placeOrder(market(), T0));
  const close = done(venue.placeOrder(market({ side: 'SELL', quantity: '0.5', reduceOnly: true }), T0));
  expect(close).toMatchObject({ quantity: '0.01', status: 'FILLED' });
  expect(venue.positions()).toEqual([]);
});

test('a reduce-only limit is knocked out with reason 4 when its position closes', () => {
  const venue = aVenue();
  done(venue.placeOrder(market({ quantity: '0.020' }), T0));
  const target = done(venue.placeOrder(limit({ side: 'SELL', price: '51000', quantity: '0.005', reduceOnly: true }), T0));
  done(venue.placeOrder(market({ side: 'SELL', quantity: '0.020' }), T0));
  expect(done(venue.order({ symbol: BTC, orderId: target.orderId }))).toMatchObject({ status: 'EXPIRED', expiryReason: '4' });
});

test('the average entry follows additions and stays on reductions', () => {
  const venue = aVenue();
  done(venue.placeOrder(market(), T0));
  price(venue, 51_000, later(1));
  done(venue.placeOrder(market(), later(1)));
  // 51,000 + ceil(510,000 / 10,000) ticks = 51,005.1; (50,005 + 51,005.1) / 2 = 50,505.05
  expect(venue.position(BTC)).toMatchObject({ signedQty: '0.02', entryPrice: '50505.05' });
  done(venue.placeOrder(market({ side: 'SELL', quantity: '0.005', reduceOnly: true }), later(1)));
  // 50,994.9 − 50,505.05 = 489.85; × 0.005 = 2.44925
  expect(venue.ledger().fills.at(-1)).toMatchObject({ price: '50994.9', realizedPnl: '2.44925' });
  expect(venue.position(BTC)).toMatchObject({ signedQty: '0.015', entryPrice: '50505.05' });
});

test('an order through zero closes the old position and opens the rest at the fill price', () => {
  const venue = aVenue();
  done(venue.placeOrder(market(), T0));
  done(venue.placeOrder(market({ side: 'SELL', quantity: '0.030' }), T0));
  // Sold at 49,995: (49,995 − 50,005) × 0.010 = −0.1
  expect(venue.position(BTC)).toMatchObject({ signedQty: '-0.02', entryPrice: '49995' });
  expect(venue.ledger().fills.at(-1)).toMatchObject({ realizedPnl: '-0.1' });
});

test('cancels one order by client id and all of a symbol, and tells each', () => {
  const venue = aVenue();
  done(venue.placeOrder(limit({ newClientOrderId: 'a' }), T0));
  done(venue.placeOrder(limit({ newClientOrderId: 'b' }), T0));
  done(venue.placeOrder(limit({ newClientOrderId: 'c' }), T0));
  venue.drainEvents();
  expect(done(venue.cancelOrder({ symbol: BTC, clientOrderId: 'b' }, later(1))).status).toBe('CANCELED');
  expect(done(venue.cancelAllOrders(BTC, later(2)))).toHaveLength(2);
  expect(words(venue.drainEvents())).toEqual(Array.from({ length: 3 }, () => 'order CANCELED CANCELED'));
  expect(venue.openOrders()).toEqual([]);
});

test('order history pages newest first, trades oldest first', () => {
  const venue = aVenue();
  for (let i = 0; i < 5; i++) done(venue.placeOrder(market({ newClientOrderId: `n${i}` }), later(i)));
  expect(venue.allOrders({ symbol: BTC, limit: 2 }).map((o) => o.clientOrderId)).toEqual(['n3', 'n4']);
  expect(venue.userTrades({ symbol: BTC, limit: 2 }).map((t) => t.clientOrderId)).toEqual(['n0', 'n1']);
  const third = venue.ledger().fills[2];
  expect(venue.userTrades({ symbol: BTC, fromId: third?.id, limit: 2 }).map((t) => t.clientOrderId)).toEqual(['n2', 'n3']);
  expect(venue.userTrades({ symbol: BTC, startMs: later(1), endMs: later(2) })).toHaveLength(2);
});
