// Refusals of the matching machine, each over the real road: orders, conditionals, changes, hedge mode.
import { aContract, aSource } from './a-source.ts';
import type { Answered, Fields, Json, TestBot } from './an-exchange.ts';
import { act, algo, BUY, type Cause, ETH, hedge, LIMIT, order, refusedAct, STOP } from './cause.ts';

type Provoke = (bot: TestBot) => Promise<Answered>;
const cause = (code: number, text: string, provoke: Provoke): Cause => ({ code, status: 400, cause: text, provoke });
const on =
  (fields: Fields): Provoke =>
  (bot) =>
    order(bot, { ...BUY, ...fields });
const rest =
  (fields: Fields): Provoke =>
  (bot) =>
    order(bot, { ...LIMIT, ...fields });
const held = (fields: Fields): Provoke => after(on({}), (bot) => algo(bot, { ...STOP, ...fields }));
const entry =
  (fields: Fields): Provoke =>
  (bot) =>
    algo(bot, {
      algoType: 'CONDITIONAL',
      symbol: ETH,
      side: 'BUY',
      type: 'STOP_MARKET',
      triggerPrice: '2100.00',
      quantity: '0.5',
      ...fields,
    });
function after(first: (bot: TestBot) => Promise<unknown>, then: Provoke): Provoke {
  return async (bot) => {
    await first(bot);
    return then(bot);
  };
}
const doing = (fields: Json) => (bot: TestBot) => act(bot, fields);
const changing =
  (change: Fields): Provoke =>
  async (bot) => {
    const { body } = await order(bot, LIMIT);
    const key = { symbol: ETH, orderId: body['orderId'] as number, side: 'BUY' };
    return bot.signed('PUT', '/fapi/v1/order', { ...key, quantity: '0.5', price: '1900.00', ...change });
  };
const TRAILING = { type: 'TRAILING_STOP_MARKET', callbackRate: '1' } as const;
const trailing =
  (fields: Fields): Provoke =>
  (bot) =>
    algo(bot, { algoType: 'CONDITIONAL', symbol: ETH, side: 'BUY', quantity: '0.5', ...TRAILING, ...fields });
const contracts = (over: Parameters<typeof aContract>[1]): Pick<Cause, 'options'> => ({
  options: { source: aSource({ contracts: [aContract('BTCUSDT'), aContract(ETH, over)] }) },
});

/** The third contract is listed and has no minute yet. */
function unpriced(): ReturnType<typeof aSource> {
  const source = aSource();
  return {
    ...source,
    minute: (index, openMs) => (index === 2 ? null : source.minute(index, openMs)),
    path: (index, openMs) => (index === 2 ? null : source.path(index, openMs)),
  };
}

