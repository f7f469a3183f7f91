import { afterEach, describe, expect, it } from 'vitest';
import { aContract, aSource } from './a-source.ts';
import { anExchange, type Json, type TestBot } from './an-exchange.ts';

let bot: TestBot;
afterEach(() => bot.close());

const BUY = { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '0.5' };

describe('position margin', () => {
  it('moves into an isolated position and stands in its history', async () => {
    bot = await anExchange();
    await bot.signed('POST', '/fapi/v1/marginType', { symbol: 'ETHUSDT', marginType: 'ISOLATED' });
    await bot.signed('POST', '/fapi/v1/order', BUY);
    const user = await bot.userStream();
    const moved = await bot.signed('POST', '/fapi/v1/positionMargin', { symbol: 'ETHUSDT', amount: '25', type: 1 });
    expect(moved.body).toEqual({ amount: 25, code: 200, msg: 'Successfully modify position margin.', type: 1 });
    await user.fence();
    expect((user.heard[0] as Json)['a']).toMatchObject({ m: 'MARGIN_TRANSFER' });
    const history = await bot.signed('GET', '/fapi/v1/positionMargin/history', { symbol: 'ETHUSDT' });
    expect(history.body).toMatchObject([{ symbol: 'ETHUSDT', type: 1, deltaType: 'USER_ADJUST', amount: '25', asset: 'USDT' }]);
  });

  it.each([
    [{ symbol: 'ETHUSDT', amount: '25', type: 1 }, -4054],
    [{ symbol: 'ETHUSDT', amount: '25', type: 3 }, -1130],
    [{ symbol: 'ETHUSDT', type: 1 }, -1102],
    [{ symbol: 'NOPEUSDT', amount: '25', type: 1 }, -1121],
  ])('%j is refused with %i', async (fields, code) => {
    bot = await anExchange();
    expect((await bot.signed('POST', '/fapi/v1/positionMargin', fields)).body['code']).toBe(code);
  });
});

describe('switches of the account', () => {
  it('feeBurn is kept as it was set, and weighs 30 to read', async () => {
    bot = await anExchange();
    expect((await bot.signed('GET', '/fapi/v1/feeBurn')).body).toEqual({ feeBurn: false });
    expect((await bot.signed('POST', '/fapi/v1/feeBurn', { feeBurn: 'true' })).body).toEqual({ code: 200, msg: 'success' });
    const read = await bot.signed('GET', '/fapi/v1/feeBurn');
    expect(read.body).toEqual({ feeBurn: true });
    // 30 + 1 + 30.
    expect(read.headers.get('x-mbx-used-weight-1m')).toBe('61');
  });

  it('a stock contract takes no entry before the agreement is signed', async () => {
    const contracts = [
      aContract('ETHUSDT'),
      aContract('TSLAUSDT', { contractType: 'TRADIFI_PERPETUAL', underlyingType: 'EQUITY' }),
    ];
    bot = await anExchange({ source: aSource({ contracts }) });
    const entry = { symbol: 'TSLAUSDT', side: 'BUY', type: 'MARKET', quantity: '0.1' };
    expect((await bot.signed('POST', '/fapi/v1/order', entry)).body['code']).toBe(-4411);
    expect((await bot.signed('POST', '/fapi/v1/stock/contract')).body).toEqual({ code: 200, msg: 'success' });
    expect((await bot.signed('POST', '/fapi/v1/order', entry)).body).toMatchObject({ status: 'NEW' });
  });
});

describe('what the venue knows of the account', () => {
  it('adlQuantile names the side that is held', async () => {
    bot = await anExchange();
    expect((await bot.signed('GET', '/fapi/v1/adlQuantile')).body).toEqual([]);
    await bot.signed('POST', '/fapi/v1/order', BUY);
    const { body } = await bot.signed('GET', '/fapi/v1/adlQuantile');
    expect(body).toEqual([{ symbol: 'ETHUSDT', adlQuantile: { LONG: 2, SHORT: 0, BOTH: 2 } }]);
  });

  it('apiTradingStatus has nothing to complain of', async () => {
    bot = await anExchange();
    expect((await bot.signed('GET', '/fapi/v1/apiTradingStatus')).body).toMatchObject({ indicators: {} });
  });
});
