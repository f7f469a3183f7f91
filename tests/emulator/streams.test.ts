import { afterEach, describe, expect, it } from 'vitest';
import { intervalOf } from '../../src/emulator/intervals.ts';
import { FrameShape } from '../../src/emulator/market-frames.ts';
import { formingFrames, isMarkInstant } from '../../src/emulator/publisher.ts';
import { destinationOf } from '../../src/emulator/stream-door.ts';
import { aContract, aSource, START_MS } from './a-source.ts';
import { anExchange, type Json, type TestBot } from './an-exchange.ts';

/** The candle before the start has its late final frame inside the first minute: only the first minute's own counts here. */
const isFinalOf = (frame: Json, openMs: number): boolean => {
  const k = frame['k'] as Json;
  return k['x'] === true && k['t'] === openMs;
};

describe('a market connection', () => {
  let bot: TestBot;
  afterEach(() => bot.close());

  it('sends the final candle once per minute, equal to the row of GET klines', async () => {
    bot = await anExchange();
    const stream = await bot.stream('/market/ws/btcusdt@kline_1m');
    await bot.step(63_000);
    await stream.fence();
    const finals = stream.heard.filter((frame) => isFinalOf(frame, START_MS));
    expect(finals).toHaveLength(1);
    const { k } = finals[0] as { k: Json };
    const { body } = await bot.open('GET', '/fapi/v1/klines', { symbol: 'BTCUSDT', interval: '1m', limit: 2 });
    const row = (body as unknown[][])[0] as unknown[];
    expect([k['t'], k['o'], k['h'], k['l'], k['c'], k['v'], k['T'], k['q'], k['n'], k['V'], k['Q'], k['B']]).toEqual(row);
    // Base 50,000, two ticks of 0.10 up and down, one unit traded.
    expect(row.slice(0, 6)).toEqual([START_MS, '50000.00', '50000.20', '49999.80', '50000.00', '1.000']);
  });

  it('is late with the final candle by 50 to 2,500 ms, or on time when asked to be', async () => {
    bot = await anExchange();
    const late = await bot.stream('/market/ws/btcusdt@kline_1m');
    await bot.step(63_000);
    await late.fence();
    const at = late.heard.find((frame) => isFinalOf(frame, START_MS))?.['E'] as number;
    expect(at).toBeGreaterThanOrEqual(START_MS + 60_050);
    expect(at).toBeLessThanOrEqual(START_MS + 62_500);
    await bot.close();
    bot = await anExchange({ finals: 'onTime' });
    const punctual = await bot.stream('/market/ws/btcusdt@kline_1m');
    await bot.step(60_000);
    await punctual.fence();
    expect(punctual.heard.find((frame) => isFinalOf(frame, START_MS))?.['E']).toBe(START_MS + 60_000);
  });

  it('sends forming candles that follow the path and only when something changed', async () => {
    bot = await anExchange();
    const stream = await bot.stream('/market/ws/ethusdt@kline_1m');
    await bot.step(59_000);
    await stream.fence();
    const candles = stream.heard.map((frame) => frame['k'] as Json);
    expect(candles.length).toBeGreaterThan(100);
    expect(candles.length).toBeLessThanOrEqual(240);
    expect(new Set(candles.map((k) => k['c']))).toEqual(new Set(['2000.00', '2000.20', '1999.80']));
    expect(candles.at(-1)).toMatchObject({ h: '2000.20', l: '1999.80', x: false });
  });

  it('sends all marks as one array every three seconds', async () => {
    bot = await anExchange();
    const stream = await bot.stream('/market/stream?streams=!markPrice@arr');
    await bot.step(6_000);
    await stream.fence();
    expect(stream.heard.map((frame) => [frame['stream'], (frame['data'] as unknown[]).length])).toEqual([
      ['!markPrice@arr', 3],
      ['!markPrice@arr', 3],
    ]);
    const mark = ((stream.heard[0] as Json)['data'] as Json[])[0];
    expect(Object.keys(mark ?? {})).toEqual(['e', 'E', 's', 'p', 'ap', 'i', 'P', 'r', 'T', 'st']);
    expect(mark).toMatchObject({ s: 'BTCUSDT', p: '50000.00000000', r: '0.00010000', T: START_MS + 8 * 3_600_000 });
  });

  it('sends the marks of traditional assets in a second message', async () => {
    const contracts = [aContract('BTCUSDT'), aContract('XAUUSDT', { contractType: 'TRADIFI_PERPETUAL' })];
    bot = await anExchange({ source: aSource({ contracts }) });
    const stream = await bot.stream('/market/ws/!markPrice@arr');
    await bot.step(3_000);
    await stream.fence();
    expect((stream.heard as unknown as Json[][]).map((array) => array.map((mark) => mark['s']))).toEqual([
      ['BTCUSDT'],
      ['XAUUSDT'],
    ]);
  });

  it('acknowledges nonsense and streams of another root, and stays silent on them', async () => {
    bot = await anExchange();
    const wrong = await bot.stream('/public/ws');
    expect(await wrong.ask({ method: 'SUBSCRIBE', params: ['btcusdt@kline_1m', 'btcusdt@moonPhase'], id: 1 })).toEqual({
      result: null,
      id: 1,
    });
    const unrouted = await bot.stream('/ws/btcusdt@kline_1m');
    await bot.step(63_000);
    await wrong.fence();
    await unrouted.fence();
    expect(wrong.heard).toHaveLength(1);
    expect(unrouted.heard).toEqual([]);
  });

  it('echoes ids of any type, lists subscriptions and forgets cancelled ones', async () => {
    bot = await anExchange();
    const stream = await bot.stream('/market/stream?streams=');
    expect(await stream.ask({ method: 'SUBSCRIBE', params: ['ethusdt@kline_1m', 'btcusdt@markPrice'], id: 'a1b2c3' })).toEqual({
      result: null,
      id: 'a1b2c3',
    });
    await stream.ask({ method: 'UNSUBSCRIBE', params: ['ethusdt@kline_1m'], id: 2 });
    expect(await stream.ask({ method: 'LIST_SUBSCRIPTIONS', id: null })).toEqual({ result: ['btcusdt@markPrice'], id: null });
    await bot.step(3_000);
    await stream.fence();
    expect(stream.heard.slice(3).map((frame) => frame['stream'])).toEqual(['btcusdt@markPrice']);
  });

  it('names what is wrong with a message', async () => {
    bot = await anExchange();
    const stream = await bot.stream('/market/ws');
    expect(await stream.ask({ method: 'DANCE', id: 9 })).toMatchObject({ code: 2 });
    stream.socket.send('{nonsense');
    await stream.fence();
    expect(stream.heard.at(-1)).toMatchObject({ code: 3 });
  });

  it('cuts off a client that sends more than ten messages a second', async () => {
    bot = await anExchange();
    const stream = await bot.stream('/market/ws');
    const closed = new Promise<number>((resolve) => stream.socket.once('close', resolve));
    for (let id = 0; id < 30; id++) stream.socket.send(JSON.stringify({ method: 'LIST_SUBSCRIPTIONS', id }));
    expect(await closed).toBe(1008);
  });

  it('ends after a day of market time', async () => {
    bot = await anExchange();
    const stream = await bot.stream('/market/ws');
    const closed = new Promise<number>((resolve) => stream.socket.once('close', resolve));
    await bot.step(86_400_000);
    expect(await closed).toBe(1001);
  });
});

