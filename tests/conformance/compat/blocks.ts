// Conformance, order blocks: the candle of the leg's extreme when a close passes the last swing. First the bullish pass over all bars,
// then the bearish one over the same rows, as the library does: what the first left on a row, the second finds there.
import type { Side } from '../../../src/core/units.ts';
import type { BarWindow } from '../../../strategy/smc/bar-window.ts';
import { LegTracker } from '../../../strategy/smc/leg.ts';
import { opposite } from '../../../strategy/smc/zone.ts';
import { ZoneLadder } from '../../../strategy/smc/zone-ladder.ts';
import type { Series } from '../series.ts';
import { column, type Table } from '../table.ts';
import { foldBars } from './fold.ts';
import type { FinalSwing } from './swings.ts';
import { AGELESS, type CompatZone, zoneAt } from './zone.ts';

class BlockRows {
  readonly sign: Float64Array;
  readonly top: Float64Array;
  readonly bottom: Float64Array;
  readonly volume: Float64Array;
  readonly mitigated: Float64Array;
  readonly percentage: Float64Array;
  /** Rows whose block was breached once, in either pass; never taken back. */
  readonly breached: Uint8Array;
  readonly columns: Table;

  constructor(bars: number) {
    this.columns = [
      column('OB', bars),
      column('Top', bars, 'float32'),
      column('Bottom', bars, 'float32'),
      column('OBVolume', bars, 'float32'),
      column('MitigatedIndex', bars),
      column('Percentage', bars, 'float32'),
    ];
    const [sign, top, bottom, volume, mitigated, percentage] = this.columns.map((held) => held.values);
    this.sign = sign as Float64Array;
    this.top = top as Float64Array;
    this.bottom = bottom as Float64Array;
    this.volume = volume as Float64Array;
    this.mitigated = mitigated as Float64Array;
    this.percentage = percentage as Float64Array;
    this.breached = new Uint8Array(bars);
  }

  write(zone: CompatZone, volume: { readonly sum: number; readonly percentage: number }): void {
    const row = zone.atIndex;
    this.sign[row] = zone.side === 'long' ? 1 : -1;
    this.top[row] = zone.top;
    this.bottom[row] = zone.bottom;
    this.volume[row] = volume.sum;
    this.percentage[row] = volume.percentage;
    // A row that the other pass had breached keeps that pass's index.
    if (Number.isNaN(this.mitigated[row])) this.mitigated[row] = 0;
  }

  erase(row: number): void {
    for (const held of this.columns) held.values[row] = Number.NaN;
  }
}

/**
 * Sum of the crossing bar's volume and the two before it, and how evenly it lies on the two halves. The library divides the halves in
 * single precision.
 */
function volumeOf(window: BarWindow): { readonly sum: number; readonly percentage: number } {
  const t = window.index;
  const recent = window.volumeAt(t) + window.volumeAt(t - 1);
  const older = t < 2 ? 0 : window.volumeAt(t - 2);
  const larger = Math.fround(Math.max(recent, older));
  const share = Math.fround(Math.fround(Math.min(recent, older)) / larger);
  return { sum: recent + older, percentage: larger === 0 ? 100 : share * 100 };
}

/** One direction: follows the swings of its kind, makes blocks at crossings, and ends them. */
class BlockPass {
  readonly #side: Side;
  readonly #mitigateBy: 'close' | 'wick';
  readonly #rows: BlockRows;
  readonly #leg: LegTracker;
  readonly #standing: ZoneLadder<CompatZone>;
  readonly #breakers: ZoneLadder<CompatZone>;
  #swing: FinalSwing | null = null;

  constructor(side: Side, mitigateBy: 'close' | 'wick', rows: BlockRows) {
    this.#side = side;
    this.#mitigateBy = mitigateBy;
    this.#rows = rows;
    this.#leg = new LegTracker(side, 'extreme');
    this.#standing = new ZoneLadder(side, 'far', AGELESS);
    this.#breakers = new ZoneLadder(opposite(side), 'far', AGELESS);
  }

  push(window: BarWindow, swing: FinalSwing | undefined): void {
    // Breakers first: a block that is breached in this bar is erased by a later one at the earliest.
    this.#breakers.update(window, (zone) => this.#erase(zone, window));
    this.#standing.update(window, (zone) => this.#breach(zone, window));
    if (this.#crosses(window)) this.#create(window);
    if (swing === undefined || swing.sign !== (this.#side === 'long' ? 1 : -1)) {
      this.#leg.push(window);
      return;
    }
    this.#swing = swing;
    this.#leg.start(window, window.index);
  }

  #erase(zone: CompatZone, window: BarWindow): 'stay' | 'leave' {
    const recrossed = this.#side === 'long' ? window.high > zone.top : window.low < zone.bottom;
    if (!recrossed) return 'stay';
    this.#rows.erase(zone.atIndex);
    return 'leave';
  }

  #breach(zone: CompatZone, window: BarWindow): 'stay' | 'leave' {
    const long = this.#side === 'long';
    const wick = long ? window.low : window.high;
    const body = long ? Math.min(window.open, window.close) : Math.max(window.open, window.close);
    const price = this.#mitigateBy === 'wick' ? wick : body;
    if (!(long ? price < zone.bottom : price > zone.top)) return 'stay';
    this.#rows.breached[zone.atIndex] = 1;
    // The library counts one bar too few, for bullish blocks only.
    this.#rows.mitigated[zone.atIndex] = long ? window.index - 1 : window.index;
    this.#breakers.add(zone);
    return 'leave';
  }

  /** The newest swing before this bar, not crossed yet. */
  #crosses(window: BarWindow): boolean {
    if (this.#swing === null) return false;
    return this.#side === 'long' ? window.close > this.#swing.level : window.close < this.#swing.level;
  }

  #create(window: BarWindow): void {
    this.#swing = null;
    const zone = this.#zoneOf(window);
    this.#rows.write(zone, volumeOf(window));
    (this.#rows.breached[zone.atIndex] === 1 ? this.#breakers : this.#standing).add(zone);
  }

  /** Zones are kept in single precision and compared with double prices. */
  #zoneOf(window: BarWindow): CompatZone {
    const { originIndex, candle } = this.#leg;
    if (originIndex >= 0)
      return zoneAt(originIndex, this.#side, { top: Math.fround(candle.high), bottom: Math.fround(candle.low) });
    // No bar between the swing and its crossing: the library takes the bar before, and for longs turns its edges around.
    const row = window.index - 1;
    const high = Math.fround(window.highAt(row));
    const low = Math.fround(window.lowAt(row));
    return zoneAt(row, this.#side, this.#side === 'long' ? { top: low, bottom: high } : { top: high, bottom: low });
  }
}

export function obTable(series: Series, swings: readonly FinalSwing[], mitigateBy: 'close' | 'wick'): Table {
  const rows = new BlockRows(series.length);
  const byRow = new Map(swings.map((swing) => [swing.index, swing]));
  for (const side of ['long', 'short'] as const) {
    const pass = new BlockPass(side, mitigateBy, rows);
    foldBars(series, (window, t) => pass.push(window, byRow.get(t)));
  }
  return rows.columns;
}
