// Every code the simulated venue can refuse with, from its natural cause (binance-futures.md §4, §6, §9).
import { expect, test } from 'vitest';
import type { SimVenue } from '../../src/sim/venue.ts';
import { aContract, aVenue, BTC, codeOf, done, later, limit, market, partStop, profit, stop, T0 } from './a-venue.ts';

const long = (venue: SimVenue): void => void done(venue.placeOrder(market(), T0));
const order =
  (change: Parameters<typeof market>[0]) =>
  (venue: SimVenue): number =>
    codeOf(venue.placeOrder(market(change), T0));
const rest =
  (change: Parameters<typeof limit>[0]) =>
  (venue: SimVenue): number =>
    codeOf(venue.placeOrder(limit(change), T0));
const algo =
  (change: Parameters<typeof stop>[0]) =>
  (venue: SimVenue): number => {
    long(venue);
    return codeOf(venue.placeAlgo(stop(change), T0));
  };
const after =
  (prepare: (venue: SimVenue) => unknown, provoke: (venue: SimVenue) => number) =>
  (venue: SimVenue): number => {
    prepare(venue);
    return provoke(venue);
  };
const entryStop = { side: 'BUY', closePosition: undefined, quantity: '0.010', triggerPrice: '51000' } as const;

const CAUSES: readonly (readonly [number, string, (venue: SimVenue) => number])[] = [
  [-1121, 'an unknown symbol', order({ symbol: 'NOPEUSDT' })],
  [-1117, 'a side that is neither', order({ side: 'LONG' })],
  [-1116, 'an unknown type', order({ type: 'ICEBERG' })],
  [-4120, 'a conditional type on the ordinary endpoint', order({ type: 'STOP_MARKET' })],
  [-4061, 'a hedge position side in one-way mode', order({ positionSide: 'LONG' })],
  [-1102, 'a MARKET without quantity', order({ quantity: undefined })],
  [-1102, 'a quantity with an exponent', order({ quantity: '1e-3' })],
  [-1106, 'a MARKET with a price', order({ price: '50000' })],
  [-1102, 'a LIMIT without timeInForce', rest({ timeInForce: undefined })],
  [-1115, 'an unknown timeInForce', rest({ timeInForce: 'DAY' })],
  [-1102, 'a LIMIT without price', rest({ price: undefined })],
  [-4015, 'a client id of 40 characters', order({ newClientOrderId: 'x'.repeat(40) })],
  [-4015, 'a client id with a CJK character', order({ newClientOrderId: '币' })],
  [-4003, 'a quantity of zero', order({ quantity: '0' })],
  [-1111, 'a quantity with four decimals', order({ quantity: '0.0101' })],
  [-4005, 'a MARKET above MARKET_LOT_SIZE but inside LOT_SIZE', order({ quantity: '121' })],
  [-4013, 'a price below minPrice', rest({ price: '556.70', quantity: '1' })],
  [-4002, 'a price above maxPrice', rest({ price: '4529764.1' })],
  [-4014, 'a price off the tick', rest({ price: '49000.05' })],
  [-1111, 'a price with three decimals', rest({ price: '49000.001' })],
  // 0.001 × 49,000 = 49 < 50.
  [-4164, 'a LIMIT of 49 USDT', rest({ quantity: '0.001' })],
  // Cap 52,500 = 50,000 × 1.05, floor 47,500 = 50,000 × 0.95.
  [-4016, 'a buy limit above 105 % of the mark', rest({ price: '52500.1' })],
  [-4024, 'a sell limit below 95 % of the mark', rest({ side: 'SELL', price: '47499.9' })],
  [-2022, 'reduce-only without a position', order({ side: 'SELL', reduceOnly: true })],
  // 10,000 × 20 = 200,000 USDT of notional; 5 BTC are 250,000.
  [-2019, 'an entry above wallet × leverage', order({ quantity: '5' })],
  // Leverage 20 reaches to the cap of 800,000 USDT; 17 BTC are 850,000.
  [-2027, 'an entry above the bracket of the leverage', order({ quantity: '17' })],
  [-5022, 'a post-only that would take', rest({ timeInForce: 'GTX', price: '50100' })],
  [-5021, 'a fill-or-kill away from the market', rest({ timeInForce: 'FOK' })],
  [
    -4131,
    'a MARKET into an empty book',
    after((v) => v.act({ act: 'thinBook', symbol: BTC, levelUsdt: 0, levels: 0 }, T0), order({})),
  ],
  [-4140, 'an entry in a halted contract', after((v) => v.act({ act: 'halt', symbol: BTC }, T0), order({}))],
  [-4061, 'any order in hedge mode', after((v) => v.act({ act: 'mode', mode: 'HEDGE' }, T0), order({}))],
  [-1112, 'a contract that never had a price', order({ symbol: '币安人生USDT', quantity: '100' })],
  [-2011, 'cancelling an unknown order', (v) => codeOf(v.cancelOrder({ symbol: BTC, orderId: 1 }, T0))],
  [-2013, 'asking for an unknown order', (v) => codeOf(v.order({ symbol: BTC, clientOrderId: 'nobody' }))],
  [-2011, 'cancelling an unknown conditional', (v) => codeOf(v.cancelAlgo({ clientAlgoId: 'nobody' }, T0))],
  [-2013, 'asking for an unknown conditional', (v) => codeOf(v.algo({ algoId: 1 }))],

  [-1116, 'a conditional of an unknown type', algo({ type: 'LIMIT' })],
  [-1102, 'a stop without trigger', algo({ triggerPrice: undefined })],
  [-4014, 'a trigger off the tick', algo({ triggerPrice: '48999.95' })],
  [-4013, 'a trigger below minPrice', algo({ triggerPrice: '500' })],
  [-1130, 'an unknown working type', algo({ workingType: 'INDEX' })],
  [-1106, 'a price on a market conditional', algo({ price: '49000' })],
  [-4137, 'closePosition with a quantity', algo({ quantity: '0.010' })],
  [-1106, 'closePosition with reduceOnly', algo({ reduceOnly: true })],
  [-4138, 'closePosition with reduceOnly=false', algo({ reduceOnly: false })],
  [-4136, 'closePosition on a trailing stop', algo({ type: 'TRAILING_STOP_MARKET', callbackRate: '1' })],
  [-2021, 'a stop that is already true', algo({ triggerPrice: '50000' })],
  [-2021, 'a target that is already true', algo({ type: 'TAKE_PROFIT_MARKET', triggerPrice: '49000' })],
  [-4509, 'closePosition in the direction that is not held', algo({ side: 'BUY', triggerPrice: '51000' })],
  [-4509, 'closePosition without a position', (v) => codeOf(v.placeAlgo(stop(), T0))],
  [
    -4130,
    'a second closing stop of the direction',
    after(algo({}), (v) => codeOf(v.placeAlgo(stop({ triggerPrice: '48000' }), T0))),
  ],
  [
    -4116,
    'a client id of an open conditional',
    after(algo({ clientAlgoId: 'sl-1' }), (v) => codeOf(v.placeAlgo(profit({ clientAlgoId: 'sl-1' }), T0))),
  ],
  [-4015, 'a conditional with a bad client id', algo({ clientAlgoId: 'a b' })],
  // 0.001 × 49,000 = 49 < 50.
  [-4164, 'an entry conditional of 49 USDT', algo({ ...entryStop, side: 'SELL', triggerPrice: '49000', quantity: '0.001' })],
  [-1102, 'a trailing stop without callback rate', algo({ ...entryStop, type: 'TRAILING_STOP_MARKET', triggerPrice: undefined })],
  [-1130, 'a callback rate above 20 %', algo({ ...entryStop, type: 'TRAILING_STOP_MARKET', callbackRate: '20.1' })],
  [
    -2021,
    'a trailing buy that activates above the price',
    algo({ ...entryStop, type: 'TRAILING_STOP_MARKET', callbackRate: '1', activatePrice: '51000' }),
  ],

  // The first bracket allows 125.
  [-4028, 'leverage above the first bracket', (v) => codeOf(v.setLeverage(BTC, 126, T0))],
  [-4028, 'leverage of zero', (v) => codeOf(v.setLeverage(BTC, 0, T0))],
  [-4046, 'the margin type it already has', (v) => codeOf(v.setMarginType(BTC, 'CROSSED', T0))],
  [-4047, 'a margin type change with an open order', after(rest({}), (v) => codeOf(v.setMarginType(BTC, 'ISOLATED', T0)))],
  [-4048, 'a margin type change with a position', after(long, (v) => codeOf(v.setMarginType(BTC, 'ISOLATED', T0)))],
  [-4059, 'the position mode it already has', (v) => codeOf(v.setPositionMode('ONE_WAY'))],
  [-4067, 'a mode change with an open order', after(rest({}), (v) => codeOf(v.setPositionMode('HEDGE')))],
  [-4068, 'a mode change with a position', after(long, (v) => codeOf(v.setPositionMode('HEDGE')))],
];

