// Floor 1, room 4: what the detectors of one timeframe see of the bars: the newest one, the last 32, and the last 256 volumes.
// It also carries the list to which they append what they found in this bar.
import type { Bar } from '../../src/core/market.ts';
import { type Timeframe, timeframeMs } from '../../src/core/timeframe.ts';
import { type EpochMs, epochMs, type Side } from '../../src/core/units.ts';
import { CellBlock } from '../cell-block.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';
import { packNumbers, unpackNumbers } from './pack.ts';
import { QUIET_BARS, VOLUME_WINDOW } from './params.ts';
import { PriceGrid } from './price-grid.ts';
import type { SmcEvent } from './types.ts';

export const WINDOW_BARS = 32;
const MASK = WINDOW_BARS - 1;
const VOLUME_RING = 256;
const VOLUME_MASK = VOLUME_RING - 1;
// One bar is one row of 64 bytes; the rows of all bars lie side by side in memory.
const OPEN_MS = 0;
const OPEN = 1;
const HIGH = 2;
const LOW = 3;
const CLOSE = 4;
/** Displacement that ended here: its first bar plus 1, negative where it went down, 0 for none. */
const MOVED = 5;
/** Gap that became known here in ATR, negative where it opened down, 0 for none. */
const GAP = 6;
const VOLUME = 7;
const WIDTH = 8;
/** Of each row; the bar's volume is saved with the older volumes. */
const SAVED_COLUMNS = [OPEN_MS, OPEN, HIGH, LOW, CLOSE, MOVED, GAP] as const;
// In front of the rows: what is known of the newest bar alone.
const ATR = 0;
const ATR_BEFORE = 1;
const HEAD = 2;
export const WINDOW_CELLS = HEAD + WINDOW_BARS * WIDTH;
export const VOLUME_CELLS = VOLUME_RING;

/** Where a window keeps its numbers, and how many bars of it the detectors need again after a restart. */
export interface WindowMemory {
  readonly block?: CellBlock;
  readonly volumes?: CellBlock;
  readonly lookBack?: number;
}

const QUARTER_MS = 900_000;

// Every symbol names its findings after the same minutes of the last days, and writing a number costs more than finding it again.
const KNOWN_MINUTES = 2_048;
const MINUTES_KNOWN: number[] = new Array<number>(KNOWN_MINUTES).fill(-1);
const MINUTE_TEXTS: string[] = new Array<string>(KNOWN_MINUTES).fill('');

function minuteText(ms: number): string {
  const minute = Math.floor(ms / 60_000);
  const place = minute & (KNOWN_MINUTES - 1);
  if (MINUTES_KNOWN[place] !== minute) {
    MINUTES_KNOWN[place] = minute;
    MINUTE_TEXTS[place] = String(minute);
  }
  return MINUTE_TEXTS[place] as string;
}

export class BarWindow {
  readonly timeframe: Timeframe;
  readonly grid: PriceGrid;
  readonly events: SmcEvent[] = [];
  /** Where nobody reads events none is written: names cost more than the finding. */
  keepsEvents = true;
  index = -1;
  /** Days, weeks and sessions begin and end on quarters of an hour only. */
  startsQuarter = true;
  endsQuarter = true;
  /** Quarters of an hour since 1970. */
  #quarter = -1;
  readonly #cells: Float64Array;
  readonly #head: number;
  readonly #rows: number;
  readonly #ring: Float64Array;
  readonly #volumes: number;
  /** Where the newest bar's row begins. */
  #row: number;
  readonly #stepMs: number;
  readonly #saved: number;

  constructor(timeframe: Timeframe, tickSize: number, memory: WindowMemory = {}) {
    const { block = new CellBlock(WINDOW_CELLS), volumes = new CellBlock(VOLUME_CELLS) } = memory;
    this.#cells = block.cells;
    this.#head = block.take(HEAD);
    this.#rows = block.take(WINDOW_BARS * WIDTH);
    this.#ring = volumes.cells;
    this.#volumes = volumes.take(VOLUME_RING);
    this.#row = this.#rows;
    this.timeframe = timeframe;
    this.#stepMs = timeframeMs(timeframe);
    this.grid = PriceGrid.of(tickSize);
    this.#saved = Math.min(memory.lookBack ?? WINDOW_BARS, WINDOW_BARS);
    this.#cells[this.#head + ATR] = Number.NaN;
  }

