// Foreign clients, ccxt's account: settings, orders, conditionals and what it watches of them, against the ledger.
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { SimAlgo, SimOrder, SimTrade } from '../../src/sim/types.ts';
import { refusalCode, socketOpen, Watched } from './ccxt-client.ts';
import type { CcxtMet } from './ccxt-market.ts';
import { type Row, read, type Wanted } from './tally.ts';
import { onTick, START_USDT } from './venue.ts';

const SYMBOL = 'SOL/USDT:USDT';
const ID = 'SOLUSDT';
const QUANTITY = 10;
const STATUS: Readonly<Record<string, string>> = {
  NEW: 'open',
  PARTIALLY_FILLED: 'open',
  FILLED: 'closed',
  CANCELED: 'canceled',
  EXPIRED: 'expired',
  TRIGGERING: 'open',
  TRIGGERED: 'open',
  FINISHED: 'closed',
};

const orderWanted = (order: SimOrder): Wanted => ({
  id: String(order.orderId),
  clientOrderId: order.clientOrderId,
  symbol: SYMBOL,
  side: order.side.toLowerCase(),
  type: order.type.toLowerCase(),
  status: STATUS[order.status],
  amount: Number(order.quantity),
  filled: Number(order.executedQty),
});

const algoWanted = (algo: SimAlgo): Wanted => ({
  id: String(algo.algoId),
  clientOrderId: algo.clientAlgoId,
  symbol: SYMBOL,
  side: algo.side.toLowerCase(),
  status: STATUS[algo.algoStatus],
  triggerPrice: Number(algo.triggerPrice),
});

const tradeWanted = (fill: SimTrade): Wanted => ({
  id: String(fill.id),
  order: String(fill.orderId),
  symbol: SYMBOL,
  side: fill.side.toLowerCase(),
  price: Number(fill.price),
  amount: Number(fill.qty),
  cost: Number(fill.quoteQty),
  'fee.cost': Number(fill.commission),
  'fee.currency': fill.commissionAsset,
  timestamp: fill.atMs,
});

const rowsOf = (answer: unknown): readonly Row[] => answer as readonly Row[];
/** ccxt's total is the margin balance: the wallet with what the open position has won or lost. */
const usdtOf = (balance: unknown): Row | undefined => rowsOf(read(balance, 'info.assets')).find((row) => row['asset'] === 'USDT');
const byId = (rows: unknown, id: number): Row | undefined => rowsOf(rows).find((row) => row['id'] === String(id));

export function ccxtTradingTests(met: CcxtMet): void {
  describe('the account', () => {
    const watched: Record<'orders' | 'trades' | 'positions', Watched | null> = { orders: null, trades: null, positions: null };

    beforeAll(async () => {
      const { pro } = met();
      watched.orders = new Watched(async () => pro.watchOrders(SYMBOL));
      watched.trades = new Watched(async () => pro.watchMyTrades(SYMBOL));
      watched.positions = new Watched(async () => pro.watchPositions([SYMBOL]));
      // One listenKey and one socket serve the three; the first order must not come before it.
      await socketOpen(pro, '/private/');
    });
    afterAll(() => {
      for (const one of Object.values(watched)) one?.end();
    });

    settingsTest(met);
    entryTests(met);
    restingTests(met);
    conditionalTests(met);
    webSocketTest(met);
    stopTest(met);
    watchedTest(met, () => watched);
  });
}

function settingsTest(met: CcxtMet): void {
  it('reads and sets what a position needs', async () => {
    const { venue, rest, tally } = met();
    tally.same('position mode', await rest.fetchPositionMode(SYMBOL), { hedged: false });
    const tiers = (await rest.fetchLeverageTiers([SYMBOL])) as Record<string, readonly Row[]>;
    const brackets = venue.source.contracts[venue.numberOf(ID)]?.brackets ?? [];
    for (const [i, bracket] of brackets.entries()) {
      tally.same('tier', tiers[SYMBOL]?.[i], {
        maxLeverage: bracket.initialLeverage,
        maintenanceMarginRate: bracket.maintMarginRatio,
        maxNotional: bracket.notionalCap,
      });
    }
    // The venue's ordinary fees: 5 bp for takers, 2 bp for makers.
    tally.same('fee', await rest.fetchTradingFee(SYMBOL), { taker: 0.0005, maker: 0.0002 });
    tally.same('margin mode', await rest.setMarginMode('isolated', SYMBOL), { code: 200 });
    tally.same('again', { code: await refusalCode(rest.setMarginMode('isolated', SYMBOL)) }, { code: -4046 });
    tally.same('leverage', await rest.setLeverage(10, SYMBOL), { leverage: 10, symbol: ID });
    const leverages = (await rest.fetchLeverages([SYMBOL])) as Record<string, Row>;
    tally.same('leverages', leverages[SYMBOL], { longLeverage: 10, marginMode: 'isolated' });
  });
}

