import { afterEach, describe, expect, it } from 'vitest';
import { aContract, aSource, START_MS } from './a-source.ts';
import { anExchange, type Fields, type Json, type TestBot } from './an-exchange.ts';

let bot: TestBot;
afterEach(() => bot.close());

const rows = (body: unknown): Json[] => body as Json[];
const get = async (path: string, fields: Fields = {}): Promise<Json[]> => rows((await bot.open('GET', path, fields)).body);
const HOUR_MS = 3_600_000;

describe('relatives of the candle', () => {
  it('continuousKlines are the candles of a pair and its contract type', async () => {
    bot = await anExchange();
    const asked = { interval: '1m', limit: 3 };
    const plain = await get('/fapi/v1/klines', { symbol: 'ETHUSDT', ...asked });
    const continuous = await get('/fapi/v1/continuousKlines', { pair: 'ETHUSDT', contractType: 'PERPETUAL', ...asked });
    expect(continuous).toEqual(plain);
    const other = await bot.open('GET', '/fapi/v1/continuousKlines', {
      pair: 'ETHUSDT',
      contractType: 'CURRENT_QUARTER',
      ...asked,
    });
    expect(other.body['code']).toBe(-1121);
  });

  it.each([
    ['/fapi/v1/markPriceKlines', 'symbol'],
    ['/fapi/v1/indexPriceKlines', 'pair'],
  ])('%s have prices of eight places and no volume', async (path, name) => {
    bot = await anExchange();
    const [row] = (await get(path, {
      [name]: 'ETHUSDT',
      interval: '5m',
      startTime: START_MS - 300_000,
      limit: 1,
    })) as unknown as unknown[][];
    // The market of this test has mark = last; 300 samples in five minutes.
    expect(row).toEqual([
      START_MS - 300_000,
      '2000.00000000',
      '2000.20000000',
      '1999.80000000',
      '2000.00000000',
      '0',
      START_MS - 1,
      '0',
      300,
      '0',
      '0',
      '0',
    ]);
  });

  it('premiumIndexKlines are nought where last and index agree', async () => {
    bot = await anExchange();
    const [row] = (await get('/fapi/v1/premiumIndexKlines', {
      symbol: 'ETHUSDT',
      interval: '1m',
      limit: 1,
    })) as unknown as unknown[][];
    expect(row?.slice(1, 5)).toEqual(['0.00000000', '0.00000000', '0.00000000', '0.00000000']);
  });
});

describe('the public tape', () => {
  it('aggTrades come newest, by span or from an id on', async () => {
    bot = await anExchange({ fromMs: START_MS + 120_000 });
    const newest = await get('/fapi/v1/aggTrades', { symbol: 'ETHUSDT', limit: 4 });
    expect(newest).toHaveLength(4);
    expect(Object.keys(newest[0] ?? {})).toEqual(['a', 'p', 'q', 'nq', 'f', 'l', 'T', 'm']);
    const span = await get('/fapi/v1/aggTrades', { symbol: 'ETHUSDT', startTime: START_MS, endTime: START_MS + 59_999 });
    // One unit traded in the minute.
    expect(span.reduce((sum, row) => sum + Number(row['q']), 0)).toBeCloseTo(1, 9);
    const from = await get('/fapi/v1/aggTrades', { symbol: 'ETHUSDT', fromId: String(span[1]?.['a']), limit: 2 });
    expect(from).toEqual(span.slice(1, 3));
  });

  it.each([
    [{ symbol: 'ETHUSDT', startTime: START_MS - HOUR_MS, endTime: START_MS }, -4165],
    [{ symbol: 'ETHUSDT', startTime: START_MS, endTime: START_MS - 1 }, -1023],
    [{ symbol: 'ETHUSDT', limit: 1_001 }, -1130],
    [{ symbol: 'NOPEUSDT' }, -1121],
  ])('aggTrades of %j are refused with %i', async (fields, code) => {
    bot = await anExchange();
    expect((await bot.open('GET', '/fapi/v1/aggTrades', fields)).body['code']).toBe(code);
  });

  it('looks back two days at most', async () => {
    bot = await anExchange();
    const old = START_MS - 49 * HOUR_MS;
    const refused = await get('/fapi/v1/aggTrades', { symbol: 'ETHUSDT', startTime: old, endTime: old + 60_000 });
    expect(refused).toMatchObject({ code: -1127 });
  });

  it('trades weigh 5, historicalTrades 200, and both tell the same', async () => {
    bot = await anExchange();
    const trades = await bot.open('GET', '/fapi/v1/trades', { symbol: 'ETHUSDT', limit: 5 });
    expect(trades.headers.get('x-mbx-used-weight-1m')).toBe('5');
    expect(Object.keys(rows(trades.body)[0] ?? {})).toEqual([
      'id',
      'price',
      'qty',
      'quoteQty',
      'time',
      'isBuyerMaker',
      'isRPITrade',
    ]);
    const fromId = String(rows(trades.body)[0]?.['id']);
    const older = await bot.open('GET', '/fapi/v1/historicalTrades', { symbol: 'ETHUSDT', fromId, limit: 5 });
    expect(older.body).toEqual(trades.body);
    expect(older.headers.get('x-mbx-used-weight-1m')).toBe('205');
    expect((await bot.open('GET', '/fapi/v1/historicalTrades', { symbol: 'ETHUSDT', limit: 501 })).body['code']).toBe(-1130);
  });
});

