// The rows B of the fault catalogue that are faults of the wire (reliability.md §1.B): made by the embedded exchange, met through the real
// adapter, at real speed. The others stand in catalogue-protection.test.ts.
import { describe, expect, it } from 'vitest';
import type { Broker } from '../../src/ports/broker.ts';
import { A } from '../support/execution-bench.ts';
import { benchesOfThisFile, type VenueBench } from '../support/venue-bench.ts';

const STOPS = { method: 'POST', path: '/fapi/v1/algoOrder' };
const opened = benchesOfThisFile();
const closedOnce = (bench: VenueBench): Promise<void> => bench.until('it is closed', () => bench.told('closed').length === 1);

const wrapped = (change: (broker: Broker) => Partial<Broker>) => (broker: Broker) =>
  new Proxy(broker, {
    get: (target, name) => {
      const own = change(target) as Readonly<Record<string | symbol, unknown>>;
      const value: unknown = own[name] ?? Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

type Algo = { readonly type: string } & Readonly<Record<string, unknown>>;
const algos = async (bench: VenueBench): Promise<readonly Algo[]> => (await bench.ledger()).algos as unknown as readonly Algo[];

describe.concurrent('B: a stop', () => {
  it('B01 goes to the algo store: the old endpoint refuses it with -4120', async () => {
    const bench = await opened();
    await bench.protectedPosition();
    const old = { symbol: A, side: 'SELL', type: 'STOP_MARKET', stopPrice: '98', closePosition: 'true' };
    expect((await bench.door.signed('POST', '/fapi/v1/order', old)).body).toMatchObject({ code: -4120 });
    const { orders } = await bench.ledger();
    expect(orders).toHaveLength(1);
    expect((await algos(bench)).length).toBeGreaterThan(0);
  });

  it('B02 that the price has passed already (-2021) closes the position at market', async () => {
    const bench = await opened({ wrap: wrapped((broker) => ({ placeConditional: afterPrice(broker) })) });
    const fell = bench;
    pricesFall = () => fell.price(97);
    bench.enter();
    await closedOnce(bench);
    expect(bench.reasons()).toEqual(['stopPassed']);
    expect(await bench.held()).toBe(0);
  });

  it('B02 of the target: a price beyond it before it rests (-2021) takes the profit at market', async () => {
    let exchange: VenueBench | null = null;
    const bench = await opened({
      wrap: wrapped((broker) => ({
        placeConditional: async (order) => {
          if (order.type === 'takeProfitMarket') await exchange?.price(105);
          return broker.placeConditional(order);
        },
      })),
    });
    exchange = bench;
    bench.enter();
    await closedOnce(bench);
    expect(bench.reasons()).toEqual(['targetPassed']);
    expect(await bench.held()).toBe(0);
    const codes = bench.journal
      .load()
      .ops.filter(({ role }) => role === 't')
      .map(({ code }) => code);
    expect(codes).toEqual([-2021]);
    expect(Number(bench.told('closed')[0]?.['pnl'])).toBeGreaterThan(0);
  });

  it('B03 refused with -4509 while the position is not visible yet is tried until it rests', async () => {
    const bench = await opened();
    await bench.act('gteLag', { lagMs: 3_000 });
    bench.enter();
    await bench.untilState('protected');
    const codes = bench.journal
      .load()
      .ops.filter(({ role }) => role === 'a')
      .map(({ code }) => code);
    expect(codes).toContain(-4509);
  });

  it('B04 refused with -4130 beside one of somebody else is no protection by itself: the quantity is covered', async () => {
    const bench = await opened({ wrap: wrapped((broker) => ({ placeConditional: afterForeignStop(broker) })) });
    foreignStop = () =>
      bench.door.signed('POST', '/fapi/v1/algoOrder', {
        ...{ algoType: 'CONDITIONAL', symbol: A, side: 'SELL', type: 'STOP_MARKET', triggerPrice: '90', closePosition: 'true' },
      });
    bench.enter();
    await bench.untilState('protected');
    const own = (await bench.broker.openConditionals(A))?.filter(
      ({ type, clientId }) => type === 'STOP_MARKET' && clientId.startsWith('k7'),
    );
    expect(own?.map(({ reduceOnly, closePosition }) => [reduceOnly, closePosition])).toEqual([[true, false]]);
  });

  it('B05 that the venue cancels is put back, and told', async () => {
    const bench = await opened();
    await bench.protectedPosition();
    await bench.act('cancelStop');
    await bench.until('it is back', () => bench.alarms().includes('stopRestored'));
    expect(bench.state()).toBe('protected');
  });

  it('B06 whose answer is lost is found, not doubled', async () => {
    const bench = await opened();
    await bench.faults({ switch: 'res.drop', ...STOPS, count: 1 });
    bench.enter();
    await bench.untilState('protected');
    const stops = (await bench.broker.openConditionals(A))?.filter(({ type }) => type === 'STOP_MARKET');
    expect(stops).toHaveLength(1);
  });

  it('B07 that a killed process never sent is sent first thing by the next', async () => {
    let die = (): void => undefined;
    let alive = true;
    const bench = await opened({
      wrap: wrapped((broker) => ({
        placeConditional: async (order) => {
          if (!alive) return broker.placeConditional(order);
          alive = false;
          die();
          return { kind: 'unknown', reason: 'the process is gone' };
        },
      })),
    });
    die = () => bench.die();
    bench.enter();
    await bench.until('it is dead', () => !alive);
    expect(await bench.held()).toBeGreaterThan(0);
    await bench.live();
    await bench.untilState('protected');
    expect(await bench.entries()).toHaveLength(1);
  });

  it('B08 that does not exist yet when the venue liquidates: booked so, and entries wait for a person', async () => {
    const bench = await opened();
    await bench.faults({ switch: 'res.503f', ...STOPS });
    bench.enter();
    await bench.untilState('openNaked');
    await bench.act('liquidate');
    await closedOnce(bench);
    expect(bench.reasons()).toEqual(['liquidation']);
    expect(bench.service.liveState().ladder.level).toBe('NO_NEW_ENTRIES');
  });

  it('B09 is never beyond the liquidation price, also with the highest leverage a person may set', async () => {
    const bench = await opened({ settings: { leverageMin: 20, leverageMax: 20 } });
    bench.enter();
    await bench.untilState('protected');
    const [position] = (await bench.venue()).positions as unknown as readonly { liquidationPrice: string }[];
    // The stop is 2 % away; the liquidation must be at least 3 %.
    expect(Number(position?.liquidationPrice)).toBeLessThan(97);
  });

  it('B12 that fires while frames come in the wrong order closes the trade once, as a stop', async () => {
    const bench = await opened();
    await bench.protectedPosition();
    await bench.faults({ switch: 'ws.reorder', path: '/private', count: 1 });
    await bench.price(97);
    await closedOnce(bench);
    expect(bench.reasons()).toEqual(['stop']);
  });

  it('B14 B15 leaves nothing behind in either store when the position is closed, the orphans of others apart', async () => {
    const bench = await opened();
    await bench.protectedPosition();
    await bench.act('orphans');
    await bench.act('manualClose');
    await closedOnce(bench);
    await bench.until(
      'its orders are gone',
      () => !bench.service.trades().some((trade) => trade.resting.some(({ status }) => status === 'live')),
    );
    const { openOrders, openAlgoOrders } = await bench.venue();
    expect(openOrders).toEqual([]);
    expect(openAlgoOrders.filter(({ clientAlgoId }) => clientAlgoId.startsWith('k7'))).toEqual([]);
    expect(await bench.held()).toBe(0);
  });

  it('B16 no resting limit blocks a close; a close refused with -4118 is repeated under another name', async () => {
    const bench = await opened();
    await bench.protectedPosition();
    expect((await bench.venue()).openOrders).toEqual([]);
    await bench.faults({ switch: 'res.code', value: -4118, method: 'POST', path: '/fapi/v1/order', count: 1 });
    bench.service.onCommand({ kind: 'close', symbol: A }, 'someone');
    await closedOnce(bench);
    expect(await bench.held()).toBe(0);
  });

  it('B18 covers also what a person adds to the position', async () => {
    const bench = await opened();
    await bench.protectedPosition();
    await bench.act('manualOpen', { side: 'BUY', quantity: '3' });
    expect(await bench.naked()).toHaveLength(1);
    await bench.price(97);
    await closedOnce(bench);
    expect(await bench.held()).toBe(0);
  });

  it('B22 B23 looks at the mark, and only the disaster stop fires without price protection', async () => {
    const bench = await opened();
    await bench.protectedPosition();
    await bench.until(
      'the target rests',
      () => bench.service.trades()[0]?.resting.some(({ role, status }) => role === 't' && status === 'live') === true,
    );
    const rows = (await algos(bench)).map((row) => [row['orderType'], row['workingType'], row['priceProtect']]);
    expect(rows.sort()).toEqual([
      ['STOP_MARKET', 'MARK_PRICE', false],
      ['TAKE_PROFIT_MARKET', 'MARK_PRICE', true],
    ]);
  });

  it('B27 and the target in one burst: one of them fills, the position is not turned', async () => {
    const bench = await opened();
    await bench.protectedPosition();
    await bench.door.control('/price', {
      symbol: A,
      path: [
        { ms: 0, price: 97 },
        { ms: 1, price: 105 },
      ],
    });
    await closedOnce(bench);
    expect(await bench.held()).toBe(0);
    const { fills } = await bench.ledger();
    expect(fills.filter(({ side }) => side === 'SELL').length).toBeLessThanOrEqual(1);
  });
});

let pricesFall = async (): Promise<unknown> => undefined;
const afterPrice =
  (broker: Broker): Broker['placeConditional'] =>
  async (order) => {
    await pricesFall();
    return broker.placeConditional(order);
  };
let foreignStop = async (): Promise<unknown> => undefined;
const afterForeignStop =
  (broker: Broker): Broker['placeConditional'] =>
  async (order) => {
    await foreignStop();
    return broker.placeConditional(order);
  };
