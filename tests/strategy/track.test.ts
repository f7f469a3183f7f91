// What one timeframe remembers: how many bars, how many without a hole, and what is missing.
import { describe, expect, it } from 'vitest';
import { epochMs } from '../../src/core/units.ts';
import { smcConfluence } from '../../strategy/smc-confluence.ts';
import { Track } from '../../strategy/track.ts';
import { aBar, minutesFrom } from '../support/a-bar.ts';
import { LOOSE, open } from '../support/strategy-run.ts';
import { wildMinutes } from '../support/wild-market.ts';

const DEPTH = { closes: 10, atr: 10, bandWidth: 10, volume: 10, trades: 10 };
const track = (): Track => new Track('1m', 0.01, DEPTH);

describe('a track', () => {
  it('counts bars, and bars since the last hole', () => {
    const one = track();
    for (const bar of minutesFrom(0, 5)) one.push(bar);
    expect([one.total, one.contiguous, one.missingBars]).toEqual([5, 5, 0]);
    one.push(aBar({ openMs: epochMs(7 * 60_000) })); // minutes 5 and 6 are missing
    expect([one.total, one.contiguous, one.missingBars]).toEqual([6, 1, 2]);
    one.breakChain();
    expect(one.contiguous).toBe(0);
  });

  it('forgets a hole after 240 bars', () => {
    const one = track();
    for (const bar of [...minutesFrom(0, 2), ...minutesFrom(5 * 60_000, 241)]) one.push(bar);
    expect(one.missingBars).toBe(3); // the hole ended at minute 5, the newest bar is 245
    one.push(aBar({ openMs: epochMs(246 * 60_000) }));
    expect(one.missingBars).toBe(0);
  });

  it('counts the bars since the MACD histogram changed its sign', () => {
    const one = track();
    let sign = 0;
    let age = Number.NaN;
    for (const bar of wildMinutes(7, 400)) {
      one.push(bar);
      const now = Math.sign(one.indicators.macdHist);
      age = sign !== 0 && now !== sign && !Number.isNaN(now) ? 0 : age + 1;
      if (!Number.isNaN(now)) sign = now;
      expect(one.macdCrossAge).toEqual(age);
    }
    expect(one.macdCrossAge).toBeGreaterThanOrEqual(0);
  });
});

describe('the trend of a symbol', () => {
  it('is unknown before EMA200 exists, then the side of the last close', () => {
    const one = open(smcConfluence, LOOSE);
    for (let i = 0; i < 199; i++) one.onTrendBar(aBar({ openMs: epochMs(i * 900_000), open: 100, close: 100 }));
    expect(one.trendBias).toBe(0);
    one.onTrendBar(aBar({ openMs: epochMs(199 * 900_000), open: 100, close: 101 }));
    expect([one.trendBias, one.trendReturnSign, one.trendBars]).toEqual([1, 1, 200]);
    one.onTrendBar(aBar({ openMs: epochMs(200 * 900_000), open: 101, close: 90 }));
    expect([one.trendBias, one.trendReturnSign]).toEqual([-1, -1]);
  });
});
