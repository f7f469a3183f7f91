// Foreign clients, the account by REST: settings, an entry, resting orders and batches, each answer against the ledger.
import { describe, expect, it } from 'vitest';
import type { Met } from './raw-client.ts';
import { rowOf, rowsOf } from './raw-market.ts';
import { ackFields, orderFields, positionFields, tradeFields } from './record.ts';
import { type Row, read } from './tally.ts';
import { onTick, START_USDT } from './venue.ts';

/** The contract that is traded; the market tests look at others, so that its price may be scripted. */
export const TRADED = 'SOLUSDT';
const QUANTITY = 10;
const LEVERAGE = 10;

export function orderTests(met: Met): void {
  describe('settings of the account', () => settingTests(met));
  describe('an entry', () => entryTests(met));
  describe('resting orders', () => restingTests(met));
}

function settingTests(met: Met): void {
  it('reads the modes, the brackets and the fees', async () => {
    const { venue, client, tally } = met();
    tally.same('position mode', await client.rest('positionMode'), { dualSidePosition: false });
    tally.same('assets mode', await client.rest('multiAssets'), { multiAssetsMargin: false });
    tally.same('account config', await client.rest('accountConfig'), { dualSidePosition: false, canTrade: true });
    const answer = await client.rest('brackets', { symbol: TRADED });
    const held = Array.isArray(answer) ? answer[0] : answer;
    const contract = venue.source.contracts[venue.numberOf(TRADED)];
    const brackets = rowsOf(read(held, 'brackets'));
    tally.same('brackets', { count: brackets.length }, { count: contract?.brackets.length });
    for (const [i, bracket] of (contract?.brackets ?? []).entries()) tally.same('bracket', brackets[i], { ...bracket });
    // The venue's ordinary fees: 5 bp for takers, 2 bp for makers.
    const fees = { symbol: TRADED, takerCommissionRate: 0.0005, makerCommissionRate: 0.0002 };
    tally.same('fees', await client.rest('commissionRate', { symbol: TRADED }), fees);
  });

  it('sets margin type and leverage, and hears that a second change is not needed', async () => {
    const { client, tally } = met();
    const wanted = { symbol: TRADED, marginType: 'ISOLATED' };
    tally.same('margin type', await client.rest('setMarginType', wanted), { code: 200 });
    tally.same('margin type again', { code: await client.refusalOf('setMarginType', wanted) }, { code: -4046 });
    const leverage = await client.rest('setLeverage', { symbol: TRADED, leverage: LEVERAGE });
    tally.same('leverage', leverage, { symbol: TRADED, leverage: LEVERAGE });
    const config = rowOf(await client.rest('symbolConfig', { symbol: TRADED }), TRADED);
    tally.same('symbol config', config, { marginType: 'ISOLATED', leverage: LEVERAGE, isAutoAddMargin: false });
  });
}

