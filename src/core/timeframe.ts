// Floor 0, the words: bar times. All boundaries are UTC; a bar is named by its open, and closes where the next one opens.
import { type EpochMs, epochMs, invariant } from './units.ts';

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

/** The intervals we read and fold. Weeks and months have no fixed length and are no timeframe of ours. */
export const TIMEFRAMES = ['1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '8h', '12h', '1d'] as const;
export type Timeframe = (typeof TIMEFRAMES)[number];

const MINUTES: Readonly<Record<Timeframe, number>> = {
  '1m': 1,
  '3m': 3,
  '5m': 5,
  '15m': 15,
  '30m': 30,
  '1h': 60,
  '2h': 120,
  '4h': 240,
  '6h': 360,
  '8h': 480,
  '12h': 720,
  '1d': 1440,
};

export const isTimeframe = (text: string): text is Timeframe => text in MINUTES;
export const timeframeMs = (timeframe: Timeframe): number => MINUTES[timeframe] * MINUTE_MS;

/** Open of the bar that contains this instant. */
export const barOpen = (at: number, timeframe: Timeframe): EpochMs => epochMs(at - (at % timeframeMs(timeframe)));
/** First instant after the bar: where the next one opens. */
export const barClose = (openMs: number, timeframe: Timeframe): EpochMs => epochMs(openMs + timeframeMs(timeframe));
/** True when the entry bar that opens here is the last one inside its trend bar. */
export function closesTrendBar(entryOpenMs: number, entry: Timeframe, trend: Timeframe): boolean {
  invariant(timeframeMs(trend) % timeframeMs(entry) === 0, `${entry} bars do not fold into ${trend} bars`);
  return barClose(entryOpenMs, entry) % timeframeMs(trend) === 0;
}

/** Reads an instant given by a person: ISO 8601 with a zone (2025-06-02T16:00Z), or null. */
export function parseInstant(text: string): EpochMs | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text)) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : epochMs(ms);
}

/** Reads a duration such as 90s, 10m, 48h or 7d; null when it is none. */
export function parseDurationMs(text: string): number | null {
  const found = /^(\d+(?:\.\d+)?)(s|m|h|d)$/.exec(text);
  if (!found) return null;
  const unit = { s: 1_000, m: MINUTE_MS, h: 3_600_000, d: DAY_MS }[found[2] as 's' | 'm' | 'h' | 'd'];
  return Number(found[1]) * unit;
}