function entryTests(met: CcxtMet): void {
  it('fills at market and reads order, trades, position and balance', async () => {
    const { venue, rest, tally } = met();
    const placed = await rest.createOrder(SYMBOL, 'market', 'buy', QUANTITY, undefined, { clientOrderId: 'c-entry' });
    const order = await venue.order('c-entry');
    tally.same('placed', placed, orderWanted(order));
    const fetched = await rest.fetchOrder(String(order.orderId), SYMBOL);
    tally.same('fetched', fetched, { ...orderWanted(order), average: Number(order.avgPrice), cost: Number(order.cumQuote) });
    const fills = await venue.fills(ID);
    const trades = rowsOf(await rest.fetchMyTrades(SYMBOL));
    for (const [i, fill] of fills.entries()) tally.same('trade', trades[i], tradeWanted(fill));
    const held = await venue.position(ID);
    const [position] = rowsOf(await rest.fetchPositions([SYMBOL]));
    tally.same('position', position, {
      symbol: SYMBOL,
      side: 'long',
      contracts: QUANTITY,
      entryPrice: Number(held.entryPrice),
      liquidationPrice: Number(held.liquidationPrice),
      marginMode: 'isolated',
    });
    const balance = await rest.fetchBalance();
    const paid = { walletBalance: await venue.walletUsdt(), marginBalance: Number(read(balance, 'USDT.total')) };
    tally.same('balance', usdtOf(balance), paid);
  });

  it('pays funding and finds every booking', async () => {
    const { venue, rest, tally } = met();
    await venue.act({ act: 'funding', symbol: ID, rate: '0.001' });
    const [funding] = rowsOf(await rest.fetchFundingHistory(SYMBOL));
    const notional = QUANTITY * venue.markAt(ID, Number(funding?.['timestamp']));
    tally.holds('funding is the rate on the notional', Math.abs(Number(funding?.['amount']) + notional * 0.001) < 1e-6);
    const ledger = rowsOf(await rest.fetchLedger('USDT'));
    const booked = ledger.reduce((sum, row) => sum + Number(row['amount']) * (row['direction'] === 'out' ? -1 : 1), 0);
    tally.holds('the wallet is the start and its bookings', Math.abs((await venue.walletUsdt()) - START_USDT - booked) < 1e-6);
  });

  it('hears refusals with the venue’s codes', async () => {
    const { rest, tally } = met();
    const adding = rest.createOrder(SYMBOL, 'market', 'buy', 1, undefined, { reduceOnly: true });
    tally.same('a reduction that would add', { code: await refusalCode(adding) }, { code: -2022 });
    tally.same('unknown order', { code: await refusalCode(rest.fetchOrder('1', SYMBOL)) }, { code: -2013 });
    tally.same('unknown to cancel', { code: await refusalCode(rest.cancelOrder('1', SYMBOL)) }, { code: -2011 });
  });
}

