// Floor 1, room 4: the nine indicators of one symbol and timeframe, fed bar by bar in O(1), one row of doubles for all of them.
// Same numbers as TA-Lib's C core including seeds and first index. One wish of our own: RSI of a market that never moved is
// a neutral 50 (TA-Lib says 0), because a flat quiet contract is not oversold.
import type { Bar } from '../../src/core/market.ts';
import { invariant } from '../../src/core/units.ts';
import { CellBlock } from '../cell-block.ts';

export interface IndicatorValues {
  readonly ema9: number;
  readonly ema21: number;
  readonly ema50: number;
  readonly ema200: number;
  readonly macd: number;
  readonly macdSignal: number;
  readonly macdHist: number;
  readonly atr14: number;
  readonly rsi14: number;
  readonly bbMiddle: number;
  readonly bbUpper: number;
  readonly bbLower: number;
  readonly volumeSma20: number;
}

/** Plain JSON: NaN stands as null. */
export interface IndicatorSnapshot {
  readonly version: 1;
  readonly state: readonly (number | null)[];
}

// Slots of the state row. The first thirteen are the public values.
const EMA9 = 0;
const EMA21 = 1;
const EMA50 = 2;
const EMA200 = 3;
const MACD = 4;
const SIGNAL = 5;
const HIST = 6;
const ATR = 7;
const RSI = 8;
const BB_MIDDLE = 9;
const BB_UPPER = 10;
const BB_LOWER = 11;
const VOLUME_SMA = 12;
const HIST_BEFORE = 13;
const ATR_BEFORE = 14;
const COUNT = 15;
const LAST_CLOSE = 16;
// Running sums that seed the averages.
const SUM9 = 17;
const SUM21 = 18;
const SUM50 = 19;
const SUM200 = 20;
const SUM12 = 21;
const SUM26 = 22;
const SUM_SIGNAL = 23;
const FAST = 24;
const SLOW = 25;
const SUM_TR = 26;
const GAIN = 27;
const LOSS = 28;
const CLOSES = 29;
const VOLUMES = CLOSES + 20;
const EMA200_RING = VOLUMES + 20;
const RING = 16;
const RING_MASK = RING - 1;
const SIZE = EMA200_RING + RING;
export const INDICATOR_CELLS = SIZE;

const K9 = 2 / 10;
const K12 = 2 / 13;
const K21 = 2 / 22;
const K26 = 2 / 27;
const K50 = 2 / 51;
const K200 = 2 / 201;

// A row of state begins at cell `b` of its array.
const at = (s: Float64Array, cell: number): number => s[cell] as number;

function stepEmas(s: Float64Array, b: number, i: number, close: number): void {
  if (i < 200) seedEmas(s, b, i, close);
  else {
    s[b + EMA9] = at(s, b + EMA9) + K9 * (close - at(s, b + EMA9));
    s[b + EMA21] = at(s, b + EMA21) + K21 * (close - at(s, b + EMA21));
    s[b + EMA50] = at(s, b + EMA50) + K50 * (close - at(s, b + EMA50));
    s[b + EMA200] = at(s, b + EMA200) + K200 * (close - at(s, b + EMA200));
  }
  s[b + EMA200_RING + (i & RING_MASK)] = at(s, b + EMA200);
}

/** The first bars, in which an average may still be the mean of what there is. */
function seedEmas(s: Float64Array, b: number, i: number, close: number): void {
  if (i >= 9) s[b + EMA9] = at(s, b + EMA9) + K9 * (close - at(s, b + EMA9));
  else {
    s[b + SUM9] = at(s, b + SUM9) + close;
    if (i === 8) s[b + EMA9] = at(s, b + SUM9) / 9;
  }
  if (i >= 21) s[b + EMA21] = at(s, b + EMA21) + K21 * (close - at(s, b + EMA21));
  else {
    s[b + SUM21] = at(s, b + SUM21) + close;
    if (i === 20) s[b + EMA21] = at(s, b + SUM21) / 21;
  }
  if (i >= 50) s[b + EMA50] = at(s, b + EMA50) + K50 * (close - at(s, b + EMA50));
  else {
    s[b + SUM50] = at(s, b + SUM50) + close;
    if (i === 49) s[b + EMA50] = at(s, b + SUM50) / 50;
  }
  s[b + SUM200] = at(s, b + SUM200) + close;
  if (i === 199) s[b + EMA200] = at(s, b + SUM200) / 200;
}

