// Emulator, market: when the exchanges behind stock and commodity contracts are open, as tradingSchedule and the
// tradingSession stream tell it. A plain week in UTC: no holidays and no summer time.

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface Session {
  readonly startTime: number;
  readonly endTime: number;
  readonly type: 'PRE_MARKET' | 'REGULAR' | 'AFTER_MARKET' | 'OVERNIGHT' | 'NO_TRADING';
}

/** Hours of a working day, ascending; the last one ends with the day. */
const STOCK_DAY: readonly (readonly [fromHour: number, type: Session['type']])[] = [
  [0, 'OVERNIGHT'],
  [8, 'PRE_MARKET'],
  [13.5, 'REGULAR'],
  [20, 'AFTER_MARKET'],
];

/** Today's sessions and those of the next six days. */
export function sessionsOf(market: string, nowMs: number): readonly Session[] {
  const todayMs = nowMs - (nowMs % DAY_MS);
  return Array.from({ length: 7 }, (_, day) => todayMs + day * DAY_MS).flatMap((dayMs) => sessionsOfDay(market, dayMs));
}

export function sessionAt(market: string, nowMs: number): Session {
  const dayMs = nowMs - (nowMs % DAY_MS);
  const found = sessionsOfDay(market, dayMs).find((session) => nowMs < session.endTime);
  return found ?? { startTime: dayMs, endTime: dayMs + DAY_MS, type: 'NO_TRADING' };
}

function sessionsOfDay(market: string, dayMs: number): Session[] {
  const weekday = new Date(dayMs).getUTCDay();
  const closed = weekday === 0 || weekday === 6;
  if (closed) return [{ startTime: dayMs, endTime: dayMs + DAY_MS, type: 'NO_TRADING' }];
  if (!market.endsWith('EQUITY')) return [{ startTime: dayMs, endTime: dayMs + DAY_MS, type: 'REGULAR' }];
  return STOCK_DAY.map(([fromHour, type], i) => ({
    startTime: dayMs + fromHour * HOUR_MS,
    endTime: dayMs + (STOCK_DAY[i + 1]?.[0] ?? 24) * HOUR_MS,
    type,
  }));
}
