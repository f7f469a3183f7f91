// Foreign clients, streams and the WebSocket API: what arrives on the sockets, against the market and the ledger.
import { describe, it } from 'vitest';
import type { Heard } from './heard.ts';
import type { Met } from './raw-client.ts';
import { TRADED } from './raw-orders.ts';
import { ackFields, algoFields, fillEventFields, orderFields } from './record.ts';
import { type Row, read } from './tally.ts';
import { onTick } from './venue.ts';

const SYMBOL = 'BTCUSDT';
const MINUTE_MS = 60_000;

/** What each client subscribes to, by the venue's stream names. */
export const MARKET_STREAMS = [
  'btcusdt@kline_1m',
  'btcusdt@markPrice@1s',
  '!markPrice@arr@1s',
  'btcusdt@aggTrade',
  'btcusdt@ticker',
  'btcusdt@miniTicker',
] as const;
export const PUBLIC_STREAMS = ['btcusdt@bookTicker', 'btcusdt@depth5@100ms', 'ethusdt@depth@100ms'] as const;

const of = (event: string, symbol: string) => (message: Row) => message['e'] === event && message['s'] === symbol;
const candleOf = (message: Row): Row => (message['k'] ?? {}) as Row;

export function streamTests(met: Met, market: () => Heard): void {
  describe('market streams', () => {
    candleTest(met, market);
    priceTest(met, market);
    bookTest(met, market);
  });
}

function candleTest(met: Met, market: () => Heard): void {
  it('forms a candle and closes it with the market’s own values', async () => {
    const { venue, tally } = met();
    const forming = await market().first('a forming candle', (m) => of('kline', SYMBOL)(m) && candleOf(m)['x'] === false);
    tally.same('forming', candleOf(forming), { i: '1m', s: SYMBOL, c: venue.lastAt(SYMBOL, Number(forming['E'])) });
    const openMs = Number(candleOf(forming)['t']);
    // To the last second of the minute; final frames leave up to 2.5 s after it.
    await venue.jump(openMs + MINUTE_MS - 1_000 - Date.now());
    const final = await market().first('the final candle', (m) => of('kline', SYMBOL)(m) && candleOf(m)['x'] === true);
    const bar = venue.minute(SYMBOL, Number(candleOf(final)['t']));
    const values = { o: bar.open, h: bar.high, l: bar.low, c: bar.close, n: bar.trades };
    tally.same('final', candleOf(final), { t: openMs, T: openMs + MINUTE_MS - 1, ...values });
    tally.same('volume', { v: Number(Number(candleOf(final)['v']).toFixed(3)) }, { v: Number(bar.volume.toFixed(3)) });
  });
}

function priceTest(met: Met, market: () => Heard): void {
  it('tells mark prices, alone and of the whole market', async () => {
    const { venue, tally } = met();
    for (const symbol of [SYMBOL, 'ETHUSDT', 'DOGEUSDT']) {
      const mark = await market().first(`mark of ${symbol}`, of('markPriceUpdate', symbol));
      tally.same('mark', mark, { p: venue.markAt(symbol, Number(mark['E'])) });
    }
  });

  it('tells trades and day figures at the market’s prices', async () => {
    const { venue, tally } = met();
    const trade = await market().first('a trade', of('aggTrade', SYMBOL));
    tally.same('trade', trade, { p: venue.lastAt(SYMBOL, Number(trade['T'])) });
    for (const event of ['24hrTicker', '24hrMiniTicker']) {
      const ticker = await market().first(event, of(event, SYMBOL));
      tally.same(event, ticker, { c: venue.lastAt(SYMBOL, Number(ticker['E'])) });
    }
  });
}

function bookTest(met: Met, market: () => Heard): void {
  it('shows best prices around the last, and a book whose changes follow each other', async () => {
    const { venue, tally } = met();
    const best = await market().first('best prices', of('bookTicker', SYMBOL));
    const last = venue.lastAt(SYMBOL, Number(best['T']));
    tally.holds('the last lies between bid and ask', Number(best['b']) < last && last < Number(best['a']));
    const part = await market().first('five levels', of('depthUpdate', SYMBOL));
    tally.same('five levels', { b: (part['b'] as unknown[]).length, a: (part['a'] as unknown[]).length }, { b: 5, a: 5 });
    const isNext = (message: Row): boolean => of('depthUpdate', 'ETHUSDT')(message);
    await market().first('a change of the book', isNext);
    const changes = () => market().messages.filter(isNext);
    await market().first('three changes of the book', () => changes().length >= 3);
    const [a, b, c] = changes();
    tally.same('second change', b, { pu: Number(a?.['u']) });
    tally.same('third change', c, { pu: Number(b?.['u']) });
  });
}