  #newest(column: number): number {
    return this.#cells[this.#row + column] as number;
  }
  get openMs(): EpochMs {
    return epochMs(this.#newest(OPEN_MS));
  }
  get closeMs(): EpochMs {
    return epochMs(this.#newest(OPEN_MS) + this.#stepMs);
  }
  get open(): number {
    return this.#cells[this.#row + OPEN] as number;
  }
  get high(): number {
    return this.#cells[this.#row + HIGH] as number;
  }
  get low(): number {
    return this.#cells[this.#row + LOW] as number;
  }
  get close(): number {
    return this.#cells[this.#row + CLOSE] as number;
  }
  get atr(): number {
    return this.#cells[this.#head + ATR] as number;
  }
  get atrBefore(): number {
    return this.#cells[this.#head + ATR_BEFORE] as number;
  }

  get ready(): boolean {
    return this.index >= QUIET_BARS && this.atr > 0 && this.atrBefore > 0;
  }

  push(bar: Bar, atr: number, atrBefore: number): void {
    // Popping keeps the list's memory, which `length = 0` gives back.
    if (this.keepsEvents) while (this.events.length > 0) this.events.pop();
    this.index += 1;
    const { openMs } = bar;
    const quarter = Math.floor(openMs / QUARTER_MS);
    this.startsQuarter = quarter !== this.#quarter;
    this.endsQuarter = openMs + this.#stepMs >= (quarter + 1) * QUARTER_MS;
    this.#quarter = quarter;
    const row = this.#rows + (this.index & MASK) * WIDTH;
    const rows = this.#cells;
    this.#row = row;
    rows[row + OPEN_MS] = openMs;
    rows[row + OPEN] = this.grid.snap(bar.open);
    rows[row + HIGH] = this.grid.snap(bar.high);
    rows[row + LOW] = this.grid.snap(bar.low);
    rows[row + CLOSE] = this.grid.snap(bar.close);
    rows[row + MOVED] = 0;
    rows[row + GAP] = 0;
    rows[row + VOLUME] = bar.volume;
    rows[this.#head + ATR] = atr;
    rows[this.#head + ATR_BEFORE] = atrBefore;
    this.#ring[this.#volumes + (this.index & VOLUME_MASK)] = bar.volume;
  }

  #at(index: number, column: number): number {
    return this.#cells[this.#rows + (index & MASK) * WIDTH + column] as number;
  }
  openAt(index: number): number {
    return this.#cells[this.#rows + (index & MASK) * WIDTH + OPEN] as number;
  }
  highAt(index: number): number {
    return this.#cells[this.#rows + (index & MASK) * WIDTH + HIGH] as number;
  }
  lowAt(index: number): number {
    return this.#cells[this.#rows + (index & MASK) * WIDTH + LOW] as number;
  }
  closeAt(index: number): number {
    return this.#cells[this.#rows + (index & MASK) * WIDTH + CLOSE] as number;
  }
  openMsAt(index: number): EpochMs {
    return epochMs(this.#at(index, OPEN_MS));
  }
  volumeAt(index: number): number {
    return this.#at(index, VOLUME);
  }
  #olderVolumeAt(index: number): number {
    return this.#ring[this.#volumes + (index & VOLUME_MASK)] as number;
  }

  /** First bar of the displacement that ended on this bar, −1 for none. */
  displacementFrom(side: Side, index: number): number {
    const moved = this.#at(index, MOVED);
    const from = side === 'long' ? moved : -moved;
    return from > 0 ? from - 1 : -1;
  }
  /** Which way a displacement ended on the newest bar, 0 for none. */
  get moved(): number {
    return this.#newest(MOVED);
  }
  markDisplacement(side: Side, from: number): void {
    this.#cells[this.#row + MOVED] = side === 'long' ? from + 1 : -from - 1;
  }

  /** Size in ATR of the gap that became known with this bar, 0 for none. */
  gapAtr(side: Side, index: number): number {
    const gap = this.#at(index, GAP);
    const size = side === 'long' ? gap : -gap;
    return size > 0 ? size : 0;
  }
  /** Above 0 where a gap upwards became known with the newest bar, below 0 downwards. */
  get gap(): number {
    return this.#newest(GAP);
  }
  markGap(side: Side, sizeAtr: number): void {
    this.#cells[this.#row + GAP] = side === 'long' ? sizeAtr : -sizeAtr;
  }

  /** Share (0–100) of the last 200 three-bar mean volumes that do not exceed this mean; NaN where volume is not known. */
  volumePercentile(mean: number): number {
    if (!(mean > 0)) return Number.NaN;
    const first = Math.max(2, this.index - VOLUME_WINDOW + 1);
    // Clear cases need no division: a third is taken only of sums that are the mean's own but for rounding.
    const surelyAtMost = 3 * mean * (1 - 1e-12);
    const surelyMore = 3 * mean * (1 + 1e-12);
    let atMost = 0;
    let before = this.#olderVolumeAt(first - 2);
    let middle = this.#olderVolumeAt(first - 1);
    for (let i = first; i <= this.index; i++) {
      const newest = this.#olderVolumeAt(i);
      const sum = before + middle + newest;
      if (sum <= surelyAtMost || (sum < surelyMore && sum / 3 <= mean)) atMost++;
      before = middle;
      middle = newest;
    }
    return (100 * atMost) / (this.index - first + 1);
  }

  /** A name from content: the same bars give the same names in every run. */
  idOf(prefix: string, side: string, at: number): string {
    return `${prefix}:${this.timeframe}:${side}:${minuteText(at)}:${minuteText(this.openMs)}`;
  }

  /** The name that `idOf` gave when the bar of `known` was the newest. */
  nameOf(prefix: string, side: string, { atMs, knownAtMs }: { readonly atMs: number; readonly knownAtMs: number }): string {
    return `${prefix}:${this.timeframe}:${side}:${minuteText(atMs)}:${minuteText(knownAtMs)}`;
  }

  write(tape: TapeWriter): void {
    tape.number(this.index);
    if (tape.part === 'whole') this.#writeBars(tape);
  }

  /** The columns, oldest bar first, then the older volumes. */
  #writeBars(tape: TapeWriter): void {
    const held = Math.min(this.index + 1, this.#saved);
    for (const column of SAVED_COLUMNS)
      tape.text(packNumbers(Array.from({ length: held }, (_, i) => this.#at(this.index - held + 1 + i, column))));
    const volumes = Math.min(this.index + 1, VOLUME_WINDOW + 2);
    tape.text(packNumbers(Array.from({ length: volumes }, (_, i) => this.#olderVolumeAt(this.index - volumes + 1 + i))));
  }

  /** What the tape leaves out lies in the cells already. */
  read(tape: TapeReader): void {
    this.events.length = 0;
    this.index = tape.count();
    if (tape.part === 'whole') this.#readBars(tape);
    this.#row = this.#rows + (Math.max(0, this.index) & MASK) * WIDTH;
    this.#quarter = this.index < 0 ? -1 : Math.floor(this.openMsAt(this.index) / QUARTER_MS);
  }

  /** The ATR of the newest bar stays unknown: it is read only while a bar is being worked on. */
  #readBars(tape: TapeReader): void {
    this.#cells.fill(Number.NaN, this.#head, this.#rows + WINDOW_BARS * WIDTH);
    for (const column of SAVED_COLUMNS) this.#restoreColumn(column, unpackNumbers(tape.name()));
    const volumes = unpackNumbers(tape.name());
    const first = this.index - volumes.length + 1;
    for (const [i, value] of volumes.entries()) this.#ring[this.#volumes + ((first + i) & VOLUME_MASK)] = value;
    this.#restoreColumn(VOLUME, volumes.slice(-WINDOW_BARS));
  }

  /** The newest value last. */
  #restoreColumn(column: number, values: readonly number[]): void {
    const first = this.index - values.length + 1;
    for (const [i, value] of values.entries()) this.#cells[this.#rows + ((first + i) & MASK) * WIDTH + column] = value;
  }
}
