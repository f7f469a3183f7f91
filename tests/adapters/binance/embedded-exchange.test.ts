// The adapter against the embedded exchange: two halves that were written apart and share no code, over real sockets.
import { afterEach, describe, expect, it } from 'vitest';
import { type BinanceVenue, createBinance } from '../../../src/adapters/binance/binance.ts';
import { systemClock } from '../../../src/adapters/clock/system.ts';
import { readExchangeState } from '../../../src/adapters/exchange-control/client.ts';
import { ExchangePacer } from '../../../src/adapters/exchange-control/pacer.ts';
import { clientIdOf, type OrderRole } from '../../../src/core/client-id.ts';
import { priceToTicks, qtyToSteps } from '../../../src/core/grid.ts';
import type { Instrument, MarketEvent } from '../../../src/core/market.ts';
import type { AccountEvent, ConditionalOrderRequest, MarketOrderRequest } from '../../../src/core/orders.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { type ClientOrderId, epochMs, symbolId } from '../../../src/core/units.ts';
import type { ExchangeOptions } from '../../../src/emulator/exchange.ts';
import { START_MS } from '../../emulator/a-source.ts';
import { anExchange, type TestBot } from '../../emulator/an-exchange.ts';
import { rememberingLogger } from '../../support/fake-clocks.ts';
import { eventually } from '../../support/fake-venue.ts';

const BTC = symbolId('BTCUSDT');
const CJK = symbolId('币安人生USDT');
const MINUTE_MS = 60_000;

const open: { door: TestBot; binance: BinanceVenue; abort: AbortController }[] = [];
afterEach(async () => {
  for (const { door, binance, abort } of open.splice(0)) {
    abort.abort();
    binance.stop();
    await door.close();
  }
});

async function started(options: Partial<ExchangeOptions> = {}) {
  const door = await anExchange(options);
  const { restUrl, wsUrl, apiKey, apiSecret, accountId } = door.exchange;
  const logger = rememberingLogger();
  const binance = createBinance({
    restUrl,
    wsUrl,
    apiKey,
    apiSecret,
    wallClock: systemClock,
    random: new SeededRandom(5),
    logger,
    paced: 'paced',
    accountId,
  });
  const abort = new AbortController();
  open.push({ door, binance, abort });
  const instruments = new Map((await binance.feed.instruments()).map((each) => [each.symbol, each]));
  const market: MarketEvent[] = [];
  const account: AccountEvent[] = [];
  const follow = () => binance.feed.follow([...instruments.keys()], '1m', (event) => market.push(event), abort.signal);
  const followAccount = () => binance.broker.follow((event) => account.push(event), abort.signal);
  return { door, binance, instruments, market, account, follow, followAccount, abort, logger };
}

type Started = Awaited<ReturnType<typeof started>>;
let attempt = 0;
const idOf = (role: OrderRole): ClientOrderId => clientIdOf('0', 'abcdefghij2345', role, attempt++);

function instrument(world: Started, symbol = BTC): Instrument {
  const found = world.instruments.get(symbol);
  if (found === undefined) throw new Error(`${symbol} is not listed`);
  return found;
}

const market = (world: Started, effect: 'open' | 'reduce', qty = 0.01): MarketOrderRequest => ({
  symbol: BTC,
  clientId: idOf(effect === 'open' ? 'e' : 'x'),
  action: effect === 'open' ? 'buy' : 'sell',
  effect,
  steps: qtyToSteps(qty, instrument(world).grid),
});
const stop = (
  world: Started,
  price: number,
  coverage: ConditionalOrderRequest['coverage'] = { kind: 'closePosition' },
): ConditionalOrderRequest => ({
  symbol: BTC,
  clientId: idOf('a'),
  type: 'stopMarket',
  action: 'sell',
  trigger: priceToTicks(price, instrument(world).grid, 'nearest'),
  workingType: 'mark',
  coverage,
  priceProtect: 'off',
});

