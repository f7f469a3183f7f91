import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { next } from '../../src/book/lifecycle.ts';
import { newTrade, stateOf } from '../../src/book/lifecycle-trade.ts';
import type { Instant, LiveTrade, TradeInput, Wish } from '../../src/book/lifecycle-types.ts';
import { steps, ticks } from '../../src/core/grid.ts';
import type { ConditionalState, Fill } from '../../src/core/orders.ts';
import type { TradePlan } from '../../src/core/trade.ts';
import { decimalString, epochMs } from '../../src/core/units.ts';
import { A, aSignal, GRID, T0 } from '../support/execution-bench.ts';

const plan: TradePlan = {
  tradeId: 'abcdefghijklmn',
  signal: aSignal(),
  symbol: A,
  side: 'long',
  steps: steps(2_000),
  entry: ticks(1_000),
  stop: ticks(980),
  target: ticks(1_040),
  leverage: 3,
  leverageReason: 'plan',
  marginPct: 5,
  notionalUsdt: 200,
  riskUsdt: 4,
};
const at = (ms: number): Instant => ({ venueMs: epochMs(T0 + ms), wallMs: ms });
const fresh = (): LiveTrade => newTrade(plan, { grid: GRID, instance: '0', maxMarketSteps: steps(1_000_000) });
const ENTRY = 'k70-abcdefghijklmn-e00';

const aFill = (change: Partial<Fill>): Fill => ({
  symbol: A,
  tradeNo: '1',
  clientId: ENTRY,
  venueOrderId: '10',
  action: 'buy',
  price: decimalString('100'),
  qty: decimalString('2'),
  fee: decimalString('0.1'),
  feeAsset: 'USDT',
  realizedPnl: decimalString('0'),
  at: epochMs(T0 + 100),
  ...change,
});

function run(trade: LiveTrade, inputs: readonly TradeInput[], fromMs = 200): { trade: LiveTrade; wishes: Wish[] } {
  const wishes: Wish[] = [];
  let held = trade;
  inputs.forEach((input, i) => {
    const step = next(held, input, at(fromMs + i));
    held = step.trade;
    wishes.push(...step.wishes);
  });
  return { trade: held, wishes };
}

const sending = (): LiveTrade =>
  run(
    fresh(),
    [
      { kind: 'tick', stream: 'trusted' },
      { kind: 'settings', result: { kind: 'set' } },
    ],
    0,
  ).trade;
const position = (signedQty: string, ms: number): TradeInput => ({
  kind: 'account',
  event: {
    kind: 'position',
    at: epochMs(T0 + ms),
    symbol: A,
    signedQty: decimalString(signedQty),
    entryPrice: decimalString('100'),
    cause: 'ORDER',
  },
});
const fill = (change: Partial<Fill>, orderStatus: 'partiallyFilled' | 'filled' = 'filled'): TradeInput => ({
  kind: 'account',
  event: { kind: 'fill', at: epochMs(T0 + 100), fill: aFill(change), orderStatus },
});
const stopState = (status: ConditionalState['status']): TradeInput => ({
  kind: 'account',
  event: {
    kind: 'conditional',
    at: epochMs(T0 + 150),
    childOrderId: status === 'finished' ? '20' : '',
    reason: '',
    order: {
      symbol: A,
      clientId: 'k70-abcdefghijklmn-a00',
      venueId: '5',
      type: 'STOP_MARKET',
      action: 'sell',
      status,
      triggerPrice: decimalString('98.0'),
      qty: decimalString('0'),
      closePosition: true,
      reduceOnly: false,
    },
  },
});
const accepted: TradeInput = { kind: 'entryAnswer', result: { kind: 'accepted', venueId: '10', at: epochMs(T0) } };
const exitFill = {
  tradeNo: '2',
  clientId: 'k70-abcdefghijklmn-a00',
  venueOrderId: '20',
  action: 'sell' as const,
  price: decimalString('98'),
  at: epochMs(T0 + 180),
};

describe('an open trade whose fills were not heard', () => {
  const unheard = (): LiveTrade => run(sending(), [accepted, position('2', 100), stopState('new')]).trade;
  const asks = (trade: LiveTrade, ms: number): boolean =>
    next(trade, { kind: 'tick', stream: 'trusted' }, at(ms)).wishes.some(({ kind }) => kind === 'readFills');

  it('is protected first, and reads its fills two seconds after the first sign: a restart must not leave the books without them', () => {
    expect(stateOf(unheard(), at(210))).toBe('protected');
    expect(asks(unheard(), 2_050)).toBe(false);
    expect(asks(unheard(), 2_200)).toBe(true);
  });

  it('asks once, and again after ten seconds if the venue did not tell them yet', () => {
    const asked = run(unheard(), [{ kind: 'tick', stream: 'trusted' }], 2_200).trade;
    expect(asks(asked, 9_000)).toBe(false);
    const answered = run(asked, [{ kind: 'fillsRead', fills: [], asked: at(2_200) }], 2_300).trade;
    expect(asks(answered, 9_000)).toBe(false);
    expect(asks(answered, 12_300)).toBe(true);
  });

  it('asks no more when they add up to the position', () => {
    const heard = run(unheard(), [fill({})], 300).trade;
    expect(asks(heard, 2_200)).toBe(false);
    expect(asks(heard, 60_000)).toBe(false);
  });
});