export const ORDER_CAUSES: readonly Cause[] = [
  cause(-1014, 'a post-only stop at market', entry({ timeInForce: 'GTX' })),
  cause(-1111, 'four decimals of a quantity', on({ quantity: '0.5001' })),
  {
    ...cause(-1112, 'an order in a contract that has never traded', on({ symbol: '币安人生USDT' })),
    options: { source: unpriced() },
  },
  cause(-1114, 'a time in force beside closePosition', held({ timeInForce: 'IOC' })),
  cause(-1115, 'timeInForce DAY', rest({ timeInForce: 'DAY' })),
  cause(-1116, 'type ICEBERG', on({ type: 'ICEBERG' })),
  cause(-1117, 'side LONG', on({ side: 'LONG' })),
  cause(-2011, 'cancelling a filled order', async (bot) => {
    const { body } = await order(bot, BUY);
    return bot.signed('DELETE', '/fapi/v1/order', { symbol: ETH, orderId: body['orderId'] as number });
  }),
  cause(-2013, 'asking for an unknown order', (bot) => bot.signed('GET', '/fapi/v1/order', { symbol: ETH, orderId: 1 })),
  cause(-2018, 'withdrawing more than there is', (bot) => refusedAct(bot, { act: 'margin', deltaUsdt: '-10001' })),
  // Wallet 10,000 at 20×: 200,000; 110 ETH are 220,000.
  cause(-2019, 'an entry above wallet × leverage', on({ quantity: '110' })),
  cause(-2020, 'a MARKET of which nothing is to be had', after(doing({ act: 'partial', symbol: ETH, fraction: 0 }), on({}))),
  cause(-2021, 'a stop that is already true', held({ triggerPrice: '2000.00' })),
  cause(-2022, 'reduce-only while flat', on({ side: 'SELL', reduceOnly: 'true' })),
  cause(-2024, 'selling more than the long position in hedge mode', async (bot) => {
    await hedge(bot);
    await order(bot, { ...BUY, positionSide: 'LONG' });
    return order(bot, { ...BUY, positionSide: 'LONG', side: 'SELL', quantity: '0.6' });
  }),
  {
    ...cause(-2025, 'one open order more than the contract takes', after(rest({}), rest({ price: '1890.00' }))),
    ...contracts({ maxNumOrders: 1 }),
  },
  // Leverage 20 carries 1,000,000; 501 ETH are 1,002,000.
  cause(-2027, 'an entry above the bracket of the leverage', on({ quantity: '501' })),
  // 60 ETH are 120,000: 6,000 of margin at 20×, 24,000 at 5×.
  cause(
    -2028,
    'less leverage than the position can be carried with',
    after(on({ quantity: '60' }), (bot) => bot.signed('POST', '/fapi/v1/leverage', { symbol: ETH, leverage: 5 })),
  ),
  cause(-4001, 'a negative price', rest({ price: '-1' })),
  cause(-4002, 'a price above maxPrice', rest({ price: '1000000.1' })),
  cause(-4003, 'a quantity of zero', on({ quantity: '0' })),
  { ...cause(-4004, 'a quantity below minQty', on({ quantity: '0.5' })), ...contracts({ marketMinQty: '1' }) },
  cause(-4005, 'a quantity above the MARKET lot', on({ quantity: '1001' })),
  { ...cause(-4013, 'a price below minPrice', rest({ price: '9.9', quantity: '1' })), ...contracts({ minPrice: '10' }) },
  cause(-4014, 'a price off the tick', rest({ price: '1900.05' })),
  cause(-4015, 'a client id of 40 characters', on({ newClientOrderId: 'x'.repeat(40) })),
  // 15 % around the mark of 2,000.
  cause(-4016, 'a buy above 2,300', rest({ price: '2300.1' })),
  cause(-4024, 'a sale below 1,700', rest({ side: 'SELL', price: '1699.9' })),
  { ...cause(-4023, 'half a step', on({ quantity: '0.5' })), ...contracts({ marketStepSize: '1', marketMinQty: '0' }) },
  cause(-4032, 'eleven cancels in one request', (bot) =>
    bot.signed('DELETE', '/fapi/v1/batchOrders', {
      symbol: ETH,
      orderIdList: JSON.stringify(Array.from({ length: 11 }, (_, i) => i + 1)),
    }),
  ),
  cause(-4082, 'six orders in one request', (bot) =>
    bot.signed('POST', '/fapi/v1/batchOrders', { batchOrders: JSON.stringify(Array.from({ length: 6 }, () => BUY)) }),
  ),
  cause(-4045, 'conditional order 201 of the account', async (bot) => {
    for (let i = 0; i < 200; i++) {
      await entry({ triggerPrice: `${2_100 + i}.00` })(bot);
      if (i % 50 === 49) await bot.step(60_000);
    }
    return entry({})(bot);
  }),
  cause(-4060, 'position side UP', on({ positionSide: 'UP' })),
  cause(-4061, 'position side LONG in one-way mode', on({ positionSide: 'LONG' })),
  cause(
    -4061,
    'no position side in hedge mode',
    after((bot) => hedge(bot), on({})),
  ),
  cause(
    -1106,
    'reduceOnly in hedge mode',
    after((bot) => hedge(bot), on({ positionSide: 'LONG', reduceOnly: 'true' })),
  ),
  cause(-4062, 'a reduceOnly that is neither true nor false', on({ reduceOnly: 'maybe' })),
  { ...cause(-4109, 'an account into which no money ever came', on({})), options: { balanceUsdt: '0' } },
  cause(-4116, 'the client id of an open order', after(rest({ newClientOrderId: 'a-1' }), rest({ newClientOrderId: 'a-1' }))),
  cause(
    -4118,
    'closing what a resting close already takes',
    after(after(on({}), rest({ side: 'SELL', price: '2100.00', reduceOnly: 'true' })), on({ side: 'SELL', reduceOnly: 'true' })),
  ),
  cause(-4120, 'a stop on the ordinary endpoint', on({ type: 'STOP_MARKET', stopPrice: '1950.00' })),
  cause(
    -4130,
    'a second closing stop',
    after(held({}), (bot) => algo(bot, { ...STOP, triggerPrice: '1940.00' })),
  ),
  cause(-4131, 'a MARKET into an empty book', after(doing({ act: 'thinBook', symbol: ETH, levelUsdt: 0, levels: 0 }), on({}))),
  cause(-4135, 'an activation price of zero', trailing({ activatePrice: '0' })),
  cause(-4136, 'closePosition on a trailing stop', held({ ...TRAILING, triggerPrice: '' })),
  cause(-4137, 'a quantity beside closePosition', held({ quantity: '0.5' })),
  cause(-4138, 'reduceOnly=false beside closePosition', held({ reduceOnly: 'false' })),
  cause(-4140, 'an entry in a halted contract', after(doing({ act: 'halt', symbol: ETH }), on({}))),
  cause(
    -4141,
    'an exit in a halted contract',
    after(
      after(on({}), async (bot) => ({
        ...(await bot.open('GET', '/fapi/v1/ping')),
        ...(await act(bot, { act: 'halt', symbol: ETH })),
      })),
      on({ side: 'SELL', reduceOnly: 'true' }),
    ),
  ),
  // 0.002 × 2,000 = 4 < 5.
  cause(-4164, 'an entry of four dollars', on({ quantity: '0.002' })),
  // 15 % above and below a trigger of 2,100 and 1,900.
  cause(-4183, 'a stop limit above 2,415', entry({ type: 'STOP', price: '2415.1' })),
  cause(-4184, 'a stop limit below 1,615', entry({ type: 'STOP', side: 'SELL', triggerPrice: '1900.00', price: '1614.9' })),
  cause(-4509, 'closePosition while flat', (bot) => algo(bot, STOP)),
  cause(-5021, 'a fill-or-kill away from the market', rest({ timeInForce: 'FOK' })),
  cause(-5022, 'a post-only that would take', rest({ timeInForce: 'GTX', price: '2010.00' })),
  cause(-5024, 'changing an order of a halted contract', async (bot) => {
    const { body } = await order(bot, LIMIT);
    await act(bot, { act: 'halt', symbol: ETH });
    const key = { symbol: ETH, orderId: body['orderId'] as number, side: 'BUY' };
    return bot.signed('PUT', '/fapi/v1/order', { ...key, quantity: '0.5', price: '1890.00' });
  }),
  cause(-5027, 'a change that changes nothing', changing({})),
  cause(-5029, 'a change to four dollars', changing({ quantity: '0.002' })),
  cause(-5047, 'a change that says reduceOnly of an entry', changing({ price: '1890.00', reduceOnly: 'true' })),
  cause(-5037, 'priceMatch OPPONENT_20', (bot) => order(bot, { ...LIMIT, price: '', priceMatch: 'OPPONENT_20' })),
  cause(-5038, 'priceMatch on a MARKET', on({ priceMatch: 'QUEUE' })),
  cause(-5039, 'an unknown self-trade mode', on({ selfTradePreventionMode: 'EXPIRE_ALL' })),
  cause(-5040, 'good till five minutes from now', async (bot) =>
    order(bot, { ...LIMIT, timeInForce: 'GTD', goodTillDate: (await bot.marketNow()) + 300_000 }),
  ),
  cause(
    -5041,
    'the fifth level of a book with one',
    after(doing({ act: 'thinBook', symbol: ETH, levelUsdt: 1_000, levels: 1 }), (bot) =>
      order(bot, { ...LIMIT, price: '', priceMatch: 'OPPONENT_5' }),
    ),
  ),
];
