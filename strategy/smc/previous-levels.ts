// Floor 1, room 4: high and low of the last completed day and week (smc.md a9). Days begin at 00:00 UTC, weeks on Monday.
import { DAY_MS } from '../../src/core/timeframe.ts';
import type { Row } from './pack.ts';
import { type Period, type PeriodBounds, PeriodTracker } from './period.ts';
import type { PreviousLevels } from './types.ts';

const WEEK_MS = 7 * DAY_MS;
/** 1970 began on a Thursday; the Monday before was three days earlier. */
const MONDAY_OFFSET_MS = 3 * DAY_MS;

export function dayOf(openMs: number): PeriodBounds {
  const startMs = openMs - (openMs % DAY_MS);
  return { startMs, endMs: startMs + DAY_MS };
}

export function weekOf(openMs: number): PeriodBounds {
  const startMs = openMs - ((openMs + MONDAY_OFFSET_MS) % WEEK_MS);
  return { startMs, endMs: startMs + WEEK_MS };
}

type LevelsSnapshot = { readonly [K in keyof PreviousLevels]: number | null };

export interface PreviousLevelsSnapshot {
  readonly day: Row | null;
  readonly week: Row | null;
  readonly levels: LevelsSnapshot;
}

const UNKNOWN: PreviousLevels = { dayHigh: Number.NaN, dayLow: Number.NaN, weekHigh: Number.NaN, weekLow: Number.NaN };
const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

export class PreviousLevelsDetector {
  readonly day = new PeriodTracker('day', dayOf);
  readonly week = new PeriodTracker('week', weekOf);
  levels: PreviousLevels = UNKNOWN;

  note(name: 'day' | 'week', { high, low }: Period): void {
    this.levels =
      name === 'day' ? { ...this.levels, dayHigh: high, dayLow: low } : { ...this.levels, weekHigh: high, weekLow: low };
  }

  snapshot(): PreviousLevelsSnapshot {
    const { dayHigh, dayLow, weekHigh, weekLow } = this.levels;
    const levels = { dayHigh: orNull(dayHigh), dayLow: orNull(dayLow), weekHigh: orNull(weekHigh), weekLow: orNull(weekLow) };
    return { day: this.day.snapshot(), week: this.week.snapshot(), levels };
  }

  restore(snapshot: PreviousLevelsSnapshot): void {
    this.day.restore(snapshot.day);
    this.week.restore(snapshot.week);
    const { dayHigh, dayLow, weekHigh, weekLow } = snapshot.levels;
    this.levels = {
      dayHigh: dayHigh ?? Number.NaN,
      dayLow: dayLow ?? Number.NaN,
      weekHigh: weekHigh ?? Number.NaN,
      weekLow: weekLow ?? Number.NaN,
    };
  }
}