function restingTests(met: CcxtMet): void {
  it('places, finds, edits and cancels a limit order', async () => {
    const { venue, rest, tally } = met();
    const price = onTick(venue, ID, venue.lastAt(ID, Date.now()) * 0.97);
    const placed = await rest.createOrder(SYMBOL, 'limit', 'buy', 1, price, { clientOrderId: 'c-limit' });
    const order = await venue.order('c-limit');
    tally.same('placed', placed, { ...orderWanted(order), price });
    const id = String(order.orderId);
    tally.same('open order', await rest.fetchOpenOrder(id, SYMBOL), orderWanted(order));
    const open = rowsOf(await rest.fetchOpenOrders(SYMBOL));
    tally.same('open orders', { ids: open.map((row) => row['id']) }, { ids: [id] });
    const lower = onTick(venue, ID, price * 0.99);
    tally.same('edited', await rest.editOrder(id, SYMBOL, 'limit', 'buy', 2, lower), { id, amount: 2, price: lower });
    tally.same('the ledger’s order', await venue.order(order.orderId), { quantity: 2, price: lower });
    tally.same('cancelled', await rest.cancelOrder(id, SYMBOL), orderWanted(await venue.order(order.orderId)));
    const { orders } = await venue.ledger();
    const all = await rest.fetchOrders(SYMBOL);
    for (const one of orders) tally.same('order in the history', byId(all, one.orderId), orderWanted(one));
  });

  it('places several at once and cancels them by list and all together', async () => {
    const { venue, rest, tally } = met();
    const price = onTick(venue, ID, venue.lastAt(ID, Date.now()) * 0.96);
    const wish = (clientOrderId: string, amount: number): Row => ({
      symbol: SYMBOL,
      type: 'limit',
      side: 'buy',
      amount,
      price,
      params: { clientOrderId },
    });
    const placed = rowsOf(await rest.createOrders([wish('c-b1', 1), wish('c-b2', 2), wish('c-b3', 3)]));
    const orders = [await venue.order('c-b1'), await venue.order('c-b2'), await venue.order('c-b3')];
    for (const [i, order] of orders.entries()) tally.same('of the batch', placed[i], orderWanted(order));
    const ids = orders.slice(0, 2).map((order) => String(order.orderId));
    const gone = rowsOf(await rest.cancelOrders(ids, SYMBOL));
    for (const [i, id] of ids.entries()) tally.same('cancelled of the list', gone[i], { id, status: 'canceled' });
    await rest.cancelAllOrders(SYMBOL);
    tally.same('the last of them', await venue.order('c-b3'), { status: 'CANCELED' });
    tally.same('nothing rests', { open: rowsOf(await rest.fetchOpenOrders(SYMBOL)).length }, { open: 0 });
  });
}

function conditionalTests(met: CcxtMet): void {
  it('protects the position and cancels the protection again', async () => {
    const { venue, rest, tally } = met();
    const last = venue.lastAt(ID, Date.now());
    const closing = { closePosition: true, workingType: 'MARK_PRICE' };
    const sell = [SYMBOL, 'market', 'sell', undefined, undefined] as const;
    const stopLossPrice = onTick(venue, ID, last * 0.98);
    const takeProfitPrice = onTick(venue, ID, last * 1.05);
    const stop = await rest.createOrder(...sell, { ...closing, stopLossPrice, clientOrderId: 'c-stop' });
    const stopAlgo = await venue.algo('c-stop');
    tally.same('stop', stop, { ...algoWanted(stopAlgo), triggerPrice: stopLossPrice });
    tally.same('the ledger’s stop', stopAlgo, { orderType: 'STOP_MARKET', closePosition: true, workingType: 'MARK_PRICE' });
    const target = await rest.createOrder(...sell, { ...closing, takeProfitPrice, clientOrderId: 'c-target' });
    const targetAlgo = await venue.algo('c-target');
    tally.same('target', target, { ...algoWanted(targetAlgo), triggerPrice: takeProfitPrice });
    const second = rest.createOrder(...sell, { ...closing, stopLossPrice });
    tally.same('a second stop', { code: await refusalCode(second) }, { code: -4130 });
    const open = await rest.fetchOpenOrders(SYMBOL, undefined, undefined, { trigger: true });
    for (const algo of [stopAlgo, targetAlgo]) tally.same('open conditional', byId(open, algo.algoId), algoWanted(algo));
    const id = String(targetAlgo.algoId);
    tally.same('queried', await rest.fetchOrder(id, SYMBOL, { trigger: true }), algoWanted(targetAlgo));
    await rest.cancelOrder(id, SYMBOL, { trigger: true });
    tally.same('the ledger’s target', await venue.algo('c-target'), { algoStatus: 'CANCELED' });
    const trailing = { trailingPercent: 1, reduceOnly: true, clientOrderId: 'c-trail', trailingTriggerPrice: takeProfitPrice };
    const trail = await rest.createOrder(SYMBOL, 'market', 'sell', 1, undefined, trailing);
    const trailAlgo = await venue.algo('c-trail');
    tally.same('trailing', trail, { id: String(trailAlgo.algoId) });
    // ccxt still sends the parameter's old name.
    tally.same('the ledger’s trailing stop', trailAlgo, { callbackRate: 1, activatePrice: takeProfitPrice });
    await rest.cancelAllOrders(SYMBOL, { trigger: true });
    tally.same('no conditional is left', { open: (await venue.state()).openAlgoOrders.length }, { open: 0 });
  });
}

