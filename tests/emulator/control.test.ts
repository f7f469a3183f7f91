import { afterEach, describe, expect, it } from 'vitest';
import { START_MS } from './a-source.ts';
import { anExchange, type Json, type TestBot } from './an-exchange.ts';

let bot: TestBot;
afterEach(() => bot.close());

const clock = (body: unknown): Promise<Json> => bot.control('/clock', body);

/** The clock once the few wall milliseconds after the last request are over, in which it stands for "serving". */
async function quietClock(): Promise<Json> {
  for (;;) {
    const now = await clock({});
    if (now['heldBy'] !== 'serving') return now;
  }
}

describe('the held clock, over the door', () => {
  it('stands from the attachment to the first acknowledgement and then at each hold point, with everything sent before', async () => {
    bot = await anExchange({ speed: 600, begin: 'whenAttached' });
    const stream = await bot.stream('/market/ws/btcusdt@kline_1m/ethusdt@kline_1m');
    await clock({ attach: true });
    expect(await quietClock()).toMatchObject({ attached: true, held: true, heldBy: 'firstAck', nowMs: START_MS });
    await clock({ ack: START_MS - 60_000 });
    const met = await clock({ await: START_MS });
    expect(met).toMatchObject({ held: true, at: START_MS + 63_000, heldBy: 'minuteAck', holdTimeouts: 0 });
    await stream.fence();
    const finals = stream.heard.filter((frame) => (frame['k'] as Json)['x'] === true && (frame['k'] as Json)['t'] === START_MS);
    expect(finals.map((frame) => frame['s']).toSorted()).toEqual(['BTCUSDT', 'ETHUSDT']);
    await clock({ ack: START_MS });
    expect(await clock({ await: START_MS + 60_000 })).toMatchObject({ held: true, at: START_MS + 123_000 });
  });

  it('takes an order at the hold point at exactly that time', async () => {
    bot = await anExchange({ speed: 600, begin: 'whenAttached' });
    await clock({ attach: true });
    await clock({ ack: START_MS - 60_000 });
    await clock({ await: START_MS });
    const placed = await bot.signed('POST', '/fapi/v1/order', {
      symbol: 'ETHUSDT',
      side: 'BUY',
      type: 'MARKET',
      quantity: '0.5',
    });
    expect(placed.body['updateTime']).toBe(START_MS + 63_000);
    expect((await clock({}))['nowMs']).toBe(START_MS + 63_000);
  });

  it('changes speed, pauses and steps', async () => {
    bot = await anExchange();
    expect(await clock({ speed: 60 })).toMatchObject({ speed: 60, heldBy: 'paused' });
    expect(await clock({ stepMs: 1_234 })).toMatchObject({ nowMs: START_MS + 1_234 });
    expect((await bot.controlRaw('/clock', { speed: -1 })).status).toBe(400);
  });

  it('gives a bot that comes back in a spent minute the next minute, and holds there for its start', async () => {
    bot = await anExchange({ speed: 600, begin: 'whenAttached' });
    await clock({ attach: true });
    // The first life of the bot: 25 × 40 = 1,000 of the minute's 2,400, then it dies.
    await Promise.all(Array.from({ length: 25 }, () => bot.open('GET', '/fapi/v1/ticker/24hr')));
    expect(await quietClock()).toMatchObject({ nowMs: START_MS, heldBy: 'firstAck' });
    await clock({ attach: true });
    expect(await clock({ await: START_MS - 3_000 })).toMatchObject({ held: true });
    expect(await quietClock()).toMatchObject({ nowMs: START_MS + 60_000, heldBy: 'firstAck', holdTimeouts: 0 });
    expect((await bot.open('GET', '/fapi/v1/ping')).headers.get('x-mbx-used-weight-1m')).toBe('1');
  });

  it('does not let the minute turn for a bot that looked around before it attached', async () => {
    bot = await anExchange({ speed: 600, begin: 'whenAttached' });
    for (let i = 0; i < 5; i++) await bot.open('GET', '/fapi/v1/time');
    await clock({ attach: true });
    // The long poll answers at its end or when the clock is there: asked for where it stands, it answers at once.
    expect(await clock({ await: START_MS - 63_000 })).toMatchObject({ held: true, nowMs: START_MS });
    expect(await quietClock()).toMatchObject({ held: true, heldBy: 'firstAck', nowMs: START_MS });
  });

  it("lets a bot that used up the minute's weight into the next one", async () => {
    bot = await anExchange({ speed: 600, begin: 'whenAttached' });
    await clock({ attach: true });
    // ticker/24hr weighs 40: 60 of them are the minute's 2,400.
    const answers = await Promise.all(Array.from({ length: 61 }, () => bot.open('GET', '/fapi/v1/ticker/24hr')));
    const refused = answers.filter((answer) => answer.status === 429);
    expect(refused).toHaveLength(1);
    expect(refused[0]?.body['code']).toBe(-1003);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await clock({ await: START_MS - 63_000 + 60_000 })).toMatchObject({ held: true });
    expect((await bot.open('GET', '/fapi/v1/ping')).headers.get('x-mbx-used-weight-1m')).toBe('1');
  });
});

