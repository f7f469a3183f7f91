// Foreign clients, ccxt's market data: fetched and watched, in its unified words.
import { describe, it } from 'vitest';
import type { CcxtExchange } from './ccxt-client.ts';
import { type Row, read, type Tally } from './tally.ts';
import type { Venue } from './venue.ts';

const SYMBOL = 'BTC/USDT:USDT';
const ID = 'BTCUSDT';
const MINUTE_MS = 60_000;

export type CcxtMet = () => {
  readonly venue: Venue;
  readonly rest: CcxtExchange;
  readonly pro: CcxtExchange;
  readonly tally: Tally;
};

type Candle = readonly [number, number, number, number, number, number];

export function ccxtMarketTests(met: CcxtMet): void {
  describe('fetched market data', () => {
    marketsTest(met);
    candlesTest(met);
    pricesTest(met);
    fundingTest(met);
  });
}

function marketsTest(met: CcxtMet): void {
  it('loads markets with steps and limits', async () => {
    const { venue, rest, tally } = met();
    for (const contract of venue.source.contracts.slice(0, 12)) {
      const market = rest.markets[`${contract.baseAsset}/USDT:USDT`];
      tally.same(`market ${contract.symbol}`, market, {
        id: contract.symbol,
        active: true,
        swap: true,
        linear: true,
        contractSize: 1,
        'precision.price': Number(contract.tickSize),
        'precision.amount': Number(contract.stepSize),
        'limits.amount.max': Number(contract.maxQty),
        'limits.cost.min': Number(contract.minNotional),
      });
    }
    const time = Number(await rest.fetchTime());
    tally.holds('its time is the market’s', Math.abs(time - Date.now()) < 1_000);
  });
}

function candlesTest(met: CcxtMet): void {
  it('fetches candles', async () => {
    const { venue, rest, tally } = met();
    const candles = (await rest.fetchOHLCV(SYMBOL, '1m', undefined, 5)) as readonly Candle[];
    tally.same('candles', { count: candles.length }, { count: 5 });
    for (const candle of candles.slice(0, -1)) tally.same('candle', candle, candleWanted(venue, candle[0]));
  });
}

function candleWanted(venue: Venue, openMs: number): Row {
  const bar = venue.minute(ID, openMs);
  return { 0: bar.openMs, 1: bar.open, 2: bar.high, 3: bar.low, 4: bar.close };
}

function pricesTest(met: CcxtMet): void {
  it('fetches prices, books and trades', async () => {
    const { venue, rest, tally } = met();
    const ticker = await rest.fetchTicker(SYMBOL);
    tally.same('ticker', ticker, { symbol: SYMBOL, last: venue.lastAt(ID, Number(read(ticker, 'timestamp'))) });
    const all = (await rest.fetchTickers([SYMBOL, 'ETH/USDT:USDT'])) as Record<string, Row>;
    const eth = all['ETH/USDT:USDT'];
    tally.same('tickers', eth, { last: venue.lastAt('ETHUSDT', Number(eth?.['timestamp'])) });
    const prices = (await rest.fetchLastPrices([SYMBOL])) as Record<string, Row>;
    tally.same('last price', prices[SYMBOL], { price: venue.lastAt(ID, Number(prices[SYMBOL]?.['timestamp'])) });
    const mark = await rest.fetchMarkPrice(SYMBOL);
    tally.same('mark', mark, { markPrice: venue.markAt(ID, Number(read(mark, 'timestamp'))) });
    const bests = (await rest.fetchBidsAsks([SYMBOL])) as Record<string, Row>;
    const last = venue.lastAt(ID, Number(bests[SYMBOL]?.['timestamp']));
    tally.holds('best prices', Number(bests[SYMBOL]?.['bid']) < last && last < Number(bests[SYMBOL]?.['ask']));
    const book = (await rest.fetchOrderBook(SYMBOL, 5)) as { bids: Candle[]; asks: Candle[]; timestamp: number };
    const then = venue.lastAt(ID, book.timestamp);
    tally.holds('book', (book.bids[0]?.[0] ?? then) < then && then < (book.asks[0]?.[0] ?? then));
    const trades = (await rest.fetchTrades(SYMBOL, undefined, 3)) as readonly Row[];
    for (const trade of trades) {
      tally.same('trade', trade, { symbol: SYMBOL, price: venue.lastAt(ID, Number(trade['timestamp'])) });
    }
    tally.same('trades', { count: trades.length }, { count: 3 });
    tally.same('open interest', await rest.fetchOpenInterest(SYMBOL), { symbol: SYMBOL });
  });
}

