// App, `perpscout bench`: how much memory the explanations of the whole market take after the four hours that are kept.
import { DecisionTraces, TRACE_LIMITS } from '../../../services/decision-traces.ts';
import { MINUTE_MS } from '../../core/timeframe.ts';
import { atMost, type Figure } from './figure.ts';
import type { MarketRun } from './market-run.ts';

const MINUTES = TRACE_LIMITS.spanMs / MINUTE_MS;

export function traceFigures(run: MarketRun): Figure[] {
  // Without the limit in bytes: what is measured is what the four hours would take.
  const traces = new DecisionTraces({ ...TRACE_LIMITS, bytes: Number.POSITIVE_INFINITY });
  for (let minute = 0; minute < MINUTES; minute++) {
    run.hearMinute();
    traces.record(run.scanned(run.decide()));
  }
  return [atMost('traces648x240Mb', { value: traces.bytes / 1e6, unit: 'MB', bound: TRACE_LIMITS.bytes / 1e6 })];
}
