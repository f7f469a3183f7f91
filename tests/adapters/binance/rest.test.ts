import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type BinanceVenue, createBinance } from '../../../src/adapters/binance/binance.ts';
import { signPayload } from '../../../src/adapters/binance/sign.ts';
import { systemClock } from '../../../src/adapters/clock/system.ts';
import { gridOf, steps, ticks } from '../../../src/core/grid.ts';
import type { MarketOrderRequest } from '../../../src/core/orders.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { clientOrderId, epochMs, symbolId } from '../../../src/core/units.ts';
import type { WallClock } from '../../../src/ports/clock.ts';
import { DrivenWallClock } from '../../support/fake-clock.ts';
import { rememberingLogger } from '../../support/fake-clocks.ts';
import { type Asked, eventually, type FakeVenue, fakeVenue, type Reply } from '../../support/fake-venue.ts';

const KEY = 'canary-key-7f3a9c51d2e84b60';
const SECRET = 'canary-secret-0b5e77aa91c3f4d2';
const SYMBOL = symbolId('币安USDT');
const ID = clientOrderId('k70-abcdefghij2345-e00');
const NOW = 1_789_478_160_000;

const CONTRACT = {
  symbol: SYMBOL,
  contractType: 'PERPETUAL',
  status: 'TRADING',
  baseAsset: 'X',
  quoteAsset: 'USDT',
  marginAsset: 'USDT',
  onboardDate: 1,
  deliveryDate: 2,
  filters: [
    { filterType: 'PRICE_FILTER', tickSize: '0.10' },
    { filterType: 'LOT_SIZE', minQty: '0.01', maxQty: '100', stepSize: '0.01' },
    { filterType: 'MARKET_LOT_SIZE', minQty: '0.01', maxQty: '100', stepSize: '0.01' },
  ],
};

const open: { venue: FakeVenue; binance: BinanceVenue }[] = [];
afterEach(async () => {
  for (const { venue, binance } of open.splice(0)) {
    binance.stop();
    await venue.close();
  }
});

type Answerer = (asked: Asked, response: ServerResponse) => Reply;
const dropped: Answerer = (_, response) => {
  response.destroy();
  return null;
};

async function started(answer: Answerer, wallClock: WallClock = systemClock) {
  const venue = await fakeVenue({
    answer(asked, response) {
      if (asked.path === '/fapi/v1/time') return { body: { serverTime: NOW } };
      if (asked.path === '/fapi/v1/exchangeInfo') return { body: { symbols: [CONTRACT], rateLimits: [] } };
      return answer(asked, response);
    },
  });
  const logger = rememberingLogger();
  const binance = createBinance({
    restUrl: venue.restUrl,
    wsUrl: venue.wsUrl,
    apiKey: KEY,
    apiSecret: SECRET,
    wallClock,
    random: new SeededRandom(1),
    logger,
    paced: 'realTime',
    accountId: null,
  });
  open.push({ venue, binance });
  await binance.feed.instruments();
  const orders = () => venue.asked.filter((one) => one.path === '/fapi/v1/order' && one.method === 'POST');
  return { venue, binance, logger, orders };
}

const entry: MarketOrderRequest = { symbol: SYMBOL, clientId: ID, action: 'buy', steps: steps(150), effect: 'open' };
const exit: MarketOrderRequest = { ...entry, action: 'sell', effect: 'reduce' };
const ACK = { orderId: 4000001910058351, clientOrderId: ID, updateTime: NOW + 5, status: 'NEW' };