describe('one trade', () => {
  it.each<[string, readonly TradeInput[], string]>([
    ['an accepted answer alone is working', [accepted], 'working'],
    ['an unknown answer is unknown', [{ kind: 'entryAnswer', result: { kind: 'unknown', reason: 'timeout' } }], 'unknown'],
    [
      'a definite refusal is void',
      [{ kind: 'entryAnswer', result: { kind: 'rejected', code: -2019, reason: 'margin' } }],
      'voidRejected',
    ],
    ['a fill before the answer opens it', [fill({})], 'openNaked'],
    ['a position before anything else opens it', [position('2', 100)], 'openNaked'],
    [
      'a fill overrules a refusal',
      [{ kind: 'entryAnswer', result: { kind: 'rejected', code: -1, reason: '' } }, fill({})],
      'openNaked',
    ],
    ['a stop seen as new protects', [fill({}), position('2', 100), stopState('new')], 'protected'],
    ['a flat position settles it', [fill({}), position('2', 100), position('0', 180)], 'settling'],
    ['an older open position does not reopen it', [fill({}), position('0', 180), position('2', 100)], 'settling'],
    ['a position from before the send is not its own', [position('2', -5_000)], 'sending'],
    ['a position of the other side is not its own', [position('-2', 100)], 'sending'],
  ])('%s', (_name, inputs, state) => {
    expect(run(sending(), inputs).trade.state).toBe(state);
  });

  it('asks for the stop on the first sign of a fill, before the size is known', () => {
    const { wishes } = run(sending(), [fill({ qty: decimalString('0.5') }, 'partiallyFilled')]);
    const stop = wishes.find((wish) => wish.kind === 'placeResting');
    expect(stop?.order).toMatchObject({
      type: 'stopMarket',
      trigger: 980,
      workingType: 'mark',
      coverage: { kind: 'closePosition' },
      priceProtect: 'off',
    });
  });

  it('asks for the target only when the stop is live', () => {
    const before = run(sending(), [fill({}), position('2', 100)]);
    expect(before.wishes.filter((wish) => wish.kind === 'placeResting')).toHaveLength(1);
    const after = run(before.trade, [stopState('new')], 300);
    expect(after.wishes.find((wish) => wish.kind === 'placeResting')?.order).toMatchObject({
      type: 'takeProfitMarket',
      trigger: 1_040,
      priceProtect: 'on',
    });
  });

  it('does not take the answer of a stop for a live stop', () => {
    const { trade } = run(sending(), [
      fill({}),
      position('2', 100),
      {
        kind: 'restingAnswer',
        clientId: 'k70-abcdefghijklmn-a00' as never,
        result: { kind: 'accepted', venueId: '5', at: epochMs(T0) },
      },
    ]);
    expect(trade.state).toBe('openNaked');
  });

  it('closes when the loss reaches 5 % of the notional', () => {
    const open = run(sending(), [fill({}), position('2', 100), stopState('new')]).trade;
    expect(run(open, [{ kind: 'mark', price: 95.1 }], 400).trade.state).toBe('protected');
    const hard = run(open, [{ kind: 'mark', price: 95 }], 400);
    expect(hard.trade.state).toBe('exiting');
    expect(hard.wishes.find((wish) => wish.kind === 'close')?.order).toMatchObject({
      action: 'sell',
      steps: 2_000,
      effect: 'reduce',
    });
  });

  it('books exactly: price difference less fees', () => {
    const flat = run(sending(), [
      accepted,
      fill({}),
      position('2', 100),
      stopState('new'),
      stopState('finished'),
      fill(exitFill),
      position('0', 180),
    ]).trade;
    const { wishes, trade } = run(flat, [{ kind: 'fillsRead', fills: [], asked: at(300) }], 400);
    const booked = wishes.find((wish) => wish.kind === 'book');
    // (98 − 100) · 2 − 0.1 − 0.1; planned risk of the filled size (100 − 98) · 2
    expect(booked?.closed).toMatchObject({
      netPnlUsdt: '-4.2',
      feesUsdt: '0.2',
      qty: '2',
      averageEntry: '100',
      averageExit: '98',
      exitClass: 'stop',
      netR: -1.05,
    });
    expect(trade.state).toBe('journaled');
  });

  it('counts a fill once, however often it is told', () => {
    const { trade } = run(sending(), [
      fill({}),
      fill({}),
      { kind: 'fillsRead', fills: [aFill({ clientId: '' })], asked: at(0) },
      fill({}),
    ]);
    expect(trade.fills).toHaveLength(1);
  });
});

