import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { planFeeds } from '../../src/emulator/feed-plan.ts';
import type { Topic } from '../../src/emulator/stream-hub.ts';
import { sharedDir } from '../support/shared-data.ts';
import { aContract, aSource, START_MS } from './a-source.ts';
import { anExchange, type Json, type TestBot } from './an-exchange.ts';

let bot: TestBot;
afterEach(() => bot.close());

const words = (text: string): string[] => text.split(' ');
const keys = (value: unknown): string[] => Object.keys(value as Json);
const DEPTH = 'e E T s ps st U u pu b a';

/** Frames heard on a path while so much market time went by. */
async function hear(path: string, stepMs: number): Promise<Json[]> {
  const stream = await bot.stream(path);
  await bot.step(stepMs);
  await stream.fence();
  return stream.heard;
}

describe('each feed on its own root', () => {
  it.each([
    ['/public/ws/ethusdt@bookTicker', 'bookTicker', 'e u E T s ps b B a A st'],
    ['/public/ws/!bookTicker', 'bookTicker', 'e u E T s ps b B a A st'],
    ['/public/ws/ethusdt@depth5@100ms', 'depthUpdate', DEPTH],
    ['/public/ws/ethusdt@depth20', 'depthUpdate', DEPTH],
    ['/public/ws/ethusdt@trade', 'trade', 'e E T s t p q X m st'],
    ['/market/ws/ethusdt@aggTrade', 'aggTrade', 'e E s a p q nq f l T m st'],
    ['/market/ws/ethusdt@ticker', '24hrTicker', 'e E s p P w c Q o h l v q O C F L n ps st'],
    ['/market/ws/ethusdt@miniTicker', '24hrMiniTicker', 'e E s c o h l v q ps st'],
    ['/market/ws/ethusdt_perpetual@continuousKline_1m', 'continuous_kline', 'e E ps ct k st'],
    ['/market/ws/ethusdt@markPrice@1s', 'markPriceUpdate', 'e E s p ap i P r T st'],
  ])('%s carries %s with the keys of its sample', async (path, event, sample) => {
    bot = await anExchange();
    const frame = (await hear(path, 6_000))[0];
    expect(frame?.['e']).toBe(event);
    expect(keys(frame)).toEqual(words(sample));
  });

  it.each([
    '/market/ws/ethusdt@bookTicker',
    '/market/ws/ethusdt@depth5',
    '/public/ws/ethusdt@aggTrade',
    '/public/ws/!ticker@arr',
    '/ws/ethusdt@miniTicker',
    '/market/ws/0',
    '/market/ws/ETHUSDT@aggTrade',
    '/market/ws/ethusdt_current_quarter@continuousKline_1m',
    '/public/ws/ethusdt@depth7',
  ])('%s is silent', async (path) => {
    bot = await anExchange();
    expect(await hear(path, 6_000)).toEqual([]);
  });

  it('an un-routed connection is /public', async () => {
    bot = await anExchange();
    expect((await hear('/ws/ethusdt@bookTicker', 3_000))[0]).toMatchObject({ e: 'bookTicker', b: '1999.80', a: '2000.20' });
  });

  it('continuous candles name pair and type instead of a symbol', async () => {
    bot = await anExchange();
    const frame = (await hear('/market/ws/ethusdt_perpetual@continuousKline_1m', 1_000))[0];
    expect(frame).toMatchObject({ ps: 'ETHUSDT', ct: 'PERPETUAL' });
    expect(keys(frame?.['k'])).toEqual(words('t T i f L o c h l v n x q V Q B'));
  });
});

