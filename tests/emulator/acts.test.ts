// Every act of the control door, and what a client sees of it afterwards.
import { afterEach, describe, expect, it } from 'vitest';
import { START_MS } from './a-source.ts';
import { type Answered, anExchange, type Fields, type Json, type TestBot } from './an-exchange.ts';
import { act, algo, BUY, ETH, hedge, order, STOP } from './cause.ts';

let bot: TestBot;
afterEach(() => bot.close());

const SALE = { ...BUY, side: 'SELL' } as const;
const held = async (): Promise<unknown> => {
  const { body } = await bot.signed('GET', '/fapi/v3/positionRisk', { symbol: ETH });
  return (body as unknown as Json[]).map((row) => Number(row['positionAmt']));
};
const rows = async (path: string, fields: Fields = {}): Promise<Json[]> =>
  (await bot.signed('GET', path, { symbol: ETH, ...fields })).body as unknown as Json[];
const contract = async (): Promise<Json> => {
  const { body } = await bot.open('GET', '/fapi/v1/exchangeInfo');
  return (body['symbols'] as Json[]).find((row) => row['symbol'] === ETH) as Json;
};
const code = (answer: Answered): unknown => answer.body['code'];

/** An account that is long half an ETH. */
async function long(): Promise<void> {
  bot = await anExchange();
  await order(bot, BUY);
}

describe('acts on a position', () => {
  it('manualOpen opens one that no order of the bot explains', async () => {
    bot = await anExchange();
    await act(bot, { act: 'manualOpen', symbol: ETH, side: 'SELL', quantity: '0.3' });
    expect(await held()).toEqual([-0.3]);
    expect(String((await rows('/fapi/v1/allOrders'))[0]?.['clientOrderId'])).toMatch(/^web_/);
  });

  it('manualClose leaves the account flat', async () => {
    await long();
    await act(bot, { act: 'manualClose', symbol: ETH });
    expect(await held()).toEqual([]);
  });

  it('manualFlip turns it around', async () => {
    await long();
    await act(bot, { act: 'manualFlip', symbol: ETH });
    expect(await held()).toEqual([-0.5]);
  });

  it('adl takes a part of it at no fee', async () => {
    await long();
    await act(bot, { act: 'adl', symbol: ETH, fraction: 0.5 });
    expect(await held()).toEqual([0.25]);
    expect((await rows('/fapi/v1/forceOrders', { autoCloseType: 'ADL' })).map((row) => row['clientOrderId'])).toEqual([
      'adl_autoclose',
    ]);
    expect((await rows('/fapi/v1/userTrades')).at(-1)).toMatchObject({ commission: '0.00000000' });
  });

  it('liquidate takes all of it and the fee', async () => {
    await long();
    await act(bot, { act: 'liquidate', symbol: ETH });
    expect(await held()).toEqual([]);
    expect(await rows('/fapi/v1/forceOrders', { autoCloseType: 'LIQUIDATION' })).toHaveLength(1);
    expect(await rows('/fapi/v1/income', { incomeType: 'INSURANCE_CLEAR' })).toHaveLength(1);
  });

  it('funding pays at once: 0.5 × 2,000 × 0.001', async () => {
    await long();
    await act(bot, { act: 'funding', symbol: ETH, rate: '0.001' });
    expect(await rows('/fapi/v1/income', { incomeType: 'FUNDING_FEE' })).toMatchObject([{ income: '-1.00000000' }]);
  });

  it('settle closes it, and the contract takes no order any more', async () => {
    await long();
    await act(bot, { act: 'settle', symbol: ETH });
    expect(await held()).toEqual([]);
    expect((await contract())['status']).toBe('SETTLING');
    expect(code(await order(bot, BUY))).toBe(-4140);
  });
});

