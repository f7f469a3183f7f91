// Refusals of the doors: limits, proofs, parameters, market data and settings.

import { aContract, aSource, START_MS } from './a-source.ts';
import type { Answered, TestBot } from './an-exchange.ts';
import {
  act,
  algo,
  BUY,
  type Cause,
  called,
  ETH,
  hedge,
  LIMIT,
  order,
  query,
  rawSigned,
  STOP,
  withKey,
  without,
} from './cause.ts';

const HOUR_MS = 3_600_000;
const times = async (count: number, work: () => Promise<Answered>): Promise<Answered> => {
  let last = await work();
  for (let i = 1; i < count; i++) last = await work();
  return last;
};
/** Weighs 200: twelve fill a minute's 2,400. */
const heavy = (bot: TestBot) => (): Promise<Answered> => bot.open('GET', '/fapi/v1/historicalTrades', { symbol: ETH, limit: 1 });
/** Five orders of the ten seconds each: sixty fill the 300. */
const batch = (bot: TestBot) => (): Promise<Answered> =>
  bot.signed('POST', '/fapi/v1/batchOrders', { batchOrders: JSON.stringify([{ ...BUY, quantity: '0' }]) });
const late = async (bot: TestBot): Promise<Answered> => {
  await bot.control('/faults', { switch: 'req.queued', value: 2_000, count: 1 });
  const answer = order(bot, BUY);
  for (;;) {
    const { hits } = (await bot.control('/faults')) as { hits: Record<string, number> };
    if ((hits['req.queued'] ?? 0) > 0) break;
  }
  await bot.step(6_000);
  return answer;
};
const unstocked = { source: aSource({ contracts: [aContract('TSLAUSDT', { contractType: 'TRADIFI_PERPETUAL' })] }) };

