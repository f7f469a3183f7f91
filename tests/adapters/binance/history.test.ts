import { afterEach, describe, expect, it } from 'vitest';
import { type BinanceVenue, createBinance } from '../../../src/adapters/binance/binance.ts';
import { pageWeight } from '../../../src/adapters/binance/history.ts';
import { systemClock } from '../../../src/adapters/clock/system.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { epochMs, symbolId } from '../../../src/core/units.ts';
import { rememberingLogger } from '../../support/fake-clocks.ts';
import { type FakeVenue, fakeVenue } from '../../support/fake-venue.ts';

// 30 s into a minute: the open candle began at MINUTE, the last closed one at MINUTE - 60 s.
const MINUTE = 29_000_000 * 60_000;
const NOW = MINUTE + 30_000;
const BTC = symbolId('BTCUSDT');

const open: { venue: FakeVenue; binance: BinanceVenue }[] = [];
afterEach(async () => {
  for (const { venue, binance } of open.splice(0)) {
    binance.stop();
    await venue.close();
  }
});

type Rows = readonly (readonly unknown[])[];

async function started(spoil: (rows: Rows, page: number) => unknown, listedMs = 0) {
  let page = 0;
  const venue = await fakeVenue({
    answer({ path, query }) {
      if (path === '/fapi/v1/time') return { body: { serverTime: NOW } };
      const from = Math.max(listedMs, Math.ceil(Number(query.get('startTime')) / 60_000) * 60_000);
      const rows: unknown[][] = [];
      for (
        let t = from;
        t <= Number(query.get('endTime')) && t <= MINUTE && rows.length < Number(query.get('limit'));
        t += 60_000
      ) {
        rows.push([t, '10', '12', '9', '11', '5', t + 59_999, '50', 3, '2', '20', '0']);
      }
      page += 1;
      return { body: spoil(rows, page) };
    },
  });
  const binance = createBinance({
    restUrl: venue.restUrl,
    wsUrl: venue.wsUrl,
    apiKey: 'k',
    apiSecret: 's',
    wallClock: systemClock,
    random: new SeededRandom(1),
    logger: rememberingLogger(),
    paced: 'paced',
    accountId: 'a',
  });
  open.push({ venue, binance });
  const limits = () => venue.asked.filter((one) => one.path === '/fapi/v1/klines').map((one) => Number(one.query.get('limit')));
  return { venue, binance, limits };
}

describe('history', () => {
  it('gives the newest closed bars and leaves the open one out', async () => {
    const { binance, limits } = await started((rows) => rows);
    const bars = await binance.feed.history({ symbol: BTC, timeframe: '1m', count: 99 });
    expect([bars.length, bars[0]?.openMs, bars.at(-1)?.openMs]).toEqual([99, MINUTE - 99 * 60_000, MINUTE - 60_000]);
    expect(limits()).toEqual([99]);
  });

  it('asks for 1,500 bars in the pages that weigh least', async () => {
    const { binance, limits } = await started((rows) => rows);
    const bars = await binance.feed.history({ symbol: BTC, timeframe: '1m', count: 1_500 });
    expect(bars.length).toBe(1_500);
    expect(bars.every((bar, i) => bar.openMs === MINUTE - (1_500 - i) * 60_000)).toBe(true);
    expect(limits()).toEqual([499, 499, 499, 3]);
    // 2 + 2 + 2 + 1 = 7 instead of 10 for one page of 1,500.
    expect(limits().reduce((sum, rows) => sum + pageWeight(rows), 0)).toBe(7);
    // The reading of the clock itself came before the venue's minute was known.
    expect(binance.feed.weightUsed()).toBe(7);
  });

  it('begins where it is told to and ends with the last closed bar', async () => {
    const { binance } = await started((rows) => rows);
    const bars = await binance.feed.history({ symbol: BTC, timeframe: '1m', count: 500, fromMs: epochMs(MINUTE - 3 * 60_000) });
    expect(bars.map((bar) => bar.openMs)).toEqual([MINUTE - 180_000, MINUTE - 120_000, MINUTE - 60_000]);
    expect(await binance.feed.history({ symbol: BTC, timeframe: '1m', count: 5, fromMs: epochMs(MINUTE) })).toEqual([]);
  });

  it('gives what there is of a young contract', async () => {
    const { binance } = await started((rows) => rows, MINUTE - 5 * 60_000);
    expect((await binance.feed.history({ symbol: BTC, timeframe: '1m', count: 499 })).length).toBe(5);
  });

  it('asks once more when a page has a hole, and throws when it stays', async () => {
    const holed = (rows: Rows) => rows.filter((_, i) => i !== 4);
    const healed = await started((rows, page) => (page === 1 ? holed(rows) : rows));
    expect((await healed.binance.feed.history({ symbol: BTC, timeframe: '1m', count: 10 })).length).toBe(10);
    const stays = await started(holed);
    await expect(stays.binance.feed.history({ symbol: BTC, timeframe: '1m', count: 10 })).rejects.toMatchObject({
      name: 'VenueError',
      remedy: 'retry',
      message: `klines BTCUSDT 1m: no candle follows ${MINUTE - 7 * 60_000}`,
    });
  });

  it('throws for an impossible candle and for a broken body', async () => {
    const zero = await started((rows) => rows.map((row, i) => (i === 0 ? row.with(3, '0') : row)));
    await expect(zero.binance.feed.history({ symbol: BTC, timeframe: '1m', count: 3 })).rejects.toMatchObject({
      remedy: 'final',
    });
    const broken = await started(() => '[[1,');
    await expect(broken.binance.feed.history({ symbol: BTC, timeframe: '1m', count: 3 })).rejects.toMatchObject({
      remedy: 'retry',
    });
  });
});