describe('funding', () => {
  it('fundingRate tells the newest settlements, ascending, with their kind', async () => {
    bot = await anExchange();
    const found = await get('/fapi/v1/fundingRate', { symbol: 'ETHUSDT', limit: 3 });
    // The market begins at 08:00, which is a settlement itself: 08:00, 00:00 and 16:00 of the day before.
    expect(found.map((row) => row['fundingTime'])).toEqual([START_MS - 16 * HOUR_MS, START_MS - 8 * HOUR_MS, START_MS]);
    expect(found[0]).toEqual({
      symbol: 'ETHUSDT',
      fundingTime: START_MS - 16 * HOUR_MS,
      fundingRate: '0.00010000',
      markPrice: '2000.00000000',
      rateType: 'Regular',
    });
  });

  it('fundingRate from a start on tells the oldest', async () => {
    bot = await anExchange();
    const found = await get('/fapi/v1/fundingRate', { symbol: 'ETHUSDT', startTime: START_MS - 24 * HOUR_MS + 1, limit: 1 });
    expect(found.map((row) => row['fundingTime'])).toEqual([START_MS - 16 * HOUR_MS]);
  });

  it('has a pool of 500 in five minutes and no weight header', async () => {
    bot = await anExchange();
    const first = await bot.open('GET', '/fapi/v1/fundingInfo');
    expect(first.headers.get('x-mbx-used-weight-1m')).toBeNull();
    for (let i = 1; i < 500; i++) await bot.open('GET', '/fapi/v1/fundingInfo');
    const over = await bot.open('GET', '/fapi/v1/fundingRate', { symbol: 'ETHUSDT' });
    expect([over.status, over.body['code']]).toEqual([429, -1003]);
    // The other pool has not noticed.
    expect((await bot.open('GET', '/fapi/v1/ping')).status).toBe(200);
  });

  it.each([
    [1, 3],
    [4, 1],
    [8, 1],
  ])('a contract of %i h pays each time its own hours are over', async (fundingIntervalHours, payments) => {
    const contracts = [aContract('ETHUSDT', { fundingIntervalHours: fundingIntervalHours as 1 | 4 | 8 })];
    bot = await anExchange({ source: aSource({ contracts }), fromMs: START_MS - 60_000 });
    await bot.signed('POST', '/fapi/v1/order', { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '0.001' });
    await bot.signed('POST', '/fapi/v1/order', { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '0.5' });
    // Over 08:00, 09:00 and 10:00.
    for (let minutes = 0; minutes < 125; minutes += 25) await bot.step(25 * 60_000);
    const { body } = await bot.signed('GET', '/fapi/v1/income', { incomeType: 'FUNDING_FEE' });
    expect(body).toHaveLength(payments);
  });
});

