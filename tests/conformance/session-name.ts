// Conformance, the sessions' file names: the library's named sessions (fixed UTC hours) in any spelling, custom hours, and the time zone
// in which the input's times are to be understood.

export interface SessionHours {
  /** Minutes of the day, both ends inside; a start after the end runs past midnight. */
  readonly startMinute: number;
  readonly endMinute: number;
  readonly zone: InputZone;
}

/** fixed: `shiftMs` leads from the written time to UTC. named: an IANA zone whose offset moves. */
export type InputZone = { readonly kind: 'fixed'; readonly shiftMs: number } | { readonly kind: 'named'; readonly name: string };

const HOUR_MS = 3_600_000;
const HOURS: Readonly<Record<string, readonly [number, number]>> = {
  sydney: [21, 6],
  tokyo: [0, 9],
  london: [7, 16],
  newyork: [13, 22],
  asiankillzone: [0, 4],
  londonopenkillzone: [6, 9],
  newyorkkillzone: [11, 14],
  londonclosekillzone: [14, 16],
};

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw new Error(`cannot ask whether "${name}" is a time zone`, { cause: error });
  }
}

/** A file name cannot hold the slashes of a zone's name: a dash, an underscore, a colon or %2F may stand there, and a dash for a blank. */
function zoneName(text: string): string | null {
  const plain = text.replace(/%2f/gi, '/');
  const oneSlash = plain.replace(/[-_:]/, '/');
  const twoSlashes = oneSlash.replace(/[-_:]/, '/');
  const spellings = [plain, oneSlash, twoSlashes].flatMap((spelling) => [spelling, spelling.replace(/[- ]/g, '_')]);
  return spellings.find(isZone) ?? null;
}

/**
 * The library turns "UTC+3" into Etc/GMT+3, which by the POSIX sign is three hours *west*: the written time is then three hours behind
 * UTC. Its habit is kept.
 */
export function readZone(text: string): InputZone | null {
  const fixed = /^(?:UTC|GMT|Etc(?:\/|%2F|[-_:])GMT)([+-]\d{1,2})?$/.exec(text);
  if (fixed !== null) {
    const hours = Number(fixed[1] ?? 0);
    return hours > 12 || hours < -14 ? null : { kind: 'fixed', shiftMs: hours * HOUR_MS };
  }
  const name = zoneName(text);
  return name === null ? null : { kind: 'named', name };
}

function minuteOf(hour: string, minute: string): number | null {
  return Number(hour) < 24 && Number(minute) < 60 ? Number(hour) * 60 + Number(minute) : null;
}

function readHours(text: string): readonly [number, number] | null {
  const custom = /^custom[_ ]*(?:start=)?(\d\d):?(\d\d)[_ -]*(?:end=)?(\d\d):?(\d\d)$/i.exec(text);
  if (custom === null) {
    const named = HOURS[text.toLowerCase().replace(/[^a-z]/g, '')];
    return named === undefined ? null : [named[0] * 60, named[1] * 60];
  }
  const [, startHour = '', startMinute = '', endHour = '', endMinute = ''] = custom;
  const start = minuteOf(startHour, startMinute);
  const end = minuteOf(endHour, endMinute);
  return start === null || end === null ? null : [start, end];
}

/** `London`, `New York`, `London_tz=UTC+3`, `Custom_2215_0330__tz=Europe%2FParis`. */
export function readSession(text: string): SessionHours | null {
  const [name = '', zoneText = 'UTC'] = text.split(/__?(?:tz|time_zone)=/i);
  const hours = readHours(name.replace(/^session=/i, ''));
  const zone = readZone(zoneText);
  return hours && zone && { startMinute: hours[0], endMinute: hours[1], zone };
}