describe('a private connection', () => {
  let bot: TestBot;
  afterEach(() => bot.close());

  it('hears listenKeyExpired after an hour and nothing more, with the socket left open', async () => {
    bot = await anExchange();
    const user = await bot.userStream();
    await bot.step(3_600_000);
    await user.fence();
    expect(user.heard.map((frame) => frame['e'])).toEqual(['listenKeyExpired']);
    await bot.signed('POST', '/fapi/v1/order', { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '0.5' });
    await user.fence();
    expect(user.heard).toHaveLength(1);
    expect((await bot.signed('PUT', '/fapi/v1/listenKey')).body).toMatchObject({ code: -1125 });
  });

  it('delivers only the events it was allowed, wrapped when the connection is combined', async () => {
    bot = await anExchange();
    const key = String((await bot.signed('POST', '/fapi/v1/listenKey')).body['listenKey']);
    const user = await bot.stream(`/private/stream?listenKey=${key}&events=ORDER_TRADE_UPDATE`);
    await bot.signed('POST', '/fapi/v1/order', { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '0.5' });
    await user.fence();
    expect(user.heard.map((frame) => [frame['stream'], (frame['data'] as Json)['e']])).toEqual([
      [key, 'ORDER_TRADE_UPDATE'],
      [key, 'ORDER_TRADE_UPDATE'],
    ]);
  });

  it('takes a listenKey by subscription as well', async () => {
    bot = await anExchange();
    const key = String((await bot.signed('POST', '/fapi/v1/listenKey')).body['listenKey']);
    const user = await bot.stream('/private/stream?streams=');
    await user.ask({ method: 'SUBSCRIBE', params: [key], id: 'x' });
    await bot.signed('POST', '/fapi/v1/leverage', { symbol: 'ETHUSDT', leverage: 7 });
    await user.fence();
    expect(user.heard.at(-1)).toMatchObject({ stream: key, data: { e: 'ACCOUNT_CONFIG_UPDATE', ac: { s: 'ETHUSDT', l: 7 } } });
  });
});

