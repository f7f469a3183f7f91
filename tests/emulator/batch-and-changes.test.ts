import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { anExchange, type Json, type TestBot } from './an-exchange.ts';

let bot: TestBot;
afterEach(() => bot.close());

const LIMIT = { symbol: 'ETHUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.5', price: '1900.00' };
const list = (body: unknown): Json[] => body as Json[];
const word = (row: Json): unknown => row['status'] ?? row['code'];

describe('several orders in one request', () => {
  it('are judged one by one and answered in the order of the request', async () => {
    bot = await anExchange();
    const batchOrders = JSON.stringify([
      { ...LIMIT, newClientOrderId: 'b-1' },
      { ...LIMIT, type: 'STOP_MARKET' },
      { ...LIMIT, quantity: 0.25, newClientOrderId: 'b-3' },
    ]);
    const { status, body, headers } = await bot.signed('POST', '/fapi/v1/batchOrders', { batchOrders });
    expect(status).toBe(200);
    expect(list(body).map(word)).toEqual(['NEW', -4120, 'NEW']);
    expect(list(body)[2]).toMatchObject({ clientOrderId: 'b-3', origQty: '0.250' });
    // §2.4: weight 5, five orders of the ten seconds, one of the minute.
    expect([headers.get('x-mbx-order-count-10s'), headers.get('x-mbx-order-count-1m')]).toEqual(['5', '1']);
    expect(headers.get('x-mbx-used-weight-1m')).toBe('5');
  });

  it('may come as raw JSON in a form body', async () => {
    bot = await anExchange();
    const payload = `batchOrders=[${JSON.stringify(LIMIT)}]&timestamp=${await bot.marketNow()}`;
    const signature = createHmac('sha256', bot.exchange.apiSecret).update(payload).digest('hex');
    const response = await fetch(`${bot.exchange.restUrl}/fapi/v1/batchOrders`, {
      method: 'POST',
      headers: { 'X-MBX-APIKEY': bot.exchange.apiKey, 'content-type': 'application/x-www-form-urlencoded' },
      body: `${payload}&signature=${signature}`,
    });
    expect(await response.json()).toMatchObject([{ status: 'NEW', origQty: '0.500' }]);
  });

  it.each([
    ['POST', 'batchOrders', Array.from({ length: 6 }, () => LIMIT), -4082],
    ['POST', 'batchOrders', [], -4082],
    ['PUT', 'batchOrders', Array.from({ length: 6 }, () => LIMIT), -4082],
    ['DELETE', 'orderIdList', Array.from({ length: 11 }, (_, i) => i), -4032],
    ['POST', 'batchOrders', 'no list', -1130],
  ])('%s of a wrong %s is refused', async (method, name, value, code) => {
    bot = await anExchange();
    const fields = { symbol: 'ETHUSDT', [name]: typeof value === 'string' ? value : JSON.stringify(value) };
    expect((await bot.signed(method, '/fapi/v1/batchOrders', fields)).body['code']).toBe(code);
  });

  it('are cancelled by ids or client ids, whatever case the name of the list has', async () => {
    bot = await anExchange();
    const placed = await bot.signed('POST', '/fapi/v1/batchOrders', {
      batchOrders: JSON.stringify(['c-1', 'c-2', 'c-3'].map((newClientOrderId) => ({ ...LIMIT, newClientOrderId }))),
    });
    const first = list(placed.body)[0]?.['orderId'];
    const cancel = async (name: string, ids: unknown[]): Promise<unknown[]> =>
      list((await bot.signed('DELETE', '/fapi/v1/batchOrders', { symbol: 'ETHUSDT', [name]: JSON.stringify(ids) })).body).map(
        word,
      );
    expect(await cancel('orderIdList', [first, 77])).toEqual(['CANCELED', -2011]);
    expect(await cancel('origclientorderidlist', ['c-1', 'c-2', 'c-3'])).toEqual([-2011, 'CANCELED', 'CANCELED']);
    expect((await bot.signed('DELETE', '/fapi/v1/batchOrders', { symbol: 'ETHUSDT' })).body['code']).toBe(-1102);
  });
});