function webSocketTest(met: CcxtMet): void {
  it('trades over the WebSocket API', async () => {
    const { venue, pro, tally } = met();
    const price = onTick(venue, ID, venue.lastAt(ID, Date.now()) * 0.97);
    const placed = await pro.createOrderWs(SYMBOL, 'limit', 'buy', 1, price, { clientOrderId: 'c-ws' });
    const order = await venue.order('c-ws');
    tally.same('placed', placed, orderWanted(order));
    const id = String(order.orderId);
    tally.same('fetched', await pro.fetchOrderWs(id, SYMBOL), orderWanted(order));
    const lower = onTick(venue, ID, price * 0.99);
    tally.same('edited', await pro.editOrderWs(id, SYMBOL, 'limit', 'buy', 1, lower), { id, price: lower });
    tally.same('cancelled', await pro.cancelOrderWs(id, SYMBOL), orderWanted(await venue.order('c-ws')));
    const balance = await pro.fetchBalanceWs();
    const held = { walletBalance: await venue.walletUsdt(), marginBalance: Number(read(balance, 'USDT.total')) };
    tally.same('balance', usdtOf(balance), held);
    const positions = rowsOf(await pro.fetchPositionsWs([SYMBOL]));
    tally.same('position', positions[0], { contracts: QUANTITY, side: 'long' });
    // Its default asks for the book's best prices, which tell no last price.
    const best = await pro.fetchTickerWs(SYMBOL);
    const then = venue.lastAt(ID, Number(read(best, 'timestamp')));
    tally.holds('best prices', Number(read(best, 'bid')) < then && then < Number(read(best, 'ask')));
    const ticker = await pro.fetchTickerWs(SYMBOL, { method: 'ticker.price' });
    tally.same('ticker', ticker, { last: venue.lastAt(ID, Number(read(ticker, 'timestamp'))) });
    const book = (await pro.fetchOrderBookWs(SYMBOL, 5)) as { bids: readonly unknown[]; asks: readonly unknown[] };
    tally.same('book', { bids: book.bids.length, asks: book.asks.length }, { bids: 5, asks: 5 });
  });
}

function stopTest(met: CcxtMet): void {
  it('is closed by its stop when the price falls through it', async () => {
    const { venue, rest, tally } = met();
    const last = venue.lastAt(ID, Date.now());
    const stopLossPrice = onTick(venue, ID, last * 0.98);
    const closing = { closePosition: true, workingType: 'MARK_PRICE', stopLossPrice, clientOrderId: 'c-last' };
    await rest.createOrder(SYMBOL, 'market', 'sell', undefined, undefined, closing);
    await venue.setPrice(ID, onTick(venue, ID, last * 0.975));
    const algo = await venue.algo('c-last');
    tally.same('the ledger’s stop', algo, { algoStatus: 'FINISHED' });
    const child = await rest.fetchOrder(String(algo.actualOrderId), SYMBOL);
    tally.same('the order it became', child, orderWanted(await venue.order(algo.actualOrderId)));
    tally.same('positions', { count: rowsOf(await rest.fetchPositions([SYMBOL])).length }, { count: 0 });
    const trades = rowsOf(await rest.fetchMyTrades(SYMBOL));
    for (const [i, fill] of (await venue.fills(ID)).entries()) tally.same('trade', trades[i], tradeWanted(fill));
    tally.same('balance', await rest.fetchBalance(), { 'USDT.total': await venue.walletUsdt() });
  });
}

function watchedTest(met: CcxtMet, all: () => Record<'orders' | 'trades' | 'positions', Watched | null>): void {
  it('watched every order to its end, every fill, and the position go', async () => {
    const { venue, tally } = met();
    const { orders, trades, positions } = all();
    const ledger = await venue.ledger();
    for (const order of ledger.orders) {
      const isIt = (row: Row): boolean => row['id'] === String(order.orderId) && row['status'] === STATUS[order.status];
      tally.same('order', await orders?.first(`end of order ${order.clientOrderId}`, isIt), orderWanted(order));
    }
    for (const fill of ledger.fills) {
      const told = await trades?.first(`fill ${fill.id}`, (row) => row['id'] === String(fill.id));
      tally.same('fill', told, tradeWanted(fill));
    }
    const opened = await positions?.first('the position', (row) => Number(row['contracts']) === QUANTITY);
    tally.same('opened', opened, { symbol: SYMBOL, side: 'long' });
    const flat = await positions?.first('its end', (row) => Number(row['contracts']) === 0);
    tally.same('closed', flat, { symbol: SYMBOL });
  });
}
