// Oracle of a9: each bar is asked for the name of its day, week and session; a period is a run of bars with one name.
import { timeframeMs } from '../../../../src/core/timeframe.ts';
import { bar, perBar, type Series, speaks } from './series.ts';

export interface OraclePeriod {
  readonly name: string;
  readonly first: number;
  /** Bar with which the end is known, and whether it ended before that bar or with it. */
  readonly known: number;
  readonly when: 'before' | 'at';
  readonly whole: boolean;
  readonly high: number;
  readonly low: number;
}

const dayName = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

function weekName(ms: number): string {
  let day = ms;
  while (new Date(day).getUTCDay() !== 1) day -= 86_400_000;
  return dayName(day);
}

const HOURS: Readonly<Record<string, readonly [number, number]>> = {
  asia: [20, 24],
  london: [2, 5],
  newYork: [7, 10],
  londonClose: [10, 12],
};

const NEW_YORK = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/New_York',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  hourCycle: 'h23',
});

function sessionName(session: string): (ms: number) => string | null {
  const [from, to] = HOURS[session] ?? [0, 0];
  return (ms) => {
    const text = NEW_YORK.format(ms);
    const hour = Number(text.slice(-2));
    return hour >= from && hour < to ? text.slice(0, 10) : null;
  };
}

const NAMES: Readonly<Record<string, (ms: number) => string | null>> = {
  day: dayName,
  week: weekName,
  ...Object.fromEntries(Object.keys(HOURS).map((session) => [session, sessionName(session)])),
};

function periodsOf(s: Series, name: string, nameOf: (ms: number) => string | null): OraclePeriod[] {
  const found: OraclePeriod[] = [];
  let first = 0;
  while (first < s.bars.length) {
    const label = nameOf(bar(s, first).openMs);
    let last = first;
    const endsWith = (i: number): boolean => nameOf(bar(s, i).openMs + timeframeMs(s.timeframe)) !== label;
    while (last + 1 < s.bars.length && nameOf(bar(s, last + 1).openMs) === label) last += 1;
    const ended = endsWith(last);
    const known = ended ? last : last + 1;
    if (label !== null && known < s.bars.length) {
      const bars = s.bars.slice(first, last + 1);
      const whole = first > 0 || nameOf(bar(s, 0).openMs - 1) !== label;
      const high = Math.max(...bars.map((b) => b.high));
      const low = Math.min(...bars.map((b) => b.low));
      found.push({ name, first, known, when: ended ? 'at' : 'before', whole, high, low });
    }
    first = last + 1;
  }
  return found;
}

/** In the order in which the engine names them: day, week, then the sessions. */
export const oraclePeriods = (s: Series): OraclePeriod[] =>
  Object.entries(NAMES).flatMap(([name, nameOf]) => periodsOf(s, name, nameOf));

export function periodLines(s: Series): string[][] {
  const told = oraclePeriods(s).filter((period) => period.whole && speaks(s, period.known));
  return perBar(
    s,
    told.map(({ name, first, known, low, high }) => [known, `period.closed ${name} ${bar(s, first).openMs} ${low}..${high}`]),
  );
}
