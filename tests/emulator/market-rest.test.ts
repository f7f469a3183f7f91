import { afterEach, describe, expect, it } from 'vitest';
import { intervalOf } from '../../src/emulator/intervals.ts';
import { Limits } from '../../src/emulator/limits.ts';
import { VenueRefusal } from '../../src/emulator/venue-error.ts';
import { pad, placesOf } from '../../src/emulator/wire-number.ts';
import { aSource, START_MS } from './a-source.ts';
import { anExchange, type Fields, type Json, type TestBot } from './an-exchange.ts';

describe('market data over REST', () => {
  let bot: TestBot;
  afterEach(() => bot.close());

  const klines = async (fields: Fields): Promise<unknown[][]> =>
    (await bot.open('GET', '/fapi/v1/klines', { symbol: 'BTCUSDT', interval: '1m', ...fields })).body as unknown as unknown[][];

  it('ends klines with the candle that is still open', async () => {
    bot = await anExchange();
    await bot.step(40_000);
    const rows = await klines({ limit: 3 });
    expect(rows.map((row) => row[0])).toEqual([START_MS - 120_000, START_MS - 60_000, START_MS]);
    // 40 s into the minute the path has been two ticks up and stands two ticks down; 40,001 of 60,000 ms of the one unit.
    expect(rows[2]?.slice(1, 6)).toEqual(['50000.00', '50000.20', '49999.80', '49999.80', '0.667']);
    expect(rows[0]).toHaveLength(12);
  });

  it('reads the first rows from a start time on, and the newest before an end time', async () => {
    bot = await anExchange();
    const from = await klines({ startTime: START_MS - 600_000 + 1, limit: 2 });
    expect(from.map((row) => row[0])).toEqual([START_MS - 540_000, START_MS - 480_000]);
    const until = await klines({ endTime: START_MS - 600_000, limit: 2 });
    expect(until.map((row) => row[0])).toEqual([START_MS - 660_000, START_MS - 600_000]);
    const between = await klines({ startTime: START_MS - 300_000, endTime: START_MS - 240_001 });
    expect(between.map((row) => row[0])).toEqual([START_MS - 300_000]);
  });

  it.each([
    [{ interval: '1s' }, -1120],
    [{ limit: 1_501 }, -1130],
    [{ symbol: 'NOPEUSDT' }, -1121],
    [{ startTime: 2, endTime: 1 }, -1023],
    [{ symbol: '' }, -1102],
  ])('refuses klines with %j by code %d', async (fields, code) => {
    bot = await anExchange();
    const answer = await bot.open('GET', '/fapi/v1/klines', { symbol: 'BTCUSDT', interval: '1m', ...fields });
    expect([answer.status, answer.body['code']]).toEqual([400, code]);
  });

  it('weighs klines by their limit and tells the weight on every response', async () => {
    bot = await anExchange();
    const used: (string | null)[] = [];
    for (const limit of [99, 100, 499, 500, 1_000, 1_500])
      used.push(
        (await bot.open('GET', '/fapi/v1/klines', { symbol: 'BTCUSDT', interval: '1m', limit })).headers.get(
          'x-mbx-used-weight-1m',
        ),
      );
    // 1, then +2, +2, +5, +5, +10.
    expect(used).toEqual(['1', '3', '5', '10', '15', '25']);
    expect((await bot.open('GET', '/fapi/v1/nothing')).headers.get('x-mbx-used-weight-1m')).toBe('25');
  });

  it('lists all contracts whatever symbol is asked for, with the keys of the wire', async () => {
    bot = await anExchange();
    const { body } = await bot.open('GET', '/fapi/v1/exchangeInfo', { symbol: 'BTCUSDT' });
    expect(Object.keys(body)).toEqual([
      'timezone',
      'serverTime',
      'futuresType',
      'rateLimits',
      'exchangeFilters',
      'assets',
      'symbols',
    ]);
    const rows = body['symbols'] as Json[];
    expect(rows.map((row) => row['symbol'])).toEqual(['BTCUSDT', 'ETHUSDT', '币安人生USDT']);
    // Order of the live row in binance-futures.md §4.
    expect(Object.keys(rows[0] ?? {})).toEqual([
      'symbol',
      'pair',
      'contractType',
      'deliveryDate',
      'onboardDate',
      'status',
      'maintMarginPercent',
      'requiredMarginPercent',
      'baseAsset',
      'quoteAsset',
      'marginAsset',
      'pricePrecision',
      'quantityPrecision',
      'baseAssetPrecision',
      'quotePrecision',
      'underlyingType',
      'underlyingSubType',
      'triggerProtect',
      'liquidationFee',
      'marketTakeBound',
      'maxMoveOrderLimit',
      'filters',
      'orderTypes',
      'timeInForce',
      'permissionSets',
    ]);
    expect(((rows[0] as Json)['filters'] as Json[]).map((filter) => filter['filterType'])).toEqual([
      'PRICE_FILTER',
      'LOT_SIZE',
      'MARKET_LOT_SIZE',
      'MAX_NUM_ORDERS',
      'MIN_NOTIONAL',
      'PERCENT_PRICE',
      'POSITION_RISK_CONTROL',
    ]);
  });

  it('does not list a contract outside the span of its recording', async () => {
    bot = await anExchange({ source: { ...aSource(), listed: (index) => index !== 1 } });
    const { body } = await bot.open('GET', '/fapi/v1/exchangeInfo');
    expect((body['symbols'] as Json[]).map((row) => row['symbol'])).toEqual(['BTCUSDT', '币安人生USDT']);
    expect((await bot.open('GET', '/fapi/v1/klines', { symbol: 'ETHUSDT', interval: '1m' })).body['code']).toBe(-1121);
  });

  it('shows the 24 h statistics from whole hours', async () => {
    bot = await anExchange();
    const { body } = await bot.open('GET', '/fapi/v1/ticker/24hr', { symbol: 'ETHUSDT' });
    // 23 closed hours of 60 units and the running minute's first ms: 60 × 23 = 1,380.
    expect(body).toMatchObject({
      symbol: 'ETHUSDT',
      lastPrice: '2000.00',
      highPrice: '2000.20',
      lowPrice: '1999.80',
      volume: '1380.000',
      priceChange: '0.00',
    });
    expect(Object.keys(body)).toHaveLength(16);
  });

  it('answers 404 for paths and versions the venue does not have', async () => {
    bot = await anExchange();
    for (const path of ['/fapi/v1/balance', '/fapi/v1/positionRisk', '/api/v3/ping'])
      expect((await bot.open('GET', path)).status).toBe(404);
  });

  it('stops at the end of a recording', async () => {
    bot = await anExchange({ source: aSource({ endMs: START_MS + 120_000 }), speed: 6_000, begin: 'running' });
    const met = await bot.control('/clock', { await: START_MS + 60_000 });
    expect(met).toMatchObject({ held: true, at: START_MS + 123_000, heldBy: 'end' });
  });
});

