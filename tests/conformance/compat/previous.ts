// Conformance, previous high and low: the last but one of the periods whose label lies strictly before the bar, and whether price has
// passed its high or low since it became the reference. Periods without bars do not exist.
import { type Period, PeriodTracker } from '../../../strategy/smc/period.ts';
import type { Series } from '../series.ts';
import { type Column, column, type Table } from '../table.ts';
import { foldBars } from './fold.ts';
import { boundsBy, labelOf, readPeriodRule } from './period-rule.ts';

/** The two newest finished periods, newest first. */
class FinishedPeriods {
  newest: Period | null = null;
  before: Period | null = null;

  readonly note = (_name: string, period: Period): void => {
    this.before = this.newest;
    this.newest = period;
  };
}

class PreviousRows {
  readonly high: Column;
  readonly low: Column;
  readonly brokenHigh: Column;
  readonly brokenLow: Column;
  #reference: Period | null = null;
  #highBroken = 0;
  #lowBroken = 0;

  constructor(bars: number) {
    this.high = column('PreviousHigh', bars, 'float32');
    this.low = column('PreviousLow', bars, 'float32');
    this.brokenHigh = column('BrokenHigh', bars);
    this.brokenLow = column('BrokenLow', bars);
    this.brokenHigh.values.fill(0);
    this.brokenLow.values.fill(0);
  }

  write(t: number, reference: Period | null, bar: { readonly high: number; readonly low: number }): void {
    if (reference === null) return;
    if (reference !== this.#reference) {
      this.#reference = reference;
      this.#highBroken = 0;
      this.#lowBroken = 0;
    }
    // Levels are kept in single precision and compared with double prices.
    if (bar.high > Math.fround(reference.high)) this.#highBroken = 1;
    if (bar.low < Math.fround(reference.low)) this.#lowBroken = 1;
    this.high.values[t] = reference.high;
    this.low.values[t] = reference.low;
    this.brokenHigh.values[t] = this.#highBroken;
    this.brokenLow.values[t] = this.#lowBroken;
  }
}

export function previousHighLowTable(series: Series, timeFrame: string): Table {
  const rule = readPeriodRule(timeFrame);
  if (rule === null) throw new Error(`"${timeFrame}" is no time frame`);
  const back = series.timeMs.findIndex((ms, t) => ms < (series.timeMs[t - 1] ?? ms));
  if (back >= 0) throw new Error(`row ${back} of input.csv goes back in time, which a stream of periods cannot follow`);
  const rows = new PreviousRows(series.length);
  const boundsOf = boundsBy(rule, series.timeMs[0] ?? 0);
  const finished = new FinishedPeriods();
  const tracker = new PeriodTracker(timeFrame, boundsOf);
  foldBars(series, (window, t) => {
    tracker.endBefore(window, finished.note);
    tracker.push(window);
    // Where the label lies before the bar, the running period is the last one that counts, and the one before it is asked for.
    const running = labelOf(rule, boundsOf(window.openMs)) < window.openMs;
    rows.write(t, running ? finished.newest : finished.before, window);
  });
  return [rows.high, rows.low, rows.brokenHigh, rows.brokenLow];
}
