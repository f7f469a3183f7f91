// Hedge mode as a client sees it: a row a side in every read, the side on every frame.
import { afterEach, expect, it } from 'vitest';
import { anExchange, type Fields, type Json, type TestBot } from './an-exchange.ts';
import { algo, BUY, ETH, hedge, order, STOP } from './cause.ts';

let bot: TestBot;
afterEach(() => bot.close());

const SHORT = { ...BUY, side: 'SELL', positionSide: 'SHORT', quantity: '0.3' } as const;

async function hedged(): Promise<void> {
  bot = await anExchange();
  expect((await hedge(bot)).body).toEqual({ code: 200, msg: 'success' });
  await order(bot, { ...BUY, positionSide: 'LONG' });
  await order(bot, SHORT);
}

const get = async (path: string, fields: Fields = {}): Promise<Json[]> =>
  (await bot.signed('GET', path, fields)).body as unknown as Json[];

it('answers the mode where it is asked', async () => {
  await hedged();
  expect((await bot.signed('GET', '/fapi/v1/positionSide/dual')).body).toEqual({ dualSidePosition: true });
  expect((await bot.signed('GET', '/fapi/v1/accountConfig')).body['dualSidePosition']).toBe(true);
});

it('has a row a side in positionRisk of both versions and in the account', async () => {
  await hedged();
  const amounts = (rows: readonly Json[]): unknown[] => rows.map((row) => [row['positionSide'], Number(row['positionAmt'])]);
  const wanted = [
    ['LONG', 0.5],
    ['SHORT', -0.3],
  ];
  expect(amounts(await get('/fapi/v3/positionRisk'))).toEqual(wanted);
  expect(amounts(await get('/fapi/v2/positionRisk', { symbol: ETH }))).toEqual(wanted);
  const account = (await bot.signed('GET', '/fapi/v3/account')).body;
  expect(amounts(account['positions'] as Json[])).toEqual(wanted);
});

it('names the side on orders, trades, conditionals and margin moves', async () => {
  bot = await anExchange();
  await hedge(bot);
  await bot.signed('POST', '/fapi/v1/marginType', { symbol: ETH, marginType: 'ISOLATED' });
  const placed = await order(bot, { ...BUY, positionSide: 'LONG' });
  const stop = await algo(bot, { ...STOP, positionSide: 'LONG' });
  expect([placed.body['positionSide'], stop.body['positionSide']]).toEqual(['LONG', 'LONG']);
  const move = { symbol: ETH, positionSide: 'LONG', amount: '25', type: 1 };
  expect((await bot.signed('POST', '/fapi/v1/positionMargin', move)).status).toBe(200);
  for (const path of ['allOrders', 'userTrades', 'openAlgoOrders', 'positionMargin/history'])
    expect((await get(`/fapi/v1/${path}`, { symbol: ETH })).map((row) => row['positionSide'])).toEqual(['LONG']);
});

it('says the side on every frame of the user stream', async () => {
  bot = await anExchange();
  await hedge(bot);
  const user = await bot.userStream();
  await order(bot, SHORT);
  await algo(bot, { ...STOP, side: 'BUY', positionSide: 'SHORT', triggerPrice: '2050.00' });
  await user.fence();
  const sides = user.heard.flatMap((frame) => {
    const part = (frame['o'] ?? (frame['a'] as Json | undefined)?.['P']) as Json | Json[] | undefined;
    return part === undefined ? [] : [part].flat().map((row) => `${String(frame['e'])} ${String(row['ps'])}`);
  });
  expect(sides).toEqual(['ORDER_TRADE_UPDATE SHORT', 'ACCOUNT_UPDATE SHORT', 'ORDER_TRADE_UPDATE SHORT', 'ALGO_UPDATE SHORT']);
});

it('closes the side its stop belongs to when the price is there', async () => {
  await hedged();
  await algo(bot, { ...STOP, positionSide: 'LONG' });
  await bot.control('/price', { symbol: ETH, path: [{ ms: 0, price: 1_949 }] });
  await bot.step(3_000);
  expect((await get('/fapi/v3/positionRisk')).map((row) => row['positionSide'])).toEqual(['SHORT']);
});

it('adlQuantile names both sides and no BOTH', async () => {
  await hedged();
  expect(await get('/fapi/v1/adlQuantile')).toEqual([{ symbol: ETH, adlQuantile: { LONG: 2, SHORT: 2 } }]);
});

it('shows the naked sides apart', async () => {
  await hedged();
  await bot.step(3_000);
  const { intervals } = await bot.control('/naked');
  expect((intervals as Json[]).map((span) => span['positionSide'])).toEqual(['LONG', 'SHORT']);
});