describe('market data of the embedded exchange', () => {
  it('lists its contracts and tells the day of each', async () => {
    const { instruments, binance } = await started();
    expect([...instruments.keys()]).toEqual(['BTCUSDT', 'ETHUSDT', '币安人生USDT']);
    expect(instruments.get(BTC)).toMatchObject({
      grid: { tickUnits: 1, tickDecimals: 1, stepUnits: 1, stepDecimals: 3 },
      marketMaxQty: 1000,
      minNotionalUsdt: 5,
      contractType: 'PERPETUAL',
    });
    const tickers = await binance.feed.tickers();
    expect(tickers.map((ticker) => ticker.symbol)).toEqual(['BTCUSDT', 'ETHUSDT', '币安人生USDT']);
    expect(tickers[0]?.lastPrice).toBe(50_000);
  });

  it('gives closed history up to the minute it stands in, also of a Chinese symbol', async () => {
    const { binance, door } = await started();
    await door.step(30_000);
    for (const symbol of [BTC, CJK]) {
      const bars = await binance.feed.history({ symbol, timeframe: '1m', count: 120 });
      expect(bars.length).toBe(120);
      expect(bars.at(-1)?.openMs).toBe(START_MS - MINUTE_MS);
    }
    const quarter = await binance.feed.history({ symbol: BTC, timeframe: '15m', count: 3 });
    expect(quarter.map((bar) => [bar.openMs, bar.high, bar.volume])).toEqual(
      [3, 2, 1].map((n) => [START_MS - n * 900_000, 50_000.2, 15]),
    );
  });

  it('streams forming and final candles and marks, and drains in order', async () => {
    const world = await started();
    await world.follow();
    await world.door.step(MINUTE_MS + 3_000);
    await world.binance.feed.drain();
    // Final frames of the minute before may still be late in this one: they are not counted.
    const finals = world.market.flatMap((event) =>
      event.kind === 'bar' && event.final && event.bar.openMs === START_MS
        ? [[event.symbol, event.bar.openMs, event.bar.close]]
        : [],
    );
    expect(finals.sort()).toEqual(
      [
        ['BTCUSDT', START_MS, 50_000],
        ['ETHUSDT', START_MS, 2_000],
        ['币安人生USDT', START_MS, 100],
      ].sort(),
    );
    expect(world.market.filter((event) => event.kind === 'bar' && !event.final).length).toBeGreaterThan(3);
    const marks = world.market.filter((event) => event.kind === 'marks');
    expect(marks.at(-1)?.at).toBe(START_MS + MINUTE_MS + 3_000);
    expect(world.binance.clock.now()).toBe(START_MS + MINUTE_MS + 3_000);
    expect(world.binance.feed.weightUsed()).toBeGreaterThanOrEqual(0);
  });

  it('comes back after the exchange dropped its sockets', async () => {
    const world = await started();
    await world.follow();
    await world.door.control('/faults', { switch: 'ws.drop' });
    const states = () => world.market.flatMap((event) => (event.kind === 'feed' ? [event.state] : []));
    await eventually('it is up again', () => states().length === 3);
    expect(states()).toEqual(['up', 'down', 'up']);
    await world.door.step(MINUTE_MS + 3_000);
    await world.binance.feed.drain();
    expect(world.market.filter((event) => event.kind === 'bar' && event.final && event.bar.openMs === START_MS).length).toBe(3);
  });

  it('refuses history of an unknown symbol for good', async () => {
    const { binance } = await started();
    await expect(binance.feed.history({ symbol: symbolId('NOPEUSDT'), timeframe: '1m', count: 5 })).rejects.toMatchObject({
      remedy: 'final',
      code: -1121,
    });
  });
});

