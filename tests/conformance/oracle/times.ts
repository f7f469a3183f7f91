// Conformance, the oracle's periods and sessions: calendar days are walked one by one, zones are found by trying offsets.
import { type PeriodRule, readPeriodRule } from '../compat/period-rule.ts';
import type { Series } from '../series.ts';
import type { SessionHours } from '../session-name.ts';
import { column, type Table } from '../table.ts';
import type { Rules } from './rules.ts';

const DAY_MS = 86_400_000;

interface Span {
  readonly startMs: number;
  readonly endMs: number;
  readonly labelMs: number;
}

type Calendar = Exclude<PeriodRule, { kind: 'fixed' }>;

/** True where a unit of the rule (a week, a month, a quarter, a year) begins with this day. */
function beginsUnit(dayMs: number, rule: Calendar): boolean {
  const day = new Date(dayMs);
  if (rule.kind === 'weeks') return day.getUTCDay() === (rule.endDay + 1) % 7;
  return day.getUTCDate() === 1 && day.getUTCMonth() % rule.unit === rule.phase;
}

function unitStarts(fromMs: number, toMs: number, rule: Calendar): number[] {
  const found: number[] = [];
  for (let day = fromMs; day <= toMs; day += DAY_MS) if (beginsUnit(day, rule)) found.push(day);
  return found;
}

/** What is labelled by its end steps back `count` unit ends from the first day, what is labelled by its start none. */
function calendarSpans(firstMs: number, lastMs: number, rule: Calendar, rules: Rules): Span[] {
  const firstDay = firstMs - (firstMs % DAY_MS);
  const reach = (rule.count + 1) * 370 * DAY_MS;
  const starts = unitStarts(firstDay - reach, lastMs + reach, rule);
  const home = starts.findLastIndex((startMs) => startMs <= firstDay);
  const byEnd = rule.kind === 'weeks' || rule.labelled === 'lastDay';
  const from = byEnd ? home - rule.count + 1 : home;
  const spans: Span[] = [];
  for (let i = from; (starts[i] ?? Number.POSITIVE_INFINITY) <= lastMs; i += rule.count) {
    const startMs = starts[i] as number;
    const endMs = starts[i + rule.count] as number;
    const labelled = rules.calendarLabel === 'lastDay' && byEnd;
    spans.push({ startMs, endMs, labelMs: labelled ? endMs - DAY_MS : startMs });
  }
  return spans;
}

function fixedSpans(firstMs: number, lastMs: number, lengthMs: number): Span[] {
  const spans: Span[] = [];
  for (let startMs = firstMs - (firstMs % DAY_MS); startMs <= lastMs; startMs += lengthMs)
    spans.push({ startMs, endMs: startMs + lengthMs, labelMs: startMs });
  return spans;
}

interface FilledSpan extends Span {
  readonly high: number;
  readonly low: number;
}

function filled(series: Series, spans: readonly Span[], rules: Rules): FilledSpan[] {
  return spans.flatMap((span) => {
    const rows = Array.from(series.timeMs.keys()).filter((t) => {
      const ms = series.timeMs[t] as number;
      return ms >= span.startMs && ms < span.endMs;
    });
    if (rows.length === 0 && rules.emptyPeriods === 'dropped') return [];
    const high = Math.max(...rows.map((t) => series.high[t] as number));
    return [{ ...span, high, low: Math.min(...rows.map((t) => series.low[t] as number)) }];
  });
}

export function previousHighLowOracle(series: Series, timeFrame: string, rules: Rules): Table {
  const rule = readPeriodRule(timeFrame);
  if (rule === null) throw new Error(`"${timeFrame}" is no time frame`);
  const [firstMs = 0, lastMs = 0] = [series.timeMs[0], series.timeMs.at(-1)];
  const spans = rule.kind === 'fixed' ? fixedSpans(firstMs, lastMs, rule.lengthMs) : calendarSpans(firstMs, lastMs, rule, rules);
  const periods = filled(series, spans, rules);
  const before = (span: Span, ms: number) => span.labelMs < ms || (rules.labelBefore === 'orAt' && span.labelMs === ms);
  const references = Array.from(series.timeMs, (ms) => periods.filter((span) => before(span, ms)).at(-2));
  const levels = ['PreviousHigh', 'PreviousLow'].map((name) => column(name, series.length, 'float32'));
  const broken = ['BrokenHigh', 'BrokenLow'].map((name) => column(name, series.length));
  for (const [t, reference] of references.entries()) {
    const since = references.findLastIndex((other, i) => i < t && other !== reference) + 1;
    const level = (price: number) => (rules.levelPrecision === 'single' ? Math.fround(price) : price);
    const highs = series.high.subarray(since, t + 1);
    const lows = series.low.subarray(since, t + 1);
    const cells = [
      reference?.high ?? Number.NaN,
      reference?.low ?? Number.NaN,
      Number(reference !== undefined && highs.some((high) => high > level(reference.high))),
      Number(reference !== undefined && lows.some((low) => low < level(reference.low))),
    ];
    for (const [c, held] of [...levels, ...broken].entries()) held.values[t] = cells[c] as number;
  }
  return [...levels, ...broken];
}

const clockOf = (ms: number): string => new Date(ms).toISOString().slice(11, 16);
const clockText = (minute: number): string => clockOf(minute * 60_000);

/** The UTC instant whose clock in this zone shows the written one. */
function utcOf(writtenMs: number, zone: string): number {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  const written = new Date(writtenMs).toISOString().slice(0, 19).replace('T', ' ');
  for (let quarters = -14 * 4; quarters <= 14 * 4; quarters++) {
    const utcMs = writtenMs - quarters * 900_000;
    if (format.format(utcMs) === written) return utcMs;
  }
  throw new Error(`${written} does not exist in ${zone}`);
}

function utcTimes(series: Series, { zone }: SessionHours, rules: Rules): number[] {
  if (zone.kind === 'named') return Array.from(series.timeMs, (ms) => utcOf(ms, zone.name));
  const sign = rules.offsetSign === 'posix' ? 1 : -1;
  return Array.from(series.timeMs, (ms) => ms + sign * zone.shiftMs);
}

export function sessionsOracle(series: Series, hours: SessionHours, rules: Rules): Table {
  const [start, end] = [clockText(hours.startMinute), clockText(hours.endMinute)];
  const utc = utcTimes(series, hours, rules);
  const active = utc.map((ms) => {
    const now = clockOf(ms);
    const beforeEnd = rules.sessionEnd === 'inside' ? now <= end : now < end;
    return start < end ? now >= start && beforeEnd : now >= start || beforeEnd;
  });
  const apart = (t: number) => (utc[t] as number) - (utc[t - 1] ?? 0) >= DAY_MS / 2;
  const columns = [
    column('Active', series.length),
    column('High', series.length, 'float32'),
    column('Low', series.length, 'float32'),
  ];
  for (const [t, inside] of active.entries()) {
    let since = active.findLastIndex((held, i) => i <= t && !held) + 1;
    if (rules.sessionSpan === 'oneDay') for (let i = t; i > since; i--) if (apart(i)) since = i;
    const cells = inside
      ? [1, Math.max(...series.high.subarray(since, t + 1)), Math.min(...series.low.subarray(since, t + 1))]
      : [0, 0, 0];
    for (const [c, held] of columns.entries()) held.values[t] = cells[c] as number;
  }
  return columns;
}
