import { afterEach, describe, expect, it } from 'vitest';
import { destinationOf } from '../../src/emulator/stream-door.ts';
import { anExchange, type Json, type TestBot } from './an-exchange.ts';

let bot: TestBot;
afterEach(() => bot.close());

describe('control messages', () => {
  it('SET_PROPERTY turns frames into combined ones and back', async () => {
    bot = await anExchange();
    const stream = await bot.stream('/market/ws/btcusdt@markPrice');
    expect(await stream.ask({ method: 'GET_PROPERTY', params: ['combined'], id: 2 })).toEqual({ result: false, id: 2 });
    expect(await stream.ask({ method: 'SET_PROPERTY', params: ['combined', true], id: 5 })).toEqual({ result: null, id: 5 });
    await bot.step(3_000);
    await stream.fence();
    expect(stream.heard.at(-1)).toMatchObject({ stream: 'btcusdt@markPrice', data: { e: 'markPriceUpdate' } });
    expect(await stream.ask({ method: 'GET_PROPERTY', params: ['combined'], id: 3 })).toEqual({ result: true, id: 3 });
  });

  it.each([
    [
      { method: 'SET_PROPERTY', params: ['colour', true], id: 1 },
      { code: 0, msg: 'Unknown property' },
    ],
    [
      { method: 'GET_PROPERTY', params: ['colour'], id: 1 },
      { code: 0, msg: 'Unknown property' },
    ],
    [
      { method: 'SET_PROPERTY', params: ['combined', 'yes'], id: 1 },
      { code: 1, msg: 'Invalid value type: expected Boolean' },
    ],
    [
      { method: 'SET_PROPERTY', params: [7, true], id: 1 },
      { code: 2, msg: 'Invalid request: property name must be a string' },
    ],
    [
      { method: 'SET_PROPERTY', params: ['combined', true, 1], id: 1 },
      { code: 2, msg: 'Invalid request: too many parameters' },
    ],
    [
      { method: 'SUBSCRIBE', params: ['btcusdt@trade'], id: -1 },
      { code: 2, msg: 'Invalid request: request ID must be an unsigned integer' },
    ],
    [
      { params: ['btcusdt@trade'], id: 1 },
      { code: 2, msg: 'Invalid request: missing field `method`' },
    ],
    [
      { method: 'PRAY', params: [], id: 1 },
      {
        code: 2,
        msg: 'Invalid request: unknown variant `PRAY`, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY`',
      },
    ],
  ])('%j is answered with %j', async (message, answer) => {
    bot = await anExchange();
    const stream = await bot.stream('/market/ws');
    expect(await stream.ask(message)).toEqual(answer);
  });

  it('broken JSON is answered with the place where it breaks', async () => {
    bot = await anExchange();
    const stream = await bot.stream('/market/ws');
    stream.socket.send('{"method":}');
    await stream.fence();
    // The brace is the eleventh sign.
    expect(stream.heard[0]).toEqual({ code: 3, msg: 'Invalid JSON: expected value at line 1 column 11' });
  });
});

describe('listenKeys', () => {
  it.each([
    ['/private/ws/K1', [['K1', null]]],
    ['/private/ws?listenKey=K1', [['K1', null]]],
    ['/private/ws?listenKey=K1&events=ORDER_TRADE_UPDATE/ACCOUNT_UPDATE', [['K1', ['ORDER_TRADE_UPDATE', 'ACCOUNT_UPDATE']]]],
    [
      '/private/stream?listenKey=K1&events=TRADE_LITE&listenKey=K2',
      [
        ['K1', ['TRADE_LITE']],
        ['K2', null],
      ],
    ],
    [
      '/private/stream?listenKey=K1&listenKey=K2&events=TRADE_LITE',
      [
        ['K1', null],
        ['K2', ['TRADE_LITE']],
      ],
    ],
    ['/private/stream?streams=', []],
  ])('%s follows %j', (url, expected) => {
    const followed = destinationOf(url)?.listenKeys.map(({ key, events }) => [key, events === null ? null : [...events]]);
    expect(followed).toEqual(expected);
  });

  it('an allow-list lets through what it names and nothing else', async () => {
    bot = await anExchange();
    const { body } = await bot.open('POST', '/fapi/v1/listenKey');
    const stream = await bot.stream(`/private/stream?listenKey=${String(body['listenKey'])}&events=ACCOUNT_UPDATE`);
    await bot.signed('POST', '/fapi/v1/order', { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '0.5' });
    await bot.control('/faults', { switch: 'key.expire' });
    await stream.fence();
    expect(stream.heard.map((frame) => (frame['data'] as Json)['e'])).toEqual(['ACCOUNT_UPDATE']);
  });

  it('may be subscribed to like a stream, and comes wrapped under its name', async () => {
    bot = await anExchange();
    const key = String((await bot.open('POST', '/fapi/v1/listenKey')).body['listenKey']);
    const stream = await bot.stream('/private/stream?streams=');
    const id = '0123456789abcdef0123456789abcdef';
    expect(await stream.ask({ method: 'SUBSCRIBE', params: [key], id })).toEqual({ result: null, id });
    await bot.signed('POST', '/fapi/v1/leverage', { symbol: 'ETHUSDT', leverage: 10 });
    await stream.fence();
    expect(stream.heard.at(-1)).toMatchObject({ stream: key, data: { e: 'ACCOUNT_CONFIG_UPDATE', ac: { s: 'ETHUSDT', l: 10 } } });
  });
});
