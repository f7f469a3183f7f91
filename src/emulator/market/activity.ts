// Emulator, the world behind the exchange: the market's day. Trading breathes: quiet while Asia's evening and Europe's
// morning have not met, busiest when New York opens, slow at weekends. All UTC, mean 1 over a week.

export const WEEK_MINUTES = 10_080;
const DAY_MINUTES = 1_440;
/** 2026-01-01T00:00Z, from which minutes are counted, was a Thursday; weeks are counted from Monday. */
const EPOCH_MINUTE_OF_WEEK = 3 * DAY_MINUTES;
const WEEKEND = 0.62;

/** Centre and width in hours, height over the quiet base. */
const BUMPS = [
  { hour: 0.8, width: 1.6, height: 0.35 },
  { hour: 8, width: 2, height: 0.35 },
  { hour: 14.6, width: 2.2, height: 1.15 },
  { hour: 20, width: 1.5, height: 0.25 },
] as const;

function rawActivity(minuteOfWeek: number): number {
  const hour = (minuteOfWeek % DAY_MINUTES) / 60;
  const bumps = BUMPS.reduce((sum, { hour: centre, width, height }) => {
    const away = Math.min(Math.abs(hour - centre), 24 - Math.abs(hour - centre));
    return sum + height * Math.exp(-0.5 * (away / width) ** 2);
  }, 0.6);
  // Saturday and Sunday are the last two days of the week.
  return minuteOfWeek >= 5 * DAY_MINUTES ? bumps * WEEKEND : bumps;
}

/** A little more than a week, so that a block that begins in one week and ends in the next reads on without a fold. */
const TABLE_MINUTES = WEEK_MINUTES + 2_048;

function cumulate(): Float64Array {
  const raw = Float64Array.from({ length: WEEK_MINUTES }, (_, minute) => rawActivity(minute));
  const mean = raw.reduce((a, b) => a + b, 0) / WEEK_MINUTES;
  const sums = new Float64Array(TABLE_MINUTES + 1);
  for (let i = 0; i < TABLE_MINUTES; i++) sums[i + 1] = (sums[i] ?? 0) + (raw[i % WEEK_MINUTES] ?? 0) / mean;
  return sums;
}

const SUMS = cumulate();

/** Activity from the epoch up to this minute: what lies between two minutes is the difference. */
export function activityUpTo(minute: number): number {
  const shifted = minute + EPOCH_MINUTE_OF_WEEK;
  const week = Math.floor(shifted / WEEK_MINUTES);
  return week * WEEK_MINUTES + (SUMS[shifted - week * WEEK_MINUTES] as number);
}

/** The same for each minute boundary from `minute` on, up to a common constant: only differences mean something. */
export function activityFrom(minute: number, minutes: number): Float64Array {
  const shifted = minute + EPOCH_MINUTE_OF_WEEK;
  const start = shifted - Math.floor(shifted / WEEK_MINUTES) * WEEK_MINUTES;
  return SUMS.subarray(start, start + minutes + 1);
}