/** Both averages start at bar 25: the fast one is seeded on bars 14–25, not on the first twelve. */
function stepMacd(s: Float64Array, b: number, i: number, close: number): void {
  s[b + HIST_BEFORE] = at(s, b + HIST);
  if (i < 25) {
    s[b + SUM26] = at(s, b + SUM26) + close;
    if (i >= 14) s[b + SUM12] = at(s, b + SUM12) + close;
    return;
  }
  if (i === 25) {
    s[b + SLOW] = (at(s, b + SUM26) + close) / 26;
    s[b + FAST] = (at(s, b + SUM12) + close) / 12;
  } else {
    s[b + SLOW] = at(s, b + SLOW) + K26 * (close - at(s, b + SLOW));
    s[b + FAST] = at(s, b + FAST) + K12 * (close - at(s, b + FAST));
  }
  const macd = at(s, b + FAST) - at(s, b + SLOW);
  if (i < 33) {
    s[b + SUM_SIGNAL] = at(s, b + SUM_SIGNAL) + macd;
    return;
  }
  const signal = i === 33 ? (at(s, b + SUM_SIGNAL) + macd) / 9 : at(s, b + SIGNAL) + K9 * (macd - at(s, b + SIGNAL));
  s[b + MACD] = macd;
  s[b + SIGNAL] = signal;
  s[b + HIST] = macd - signal;
}

/** Wilder's averages: the first true range and the first change belong to bar 1. */
function stepWilder(s: Float64Array, b: number, i: number, bar: Bar): void {
  s[b + ATR_BEFORE] = at(s, b + ATR);
  if (i === 0) return;
  const before = at(s, b + LAST_CLOSE);
  const high = bar.high > before ? bar.high : before;
  const low = bar.low < before ? bar.low : before;
  const range = high - low;
  const change = bar.close - before;
  const gain = change > 0 ? change : 0;
  const loss = change < 0 ? -change : 0;
  if (i < 15) {
    s[b + SUM_TR] = at(s, b + SUM_TR) + range;
    s[b + GAIN] = at(s, b + GAIN) + gain;
    s[b + LOSS] = at(s, b + LOSS) + loss;
    if (i < 14) return;
    s[b + ATR] = at(s, b + SUM_TR) / 14;
    s[b + GAIN] = at(s, b + GAIN) / 14;
    s[b + LOSS] = at(s, b + LOSS) / 14;
  } else {
    s[b + ATR] = (at(s, b + ATR) * 13 + range) / 14;
    s[b + GAIN] = (at(s, b + GAIN) * 13 + gain) / 14;
    s[b + LOSS] = (at(s, b + LOSS) * 13 + loss) / 14;
  }
  const moved = at(s, b + GAIN) + at(s, b + LOSS);
  s[b + RSI] = moved > 0 ? (100 * at(s, b + GAIN)) / moved : 50;
}

/** Two passes over twenty closes: no drift, and a flat window has a width of exactly 0. */
function stepBands(s: Float64Array, b: number, i: number, bar: Bar): void {
  s[b + CLOSES + (i % 20)] = bar.close;
  s[b + VOLUMES + (i % 20)] = bar.volume;
  if (i < 19) return;
  // Distances from one price of the window keep the sums small, whatever the price level.
  const pivot = bar.close;
  let sum = 0;
  let squares = 0;
  let volume = 0;
  for (let k = 0; k < 20; k++) {
    const d = at(s, b + CLOSES + k) - pivot;
    sum += d;
    squares += d * d;
    volume += at(s, b + VOLUMES + k);
  }
  const mean = sum / 20;
  const variance = squares / 20 - mean * mean;
  const width = variance > 0 ? 2 * Math.sqrt(variance) : 0;
  s[b + BB_MIDDLE] = pivot + mean;
  s[b + BB_UPPER] = pivot + mean + width;
  s[b + BB_LOWER] = pivot + mean - width;
  s[b + VOLUME_SMA] = volume / 20;
}

function step(s: Float64Array, b: number, bar: Bar): void {
  // As an integer: a remainder of doubles costs more than an average.
  const i = at(s, b + COUNT) | 0;
  stepEmas(s, b, i, bar.close);
  stepMacd(s, b, i, bar.close);
  stepWilder(s, b, i, bar);
  stepBands(s, b, i, bar);
  s[b + LAST_CLOSE] = bar.close;
  s[b + COUNT] = i + 1;
}

