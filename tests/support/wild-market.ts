// A seeded market wild enough that stops are wide against costs: 1m bars with drifting trends, bursts and pauses.

import type { RecordedSymbol } from '../../src/app/study/symbol-run.ts';
import { gridOf } from '../../src/core/grid.ts';
import type { Bar } from '../../src/core/market.ts';
import { SeededRandom } from '../../src/core/random.ts';
import { MINUTE_MS } from '../../src/core/timeframe.ts';
import { epochMs, symbolId } from '../../src/core/units.ts';

export const WILD_START_MS = Date.parse('2025-03-01T00:00:00Z');
const TICK = 0.01;
const onGrid = (price: number): number => Math.round(price / TICK) / 100;

function wildBar(random: SeededRandom, openMs: number, open: number, drift: number): Bar {
  const size = open * 0.0022 * (random.next() < 0.06 ? 4 : 1);
  const close = onGrid(Math.max(1, open + size * (random.next() + random.next() - 1 + drift)));
  const high = onGrid(Math.max(open, close) + size * random.next() * 0.5);
  const low = onGrid(Math.max(0.5, Math.min(open, close) - size * random.next() * 0.5));
  const volume = 10 + Math.round(1_000 * random.next() * (Math.abs(close - open) / size + 0.2));
  const trades = 5 + Math.round(50 * random.next());
  return {
    openMs: epochMs(openMs),
    open,
    high,
    low,
    close,
    volume,
    quoteVolume: volume * close,
    trades,
    takerBuyVolume: volume * random.next(),
  };
}

/** `count` contiguous minutes; the same seed gives the same market, and a shorter one is its beginning. */
export function wildMinutes(seed: number, count: number): Bar[] {
  const random = new SeededRandom(seed);
  const bars: Bar[] = [];
  let price = 100;
  let drift = 0;
  for (let i = 0; i < count; i++) {
    if (i % 240 === 0) drift = (random.next() - 0.5) * 0.16 + (price > 160 ? -0.05 : price < 60 ? 0.05 : 0);
    const bar = wildBar(random, WILD_START_MS + i * MINUTE_MS, price, drift);
    bars.push(bar);
    price = bar.close;
  }
  return bars;
}

/** A wild market as the recording of one contract. */
export const wildRecording = (seed: number, count: number): RecordedSymbol => ({
  symbol: symbolId('WILDUSDT'),
  grid: gridOf('0.01', '0.001'),
  tickSize: 0.01,
  priceDecimals: 2,
  onboardMs: 0,
  bars: wildMinutes(seed, count),
});