describe('an order on the wire', () => {
  it('is exactly the signed bytes, with a Chinese symbol, the grid’s own digits and a short window', async () => {
    const { binance, orders } = await started(() => ({ body: ACK }));
    expect(await binance.broker.place(entry)).toEqual({ kind: 'accepted', venueId: '4000001910058351', at: NOW + 5 });
    const [sent] = orders();
    const [payload = '', signature] = (sent?.rawQuery ?? '').split('&signature=');
    expect(signature).toBe(signPayload(SECRET, payload));
    expect(payload).toMatch(
      /^symbol=%E5%B8%81%E5%AE%89USDT&side=BUY&type=MARKET&quantity=1\.50&newClientOrderId=k70-abcdefghij2345-e00&newOrderRespType=ACK&recvWindow=3000&timestamp=\d{13}$/,
    );
    expect(sent?.headers['x-mbx-apikey']).toBe(KEY);
    // The venue's clock, not this machine's.
    expect(Math.abs(Number(sent?.query.get('timestamp')) - NOW)).toBeLessThan(2_000);
  });

  it('marks an exit reduce-only', async () => {
    const { binance, orders } = await started(() => ({ body: ACK }));
    await binance.broker.place(exit);
    expect(orders()[0]?.query.get('reduceOnly')).toBe('true');
  });

  it('places a stop in the algo store, by mark, unprotected where it is the disaster stop', async () => {
    const { binance, venue } = await started(() => ({ body: { algoId: 2146760, createTime: NOW, algoStatus: 'NEW' } }));
    const result = await binance.broker.placeConditional({
      symbol: SYMBOL,
      clientId: ID,
      type: 'stopMarket',
      action: 'sell',
      trigger: ticks(123),
      workingType: 'mark',
      coverage: { kind: 'closePosition' },
      priceProtect: 'off',
    });
    expect(result).toEqual({ kind: 'accepted', venueId: '2146760', at: NOW });
    const query = venue.asked.find((one) => one.path === '/fapi/v1/algoOrder')?.query;
    const pick = [
      'algoType',
      'type',
      'side',
      'triggerPrice',
      'workingType',
      'closePosition',
      'priceProtect',
      'quantity',
      'reduceOnly',
      'clientAlgoId',
    ];
    expect(pick.map((name) => query?.get(name))).toEqual([
      'CONDITIONAL',
      'STOP_MARKET',
      'SELL',
      '12.3',
      'MARK_PRICE',
      'true',
      'false',
      null,
      null,
      ID,
    ]);
  });

  it('never leaves without a known grid', async () => {
    const { binance, orders } = await started(() => ({ body: ACK }));
    expect(await binance.broker.place({ ...entry, symbol: symbolId('OTHERUSDT') })).toMatchObject({ kind: 'rejected', code: 0 });
    expect(orders()).toEqual([]);
  });
});

describe('the three answers', () => {
  const cases: readonly (readonly [string, Answerer, object])[] = [
    [
      'a listed code is a reject',
      () => ({ status: 400, body: { code: -2019, msg: 'Margin is insufficient.' } }),
      { kind: 'rejected', code: -2019 },
    ],
    [
      'a backend time-out is unknown',
      () => ({ status: 408, body: { code: -1007, msg: 'Timeout' } }),
      { kind: 'unknown', code: -1007 },
    ],
    [
      'a duplicate id is unknown, it hints at existence',
      () => ({ status: 400, body: { code: -4116, msg: 'ClientOrderId is duplicated.' } }),
      { kind: 'unknown', code: -4116 },
    ],
    [
      '503 with the plain text is a reject',
      () => ({ status: 503, body: 'Service Unavailable.' }),
      { kind: 'rejected', code: -503 },
    ],
    [
      '503 with another text is unknown',
      () => ({ status: 503, body: { code: -1000, msg: 'Unknown error, please check your request or try again later.' } }),
      { kind: 'unknown' },
    ],
    [
      'a firewall page is unknown',
      () => ({ status: 403, body: '<html>\n<body>Forbidden</body></html>' }),
      { kind: 'unknown', code: -403 },
    ],
    ['a cut answer is unknown', () => ({ body: '{"orderId":12' }), { kind: 'unknown' }],
    ['an answer of an unknown shape is unknown', () => ({ body: { hello: 1 } }), { kind: 'unknown' }],
    ['a dropped connection is unknown', dropped, { kind: 'unknown' }],
  ];
  it.each(cases)('%s', async (_name, answer, expected) => {
    const { binance, orders } = await started(answer);
    expect(await binance.broker.place(entry)).toMatchObject(expected);
    // One entry is one request, whatever came back.
    expect(orders().length).toBe(1);
  });

  it('gives up on an entry that is never answered, and does not send it again', async () => {
    const wall = new DrivenWallClock(NOW);
    const { binance, orders } = await started(() => null, wall);
    const placing = binance.broker.place(entry);
    await eventually('the order arrived', () => orders().length === 1);
    wall.advance(3_500);
    expect(await placing).toEqual({ kind: 'unknown', reason: 'no answer within 3500 ms' });
    expect(orders().length).toBe(1);
  });

  it('cuts off a trickling answer by its total deadline', async () => {
    const wall = new DrivenWallClock(NOW);
    let drops = 0;
    const { binance } = await started((_, response) => {
      response.writeHead(200);
      const drip = setInterval(() => {
        response.write(' ');
        drops += 1;
      }, 5);
      response.on('close', () => clearInterval(drip));
      return null;
    }, wall);
    const placing = binance.broker.place(exit);
    await eventually('the answer trickles', () => drops > 3);
    wall.advance(1_500);
    expect(await placing).toEqual({ kind: 'unknown', reason: 'no answer within 1500 ms' });
  });
});