describe('trading on the embedded exchange', () => {
  it('opens, protects, sees both stores, moves the stop and closes', async () => {
    const world = await started();
    const { broker } = world.binance;
    await world.followAccount();
    expect(await broker.accountId()).toBe(world.door.exchange.accountId);
    expect(await broker.config()).toEqual({ canTrade: true, hedgeMode: false, multiAssets: false });
    expect(await broker.setIsolated(BTC)).toEqual({ kind: 'set' });
    expect(await broker.setIsolated(BTC)).toEqual({ kind: 'set' });
    expect(await broker.setLeverage(BTC, 10)).toEqual({ kind: 'set' });
    expect(await broker.symbolConfig(BTC)).toEqual({ symbol: BTC, marginType: 'isolated', leverage: 10 });

    const entry = market(world, 'open');
    expect(await broker.place(entry)).toMatchObject({ kind: 'accepted' });
    await broker.drain();
    const fill = world.account.flatMap((event) => (event.kind === 'fill' ? [event.fill] : []))[0];
    expect(fill).toMatchObject({ clientId: entry.clientId, action: 'buy', qty: '0.010', feeAsset: 'USDT' });
    expect(world.account.some((event) => event.kind === 'position' && Number(event.signedQty) === 0.01)).toBe(true);

    const disaster = stop(world, 45_000);
    expect(await broker.placeConditional(disaster)).toMatchObject({ kind: 'accepted' });
    // A second one in the same direction is refused by the venue itself.
    expect(await broker.placeConditional(stop(world, 44_000))).toMatchObject({ kind: 'rejected', code: -4130 });
    const working = stop(world, 49_000, { kind: 'reduceOnly', steps: entry.steps });
    expect(await broker.placeConditional(working)).toMatchObject({ kind: 'accepted' });
    const resting = await broker.openConditionals(BTC);
    expect(resting?.map((each) => [each.clientId, each.status, Number(each.triggerPrice), each.closePosition]).sort()).toEqual(
      [
        [disaster.clientId, 'new', 45_000, true],
        [working.clientId, 'new', 49_000, false],
      ].sort(),
    );
    expect(await broker.cancelConditional(BTC, working.clientId)).toEqual({ kind: 'canceled' });
    expect(await broker.cancelConditional(BTC, working.clientId)).toEqual({ kind: 'gone' });

    expect(await broker.find(BTC, entry.clientId)).toMatchObject({
      kind: 'found',
      state: { status: 'filled', executedQty: '0.010' },
    });
    expect(await broker.find(BTC, idOf('e'))).toEqual({ kind: 'absent' });
    const snapshot = await broker.snapshot();
    expect(snapshot?.positions.map((each) => [each.symbol, Number(each.signedQty)])).toEqual([[BTC, 0.01]]);
    expect(snapshot?.openConditionals.map((each) => each.clientId)).toEqual([disaster.clientId]);

    expect(await broker.place(market(world, 'reduce'))).toMatchObject({ kind: 'accepted' });
    await broker.drain();
    expect(await broker.position(BTC)).toEqual({ kind: 'flat' });
    expect(
      world.account.some(
        (event) => event.kind === 'conditional' && event.order.clientId === disaster.clientId && event.order.status === 'expired',
      ),
    ).toBe(true);
    const fills = await broker.fills(BTC, epochMs(START_MS - 1_000));
    expect(fills?.map((each) => [each.action, each.tradeNo])).toEqual([
      ['buy', fill?.tradeNo],
      ['sell', expect.any(String)],
    ]);
    expect(await broker.funding(BTC, epochMs(START_MS - 1_000), epochMs(START_MS + 1_000))).toEqual([]);
    const income = await broker.income?.(BTC, epochMs(START_MS - 1_000), epochMs(START_MS + 1_000));
    expect(income?.filter(({ kind }) => kind === 'commission').map(({ amount }) => Number(amount) < 0)).toEqual([true, true]);
    expect([...(await broker.brackets()).keys()].length).toBe(3);
    expect(await world.binance.checkKey()).toMatchObject({ kind: 'ok', canTrade: true, restrictions: { withdrawals: false } });
    expect(world.binance.health().wire).toEqual({});
  });

  it('hears a stop fire without asking', async () => {
    const world = await started();
    const { broker } = world.binance;
    await Promise.all([world.followAccount(), world.follow()]);
    await broker.place(market(world, 'open'));
    const disaster = stop(world, 49_000);
    await broker.placeConditional(disaster);
    await world.door.control('/price', {
      symbol: BTC,
      path: [
        { ms: 0, price: 50_000 },
        { ms: 30_000, price: 48_500 },
      ],
    });
    await world.door.step(36_000);
    await broker.drain();
    const lives = world.account.flatMap((event) => (event.kind === 'conditional' ? [event.order.status] : []));
    expect(lives).toEqual(['new', 'triggering', 'triggered', 'finished']);
    const exits = world.account.flatMap((event) =>
      event.kind === 'fill' && event.fill.action === 'sell' ? [event.fill.clientId] : [],
    );
    expect(exits).toEqual([disaster.clientId]);
    expect(await broker.position(BTC)).toEqual({ kind: 'flat' });
  });

  it('says unknown when the answer of an entry is lost, and finds the one order it made', async () => {
    const world = await started();
    const { broker } = world.binance;
    await world.door.control('/faults', { switch: 'res.reset', method: 'POST', path: '/fapi/v1/order', count: 1 });
    const entry = market(world, 'open');
    expect(await broker.place(entry)).toMatchObject({ kind: 'unknown' });
    expect(await broker.find(BTC, entry.clientId)).toMatchObject({ kind: 'found' });
    const ledger = await world.door.control('/ledger');
    expect(Array.isArray(ledger['orders']) ? ledger['orders'].length : -1).toBe(1);
  });

  it.each([
    ['res.503u', 'unknown'],
    ['res.1007', 'unknown'],
    ['res.html', 'unknown'],
    ['res.503f', 'rejected'],
    ['res.1008', 'rejected'],
  ] as const)('takes %s on an entry for %s', async (fault, kind) => {
    const world = await started();
    await world.door.control('/faults', { switch: fault, method: 'POST', path: '/fapi/v1/order', count: 1 });
    expect(await world.binance.broker.place(market(world, 'open'))).toMatchObject({ kind });
  });

  it('begins anew with a fresh key when its key expires, and misses nothing afterwards', async () => {
    const world = await started();
    await world.followAccount();
    await world.door.control('/faults', { switch: 'key.expire' });
    const states = () => world.account.flatMap((event) => (event.kind === 'userStream' ? [event.state] : []));
    await eventually('it is up again', () => states().length === 3);
    expect(states()).toEqual(['up', 'down', 'up']);
    await world.binance.broker.place(market(world, 'open'));
    await world.binance.broker.drain();
    expect(world.account.some((event) => event.kind === 'fill')).toBe(true);
  });

  it('is refused with a wrong secret, by name and without it', async () => {
    const world = await started();
    const { restUrl, wsUrl, apiKey } = world.door.exchange;
    const apiSecret = 'a-wrong-secret-of-many-letters';
    const stranger = createBinance({
      restUrl,
      wsUrl,
      apiKey,
      apiSecret,
      wallClock: systemClock,
      random: new SeededRandom(5),
      logger: world.logger,
      paced: 'paced',
      accountId: null,
    });
    const check = await stranger.checkKey();
    stranger.stop();
    expect(check).toMatchObject({ kind: 'refused', code: -1022 });
    expect(JSON.stringify([check, world.logger.lines])).not.toContain(apiSecret);
  });
});

