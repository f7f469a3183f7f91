// Floor 1, room 4: the bands that liquidity sweeps leave behind. After stops beyond a level were taken and the price came
// back, the stretch between the level and the furthest wick is where a retest may turn; it lives 30 bars.
import type { Bar } from '../src/core/market.ts';
import type { Timeframe } from '../src/core/timeframe.ts';
import { epochMs, type Side } from '../src/core/units.ts';
import { CellBlock } from './cell-block.ts';
import type { SweepZone } from './confluence/evidence.ts';
import { SCORE_LIMITS } from './confluence/score.ts';
import type { SmcView } from './smc/types.ts';

// A failed break may have stayed beyond its level for three bars: the furthest wick is one of the newest four.
const WICK_BARS = 4;
// Cells: highs, then lows, of the newest four bars; then the band that speaks for longs and the one for shorts.
const BANDS = 2 * WICK_BARS;
const TOP = 0;
const BOTTOM = 1;
const KNOWN_INDEX = 2;
const TOUCHES = 3;
const TOUCHING = 4;
const REACH = 5;
const AT_MS = 6;
const STRONG = 7;
const BAND_CELLS = 8;
const SWEEP_CELLS = BANDS + 2 * BAND_CELLS;
/** Instead of the bar that a band is known since, where there is none. */
const NO_BAND = -1;

/** One band per side, the newest: a newer sweep reaches at least as far into the same stops. */
export class SweepWatch {
  readonly #timeframe: Timeframe;
  readonly #cells: Float64Array;
  readonly #first: number;

  constructor(timeframe: Timeframe, block: CellBlock = new CellBlock(SWEEP_CELLS)) {
    this.#timeframe = timeframe;
    this.#cells = block.cells;
    this.#first = block.take(SWEEP_CELLS);
    this.#cells.fill(Number.NEGATIVE_INFINITY, this.#first, this.#first + WICK_BARS);
    this.#cells.fill(Number.POSITIVE_INFINITY, this.#first + WICK_BARS, this.#first + 2 * WICK_BARS);
    for (const side of ['long', 'short'] as const) this.#cells[this.#bandOf(side) + KNOWN_INDEX] = NO_BAND;
  }

  #bandOf(side: Side): number {
    return this.#first + BANDS + (side === 'long' ? 0 : BAND_CELLS);
  }

  /** After the detectors saw the bar. A band made by this bar can be touched from the next one on. */
  onBar(bar: Bar, view: SmcView): void {
    const place = this.#first + (view.barIndex % WICK_BARS);
    this.#cells[place] = bar.high;
    this.#cells[WICK_BARS + place] = bar.low;
    const now = view.barIndex;
    if (view.lastSweepIndex('long') === now) this.#make(view, 'long');
    else this.#age('long', bar, now);
    if (view.lastSweepIndex('short') === now) this.#make(view, 'short');
    else this.#age('short', bar, now);
  }

  zone(side: Side): SweepZone | null {
    const band = this.#bandOf(side);
    const at = (cell: number): number => this.#cells[band + cell] as number;
    if (at(KNOWN_INDEX) === NO_BAND) return null;
    const [top, bottom, atMs] = [at(TOP), at(BOTTOM), epochMs(at(AT_MS))];
    return {
      kind: 'sweep',
      id: ['sweep', side, this.#timeframe, atMs, bottom, top].join(':'),
      ...{ side, top, bottom, atMs, knownAtMs: atMs },
      knownIndex: at(KNOWN_INDEX),
      strength: at(STRONG) === 1 ? 'strong' : 'single',
      touches: at(TOUCHES),
      reach: at(REACH),
    };
  }

  /** The band if the newest bar is part of a visit to it. */
  touched(side: Side): SweepZone | null {
    const band = this.#bandOf(side);
    if (this.#cells[band + KNOWN_INDEX] === NO_BAND || this.#cells[band + TOUCHING] === 0) return null;
    return this.zone(side);
  }

  #make(view: SmcView, side: Side): void {
    const sweep = view.lastSweep(side);
    const cells = this.#cells;
    const band = this.#bandOf(side);
    cells[band + KNOWN_INDEX] = sweep?.index ?? NO_BAND;
    if (sweep === null) return;
    let low = sweep.level;
    let high = sweep.level;
    for (let place = this.#first; place < this.#first + WICK_BARS; place++) {
      if (side === 'long') low = Math.min(low, cells[WICK_BARS + place] as number);
      else high = Math.max(high, cells[place] as number);
    }
    cells[band + TOP] = high;
    cells[band + BOTTOM] = low;
    cells[band + TOUCHES] = 0;
    cells[band + TOUCHING] = 0;
    cells[band + REACH] = sweep.level;
    cells[band + AT_MS] = sweep.atMs;
    cells[band + STRONG] = sweep.kind === 'strong' ? 1 : 0;
  }

  #age(side: Side, bar: Bar, barIndex: number): void {
    const cells = this.#cells;
    const band = this.#bandOf(side);
    const known = cells[band + KNOWN_INDEX] as number;
    if (known === NO_BAND) return;
    const long = side === 'long';
    const top = cells[band + TOP] as number;
    const bottom = cells[band + BOTTOM] as number;
    const touched = cells[band + TOUCHING] as number;
    const touching = (long ? bar.low <= top : bar.high >= bottom) ? 1 : 0;
    if (touching > touched) cells[band + TOUCHES] = (cells[band + TOUCHES] as number) + 1;
    cells[band + TOUCHING] = touching;
    const broken = long ? bar.close < bottom : bar.close > top;
    // A second visit that ends uses the band up, as with order blocks.
    const spent = touching < touched && (cells[band + TOUCHES] as number) >= 2;
    if (broken || spent || barIndex - known > SCORE_LIMITS.sweepBars) cells[band + KNOWN_INDEX] = NO_BAND;
    const reach = cells[band + REACH] as number;
    if (long ? bar.high > reach : bar.low < reach) cells[band + REACH] = long ? bar.high : bar.low;
  }
}
