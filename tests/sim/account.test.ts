// Margin, funding, liquidation and settings: the numbers are worked by hand from the formulas of the venue's help pages.
import { expect, test } from 'vitest';
import type { SimVenue } from '../../src/sim/venue.ts';
import { aVenue, BTC, done, later, limit, market, price, stop, T0, words } from './a-venue.ts';

function isolated(): SimVenue {
  const venue = aVenue();
  done(venue.setMarginType(BTC, 'ISOLATED', T0));
  return venue;
}

test('an isolated entry binds notional / leverage, less the entry fee that it pays itself', () => {
  const venue = isolated();
  done(venue.placeOrder(market(), T0));
  // Filled at 50,005: 500.05 / 20 = 25.0025; fee 0.250025; 25.0025 − 0.250025 = 24.752475.
  // Unrealised at mark 50,000: −0.05. Maintenance: 500 × 0.004 = 2. Initial at the mark: 500 / 20 = 25.
  expect(venue.position(BTC)).toMatchObject({
    isolatedWallet: '24.752475',
    unrealizedPnl: '-0.05',
    isolatedMargin: '24.702475',
    notional: '500',
    initialMargin: '25',
    maintMargin: '2',
    marginType: 'ISOLATED',
    leverage: 20,
  });
  // Wallet 10,000 − 0.250025 = 9,999.749975; free: less 24.752475 = 9,974.9975.
  expect(venue.accountTotals()).toMatchObject({
    totalWalletBalance: '9999.749975',
    totalUnrealizedProfit: '-0.05',
    totalMarginBalance: '9999.699975',
    totalCrossWalletBalance: '9974.9975',
    availableBalance: '9974.9975',
    totalMaintMargin: '2',
  });
});

test('the liquidation price of an isolated long solves margin = maintenance', () => {
  const venue = isolated();
  done(venue.placeOrder(market(), T0));
  // (24.752475 + 0 − 500.05) / (0.01 × 0.004 − 0.01) = −475.297525 / −0.00996 = 47,720.63504016
  expect(venue.position(BTC)?.liquidationPrice).toBe('47720.63504016');
});

test('the liquidation price of an isolated short lies above', () => {
  const venue = isolated();
  done(venue.placeOrder(market({ side: 'SELL' }), T0));
  // Sold at 49,995: margin 499.95 / 20 = 24.9975, fee 0.249975, wallet 24.747525.
  // (24.747525 + 499.95) / (0.01 × 0.004 + 0.01) = 524.697525 / 0.01004 = 52,260.70966135
  expect(venue.position(BTC)?.liquidationPrice).toBe('52260.70966135');
});

test('liquidation comes at the mark, not a tick earlier, and costs exactly the margin', () => {
  const venue = isolated();
  done(venue.placeOrder(market(), T0));
  done(venue.placeOrder(limit({ price: '47600' }), T0));
  venue.setPrice(BTC, { last: 47_721, mark: '47720.64' }, later(1));
  expect(venue.position(BTC)?.signedQty).toBe('0.01');
  venue.drainEvents();
  venue.setPrice(BTC, { last: 47_721, mark: '47720.63' }, later(2));
  expect(words(venue.drainEvents())).toEqual([
    'order EXPIRED EXPIRED',
    'order NEW NEW',
    'tradeLite',
    'account ORDER',
    'order CALCULATED FILLED',
    'account INSURANCE_CLEAR',
  ]);
  const order = venue.allOrders({ symbol: BTC }).at(-1);
  expect(order?.clientOrderId).toMatch(/^autoclose-\d+$/);
  expect(order).toMatchObject({ timeInForce: 'IOC', expiryReason: '5', avgPrice: '47720.6' });
  // 10,000 − 25.0025: the margin and nothing else.
  expect(venue.balances()).toMatchObject([{ walletBalance: '9974.9975', crossWalletBalance: '9974.9975' }]);
});

test('a gap beyond bankruptcy is the insurance fund’s loss, not the cross wallet’s', () => {
  const venue = isolated();
  done(venue.placeOrder(market(), T0));
  venue.setPrice(BTC, { last: 40_000, mark: 40_000 }, later(1));
  expect(venue.balances()).toMatchObject([{ walletBalance: '9974.9975' }]);
  // Loss (40,000 − 50,005) × 0.01 = −100.05, fee 40,000 × 0.01 × 0.0005 = 0.2; 24.752475 − 100.25 = −75.497525.
  expect(venue.income({ incomeType: 'INSURANCE_CLEAR' })).toMatchObject([{ income: '75.497525' }]);
});

test('a stop in the same step goes before liquidation and bears the whole gap', () => {
  const venue = isolated();
  done(venue.placeOrder(market(), T0));
  done(venue.placeAlgo(stop({ clientAlgoId: 'sl' }), T0));
  venue.setPrice(BTC, { last: 40_000, mark: 40_000 }, later(1));
  expect(done(venue.algo({ clientAlgoId: 'sl' })).algoStatus).toBe('FINISHED');
  expect(venue.income({ incomeType: 'INSURANCE_CLEAR' })).toEqual([]);
});

