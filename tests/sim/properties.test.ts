// Laws that hold whatever is done to the account, over random lives of it.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { add, compare, isZero, multiply, negate, parseDecimal, sign, sum, ZERO } from '../../src/core/decimal.ts';
import { type EpochMs, epochMs } from '../../src/core/units.ts';
import { SimVenue } from '../../src/sim/venue.ts';
import { aCheapContract, aContract, aVenue, BTC, limit, market, partStop, stop, T0 } from './a-venue.ts';

const side = fc.constantFrom('BUY', 'SELL');
const quantity = fc.integer({ min: 1, max: 900 }).map((n) => (n / 1000).toFixed(3));
const last = fc.integer({ min: 46_000, max: 54_000 });
const wire = last.map(String);

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('price' as const), last, skew: fc.integer({ min: -300, max: 300 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('market' as const), side, quantity, reduceOnly: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('limit' as const), side, quantity, price: wire, reduceOnly: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('closing' as const),
      side,
      triggerPrice: wire,
      type: fc.constantFrom('STOP_MARKET', 'TAKE_PROFIT_MARKET'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('part' as const),
      side,
      quantity,
      triggerPrice: wire,
      type: fc.constantFrom('STOP_MARKET', 'STOP'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('funding' as const), rate: fc.integer({ min: -30, max: 30 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('isolate' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leverage' as const), leverage: fc.integer({ min: 1, max: 125 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('adl' as const), fraction: fc.constantFrom(0.3, 1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('flip' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('cancel' as const), what: fc.constantFrom('orders', 'algos', 'stops') }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function play(venue: SimVenue, s: Step, at: EpochMs): void {
  switch (s.kind) {
    case 'price':
      venue.setPrice(BTC, { last: s.last, mark: s.last + s.skew }, at);
      break;
    case 'market':
      venue.placeOrder(market({ side: s.side, quantity: s.quantity, reduceOnly: s.reduceOnly }), at);
      break;
    case 'limit':
      venue.placeOrder(limit({ side: s.side, quantity: s.quantity, price: s.price, reduceOnly: s.reduceOnly }), at);
      break;
    case 'closing':
      venue.placeAlgo(stop({ side: s.side, type: s.type, triggerPrice: s.triggerPrice }), at);
      break;
    case 'part': {
      const price = s.type === 'STOP' ? s.triggerPrice : undefined;
      venue.placeAlgo(partStop({ side: s.side, quantity: s.quantity, triggerPrice: s.triggerPrice, type: s.type, price }), at);
      break;
    }
    case 'funding':
      venue.settleFunding(BTC, `${s.rate < 0 ? '-' : ''}0.00${String(Math.abs(s.rate)).padStart(2, '0')}`, at);
      break;
    case 'isolate':
      venue.setMarginType(BTC, 'ISOLATED', at);
      break;
    case 'leverage':
      venue.setLeverage(BTC, s.leverage, at);
      break;
    case 'adl':
      venue.act({ act: 'adl', symbol: BTC, fraction: s.fraction }, at);
      break;
    case 'flip':
      venue.act({ act: 'manualFlip', symbol: BTC }, at);
      break;
    case 'cancel':
      cancel(venue, s.what, at);
      break;
  }
}

function cancel(venue: SimVenue, what: string, at: EpochMs): void {
  if (what === 'orders') venue.cancelAllOrders(BTC, at);
  else if (what === 'algos') venue.cancelAllAlgos(BTC, at);
  else venue.act({ act: 'cancelStop', symbol: BTC }, at);
}

const life = fc.array(step, { minLength: 5, maxLength: 60 });
const at = (i: number): EpochMs => epochMs(T0 + i * 1_000);
const D = parseDecimal;

function lived(steps: readonly Step[]): SimVenue {
  const venue = aVenue();
  for (const [i, s] of steps.entries()) play(venue, s, at(i));
  return venue;
}

const totalOf = (venue: SimVenue, type: string) => sum(venue.income({ incomeType: type }).map((row) => D(row.income)));

test('the wallet is the start plus every row of income, and the rows are the trades’ own figures, exactly', () => {
  fc.assert(
    fc.property(life, (steps) => {
      const venue = lived(steps);
      const { fills } = venue.ledger();
      const wallet = D(venue.balances()[0]?.walletBalance ?? '0');
      const booked = sum(venue.income({}).map((row) => D(row.income)));
      expect(compare(wallet, add(D('10000'), booked))).toBe(0);
      expect(compare(totalOf(venue, 'REALIZED_PNL'), sum(fills.map((f) => D(f.realizedPnl))))).toBe(0);
      expect(compare(totalOf(venue, 'COMMISSION'), negate(sum(fills.map((f) => D(f.commission)))))).toBe(0);
    }),
    { numRuns: 150 },
  );
});

test('the position is the sum of its fills, and once flat the realised PnL is the money that changed hands', () => {
  fc.assert(
    fc.property(life, (steps) => {
      const venue = lived(steps);
      let held = ZERO;
      let money = ZERO;
      let realized = ZERO;
      for (const f of venue.ledger().fills) {
        const qty = f.side === 'BUY' ? D(f.qty) : negate(D(f.qty));
        held = add(held, qty);
        money = add(money, negate(multiply(qty, D(f.price))));
        realized = add(realized, D(f.realizedPnl));
        if (isZero(held)) expect(compare(money, realized)).toBe(0);
      }
      expect(compare(D(venue.position(BTC)?.signedQty ?? '0'), held)).toBe(0);
    }),
    { numRuns: 150 },
  );
});

test('a reduce-only execution only ever shrinks the position', () => {
  fc.assert(
    fc.property(life, (steps) => {
      const { fills, orders, positionHistory } = lived(steps).ledger();
      const reducing = new Set(orders.filter((o) => o.reduceOnly).map((o) => o.orderId));
      let before = ZERO;
      for (const [i, fill] of fills.entries()) {
        const after = D(positionHistory[i]?.signedQty ?? 'missing');
        if (reducing.has(fill.orderId)) {
          expect(sign(after) === 0 || sign(after) === sign(before)).toBe(true);
          expect(compare(multiply(after, after), multiply(before, before))).toBe(-1);
        }
        before = after;
      }
    }),
    { numRuns: 150 },
  );
});

test('no closing conditional outlives its direction, and no reduce-only limit rests on nothing', () => {
  fc.assert(
    fc.property(life, (steps) => {
      const venue = aVenue();
      for (const [i, s] of steps.entries()) {
        play(venue, s, at(i));
        const held = sign(D(venue.position(BTC)?.signedQty ?? '0'));
        const closing = held === 0 ? 'none' : held > 0 ? 'SELL' : 'BUY';
        expect(venue.openAlgos(BTC).filter((a) => a.closePosition && a.side !== closing)).toEqual([]);
        expect(venue.openOrders(BTC).filter((o) => o.reduceOnly && o.side !== closing)).toEqual([]);
      }
    }),
    { numRuns: 150 },
  );
});

test('naked time equals what looking at the public reads after every step adds up to', () => {
  fc.assert(
    fc.property(life, (steps) => {
      const venue = aVenue();
      let seen = 0;
      for (const [i, s] of steps.entries()) {
        play(venue, s, at(i));
        const held = D(venue.position(BTC)?.signedQty ?? '0');
        const stops = venue
          .openAlgos(BTC)
          .filter((a) => a.orderType === 'STOP_MARKET' && a.side === (sign(held) > 0 ? 'SELL' : 'BUY'));
        const size = sign(held) < 0 ? negate(held) : held;
        const covered = stops.some((a) => a.closePosition) || compare(sum(stops.map((a) => D(a.quantity))), size) >= 0;
        if (!covered) seen += 1_000;
      }
      const told = venue.nakedIntervals(at(steps.length)).reduce((total, span) => total + span.toMs - span.fromMs, 0);
      expect(told).toBe(seen);
    }),
    { numRuns: 150 },
  );
});

test('every execution is told as TRADE_LITE, account, order, in this order and with increasing trade ids', () => {
  fc.assert(
    fc.property(life, (steps) => {
      const venue = lived(steps);
      const events = venue.drainEvents();
      let lastTrade = 0;
      for (const [i, event] of events.entries()) {
        if (event.kind !== 'tradeLite') continue;
        expect(event.trade.id).toBeGreaterThan(lastTrade);
        lastTrade = event.trade.id;
        expect(events[i + 1]).toMatchObject({ kind: 'accountUpdate', reason: 'ORDER', atMs: event.atMs });
        expect(events[i + 2]).toMatchObject({ kind: 'orderTradeUpdate', trade: { id: event.trade.id } });
      }
      expect(events.filter((e) => e.kind === 'tradeLite')).toHaveLength(venue.ledger().fills.length);
    }),
    { numRuns: 100 },
  );
});

test('a venue put to JSON and back in the middle of its life goes on as if nothing had been', () => {
  fc.assert(
    fc.property(life, fc.nat({ max: 59 }), (steps, cut) => {
      let venue = aVenue();
      for (const [i, s] of steps.entries()) {
        play(venue, s, at(i));
        if (i === cut) venue = SimVenue.restore(JSON.parse(JSON.stringify(venue.snapshot())), [aContract(), aCheapContract()]);
      }
      expect(venue.snapshot()).toEqual(lived(steps).snapshot());
    }),
    { numRuns: 150 },
  );
});

test('the random lives do reach what the laws are about', () => {
  const reached = new Map<string, number>();
  const note = (what: string): void => void reached.set(what, (reached.get(what) ?? 0) + 1);
  for (const steps of fc.sample(life, { numRuns: 300, seed: 11 })) {
    const venue = lived(steps);
    const { orders, algos, fills } = venue.ledger();
    for (const algo of algos) note(algo.algoStatus);
    for (const order of orders) note(order.clientOrderId.startsWith('autoclose-') ? 'liquidation' : `er ${order.expiryReason}`);
    if (fills.some((f) => f.maker)) note('maker');
    if (venue.symbolConfig(BTC)[0]?.marginType === 'ISOLATED') note('isolated');
  }
  for (const what of ['FINISHED', 'EXPIRED', 'REJECTED', 'CANCELED', 'liquidation', 'er 4', 'maker', 'isolated']) {
    expect(reached.get(what) ?? 0, what).toBeGreaterThan(5);
  }
});