function entryTests(met: Met): void {
  it('fills at market and reads its order and its fills back', async () => {
    const { venue, client, tally } = met();
    const asked = { symbol: TRADED, side: 'BUY', type: 'MARKET', quantity: QUANTITY };
    const ack = await client.rest('placeOrder', { ...asked, newClientOrderId: 'f-entry', newOrderRespType: 'RESULT' });
    const order = await venue.order('f-entry');
    tally.same('entry', ack, { ...ackFields(order), status: 'FILLED', executedQty: QUANTITY });
    const queried = await client.rest('queryOrder', { symbol: TRADED, origClientOrderId: 'f-entry' });
    tally.same('entry queried', queried, { ...orderFields(order), avgPrice: Number(order.avgPrice) });
    const fills = await venue.fills(TRADED);
    const trades = rowsOf(await client.rest('userTrades', { symbol: TRADED }));
    tally.same('user trades', { count: trades.length }, { count: fills.length });
    for (const [i, fill] of fills.entries()) tally.same('user trade', trades[i], tradeFields(fill));
  });

  it('reads position, account and balance', async () => {
    const { venue, client, tally } = met();
    const held = await venue.position(TRADED);
    const risk = rowOf(await client.rest('positions', { symbol: TRADED }), TRADED);
    tally.same('position', risk, positionFields(held));
    const pnl = QUANTITY * (Number(risk?.['markPrice']) - Number(held.entryPrice));
    tally.holds('profit is quantity × (mark − entry)', Math.abs(Number(risk?.['unRealizedProfit']) - pnl) < 1e-5);
    const [fill] = await venue.fills(TRADED);
    // The wallet has paid the taker's fee and nothing else.
    const fee = Number(fill?.price) * QUANTITY * 0.0005;
    tally.same('fee', { fee: Number(fill?.commission) }, { fee });
    const usdt = rowsOf(await client.rest('balance')).find((row) => row['asset'] === 'USDT');
    tally.same('balance', usdt, { asset: 'USDT', balance: START_USDT - fee });
    const account = await client.rest('account');
    tally.same('account', account, { totalWalletBalance: START_USDT - fee });
    const inAccount = rowOf(read(account, 'positions'), TRADED);
    tally.same('account position', inAccount, { positionAmt: QUANTITY, isolatedWallet: Number(held.isolatedWallet) });
  });

  it('pays funding on what it holds, and finds it in the income', async () => {
    const { venue, client, tally } = met();
    await venue.act({ act: 'funding', symbol: TRADED, rate: '0.001' });
    const income = rowsOf(await client.rest('income', { symbol: TRADED }));
    const [fill] = await venue.fills(TRADED);
    const fee = income.find((row) => row['incomeType'] === 'COMMISSION');
    tally.same('commission', fee, {
      symbol: TRADED,
      asset: 'USDT',
      income: -Number(fill?.commission),
      tradeId: String(fill?.id),
    });
    const funding = income.find((row) => row['incomeType'] === 'FUNDING_FEE');
    const notional = QUANTITY * venue.markAt(TRADED, Number(funding?.['time']));
    // A long pays a positive rate: 0.001 of its notional at the mark.
    tally.holds('funding is the rate on the notional', Math.abs(Number(funding?.['income']) + notional * 0.001) < 1e-6);
    const paid = income.reduce((sum, row) => sum + Number(row['income']), 0);
    tally.holds('the wallet is the start and its income', Math.abs((await venue.walletUsdt()) - START_USDT - paid) < 1e-6);
  });

  it('is refused what the venue refuses, with the venue’s codes', async () => {
    const { client, tally } = met();
    const asked = { symbol: TRADED, quantity: QUANTITY };
    const refused: readonly [string, Row, number][] = [
      ['a reduction that would add', { side: 'BUY', type: 'MARKET', reduceOnly: 'true' }, -2022],
      ['a conditional on the order road', { side: 'SELL', type: 'STOP_MARKET', stopPrice: 1 }, -4120],
      ['a quantity between two steps', { side: 'BUY', type: 'MARKET', quantity: 1.0001 }, -1111],
      ['too little', { side: 'BUY', type: 'MARKET', quantity: 0.01 }, -4164],
    ];
    for (const [what, fields, code] of refused) {
      tally.same(what, { code: await client.refusalOf('placeOrder', { ...asked, ...fields }) }, { code });
    }
    const unknown = await client.refusalOf('queryOrder', { symbol: TRADED, origClientOrderId: 'nobody' });
    tally.same('an unknown order', { code: unknown }, { code: -2013 });
    tally.same(
      'an unknown symbol',
      { code: await client.refusalOf('klines', { symbol: 'NOSUCH', interval: '1m' }) },
      { code: -1121 },
    );
  });
}