describe('keeping step with the embedded exchange', () => {
  it('hears all of every minute before it is settled, at a speed far above real time', async () => {
    const world = await started({ begin: 'whenAttached', speed: 3_000 });
    const { restUrl } = world.door.exchange;
    const pacer = new ExchangePacer({
      restUrl,
      feed: world.binance.feed,
      broker: world.binance.broker,
      logger: world.logger,
      signal: world.abort.signal,
    });
    await pacer.attach();
    await Promise.all([world.follow(), world.followAccount()]);
    pacer.acknowledge(epochMs(START_MS - MINUTE_MS));
    for (let minute = 0; minute < 20; minute++) {
      const bar = epochMs(START_MS + minute * MINUTE_MS);
      await new Promise<void>((resolve) => pacer.settle(bar, resolve));
      const finals = world.market.filter((event) => event.kind === 'bar' && event.final && event.bar.openMs === bar);
      expect(finals.length).toBe(3);
      // It stands exactly at the barrier: nothing later has been heard, and an order is filled at this instant.
      expect(world.binance.clock.now()).toBe(bar + MINUTE_MS + 3_000);
      if (minute === 10) {
        expect(await world.binance.broker.place(market(world, 'open'))).toMatchObject({
          kind: 'accepted',
          at: bar + MINUTE_MS + 3_000,
        });
      }
      pacer.acknowledge(bar);
    }
    expect(world.logger.lines).toEqual([]);
    const state = await readExchangeState(restUrl);
    expect(state.all['clock']).toMatchObject({ attached: true, holdTimeouts: 0 });
    expect(state.accountId).toBe(world.door.exchange.accountId);
  });
});