describe('where a connection goes', () => {
  it.each([
    ['/market/ws/btcusdt@kline_1m/ethusdt@kline_1m', 'market', 'raw', ['btcusdt@kline_1m', 'ethusdt@kline_1m']],
    ['/market/stream?streams=btcusdt@kline_1m', 'market', 'combined', ['btcusdt@kline_1m']],
    ['/market/stream?streams=', 'market', 'combined', []],
    ['/market/ws/0', 'market', 'raw', ['0']],
    ['/market/ws/%E5%B8%81%E5%AE%89usdt@kline_1m', 'market', 'raw', ['币安usdt@kline_1m']],
    ['/ws', 'public', 'raw', []],
    ['/stream?streams=btcusdt@bookTicker', 'public', 'combined', ['btcusdt@bookTicker']],
  ])('%s', (url, root, framing, streams) => {
    expect(destinationOf(url)).toMatchObject({ target: { root, framing }, streams });
  });

  it('is nowhere for other paths', () => {
    expect(destinationOf('/market')).toBeNull();
    expect(destinationOf('/elsewhere/ws')).toBeNull();
  });
});

describe('how many frames leave', () => {
  it.each([
    // floor(240/S) a minute …
    [1, 3, 240],
    [60, 3, 4],
    [241, 3, 0],
    // … and 6,000 a wall second in all: 6,000 × 60 / (60 × 648) = 9.26 leaves room for 4, at 120× 4.6 leaves 2 of 3.6.
    [60, 648, 4],
    [1, 648, 240],
    [120, 1_296, 1],
  ])('at speed %d with %d streams: %d forming frames a minute', (speed, streams, frames) => {
    expect(formingFrames(speed, streams)).toBe(frames);
    expect(((frames + 1) * streams * speed) / 60).toBeLessThanOrEqual(6_000);
  });

  it('always sends the mark array of T+3 s and never more than one in three seconds', () => {
    for (const speed of [1, 20, 60, 600]) expect(isMarkInstant(START_MS + 3_000, speed)).toBe(true);
    const atSixty = Array.from({ length: 20 }, (_, i) => START_MS + i * 3_000).filter((at) => isMarkInstant(at, 60));
    expect(atSixty.length).toBeLessThanOrEqual(7);
  });

  it('builds 20,000 kline frames in far less than a second', () => {
    const shape = new FrameShape(aContract('BTCUSDT'));
    const interval = intervalOf('1m');
    if (interval === null) throw new Error('1m is an interval');
    const bar = {
      openMs: START_MS,
      open: 1,
      high: 2,
      low: 1,
      close: 2,
      volume: 3,
      quoteVolume: 4,
      trades: 5,
      takerBuyVolume: 1,
      takerBuyQuoteVolume: 2,
    };
    const began = performance.now();
    let size = 0;
    for (let i = 0; i < 20_000; i++)
      size += shape.kline({ name: 'x', index: 0, interval, form: 'plain' }, bar, { stage: 'forming', atMs: START_MS }).length;
    expect(size).toBeGreaterThan(20_000 * 200);
    // 3,240 frames a second leave at 60×; a quarter of a core would be 77 µs each, twice that is allowed here.
    expect(performance.now() - began).toBeLessThan(20_000 * 0.154);
  });
});
