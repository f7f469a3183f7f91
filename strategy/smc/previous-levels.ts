// Floor 1, room 4: high and low of the last completed day and week (smc.md a9). Days begin at 00:00 UTC, weeks on Monday.
import { DAY_MS } from '../../src/core/timeframe.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';
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

const UNKNOWN: PreviousLevels = { dayHigh: Number.NaN, dayLow: Number.NaN, weekHigh: Number.NaN, weekLow: Number.NaN };

export class PreviousLevelsDetector {
  readonly day = new PeriodTracker('day', dayOf);
  readonly week = new PeriodTracker('week', weekOf);
  levels: PreviousLevels = UNKNOWN;

  note(name: 'day' | 'week', { high, low }: Period): void {
    this.levels =
      name === 'day' ? { ...this.levels, dayHigh: high, dayLow: low } : { ...this.levels, weekHigh: high, weekLow: low };
  }

  write(tape: TapeWriter): void {
    this.day.write(tape);
    this.week.write(tape);
    tape.number(this.levels.dayHigh);
    tape.number(this.levels.dayLow);
    tape.number(this.levels.weekHigh);
    tape.number(this.levels.weekLow);
  }

  read(tape: TapeReader): void {
    this.day.read(tape);
    this.week.read(tape);
    this.levels = { dayHigh: tape.number(), dayLow: tape.number(), weekHigh: tape.number(), weekLow: tape.number() };
  }
}
