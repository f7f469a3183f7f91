// The rows A of the fault catalogue that are faults of the wire (reliability.md §1.A): made by the embedded exchange, met through the real
// adapter, at real speed. The others stand in catalogue-entries.test.ts.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clientIdOf } from '../../src/core/client-id.ts';
import { qtyToSteps } from '../../src/core/grid.ts';
import type { MarketOrderRequest } from '../../src/core/orders.ts';
import type { Broker } from '../../src/ports/broker.ts';
import { A, GRID } from '../support/execution-bench.ts';
import { benchesOfThisFile, type VenueBench } from '../support/venue-bench.ts';

const ENTRY = { method: 'POST', path: '/fapi/v1/order' };
const opened = benchesOfThisFile();

/** The entry is found by what it did, protected, and was sent once. */
async function adopted(bench: VenueBench): Promise<void> {
  await bench.untilState('protected');
  expect(await bench.entries()).toHaveLength(1);
  expect(await bench.held()).toBeGreaterThan(0);
}

describe.concurrent('A: an entry', () => {
  it('A01 whose answer is lost is looked for, not sent again', async () => {
    const bench = await opened();
    await bench.faults({ switch: 'res.drop', ...ENTRY, count: 1 });
    bench.enter();
    await adopted(bench);
    expect((await bench.hits())['res.drop']).toBe(1);
  });

  it.each([
    ['A02 answered "503 Unknown error"', 'res.503u', 1],
    ['A03 answered -1007', 'res.1007', 1],
  ])('%s and executed is adopted', async (_name, fault, value) => {
    const bench = await opened();
    await bench.faults({ switch: fault, value, ...ENTRY, count: 1 });
    bench.enter();
    await adopted(bench);
  });

  it.each([
    ['A02 answered "503 Unknown error"', { switch: 'res.503u', value: 0 }],
    ['A03 answered -1007', { switch: 'res.1007', value: 0 }],
    ['A03 answered -4116, which hints at existence', { switch: 'res.code', value: -4116 }],
    ['A18 that arrives after its window', { switch: 'req.late', value: 4_000 }],
  ])('%s and not executed stays unknown, and its symbol closed', async (_name, fault) => {
    const bench = await opened();
    await bench.faults({ ...fault, ...ENTRY, count: 1 });
    bench.enter();
    await bench.untilState('unknown');
    expect([...bench.decide(bench.signal({ side: 'short' })).values()]).toEqual(['virtual: gate:unresolved']);
    expect(await bench.entries()).toEqual([]);
    expect(bench.service.trades()).toHaveLength(1);
  });

  it('A04 would be filled twice under one name: the exchange does it, so nobody may send twice', async () => {
    const bench = await opened();
    const order: MarketOrderRequest = {
      ...{ symbol: A, action: 'buy', effect: 'open', steps: qtyToSteps(1, GRID) },
      clientId: clientIdOf('0', 'aaaaaaaaaaaaaa', 'e', 0),
    };
    for (let i = 0; i < 2; i++) expect(await bench.broker.place(order)).toMatchObject({ kind: 'accepted' });
    expect(await bench.held()).toBe(2);
    const desk = readFileSync('services/execution/requests.ts', 'utf8');
    const room = readdirSync('src/book').map((name) => readFileSync(join('src/book', name), 'utf8'));
    // One place asks for an entry, one place sends it.
    expect(room.join('').match(/kind: 'placeEntry', order/g)).toHaveLength(1);
    expect(desk.match(/case 'placeEntry'/g)).toHaveLength(1);
  });

  it('A05 that no query shows is found by its position', async () => {
    const bench = await opened();
    await bench.faults(
      { switch: 'res.drop', ...ENTRY, count: 1 },
      { switch: 'q.lag', value: 2_100_000, path: '/fapi/v1/order' },
      { switch: 'ws.silent', path: '/private' },
    );
    bench.enter();
    await adopted(bench);
  });

  it('A06 is not looked for in the wrong store: the stop is no ordinary order, and both stores are read', async () => {
    const bench = await opened();
    await bench.protectedPosition();
    const stop = (await bench.broker.openConditionals(A))?.find(({ type }) => type === 'STOP_MARKET');
    expect(await bench.broker.find(A, stop?.clientId as never)).toEqual({ kind: 'absent' });
    const snapshot = await bench.broker.snapshot();
    expect(snapshot?.openConditionals.map(({ clientId }) => clientId)).toContain(stop?.clientId);
    if (snapshot !== null) bench.service.onSnapshot(snapshot);
    expect(bench.state()).toBe('protected');
  });

  it('A08 whose process dies when the answer is there is adopted by the next one', async () => {
    let die = (): void => undefined;
    const bench = await opened({ wrap: (broker) => dyingAfterPlace(broker, () => die()) });
    die = () => bench.die();
    bench.enter();
    await bench.until('the order was answered', () => died > 0);
    await bench.live();
    await adopted(bench);
  });

  it('A09 whose fill is heard before its answer is protected meanwhile', async () => {
    const bench = await opened();
    await bench.faults({ switch: 'res.late', value: 2_500, ...ENTRY, count: 1 });
    bench.enter();
    await bench.untilState('protected');
    const entry = bench.journal.load().ops.find(({ role }) => role === 'e');
    expect(entry?.outcome).toBe('sending');
  });

  it('A10 is booked at the prices of its fills: the answer has none', async () => {
    const bench = await opened();
    await bench.protectedPosition();
    await bench.price(97);
    await bench.until('it is closed', () => bench.told('closed').length === 1);
    const { fills } = await bench.ledger();
    const worth = fills.reduce(
      (sum, fill) => sum + (fill.side === 'SELL' ? 1 : -1) * Number(fill.price) * Number(fill.qty) - Number(fill.commission),
      0,
    );
    expect(Number(bench.told('closed')[0]?.['pnl'])).toBeCloseTo(worth, 8);
  });

  it('A11 -4116 on a stop: looked for on the list, then asked for under another name', async () => {
    const bench = await opened();
    await bench.faults({ switch: 'res.code', value: -4116, method: 'POST', path: '/fapi/v1/algoOrder', count: 1 });
    bench.enter();
    await bench.untilState('protected');
    const names = bench.journal
      .load()
      .ops.filter(({ role }) => role === 'a')
      .map(({ clientId }) => clientId);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(1);
  });

  it('A15 of which a part was filled: that part is protected and closed', async () => {
    const bench = await opened();
    await bench.act('partial', { fraction: 0.4 });
    bench.enter();
    await bench.untilState('protected');
    const planned = bench.service.trades()[0]?.plan.steps ?? 0;
    expect(await bench.held()).toBeCloseTo((planned / 1_000) * 0.4, 2);
    await bench.price(97);
    await bench.until('it is closed', () => bench.told('closed').length === 1);
    expect(await bench.held()).toBe(0);
  });

  it('A17 whose client throws although the order was filled counts as unknown, and is adopted', async () => {
    const bench = await opened({ wrap: throwingAfterPlace });
    bench.enter();
    await adopted(bench);
  });

  it.each([
    ['A19 throttled with -1008', { switch: 'res.1008' }],
    ['A20 answered "503 Service Unavailable."', { switch: 'res.503f' }],
    ['A22 refused by the quantitative rules', { switch: 'res.code', value: -4400 }],
  ])('%s is void at once', async (_name, fault) => {
    const bench = await opened();
    await bench.faults({ ...fault, ...ENTRY, count: 1 });
    bench.enter();
    await bench.untilState('voidRejected');
    expect(await bench.entries()).toEqual([]);
  });
});

let died = 0;
const wrapped = (broker: Broker, place: Broker['place']): Broker =>
  new Proxy(broker, {
    get: (target, name) => {
      const value: unknown = name === 'place' ? place : Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

/** The first order of all is answered to nobody. */
const dyingAfterPlace = (broker: Broker, die: () => void): Broker =>
  wrapped(broker, async (order) => {
    const result = await broker.place(order);
    if (died > 0 || order.effect === 'reduce') return result;
    die();
    died += 1;
    return result;
  });

const throwingAfterPlace = (broker: Broker): Broker =>
  wrapped(broker, async (order) => {
    await broker.place(order);
    throw new Error('the library says it failed');
  });
