// Conformance, period keys: a pandas alias ("15min", "4h", "1D", "W-FRI", "2M") as spans of time, each with the label that pandas gives it.
// Spans of a fixed length are counted from the midnight before the first bar; weeks and months follow the calendar.
import type { PeriodBounds } from '../../../strategy/smc/period.ts';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

/** start: labelled by its first instant · lastDay: by 00:00 of its last day, as pandas does with what ends on a calendar day. */
export type Labelled = 'start' | 'lastDay';

export type PeriodRule =
  | { readonly kind: 'fixed'; readonly lengthMs: number }
  /** `endDay`: 0 = Sunday, the last day of a week. */
  | { readonly kind: 'weeks'; readonly count: number; readonly endDay: number }
  /** `phase`: 0–11, a month (0 = January) in which a span begins. */
  | {
      readonly kind: 'months';
      readonly count: number;
      readonly unit: number;
      readonly phase: number;
      readonly labelled: Labelled;
    };

const FIXED_MS: Readonly<Record<string, number>> = { S: 1_000, T: 60_000, MIN: 60_000, H: 3_600_000, D: DAY_MS };
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

interface CalendarUnit {
  readonly months: number;
  readonly labelled: Labelled;
}
const CALENDAR: Readonly<Record<string, CalendarUnit>> = {
  M: { months: 1, labelled: 'lastDay' },
  ME: { months: 1, labelled: 'lastDay' },
  MS: { months: 1, labelled: 'start' },
  Q: { months: 3, labelled: 'lastDay' },
  QE: { months: 3, labelled: 'lastDay' },
  QS: { months: 3, labelled: 'start' },
  A: { months: 12, labelled: 'lastDay' },
  Y: { months: 12, labelled: 'lastDay' },
  YE: { months: 12, labelled: 'lastDay' },
  AS: { months: 12, labelled: 'start' },
  YS: { months: 12, labelled: 'start' },
};

/** Null for an alias that is not known here. As in pandas, "15m" is fifteen months and "15min" fifteen minutes. */
export function readPeriodRule(alias: string): PeriodRule | null {
  const found = /^(\d{0,6})([a-z]+)(?:-([a-z]{3}))?$/i.exec(alias);
  if (found === null) return null;
  const [, digits = '', name = '', anchorText] = found;
  const count = digits === '' ? 1 : Number(digits);
  const unit = name.toUpperCase();
  const anchor = anchorText?.toUpperCase();
  if (count === 0) return null;
  // The one alias in which case matters: "ms" are milliseconds, "MS" is the start of a month.
  if (name === 'ms') return anchor === undefined ? { kind: 'fixed', lengthMs: count } : null;
  const fixedMs = FIXED_MS[unit];
  if (fixedMs !== undefined) return anchor === undefined ? { kind: 'fixed', lengthMs: count * fixedMs } : null;
  if (unit === 'W') {
    const endDay = DAYS.indexOf(anchor ?? 'SUN');
    return endDay < 0 ? null : { kind: 'weeks', count, endDay };
  }
  const calendar = CALENDAR[unit];
  return calendar === undefined ? null : monthsRule(calendar, count, anchor);
}

function monthsRule({ months, labelled }: CalendarUnit, count: number, anchor: string | undefined): PeriodRule | null {
  if (months === 1 && anchor !== undefined) return null;
  // What ends somewhere is anchored by its last month, what starts somewhere by its first.
  const anchored = MONTHS.indexOf(anchor ?? (labelled === 'start' ? 'JAN' : 'DEC'));
  if (anchored < 0) return null;
  const phase = labelled === 'start' ? anchored : anchored + 1;
  return { kind: 'months', count, unit: months, phase: phase % months, labelled };
}

/** Months since January of year 0. */
const monthOf = (ms: number): number => {
  const date = new Date(ms);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
};
const monthStart = (month: number): number => Date.UTC(Math.floor(month / 12), month % 12, 1);
const midnight = (ms: number): number => Math.floor(ms / DAY_MS) * DAY_MS;

type BoundsOf = (ms: number) => PeriodBounds;

function everyFrom(originMs: number, lengthMs: number): BoundsOf {
  return (ms) => {
    const startMs = originMs + Math.floor((ms - originMs) / lengthMs) * lengthMs;
    return { startMs, endMs: startMs + lengthMs };
  };
}

/** Day 0 of 1970 was a Thursday. */
function weekStart(ms: number, endDay: number): number {
  const day = midnight(ms);
  const weekday = (day / DAY_MS + 4) % 7;
  return day - ((weekday - endDay - 1 + 14) % 7) * DAY_MS;
}

/**
 * Where the first of a chain of calendar spans begins: what is labelled by its end is counted so that the first bar lies in the first
 * *unit* of the chain's last one, since pandas steps back a whole span from the first bar's day.
 */
function monthsFrom(firstMs: number, rule: Extract<PeriodRule, { kind: 'months' }>): BoundsOf {
  const first = monthOf(firstMs);
  const unitStart = first - ((first - rule.phase + 12 * rule.unit) % rule.unit);
  const origin = rule.labelled === 'start' ? unitStart : unitStart - (rule.count - 1) * rule.unit;
  const length = rule.count * rule.unit;
  return (ms) => {
    const start = origin + Math.floor((monthOf(ms) - origin) / length) * length;
    return { startMs: monthStart(start), endMs: monthStart(start + length) };
  };
}

export function boundsBy(rule: PeriodRule, firstMs: number): BoundsOf {
  switch (rule.kind) {
    case 'fixed':
      return everyFrom(midnight(firstMs), rule.lengthMs);
    case 'weeks':
      return everyFrom(weekStart(firstMs, rule.endDay) - (rule.count - 1) * WEEK_MS, rule.count * WEEK_MS);
    case 'months':
      return monthsFrom(firstMs, rule);
  }
}

export function labelOf(rule: PeriodRule, bounds: PeriodBounds): number {
  const labelled = rule.kind === 'fixed' ? 'start' : rule.kind === 'weeks' ? 'lastDay' : rule.labelled;
  return labelled === 'start' ? bounds.startMs : bounds.endMs - DAY_MS;
}
