import { describe, expect, it } from 'vitest';
import { SimVenue } from '../../src/sim/venue.ts';
import { aContract, aVenue, BTC, codeOf, done, later, limit, market, price, T0, words } from './a-venue.ts';

/** A resting bid of 0.010 at 49,000; events so far are read away. */
function resting(change: Parameters<typeof limit>[0] = {}) {
  const venue = aVenue();
  const order = done(venue.placeOrder(limit({ newClientOrderId: 'k-1', ...change }), T0));
  venue.drainEvents();
  return { venue, order, key: { symbol: BTC, orderId: order.orderId } };
}

describe('changing a resting limit', () => {
  it('keeps the order and tells AMENDMENT', () => {
    const { venue, key } = resting();
    const after = done(venue.modifyOrder(key, { side: 'BUY', quantity: '0.020', price: '48500' }, later(1)));
    expect(after).toMatchObject({ orderId: key.orderId, price: '48500', quantity: '0.02', status: 'NEW', clientOrderId: 'k-1' });
    expect(words(venue.drainEvents())).toEqual(['order AMENDMENT NEW']);
    expect(venue.orderChanges()).toMatchObject([
      { priceBefore: '49000', priceAfter: '48500', quantityBefore: '0.01', quantityAfter: '0.02', count: 1 },
    ]);
  });

  it('fills at once where the new price meets the book', () => {
    const { venue, key } = resting();
    // The best ask stands half a spread above 50,000: one basis point is 5.00.
    const after = done(venue.modifyOrder(key, { side: 'BUY', quantity: '0.010', price: '50010' }, later(1)));
    expect(after).toMatchObject({ status: 'FILLED', avgPrice: '50005' });
  });

  it('takes a price from the book instead of a figure', () => {
    const { venue, key } = resting();
    const after = done(venue.modifyOrder(key, { side: 'BUY', quantity: '0.010', priceMatch: 'QUEUE_5' }, later(1)));
    // Fifth bid: 50,000 less five steps of 5.00.
    expect(after.price).toBe('49975');
  });

  it.each([
    ['an unknown order', { symbol: BTC, orderId: 1 }, { quantity: '0.010', price: '48000' }, -2013],
    ['nothing changed', null, { quantity: '0.010', price: '49000' }, -5027],
    ['no quantity', null, { price: '48000' }, -1102],
    ['no price', null, { quantity: '0.010' }, -1102],
    ['another side', null, { side: 'SELL', quantity: '0.010', price: '48000' }, -1117],
    ['a price off the tick', null, { quantity: '0.010', price: '48000.05' }, -4014],
    ['a price far above the mark', null, { quantity: '0.010', price: '52600' }, -4016],
    // 0.001 × 49,000 = 49 USDT, below the contract's 50.
    ['too small a notional', null, { quantity: '0.001', price: '49000' }, -5029],
    ['more than the account can bear', null, { quantity: '900', price: '49000' }, -2027],
    ['price and place in the book together', null, { quantity: '0.010', price: '48000', priceMatch: 'QUEUE' }, -1106],
  ] as const)('refuses %s and leaves the order as it was', (_name, otherKey, change, code) => {
    const { venue, key } = resting();
    expect(codeOf(venue.modifyOrder(otherKey ?? key, change, later(1)))).toBe(code);
    expect(done(venue.order(key))).toMatchObject({ price: '49000', quantity: '0.01', status: 'NEW' });
  });

  it('is refused while the contract is halted', () => {
    const { venue, key } = resting();
    venue.act({ act: 'halt', symbol: done(venue.order(key)).symbol }, later(1));
    expect(codeOf(venue.modifyOrder(key, { quantity: '0.010', price: '48000' }, later(2)))).toBe(-5024);
  });

  it('cancels a post-only order that the change would make a taker', () => {
    const { venue, key } = resting({ timeInForce: 'GTX' });
    const after = done(venue.modifyOrder(key, { quantity: '0.010', price: '50010' }, later(1)));
    expect(after).toMatchObject({ status: 'CANCELED', executedQty: '0' });
  });
});