export const DOOR_CAUSES: readonly Cause[] = [
  { code: -1003, status: 429, cause: 'weight over 2,400 in a minute', provoke: (bot) => times(13, heavy(bot)) },
  { code: -1003, status: 418, cause: 'fifty further requests after 429', provoke: (bot) => times(64, heavy(bot)) },
  { code: -1015, status: 429, cause: 'order 301 of ten seconds', provoke: (bot) => times(61, batch(bot)) },
  { code: -1013, status: 400, cause: 'a WS-API message that is no call', provoke: (bot) => called(bot, '[]') },
  {
    code: -1020,
    status: 400,
    cause: 'a WS-API method that is none',
    provoke: (bot) => called(bot, '{"id":1,"method":"order.dance"}'),
  },
  {
    code: -1021,
    status: 400,
    cause: 'a timestamp older than recvWindow',
    provoke: async (bot) => {
      await bot.control('/faults', { switch: 'clk.jump', value: 6_000 });
      return bot.signed('GET', '/fapi/v3/balance');
    },
  },
  {
    code: -1021,
    status: 400,
    cause: 'a timestamp more than 1,000 ms ahead',
    provoke: async (bot) => {
      await bot.control('/faults', { switch: 'clk.jump', value: -2_000 });
      return bot.signed('GET', '/fapi/v3/balance');
    },
  },
  { code: -5028, status: 400, cause: 'an order that waited inside the venue until its window closed', provoke: late },
  {
    code: -1022,
    status: 400,
    cause: 'a signature over something else',
    provoke: (bot) => bot.open('GET', '/fapi/v3/balance', { timestamp: START_MS, signature: '0'.repeat(64) }),
  },
  { code: -2014, status: 401, cause: 'a key that is no key', provoke: (bot) => withKey(bot, 'abc') },
  { code: -2015, status: 401, cause: 'a key of somebody else', provoke: (bot) => withKey(bot, 'a'.repeat(64)) },
  {
    code: -1023,
    status: 400,
    cause: 'start after end',
    provoke: (bot) => bot.signed('GET', '/fapi/v1/income', { startTime: START_MS, endTime: START_MS - 1 }),
  },
  {
    code: -1100,
    status: 400,
    cause: 'letters in a number',
    provoke: (bot) => bot.open('GET', '/fapi/v1/klines', { symbol: ETH, interval: '1m', limit: 'ten' }),
  },
  {
    code: -1101,
    status: 400,
    cause: 'a parameter sent twice',
    provoke: (bot) => rawSigned(bot, 'POST', '/fapi/v1/order', `${query(BUY)}&symbol=BTCUSDT`),
  },
  { code: -1102, status: 400, cause: 'an order without side', provoke: (bot) => order(bot, without(BUY, 'side')) },
  { code: -1103, status: 400, cause: 'a parameter that no order has', provoke: (bot) => order(bot, { ...BUY, colour: 'red' }) },
  {
    code: -1104,
    status: 400,
    cause: 'stopPrice on an ordinary order',
    provoke: (bot) => order(bot, { ...LIMIT, stopPrice: '1950.00' }),
  },
  { code: -1104, status: 400, cause: 'callbackRate on a stop', provoke: (bot) => algo(bot, { ...STOP, callbackRate: '1' }) },
  {
    code: -1105,
    status: 400,
    cause: 'an empty newClientOrderId',
    provoke: (bot) => order(bot, { ...BUY, newClientOrderId: '' }),
  },
  { code: -1106, status: 400, cause: 'a MARKET with a price', provoke: (bot) => order(bot, { ...BUY, price: '2000.00' }) },
  {
    code: -1120,
    status: 400,
    cause: 'one-second candles',
    provoke: (bot) => bot.open('GET', '/fapi/v1/klines', { symbol: ETH, interval: '1s' }),
  },
  {
    code: -1121,
    status: 400,
    cause: 'an unknown symbol',
    provoke: (bot) => bot.open('GET', '/fapi/v1/depth', { symbol: 'NOPEUSDT' }),
  },
  {
    code: -1122,
    status: 400,
    cause: 'leverage of a halted contract',
    provoke: async (bot) => {
      await act(bot, { act: 'halt', symbol: ETH });
      return bot.signed('POST', '/fapi/v1/leverage', { symbol: ETH, leverage: 5 });
    },
  },
  {
    code: -1125,
    status: 400,
    cause: 'extending a listenKey that is not there',
    provoke: (bot) => bot.open('PUT', '/fapi/v1/listenKey'),
  },
  {
    code: -1127,
    status: 400,
    cause: 'trades of three days ago',
    provoke: (bot) =>
      bot.open('GET', '/fapi/v1/aggTrades', {
        symbol: ETH,
        startTime: START_MS - 72 * HOUR_MS,
        endTime: START_MS - 71.5 * HOUR_MS,
      }),
  },
  {
    code: -1130,
    status: 400,
    cause: 'limit 1501',
    provoke: (bot) => bot.open('GET', '/fapi/v1/klines', { symbol: ETH, interval: '1m', limit: 1_501 }),
  },
  {
    code: -1136,
    status: 400,
    cause: 'newOrderRespType FULL',
    provoke: (bot) => order(bot, { ...BUY, newOrderRespType: 'FULL' }),
  },
  {
    code: -4021,
    status: 400,
    cause: 'a depth of three levels',
    provoke: (bot) => bot.open('GET', '/fapi/v1/depth', { symbol: ETH, limit: 3 }),
  },
  {
    code: -4165,
    status: 400,
    cause: 'userTrades of eight days',
    provoke: (bot) =>
      bot.signed('GET', '/fapi/v1/userTrades', { symbol: ETH, startTime: START_MS - 192 * HOUR_MS, endTime: START_MS }),
  },
  {
    code: -4028,
    status: 400,
    cause: 'leverage above the first bracket',
    provoke: (bot) => bot.signed('POST', '/fapi/v1/leverage', { symbol: ETH, leverage: 51 }),
  },
  {
    code: -4046,
    status: 400,
    cause: 'the margin type it has',
    provoke: (bot) => bot.signed('POST', '/fapi/v1/marginType', { symbol: ETH, marginType: 'CROSSED' }),
  },
  {
    code: -4047,
    status: 400,
    cause: 'another margin type with an open order',
    provoke: async (bot) => {
      await order(bot, LIMIT);
      return bot.signed('POST', '/fapi/v1/marginType', { symbol: ETH, marginType: 'ISOLATED' });
    },
  },
  {
    code: -4048,
    status: 400,
    cause: 'another margin type with a position',
    provoke: async (bot) => {
      await order(bot, BUY);
      return bot.signed('POST', '/fapi/v1/marginType', { symbol: ETH, marginType: 'ISOLATED' });
    },
  },
  { code: -4059, status: 400, cause: 'the position mode it has', provoke: (bot) => hedge(bot, 'false') },
  {
    code: -4067,
    status: 400,
    cause: 'another position mode with an open order',
    provoke: async (bot) => {
      await order(bot, LIMIT);
      return hedge(bot);
    },
  },
  {
    code: -4068,
    status: 400,
    cause: 'another position mode with a position',
    provoke: async (bot) => {
      await order(bot, BUY);
      return hedge(bot);
    },
  },
  {
    code: -4161,
    status: 400,
    cause: 'less leverage under an isolated position',
    provoke: async (bot) => {
      await bot.signed('POST', '/fapi/v1/marginType', { symbol: ETH, marginType: 'ISOLATED' });
      await order(bot, BUY);
      return bot.signed('POST', '/fapi/v1/leverage', { symbol: ETH, leverage: 5 });
    },
  },
  {
    code: -4167,
    status: 400,
    cause: 'multi-assets mode',
    provoke: (bot) => bot.signed('POST', '/fapi/v1/multiAssetsMargin', { multiAssetsMargin: 'true' }),
  },
  {
    code: -4171,
    status: 400,
    cause: 'the asset mode it has',
    provoke: (bot) => bot.signed('POST', '/fapi/v1/multiAssetsMargin', { multiAssetsMargin: 'false' }),
  },
  {
    code: -4411,
    status: 400,
    cause: 'a stock contract before the agreement',
    options: unstocked,
    provoke: (bot) => order(bot, { ...BUY, symbol: 'TSLAUSDT' }),
  },
];
