import { afterEach, describe, expect, it } from 'vitest';
import { dayTicker } from '../../src/emulator/day-ticker.ts';
import { syntheticSource } from '../../src/emulator/market/synthetic-source.ts';
import { MarketView } from '../../src/emulator/market-view.ts';
import { PriceScript } from '../../src/emulator/price-script.ts';
import { aSource, START_MS } from './a-source.ts';
import { anExchange, type Json, type TestBot } from './an-exchange.ts';

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;

describe('24-hour figures', () => {
  const viewOf = (): MarketView => new MarketView(aSource(), new PriceScript());

  it('are those of 23 closed hours and the running one', () => {
    // One unit a minute: 23 whole hours, and of the running hour 30 minutes and the first millisecond of the next.
    const row = dayTicker(viewOf(), 1, START_MS + 30 * 60_000);
    expect(Number(row['volume'])).toBeCloseTo(23 * 60 + 30, 3);
    expect(row).toMatchObject({ highPrice: '2000.20', lowPrice: '1999.80', openPrice: '2000.00', priceChange: '0.00' });
  });

  it('read only the new hour when an hour has passed', () => {
    const source = aSource();
    const asked: number[] = [];
    const bars: typeof source.bars = (index, intervalMs, fromMs, toMs) => {
      if (intervalMs === HOUR_MS) asked.push(Math.floor((toMs - fromMs) / HOUR_MS) + 1);
      return source.bars(index, intervalMs, fromMs, toMs);
    };
    const view = new MarketView({ ...source, bars }, new PriceScript());
    dayTicker(view, 1, START_MS);
    dayTicker(view, 1, START_MS + 1_000);
    dayTicker(view, 1, START_MS + HOUR_MS);
    expect(asked).toEqual([DAY_HOURS - 1, 1]);
  });

  it('forget what they read when a price is scripted', () => {
    const script = new PriceScript();
    const view = new MarketView(aSource(), script);
    dayTicker(view, 1, START_MS);
    view.scriptPath(1, [{ atMs: START_MS, price: 2_500 }]);
    // From 2,000 to 2,500 everything is 1.25 times as large: two ticks of 0.10 above are 0.25, rounded to the tick 0.30.
    expect(dayTicker(view, 1, START_MS + HOUR_MS)).toMatchObject({ highPrice: '2500.30', lastPrice: '2500.00' });
  });
});

describe('a question for the whole market', () => {
  let bot: TestBot;
  afterEach(() => bot.close());

  it('lets others through while it is being answered, and has every contract', async () => {
    bot = await anExchange({ source: syntheticSource({ seed: 3, symbols: 60 }) });
    const order: string[] = [];
    const all = bot.open('GET', '/fapi/v1/ticker/24hr').then((answer) => {
      order.push('tickers');
      return answer.body as unknown as Json[];
    });
    await bot.open('GET', '/fapi/v1/ping').then(() => order.push('ping'));
    const rows = await all;
    expect(order).toEqual(['ping', 'tickers']);
    const info = (await bot.open('GET', '/fapi/v1/exchangeInfo')).body['symbols'] as Json[];
    expect(rows.map((row) => row['symbol'])).toEqual(info.map((row) => row['symbol']));
  });
});
