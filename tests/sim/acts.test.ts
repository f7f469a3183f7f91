// What the venue does by itself (reliability.md §1.0, switches v.*).
import { expect, test } from 'vitest';
import { epochMs } from '../../src/core/units.ts';
import { SIM_ACTS, type SimAct } from '../../src/sim/acts.ts';
import type { SimVenue } from '../../src/sim/venue.ts';
import { aVenue, BTC, codeOf, done, later, limit, market, partStop, stop, T0, words } from './a-venue.ts';

function aLong(): SimVenue {
  const venue = aVenue();
  done(venue.placeOrder(market({ quantity: '0.020' }), T0));
  venue.drainEvents();
  return venue;
}

const lastId = (venue: SimVenue): string | undefined => venue.ledger().orders.at(-1)?.clientOrderId;

test('a person closes, opens and flips through orders with foreign ids', () => {
  const venue = aLong();
  done(venue.act({ act: 'manualFlip', symbol: BTC }, later(1)));
  expect(venue.position(BTC)?.signedQty).toBe('-0.02');
  done(venue.act({ act: 'manualClose', symbol: BTC }, later(2)));
  expect(venue.positions()).toEqual([]);
  done(venue.act({ act: 'manualOpen', symbol: BTC, side: 'SELL', quantity: '0.010' }, later(3)));
  expect(venue.position(BTC)?.signedQty).toBe('-0.01');
  expect(lastId(venue)).toMatch(/^web_/);
});

test('auto-deleveraging takes the fraction at the mark, without a fee, under its own id', () => {
  const venue = aLong();
  done(venue.act({ act: 'adl', symbol: BTC, fraction: 0.5 }, later(1)));
  expect(venue.ledger().fills.at(-1)).toMatchObject({
    clientOrderId: 'adl_autoclose',
    price: '50000',
    qty: '0.01',
    commission: '0',
  });
  expect(venue.position(BTC)?.signedQty).toBe('0.01');
});

test('liquidation on demand uses an autoclose id and the CALCULATED execution', () => {
  const venue = aLong();
  done(venue.act({ act: 'liquidate', symbol: BTC }, later(1)));
  expect(lastId(venue)).toMatch(/^autoclose-/);
  expect(words(venue.drainEvents())).toContain('order CALCULATED FILLED');
});

test('settlement expires every order with reason 7, closes at the mark and ends trading', () => {
  const venue = aLong();
  const resting = done(venue.placeOrder(limit(), T0));
  done(venue.placeAlgo(partStop({ clientAlgoId: 'w' }), T0));
  done(venue.act({ act: 'settle', symbol: BTC }, later(1)));
  expect(done(venue.order({ symbol: BTC, orderId: resting.orderId }))).toMatchObject({ status: 'EXPIRED', expiryReason: '7' });
  expect(done(venue.algo({ clientAlgoId: 'w' })).algoStatus).toBe('EXPIRED');
  expect(venue.ledger().fills.at(-1)?.clientOrderId).toMatch(/^settlement_autoclose-/);
  expect(venue.contract(BTC)?.status).toBe('SETTLING');
  expect(codeOf(venue.placeOrder(market(), later(2)))).toBe(-4140);
});

test('halt, delisting and a new tick change the contract as the exchange shows it', () => {
  const venue = aVenue();
  done(venue.act({ act: 'delist', symbol: BTC, deliveryMs: epochMs(1_760_400_000_000) }, T0));
  done(venue.act({ act: 'tick', symbol: BTC, tickSize: '0.50' }, T0));
  done(venue.act({ act: 'halt', symbol: BTC }, T0));
  expect(venue.contract(BTC)).toMatchObject({ status: 'TRADING_HALT', deliveryDate: 1_760_400_000_000, tickSize: '0.50' });
  done(venue.act({ act: 'resume', symbol: BTC }, T0));
  expect(codeOf(venue.placeOrder(limit({ price: '49000.10' }), T0))).toBe(-4014);
  // minPrice 556.80 is the grid's origin: 48,999.80 = 556.80 + 96,886 × 0.50.
  expect(done(venue.placeOrder(limit({ price: '48999.80' }), T0)).status).toBe('NEW');
});

