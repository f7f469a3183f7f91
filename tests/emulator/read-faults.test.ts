import { afterEach, describe, expect, it } from 'vitest';
import { START_MS } from './a-source.ts';
import { anExchange, type Json, type TestBot } from './an-exchange.ts';

let bot: TestBot;
afterEach(() => bot.close());

const BUY = { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '0.5', newClientOrderId: 'r-1' };
const LIMIT = { ...BUY, type: 'LIMIT', timeInForce: 'GTC', price: '1900.00' };
const fault = (rule: unknown): Promise<Json> => bot.control('/faults', rule);
const hits = async (): Promise<Record<string, number>> => (await bot.control('/faults'))['hits'] as Record<string, number>;
const order = async (): Promise<unknown> => {
  const { body } = await bot.signed('GET', '/fapi/v1/order', { symbol: 'ETHUSDT', origClientOrderId: 'r-1' });
  return body['code'] ?? body['status'];
};
const open = async (): Promise<number> => ((await bot.signed('GET', '/fapi/v1/openOrders')).body as unknown[]).length;

describe('reads that do not tell all', () => {
  it('q.lag hides an order while it is young', async () => {
    bot = await anExchange();
    await fault({ switch: 'q.lag', value: 5_000 });
    await bot.signed('POST', '/fapi/v1/order', LIMIT);
    expect([await order(), await open()]).toEqual([-2013, 0]);
    await bot.step(5_000);
    expect([await order(), await open()]).toEqual(['NEW', 1]);
    expect((await hits())['q.lag']).toBe(4);
  });

  it('q.forget hides an order once it is old', async () => {
    bot = await anExchange();
    await fault({ switch: 'q.forget', value: 5_000 });
    await bot.signed('POST', '/fapi/v1/order', LIMIT);
    expect([await order(), await open()]).toEqual(['NEW', 1]);
    await bot.step(5_000);
    expect([await order(), await open()]).toEqual([-2013, 0]);
  });

  it('pos.lag shows the position as it was, and the ledger as it is', async () => {
    bot = await anExchange();
    await fault({ switch: 'pos.lag', value: 2_000 });
    await bot.step(3_000);
    await bot.signed('POST', '/fapi/v1/order', BUY);
    const amounts = async (): Promise<unknown[]> =>
      ((await bot.signed('GET', '/fapi/v3/positionRisk')).body as unknown as Json[]).map((row) => row['positionAmt']);
    expect(await amounts()).toEqual([]);
    // Orders are not concerned.
    expect(await order()).toBe('FILLED');
    await bot.step(3_000);
    expect(await amounts()).toEqual(['0.500']);
  });

  it('q.stale answers orders and positions alike from the past', async () => {
    bot = await anExchange();
    await fault({ switch: 'q.stale', value: 60_000 });
    await bot.signed('POST', '/fapi/v1/order', LIMIT);
    expect([await order(), await open()]).toEqual([-2013, 0]);
    await fault({ clear: true });
    expect([await order(), await open()]).toEqual(['NEW', 1]);
  });

  it('list.partial leaves rows out of lists, with the share it is given', async () => {
    bot = await anExchange();
    for (let i = 0; i < 8; i++) await bot.signed('POST', '/fapi/v1/order', { ...LIMIT, newClientOrderId: `p-${i}` });
    await fault({ switch: 'list.partial', value: 1, path: '/fapi/v1/openOrders', count: 1 });
    expect(await open()).toBe(0);
    await fault({ switch: 'list.partial', value: 0.5, path: '/fapi/v1/openOrders', count: 1 });
    const seen = await open();
    expect(seen).toBeGreaterThan(0);
    expect(seen).toBeLessThan(8);
    expect(await open()).toBe(8);
  });
});

describe('a clock that is wrong', () => {
  it.each([
    [10_000, -1021],
    [-10_000, -1021],
    [500, undefined],
  ])('clk.jump of %i ms shifts the time and what timestamps are held against', async (value, code) => {
    bot = await anExchange();
    await fault({ switch: 'clk.jump', value });
    expect((await bot.open('GET', '/fapi/v1/time')).body).toEqual({ serverTime: START_MS + value });
    // The test's client stamps with the market's own clock.
    expect((await bot.signed('GET', '/fapi/v1/accountConfig')).body['code']).toBe(code);
    await fault({ clear: true });
    expect((await bot.open('GET', '/fapi/v1/time')).body).toEqual({ serverTime: START_MS });
  });

  it('clk.drift grows with market time', async () => {
    bot = await anExchange();
    await fault({ switch: 'clk.drift', value: 1_000 });
    await bot.step(60_000);
    // A thousandth of a minute.
    expect((await bot.open('GET', '/fapi/v1/time')).body).toEqual({ serverTime: START_MS + 60_060 });
    expect((await hits())['clk.drift']).toBe(1);
  });
});

