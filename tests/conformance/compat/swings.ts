// Conformance, swings: raw pivots from the live window maximum, runs reduced to their most extreme one, and the two bookends that the
// library invents. The final table looks into the future of every row: it is for comparing only.

import type { Series } from '../series.ts';
import { column, type Table } from '../table.ts';
import { WindowMaximum } from './window-maximum.ts';

export interface FinalSwing {
  readonly index: number;
  /** +1 high, −1 low. */
  readonly sign: 1 | -1;
  readonly level: number;
}

/** Raw pivots, each told `length` bars after its row. The window is not symmetric: length − 1 bars before, `length` after. */
export class RawSwings {
  readonly #series: Series;
  readonly #length: number;
  readonly #highs: WindowMaximum;
  readonly #lows: WindowMaximum;

  constructor(series: Series, length: number) {
    this.#series = series;
    this.#length = length;
    this.#highs = new WindowMaximum(2 * length);
    this.#lows = new WindowMaximum(2 * length);
  }

  push(t: number): FinalSwing | null {
    const { high, low } = this.#series;
    this.#highs.push(t, high[t] as number);
    this.#lows.push(t, -(low[t] as number));
    const k = t - this.#length;
    // The library's rolling window counts 2·length values of a series moved by length, and is silent before.
    if (k < 2 * this.#length - 1) return null;
    // Every bar that ties with the extreme is a pivot; a bar that is both is a high.
    if (high[k] === high[this.#highs.index]) return { index: k, sign: 1, level: high[k] as number };
    return low[k] === low[this.#lows.index] ? { index: k, sign: -1, level: low[k] as number } : null;
  }
}

/** Of a run of one kind the most extreme one stays, of equals the earliest. */
export class Alternation {
  readonly swings: FinalSwing[] = [];

  push(swing: FinalSwing): void {
    const last = this.swings.at(-1);
    if (last?.sign !== swing.sign) this.swings.push(swing);
    else if (swing.sign * swing.level > swing.sign * last.level) this.swings[this.swings.length - 1] = swing;
  }
}

function bookend(series: Series, index: number, neighbour: FinalSwing): FinalSwing {
  return neighbour.sign === 1
    ? { index, sign: -1, level: series.low[index] as number }
    : { index, sign: 1, level: series.high[index] as number };
}

export function finalSwings(series: Series, length: number): readonly FinalSwing[] {
  const raw = new RawSwings(series, length);
  const reducer = new Alternation();
  for (let t = 0; t < series.length; t++) {
    const swing = raw.push(t);
    if (swing !== null) reducer.push(swing);
  }
  const first = reducer.swings[0];
  const last = reducer.swings.at(-1);
  if (first === undefined || last === undefined) return [];
  return [bookend(series, 0, first), ...reducer.swings, bookend(series, series.length - 1, last)];
}

export function swingTable(series: Series, swings: readonly FinalSwing[]): Table {
  const highLow = column('HighLow', series.length);
  const level = column('Level', series.length);
  for (const swing of swings) {
    highLow.values[swing.index] = swing.sign;
    level.values[swing.index] = swing.level;
  }
  return [highLow, level];
}