test.each(CAUSES)('refuses with %i: %s', (code, _cause, provoke) => {
  expect(provoke(aVenue())).toBe(code);
});

test('leaves no trace of a refused order', () => {
  const venue = aVenue();
  venue.drainEvents();
  expect(codeOf(venue.placeOrder(market({ quantity: '5' }), T0))).toBe(-2019);
  expect(codeOf(venue.placeAlgo(stop(), T0))).toBe(-4509);
  expect(venue.ledger()).toEqual({ orders: [], algos: [], fills: [], positionHistory: [] });
  expect(venue.drainEvents()).toEqual([]);
});

test('asks for at least minQty and for whole steps', () => {
  // A contract whose step is coarser than its precision: 5 lots from 10 on.
  const contract = aContract({ quantityPrecision: 0, stepSize: '5', minQty: '10', marketStepSize: '5', marketMinQty: '10' });
  const venue = aVenue({ contracts: [contract], walletUsdt: '10000000' });
  expect(codeOf(venue.placeOrder(market({ quantity: '9' }), T0))).toBe(-4004);
  expect(codeOf(venue.placeOrder(market({ quantity: '12' }), T0))).toBe(-4023);
});

test('refuses the order after the last free place of MAX_NUM_ORDERS', () => {
  const venue = aVenue({ contracts: [aContract({ maxNumOrders: 2 })] });
  done(venue.placeOrder(limit(), T0));
  done(venue.placeOrder(limit({ price: '48900' }), T0));
  expect(codeOf(venue.placeOrder(limit({ price: '48800' }), T0))).toBe(-2025);
});