describe('the book feeds', () => {
  it('partial books have their depth and their beat', async () => {
    bot = await anExchange();
    const frames = await hear('/public/ws/ethusdt@depth10@500ms', 2_000);
    expect(frames.map((frame) => frame['E'])).toEqual([500, 1_000, 1_500, 2_000].map((ms) => START_MS + ms));
    expect(frames[0]?.['b']).toHaveLength(10);
    expect(frames[1]?.['pu']).toBe(frames[0]?.['u']);
  });

  it('differences continue from one to the next and rebuild the book that REST tells', async () => {
    bot = await anExchange();
    const stream = await bot.stream('/public/ws/ethusdt@depth@100ms');
    const snapshot = (await bot.open('GET', '/fapi/v1/depth', { symbol: 'ETHUSDT', limit: 1_000 })).body;
    const asks = new Map(snapshot['asks'] as [string, string][]);
    await bot.signed('POST', '/fapi/v1/order', { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '10' });
    // Over the rise of two ticks at 15 s and the fall below the base at 30 s.
    await bot.step(33_000);
    await stream.fence();
    const [first] = stream.heard;
    expect(Number(first?.['U'])).toBeLessThanOrEqual(Number(snapshot['lastUpdateId']) + 1);
    expect(Number(first?.['u'])).toBeGreaterThanOrEqual(Number(snapshot['lastUpdateId']));
    stream.heard.slice(1).forEach((frame, i) => {
      expect(frame['pu']).toBe(stream.heard[i]?.['u']);
    });
    for (const frame of stream.heard) {
      for (const [price, quantity] of frame['a'] as [string, string][]) {
        if (Number(quantity) === 0) asks.delete(price);
        else asks.set(price, quantity);
      }
    }
    const now = (await bot.open('GET', '/fapi/v1/depth', { symbol: 'ETHUSDT', limit: 1_000 })).body;
    const rebuilt = [...asks].sort((a, b) => Number(a[0]) - Number(b[0]));
    expect(rebuilt).toEqual(now['asks']);
  });

  it('differences are silent while the book stands still', async () => {
    bot = await anExchange();
    expect(await hear('/public/ws/ethusdt@depth', 12_000)).toEqual([]);
  });
});

describe('the trade feeds', () => {
  it('tell the same runs as REST, each once', async () => {
    bot = await anExchange();
    const frames = await hear('/market/ws/ethusdt@aggTrade', 60_000);
    const rest = (
      await bot.open('GET', '/fapi/v1/aggTrades', { symbol: 'ETHUSDT', startTime: START_MS + 1, endTime: START_MS + 60_000 })
    ).body;
    expect(frames.map((frame) => frame['a'])).toEqual((rest as unknown as Json[]).map((row) => row['a']));
  });
});

describe('the arrays of the whole market', () => {
  it.each([
    ['!ticker@arr', '24hrTicker'],
    ['!miniTicker@arr', '24hrMiniTicker'],
  ])('%s holds what changed, COIN-M rows among it', async (name, event) => {
    bot = await anExchange();
    const [rows] = (await hear(`/market/ws/${name}`, 1_000)) as unknown as Json[][];
    expect(rows?.map((row) => [row['s'], row['e'], row['st']])).toEqual([
      ['BTCUSDT', event, 1],
      ['BTCUSD_PERP', event, 2],
      ['ETHUSDT', event, 1],
      ['ETHUSD_PERP', event, 2],
      ['币安人生USDT', event, 1],
    ]);
  });

  it('!bookTicker is one object a contract, not an array', async () => {
    bot = await anExchange();
    const frames = await hear('/public/stream?streams=!bookTicker', 6_000);
    expect(frames.map((frame) => (frame['data'] as Json)['s'])).toEqual([
      'BTCUSDT',
      'BTCUSD_PERP',
      'ETHUSDT',
      'ETHUSD_PERP',
      '币安人生USDT',
    ]);
  });
});