function fundingTest(met: CcxtMet): void {
  it('fetches funding', async () => {
    const { venue, rest, tally } = met();
    const index = venue.numberOf(ID);
    const history = (await rest.fetchFundingRateHistory(SYMBOL, undefined, 3)) as readonly Row[];
    for (const row of history) {
      tally.same('settlement', row, { fundingRate: venue.source.fundingRate(index, Number(row['timestamp'])) });
    }
    tally.same('history', { count: history.length }, { count: 3 });
    const current = await rest.fetchFundingRate(SYMBOL);
    // At 09:30 an eight-hour contract settles next at 16:00.
    tally.same('funding', current, { fundingTimestamp: Date.UTC(2026, 2, 2, 16) });
    const intervals = (await rest.fetchFundingIntervals()) as Record<string, Row>;
    tally.same('interval', intervals['WCT/USDT:USDT'], { interval: '4h' });
  });
}

export function ccxtWatchTests(met: CcxtMet): void {
  describe('watched market data', () => {
    it('watches a candle close with the market’s own values', async () => {
      const { venue, pro, tally } = met();
      const forming = ((await pro.watchOHLCV(SYMBOL, '1m')) as readonly Candle[]).at(-1);
      const openMs = Number(forming?.[0]);
      tally.same('forming', forming, { 0: Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS, 1: venue.minute(ID, openMs).open });
      await venue.jump(openMs + MINUTE_MS - 1_000 - Date.now());
      // Final frames come up to 2.5 s after the minute; the library does not mark them.
      let candles: readonly Candle[] = [];
      while (Date.now() < openMs + MINUTE_MS + 3_500) candles = (await pro.watchOHLCV(SYMBOL, '1m')) as readonly Candle[];
      const cached = read(pro, `ohlcvs.${SYMBOL}.1m`) as readonly Candle[];
      tally.same(
        'closed',
        cached.find((candle) => candle[0] === openMs),
        candleWanted(venue, openMs),
      );
      tally.same('the next one', { open: candles.at(-1)?.[0] }, { open: openMs + MINUTE_MS });
    });

    it('watches prices and trades', async () => {
      const { venue, pro, tally } = met();
      const mark = await pro.watchMarkPrice(SYMBOL);
      tally.same('mark', mark, { markPrice: venue.markAt(ID, Number(read(mark, 'timestamp'))) });
      const ticker = await pro.watchTicker(SYMBOL);
      tally.same('ticker', ticker, { last: venue.lastAt(ID, Number(read(ticker, 'info.E'))) });
      const best = ((await pro.watchBidsAsks([SYMBOL])) as Record<string, Row>)[SYMBOL];
      const last = venue.lastAt(ID, Number(best?.['timestamp']));
      tally.holds('best prices', Number(best?.['bid']) < last && last < Number(best?.['ask']));
      const [trade] = (await pro.watchTrades(SYMBOL)) as readonly Row[];
      tally.same('trade', trade, { price: venue.lastAt(ID, Number(trade?.['timestamp'])) });
    });

    it('keeps a book in step from a snapshot and its changes', async () => {
      const { venue, pro, tally } = met();
      for (let change = 0; change < 3; change++) {
        const book = (await pro.watchOrderBook(SYMBOL)) as { bids: Candle[]; asks: Candle[]; timestamp: number };
        const [bid, ask] = [Number(book.bids[0]?.[0]), Number(book.asks[0]?.[0])];
        const last = venue.lastAt(ID, book.timestamp);
        tally.holds(`book ${bid} < ${last} < ${ask}`, bid < last && last < ask);
      }
    });
  });
}