describe('frames on their way', () => {
  const times = (heard: readonly Json[]): number[] => heard.map((frame) => Number(frame['E']) - START_MS);

  it('ws.reorder lets a later frame go first', async () => {
    bot = await anExchange();
    const stream = await bot.stream('/market/ws/btcusdt@markPrice');
    await fault({ switch: 'ws.reorder', count: 1 });
    await bot.step(9_000);
    await stream.fence();
    expect(times(stream.heard)).toEqual([6_000, 3_000, 9_000]);
  });

  it('ws.replay repeats old frames behind a new one', async () => {
    bot = await anExchange();
    const stream = await bot.stream('/market/ws/btcusdt@markPrice');
    await bot.step(6_000);
    await fault({ switch: 'ws.replay', count: 1 });
    await bot.step(3_000);
    await stream.fence();
    expect(times(stream.heard)).toEqual([3_000, 6_000, 9_000, 3_000, 6_000]);
  });

  it('ws.delay holds a frame back and still delivers it', async () => {
    bot = await anExchange();
    const stream = await bot.stream('/market/ws/btcusdt@markPrice');
    await fault({ switch: 'ws.delay', value: 1, count: 1 });
    const late = new Promise((resolve) => stream.socket.once('message', resolve));
    await bot.step(3_000);
    await late;
    expect(times(stream.heard)).toEqual([3_000]);
  });

  it('ws.half answers nothing at all: no frame, no acknowledgement, no pong', async () => {
    bot = await anExchange();
    const stream = await bot.stream('/market/ws/btcusdt@markPrice');
    await fault({ switch: 'ws.half', path: '/market' });
    let pongs = 0;
    stream.socket.on('pong', () => {
      pongs += 1;
    });
    stream.socket.ping();
    stream.socket.send('{"method":"LIST_SUBSCRIPTIONS","id":1}');
    await bot.step(6_000);
    expect([stream.heard, pongs, stream.socket.readyState]).toEqual([[], 0, 1]);
    await fault({ clear: true });
    await stream.fence();
    expect(pongs).toBe(1);
  });
});

describe('acts by the names of the fault catalogue', () => {
  it.each([
    ['v.manualClose', {}, 0],
    ['v.adl', { fraction: 0.5 }, 1],
    ['v.liq', {}, 0],
    ['v.settle', {}, 0],
    ['v.manualFlip', {}, 1],
  ])('%s is done when armed, and counted', async (name, more, positions) => {
    bot = await anExchange();
    await bot.signed('POST', '/fapi/v1/order', BUY);
    await fault({ switch: name, symbol: 'ETHUSDT', ...more });
    expect((await bot.control('/state'))['positions']).toHaveLength(positions);
    expect((await hits())[name]).toBe(1);
  });

  it('v.outage takes its length in seconds', async () => {
    bot = await anExchange();
    await fault({ switch: 'v.outage', value: 60 });
    expect((await bot.open('GET', '/fapi/v1/ping')).status).toBe(503);
    await fault({ clear: true });
    expect((await bot.open('GET', '/fapi/v1/ping')).status).toBe(200);
  });
});

describe('a scripted price on a running clock', () => {
  it('holds from the very answer on, and fires the stop beyond it', async () => {
    bot = await anExchange({ begin: 'running' });
    await bot.signed('POST', '/fapi/v1/order', BUY);
    const stop = {
      algoType: 'CONDITIONAL',
      symbol: 'ETHUSDT',
      side: 'SELL',
      type: 'STOP_MARKET',
      triggerPrice: '1980.00',
      workingType: 'MARK_PRICE',
    };
    await bot.signed('POST', '/fapi/v1/algoOrder', { ...stop, closePosition: 'true' });
    await bot.control('/price', { symbol: 'ETHUSDT', path: [{ ms: 0, price: 1_970 }] });
    expect((await bot.open('GET', '/fapi/v1/premiumIndex', { symbol: 'ETHUSDT' })).body['markPrice']).toBe('1970.00000000');
    expect((await bot.signed('GET', '/fapi/v1/openAlgoOrders')).body).toEqual([]);
    expect((await bot.signed('GET', '/fapi/v3/positionRisk')).body).toEqual([]);
  });
});
