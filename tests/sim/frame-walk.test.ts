// Candles as frames: what a frame adds is walked, in the order that a candle is walked in, and nothing that lies before an entry.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMs } from '../../src/core/units.ts';
import { type WalkedBar, walkBar } from '../../src/sim/bar-walk.ts';
import { FrameWalk } from '../../src/sim/frame-walk.ts';
import { aVenue, BTC, done, later, market, profit, stop, T0 } from './a-venue.ts';

const MINUTE = 60_000;
const OPEN = Math.ceil(T0 / MINUTE) * MINUTE;
const bar = (open: number, high: number, low: number, close: number, minute = 0): WalkedBar => ({
  openMs: OPEN + minute * MINUTE,
  open,
  high,
  low,
  close,
});
const frame = (bar: WalkedBar, final: boolean, afterMs = 20_000) => ({
  symbol: BTC,
  bar,
  final,
  closeMs: bar.openMs + MINUTE,
  atMs: epochMs(final ? bar.openMs + MINUTE - 1 : bar.openMs + afterMs),
});

/** A long of 0.01 BTC from 50,005 (half a spread of one basis point) with a stop on the last price and a target. */
function aLong() {
  const venue = aVenue();
  done(venue.placeOrder(market(), T0));
  done(venue.placeAlgo(stop({ workingType: 'CONTRACT_PRICE' }), T0));
  done(venue.placeAlgo(profit({ workingType: 'CONTRACT_PRICE' }), T0));
  return venue;
}
const exits = (venue: ReturnType<typeof aVenue>): string[] =>
  venue
    .userTrades({ symbol: BTC })
    .slice(1)
    .map((trade) => `${trade.price} at ${trade.atMs - OPEN}`);

describe('frames of a running bar', () => {
  it('fire a stop at its own price when a frame has gone through it', () => {
    const venue = aLong();
    const walk = new FrameWalk(venue);
    walk.hearBar(frame(bar(50_000, 50_100, 49_500, 49_600), false));
    expect(exits(venue)).toEqual([]);
    walk.hearBar(frame(bar(50_000, 50_100, 48_900, 49_200), false, 40_000));
    // Sold at the trigger less one step of the book: 49,000 / 10,000 = 4.90.
    expect(exits(venue)).toEqual(['48995.1 at 40000']);
  });

  it('hit the stop first where one frame holds both', () => {
    const venue = aLong();
    new FrameWalk(venue).hearBar(frame(bar(50_000, 51_500, 48_500, 51_000), false));
    expect(exits(venue)).toEqual(['48995.1 at 20000']);
  });

  it('leave an extreme alone that was made before the position was opened', () => {
    const venue = aVenue();
    const walk = new FrameWalk(venue);
    walk.hearBar(frame(bar(50_000, 50_100, 48_000, 50_000), false));
    done(venue.placeOrder(market(), later(MINUTE)));
    done(venue.placeAlgo(stop({ workingType: 'CONTRACT_PRICE' }), later(MINUTE)));
    walk.hearBar(frame(bar(50_000, 50_100, 48_000, 49_900), true));
    expect(exits(venue)).toEqual([]);
  });

  it('fill a stop at the open of a bar that opens beyond it', () => {
    const venue = aLong();
    const walk = new FrameWalk(venue);
    walk.hearBar(frame(bar(50_000, 50_000, 50_000, 50_000), true));
    walk.hearBar(frame(bar(48_000, 48_100, 47_900, 48_050, 1), true));
    // One step of the book below the open: 48,000 / 10,000 = 4.80.
    expect(exits(venue)).toEqual(['47995.2 at 60000']);
  });

  it('do not touch a stop on the mark with the last price once the market tells its mark', () => {
    const venue = aVenue();
    done(venue.placeOrder(market(), T0));
    done(venue.placeAlgo(stop(), T0));
    const walk = new FrameWalk(venue);
    walk.hearMark(BTC, 50_000, T0);
    walk.hearBar(frame(bar(50_000, 50_000, 48_500, 48_600), false));
    expect(exits(venue)).toEqual([]);
    walk.hearMark(BTC, 48_900, epochMs(OPEN + 30_000));
    expect(exits(venue)).toEqual(['48595.1 at 30000']);
  });
});

describe('a bar that comes as one final frame', () => {
  it('is walked exactly as a candle of a backtest is', () => {
    const cents = fc.integer({ min: 4_700_0, max: 5_300_0 }).map((n) => n / 1_0);
    fc.assert(
      fc.property(cents, cents, cents, cents, (a, b, c, d) => {
        const one = bar(a, Math.max(a, b, c, d), Math.min(a, b, c, d), d, 1);
        const [framed, walked] = [aLong(), aLong()];
        new FrameWalk(framed).hearBar(frame(one, true));
        walkBar(walked, BTC, one, one.openMs + MINUTE);
        expect(framed.snapshot()).toEqual(walked.snapshot());
      }),
      { numRuns: 200 },
    );
  });

  it('is walked the same after a frame that told its open only', () => {
    const venue = aLong();
    const walk = new FrameWalk(venue);
    walk.hearBar(frame(bar(50_000, 50_000, 50_000, 50_000, 1), false, 0));
    walk.hearBar(frame(bar(50_000, 51_500, 49_900, 51_200, 1), true));
    const walked = aLong();
    walkBar(walked, BTC, bar(50_000, 51_500, 49_900, 51_200, 1), OPEN + 2 * MINUTE);
    expect(exits(venue)).toEqual(exits(walked));
  });
});
