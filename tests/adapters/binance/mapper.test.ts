import { describe, expect, it } from 'vitest';
import { frameToBar, toBar, toInstrument, toTicker } from '../../../src/adapters/binance/mapper.ts';
import { readMarketFrame } from '../../../src/adapters/binance/market-frames.ts';
import { readUserFrame } from '../../../src/adapters/binance/user-frames.ts';
import { contractSchema, klineFrameSchema, klineRowSchema } from '../../../src/adapters/binance/wire.ts';
import { WireCounts } from '../../../src/adapters/binance/wire-counts.ts';

// The live row of binance-futures.md §4, shortened by fields nobody reads.
const BTC = {
  symbol: 'BTCUSDT',
  pair: 'BTCUSDT',
  contractType: 'PERPETUAL',
  deliveryDate: 4133404800000,
  onboardDate: 1567965300000,
  status: 'TRADING',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  marginAsset: 'USDT',
  marketTakeBound: '0.05',
  filters: [
    { filterType: 'PRICE_FILTER', minPrice: '556.80', maxPrice: '4529764', tickSize: '0.10' },
    { filterType: 'LOT_SIZE', minQty: '0.001', maxQty: '1000', stepSize: '0.001' },
    { filterType: 'MARKET_LOT_SIZE', minQty: '0.001', maxQty: '120', stepSize: '0.001' },
    { filterType: 'MAX_NUM_ORDERS', limit: 200 },
    { filterType: 'MIN_NOTIONAL', notional: '50' },
  ],
};
const KLINE = {
  e: 'kline',
  E: 1638747660000,
  s: 'BTCUSDT',
  k: {
    t: 1638747660000,
    T: 1638747719999,
    s: 'BTCUSDT',
    i: '1m',
    f: 100,
    L: 200,
    o: '0.0010',
    c: '0.0020',
    h: '0.0025',
    l: '0.0010',
    v: '1000',
    n: 100,
    x: false,
    q: '1.0000',
    V: '500',
    Q: '0.500',
    B: '0',
  },
};

describe('contracts', () => {
  it('takes size limits from the market lot and the grid from the filters', () => {
    expect(toInstrument(contractSchema.parse(BTC))).toMatchObject({
      symbol: 'BTCUSDT',
      marketMinQty: 0.001,
      marketMaxQty: 120,
      minNotionalUsdt: 50,
      marketTakeBound: 0.05,
      grid: { tickUnits: 1, tickDecimals: 1, stepUnits: 1, stepDecimals: 3 },
    });
  });

  it('leaves out a contract that cannot be sized', () => {
    const lame = { ...BTC, filters: BTC.filters.filter((f) => f.filterType !== 'PRICE_FILTER') };
    expect(toInstrument(contractSchema.parse(lame))).toBeNull();
    const zero = { ...BTC, filters: BTC.filters.map((f) => (f.filterType === 'PRICE_FILTER' ? { ...f, tickSize: '0' } : f)) };
    expect(toInstrument(contractSchema.parse(zero))).toBeNull();
  });

  it('keeps unknown status and type words and Chinese names', () => {
    const odd = contractSchema.parse({
      ...BTC,
      symbol: '币安人生USDT',
      status: 'TRADING_HALT',
      contractType: 'CURRENT_QUARTER DELIVERING',
    });
    expect(toInstrument(odd)).toMatchObject({
      symbol: '币安人生USDT',
      status: 'TRADING_HALT',
      contractType: 'CURRENT_QUARTER DELIVERING',
    });
  });
});

