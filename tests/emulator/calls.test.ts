import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { anExchange, type Json, type Listening, type TestBot } from './an-exchange.ts';

let bot: TestBot;
afterEach(() => bot.close());

const BUY = { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '0.5' };

/** The sorted payload of §1.4, made here by hand. */
async function signed(params: Json = {}): Promise<Json> {
  const all: Json = { ...params, apiKey: bot.exchange.apiKey, timestamp: await bot.marketNow() };
  const payload = Object.entries(all)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${String(value)}`)
    .join('&');
  return { ...all, signature: createHmac('sha256', bot.exchange.apiSecret).update(payload).digest('hex') };
}

async function open(
  query = '',
): Promise<{ line: Listening; call: (method: string, params?: Json, id?: unknown) => Promise<Json> }> {
  bot = await anExchange();
  const line = await bot.stream(`/ws-fapi/v1${query}`);
  const call = async (method: string, params: Json = {}, id: unknown = 1): Promise<Json> => {
    const before = line.heard.length;
    line.socket.send(JSON.stringify({ id, method, params }));
    while (line.heard.length === before) await line.fence();
    return line.heard[before] as Json;
  };
  return { line, call };
}

describe('the WS-API', () => {
  it('places, shows, changes and cancels an order', async () => {
    const { call } = await open();
    const limit = { ...BUY, type: 'LIMIT', timeInForce: 'GTC', price: '1900.00', newClientOrderId: 'w-1' };
    const placed = await call('order.place', await signed(limit), 'x1');
    expect(placed).toMatchObject({ id: 'x1', status: 200, result: { status: 'NEW', clientOrderId: 'w-1' } });
    expect((placed['rateLimits'] as Json[]).map((limitRow) => [limitRow['rateLimitType'], limitRow['count']])).toEqual([
      ['ORDERS', 1],
      ['ORDERS', 1],
    ]);
    const key = { symbol: 'ETHUSDT', origClientOrderId: 'w-1' };
    expect(await call('order.status', await signed(key))).toMatchObject({ result: { price: '1900.00', avgPrice: '0.00' } });
    const change = { ...key, side: 'BUY', quantity: '0.6', price: '1890.00' };
    expect(await call('order.modify', await signed(change))).toMatchObject({ result: { origQty: '0.600', price: '1890.00' } });
    expect(await call('order.cancel', await signed(key))).toMatchObject({ result: { status: 'CANCELED' } });
    const again = await call('order.cancel', await signed(key));
    expect(again).toMatchObject({ status: 400, error: { code: -2011, msg: 'Unknown order sent.' } });
  });

  it('places and cancels a conditional order', async () => {
    const { call } = await open();
    await call('order.place', await signed(BUY));
    const stop = {
      algoType: 'CONDITIONAL',
      symbol: 'ETHUSDT',
      side: 'SELL',
      type: 'STOP_MARKET',
      triggerPrice: 1980,
      closePosition: true,
    };
    const placed = await call('algoOrder.place', await signed({ ...stop, clientAlgoId: 'w-stop' }));
    expect(placed).toMatchObject({ status: 200, result: { algoStatus: 'NEW', triggerPrice: '1980.00' } });
    expect(await call('algoOrder.cancel', await signed({ clientAlgoId: 'w-stop' }))).toMatchObject({ result: { code: '200' } });
  });

  it('shows account, balance and positions in the older and the newer shape', async () => {
    const { call } = await open();
    await call('order.place', await signed(BUY));
    for (const method of ['account.balance', 'v2/account.balance'])
      expect(await call(method, await signed())).toMatchObject({ status: 200, result: [{ asset: 'USDT' }] });
    for (const method of ['account.status', 'v2/account.status'])
      expect(await call(method, await signed())).toMatchObject({ result: { positions: [{ symbol: 'ETHUSDT' }] } });
    const newer = (await call('v2/account.position', await signed()))['result'] as Json[];
    expect(newer.map((row) => row['symbol'])).toEqual(['ETHUSDT']);
    const older = (await call('account.position', await signed()))['result'] as Json[];
    expect(older.map((row) => [row['symbol'], row['leverage']])).toHaveLength(3);
  });

  it('tells prices and the book to anybody', async () => {
    const { call } = await open();
    expect(await call('ticker.price', { symbol: 'ETHUSDT' })).toMatchObject({ result: { symbol: 'ETHUSDT', price: '2000.00' } });
    expect(await call('ticker.book', { symbol: 'ETHUSDT' })).toMatchObject({
      result: { bidPrice: '1999.80', askPrice: '2000.20' },
    });
    const { result } = await call('depth', { symbol: 'ETHUSDT', limit: 5 });
    expect((result as Json)['bids']).toHaveLength(5);
  });

  it('hands out a listenKey on the key alone', async () => {
    const { call } = await open();
    const apiKey = bot.exchange.apiKey;
    const started = (await call('userDataStream.start', { apiKey }))['result'] as Json;
    expect(started['listenKey']).toHaveLength(64);
    expect(await call('userDataStream.ping', { apiKey })).toMatchObject({ result: started });
    expect(await call('userDataStream.stop', { apiKey })).toMatchObject({ result: {} });
    expect(await call('userDataStream.ping', { apiKey })).toMatchObject({ error: { code: -1125 } });
  });

  it.each([[7], ['abc'], ['0123456789abcdef0123456789abcdef'], [null]])('echoes the id %j', async (id) => {
    const { call } = await open();
    expect((await call('ticker.price', { symbol: 'ETHUSDT' }, id))['id']).toBe(id);
  });

  it('counts five for the handshake and shows what is used, unless nobody wants to know', async () => {
    const { call } = await open();
    // 5 for the handshake and 1 for the price of one symbol.
    const shown = await call('ticker.price', { symbol: 'ETHUSDT' });
    expect(shown['rateLimits']).toEqual([
      { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 2_400, count: 6 },
    ]);
    expect(await call('ticker.price', { symbol: 'ETHUSDT', returnRateLimits: false })).not.toHaveProperty('rateLimits');
    const silent = await bot.stream('/ws-fapi/v1?returnRateLimits=false');
    expect(await silent.ask({ id: 1, method: 'ticker.price', params: { symbol: 'ETHUSDT' } })).not.toHaveProperty('rateLimits');
  });

  it.each([
    ['a wrong signature', async () => ({ ...(await signed(BUY)), signature: 'f'.repeat(64) }), 400, -1022],
    ['a changed parameter', async () => ({ ...(await signed(BUY)), quantity: '5' }), 400, -1022],
    ['another key', async () => ({ ...(await signed(BUY)), apiKey: 'k'.repeat(64) }), 401, -2015],
    ['an old timestamp', async () => ({ ...(await signed(BUY)), timestamp: 1 }), 400, -1022],
    ['no signature', async () => ({ ...BUY, apiKey: bot.exchange.apiKey, timestamp: 1 }), 400, -1102],
  ])('refuses %s', async (_name, params, status, code) => {
    const { call } = await open();
    expect(await call('order.place', await params())).toMatchObject({ status, error: { code } });
  });

  it.each([
    ['order.fly', -1020],
    ['session.logon', -4056],
    ['session.nap', -1020],
  ])('%s is refused with %i', async (method, code) => {
    const { call } = await open();
    expect(await call(method)).toMatchObject({ status: 400, error: { code } });
  });

  it('says that nobody is logged on', async () => {
    const { call } = await open();
    expect(await call('session.status')).toMatchObject({ status: 200, result: { apiKey: null, authorizedSince: null } });
  });

  it('answers what is no call with the id null', async () => {
    const { line } = await open();
    line.socket.send('{"id":');
    await line.fence();
    expect(line.heard[0]).toMatchObject({ id: null, status: 400, error: { code: -1013 } });
  });

  it('meets the same faults as REST', async () => {
    const { call, line } = await open();
    await bot.control('/faults', { switch: 'res.503u', method: 'POST', path: '/fapi/v1/order', count: 1, value: 1 });
    expect(await call('order.place', await signed(BUY))).toMatchObject({ status: 503, error: { code: -1000 } });
    await bot.control('/faults', { switch: 'res.drop', method: 'POST', path: '/fapi/v1/order', count: 1 });
    const before = line.heard.length;
    line.socket.send(JSON.stringify({ id: 9, method: 'order.place', params: await signed(BUY) }));
    await line.fence();
    expect(line.heard).toHaveLength(before);
    // Both were carried out, whatever the caller heard.
    expect((await bot.control('/ledger'))['orders']).toHaveLength(2);
  });

  it('ends after a day of market time', async () => {
    const { line } = await open();
    const closed = new Promise((resolve) => line.socket.once('close', resolve));
    await bot.step(24 * 3_600_000);
    expect(await closed).toBe(1001);
  });

  it('is refused at the door while the address is banned', async () => {
    bot = await anExchange();
    await bot.control('/act', { act: 'ban' });
    await expect(bot.stream('/ws-fapi/v1')).rejects.toThrow('418');
  });

  it('is cut like a stream', async () => {
    const { line } = await open();
    const closed = new Promise((resolve) => line.socket.once('close', resolve));
    await bot.control('/faults', { switch: 'ws.drop', path: '/ws-fapi' });
    await closed;
    expect(line.socket.readyState).toBe(3);
  });
});