describe('feeds about what happens', () => {
  it('a liquidation is told on both force-order streams', async () => {
    bot = await anExchange();
    await bot.signed('POST', '/fapi/v1/order', { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '0.5' });
    const one = await bot.stream('/market/ws/ethusdt@forceOrder');
    const all = await bot.stream('/market/ws/!forceOrder@arr');
    await bot.control('/act', { act: 'liquidate', symbol: 'ETHUSDT' });
    await one.fence();
    await all.fence();
    expect(keys(one.heard[0])).toEqual(words('e E o ps st'));
    expect(keys(one.heard[0]?.['o'])).toEqual(words('s S o f q p ap X l z T'));
    expect(one.heard[0]?.['o']).toMatchObject({ s: 'ETHUSDT', S: 'SELL', f: 'IOC', q: '0.500', X: 'FILLED' });
    expect(all.heard).toEqual(one.heard);
  });

  it('a halted contract is told on !contractInfo', async () => {
    bot = await anExchange();
    const stream = await bot.stream('/market/ws/!contractInfo');
    await bot.control('/act', { act: 'halt', symbol: 'ETHUSDT' });
    await stream.fence();
    expect(keys(stream.heard[0])).toEqual(words('e E s ps ct dt ot cs st'));
    expect(stream.heard[0]).toMatchObject({ s: 'ETHUSDT', cs: 'TRADING_HALT' });
  });

  it('a halted contract is halted in exchangeInfo as well, and trades again after the resumption', async () => {
    bot = await anExchange();
    const status = async (): Promise<unknown> =>
      ((await bot.open('GET', '/fapi/v1/exchangeInfo')).body['symbols'] as Json[]).find((row) => row['symbol'] === 'ETHUSDT')?.[
        'status'
      ];
    expect(await status()).toBe('TRADING');
    await bot.control('/act', { act: 'halt', symbol: 'ETHUSDT' });
    expect(await status()).toBe('TRADING_HALT');
    await bot.control('/act', { act: 'resume', symbol: 'ETHUSDT' });
    expect(await status()).toBe('TRADING');
  });

  it('tradingSession tells the hours of each market behind a TradFi contract', async () => {
    const contracts = [aContract('TSLAUSDT', { contractType: 'TRADIFI_PERPETUAL', underlyingType: 'EQUITY' })];
    bot = await anExchange({ source: aSource({ contracts }) });
    const frame = (await hear('/market/ws/tradingSession', 1_000))[0];
    // 08:00 UTC on a Monday: the early session of this market's plain week.
    expect(frame).toMatchObject({ e: 'EquityUpdate', t: START_MS, S: 'PRE_MARKET' });
  });
});

describe('the pace of the feeds', () => {
  const topics = (count: number): Topic[] =>
    Array.from({ length: count }, (_, index) => ({
      name: `s${index}@depth5@100ms`,
      meaning: { kind: 'depth', index, levels: 5, everyMs: 100 },
      listeners: new Set(),
    }));
  /** Frames a wall second: topics over their period, times the speed. */
  const load = (count: number, speed: number): number => {
    const { periods } = planFeeds(topics(count), { symbols: 648, speed });
    return [...periods].reduce((sum, [period, held]) => sum + (held.length * 1_000 * speed) / period, 0);
  };

  it.each([
    [1, 1],
    [648, 1],
    [648, 10],
    [648, 60],
    [648, 1_000],
  ])('%i books at %i× stay inside 2,000 frames a wall second', (count, speed) => {
    expect(load(count, speed)).toBeLessThanOrEqual(2_000);
  });

  it("is the venue's own at 1×", () => {
    expect([...planFeeds(topics(3), { symbols: 648, speed: 1 }).periods.keys()]).toEqual([100]);
  });
});

const fixtures = sharedDir('market-data/ws');

describe.skipIf(fixtures === null)('feeds beside recorded frames', () => {
  it.each([
    ['aggTrade', '/market/ws/ethusdt@aggTrade'],
    ['bookTicker', '/public/ws/ethusdt@bookTicker'],
    ['depthUpdate', '/public/ws/ethusdt@depth5'],
    ['24hrTicker', '/market/ws/ethusdt@ticker'],
    ['trade', '/public/ws/ethusdt@trade'],
    ['markPriceUpdate', '/market/ws/ethusdt@markPrice'],
  ])('%s has every key of the recorded one, with values of the same kind', async (event, path) => {
    bot = await anExchange();
    const file = gunzipSync(readFileSync(join(fixtures ?? '', 'nautilus_binance_futures_fixtures.jsonl.gz'))).toString('utf8');
    const recorded = file
      .trim()
      .split('\n')
      .map((line): { event: string | null; body: Json } => JSON.parse(line))
      .find((line) => line.event === event && !Array.isArray(line.body))?.body;
    const own = (await hear(path, 6_000))[0];
    const kinds = (frame: Json | undefined): Record<string, string> =>
      Object.fromEntries(Object.entries(frame ?? {}).map(([key, value]) => [key, Array.isArray(value) ? 'list' : typeof value]));
    expect(recorded).toBeDefined();
    expect(kinds(own)).toMatchObject(kinds(recorded));
  });
});
