import { afterEach, describe, expect, it } from 'vitest';
import { START_MS } from './a-source.ts';
import { anExchange, type Json, type Listening, type TestBot } from './an-exchange.ts';

let bot: TestBot;

afterEach(() => bot.close());

const BUY = { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '0.5', newClientOrderId: 'k70-entry' };
const STOP = {
  algoType: 'CONDITIONAL',
  symbol: 'ETHUSDT',
  side: 'SELL',
  type: 'STOP_MARKET',
  triggerPrice: '1980.00',
  workingType: 'MARK_PRICE',
  closePosition: 'true',
  clientAlgoId: 'k70-stop',
};
const TARGET = { ...STOP, type: 'TAKE_PROFIT_MARKET', triggerPrice: '2040.00', clientAlgoId: 'k70-target' };

/** Kind and state of each frame, in the order of arrival. */
const story = (listening: Listening): string[] =>
  listening.heard.map((frame) => {
    const part = (frame['o'] ?? {}) as Json;
    if (frame['e'] === 'ORDER_TRADE_UPDATE') return `OTU ${part['x']} ${part['X']}`;
    if (frame['e'] === 'ALGO_UPDATE') return `ALGO ${part['o']} ${part['X']}`;
    return String(frame['e']);
  });

describe('a market entry', () => {
  it('is acknowledged as NEW without a price, and told fill by fill on the stream', async () => {
    bot = await anExchange();
    const user = await bot.userStream();
    const placed = await bot.signed('POST', '/fapi/v1/order', BUY);
    expect(placed.status).toBe(200);
    // Keys and order of binance-futures.md §6.2, no avgPrice, no cumQuote.
    expect(Object.keys(placed.body)).toEqual([
      'clientOrderId',
      'cumQty',
      'executedQty',
      'orderId',
      'origQty',
      'price',
      'reduceOnly',
      'side',
      'positionSide',
      'status',
      'stopPrice',
      'closePosition',
      'symbol',
      'timeInForce',
      'type',
      'origType',
      'updateTime',
      'workingType',
      'priceProtect',
      'priceMatch',
      'selfTradePreventionMode',
      'goodTillDate',
    ]);
    expect(placed.body).toMatchObject({
      status: 'NEW',
      executedQty: '0.000',
      origQty: '0.500',
      price: '0.00',
      clientOrderId: 'k70-entry',
    });
    expect(placed.headers.get('x-mbx-order-count-10s')).toBe('1');
    expect(placed.headers.get('x-mbx-order-count-1m')).toBe('1');
    await user.fence();
    expect(story(user)).toEqual(['OTU NEW NEW', 'TRADE_LITE', 'ACCOUNT_UPDATE', 'OTU TRADE FILLED']);
    const fill = (user.heard[3] as Json)['o'] as Json;
    expect(fill).toMatchObject({ s: 'ETHUSDT', c: 'k70-entry', z: '0.500', N: 'USDT', er: '0', ps: 'BOTH' });
    // Half a spread above 2,000: one basis point is 0.20, which is two ticks.
    expect(fill['L']).toBe('2000.20');
    const risk = await bot.signed('GET', '/fapi/v3/positionRisk', { symbol: 'ETHUSDT' });
    expect((risk.body as unknown[])[0]).toMatchObject({ symbol: 'ETHUSDT', positionAmt: '0.500', markPrice: '2000.00000000' });
  });

  it('answers RESULT with the final status', async () => {
    bot = await anExchange();
    const placed = await bot.signed('POST', '/fapi/v1/order', { ...BUY, newOrderRespType: 'RESULT' });
    expect(placed.body).toMatchObject({ status: 'FILLED', executedQty: '0.500' });
  });

  it("is refused with the venue's codes", async () => {
    bot = await anExchange();
    const code = async (fields: Record<string, string>): Promise<unknown> =>
      (await bot.signed('POST', '/fapi/v1/order', { ...BUY, ...fields })).body['code'];
    expect(await code({ symbol: 'NOPEUSDT' })).toBe(-1121);
    expect(await code({ type: 'STOP_MARKET' })).toBe(-4120);
    // 0.001 × 2,000 = 2 USDT, below the contract's 5.
    expect(await code({ quantity: '0.001' })).toBe(-4164);
    expect(await code({ quantity: '0.5001' })).toBe(-1111);
  });

  it('trades a contract with a Chinese name', async () => {
    bot = await anExchange();
    const placed = await bot.signed('POST', '/fapi/v1/order', { ...BUY, symbol: '币安人生USDT' });
    expect(placed.body).toMatchObject({ symbol: '币安人生USDT', status: 'NEW' });
  });
});