describe('limits', () => {
  const refusal = (action: () => void): VenueRefusal | null => {
    try {
      action();
      return null;
    } catch (error) {
      if (error instanceof VenueRefusal) return error;
      throw error;
    }
  };

  it('turns with the clock minute, not sixty seconds after the first request', () => {
    const limits = new Limits();
    limits.takeWeight(START_MS + 59_000, 2_400, 1);
    expect(refusal(() => limits.takeWeight(START_MS + 59_999, 1, 1))?.httpStatus).toBe(429);
    expect(refusal(() => limits.takeWeight(START_MS + 60_000, 1, 1))).toBeNull();
    expect(limits.usedWeight(START_MS + 60_000)).toBe(1);
  });

  it('counts orders in ten seconds and in the minute', () => {
    const limits = new Limits();
    for (let i = 0; i < 300; i++) limits.takeOrder(START_MS);
    expect(refusal(() => limits.takeOrder(START_MS + 9_999))).toMatchObject({ code: -1015, httpStatus: 429 });
    for (const at of [10_000, 20_000, 30_000]) for (let i = 0; i < 300; i++) limits.takeOrder(START_MS + at);
    expect(refusal(() => limits.takeOrder(START_MS + 40_000))?.message).toContain('1200 orders per 1 MINUTE');
    expect(refusal(() => limits.takeOrder(START_MS + 60_000))).toBeNull();
  });

  it('bans who goes on after 429, twice as long each time', () => {
    const limits = new Limits();
    limits.takeWeight(START_MS, 2_400, 1);
    for (let i = 0; i < 51; i++) refusal(() => limits.takeWeight(START_MS, 1, 1));
    expect(refusal(() => limits.takeWeight(START_MS + 119_999, 1, 1))?.httpStatus).toBe(418);
    expect(refusal(() => limits.takeWeight(START_MS + 120_000, 2_400, 1))).toBeNull();
    for (let i = 0; i < 51; i++) refusal(() => limits.takeWeight(START_MS + 120_000, 1, 1));
    expect(refusal(() => limits.takeWeight(START_MS + 120_000 + 239_999, 1, 1))?.httpStatus).toBe(418);
  });
});

describe('wire numbers and intervals', () => {
  it('pads and never cuts', () => {
    expect([pad('0.5', 3), pad('5', 2), pad('-1.2345', 2), pad('0', 0)]).toEqual(['0.500', '5.00', '-1.2345', '0']);
    expect(['0.10', '1', '0.001', '10', '0.00000100'].map(placesOf)).toEqual([1, 0, 3, 0, 6]);
  });

  it('cuts weeks on Monday and months on the first', () => {
    // 2026-03-02 is a Monday.
    const monday = Date.UTC(2026, 2, 2);
    expect(intervalOf('1w')?.open(monday + 6 * 86_400_000)).toBe(monday);
    expect(intervalOf('1M')?.open(monday)).toBe(Date.UTC(2026, 2, 1));
    expect(intervalOf('1M')?.next(Date.UTC(2026, 11, 1))).toBe(Date.UTC(2027, 0, 1));
    expect(intervalOf('1s')).toBeNull();
  });
});