describe('a clock that was off', () => {
  const skewed = () => ({ status: 400, body: { code: -1021, msg: 'Timestamp for this request is outside of the recvWindow.' } });

  it('is measured anew and an exit is sent a second time', async () => {
    let first = true;
    const { binance, orders, venue } = await started(() => {
      if (!first) return { body: ACK };
      first = false;
      return skewed();
    });
    const before = venue.asked.filter((one) => one.path === '/fapi/v1/time').length;
    expect(await binance.broker.place(exit)).toMatchObject({ kind: 'accepted' });
    expect(orders().length).toBe(2);
    expect(venue.asked.filter((one) => one.path === '/fapi/v1/time').length).toBe(before + 5);
  });

  it('costs an entry its only send', async () => {
    const { binance, orders } = await started(skewed);
    expect(await binance.broker.place(entry)).toMatchObject({ kind: 'rejected', code: -1021 });
    expect(orders().length).toBe(1);
  });

  it('gives an exit two sends, not three', async () => {
    const { binance, orders } = await started(skewed);
    expect(await binance.broker.place(exit)).toMatchObject({ kind: 'rejected', code: -1021 });
    expect(orders().length).toBe(2);
  });
});

describe('limits and breakers', () => {
  it('sends nothing at all while banned, and tells until when', async () => {
    const until = NOW + 600_000;
    const { binance, orders } = await started(() => ({
      status: 418,
      body: { code: -1003, msg: `Way too many requests; IP(1.2.3.4) banned until ${until}. Please use the websocket.` },
    }));
    expect(await binance.broker.position(SYMBOL)).toMatchObject({ kind: 'unknown' });
    expect(binance.health().heldUntilMs).toBe(until);
    expect(await binance.broker.place(exit)).toMatchObject({ kind: 'rejected', code: 0 });
    expect(orders()).toEqual([]);
  });

  it('does not stop reading when only the order pool is empty', async () => {
    const { binance } = await started((asked) =>
      asked.method === 'POST'
        ? { status: 429, body: { code: -1015, msg: 'Too many new orders; current limit is 300 orders per 10 SECOND.' } }
        : { body: [] },
    );
    expect(await binance.broker.place(exit)).toMatchObject({ kind: 'unknown', code: -1015 });
    expect(await binance.broker.position(SYMBOL)).toEqual({ kind: 'flat' });
  });

  it('opens the entry breaker on an outage and lets exits pass it', async () => {
    let broken = true;
    const { binance, orders } = await started(() => (broken ? { status: 502, body: '<html>Bad Gateway</html>' } : { body: ACK }));
    for (let i = 0; i < 12; i++) await binance.broker.place(entry);
    expect(binance.health().entryBreaker).toBe('open');
    const sent = orders().length;
    expect(sent).toBeLessThan(12);
    expect(await binance.broker.place(entry)).toMatchObject({
      kind: 'rejected',
      code: 0,
      reason: 'not sent: the entry breaker is open',
    });
    expect(orders().length).toBe(sent);
    broken = false;
    expect(await binance.broker.place(exit)).toMatchObject({ kind: 'accepted' });
  });

  it('does not take refusals for an outage', async () => {
    const { binance } = await started(() => ({ status: 400, body: { code: -2019, msg: 'Margin is insufficient.' } }));
    for (let i = 0; i < 20; i++) await binance.broker.place(entry);
    expect(binance.health().entryBreaker).toBe('closed');
  });
});

