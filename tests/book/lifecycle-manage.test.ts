// A live trade under any bars and any answers of the venue: its stop only moves toward profit, its disaster stop never moves,
// and what is sent to close can only shrink the position.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { next } from '../../src/book/lifecycle.ts';
import { currentStop } from '../../src/book/lifecycle-manage.ts';
import { newTrade } from '../../src/book/lifecycle-trade.ts';
import type { Instant, LiveTrade, TradeInput, Wish } from '../../src/book/lifecycle-types.ts';
import { steps, ticks } from '../../src/core/grid.ts';
import type { PlaceResult } from '../../src/core/orders.ts';
import type { TradePlan } from '../../src/core/trade.ts';
import { decimalString, epochMs, type Side, sideSign } from '../../src/core/units.ts';
import { A, aBar, aSignal, GRID, T0 } from '../support/execution-bench.ts';

const MINUTE = 60_000;
const SIZE = 2;
const SETTINGS = {
  breakEvenAtR: 1,
  trailAtr: 1,
  reversalExit: 'off',
  partialTakePct: 1,
  roundTripCostFraction: 0.0012,
} as const;

const planOf = (side: Side): TradePlan => ({
  tradeId: 'abcdefghijklmn',
  signal: aSignal({ side }),
  symbol: A,
  side,
  steps: steps(SIZE * 1_000),
  entry: ticks(1_000),
  stop: ticks(1_000 - 20 * sideSign(side)),
  target: ticks(1_000 + 40 * sideSign(side)),
  leverage: 3,
  leverageReason: 'plan',
  marginPct: 5,
  notionalUsdt: 200,
  riskUsdt: 4,
});

const openTrade = (side: Side): LiveTrade => {
  const fresh = newTrade(planOf(side), { grid: GRID, instance: '0', maxMarketSteps: steps(1e6), costFraction: 0.0012 });
  const inputs: TradeInput[] = [
    { kind: 'tick', stream: 'trusted' },
    { kind: 'settings', result: { kind: 'set' } },
    {
      kind: 'account',
      event: {
        kind: 'position',
        at: epochMs(T0 + 300),
        symbol: A,
        signedQty: decimalString(String(SIZE * sideSign(side))),
        entryPrice: decimalString('100'),
        cause: 'ORDER',
      },
    },
  ];
  return inputs.reduce((held, input) => next(held, input, { venueMs: epochMs(T0 + 200), wallMs: 200 }).trade, fresh);
};

const answers: readonly PlaceResult[] = [
  { kind: 'accepted', venueId: '7', at: epochMs(T0) },
  { kind: 'rejected', code: -4045, reason: '' },
  { kind: 'rejected', code: -2022, reason: '' },
  { kind: 'unknown', reason: '' },
];

/** The venue lists what it accepted; everything else about it is chance. */
function answer(trade: LiveTrade, wish: Wish, result: PlaceResult, now: Instant): LiveTrade {
  if (wish.kind === 'close') return next(trade, { kind: 'closeAnswer', clientId: wish.order.clientId, result }, now).trade;
  if (wish.kind === 'cancel')
    return next(trade, { kind: 'cancelAnswer', clientId: wish.clientId, result: { kind: 'canceled' } }, now).trade;
  if (wish.kind !== 'placeResting') return trade;
  const { clientId, type, action, trigger } = wish.order;
  const heard = next(trade, { kind: 'restingAnswer', clientId, result }, now).trade;
  if (result.kind !== 'accepted') return heard;
  const order = {
    symbol: A,
    clientId,
    venueId: '7',
    type,
    action,
    status: 'new' as const,
    triggerPrice: decimalString((trigger / 10).toFixed(1)),
    qty: decimalString('2'),
    closePosition: wish.role !== 'w',
    reduceOnly: wish.role === 'w',
  };
  const event = { kind: 'conditional' as const, at: now.venueMs, order, childOrderId: '', reason: '' };
  return next(heard, { kind: 'account', event }, now).trade;
}

it('a stop only moves toward profit, the disaster stop stays, and no order to close is larger than the position', () => {
  let moves = 0;
  const price = fc.integer({ min: 960, max: 1_060 });
  fc.assert(
    fc.property(
      fc.constantFrom('long' as const, 'short' as const),
      fc.array(
        fc.record({ a: price, b: price, close: price, atr: fc.constantFrom(0.2, 1, 3), result: fc.constantFrom(...answers) }),
        { minLength: 5, maxLength: 30 },
      ),
      (side, rows) => {
        const sign = sideSign(side);
        let trade = openTrade(side);
        for (const [i, { a, b, close, atr, result }] of rows.entries()) {
          const now = { venueMs: epochMs(T0 + (i + 2) * MINUTE), wallMs: (i + 2) * MINUTE };
          const bar = {
            ...aBar(T0 + (i + 1) * MINUTE, close / 10),
            high: Math.max(a, b, close) / 10,
            low: Math.min(a, b, close) / 10,
          };
          const before = currentStop(trade);
          const step = next(trade, { kind: 'bar', bar, trend: { atr, lastBreak: null }, settings: SETTINGS }, now);
          trade = step.trade;
          if (currentStop(trade) !== before) moves += 1;
          expect((currentStop(trade) - before) * sign).toBeGreaterThanOrEqual(0);
          for (const wish of step.wishes) {
            if (wish.kind === 'placeResting' && wish.role === 'a') expect(wish.order.trigger).toBe(trade.plan.stop);
            if (wish.kind === 'placeResting' && wish.role === 'w')
              expect((wish.order.trigger - trade.plan.stop) * sign).toBeGreaterThanOrEqual(0);
            if (wish.kind === 'close') {
              expect(wish.order.effect).toBe('reduce');
              expect(wish.order.steps).toBeLessThanOrEqual(SIZE * 1_000);
            }
            trade = answer(trade, wish, result, now);
          }
        }
      },
    ),
    { numRuns: 300 },
  );
  // A stop that never moves would pass every check.
  expect(moves).toBeGreaterThan(100);
});