describe('orders that time ends', () => {
  it('cancels everything of the symbol when the countdown runs out, conditionals excepted', () => {
    const { venue, key } = resting();
    done(venue.setCountdown(BTC, 5_000, T0));
    expect(venue.nextDeadline()).toBe(T0 + 5_000);
    venue.passTime(later(4_999));
    expect(done(venue.order(key)).status).toBe('NEW');
    venue.passTime(later(5_000));
    expect(done(venue.order(key)).status).toBe('CANCELED');
    expect(venue.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
  });

  it('takes the countdown back with 0 and survives a restart', () => {
    const { venue, key } = resting();
    done(venue.setCountdown(BTC, 5_000, T0));
    const woken = SimVenue.restore(JSON.parse(JSON.stringify(venue.snapshot())), [aContract()]);
    expect(woken.nextDeadline()).toBe(T0 + 5_000);
    done(woken.setCountdown(BTC, 0, later(1)));
    woken.passTime(later(6_000));
    expect(done(woken.order(key)).status).toBe('NEW');
  });

  it('expires a GTD order at its second, and refuses an end that is too near', () => {
    const venue = aVenue();
    const gtd = (ms: number) => limit({ timeInForce: 'GTD', goodTillDate: T0 + ms });
    expect(codeOf(venue.placeOrder(gtd(600_000), T0))).toBe(-5040);
    expect(codeOf(venue.placeOrder(limit({ timeInForce: 'GTD' }), T0))).toBe(-1102);
    const order = done(venue.placeOrder(gtd(700_500), T0));
    // Whole seconds only: T0 is a whole second.
    expect(order.goodTillMs).toBe(T0 + 700_000);
    venue.passTime(later(699_999));
    expect(done(venue.order({ symbol: BTC, orderId: order.orderId })).status).toBe('NEW');
    price(venue, 50_000, later(700_000));
    expect(done(venue.order({ symbol: BTC, orderId: order.orderId })).status).toBe('EXPIRED');
  });
});

describe('finer terms', () => {
  it.each([
    ['OPPONENT', '50005'],
    ['OPPONENT_5', '50025'],
    ['QUEUE', '49995'],
    ['QUEUE_20', '49900'],
  ])('priceMatch %s prices a buy at %s', (priceMatch, expected) => {
    const venue = aVenue();
    const request = { symbol: BTC, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.010', priceMatch };
    expect(done(venue.testOrder(request, T0)).price).toBe(expected);
  });

  it('refuses a place in the book that does not exist, or for a market order', () => {
    const venue = aVenue();
    const request = { symbol: BTC, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.010' };
    expect(codeOf(venue.placeOrder({ ...request, priceMatch: 'OPPONENT_20' }, T0))).toBe(-5037);
    expect(codeOf(venue.placeOrder(market({ priceMatch: 'QUEUE' }), T0))).toBe(-5038);
    expect(codeOf(venue.placeOrder(market({ selfTradePreventionMode: 'EXPIRE_ALL' }), T0))).toBe(-5039);
  });

  it('a trial judges like an order and does nothing', () => {
    const venue = aVenue();
    const before = venue.revision;
    expect(codeOf(venue.testOrder(market({ quantity: '0.0001' }), T0))).toBe(-1111);
    expect(done(venue.testOrder(market(), T0))).toMatchObject({ status: 'NEW', executedQty: '0' });
    expect([venue.revision, venue.positions(), venue.drainEvents()]).toEqual([before, [], []]);
  });

  it.each([
    ['EXPIRE_MAKER', 'EXPIRED_IN_MATCH', 'FILLED'],
    ['EXPIRE_TAKER', 'NEW', 'EXPIRED_IN_MATCH'],
    ['EXPIRE_BOTH', 'EXPIRED_IN_MATCH', 'EXPIRED_IN_MATCH'],
    ['NONE', 'NEW', 'FILLED'],
  ])('meeting its own order under %s leaves the maker %s and the taker %s', (mode, makerStatus, takerStatus) => {
    const venue = aVenue();
    const maker = done(venue.placeOrder(limit({ side: 'SELL', price: '50006', quantity: '0.010' }), T0));
    // 50,000 USDT lie on each level: 1.5 BTC reach the second one at 50,010, past the own order.
    const taker = done(venue.placeOrder(limit({ price: '50015', quantity: '1.500', selfTradePreventionMode: mode }), later(1)));
    expect(done(venue.order({ symbol: BTC, orderId: maker.orderId })).status).toBe(makerStatus);
    expect(taker.status).toBe(takerStatus);
  });
});

describe('margin moved by hand', () => {
  function isolated() {
    const venue = aVenue();
    done(venue.setMarginType(BTC, 'ISOLATED', T0));
    done(venue.placeOrder(market({ quantity: '0.100' }), T0));
    venue.drainEvents();
    return venue;
  }
  const wallet = (venue: SimVenue) => Number(venue.position(BTC)?.isolatedWallet);

  it('goes into an isolated position and is told as MARGIN_TRANSFER', () => {
    const venue = isolated();
    const before = wallet(venue);
    done(venue.movePositionMargin(BTC, { amount: '100', direction: 'into' }, later(1)));
    expect(wallet(venue)).toBeCloseTo(before + 100, 8);
    expect(words(venue.drainEvents())).toEqual(['account MARGIN_TRANSFER']);
  });

  it('comes out only as far as the initial margin allows', () => {
    const venue = isolated();
    expect(codeOf(venue.movePositionMargin(BTC, { amount: '100', direction: 'outOf' }, later(1)))).toBe(-4051);
    done(venue.movePositionMargin(BTC, { amount: '100', direction: 'into' }, later(2)));
    // The fee and the half spread have eaten a little of the first margin, so 90 of the 100 come out again.
    done(venue.movePositionMargin(BTC, { amount: '90', direction: 'outOf' }, later(3)));
    expect(venue.marginMoves().map((move) => move.amount)).toEqual(['100', '-90']);
  });

  it.each([
    ['no position', aVenue, '10', -4054],
    ['an amount that is none', isolated, '-5', -4055],
    ['more than is free', isolated, '999999', -4050],
  ] as const)('is refused with %s', (_name, make, amount, code) => {
    expect(codeOf(make().movePositionMargin(BTC, { amount, direction: 'into' }, later(1)))).toBe(code);
  });

  it('is refused for a crossed position', () => {
    const venue = aVenue();
    done(venue.placeOrder(market(), T0));
    expect(codeOf(venue.movePositionMargin(BTC, { amount: '10', direction: 'into' }, later(1)))).toBe(-4053);
  });
});