test('a crossed position is carried by the whole wallet', () => {
  const venue = aVenue();
  done(venue.placeOrder(market(), T0));
  price(venue, 30_000, later(1));
  expect(venue.position(BTC)?.signedQty).toBe('0.01');
  expect(venue.position(BTC)).toMatchObject({ isolatedWallet: '0', isolatedMargin: '0' });
});

test('a crossed account that cannot meet maintenance is liquidated down to zero, not below', () => {
  const venue = aVenue();
  done(venue.placeOrder(market({ quantity: '3' }), T0));
  price(venue, 46_000, later(1));
  expect(venue.positions()).toEqual([]);
  // 3 × 4,000 of loss exceed the wallet of 10,000: the fund pays the rest.
  expect(venue.balances()).toMatchObject([{ walletBalance: '0' }]);
});

test('a margin call is told once while maintenance eats 80 % of the margin', () => {
  const venue = isolated();
  done(venue.placeOrder(market(), T0));
  venue.drainEvents();
  // At 47,750: 24.752475 − 22.55 = 2.202475 of margin against 1.91 of maintenance, 87 %.
  price(venue, 47_750, later(1));
  price(venue, 47_751, later(2));
  const events = venue.drainEvents();
  expect(words(events)).toEqual(['marginCall']);
  expect(events).toMatchObject([
    { crossWalletBalance: null, positions: [{ symbol: BTC, maintMargin: '1.91', unrealizedPnl: '-22.55' }] },
  ]);
});

test('resting orders bind margin on the larger side only', () => {
  const venue = aVenue();
  done(venue.placeOrder(limit({ quantity: '0.100' }), T0));
  done(venue.placeOrder(limit({ side: 'SELL', quantity: '0.100', price: '51000' }), T0));
  // Asks: 0.1 × 51,000 = 5,100 > bids 4,900; 5,100 / 20 = 255.
  expect(venue.position(BTC)).toMatchObject({ openOrderInitialMargin: '255', bidNotional: '4900', askNotional: '5100' });
  expect(venue.balances()).toMatchObject([{ availableBalance: '9745' }]);
  expect(venue.positions()).toHaveLength(1);
});

test('a long pays a positive funding rate and a short receives it', () => {
  const rows = (side: string): readonly string[] => {
    const venue = aVenue();
    done(venue.placeOrder(market({ side }), T0));
    venue.settleFunding(BTC, '0.0001', later(1));
    return venue.income({ incomeType: 'FUNDING_FEE' }).map((row) => row.income);
  };
  // 0.010 × 50,000 × 0.0001 = 0.05
  expect([rows('BUY'), rows('SELL')]).toEqual([['-0.05'], ['0.05']]);
});

test('funding tells the balance alone when crossed, and the position too when isolated', () => {
  const listed = (venue: SimVenue): unknown => {
    done(venue.placeOrder(market(), T0));
    venue.drainEvents();
    venue.settleFunding(BTC, '0.0001', later(1));
    return venue.drainEvents();
  };
  expect(listed(aVenue())).toMatchObject([
    { reason: 'FUNDING_FEE', symbol: BTC, positions: [], balances: [{ balanceChange: '-0.05' }] },
  ]);
  // 24.752475 − 0.05
  expect(listed(isolated())).toMatchObject([
    { reason: 'FUNDING_FEE', positions: [{ symbol: BTC, isolatedWallet: '24.702475' }] },
  ]);
});

test('settings are told: leverage as a config update, margin type as an account update', () => {
  const venue = aVenue();
  done(venue.setLeverage(BTC, 7, later(1)));
  done(venue.setMarginType(BTC, 'ISOLATED', later(2)));
  expect(venue.drainEvents()).toMatchObject([
    { kind: 'accountConfigUpdate', symbol: BTC, leverage: 7 },
    { kind: 'accountUpdate', reason: 'MARGIN_TYPE_CHANGE', positions: [{ symbol: BTC, marginType: 'ISOLATED' }] },
  ]);
  // Leverage 7 is allowed by all three brackets.
  expect(venue.symbolConfig(BTC)).toMatchObject([{ leverage: 7, marginType: 'ISOLATED', maxNotionalValue: '3000000' }]);
  expect(venue.symbolConfig()).toHaveLength(2);
});

test('the break-even price adds the entry commission', () => {
  const venue = aVenue();
  done(venue.placeOrder(market(), T0));
  // 50,005 + 0.250025 / 0.01 = 50,030.0025
  expect(venue.position(BTC)?.breakEvenPrice).toBe('50030.0025');
});

test('a flat symbol answers zeros and an unknown one nothing', () => {
  const venue = aVenue();
  expect(venue.position(BTC)).toMatchObject({ signedQty: '0', entryPrice: '0', liquidationPrice: '0', markPrice: '50000' });
  expect(venue.position('NOPEUSDT')).toBeNull();
  expect(venue.positions()).toEqual([]);
});

test('a mark given as a number is kept to 8 decimals, a last on the tick', () => {
  const venue = aVenue();
  venue.setPrice(BTC, { last: 50_000.04, mark: 50_000.123456789 }, later(1));
  expect(venue.position(BTC)?.markPrice).toBe('50000.12345679');
  // Last 50,000.0 and a spread of 5.0.
  expect(done(venue.placeOrder(market(), later(1))).avgPrice).toBe('50005');
});