describe('candles', () => {
  it('reads a kline row of the live venue', () => {
    const row = klineRowSchema.parse([
      1789478160000,
      '76936.20',
      '76965.50',
      '76936.10',
      '76965.40',
      '20.680',
      1789478219999,
      '1591436.27140',
      878,
      '15.190',
      '1168938.63310',
      '0',
    ]);
    expect(toBar(row)).toEqual({
      openMs: 1789478160000,
      open: 76936.2,
      high: 76965.5,
      low: 76936.1,
      close: 76965.4,
      volume: 20.68,
      quoteVolume: 1591436.2714,
      trades: 878,
      takerBuyVolume: 15.19,
    });
  });

  it('takes volume without trades or value for unrecorded, and a quiet minute for quiet', () => {
    const unrecorded = frameToBar(klineFrameSchema.parse({ ...KLINE, k: { ...KLINE.k, n: 0, V: '0', q: '0' } }));
    expect([unrecorded.trades, unrecorded.takerBuyVolume, unrecorded.quoteVolume]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    const quiet = frameToBar(klineFrameSchema.parse({ ...KLINE, k: { ...KLINE.k, v: '0', n: 0, V: '0', q: '0' } }));
    expect([quiet.volume, quiet.trades, quiet.takerBuyVolume, quiet.quoteVolume]).toEqual([0, 0, 0, 0]);
  });

  it('values an unrecorded quote volume of a day by the last price', () => {
    expect(toTicker({ symbol: 'X', lastPrice: '2', volume: '10', quoteVolume: '0' }).quoteVolumeUsdt).toBe(20);
    expect(toTicker({ symbol: 'X', lastPrice: '2', volume: '10', quoteVolume: '19.5' }).quoteVolumeUsdt).toBe(19.5);
  });
});

describe('market frames', () => {
  it('hands on a candle with its event time and the closed flag', () => {
    const event = readMarketFrame({ ...KLINE, newField: 1 }, new WireCounts());
    expect(event).toMatchObject({
      kind: 'bar',
      at: 1638747660000,
      symbol: 'BTCUSDT',
      timeframe: '1m',
      final: false,
      bar: { close: 0.002 },
    });
  });

  it('leaves coin-margined rows out of the mark array', () => {
    const mark = {
      e: 'markPriceUpdate',
      E: 1562305380000,
      s: 'BTCUSDT',
      p: '11794.15000000',
      i: '1',
      P: '1',
      r: '0.00038167',
      T: 1562306400000,
    };
    const event = readMarketFrame(
      [
        { ...mark, st: 1 },
        { ...mark, s: 'BTCUSD_PERP', st: 2 },
        { ...mark, s: 'OLD' },
      ],
      new WireCounts(),
    );
    expect(event).toMatchObject({
      kind: 'marks',
      at: 1562305380000,
      marks: [
        { symbol: 'BTCUSDT', markPrice: 11794.15, fundingRate: 0.00038167, nextFundingMs: 1562306400000 },
        { symbol: 'OLD' },
      ],
    });
    expect(readMarketFrame({ ...KLINE, st: 2 }, new WireCounts())).toBeNull();
  });

  it('counts what it cannot read or does not know, and goes on', () => {
    const counts = new WireCounts();
    expect(readMarketFrame({ e: 'newThing' }, counts)).toBeNull();
    expect(readMarketFrame({ e: 'kline', E: 'yesterday' }, counts)).toBeNull();
    expect(readMarketFrame({ ...KLINE, k: { ...KLINE.k, l: '0' } }, counts)).toBeNull();
    expect(counts.all()).toEqual({ 'unknown event newThing': 1, 'malformed kline': 1, 'refused bar': 1 });
  });

  it('keeps its table of unknown words small', () => {
    const counts = new WireCounts();
    for (let i = 0; i < 5_000; i++) readMarketFrame({ e: `event${i}` }, counts);
    expect(Object.keys(counts.all()).length).toBeLessThanOrEqual(201);
    expect(counts.all()['other']).toBe(4_800);
  });
});

// The samples of binance-futures.md §7.2.
const FILL = {
  e: 'ORDER_TRADE_UPDATE',
  T: 1568879465650,
  E: 1568879465651,
  o: {
    s: 'BTCUSDT',
    c: 'myId',
    S: 'BUY',
    o: 'MARKET',
    f: 'GTC',
    q: '0.001',
    p: '0',
    ap: '76936.2',
    sp: '0',
    x: 'TRADE',
    X: 'FILLED',
    i: 8886774,
    l: '0.001',
    z: '0.001',
    L: '76936.20',
    n: '0.03846810',
    N: 'USDT',
    T: 1568879465650,
    t: 698759,
    b: '0',
    a: '0',
    m: false,
    R: false,
    wt: 'CONTRACT_PRICE',
    ot: 'MARKET',
    ps: 'BOTH',
    cp: false,
    rp: '0',
    pP: false,
    si: 0,
    ss: 0,
    V: 'EXPIRE_MAKER',
    pm: 'NONE',
    gtd: 0,
    er: '0',
  },
};

describe('user frames', () => {
  const read = (payload: unknown) => readUserFrame(payload, new WireCounts());

  it('tells a fill with the venue’s own digits, then where the order stands', () => {
    expect(read(FILL)).toEqual({
      kind: 'events',
      events: [
        {
          kind: 'fill',
          at: 1568879465651,
          orderStatus: 'filled',
          fill: {
            symbol: 'BTCUSDT',
            tradeNo: '698759',
            clientId: 'myId',
            venueOrderId: '8886774',
            action: 'buy',
            price: '76936.20',
            qty: '0.001',
            fee: '0.03846810',
            feeAsset: 'USDT',
            realizedPnl: '0',
            at: 1568879465650,
          },
        },
        {
          kind: 'order',
          at: 1568879465651,
          expiryReason: '',
          order: {
            symbol: 'BTCUSDT',
            clientId: 'myId',
            venueId: '8886774',
            action: 'buy',
            status: 'filled',
            qty: '0.001',
            executedQty: '0.001',
            reduceOnly: false,
          },
        },
      ],
    });
  });

  it('tells an order that is no fill without fee fields', () => {
    const { n: _n, N: _N, ...rest } = FILL.o;
    const reading = read({ ...FILL, o: { ...rest, x: 'EXPIRED', X: 'EXPIRED', l: '0', er: '9' } });
    expect(reading).toMatchObject({
      kind: 'events',
      events: [{ kind: 'order', expiryReason: '9', order: { status: 'expired' } }],
    });
  });

  it('tells balances and positions of an account update, with its cause', () => {
    const update = {
      e: 'ACCOUNT_UPDATE',
      T: 1,
      E: 2,
      a: {
        B: [{ a: 'USDT', wb: '122624.12345678', cw: '100.12345678', bc: '50.12345678' }],
        P: [
          {
            s: 'BTCUSDT',
            pa: '20',
            ep: '6563.66500',
            cr: '0',
            up: '2850.21200',
            mt: 'isolated',
            iw: '13200.70726908',
            ps: 'BOTH',
          },
        ],
        m: 'ORDER',
      },
    };
    expect(read(update)).toEqual({
      kind: 'events',
      events: [
        {
          kind: 'balance',
          at: 2,
          asset: 'USDT',
          walletBalance: '122624.12345678',
          change: '50.12345678',
          cause: 'ORDER',
          symbol: 'BTCUSDT',
        },
        { kind: 'position', at: 2, symbol: 'BTCUSDT', signedQty: '20', entryPrice: '6563.66500', cause: 'ORDER' },
      ],
    });
    const funding = { ...update, a: { B: update.a.B, P: [], m: 'FUNDING_FEE', S: 'ETHUSDT' } };
    expect(read(funding)).toMatchObject({ events: [{ kind: 'balance', cause: 'FUNDING_FEE', symbol: 'ETHUSDT' }] });
  });

  it('tells the life of a conditional order', () => {
    const update = {
      e: 'ALGO_UPDATE',
      T: 1750515742297,
      E: 1750515742303,
      o: {
        caid: 'Q5xaq5EGKgXXa0fD7fs0Ip',
        aid: 2148719,
        at: 'CONDITIONAL',
        o: 'TAKE_PROFIT',
        s: 'BNBUSDT',
        S: 'SELL',
        ps: 'BOTH',
        f: 'GTC',
        q: '0.01',
        X: 'NEW',
        ai: '',
        tp: '750',
        p: '750',
        V: 'EXPIRE_MAKER',
        wt: 'CONTRACT_PRICE',
        pm: 'NONE',
        cp: false,
        pP: false,
        R: false,
        tt: 0,
        gtd: 0,
        ia: false,
      },
    };
    expect(read(update)).toMatchObject({
      events: [
        {
          kind: 'conditional',
          childOrderId: '',
          reason: '',
          order: { clientId: 'Q5xaq5EGKgXXa0fD7fs0Ip', venueId: '2148719', status: 'new', triggerPrice: '750', action: 'sell' },
        },
      ],
    });
    const rejected = { ...update, o: { ...update.o, X: 'REJECTED', ai: '99', rm: 'Reduce Only reject' } };
    expect(read(rejected)).toMatchObject({
      events: [{ childOrderId: '99', reason: 'Reduce Only reject', order: { status: 'rejected' } }],
    });
  });

  it('tells a changed leverage, an expired key and a margin call', () => {
    expect(read({ e: 'ACCOUNT_CONFIG_UPDATE', E: 5, T: 4, ac: { s: 'BTCUSDT', l: 25 } })).toEqual({
      kind: 'events',
      events: [{ kind: 'leverage', at: 5, symbol: 'BTCUSDT', leverage: 25 }],
    });
    expect(read({ e: 'listenKeyExpired', E: 1736996475556, listenKey: 'x' })).toEqual({ kind: 'expired' });
    expect(read({ e: 'MARGIN_CALL', E: 1, p: [{ s: 'ETHUSDT' }] })).toEqual({ kind: 'marginCall', symbols: ['ETHUSDT'] });
  });

  it('never guesses: a known event in an unknown shape or status is unreadable', () => {
    expect(read({ ...FILL, o: { ...FILL.o, l: 0.001 } })).toEqual({ kind: 'unreadable', what: 'ORDER_TRADE_UPDATE (o.l)' });
    expect(read({ ...FILL, o: { ...FILL.o, X: 'HALF_BAKED' } })).toEqual({
      kind: 'unreadable',
      what: 'ORDER_TRADE_UPDATE (status)',
    });
    expect(read({ e: 'TRADE_LITE' })).toEqual({ kind: 'ignored' });
  });
});
