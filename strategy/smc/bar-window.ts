// Floor 1, room 4: what the detectors of one timeframe see of the bars: the newest one, the last 32, and the last 256 volumes.
// It also carries the list to which they append what they found in this bar.
import type { Bar } from '../../src/core/market.ts';
import { type Timeframe, timeframeMs } from '../../src/core/timeframe.ts';
import { type EpochMs, epochMs, type Side } from '../../src/core/units.ts';
import { CellBlock } from '../cell-block.ts';
import { packNumbers, unpackNumbers } from './pack.ts';
import { QUIET_BARS, VOLUME_WINDOW } from './params.ts';
import { PriceGrid } from './price-grid.ts';
import type { SmcEvent, SmcZone } from './types.ts';

export const WINDOW_BARS = 32;
const MASK = WINDOW_BARS - 1;
const VOLUME_RING = 256;
const VOLUME_MASK = VOLUME_RING - 1;
const COLUMNS = ['openMs', 'open', 'high', 'low', 'close', 'upFrom', 'downFrom', 'upGap', 'downGap'] as const;
// A row holds the saved columns and the two ATR of its bar; all of a bar's numbers lie side by side in memory.
const OPEN_MS = 0;
const OPEN = 1;
const HIGH = 2;
const LOW = 3;
const CLOSE = 4;
const UP_FROM = 5;
const DOWN_FROM = 6;
const UP_GAP = 7;
const DOWN_GAP = 8;
const ATR = 9;
const ATR_BEFORE = 10;
const WIDTH = 12;
export const WINDOW_CELLS = WINDOW_BARS * WIDTH + VOLUME_RING;

/** Plain JSON: the columns of the window, oldest bar first. */
export interface WindowSnapshot {
  readonly index: number;
  readonly columns: readonly string[];
  readonly volumes: string;
}

const QUARTER_MS = 900_000;
const minute = (ms: number): number => Math.floor(ms / 60_000);

export class BarWindow {
  readonly timeframe: Timeframe;
  readonly grid: PriceGrid;
  readonly events: SmcEvent[] = [];
  /** Where nobody reads events none is written: names cost more than the finding. */
  keepsEvents = true;
  /** Zones the newest bar visits, filled while they are updated. */
  readonly touched: SmcZone[] = [];
  index = -1;
  /** Quarters of an hour since 1970. */
  quarter = -1;
  /** Days, weeks and sessions begin and end on quarters of an hour only. */
  startsQuarter = true;
  endsQuarter = true;
  readonly #cells: Float64Array;
  readonly #rows: number;
  readonly #volumes: number;
  /** Where the newest bar's row begins. */
  #row: number;
  readonly #stepMs: number;
  readonly #saved: number;
  #nameMs = Number.NaN;
  #name = '';

  /** `lookBack` bars of the window are what the detectors need again after a restart. */
  constructor(timeframe: Timeframe, tickSize: number, lookBack = WINDOW_BARS, block = new CellBlock(WINDOW_CELLS)) {
    this.#cells = block.cells;
    this.#rows = block.take(WINDOW_BARS * WIDTH);
    this.#volumes = block.take(VOLUME_RING);
    this.#row = this.#rows;
    this.timeframe = timeframe;
    this.#stepMs = timeframeMs(timeframe);
    this.grid = new PriceGrid(tickSize);
    this.#saved = Math.min(lookBack, WINDOW_BARS);
    this.#cells[this.#rows + ATR] = Number.NaN;
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
    return this.#newest(OPEN);
  }
  get high(): number {
    return this.#newest(HIGH);
  }
  get low(): number {
    return this.#newest(LOW);
  }
  get close(): number {
    return this.#newest(CLOSE);
  }
  get atr(): number {
    return this.#newest(ATR);
  }
  get atrBefore(): number {
    return this.#newest(ATR_BEFORE);
  }

  get ready(): boolean {
    return this.index >= QUIET_BARS && this.atr > 0 && this.atrBefore > 0;
  }

