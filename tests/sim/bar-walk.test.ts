// One candle through what rests: the pessimism that paper, backtest and replay declare, bar by bar. BTC stands at 50,000; the book's
// half spread there is one basis point, 5.00.
import { describe, expect, it } from 'vitest';
import { walkBar } from '../../src/sim/bar-walk.ts';
import type { SimVenue } from '../../src/sim/venue.ts';
import { aVenue, BTC, done, later, market, price, profit, stop, T0 } from './a-venue.ts';

const CLOSE_MS = later(60_000);
const bar = (open: number, high: number, low: number, close: number) => ({ openMs: T0, open, high, low, close });

/** Long 0.010 with stop 49,000 and target 51,000. */
function aLong(): SimVenue {
  const venue = aVenue();
  done(venue.placeOrder(market(), T0));
  done(venue.placeAlgo(stop({ clientAlgoId: 'stop' }), T0));
  done(venue.placeAlgo(profit({ clientAlgoId: 'target' }), T0));
  return venue;
}

const lastFill = (venue: SimVenue) => venue.userTrades({ symbol: BTC }).at(-1);
const held = (venue: SimVenue): number => Number(venue.position(BTC)?.signedQty);

describe('a bar that is walked', () => {
  it('hits the stop first when it holds both', () => {
    const venue = aLong();
    walkBar(venue, BTC, bar(50_000, 51_500, 48_500, 51_200), CLOSE_MS);
    expect(held(venue)).toBe(0);
    // At the trigger, less the taker's 1 bp of 49,000 = 4.90.
    expect(lastFill(venue)?.price).toBe('48995.1');
  });

  it('fills a gap through the stop at the open', () => {
    const venue = aLong();
    walkBar(venue, BTC, bar(48_000, 48_200, 47_900, 48_100), CLOSE_MS);
    expect(lastFill(venue)?.price).toBe('47995.2');
  });

  it('reaches the target where only the target lies in it', () => {
    const venue = aLong();
    walkBar(venue, BTC, bar(50_000, 51_500, 49_500, 51_200), CLOSE_MS);
    expect(held(venue)).toBe(0);
    expect(lastFill(venue)?.price).toBe('50994.9');
    expect(lastFill(venue)?.atMs).toBe(later(40_000));
  });

  it('goes up first for a short', () => {
    const venue = aVenue();
    done(venue.placeOrder(market({ side: 'SELL' }), T0));
    done(venue.placeAlgo(stop({ side: 'BUY', triggerPrice: '51000' }), T0));
    done(venue.placeAlgo(profit({ side: 'BUY', triggerPrice: '49000' }), T0));
    walkBar(venue, BTC, bar(50_000, 51_500, 48_500, 48_600), CLOSE_MS);
    expect(held(venue)).toBe(0);
    expect(lastFill(venue)?.price).toBe('51005.1');
  });

  it('leaves a contract alone on which nothing of ours rests', () => {
    const venue = aVenue();
    price(venue, 50_000);
    walkBar(venue, BTC, bar(40_000, 41_000, 39_000, 40_500), CLOSE_MS);
    // A market order would still meet the price that stood before.
    expect(venue.book(BTC, 1).asks[0]?.[0]).toBe('50005');
  });

  it('liquidates where the low goes beyond what the margin carries', () => {
    const venue = aVenue();
    done(venue.setMarginType(BTC, 'ISOLATED', T0));
    done(venue.setLeverage(BTC, 100, T0));
    done(venue.placeOrder(market(), T0));
    // 1 % of margin and 0.4 % of maintenance: gone at about 0.6 % below the entry.
    walkBar(venue, BTC, bar(50_000, 50_100, 49_600, 50_050), CLOSE_MS);
    expect(held(venue)).toBe(0);
  });
});
