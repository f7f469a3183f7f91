// Floor 1, room 4: everything known of one symbol on one timeframe after its newest closed bar: indicators, detectors and
// the few rings that features look back on. Bars are not kept.
import type { Bar } from '../src/core/market.ts';
import { type Timeframe, timeframeMs } from '../src/core/timeframe.ts';
import { CellBlock } from './cell-block.ts';
import { INDICATOR_CELLS, IndicatorCore } from './indicators/indicator-core.ts';
import { Ring } from './ring.ts';
import { SMC_CELLS, SmcEngine } from './smc/smc-engine.ts';

/** How many numbers of each series features look back on. */
export interface TrackDepth {
  readonly closes: number;
  readonly atr: number;
  readonly bandWidth: number;
  readonly volume: number;
  readonly trades: number;
}

const RSI_DEPTH = 4;
/** Bars counted, bars since the last hole, sign of the MACD histogram and its age, then the newest bar's open. */
const OWN_CELLS = 5;
const [TOTAL, CONTIGUOUS, HIST_SIGN, HIST_AGE, LAST_OPEN_MS] = [0, 1, 2, 3, 4] as const;

/** Bars over which a hole is remembered and counted. */
const GAP_MEMORY_BARS = 240;

export class Track {
  readonly timeframe: Timeframe;
  readonly indicators: IndicatorCore;
  readonly smc: SmcEngine;
  readonly closes: Ring;
  readonly atr: Ring;
  readonly bandWidth: Ring;
  readonly volume: Ring;
  readonly trades: Ring;
  readonly rsi: Ring;
  readonly #cells: Float64Array;
  readonly #own: number;
  #last: Bar | null = null;
  #holes: { readonly beforeMs: number; readonly missing: number }[] = [];

  constructor(timeframe: Timeframe, tickSize: number, depth: TrackDepth) {
    const ringCells = depth.closes + depth.atr + depth.bandWidth + depth.volume + depth.trades + RSI_DEPTH;
    const block = new CellBlock(INDICATOR_CELLS + SMC_CELLS + OWN_CELLS + ringCells);
    this.timeframe = timeframe;
    this.indicators = new IndicatorCore(block);
    this.smc = new SmcEngine({ timeframe, tickSize, block, events: 'dropped' });
    this.#cells = block.cells;
    this.#own = block.take(OWN_CELLS);
    this.#cells[this.#own + HIST_AGE] = Number.NaN;
    const counter = this.#own + TOTAL;
    this.rsi = new Ring(block, counter, RSI_DEPTH);
    this.closes = new Ring(block, counter, depth.closes);
    this.atr = new Ring(block, counter, depth.atr);
    this.bandWidth = new Ring(block, counter, depth.bandWidth);
    this.volume = new Ring(block, counter, depth.volume);
    this.trades = new Ring(block, counter, depth.trades);
  }

  /** The newest closed bar, null before the first. */
  get last(): Bar | null {
    return this.#last;
  }

  #cell(place: number): number {
    return this.#cells[this.#own + place] as number;
  }

  /** Bars ever seen: what warm-up counts. */
  get total(): number {
    return this.#cell(TOTAL);
  }

  /** Bars since the last hole, the newest included. */
  get contiguous(): number {
    return this.#cell(CONTIGUOUS);
  }

  /** Bars since the MACD histogram changed its sign, 0 on the bar itself; NaN before it ever did. */
  get macdCrossAge(): number {
    return this.#cell(HIST_AGE);
  }

  /** Bars missing within the memory of 240 bars. */
  get missingBars(): number {
    const from = (this.#last?.openMs ?? 0) - GAP_MEMORY_BARS * timeframeMs(this.timeframe);
    let missing = 0;
    for (const hole of this.#holes) if (hole.beforeMs >= from) missing += hole.missing;
    return missing;
  }

  push(bar: Bar): void {
    const count = this.total | 0;
    this.#follow(bar, count);
    const ind = this.indicators;
    ind.push(bar);
    this.smc.onBar(bar, ind.atr14, ind.atrBefore);
    const cells = this.#cells;
    cells[this.closes.cellOf(count)] = bar.close;
    cells[this.atr.cellOf(count)] = ind.atr14;
    cells[this.bandWidth.cellOf(count)] = (ind.bbUpper - ind.bbLower) / ind.bbMiddle;
    cells[this.volume.cellOf(count)] = bar.volume;
    cells[this.trades.cellOf(count)] = bar.trades;
    cells[this.rsi.cellOf(count)] = ind.rsi14;
    cells[this.#own + TOTAL] = count + 1;
    this.#followCross(ind.macdHist);
    this.#last = bar;
  }

  /** A hole that the feed noticed, even where the times of the bars do not show it. */
  breakChain(): void {
    this.#cells[this.#own + CONTIGUOUS] = 0;
  }

  #follow(bar: Bar, count: number): void {
    const step = timeframeMs(this.timeframe);
    const missing = count === 0 ? 0 : (bar.openMs - this.#cell(LAST_OPEN_MS)) / step - 1;
    this.#cells[this.#own + LAST_OPEN_MS] = bar.openMs;
    this.#cells[this.#own + CONTIGUOUS] = missing === 0 ? this.contiguous + 1 : 1;
    if (missing === 0) return;
    const oldest = bar.openMs - GAP_MEMORY_BARS * step;
    this.#holes = [...this.#holes.filter((hole) => hole.beforeMs >= oldest), { beforeMs: bar.openMs, missing }];
  }

  #followCross(hist: number): void {
    const cells = this.#cells;
    const age = this.#own + HIST_AGE;
    const before = this.#cell(HIST_SIGN);
    const sign = Math.sign(hist);
    // An age that is not known stays so.
    cells[age] = (cells[age] as number) + 1;
    if (Number.isNaN(sign) || sign === 0) return;
    if (before !== 0 && sign !== before) cells[age] = 0;
    cells[this.#own + HIST_SIGN] = sign;
  }
}
