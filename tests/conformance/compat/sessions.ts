// Conformance, sessions: bars whose time of day lies in a window with both ends inside, and the running extremes until a bar outside.
import { ZoneClock } from '../../../strategy/smc/sessions.ts';
import type { Series } from '../series.ts';
import type { InputZone, SessionHours } from '../session-name.ts';
import { column, type Table } from '../table.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;

/** Written time → UTC. */
function utcBy(zone: InputZone): (writtenMs: number) => number {
  if (zone.kind === 'fixed') return (writtenMs) => writtenMs + zone.shiftMs;
  // A second look settles the hours around a change of the clock; a written time that exists twice is refused by the library.
  const guess = new ZoneClock(zone.name);
  const settled = new ZoneClock(zone.name);
  return (writtenMs) => writtenMs - settled.offsetMs(writtenMs - guess.offsetMs(writtenMs));
}

function isInside(minute: number, { startMinute, endMinute }: SessionHours): boolean {
  if (startMinute < endMinute) return startMinute <= minute && minute <= endMinute;
  return startMinute <= minute || minute <= endMinute;
}

export function sessionsTable(series: Series, hours: SessionHours): Table {
  const active = column('Active', series.length);
  const high = column('High', series.length, 'float32');
  const low = column('Low', series.length, 'float32');
  for (const held of [active, high, low]) held.values.fill(0);
  const toUtc = utcBy(hours.zone);
  for (let t = 0; t < series.length; t++) {
    // Seconds do not count: 16:00:59 is still 16:00.
    const minute = Math.floor(toUtc(series.timeMs[t] as number) / MINUTE_MS) % DAY_MINUTES;
    if (!isInside(minute, hours)) continue;
    active.values[t] = 1;
    const highBefore = high.values[t - 1] ?? 0;
    const lowBefore = low.values[t - 1] ?? 0;
    // 0 stands for "no session in the bar before"; nothing but such a bar ends one, not even a night without bars.
    high.values[t] = Math.max(series.high[t] as number, highBefore);
    low.values[t] = lowBefore === 0 ? (series.low[t] as number) : Math.min(series.low[t] as number, lowBefore);
  }
  return [active, high, low];
}