function restingTests(met: Met): void {
  it('places, finds, changes and cancels a limit order', async () => {
    const { venue, client, tally } = met();
    const price = onTick(venue, TRADED, venue.lastAt(TRADED, Date.now()) * 0.97);
    const limit = { symbol: TRADED, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: 1, price };
    tally.holds('a test order is only looked at', (await client.rest('testOrder', limit)) !== undefined);
    tally.same('placed', await client.rest('placeOrder', { ...limit, newClientOrderId: 'f-limit' }), { status: 'NEW', price });
    const { orderId } = await venue.order('f-limit');
    tally.same(
      'open order',
      await client.rest('openOrder', { symbol: TRADED, orderId }),
      orderFields(await venue.order('f-limit')),
    );
    const open = rowsOf(await client.rest('openOrders', { symbol: TRADED }));
    tally.same('open orders', { ids: open.map((row) => Number(row['orderId'])) }, { ids: [orderId] });
    const lower = onTick(venue, TRADED, price * 0.99);
    const change = { symbol: TRADED, orderId, side: 'BUY', quantity: 2, price: lower };
    tally.same('changed', await client.rest('modifyOrder', change), { orderId, price: lower, origQty: 2 });
    tally.same('the ledger’s order', await venue.order(orderId), { price: lower, quantity: 2, status: 'NEW' });
    const gone = await client.rest('cancelOrder', { symbol: TRADED, origClientOrderId: 'f-limit' });
    tally.same('cancelled', gone, { ...ackFields(await venue.order(orderId)), status: 'CANCELED' });
    tally.same('again', { code: await client.refusalOf('cancelOrder', { symbol: TRADED, orderId }) }, { code: -2011 });
    const all = rowsOf(await client.rest('allOrders', { symbol: TRADED }));
    const { orders } = await venue.ledger();
    tally.same('all orders', { count: all.length }, { count: orders.length });
    for (const [i, order] of orders.entries()) tally.same('order in the history', all[i], orderFields(order));
  });

  it('places and cancels several at once, the refused among them told apart', async () => {
    const { venue, client, tally } = met();
    const price = onTick(venue, TRADED, venue.lastAt(TRADED, Date.now()) * 0.96);
    const limit = { symbol: TRADED, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '1', price: String(price) };
    const wishes = [
      { ...limit, newClientOrderId: 'f-b1' },
      { ...limit, side: 'BUY', reduceOnly: 'true', newClientOrderId: 'f-b2' },
      { ...limit, quantity: '3', newClientOrderId: 'f-b3' },
    ];
    const answers = rowsOf(await client.rest('placeBatch', { batchOrders: wishes }));
    const [first, third] = [await venue.order('f-b1'), await venue.order('f-b3')];
    tally.same('first of the batch', answers[0], ackFields(first));
    tally.same('refused in the batch', answers[1], { code: -2022 });
    tally.same('third of the batch', answers[2], ackFields(third));
    const orderIdList = [first.orderId, third.orderId];
    const gone = rowsOf(await client.rest('cancelBatch', { symbol: TRADED, orderIdList }));
    for (const [i, orderId] of orderIdList.entries())
      tally.same('cancelled in a batch', gone[i], { orderId, status: 'CANCELED' });
  });

  it('clears what rests, at once or by a countdown', async () => {
    const { venue, client, tally } = met();
    const price = onTick(venue, TRADED, venue.lastAt(TRADED, Date.now()) * 0.96);
    const limit = { symbol: TRADED, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: 1, price };
    await client.rest('placeOrder', { ...limit, newClientOrderId: 'f-all' });
    tally.same('cancel all', await client.rest('cancelAllOrders', { symbol: TRADED }), { code: 200 });
    expect((await venue.order('f-all')).status).toBe('CANCELED');
    await client.rest('placeOrder', { ...limit, newClientOrderId: 'f-count' });
    const started = await client.rest('countdown', { symbol: TRADED, countdownTime: 1_000 });
    tally.same('countdown', started, { symbol: TRADED, countdownTime: 1_000 });
    await venue.jump(4_000);
    tally.same('after the countdown', await venue.order('f-count'), { status: 'CANCELED' });
    tally.same('nothing rests', { open: rowsOf(await client.rest('openOrders', { symbol: TRADED })).length }, { open: 0 });
  });
}
