// Foreign clients, market data by REST: what a client decoded against the market itself.
import { describe, it } from 'vitest';
import type { Met } from './raw-client.ts';
import { contractFields, withFilters } from './record.ts';
import type { Row, Wanted } from './tally.ts';

const SYMBOL = 'BTCUSDT';
const MINUTE_MS = 60_000;

export const rowsOf = (answer: unknown): readonly Row[] => answer as readonly Row[];

export function rowOf(answer: unknown, symbol: string): Row | undefined {
  return rowsOf(answer).find((row) => row['symbol'] === symbol);
}

export function marketTests(met: Met): void {
  describe('market data', () => {
    contractTests(met);
    candleTests(met);
    priceTests(met);
    fundingTests(met);
  });
}

function contractTests(met: Met): void {
  it('tells the time and the contracts with their filters', async () => {
    const { venue, client, tally } = met();
    await client.rest('ping');
    const time = await client.rest('time');
    const serverTime = typeof time === 'number' ? time : Number((time as Row)['serverTime']);
    tally.holds('the server’s time is the market’s', Math.abs(serverTime - Date.now()) < 1_000);
    const info = (await client.rest('exchangeInfo')) as Row;
    for (const symbol of ['BTCUSDT', 'SOLUSDT', 'DOGEUSDT', 'XAUUSDT', 'BTCUSDC']) {
      const contract = venue.source.contracts[venue.numberOf(symbol)];
      if (contract === undefined) throw new Error(`the market has no ${symbol}`);
      tally.same(`exchangeInfo ${symbol}`, withFilters(rowOf(info['symbols'], symbol) ?? {}), contractFields(contract));
    }
    const limits = rowsOf(info['rateLimits']).map(
      (limit) => `${limit['rateLimitType']} ${limit['intervalNum']} ${limit['limit']}`,
    );
    tally.same('rate limits', { limits }, { limits: ['REQUEST_WEIGHT 1 2400', 'ORDERS 1 1200', 'ORDERS 10 300'] });
  });
}

/** Volumes are compared to the digits of the wire. */
function barWanted(bar: { readonly openMs: number } & Record<'open' | 'high' | 'low' | 'close' | 'trades', number>): Wanted {
  return { 0: bar.openMs, 1: bar.open, 2: bar.high, 3: bar.low, 4: bar.close, 8: bar.trades };
}

function candleTests(met: Met): void {
  it('serves closed candles of two intervals and the one still open', async () => {
    const { venue, client, tally } = met();
    const minutes = rowsOf(await client.rest('klines', { symbol: SYMBOL, interval: '1m', limit: 5 }));
    const openNow = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
    tally.same('klines 1m', { count: minutes.length, lastOpen: minutes.at(-1)?.[0] }, { count: 5, lastOpen: openNow });
    for (const row of minutes.slice(0, -1)) {
      tally.same('a closed minute', row, barWanted(venue.minute(SYMBOL, Number(row[0]))));
    }
    tally.same('the open minute', minutes.at(-1), { 1: venue.lastAt(SYMBOL, openNow) });
    const quarters = rowsOf(await client.rest('klines', { symbol: 'SOLUSDT', interval: '15m', limit: 3 }));
    const first = Number(quarters[0]?.[0]);
    const bars = venue.source.bars(venue.numberOf('SOLUSDT'), 15 * MINUTE_MS, first, first + 15 * MINUTE_MS);
    for (const [i, bar] of bars.entries()) tally.same('a closed quarter', quarters[i], barWanted(bar));
  });

  it('serves the perpetual’s continuous candles and those of the mark price', async () => {
    const { venue, client, tally } = met();
    const asked = { pair: 'ETHUSDT', contractType: 'PERPETUAL', interval: '1m', limit: 3 };
    const rows = rowsOf(await client.rest('continuousKlines', asked));
    for (const row of rows.slice(0, -1)) {
      tally.same('a continuous candle', row, barWanted(venue.minute('ETHUSDT', Number(row[0]))));
    }
    const marks = rowsOf(await client.rest('markPriceKlines', { symbol: 'ETHUSDT', interval: '1m', limit: 3 }));
    const [closed] = marks;
    const bar = venue.minute('ETHUSDT', Number(closed?.[0]));
    // The mark follows the last price smoothly: it stays within one per cent of the candle.
    tally.holds(
      'the mark candle lies by the last',
      Number(closed?.[2]) < bar.high * 1.01 && Number(closed?.[3]) > bar.low * 0.99,
    );
  });
}

