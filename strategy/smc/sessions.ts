// Floor 1, room 4: kill zones (smc.md a9), half-open windows of New York time, so that they move with daylight saving. The zone's
// offset is asked for once a day, and by the hour only on the two days a year on which it changes.
import { DAY_MS } from '../../src/core/timeframe.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';
import type { BarWindow } from './bar-window.ts';
import { type PeriodBounds, type PeriodSink, PeriodTracker } from './period.ts';

const HOUR_MS = 3_600_000;

export interface SessionWindow {
  readonly name: string;
  /** Minutes of the local day, [start, end), whole quarters of an hour; an end beyond 1,440 lies on the next day. */
  readonly startMinute: number;
  readonly endMinute: number;
}

export const KILL_ZONES: readonly SessionWindow[] = [
  { name: 'asia', startMinute: 20 * 60, endMinute: 24 * 60 },
  { name: 'london', startMinute: 2 * 60, endMinute: 5 * 60 },
  { name: 'newYork', startMinute: 7 * 60, endMinute: 10 * 60 },
  { name: 'londonClose', startMinute: 10 * 60, endMinute: 12 * 60 },
];
export const KILL_ZONE_TIME = 'America/New_York';

// A formatter is dear (tens of kB) and says the same to everybody: one for each zone.
const FORMATTERS = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = FORMATTERS.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  FORMATTERS.set(zone, made);
  return made;
}

// What a zone's offset was is asked by every symbol in turn, and asking costs microseconds.
const KNOWN_OFFSETS = new Map<string, number>();
const MAX_KNOWN = 256;

/** Local time minus UTC at this instant. */
export function zoneOffsetMs(zone: string, at: number): number {
  const key = `${zone} ${at}`;
  const known = KNOWN_OFFSETS.get(key);
  if (known !== undefined) return known;
  if (KNOWN_OFFSETS.size >= MAX_KNOWN) KNOWN_OFFSETS.clear();
  const offsetMs = askOffsetMs(zone, at);
  KNOWN_OFFSETS.set(key, offsetMs);
  return offsetMs;
}

function askOffsetMs(zone: string, at: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatterOf(zone).formatToParts(at)) parts[type] = Number(value);
  const {
    year = 0,
    month = 1,
    day = 1,
    hour = 0,
    minute = 0,
    second = 0,
  } = parts as Partial<Record<Intl.DateTimeFormatPartTypes, number>>;
  return Date.UTC(year, month - 1, day, hour, minute, second) - (at - (at % 1_000));
}

/** Local clock of one zone for a rising sequence of instants. */
export class ZoneClock {
  readonly #zone: string;
  #dayStart = Number.NaN;
  #hourStart = Number.NaN;
  #offsetMs = 0;
  #changesToday = false;

  constructor(zone: string) {
    this.#zone = zone;
  }

  offsetMs(at: number): number {
    if (!(at >= this.#dayStart && at < this.#dayStart + DAY_MS)) {
      const day = at - (at % DAY_MS);
      this.#dayStart = day;
      this.#hourStart = Number.NaN;
      this.#offsetMs = zoneOffsetMs(this.#zone, day);
      this.#changesToday = zoneOffsetMs(this.#zone, day + DAY_MS) !== this.#offsetMs;
    }
    if (!this.#changesToday) return this.#offsetMs;
    const hour = at - (at % HOUR_MS);
    if (hour !== this.#hourStart) {
      this.#hourStart = hour;
      this.#offsetMs = zoneOffsetMs(this.#zone, hour);
    }
    return this.#offsetMs;
  }
}

function boundsIn(window: SessionWindow, clock: ZoneClock, openMs: number): PeriodBounds | null {
  const localMs = openMs + clock.offsetMs(openMs);
  // Not a remainder of doubles, which costs more than all the rest.
  const dayMs = localMs - Math.floor(localMs / DAY_MS) * DAY_MS;
  const startMs = window.startMinute * 60_000;
  const endMs = window.endMinute * 60_000;
  // Before the start it may still be yesterday's session that runs past midnight.
  const sinceDay = dayMs < startMs && dayMs + DAY_MS < endMs ? dayMs + DAY_MS : dayMs;
  if (sinceDay < startMs || sinceDay >= endMs) return null;
  return { startMs: openMs - (sinceDay - startMs), endMs: openMs + (endMs - sinceDay) };
}

export class SessionDetector {
  readonly #trackers: readonly PeriodTracker[];
  #active: readonly PeriodTracker[] = [];
  /** Session that holds the newest bar's open, null outside all. */
  name: string | null = null;

  constructor(windows: readonly SessionWindow[] = KILL_ZONES, zone: string = KILL_ZONE_TIME) {
    const clock = new ZoneClock(zone);
    this.#trackers = windows.map((window) => new PeriodTracker(window.name, (openMs) => boundsIn(window, clock, openMs)));
  }

  endBefore(window: BarWindow, ended: PeriodSink): void {
    for (const tracker of this.#trackers) tracker.endBefore(window, ended);
  }

  /** The first end among the running sessions; Infinity outside all. */
  get endMs(): number {
    let endMs = Number.POSITIVE_INFINITY;
    for (const tracker of this.#active) endMs = Math.min(endMs, tracker.endMs);
    return endMs;
  }

  /** Bars of the running sessions went this far. */
  extend(high: number, low: number): void {
    for (const tracker of this.#active) tracker.extend(high, low);
  }

  /** The bar that begins a quarter of an hour, on which a session may begin. */
  push(window: BarWindow): void {
    // After a restore the name may be that of a session that ended with the last bar.
    let changed = this.name !== (this.#active[0]?.name ?? null);
    for (const tracker of this.#trackers) {
      const ran = this.#active.includes(tracker);
      tracker.push(window);
      if (tracker.isActive !== ran) changed = true;
    }
    if (!changed) return;
    this.#active = this.#trackers.filter((tracker) => tracker.isActive);
    this.name = this.#active[0]?.name ?? null;
  }

  endAt(window: BarWindow, ended: PeriodSink): void {
    for (const tracker of this.#trackers) tracker.endAt(window, ended);
  }

  write(tape: TapeWriter): void {
    for (const tracker of this.#trackers) tracker.write(tape);
    tape.text(this.name);
  }

  read(tape: TapeReader): void {
    for (const tracker of this.#trackers) tracker.read(tape);
    this.#active = this.#trackers.filter((tracker) => tracker.isActive);
    this.name = tape.text();
  }
}