/** After everything else: the user stream has told each fill and the end of each conditional. */
export function userStreamTests(met: Met, user: () => Heard): void {
  describe('the user stream', () => {
    it('told every fill, the position after each, and what became of each conditional', async () => {
      const { venue, tally } = met();
      const { fills, algos, orders } = await venue.ledger();
      for (const fill of fills) {
        const isIt = (m: Row): boolean => m['e'] === 'ORDER_TRADE_UPDATE' && Number(read(m, 'o.t')) === fill.id;
        tally.same('fill', await user().first(`fill ${fill.id}`, isIt), fillEventFields(fill));
        const lite = await user().first('its short form', (m) => m['e'] === 'TRADE_LITE' && Number(m['t']) === fill.id);
        tally.same('short form', lite, { s: fill.symbol, L: Number(fill.price), l: Number(fill.qty), i: fill.orderId });
      }
      for (const order of orders) {
        const isIt = (m: Row): boolean => Number(read(m, 'o.i')) === order.orderId && read(m, 'o.X') === order.status;
        const told = await user().first(`end of order ${order.clientOrderId}`, isIt);
        tally.same('order', told, { 'o.c': order.clientOrderId, 'o.z': Number(order.executedQty), 'o.ot': order.origType });
      }
      for (const algo of algos) {
        const isIt = (m: Row): boolean => Number(read(m, 'o.aid')) === algo.algoId && read(m, 'o.X') === algo.algoStatus;
        const told = await user().first(`end of conditional ${algo.clientAlgoId}`, isIt);
        tally.same('conditional', told, { e: 'ALGO_UPDATE', 'o.caid': algo.clientAlgoId, 'o.tp': Number(algo.triggerPrice) });
      }
    });

    it('told the position and the wallet as they stand', async () => {
      const { venue, tally } = met();
      const { positionHistory } = await venue.ledger();
      const updates = user().messages.filter((m) => m['e'] === 'ACCOUNT_UPDATE' && read(m, 'a.m') === 'ORDER');
      const told = updates.flatMap((m) => (read(m, 'a.P') as readonly Row[]).map((p) => ({ s: p['s'], pa: Number(p['pa']) })));
      const true_ = positionHistory.map((mark) => ({ s: mark.symbol, pa: Number(mark.signedQty) }));
      tally.same('positions told', { told }, { told: true_ });
      const wallets = user()
        .messages.filter((m) => m['e'] === 'ACCOUNT_UPDATE')
        .map((m) => Number(read(m, 'a.B.0.wb')));
      tally.same('wallet told last', { wallet: wallets.at(-1) }, { wallet: await venue.walletUsdt() });
      const leverage = await user().first('the change of leverage', (m) => m['e'] === 'ACCOUNT_CONFIG_UPDATE');
      tally.same('leverage told', leverage, { 'ac.s': TRADED, 'ac.l': 10 });
    });
  });
}

export function wsApiTests(met: Met): void {
  describe('the WebSocket API', () => {
    it('reads prices, book and account', async () => {
      const { venue, client, tally } = met();
      const price = await client.ws('price', { symbol: SYMBOL });
      tally.same('price', price, { price: venue.lastAt(SYMBOL, Number(read(price, 'time'))) });
      const book = await client.ws('book', { symbol: SYMBOL });
      const last = venue.lastAt(SYMBOL, Number(read(book, 'time')));
      tally.holds('book', Number(read(book, 'bidPrice')) < last && last < Number(read(book, 'askPrice')));
      const depth = await client.ws('orderBook', { symbol: SYMBOL, limit: 5 });
      tally.same('depth', { bids: (read(depth, 'bids') as unknown[]).length }, { bids: 5 });
      const balance = (await client.ws('balance')) as readonly Row[];
      const usdt = balance.find((row) => row['asset'] === 'USDT');
      tally.same('balance', usdt, { balance: await venue.walletUsdt() });
      tally.same('account', await client.ws('account'), { totalWalletBalance: await venue.walletUsdt() });
      const positions = (await client.ws('positions', { symbol: TRADED })) as readonly Row[];
      const held = positions.find((row) => row['symbol'] === TRADED);
      const { signedQty, entryPrice } = await venue.position(TRADED);
      tally.same('position', held, { positionAmt: Number(signedQty), entryPrice: Number(entryPrice) });
    });

    it('places, asks for, changes and cancels an order and a conditional', async () => {
      const { venue, client, tally } = met();
      const price = onTick(venue, TRADED, venue.lastAt(TRADED, Date.now()) * 0.97);
      const limit = { symbol: TRADED, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: 1, price };
      const placed = await client.ws('place', { ...limit, newClientOrderId: 'f-ws' });
      const order = await venue.order('f-ws');
      tally.same('placed', placed, { ...ackFields(order), status: 'NEW' });
      const { orderId } = order;
      tally.same('status', await client.ws('status', { symbol: TRADED, orderId }), orderFields(order));
      const lower = onTick(venue, TRADED, price * 0.99);
      const changed = await client.ws('modify', { symbol: TRADED, orderId, side: 'BUY', quantity: 1, price: lower });
      tally.same('changed', changed, { orderId, price: lower });
      const gone = await client.ws('cancel', { symbol: TRADED, orderId });
      tally.same('cancelled', gone, { ...ackFields(await venue.order('f-ws')), status: 'CANCELED' });
      const triggerPrice = onTick(venue, TRADED, price * 0.95);
      const stop = { algoType: 'CONDITIONAL', symbol: TRADED, side: 'SELL', type: 'STOP_MARKET', quantity: 1, triggerPrice };
      const set = await client.ws('placeAlgo', { ...stop, reduceOnly: 'true', clientAlgoId: 'f-ws-stop' });
      const algo = await venue.algo('f-ws-stop');
      tally.same('conditional', set, algoFields(algo));
      tally.same('its end', await client.ws('cancelAlgo', { algoId: algo.algoId }), {
        algoId: algo.algoId,
        clientAlgoId: 'f-ws-stop',
      });
      tally.same('the ledger’s conditional', await venue.algo('f-ws-stop'), { algoStatus: 'CANCELED' });
    });
  });
}