function priceTests(met: Met): void {
  it('quotes last, best and mark prices as the market has them', async () => {
    const { venue, client, tally } = met();
    const price = (await client.rest('priceV2', { symbol: SYMBOL })) as Row;
    tally.same('last price', price, { symbol: SYMBOL, price: venue.lastAt(SYMBOL, Number(price['time'])) });
    const prices = rowsOf(await client.rest('priceV2'));
    const eth = rowOf(prices, 'ETHUSDT');
    tally.same('all last prices', eth, { price: venue.lastAt('ETHUSDT', Number(eth?.['time'])) });
    const day = (await client.rest('ticker24hr', { symbol: SYMBOL })) as Row;
    tally.same('day ticker', day, { symbol: SYMBOL, lastPrice: venue.lastAt(SYMBOL, Number(day['closeTime'])) });
    const mark = (await client.rest('premiumIndex', { symbol: SYMBOL })) as Row;
    const atMs = Number(mark['time']);
    // Funding of an eight-hour contract at 09:30 is settled next at 16:00.
    const nextFundingTime = Date.UTC(2026, 2, 2, 16);
    tally.same('mark price', mark, { symbol: SYMBOL, markPrice: venue.markAt(SYMBOL, atMs), nextFundingTime });
  });

  it('shows a book whose best levels enclose the last price', async () => {
    const { venue, client, tally } = met();
    const best = (await client.rest('bookTicker', { symbol: SYMBOL })) as Row;
    const last = venue.lastAt(SYMBOL, Number(best['time']));
    const [bid, ask] = [Number(best['bidPrice']), Number(best['askPrice'])];
    tally.holds(`best ${bid} < ${last} < ${ask}`, bid < last && last < ask);
    const depth = (await client.rest('depth', { symbol: SYMBOL, limit: 5 })) as Record<string, [string, string][]>;
    const bids = (depth['bids'] ?? []).map(([price]) => Number(price));
    const asks = (depth['asks'] ?? []).map(([price]) => Number(price));
    const lastThen = venue.lastAt(SYMBOL, Number(depth['T']));
    const levels = [...bids.toReversed(), ...asks];
    tally.holds(
      'the book rises from the lowest bid to the highest ask',
      levels.every((p, i) => i === 0 || p > (levels[i - 1] ?? p)),
    );
    tally.holds('the last price lies inside the book', (bids[0] ?? lastThen) < lastThen && lastThen < (asks[0] ?? lastThen));
    tally.same('depth', { bids: bids.length, asks: asks.length }, { bids: 5, asks: 5 });
  });

  it('lists trades of the market at prices it had', async () => {
    const { venue, client, tally } = met();
    const trades = rowsOf(await client.rest('aggTrades', { symbol: SYMBOL, limit: 5 }));
    tally.same('aggTrades', { count: trades.length }, { count: 5 });
    for (const trade of trades) {
      const bar = venue.minute(SYMBOL, Math.floor(Number(trade['T']) / MINUTE_MS) * MINUTE_MS);
      tally.holds(`${trade['p']} was traded in its minute`, Number(trade['p']) >= bar.low && Number(trade['p']) <= bar.high);
    }
    const interest = await client.rest('openInterest', { symbol: SYMBOL });
    tally.same('open interest', interest, { symbol: SYMBOL });
  });
}

function fundingTests(met: Met): void {
  it('remembers what funding was settled at', async () => {
    const { venue, client, tally } = met();
    const rows = rowsOf(await client.rest('fundingRate', { symbol: SYMBOL, limit: 3 }));
    tally.same('funding rows', { count: rows.length }, { count: 3 });
    for (const row of rows) {
      const atMs = Number(row['fundingTime']);
      const rate = venue.source.fundingRate(venue.numberOf(SYMBOL), atMs) ?? Number.NaN;
      tally.same('a settlement', row, { symbol: SYMBOL, fundingRate: rate, rateType: 'Regular' });
      tally.same('its hour', { rest: atMs % (8 * 3_600_000) }, { rest: 0 });
    }
    const info = rowsOf(await client.rest('fundingInfo'));
    tally.same('funding intervals', rowOf(info, 'WCTUSDT'), { fundingIntervalHours: 4 });
    tally.holds('contracts of eight hours are not listed', rowOf(info, SYMBOL) === undefined);
  });
}