  push(bar: Bar, atr: number, atrBefore: number): void {
    // Popping keeps the lists' memory, which `length = 0` gives back.
    while (this.events.length > 0) this.events.pop();
    while (this.touched.length > 0) this.touched.pop();
    this.index += 1;
    const quarter = Math.floor(bar.openMs / QUARTER_MS);
    this.startsQuarter = quarter !== this.quarter;
    this.endsQuarter = Math.floor((bar.openMs + this.#stepMs) / QUARTER_MS) !== quarter;
    this.quarter = quarter;
    const row = this.#rows + (this.index & MASK) * WIDTH;
    const rows = this.#cells;
    this.#row = row;
    rows[row + OPEN_MS] = bar.openMs;
    rows[row + OPEN] = this.grid.snap(bar.open);
    rows[row + HIGH] = this.grid.snap(bar.high);
    rows[row + LOW] = this.grid.snap(bar.low);
    rows[row + CLOSE] = this.grid.snap(bar.close);
    rows[row + UP_FROM] = -1;
    rows[row + DOWN_FROM] = -1;
    rows[row + UP_GAP] = 0;
    rows[row + DOWN_GAP] = 0;
    rows[row + ATR] = atr;
    rows[row + ATR_BEFORE] = atrBefore;
    rows[this.#volumes + (this.index & VOLUME_MASK)] = bar.volume;
  }

  #at(index: number, column: number): number {
    return this.#cells[this.#rows + (index & MASK) * WIDTH + column] as number;
  }
  openAt(index: number): number {
    return this.#at(index, OPEN);
  }
  highAt(index: number): number {
    return this.#at(index, HIGH);
  }
  lowAt(index: number): number {
    return this.#at(index, LOW);
  }
  closeAt(index: number): number {
    return this.#at(index, CLOSE);
  }
  openMsAt(index: number): EpochMs {
    return epochMs(this.#at(index, OPEN_MS));
  }
  volumeAt(index: number): number {
    return this.#cells[this.#volumes + (index & VOLUME_MASK)] as number;
  }

  /** First bar of the displacement that ended on this bar, −1 for none. */
  displacementFrom(side: Side, index: number): number {
    return this.#at(index, side === 'long' ? UP_FROM : DOWN_FROM);
  }
  markDisplacement(side: Side, from: number): void {
    this.#cells[this.#row + (side === 'long' ? UP_FROM : DOWN_FROM)] = from;
  }

  /** Size in ATR of the gap that became known with this bar, 0 for none. */
  gapAtr(side: Side, index: number): number {
    return this.#at(index, side === 'long' ? UP_GAP : DOWN_GAP);
  }
  markGap(side: Side, sizeAtr: number): void {
    this.#cells[this.#row + (side === 'long' ? UP_GAP : DOWN_GAP)] = sizeAtr;
  }

  /** Share (0–100) of the last 200 three-bar mean volumes that do not exceed this mean; NaN where volume is not known. */
  volumePercentile(mean: number): number {
    if (!(mean > 0)) return Number.NaN;
    const first = Math.max(2, this.index - VOLUME_WINDOW + 1);
    let atMost = 0;
    let before = this.volumeAt(first - 2);
    let middle = this.volumeAt(first - 1);
    for (let i = first; i <= this.index; i++) {
      const newest = this.volumeAt(i);
      if ((before + middle + newest) / 3 <= mean) atMost++;
      before = middle;
      middle = newest;
    }
    return (100 * atMost) / (this.index - first + 1);
  }

  /** A zone that this bar visited and that something else of this bar ended. */
  forget(zone: SmcZone): void {
    const place = this.touched.indexOf(zone);
    if (place >= 0) this.touched.splice(place, 1);
  }

  /** A name from content: the same bars give the same names in every run. */
  idOf(prefix: string, side: string, at: number): string {
    if (this.#nameMs !== this.openMs) {
      this.#nameMs = this.openMs;
      this.#name = `:${minute(this.openMs)}`;
    }
    return `${prefix}:${this.timeframe}:${side}:${minute(at)}${this.#name}`;
  }

  /** The name that `idOf` gave when the bar of `known` was the newest. */
  nameOf(prefix: string, side: string, { atMs, knownAtMs }: { readonly atMs: number; readonly knownAtMs: number }): string {
    return `${prefix}:${this.timeframe}:${side}:${minute(atMs)}:${minute(knownAtMs)}`;
  }

  snapshot(): WindowSnapshot {
    const held = Math.min(this.index + 1, this.#saved);
    const volumes = Math.min(this.index + 1, VOLUME_WINDOW + 2);
    return {
      index: this.index,
      columns: COLUMNS.map((_, column) =>
        packNumbers(Array.from({ length: held }, (_, i) => this.#at(this.index - held + 1 + i, column))),
      ),
      volumes: packNumbers(Array.from({ length: volumes }, (_, i) => this.volumeAt(this.index - volumes + 1 + i))),
    };
  }

  /** The newest bar's ATR stay unknown: they are read only while a bar is being worked on. */
  restore(snapshot: WindowSnapshot): void {
    this.events.length = 0;
    this.touched.length = 0;
    this.index = snapshot.index;
    this.#cells.fill(Number.NaN, this.#rows, this.#rows + WINDOW_BARS * WIDTH);
    for (const [column, text] of snapshot.columns.entries()) {
      const values = unpackNumbers(text);
      const first = this.index - values.length + 1;
      for (const [i, value] of values.entries()) this.#cells[this.#rows + ((first + i) & MASK) * WIDTH + column] = value;
    }
    this.#row = this.#rows + (Math.max(0, this.index) & MASK) * WIDTH;
    this.quarter = this.index < 0 ? -1 : Math.floor(this.openMsAt(this.index) / QUARTER_MS);
    const volumes = unpackNumbers(snapshot.volumes);
    for (const [i, value] of volumes.entries()) {
      this.#cells[this.#volumes + ((this.index - volumes.length + 1 + i) & VOLUME_MASK)] = value;
    }
  }
}