describe('account reads', () => {
  it('reads flat only from a successful answer', async () => {
    let body: unknown = [];
    let status = 200;
    const { binance } = await started(() => ({ status, body }));
    expect(await binance.broker.position(SYMBOL)).toEqual({ kind: 'flat' });
    body = [
      {
        symbol: SYMBOL,
        positionSide: 'BOTH',
        positionAmt: '-1.50',
        entryPrice: '12.3',
        markPrice: '12.40000000',
        unRealizedProfit: '-0.15',
        liquidationPrice: '0',
        updateTime: 7,
      },
    ];
    expect(await binance.broker.position(SYMBOL)).toMatchObject({
      kind: 'open',
      state: { signedQty: '-1.50', entryPrice: '12.3', updateMs: 7 },
    });
    body = { msg: 'odd' };
    expect(await binance.broker.position(SYMBOL)).toEqual({ kind: 'unknown', reason: 'an unknown shape' });
    status = 502;
    expect((await binance.broker.position(SYMBOL)).kind).toBe('unknown');
  });

  it('has no snapshot when one of its four reads is missing', async () => {
    let algoStatus = 200;
    const { binance } = await started((asked) => {
      if (asked.path === '/fapi/v3/account')
        return { body: { assets: [{ asset: 'USDT', walletBalance: '100.5', availableBalance: '90', marginBalance: '101' }] } };
      return asked.path === '/fapi/v1/openAlgoOrders' ? { status: algoStatus, body: [] } : { body: [] };
    });
    expect(await binance.broker.snapshot()).toMatchObject({
      walletBalance: '100.5',
      availableBalance: '90',
      marginBalance: '101',
      positions: [],
      openOrders: [],
      openConditionals: [],
    });
    algoStatus = 500;
    expect(await binance.broker.snapshot()).toBeNull();
  });

  it('tells gone, absent and unknown apart', async () => {
    const { binance } = await started((asked) => ({
      status: 400,
      body:
        asked.method === 'DELETE' ? { code: -2011, msg: 'Unknown order sent.' } : { code: -2013, msg: 'Order does not exist.' },
    }));
    expect(await binance.broker.cancel(SYMBOL, ID)).toEqual({ kind: 'gone' });
    expect(await binance.broker.cancelConditional(SYMBOL, ID)).toEqual({ kind: 'gone' });
    expect(await binance.broker.find(SYMBOL, ID)).toEqual({ kind: 'absent' });
    const other = await started(dropped);
    expect((await other.binance.broker.find(SYMBOL, ID)).kind).toBe('unknown');
    expect((await other.binance.broker.cancel(SYMBOL, ID)).kind).toBe('unknown');
  });

  it('counts "no need to change" as set', async () => {
    let code = -4046;
    const { binance } = await started(() => ({ status: 400, body: { code, msg: 'x' } }));
    expect(await binance.broker.setIsolated(SYMBOL)).toEqual({ kind: 'set' });
    code = -4028;
    expect(await binance.broker.setLeverage(SYMBOL, 99)).toMatchObject({ kind: 'rejected', code: -4028 });
    code = -1007;
    expect((await binance.broker.setLeverage(SYMBOL, 9)).kind).toBe('unknown');
  });

  it('pages fills by trade number when a page is full, oldest first, each once', async () => {
    const row = (id: number) => ({
      symbol: SYMBOL,
      id,
      orderId: 1,
      side: 'BUY',
      price: '1.0',
      qty: '1',
      realizedPnl: '0',
      commission: '0.01',
      commissionAsset: 'USDT',
      time: NOW - 10_000 + id,
    });
    const all = Array.from({ length: 1_500 }, (_, i) => row(i + 1));
    const { binance, venue } = await started(({ query }) => {
      const from = Number(query.get('fromId') ?? 1);
      return { body: all.filter((each) => each.id >= from).slice(0, 1_000) };
    });
    const fills = await binance.broker.fills(SYMBOL, epochMs(NOW - 60_000));
    expect(fills?.map((fill) => fill.tradeNo)).toEqual(all.map((each) => String(each.id)));
    expect(venue.asked.filter((one) => one.path === '/fapi/v1/userTrades').map((one) => one.query.get('fromId'))).toEqual([
      null,
      '1001',
    ]);
  });

  it('keeps funding rows only', async () => {
    const row = (incomeType: string, income: string, tranId: number) => ({
      symbol: SYMBOL,
      incomeType,
      income,
      asset: 'USDT',
      info: '',
      time: NOW,
      tranId,
      tradeId: '',
    });
    const { binance } = await started(() => ({
      body: [row('FUNDING_FEE', '-0.5', 1), row('COMMISSION', '-9', 1), row('SPECIAL_FUNDING_FEE', '0.25', 1)],
    }));
    expect(await binance.broker.funding(SYMBOL, epochMs(NOW - 1), epochMs(NOW + 1))).toEqual([
      { at: NOW, amount: '-0.5' },
      { at: NOW, amount: '0.25' },
    ]);
  });

  it('takes leverage brackets as an array or a single object', async () => {
    const one = {
      symbol: SYMBOL,
      brackets: [{ bracket: 1, initialLeverage: 75, notionalCap: 10000, notionalFloor: 0, maintMarginRatio: 0.0065, cum: 0 }],
    };
    let body: unknown = one;
    const { binance } = await started(() => ({ body }));
    const expected = [
      { maxLeverage: 75, notionalFloorUsdt: 0, notionalCapUsdt: 10000, maintenanceMarginRate: 0.0065, cumulativeUsdt: 0 },
    ];
    expect((await binance.broker.brackets()).get(SYMBOL)).toEqual(expected);
    body = [one];
    expect((await binance.broker.brackets()).get(SYMBOL)).toEqual(expected);
  });

  it('names the account by the venue’s alias where nobody gave a name', async () => {
    const { binance } = await started(() => ({ body: [{ accountAlias: 'SgsR', asset: 'USDT', balance: '1' }] }));
    expect(await binance.broker.accountId()).toBe('SgsR');
  });
});

