// Emulator, market: kline intervals as the venue cuts them, weeks from Monday and calendar months included.

const MINUTE = 60_000;
const DAY = 86_400_000;
/** 1970-01-05 was the first Monday. */
const FIRST_MONDAY = 4 * DAY;

const FIXED: Readonly<Record<string, number>> = {
  '1m': MINUTE,
  '3m': 3 * MINUTE,
  '5m': 5 * MINUTE,
  '15m': 15 * MINUTE,
  '30m': 30 * MINUTE,
  '1h': 60 * MINUTE,
  '2h': 120 * MINUTE,
  '4h': 240 * MINUTE,
  '6h': 360 * MINUTE,
  '8h': 480 * MINUTE,
  '12h': 720 * MINUTE,
  '1d': DAY,
  '3d': 3 * DAY,
};

export interface Interval {
  readonly name: string;
  /** Length where it is fixed and cut from the epoch; null for weeks and months, which are folded from days. */
  readonly fixedMs: number | null;
  /** Open of the bar that contains the instant. */
  open(atMs: number): number;
  /** Open of the bar after the one that opens here. */
  next(openMs: number): number;
}

const fixed = (name: string, ms: number): Interval => ({
  name,
  fixedMs: ms,
  open: (at) => at - (at % ms),
  next: (open) => open + ms,
});

const WEEK: Interval = {
  name: '1w',
  fixedMs: null,
  open: (at) => at - ((at - FIRST_MONDAY) % (7 * DAY)),
  next: (open) => open + 7 * DAY,
};

const MONTH: Interval = {
  name: '1M',
  fixedMs: null,
  open: (at) => monthStart(at, 0),
  next: (open) => monthStart(open, 1),
};

function monthStart(at: number, offset: number): number {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + offset, 1);
}

const INTERVALS: ReadonlyMap<string, Interval> = new Map([
  ...Object.entries(FIXED).map(([name, ms]): [string, Interval] => [name, fixed(name, ms)]),
  ['1w', WEEK],
  ['1M', MONTH],
]);

/** Null for a name the venue does not know (such as 1s). */
export const intervalOf = (name: string): Interval | null => INTERVALS.get(name) ?? null;