function valuesOf(s: Float64Array, b: number): IndicatorValues {
  return {
    ema9: at(s, b + EMA9),
    ema21: at(s, b + EMA21),
    ema50: at(s, b + EMA50),
    ema200: at(s, b + EMA200),
    macd: at(s, b + MACD),
    macdSignal: at(s, b + SIGNAL),
    macdHist: at(s, b + HIST),
    atr14: at(s, b + ATR),
    rsi14: at(s, b + RSI),
    bbMiddle: at(s, b + BB_MIDDLE),
    bbUpper: at(s, b + BB_UPPER),
    bbLower: at(s, b + BB_LOWER),
    volumeSma20: at(s, b + VOLUME_SMA),
  };
}

/** Closed bars in order, finite numbers (the door refuses others: one NaN would poison an average for ever). */
export class IndicatorCore implements IndicatorValues {
  readonly #s: Float64Array;
  /** The cell of slot 0. */
  readonly #b: number;

  constructor(block: CellBlock = new CellBlock(SIZE)) {
    this.#s = block.cells;
    this.#b = block.take(SIZE);
    this.#s.fill(Number.NaN, this.#b, this.#b + COUNT);
    this.#s.fill(Number.NaN, this.#b + EMA200_RING, this.#b + SIZE);
  }

  push(bar: Bar): void {
    step(this.#s, this.#b, bar);
  }

  /** The values as they would be if this forming bar closed now; nothing is kept. */
  preview(bar: Bar): IndicatorValues {
    const scratch = this.#s.slice(this.#b, this.#b + SIZE);
    step(scratch, 0, bar);
    return valuesOf(scratch, 0);
  }

  get count(): number {
    return at(this.#s, this.#b + COUNT);
  }

  /** A copy that later bars do not change. */
  get values(): IndicatorValues {
    return valuesOf(this.#s, this.#b);
  }

  get ema9(): number {
    return at(this.#s, this.#b + EMA9);
  }
  get ema21(): number {
    return at(this.#s, this.#b + EMA21);
  }
  get ema50(): number {
    return at(this.#s, this.#b + EMA50);
  }
  get ema200(): number {
    return at(this.#s, this.#b + EMA200);
  }
  get macd(): number {
    return at(this.#s, this.#b + MACD);
  }
  get macdSignal(): number {
    return at(this.#s, this.#b + SIGNAL);
  }
  get macdHist(): number {
    return at(this.#s, this.#b + HIST);
  }
  get atr14(): number {
    return at(this.#s, this.#b + ATR);
  }
  get rsi14(): number {
    return at(this.#s, this.#b + RSI);
  }
  get bbMiddle(): number {
    return at(this.#s, this.#b + BB_MIDDLE);
  }
  get bbUpper(): number {
    return at(this.#s, this.#b + BB_UPPER);
  }
  get bbLower(): number {
    return at(this.#s, this.#b + BB_LOWER);
  }
  get volumeSma20(): number {
    return at(this.#s, this.#b + VOLUME_SMA);
  }
  /** One bar earlier: what the newest bar's own size is judged by. */
  get atrBefore(): number {
    return at(this.#s, this.#b + ATR_BEFORE);
  }
  get macdHistBefore(): number {
    return at(this.#s, this.#b + HIST_BEFORE);
  }
  /** Place of the newest close between the bands; 0.5 where they have no width, NaN before they exist. */
  get bbPercentB(): number {
    const width = this.bbUpper - this.bbLower;
    return width === 0 ? 0.5 : (at(this.#s, this.#b + LAST_CLOSE) - this.bbLower) / width;
  }

  /** EMA200 as it stood `bars` bars ago, 0 to 15; NaN where it did not exist. */
  ema200Ago(bars: number): number {
    invariant(bars >= 0 && bars < RING, `EMA200 is kept for ${RING} bars, not ${bars}`);
    const i = this.count - 1 - bars;
    return i < 0 ? Number.NaN : at(this.#s, this.#b + EMA200_RING + (i & RING_MASK));
  }

  snapshot(): IndicatorSnapshot {
    return { version: 1, state: Array.from(this.#s.subarray(this.#b, this.#b + SIZE), (x) => (Number.isNaN(x) ? null : x)) };
  }

  restore(snapshot: IndicatorSnapshot): void {
    invariant(snapshot.version === 1 && snapshot.state.length === SIZE, 'not a snapshot of these indicators');
    for (let k = 0; k < SIZE; k++) this.#s[this.#b + k] = snapshot.state[k] ?? Number.NaN;
  }
}
