// Floor 1, room 4: a span of time with bars in it (a day, a week, a session) and its running extremes. It ends by the clock, with or
// without its last bar; one whose beginning nobody saw has no extremes that could be trusted.
import type { EpochMs } from '../../src/core/units.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';
import type { BarWindow } from './bar-window.ts';
import type { Mutable } from './types.ts';

export interface Period {
  readonly firstBarMs: EpochMs;
  readonly endMs: number;
  /** Bars were seen from its beginning. */
  readonly whole: boolean;
  readonly high: number;
  readonly low: number;
}

type RunningPeriod = Mutable<Period>;

function writePeriod(tape: TapeWriter, period: Period): void {
  tape.instant(period.firstBarMs);
  tape.instant(period.endMs);
  tape.flag(period.whole);
  tape.number(period.high);
  tape.number(period.low);
}

const readPeriod = (tape: TapeReader): RunningPeriod => ({
  firstBarMs: tape.instant(),
  endMs: tape.instant(),
  whole: tape.flag(),
  high: tape.number(),
  low: tape.number(),
});

export interface PeriodBounds {
  readonly startMs: number;
  readonly endMs: number;
}

/** Told when a period is over: before the bar that begins beyond it, or at the close of the bar that reaches its end. */
export type PeriodSink = (name: string, period: Period) => void;

export class PeriodTracker {
  readonly name: string;
  /** The period that holds an instant, null outside of all; periods begin on whole quarters of an hour. */
  readonly #boundsOf: (openMs: number) => PeriodBounds | null;
  #current: RunningPeriod | null = null;

  constructor(name: string, boundsOf: (openMs: number) => PeriodBounds | null) {
    this.name = name;
    this.#boundsOf = boundsOf;
  }

  get isActive(): boolean {
    return this.#current !== null;
  }

  /** Ends a period whose last bars never came. */
  endBefore(window: BarWindow, ended: PeriodSink): void {
    const current = this.#current;
    if (current === null || window.openMs < current.endMs) return;
    this.#current = null;
    ended(this.name, current);
  }

  /** Of the running period; Infinity while none runs. */
  get endMs(): number {
    return this.#current?.endMs ?? Number.POSITIVE_INFINITY;
  }

  /** Bars of the running period went this far. */
  extend(high: number, low: number): void {
    const current = this.#current;
    if (current === null) return;
    if (high > current.high) current.high = high;
    if (low < current.low) current.low = low;
  }

  push(window: BarWindow): void {
    if (this.#current !== null) {
      this.extend(window.high, window.low);
      return;
    }
    const bounds = this.#boundsOf(window.openMs);
    if (bounds === null) return;
    const whole = window.openMs === bounds.startMs || window.index > 0;
    this.#current = { firstBarMs: window.openMs, endMs: bounds.endMs, whole, high: window.high, low: window.low };
  }

  /** Ends a period whose last bar this is: its levels are known at this close. */
  endAt(window: BarWindow, ended: PeriodSink): void {
    const current = this.#current;
    if (current === null || window.closeMs < current.endMs) return;
    this.#current = null;
    ended(this.name, current);
  }

  write(tape: TapeWriter): void {
    tape.maybe(this.#current, writePeriod);
  }

  read(tape: TapeReader): void {
    this.#current = tape.maybe(readPeriod);
  }
}