describe('figures about risk and rules', () => {
  it('ticker/price answers in both versions', async () => {
    bot = await anExchange();
    for (const path of ['/fapi/v1/ticker/price', '/fapi/v2/ticker/price'])
      expect((await bot.open('GET', path, { symbol: 'ETHUSDT' })).body).toEqual({
        symbol: 'ETHUSDT',
        price: '2000.00',
        time: START_MS,
      });
  });

  it('the book is the one that orders are filled from', async () => {
    bot = await anExchange();
    const before = (await bot.open('GET', '/fapi/v1/depth', { symbol: 'ETHUSDT', limit: 5 })).body;
    // 50,000 USDT on each level: 50,000 / 2,000.20 = 24.9975, in whole steps of 0.001.
    expect((before['asks'] as string[][])[0]).toEqual(['2000.20', '24.997']);
    await bot.signed('POST', '/fapi/v1/order', { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '10' });
    const after = (await bot.open('GET', '/fapi/v1/depth', { symbol: 'ETHUSDT', limit: 5 })).body;
    expect((after['asks'] as string[][])[0]).toEqual(['2000.20', '14.997']);
    await bot.control('/act', { act: 'thinBook', symbol: 'ETHUSDT', levelUsdt: 1_000, levels: 2 });
    expect((await bot.open('GET', '/fapi/v1/depth', { symbol: 'ETHUSDT', limit: 5 })).body['bids']).toHaveLength(2);
  });

  it('openInterest, symbolAdlRisk, insuranceBalance and assetIndex have the keys of their samples', async () => {
    bot = await anExchange();
    const keys = async (path: string, fields: Fields): Promise<string[]> =>
      Object.keys((await bot.open('GET', path, fields)).body);
    expect(await keys('/fapi/v1/openInterest', { symbol: 'ETHUSDT' })).toEqual(['symbol', 'openInterest', 'time']);
    expect(await keys('/fapi/v1/symbolAdlRisk', { symbol: 'ETHUSDT' })).toEqual(['symbol', 'adlRisk', 'updateTime']);
    expect(await keys('/fapi/v1/insuranceBalance', { symbol: 'ETHUSDT' })).toEqual(['symbols', 'assets']);
    expect(await get('/fapi/v1/symbolAdlRisk')).toHaveLength(3);
    expect((await get('/fapi/v1/assetIndex')).map((row) => row['symbol'])).toEqual(['BTCUSD', 'ETHUSD']);
    expect((await bot.open('GET', '/fapi/v1/assetIndex', { symbol: 'NOPEUSD' })).body['code']).toBe(-1121);
  });

  it('tradingSchedule knows the hours of the markets behind TradFi contracts', async () => {
    const contracts = [aContract('TSLAUSDT', { contractType: 'TRADIFI_PERPETUAL', underlyingType: 'EQUITY' })];
    bot = await anExchange({ source: aSource({ contracts }) });
    const { body } = await bot.open('GET', '/fapi/v1/tradingSchedule');
    const { sessions } = (body['marketSchedules'] as Record<string, { sessions: Json[] }>)['EQUITY'] ?? { sessions: [] };
    // 2026-03-02 is a Monday: the night session first; Saturday is the sixth day.
    expect(sessions[0]).toEqual({ startTime: START_MS - 8 * HOUR_MS, endTime: START_MS, type: 'OVERNIGHT' });
    expect(sessions.map((session) => session['type'])).toContain('NO_TRADING');
  });

  it.each([
    ['/fapi/v1/aggTrades', { symbol: 'ETHUSDT' }, 20],
    ['/fapi/v1/ticker/price', {}, 2],
    ['/fapi/v1/ticker/price', { symbol: 'ETHUSDT' }, 1],
    ['/fapi/v1/markPriceKlines', { symbol: 'ETHUSDT', interval: '1m', limit: 99 }, 1],
    ['/fapi/v1/markPriceKlines', { symbol: 'ETHUSDT', interval: '1m', limit: 499 }, 2],
    ['/fapi/v1/markPriceKlines', { symbol: 'ETHUSDT', interval: '1m' }, 5],
    ['/fapi/v1/openInterest', { symbol: 'ETHUSDT' }, 1],
    ['/fapi/v1/symbolAdlRisk', {}, 1],
    ['/fapi/v1/insuranceBalance', {}, 1],
    ['/fapi/v1/assetIndex', {}, 10],
    ['/fapi/v1/assetIndex', { symbol: 'ETHUSD' }, 1],
    ['/fapi/v1/tradingSchedule', {}, 5],
  ] as const)('%s %j weighs %i', async (path, fields, weight) => {
    bot = await anExchange();
    expect((await bot.open('GET', path, fields)).headers.get('x-mbx-used-weight-1m')).toBe(String(weight));
  });

  it.each([
    ['GET', '/fapi/v1/forceOrders', {}, 50],
    ['GET', '/fapi/v1/forceOrders', { symbol: 'ETHUSDT' }, 20],
    ['GET', '/fapi/v1/adlQuantile', {}, 5],
    ['GET', '/fapi/v1/apiTradingStatus', {}, 10],
    ['GET', '/fapi/v1/apiTradingStatus', { symbol: 'ETHUSDT' }, 1],
    ['GET', '/fapi/v1/orderAmendment', { symbol: 'ETHUSDT' }, 1],
    ['GET', '/fapi/v1/positionMargin/history', { symbol: 'ETHUSDT' }, 1],
    ['POST', '/fapi/v1/countdownCancelAll', { symbol: 'ETHUSDT', countdownTime: 0 }, 10],
    ['POST', '/fapi/v1/stock/contract', {}, 50],
    ['DELETE', '/fapi/v1/batchOrders', { symbol: 'ETHUSDT', orderIdList: '[1]' }, 1],
  ] as const)('%s %s %j weighs %i', async (method, path, fields, weight) => {
    bot = await anExchange();
    expect((await bot.signed(method, path, fields)).headers.get('x-mbx-used-weight-1m')).toBe(String(weight));
  });
});