describe('PUT order', () => {
  it('moves a resting limit, is told as AMENDMENT, and is listed', async () => {
    bot = await anExchange();
    const { body: placed } = await bot.signed('POST', '/fapi/v1/order', LIMIT);
    const user = await bot.userStream();
    const change = { symbol: 'ETHUSDT', orderId: String(placed['orderId']), side: 'BUY', quantity: '0.6', price: '1890.00' };
    const { body, headers } = await bot.signed('PUT', '/fapi/v1/order', change);
    expect(body).toMatchObject({ orderId: placed['orderId'], origQty: '0.600', price: '1890.00', status: 'NEW' });
    expect(headers.get('x-mbx-order-count-1m')).toBe('2');
    expect((await bot.signed('PUT', '/fapi/v1/order', change)).body['code']).toBe(-5027);
    await user.fence();
    expect(user.heard.map((frame) => (frame['o'] as Json)['x'])).toEqual(['AMENDMENT']);
    const amendments = await bot.signed('GET', '/fapi/v1/orderAmendment', { symbol: 'ETHUSDT' });
    expect(amendments.body).toMatchObject([
      {
        orderId: placed['orderId'],
        pair: 'ETHUSDT',
        amendment: {
          price: { before: '1900.00', after: '1890.00' },
          origQty: { before: '0.500', after: '0.600' },
          count: 1,
        },
      },
    ]);
  });

  it('finds no order that is done', async () => {
    bot = await anExchange();
    const { body } = await bot.signed('POST', '/fapi/v1/order', {
      symbol: 'ETHUSDT',
      side: 'BUY',
      type: 'MARKET',
      quantity: '0.5',
    });
    const change = { symbol: 'ETHUSDT', orderId: String(body['orderId']), side: 'BUY', quantity: '0.6', price: '1890.00' };
    expect((await bot.signed('PUT', '/fapi/v1/order', change)).body['code']).toBe(-2013);
  });
});

describe('order/test', () => {
  it('judges and answers like an order, and nothing is on the book afterwards', async () => {
    bot = await anExchange();
    const trial = await bot.signed('POST', '/fapi/v1/order/test', LIMIT);
    expect(trial.body).toMatchObject({ status: 'NEW', origQty: '0.500', price: '1900.00' });
    expect((await bot.signed('POST', '/fapi/v1/order/test', { ...LIMIT, type: 'STOP_MARKET' })).body['code']).toBe(-4120);
    expect((await bot.signed('GET', '/fapi/v1/openOrders')).body).toEqual([]);
  });
});

describe('countdownCancelAll', () => {
  it('cancels the resting orders of its symbol at its very millisecond', async () => {
    bot = await anExchange();
    await bot.signed('POST', '/fapi/v1/order', LIMIT);
    const armed = await bot.signed('POST', '/fapi/v1/countdownCancelAll', { symbol: 'ETHUSDT', countdownTime: 1_234 });
    expect(armed.body).toEqual({ symbol: 'ETHUSDT', countdownTime: '1234' });
    const user = await bot.userStream();
    await bot.step(1_233);
    await user.fence();
    expect(user.heard).toEqual([]);
    await bot.step(1);
    await user.fence();
    expect(user.heard.map((frame) => (frame['o'] as Json)['X'])).toEqual(['CANCELED']);
    expect((await bot.signed('GET', '/fapi/v1/openOrders')).body).toEqual([]);
  });
});

describe('forceOrders', () => {
  it('lists what the venue closed, by its kind', async () => {
    bot = await anExchange();
    await bot.signed('POST', '/fapi/v1/order', { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '0.5' });
    await bot.control('/act', { act: 'adl', symbol: 'ETHUSDT' });
    const rows = async (autoCloseType: string): Promise<Json[]> =>
      list((await bot.signed('GET', '/fapi/v1/forceOrders', { autoCloseType })).body);
    expect((await rows('ADL')).map((row) => row['clientOrderId'])).toEqual(['adl_autoclose']);
    expect(await rows('LIQUIDATION')).toEqual([]);
    expect((await bot.signed('GET', '/fapi/v1/forceOrders', { autoCloseType: 'HAND' })).body['code']).toBe(-1130);
  });
});
