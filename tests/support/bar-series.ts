// Series of bars for property tests: seeded, on a tick grid, with everything that breaks detectors now and then: equal highs, dojis,
// bars without range, jumps, quiet stretches, missing minutes, bars without volume.
import fc from 'fast-check';
import type { Bar } from '../../src/core/market.ts';
import { SeededRandom } from '../../src/core/random.ts';
import { type Timeframe, timeframeMs } from '../../src/core/timeframe.ts';
import { epochMs } from '../../src/core/units.ts';

export interface SeriesShape {
  readonly seed: number;
  readonly count: number;
  /** The tick is units × 10^-decimals. */
  readonly tickUnits: number;
  readonly tickDecimals: number;
  readonly startTicks: number;
  /** Typical body in ticks; small ones make ties. */
  readonly bodyTicks: number;
  readonly dojiShare: number;
  readonly flatShare: number;
  readonly holeShare: number;
  readonly timeframe: Timeframe;
}

export interface BarSeriesCase {
  readonly shape: SeriesShape;
  readonly tickSize: number;
  readonly bars: readonly Bar[];
}

/** How many random series a property sees; PROPERTY_RUNS raises it. */
export const PROPERTY_RUNS = Number(process.env['PROPERTY_RUNS'] ?? 200);
/** For properties that look at everything after every bar: a quarter of the series in the fast step, all of them in the slow one. */
export const DEAR_PROPERTY_RUNS = PROPERTY_RUNS >= 1_000 ? PROPERTY_RUNS : Math.ceil(PROPERTY_RUNS / 4);

// Half an hour before a Monday begins in UTC, in the week in which New York leaves summer time.
const START_MS = Date.UTC(2025, 9, 26, 23, 30);

class Walk {
  readonly #random: SeededRandom;
  readonly #shape: SeriesShape;
  #price: number;
  #drift = 0;
  #regimeLeft = 0;
  #quiet = false;

  constructor(shape: SeriesShape) {
    this.#shape = shape;
    this.#random = new SeededRandom(shape.seed);
    this.#price = shape.startTicks;
  }

  chance(share: number): boolean {
    return this.#random.next() < share;
  }

  whole(limit: number): number {
    return Math.floor(this.#random.next() * (limit + 1));
  }

  /** Open, high, low and close in ticks. */
  next(): readonly [number, number, number, number] {
    const { bodyTicks, flatShare, dojiShare } = this.#shape;
    if (this.#regimeLeft-- <= 0) {
      this.#regimeLeft = 8 + this.whole(40);
      this.#drift = (this.#random.next() - 0.5) * bodyTicks;
      this.#quiet = this.chance(0.15);
    }
    const open = Math.max(20, this.#price + (this.chance(0.05) ? Math.round((this.#random.next() - 0.5) * 4 * bodyTicks) : 0));
    if (this.chance(flatShare)) return [open, open, open, open];
    const size = this.#quiet ? 1 : this.chance(0.06) ? 5 * bodyTicks : bodyTicks;
    const body = this.chance(dojiShare)
      ? 0
      : Math.round(this.#drift * 0.4 + (this.#random.next() + this.#random.next() - 1) * 2 * size);
    const close = Math.max(10, open + body);
    const high = Math.max(open, close) + this.whole(Math.max(1, size));
    const low = Math.max(1, Math.min(open, close) - this.whole(Math.max(1, size)));
    this.#price = close;
    return [open, high, low, close];
  }
}

export function makeSeries(shape: SeriesShape): BarSeriesCase {
  const walk = new Walk(shape);
  const price = (ticks: number): number => (ticks * shape.tickUnits) / 10 ** shape.tickDecimals;
  const step = timeframeMs(shape.timeframe);
  let openMs = START_MS - (START_MS % step);
  const bars = Array.from({ length: shape.count }, (): Bar => {
    const [open, high, low, close] = walk.next();
    const volume = walk.chance(0.1) ? 0 : 1 + walk.whole(40) / 4;
    openMs += walk.chance(shape.holeShare) ? step * (2 + walk.whole(30)) : step;
    return {
      openMs: epochMs(openMs),
      open: price(open),
      high: price(high),
      low: price(low),
      close: price(close),
      volume,
      quoteVolume: Number.NaN,
      trades: Number.NaN,
      takerBuyVolume: Number.NaN,
    };
  });
  // A failing property shows the shape, from which the series can be made again, not hundreds of bars.
  const shown = { [fc.toStringMethod]: () => `makeSeries(${JSON.stringify(shape)})` };
  return { ...shown, shape, tickSize: shape.tickUnits / 10 ** shape.tickDecimals, bars };
}

const GRIDS = [
  { tickUnits: 1, tickDecimals: 0 },
  { tickUnits: 1, tickDecimals: 2 },
  { tickUnits: 5, tickDecimals: 2 },
  { tickUnits: 1, tickDecimals: 7 },
] as const;

/** Any series of at most `maxCount` bars. */
export function anySeries(maxCount = 320): fc.Arbitrary<BarSeriesCase> {
  return fc
    .record({
      seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      count: fc.integer({ min: 60, max: maxCount }),
      grid: fc.constantFrom(...GRIDS),
      startTicks: fc.integer({ min: 200, max: 100_000 }),
      bodyTicks: fc.constantFrom(2, 4, 10, 40),
      dojiShare: fc.constantFrom(0, 0.05, 0.3),
      flatShare: fc.constantFrom(0, 0.02, 0.2),
      holeShare: fc.constantFrom(0, 0.02),
      timeframe: fc.constantFrom<Timeframe>('1m', '15m'),
    })
    .map(({ grid, ...rest }) => makeSeries({ ...rest, ...grid }));
}