describe('a conditional stop', () => {
  it('needs a position, lives in its own store, and ends the position and its sibling when the mark reaches it', async () => {
    bot = await anExchange();
    const early = await bot.signed('POST', '/fapi/v1/algoOrder', STOP);
    expect(early.body['code']).toBe(-4509);
    await bot.signed('POST', '/fapi/v1/order', BUY);
    const stop = await bot.signed('POST', '/fapi/v1/algoOrder', STOP);
    expect(stop.body).toMatchObject({
      algoStatus: 'NEW',
      orderType: 'STOP_MARKET',
      timeInForce: 'GTE_GTC',
      closePosition: true,
      reduceOnly: true,
      triggerPrice: '1980.00',
    });
    await bot.signed('POST', '/fapi/v1/algoOrder', TARGET);
    expect((await bot.signed('GET', '/fapi/v1/openOrders')).body).toEqual([]);
    expect((await bot.signed('GET', '/fapi/v1/openAlgoOrders', { symbol: 'ETHUSDT' })).body).toHaveLength(2);

    const user = await bot.userStream();
    await bot.control('/price', {
      symbol: 'ETHUSDT',
      path: [
        { ms: 0, price: 2_000 },
        { ms: 30_000, price: 1_970 },
      ],
    });
    await bot.step(30_000);
    await user.fence();
    expect(story(user)).toEqual([
      'ALGO STOP_MARKET TRIGGERING',
      'ALGO STOP_MARKET TRIGGERED',
      'OTU NEW NEW',
      'TRADE_LITE',
      'ACCOUNT_UPDATE',
      'OTU TRADE FILLED',
      'ALGO STOP_MARKET FINISHED',
      'ALGO TAKE_PROFIT_MARKET EXPIRED',
    ]);
    const child = (user.heard[2] as Json)['o'] as Json;
    expect(child).toMatchObject({ c: 'k70-stop', o: 'MARKET', ot: 'STOP_MARKET', R: true });
    expect(((user.heard[1] as Json)['o'] as Json)['ai']).toBe(String(child['i']));
    expect((await bot.signed('GET', '/fapi/v3/positionRisk')).body).toEqual([]);
    expect((await bot.signed('GET', '/fapi/v1/openAlgoOrders')).body).toEqual([]);
  });

  it('is cancelled with a code that is a string, and a second time not at all', async () => {
    bot = await anExchange();
    await bot.signed('POST', '/fapi/v1/order', BUY);
    await bot.signed('POST', '/fapi/v1/algoOrder', STOP);
    const cancelled = await bot.signed('DELETE', '/fapi/v1/algoOrder', { symbol: 'ETHUSDT', clientAlgoId: 'k70-stop' });
    expect(cancelled.body).toMatchObject({ clientAlgoId: 'k70-stop', code: '200', msg: 'success' });
    const again = await bot.signed('DELETE', '/fapi/v1/algoOrder', { clientAlgoId: 'k70-stop' });
    expect(again.body).toMatchObject({ code: -2011 });
  });

  it('leaves the time without a stop in the oracle, in market and wall time', async () => {
    bot = await anExchange();
    await bot.signed('POST', '/fapi/v1/order', BUY);
    await bot.step(3_000);
    await bot.signed('POST', '/fapi/v1/algoOrder', STOP);
    const { intervals } = await bot.control('/naked');
    expect(intervals).toMatchObject([{ symbol: 'ETHUSDT', fromMs: START_MS, toMs: START_MS + 3_000 }]);
    expect((intervals as Json[])[0]?.['wallMs']).toBeGreaterThan(0);
  });
});

describe('account settings', () => {
  it('sets margin type and leverage and answers -4046 for what is set already', async () => {
    bot = await anExchange();
    expect((await bot.signed('POST', '/fapi/v1/marginType', { symbol: 'ETHUSDT', marginType: 'ISOLATED' })).body).toEqual({
      code: 200,
      msg: 'success',
    });
    expect((await bot.signed('POST', '/fapi/v1/marginType', { symbol: 'ETHUSDT', marginType: 'ISOLATED' })).body).toMatchObject({
      code: -4046,
    });
    const set = await bot.signed('POST', '/fapi/v1/leverage', { symbol: 'ETHUSDT', leverage: 10 });
    expect(Object.keys(set.body)).toEqual(['leverage', 'maxNotionalValue', 'symbol']);
    expect((await bot.signed('GET', '/fapi/v1/symbolConfig', { symbol: 'ETHUSDT' })).body).toMatchObject([
      { marginType: 'ISOLATED', leverage: 10 },
    ]);
  });

  it('names the account in the balance', async () => {
    bot = await anExchange();
    const { body } = await bot.signed('GET', '/fapi/v3/balance');
    expect(body).toMatchObject([
      { accountAlias: bot.exchange.accountId, asset: 'USDT', balance: '10000.00000000', marginAvailable: true },
    ]);
  });

  it('charges funding at the settlement hour', async () => {
    bot = await anExchange({ fromMs: START_MS - 60_000 });
    await bot.signed('POST', '/fapi/v1/order', BUY);
    // 08:00 UTC is a settlement of an 8 h contract: a long of 0.5 at mark 2,000 pays 1,000 × 0.0001 = 0.1.
    await bot.step(60_000);
    const { body } = await bot.signed('GET', '/fapi/v1/income', { incomeType: 'FUNDING_FEE' });
    expect(body).toMatchObject([{ symbol: 'ETHUSDT', income: '-0.10000000' }]);
  });
});
