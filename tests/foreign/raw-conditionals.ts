// Foreign clients, conditional orders and what follows a trigger: the road every protected position takes.
import { describe, it } from 'vitest';
import type { Met } from './raw-client.ts';
import { rowsOf } from './raw-market.ts';
import { TRADED } from './raw-orders.ts';
import { algoFields, tradeFields } from './record.ts';
import { onTick, START_USDT } from './venue.ts';

const PROTECT = { algoType: 'CONDITIONAL', symbol: TRADED, side: 'SELL', workingType: 'MARK_PRICE' } as const;

export function conditionalTests(met: Met): void {
  describe('conditional orders', () => {
    placingTests(met);
    cancellingTests(met);
    triggerTest(met);
  });
}

function placingTests(met: Met): void {
  it('protects a position with a stop and a target that close it', async () => {
    const { venue, client, tally } = met();
    const last = venue.lastAt(TRADED, Date.now());
    const closing = { ...PROTECT, closePosition: 'true', priceProtect: 'true' };
    const stop = { ...closing, type: 'STOP_MARKET', triggerPrice: onTick(venue, TRADED, last * 0.98), clientAlgoId: 'f-stop' };
    const target = { ...closing, type: 'TAKE_PROFIT_MARKET', triggerPrice: onTick(venue, TRADED, last * 1.05) };
    tally.same('stop', await client.rest('placeAlgo', stop), algoFields(await venue.algo('f-stop')));
    const placed = await client.rest('placeAlgo', { ...target, clientAlgoId: 'f-target' });
    const held = await venue.algo('f-target');
    tally.same('target', placed, { ...algoFields(held), triggerPrice: target.triggerPrice, timeInForce: 'GTE_GTC' });
    const second = await client.refusalOf('placeAlgo', { ...stop, clientAlgoId: 'f-stop-2' });
    tally.same('a second stop', { code: second }, { code: -4130 });
    const passed = {
      ...PROTECT,
      type: 'STOP_MARKET',
      quantity: 1,
      reduceOnly: 'true',
      triggerPrice: onTick(venue, TRADED, last * 1.02),
    };
    tally.same('a stop already passed', { code: await client.refusalOf('placeAlgo', passed) }, { code: -2021 });
  });

  it('finds them by number, in the open list, and not among ordinary orders', async () => {
    const { venue, client, tally } = met();
    const stop = await venue.algo('f-stop');
    tally.same('queried', await client.rest('queryAlgo', { algoId: stop.algoId }), algoFields(stop));
    const open = rowsOf(await client.rest('openAlgos', { symbol: TRADED }));
    const { openAlgoOrders } = await venue.state();
    tally.same('open conditionals', { count: open.length }, { count: openAlgoOrders.length });
    for (const [i, algo] of openAlgoOrders.entries()) tally.same('open conditional', open[i], algoFields(algo));
    tally.same('ordinary orders', { count: rowsOf(await client.rest('openOrders', { symbol: TRADED })).length }, { count: 0 });
  });
}

function cancellingTests(met: Met): void {
  it('cancels one, and all of a symbol, and reads the history', async () => {
    const { venue, client, tally } = met();
    const { algoId } = await venue.algo('f-target');
    // The code of this one answer is text.
    tally.same('cancelled', await client.rest('cancelAlgo', { algoId }), { algoId, clientAlgoId: 'f-target', code: '200' });
    tally.same('the ledger’s target', await venue.algo(algoId), { algoStatus: 'CANCELED' });
    tally.same('again', { code: await client.refusalOf('cancelAlgo', { algoId }) }, { code: -2011 });
    const last = venue.lastAt(TRADED, Date.now());
    const part = { ...PROTECT, type: 'TAKE_PROFIT_MARKET', quantity: 2, reduceOnly: 'true', clientAlgoId: 'f-part' };
    const placed = await client.rest('placeAlgo', { ...part, triggerPrice: onTick(venue, TRADED, last * 1.06) });
    tally.same('a part target', placed, { ...algoFields(await venue.algo('f-part')), quantity: 2, reduceOnly: true });
    tally.same('cancel all', await client.rest('cancelAllAlgos', { symbol: TRADED }), { code: 200 });
    const history = rowsOf(await client.rest('allAlgos', { symbol: TRADED }));
    const { algos } = await venue.ledger();
    tally.same('history', { count: history.length }, { count: algos.length });
    for (const [i, algo] of algos.entries()) tally.same('conditional in the history', history[i], algoFields(algo));
    const open = rowsOf(await client.rest('openAlgos', { symbol: TRADED }));
    tally.same('nothing is left open', { open: open.length }, { open: 0 });
  });
}

function triggerTest(met: Met): void {
  it('is closed by its stop when the price falls through it', async () => {
    const { venue, client, tally } = met();
    const last = venue.lastAt(TRADED, Date.now());
    const triggerPrice = onTick(venue, TRADED, last * 0.98);
    const stop = { ...PROTECT, type: 'STOP_MARKET', closePosition: 'true', triggerPrice, clientAlgoId: 'f-last' };
    await client.rest('placeAlgo', stop);
    await venue.setPrice(TRADED, onTick(venue, TRADED, last * 0.975));
    const algo = await venue.algo('f-last');
    tally.same('the ledger’s stop', algo, { algoStatus: 'FINISHED' });
    tally.same('the stop, queried', await client.rest('queryAlgo', { clientAlgoId: 'f-last' }), {
      ...algoFields(algo),
      actualOrderId: String(algo.actualOrderId),
      actualPrice: Number(algo.actualPrice),
    });
    const child = await client.rest('queryOrder', { symbol: TRADED, orderId: algo.actualOrderId });
    tally.same('the order it became', child, {
      clientOrderId: 'f-last',
      type: 'MARKET',
      origType: 'STOP_MARKET',
      status: 'FILLED',
    });
    const fills = await venue.fills(TRADED);
    const trades = rowsOf(await client.rest('userTrades', { symbol: TRADED }));
    for (const [i, fill] of fills.entries()) tally.same('user trade', trades[i], tradeFields(fill));
    const flat = rowsOf(await client.rest('positions', { symbol: TRADED })).filter((row) => Number(row['positionAmt']) !== 0);
    tally.same('positions', { count: flat.length }, { count: 0 });
    const paid = rowsOf(await client.rest('income')).reduce((sum, row) => sum + Number(row['income']), 0);
    const usdt = rowsOf(await client.rest('balance')).find((row) => row['asset'] === 'USDT');
    tally.holds('the balance is the start and its income', Math.abs(Number(usdt?.['balance']) - START_USDT - paid) < 1e-6);
  });
}