test('keeps 200 conditionals over all symbols and refuses the next with -4045', () => {
  const venue = aVenue();
  for (let i = 0; i < 200; i++) done(venue.placeAlgo(partStop({ triggerPrice: String(48_000 - i) }), T0));
  expect(codeOf(venue.placeAlgo(partStop({ triggerPrice: '47000' }), T0))).toBe(-4045);
});

test('client ids are unique among open orders only', () => {
  const venue = aVenue();
  done(venue.placeOrder(limit({ newClientOrderId: 'a-1' }), T0));
  expect(codeOf(venue.placeOrder(limit({ newClientOrderId: 'a-1', price: '48000' }), T0))).toBe(-4116);
  done(venue.cancelOrder({ symbol: BTC, clientOrderId: 'a-1' }, T0));
  done(venue.placeOrder(market({ newClientOrderId: 'a-1' }), T0));
  done(venue.placeOrder(market({ newClientOrderId: 'a-1' }), T0));
  expect(venue.ledger().fills).toHaveLength(2);
});

test('waives the minimum notional for reduce-only orders', () => {
  const venue = aVenue();
  done(venue.placeOrder(market(), T0));
  expect(done(venue.placeOrder(market({ side: 'SELL', quantity: '0.001', reduceOnly: true }), T0)).status).toBe('FILLED');
});

test('a resting reduce-only limit of the whole position blocks a close with -4118 until it is cancelled', () => {
  const venue = aVenue();
  done(venue.placeOrder(market(), T0));
  const target = done(venue.placeOrder(limit({ side: 'SELL', price: '51000', reduceOnly: true }), T0));
  const close = market({ side: 'SELL', reduceOnly: true });
  expect(codeOf(venue.placeOrder(close, T0))).toBe(-4118);
  done(venue.cancelOrder({ symbol: BTC, orderId: target.orderId }, T0));
  expect(done(venue.placeOrder(close, T0)).status).toBe('FILLED');
});

test('an isolated position forbids less leverage and allows more', () => {
  const venue = aVenue();
  done(venue.setMarginType(BTC, 'ISOLATED', T0));
  done(venue.setLeverage(BTC, 10, T0));
  done(venue.placeOrder(market(), T0));
  expect(codeOf(venue.setLeverage(BTC, 9, T0))).toBe(-4161);
  expect(done(venue.setLeverage(BTC, 10, T0)).leverage).toBe(10);
});

test('a position too large for the bracket of a higher leverage refuses it with -2027', () => {
  const venue = aVenue({ walletUsdt: '1000000' });
  // 8 BTC are 400,000 USDT: above the 300,000 that leverage 125 may carry.
  done(venue.placeOrder(market({ quantity: '8' }), T0));
  expect(codeOf(venue.setLeverage(BTC, 125, T0))).toBe(-2027);
});

test('a crossed position that could not carry less leverage refuses it with -2028', () => {
  const venue = aVenue();
  // 3 BTC are 150,000 USDT: 7,500 of margin at 20×, 15,000 at 10×, with 10,000 in the wallet.
  done(venue.placeOrder(market({ quantity: '3' }), T0));
  expect(codeOf(venue.setLeverage(BTC, 10, T0))).toBe(-2028);
});

test('allows less than 20× where the first bracket does', () => {
  const [first] = aContract().brackets;
  const venue = aVenue({ contracts: [aContract({ brackets: first === undefined ? [] : [{ ...first, initialLeverage: 5 }] })] });
  expect(venue.symbolConfig(BTC)).toMatchObject([{ leverage: 5, marginType: 'CROSSED', maxNotionalValue: '300000' }]);
});

test('a finished order cannot be cancelled', () => {
  const venue = aVenue();
  const filled = done(venue.placeOrder(market(), T0));
  expect(codeOf(venue.cancelOrder({ symbol: BTC, orderId: filled.orderId }, later(1)))).toBe(-2011);
});