describe('acts on orders', () => {
  it('cancelStop takes the stop away and leaves the position naked', async () => {
    await long();
    await algo(bot, STOP);
    await act(bot, { act: 'cancelStop', symbol: ETH });
    expect(await rows('/fapi/v1/openAlgoOrders')).toEqual([]);
    await bot.step(3_000);
    expect((await bot.control('/naked'))['intervals']).toContainEqual(
      expect.objectContaining({ symbol: ETH, fromMs: START_MS, toMs: START_MS + 3_000 }),
    );
  });

  it('orphans plants two reduce-only conditionals of nobody', async () => {
    bot = await anExchange();
    await act(bot, { act: 'orphans', symbol: ETH });
    const planted = await rows('/fapi/v1/openAlgoOrders');
    // 3 % to both sides of 2,000.
    expect(planted.map((row) => [row['triggerPrice'], row['reduceOnly']])).toEqual([
      ['1940.00', true],
      ['2060.00', true],
    ]);
  });

  it('partial fills that share of the next MARKET order; the rest expires with er 9', async () => {
    bot = await anExchange();
    const user = await bot.userStream();
    await act(bot, { act: 'partial', symbol: ETH, fraction: 0.4 });
    await order(bot, BUY);
    await user.fence();
    const last = user.heard.at(-1)?.['o'] as Json;
    expect([last['X'], last['z'], last['er']]).toEqual(['EXPIRED', '0.200', '9']);
  });

  it('thinBook leaves so much on so many levels', async () => {
    bot = await anExchange();
    await act(bot, { act: 'thinBook', symbol: ETH, levelUsdt: 400, levels: 2 });
    const { body } = await bot.open('GET', '/fapi/v1/depth', { symbol: ETH, limit: 5 });
    // 400 USDT buy 0.199 ETH at 2,000.20 and at 2,000.40.
    expect((body['asks'] as string[][]).map((level) => level[1])).toEqual(['0.199', '0.199']);
  });
});

describe('acts on the contract', () => {
  it('halt stops entries and exits', async () => {
    await long();
    await act(bot, { act: 'halt', symbol: ETH });
    expect(code(await order(bot, BUY))).toBe(-4140);
    expect(code(await order(bot, { ...SALE, reduceOnly: 'true' }))).toBe(-4141);
  });

  it('delist announces a day on which it ends, and nothing else yet', async () => {
    bot = await anExchange();
    await act(bot, { act: 'delist', symbol: ETH });
    expect(await contract()).toMatchObject({ status: 'TRADING', deliveryDate: START_MS + 86_400_000 });
  });

  it('tick changes the grid of its prices', async () => {
    bot = await anExchange();
    const off = { ...BUY, type: 'LIMIT', timeInForce: 'GTC', price: '1900.20' };
    expect((await order(bot, off)).status).toBe(200);
    await act(bot, { act: 'tick', symbol: ETH, tickSize: '0.50' });
    expect(code(await order(bot, off))).toBe(-4014);
  });
});

describe('acts on the account and the venue', () => {
  it('mode switches to hedge behind the bot’s back: its orders meet -4061', async () => {
    await long();
    await act(bot, { act: 'mode', mode: 'HEDGE' });
    expect(code(await order(bot, BUY))).toBe(-4061);
    expect(code(await hedge(bot, 'true'))).toBe(-4059);
  });

  it('margin takes money out', async () => {
    bot = await anExchange();
    await act(bot, { act: 'margin', deltaUsdt: '-2500' });
    const { body } = await bot.signed('GET', '/fapi/v3/balance');
    expect((body as unknown as Json[])[0]).toMatchObject({ balance: '7500.00000000' });
  });

  it('ban answers 418 to everything', async () => {
    bot = await anExchange();
    await act(bot, { act: 'ban', durationMs: 120_000 });
    expect((await bot.open('GET', '/fapi/v1/ping')).status).toBe(418);
  });

  it('outage answers 503 and cuts the streams', async () => {
    bot = await anExchange();
    const stream = await bot.stream('/market/ws/btcusdt@markPrice');
    const closed = new Promise((resolve) => stream.socket.once('close', resolve));
    await act(bot, { act: 'outage', durationMs: 60_000 });
    await closed;
    expect((await bot.open('GET', '/fapi/v1/ping')).status).toBe(503);
  });
});