/** Everything the venue tells of one trade that its stop closed, each told at least once and in any order. */
const story: readonly TradeInput[] = [
  accepted,
  fill({ qty: decimalString('0.5'), tradeNo: '1' }, 'partiallyFilled'),
  fill({ qty: decimalString('1.5'), tradeNo: '3', at: epochMs(T0 + 101) }, 'filled'),
  position('0.5', 100),
  position('2', 101),
  stopState('new'),
  stopState('triggered'),
  stopState('finished'),
  fill({ ...exitFill, tradeNo: '4' }),
  position('0', 180),
];

describe('any order of events', () => {
  it('leads to the same booked trade', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...story, ...story], { minLength: story.length * 2 }), (inputs) => {
        const told = run(sending(), inputs).trade;
        const all = [
          aFill({ qty: decimalString('0.5') }),
          aFill({ qty: decimalString('1.5'), tradeNo: '3', at: epochMs(T0 + 101) }),
          aFill({ ...exitFill, tradeNo: '4' }),
        ];
        const wishes: Wish[] = [];
        let held = told;
        // What the venue answers to whatever is asked: flat, and the complete list of fills.
        for (let i = 0; i < 12; i++) {
          const now = at(3_000 + i * 1_000);
          for (const input of [
            { kind: 'positionRead', result: { kind: 'flat' }, asked: now },
            { kind: 'fillsRead', fills: all.map((f) => ({ ...f, clientId: '' })), asked: now },
            { kind: 'tick', stream: 'trusted' },
          ] satisfies TradeInput[]) {
            const step = next(held, input, now);
            held = step.trade;
            wishes.push(...step.wishes);
          }
        }
        const booked = wishes.filter((wish) => wish.kind === 'book');
        // entry 2 at 100, exit 2 at 98, three fees of 0.1
        expect(booked.map((wish) => [wish.closed.netPnlUsdt, wish.closed.exitClass])).toEqual([['-4.3', 'stop']]);
        expect(['journaled', 'swept']).toContain(held.state);
      }),
      { numRuns: 300 },
    );
  });

  const anyInput: fc.Arbitrary<TradeInput> = fc.oneof(
    fc.constantFrom(...story),
    fc.constantFrom<TradeInput>(
      { kind: 'tick', stream: 'trusted' },
      { kind: 'tick', stream: 'untrusted' },
      { kind: 'settings', result: { kind: 'set' } },
      { kind: 'entryAnswer', result: { kind: 'unknown', reason: '' } },
      { kind: 'entryAnswer', result: { kind: 'rejected', code: -2019, reason: '' } },
      { kind: 'positionRead', result: { kind: 'flat' }, asked: at(500) },
      { kind: 'conditionalsRead', list: [], asked: at(500) },
      { kind: 'fillsRead', fills: [], asked: at(50_000) },
      { kind: 'fundingRead', rows: [] },
      { kind: 'mark', price: 90 },
      { kind: 'barClosed', barCloseMs: epochMs(T0 + 240 * 60_000) },
      { kind: 'wantExit', exitClass: 'command' },
      position('-1', 170),
      {
        kind: 'restingAnswer',
        clientId: 'k70-abcdefghijklmn-a00' as never,
        result: { kind: 'rejected', code: -4130, reason: '' },
      },
      {
        kind: 'restingAnswer',
        clientId: 'k70-abcdefghijklmn-a00' as never,
        result: { kind: 'rejected', code: -4509, reason: '' },
      },
      { kind: 'closeAnswer', clientId: 'k70-abcdefghijklmn-x00' as never, result: { kind: 'rejected', code: -2022, reason: '' } },
      { kind: 'found', clientId: ENTRY as never, result: { kind: 'absent' } },
    ),
  );

  it('sends the entry at most once, uses every name once, and every other order can only shrink the position', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyInput, fc.integer({ min: 0, max: 4_000 })), { maxLength: 60 }), (inputs) => {
        let held = fresh();
        let ms = 0;
        const names: string[] = [];
        let entries = 0;
        for (const [input, gap] of inputs) {
          ms += gap;
          const before = held;
          const step = next(held, input, at(ms));
          held = step.trade;
          expect(held.version - before.version).toBeLessThanOrEqual(1);
          expect(stateOf(held, at(ms))).toBe(held.state);
          for (const wish of step.wishes) {
            if (wish.kind === 'placeEntry') entries += 1;
            if (wish.kind === 'close') expect([wish.order.effect, wish.order.action]).toEqual(['reduce', 'sell']);
            if (wish.kind === 'close') expect(wish.order.steps).toBeGreaterThan(0);
            if (wish.kind === 'placeResting') expect(wish.order.action).toBe('sell');
            if (wish.kind === 'placeEntry' || wish.kind === 'close' || wish.kind === 'placeResting')
              names.push(wish.order.clientId);
          }
        }
        expect(entries).toBeLessThanOrEqual(1);
        expect(new Set(names).size).toBe(names.length);
      }),
      { numRuns: 500 },
    );
  });
});
