// Conformance, fair value gaps: streamed, untouched gaps on the live zone ladder; joined gaps go to their successor.
import type { Side } from '../../../src/core/units.ts';
import type { BarWindow } from '../../../strategy/smc/bar-window.ts';
import { ZoneLadder } from '../../../strategy/smc/zone-ladder.ts';
import type { Series } from '../series.ts';
import { type Column, column, type Table } from '../table.ts';
import { foldBars } from './fold.ts';
import { AGELESS, type CompatZone, zoneAt } from './zone.ts';

class GapTable {
  readonly #join: 'join' | 'apart';
  readonly #ladders = {
    long: new ZoneLadder<CompatZone>('long', 'near', AGELESS),
    short: new ZoneLadder<CompatZone>('short', 'near', AGELESS),
  };
  readonly #sign: Column;
  readonly #top: Column;
  readonly #bottom: Column;
  readonly #mitigated: Column;
  #newest: CompatZone | null = null;

  constructor(bars: number, join: 'join' | 'apart') {
    this.#join = join;
    this.#sign = column('FVG', bars);
    this.#top = column('Top', bars);
    this.#bottom = column('Bottom', bars);
    this.#mitigated = column('MitigatedIndex', bars);
  }

  get columns(): Table {
    return [this.#sign, this.#top, this.#bottom, this.#mitigated];
  }

  /** Gaps are touched before the newest is made: it is tested from the next bar on. */
  push(window: BarWindow): void {
    const touched = (zone: CompatZone): 'leave' => {
      this.#mitigated.values[zone.atIndex] = window.index;
      return 'leave';
    };
    this.#ladders.long.update(window, touched);
    this.#ladders.short.update(window, touched);
    const gap = window.index < 2 ? null : gapOf(window);
    if (gap !== null) this.#add(gap);
  }

  #add(gap: CompatZone): void {
    const before = this.#newest;
    const joins = this.#join === 'join' && before?.side === gap.side && before.atIndex === gap.atIndex - 1;
    const held =
      joins && before !== null
        ? zoneAt(gap.atIndex, gap.side, { top: Math.max(before.top, gap.top), bottom: Math.min(before.bottom, gap.bottom) })
        : gap;
    if (joins && before !== null) this.#swallow(before);
    this.#newest = held;
    this.#ladders[held.side].add(held);
    this.#sign.values[held.atIndex] = held.side === 'long' ? 1 : -1;
    this.#top.values[held.atIndex] = held.top;
    this.#bottom.values[held.atIndex] = held.bottom;
    this.#mitigated.values[held.atIndex] = 0;
  }

  #swallow(gap: CompatZone): void {
    this.#ladders[gap.side].remove(gap);
    for (const held of this.columns) held.values[gap.atIndex] = Number.NaN;
  }
}

/** The gap around the bar before the newest. A middle bar without colour never makes one. */
function gapOf(window: BarWindow): CompatZone | null {
  const middle = window.index - 1;
  const body = window.closeAt(middle) - window.openAt(middle);
  const side: Side | null = body > 0 ? 'long' : body < 0 ? 'short' : null;
  if (side === 'long' && window.highAt(middle - 1) < window.low)
    return zoneAt(middle, side, { top: window.low, bottom: window.highAt(middle - 1) });
  if (side === 'short' && window.lowAt(middle - 1) > window.high)
    return zoneAt(middle, side, { top: window.lowAt(middle - 1), bottom: window.high });
  return null;
}

export function fvgTable(series: Series, join: 'join' | 'apart'): Table {
  const table = new GapTable(series.length, join);
  foldBars(series, (window) => table.push(window));
  return table.columns;
}
