// Floor 1, room 4: what the detectors of one timeframe see of the bars: the newest one, the last 32, and the last 256 volumes.
// It also carries the list to which they append what they found in this bar.
import type { Bar } from '../../src/core/market.ts';
import { type Timeframe, timeframeMs } from '../../src/core/timeframe.ts';
import { type EpochMs, epochMs, type Side } from '../../src/core/units.ts';
import { QUIET_BARS, VOLUME_WINDOW } from './params.ts';
import { PriceGrid } from './price-grid.ts';
import type { SmcEvent, SmcZone } from './types.ts';

export const WINDOW_BARS = 32;
const MASK = WINDOW_BARS - 1;
const VOLUME_RING = 256;
const VOLUME_MASK = VOLUME_RING - 1;
const COLUMNS = ['openMs', 'open', 'high', 'low', 'close', 'upFrom', 'downFrom', 'upGap', 'downGap'] as const;
type Column = (typeof COLUMNS)[number];

/** Plain JSON: the columns of the window, oldest bar first. */
export interface WindowSnapshot {
  readonly index: number;
  readonly columns: readonly (readonly number[])[];
  readonly volumes: readonly (number | null)[];
}

const QUARTER_MS = 900_000;
const minute = (ms: number): number => Math.floor(ms / 60_000);

export class BarWindow {
  readonly timeframe: Timeframe;
  readonly grid: PriceGrid;
  readonly events: SmcEvent[] = [];
  /** Zones the newest bar visits, filled while they are updated. */
  readonly touched: SmcZone[] = [];
  index = -1;
  openMs: EpochMs = epochMs(0);
  closeMs: EpochMs = epochMs(0);
  /** Quarters of an hour since 1970. */
  quarter = -1;
  /** Days, weeks and sessions begin and end on quarters of an hour only. */
  startsQuarter = true;
  endsQuarter = true;
  open = Number.NaN;
  high = Number.NaN;
  low = Number.NaN;
  close = Number.NaN;
  atr = Number.NaN;
  atrBefore = Number.NaN;
  readonly #columns: Readonly<Record<Column, Float64Array>>;
  readonly #volumes = new Float64Array(VOLUME_RING);
  readonly #stepMs: number;
  readonly #saved: number;
  #nameMs = Number.NaN;
  #name = '';

  /** `lookBack` bars of the window are what the detectors need again after a restart. */
  constructor(timeframe: Timeframe, tickSize: number, lookBack = WINDOW_BARS) {
    this.timeframe = timeframe;
    this.#stepMs = timeframeMs(timeframe);
    this.grid = new PriceGrid(tickSize);
    this.#saved = Math.min(lookBack, WINDOW_BARS);
    this.#columns = Object.fromEntries(COLUMNS.map((name) => [name, new Float64Array(WINDOW_BARS)])) as Record<
      Column,
      Float64Array
    >;
  }

  get ready(): boolean {
    return this.index >= QUIET_BARS && this.atr > 0 && this.atrBefore > 0;
  }

  push(bar: Bar, atr: number, atrBefore: number): void {
    // Popping keeps the lists' memory, which `length = 0` gives back.
    while (this.events.length > 0) this.events.pop();
    while (this.touched.length > 0) this.touched.pop();
    this.index += 1;
    this.openMs = bar.openMs;
    this.closeMs = epochMs(bar.openMs + this.#stepMs);
    const quarter = Math.floor(bar.openMs / QUARTER_MS);
    this.startsQuarter = quarter !== this.quarter;
    this.endsQuarter = Math.floor(this.closeMs / QUARTER_MS) !== quarter;
    this.quarter = quarter;
    this.open = this.grid.snap(bar.open);
    this.high = this.grid.snap(bar.high);
    this.low = this.grid.snap(bar.low);
    this.close = this.grid.snap(bar.close);
    this.atr = atr;
    this.atrBefore = atrBefore;
    const slot = this.index & MASK;
    const c = this.#columns;
    c.openMs[slot] = bar.openMs;
    c.open[slot] = this.open;
    c.high[slot] = this.high;
    c.low[slot] = this.low;
    c.close[slot] = this.close;
    c.upFrom[slot] = -1;
    c.downFrom[slot] = -1;
    c.upGap[slot] = 0;
    c.downGap[slot] = 0;
    this.#volumes[this.index & VOLUME_MASK] = bar.volume;
  }

  openAt(index: number): number {
    return this.#columns.open[index & MASK] as number;
  }
  highAt(index: number): number {
    return this.#columns.high[index & MASK] as number;
  }
  lowAt(index: number): number {
    return this.#columns.low[index & MASK] as number;
  }
  closeAt(index: number): number {
    return this.#columns.close[index & MASK] as number;
  }
  openMsAt(index: number): EpochMs {
    return epochMs(this.#columns.openMs[index & MASK] as number);
  }
  volumeAt(index: number): number {
    return this.#volumes[index & VOLUME_MASK] as number;
  }

  /** First bar of the displacement that ended on this bar, −1 for none. */
  displacementFrom(side: Side, index: number): number {
    return (side === 'long' ? this.#columns.upFrom : this.#columns.downFrom)[index & MASK] as number;
  }
  markDisplacement(side: Side, from: number): void {
    (side === 'long' ? this.#columns.upFrom : this.#columns.downFrom)[this.index & MASK] = from;
  }

  /** Size in ATR of the gap that became known with this bar, 0 for none. */
  gapAtr(side: Side, index: number): number {
    return (side === 'long' ? this.#columns.upGap : this.#columns.downGap)[index & MASK] as number;
  }
  markGap(side: Side, sizeAtr: number): void {
    (side === 'long' ? this.#columns.upGap : this.#columns.downGap)[this.index & MASK] = sizeAtr;
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

  snapshot(): WindowSnapshot {
    const held = Math.min(this.index + 1, this.#saved);
    const volumes = Math.min(this.index + 1, VOLUME_WINDOW + 2);
    return {
      index: this.index,
      columns: COLUMNS.map((name) =>
        Array.from({ length: held }, (_, i) => this.#columns[name][(this.index - held + 1 + i) & MASK] as number),
      ),
      volumes: Array.from({ length: volumes }, (_, i) => {
        const volume = this.volumeAt(this.index - volumes + 1 + i);
        return Number.isNaN(volume) ? null : volume;
      }),
    };
  }

  /** The newest bar's own fields stay unset: they are read only while a bar is being worked on. */
  restore(snapshot: WindowSnapshot): void {
    this.events.length = 0;
    this.touched.length = 0;
    this.index = snapshot.index;
    for (const [c, name] of COLUMNS.entries()) {
      const values = snapshot.columns[c] ?? [];
      for (const [i, value] of values.entries()) this.#columns[name][(this.index - values.length + 1 + i) & MASK] = value;
    }
    this.quarter = this.index < 0 ? -1 : Math.floor(this.openMsAt(this.index) / QUARTER_MS);
    for (const [i, value] of snapshot.volumes.entries()) {
      this.#volumes[(this.index - snapshot.volumes.length + 1 + i) & VOLUME_MASK] = value ?? Number.NaN;
    }
  }
}