describe('secrets', () => {
  it('stand in no log line, no reason and no error, whatever fails', async () => {
    const { binance, logger, venue } = await started((asked, response) => {
      if (asked.path === '/fapi/v1/listenKey')
        return { status: 401, body: { code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' } };
      if (asked.method === 'GET') response.destroy();
      else return { status: 400, body: '<html>' };
      return null;
    });
    const told: unknown[] = [];
    told.push(
      await binance.broker.place(entry),
      await binance.broker.place(exit),
      await binance.broker.position(SYMBOL),
      await binance.broker.snapshot(),
    );
    told.push(await binance.checkKey());
    const failure = await binance.broker.follow(() => undefined, new AbortController().signal).catch((error: unknown) => error);
    told.push(failure, failure instanceof Error ? [failure.message, failure.stack, failure.cause] : null);
    told.push(await binance.feed.history({ symbol: SYMBOL, timeframe: '1m', count: 5 }).catch((error: unknown) => String(error)));
    const text = JSON.stringify([
      told.map((each) => (each instanceof Error ? { ...each, message: each.message, stack: each.stack } : each)),
      logger.lines,
    ]);
    const signatures = venue.asked.flatMap((one) => one.query.get('signature') ?? []);
    expect(signatures.length).toBeGreaterThan(3);
    for (const secret of [KEY, SECRET, ...signatures]) expect(text).not.toContain(secret);
    expect(failure).toMatchObject({ name: 'VenueError', remedy: 'final', code: -2015 });
  });
});

describe('the grid of a contract', () => {
  it('is what exchangeInfo says', async () => {
    const { binance } = await started(() => ({ body: [] }));
    expect((await binance.feed.instruments())[0]?.grid).toEqual(gridOf('0.1', '0.01'));
  });
});

describe('the small pages of a warm restart', () => {
  it('are on their way eighty at a time', async () => {
    const held: ServerResponse[] = [];
    const { binance } = await started((_, response) => {
      held.push(response);
      // Nobody is answered before the eightieth question has come.
      if (held.length === 80) for (const one of held) one.end('[]');
      return null;
    });
    const pages = Array.from({ length: 80 }, () => binance.feed.history({ symbol: SYMBOL, timeframe: '1m', count: 5 }));
    expect(await Promise.all(pages)).toEqual(pages.map(() => []));
  });
});