describe('scripted prices', () => {
  it('move last, mark and candles, touch their points exactly, and let the market go on from there', async () => {
    bot = await anExchange();
    await bot.control('/price', {
      symbol: 'BTCUSDT',
      path: [
        { ms: 0, price: 60_000 },
        { ms: 30_000, price: 61_000 },
      ],
    });
    const mark = async (): Promise<unknown> =>
      (await bot.open('GET', '/fapi/v1/premiumIndex', { symbol: 'BTCUSDT' })).body['markPrice'];
    expect(await mark()).toBe('60000.00000000');
    await bot.step(15_000);
    // Half-way between 60,000 and 61,000.
    expect(await mark()).toBe('60500.00000000');
    await bot.step(15_000);
    expect(await mark()).toBe('61000.00000000');
    await bot.step(33_000);
    const { body } = await bot.open('GET', '/fapi/v1/klines', { symbol: 'BTCUSDT', interval: '1m', limit: 2 });
    const [o, h, l, c] = ((body as unknown[][])[0] as unknown[]).slice(1, 5);
    // The source stands at its low (two ticks below the base) from 30 s to 45 s: 49,999.8 × ratio = 61,000, so the base it
    // returns to is 50,000 × 61,000 / 49,999.8 = 61,000.244, on the tick 61,000.2.
    expect([o, h, l, c]).toEqual(['60000.00', '61000.20', '60000.00', '61000.20']);
    const quarter = await bot.open('GET', '/fapi/v1/klines', { symbol: 'BTCUSDT', interval: '15m', limit: 2 });
    expect(((quarter.body as unknown[][])[0] as unknown[])[2]).toBe('50000.20');
    expect(((quarter.body as unknown[][])[1] as unknown[])[1]).toBe('60000.00');
  });

  it('are refused when they make no sense, with the reason', async () => {
    bot = await anExchange();
    const wrong = await bot.controlRaw('/price', {
      symbol: 'BTCUSDT',
      path: [
        { ms: 10, price: 1 },
        { ms: 5, price: 2 },
      ],
    });
    expect(wrong.status).toBe(400);
    expect(wrong.body['error']).toContain('rising ms');
  });
});

describe('venue acts', () => {
  it('close a position by hand and show it on the stream', async () => {
    bot = await anExchange();
    await bot.signed('POST', '/fapi/v1/order', { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '0.5' });
    const user = await bot.userStream();
    await bot.control('/act', { act: 'manualClose', symbol: 'ETHUSDT' });
    await user.fence();
    expect(user.heard.map((frame) => frame['e'])).toContain('ACCOUNT_UPDATE');
    expect((await bot.control('/state'))['positions']).toEqual([]);
  });

  it('are listed when an unknown one is asked for', async () => {
    bot = await anExchange();
    const wrong = await bot.controlRaw('/act', { act: 'dance' });
    expect(wrong.status).toBe(400);
    for (const name of ['manualClose', 'adl', 'delist', 'halt', 'outage', 'ban']) expect(wrong.body['error']).toContain(name);
  });

  it('ban the address with 418 and the time it ends', async () => {
    bot = await anExchange();
    await bot.control('/act', { act: 'ban', durationMs: 120_000 });
    const banned = await bot.open('GET', '/fapi/v1/ping');
    expect(banned.status).toBe(418);
    expect(banned.body['msg']).toContain(`banned until ${START_MS + 120_000}`);
  });
});

describe('what the door shows', () => {
  it('shows the clock, both order stores, the balance and the keys', async () => {
    bot = await anExchange();
    const state = await bot.control('/state');
    expect(Object.keys(state)).toEqual(expect.arrayContaining(['clock', 'positions', 'openOrders', 'openAlgoOrders', 'balance']));
    expect(state).toMatchObject({
      accountId: bot.exchange.accountId,
      apiKey: bot.exchange.apiKey,
      symbols: ['BTCUSDT', 'ETHUSDT', '币安人生USDT'],
      failures: { count: 0 },
    });
  });

  it('keeps every order and fill in the ledger', async () => {
    bot = await anExchange();
    await bot.signed('POST', '/fapi/v1/order', { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '0.5' });
    const ledger = await bot.control('/ledger');
    expect(ledger['orders']).toHaveLength(1);
    expect(ledger['fills']).toHaveLength(1);
    expect(ledger['positionHistory']).toMatchObject([{ symbol: 'ETHUSDT', signedQty: '0.5' }]);
  });

  it('has no other paths', async () => {
    bot = await anExchange();
    expect((await bot.controlRaw('/elsewhere')).status).toBe(404);
  });
});
