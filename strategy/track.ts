// Floor 1, room 4: everything known of one symbol on one timeframe after its newest closed bar: indicators, detectors and
// the few rings that features look back on. Bars are not kept.
import type { Bar } from '../src/core/market.ts';
import { type Timeframe, timeframeMs } from '../src/core/timeframe.ts';
import { CellArena, CellBlock } from './cell-block.ts';
import { INDICATOR_CELLS, IndicatorCore } from './indicators/indicator-core.ts';
import { Ring } from './ring.ts';
import { VOLUME_CELLS } from './smc/bar-window.ts';
import { SMC_CELLS, SmcEngine } from './smc/smc-engine.ts';
import type { TapeReader, TapeWriter } from './tape.ts';

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

/** Cells beside the entry bars for what a strategy follows on its own. */
const SPARE_CELLS = 32;
/** Symbols whose numbers lie in one array. */
const NEIGHBOURS = 64;

/** The memory of many tracks of one kind: what every bar reads, and apart from it what bars only leave behind. */
export class TrackMemory {
  readonly hot: CellArena;
  readonly cold: CellArena;

  constructor(depth: TrackDepth) {
    this.hot = new CellArena(NEIGHBOURS * HOT_CELLS);
    this.cold = new CellArena(NEIGHBOURS * coldCells(depth));
  }
}

const HOT_CELLS = INDICATOR_CELLS + SMC_CELLS + OWN_CELLS + SPARE_CELLS;
const coldCells = ({ closes, atr, bandWidth, volume, trades }: TrackDepth): number =>
  VOLUME_CELLS + closes + atr + bandWidth + volume + trades + RSI_DEPTH;

/** Bars over which a hole is remembered and counted. */
const GAP_MEMORY_BARS = 240;

interface Hole {
  readonly beforeMs: number;
  readonly missing: number;
}

function writeHole(tape: TapeWriter, { beforeMs, missing }: Hole): void {
  tape.instant(beforeMs);
  tape.number(missing);
}

const readHole = (tape: TapeReader): Hole => ({ beforeMs: tape.instant(), missing: tape.number() });

function writeBar(tape: TapeWriter, bar: Bar): void {
  tape.instant(bar.openMs);
  tape.number(bar.open);
  tape.number(bar.high);
  tape.number(bar.low);
  tape.number(bar.close);
  tape.number(bar.volume);
  tape.number(bar.quoteVolume);
  tape.number(bar.trades);
  tape.number(bar.takerBuyVolume);
}

const readBar = (tape: TapeReader): Bar => ({
  openMs: tape.instant(),
  open: tape.number(),
  high: tape.number(),
  low: tape.number(),
  close: tape.number(),
  volume: tape.number(),
  quoteVolume: tape.number(),
  trades: tape.number(),
  takerBuyVolume: tape.number(),
});

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
  /** The hot cells; what is left of them is for what a strategy follows on its own. */
  readonly spare: CellBlock;
  readonly #cold: CellBlock;
  readonly #cells: Float64Array;
  readonly #own: number;
  readonly #stepMs: number;
  #last: Bar | null = null;
  #holes: readonly Hole[] = [];

  constructor(timeframe: Timeframe, tickSize: number, depth: TrackDepth, memory?: TrackMemory) {
    const hot = new CellBlock(HOT_CELLS, memory?.hot);
    const cold = new CellBlock(coldCells(depth), memory?.cold);
    this.timeframe = timeframe;
    this.#stepMs = timeframeMs(timeframe);
    this.#cells = hot.cells;
    this.#own = hot.take(OWN_CELLS);
    this.#cells[this.#own + HIST_AGE] = Number.NaN;
    this.indicators = new IndicatorCore(hot);
    this.smc = new SmcEngine({ timeframe, tickSize, block: hot, volumes: cold, events: 'dropped' });
    this.spare = hot;
    this.#cold = cold;
    const counter = { cells: hot.cells, cell: this.#own + TOTAL };
    this.rsi = new Ring(cold, counter, RSI_DEPTH);
    this.closes = new Ring(cold, counter, depth.closes);
    this.atr = new Ring(cold, counter, depth.atr);
    this.bandWidth = new Ring(cold, counter, depth.bandWidth);
    this.volume = new Ring(cold, counter, depth.volume);
    this.trades = new Ring(cold, counter, depth.trades);
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
    this.closes.put(count, bar.close);
    this.atr.put(count, ind.atr14);
    this.bandWidth.put(count, (ind.bbUpper - ind.bbLower) / ind.bbMiddle);
    this.volume.put(count, bar.volume);
    this.trades.put(count, bar.trades);
    this.rsi.put(count, ind.rsi14);
    this.#cells[this.#own + TOTAL] = count + 1;
    this.#followCross(ind.macdHist);
    this.#last = bar;
  }

  /** A hole that the feed noticed, even where the times of the bars do not show it. */
  breakChain(): void {
    this.#cells[this.#own + CONTIGUOUS] = 0;
  }

  /** How many numbers lie in cells. */
  get cellCount(): number {
    return this.spare.length + this.#cold.length;
  }

  copyCells(target: Float64Array, at: number): void {
    this.spare.copyTo(target, at);
    this.#cold.copyTo(target, at + this.spare.length);
  }

  /** All that does not lie in cells. */
  write(tape: TapeWriter): void {
    this.smc.write(tape);
    tape.maybe(this.#last, writeBar);
    tape.list(this.#holes, writeHole);
  }

  restore(tape: TapeReader, source: Float64Array, at: number): void {
    this.spare.takeFrom(source, at);
    this.#cold.takeFrom(source, at + this.spare.length);
    this.smc.read(tape);
    // Once more: detectors that were told what they had found have strung their wires anew.
    this.spare.takeFrom(source, at);
    this.#last = tape.maybe(readBar);
    this.#holes = tape.list(readHole);
  }

  #follow(bar: Bar, count: number): void {
    const step = this.#stepMs;
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