test('cancelStop removes stops only and tells it', () => {
  const venue = aLong();
  done(venue.placeAlgo(stop(), T0));
  done(venue.placeAlgo(partStop({ type: 'TAKE_PROFIT_MARKET', triggerPrice: '51000' }), T0));
  venue.drainEvents();
  done(venue.act({ act: 'cancelStop', symbol: BTC }, later(1)));
  expect(words(venue.drainEvents())).toEqual(['algo CANCELED']);
  expect(venue.openAlgos(BTC).map((a) => a.orderType)).toEqual(['TAKE_PROFIT_MARKET']);
});

test('money in and out moves the wallet and is told', () => {
  const venue = aVenue();
  done(venue.act({ act: 'margin', deltaUsdt: '-9900' }, later(1)));
  expect(venue.drainEvents()).toMatchObject([
    { reason: 'WITHDRAW', balances: [{ walletBalance: '100', balanceChange: '-9900' }] },
  ]);
  expect(venue.balances()).toMatchObject([{ walletBalance: '100', availableBalance: '100' }]);
  expect(codeOf(venue.act({ act: 'margin', deltaUsdt: '-100.01' }, later(2)))).toBe(-2018);
  expect(codeOf(venue.act({ act: 'margin', deltaUsdt: 'much' }, later(2)))).toBe(-1102);
});

test('orphans are reduce-only conditionals on both sides of the price', () => {
  const venue = aVenue();
  done(venue.act({ act: 'orphans', symbol: BTC }, T0));
  // 50,000 × 0.97 and × 1.03
  expect(venue.openAlgos(BTC).map((a) => [a.orderType, a.triggerPrice, a.reduceOnly])).toEqual([
    ['STOP_MARKET', '48500', true],
    ['TAKE_PROFIT_MARKET', '51500', true],
  ]);
});

test('the algo store may learn of a position late: -4509 first, accepted after the lag', () => {
  const venue = aVenue();
  venue.setPositionLag(1_200);
  done(venue.placeOrder(market(), T0));
  expect(codeOf(venue.placeAlgo(stop(), later(1_199)))).toBe(-4509);
  // A quantity conditional does not depend on the position.
  done(venue.placeAlgo(partStop(), later(1_199)));
  expect(done(venue.placeAlgo(stop(), later(1_200))).algoStatus).toBe('NEW');
});

test('a full book comes back after a thin one', () => {
  const venue = aVenue();
  done(venue.act({ act: 'thinBook', symbol: BTC, levelUsdt: 0, levels: 0 }, T0));
  expect(codeOf(venue.placeOrder(market(), T0))).toBe(-4131);
  done(venue.act({ act: 'fullBook', symbol: BTC }, T0));
  expect(done(venue.placeOrder(market(), T0)).status).toBe('FILLED');
});

test('acts on a position need one, and acts on a symbol need a contract', () => {
  const venue = aVenue();
  for (const act of ['manualClose', 'manualFlip', 'liquidate'] as const)
    expect(codeOf(venue.act({ act, symbol: BTC }, T0))).toBe(-2022);
  expect(codeOf(venue.act({ act: 'adl', symbol: BTC, fraction: 1 }, T0))).toBe(-2022);
  expect(codeOf(venue.act({ act: 'halt', symbol: 'NOPEUSDT' }, T0))).toBe(-1121);
});

test('the list of acts names every act once', () => {
  type Missing = Exclude<SimAct['act'], (typeof SIM_ACTS)[number]>;
  const missing: Missing[] = [];
  expect(missing).toEqual([]);
  expect(new Set(SIM_ACTS).size).toBe(SIM_ACTS.length);
});
