// Adapters, binance: what a refusal means. Codes and classes of the venue's table (binance-futures.md §9); for orders only
// the definitive list of reliability.md §3.4 is a reject, everything else is unknown.
import { VenueError } from '../../ports/errors.ts';

/** The venue answered, and not with success. `code` is null where the body was no venue JSON. */
export interface Refusal {
  readonly status: number;
  readonly code: number | null;
  readonly text: string;
}

/**
 * final: never repeat as it is · retry: later · unknown: it may have been executed · done: the wish was already fulfilled ·
 * stop: a person must act · resync: our clock · exists: the thing is already there · absent: no such thing (no proof).
 */
export type Remedy = 'final' | 'retry' | 'unknown' | 'done' | 'stop' | 'resync' | 'exists' | 'absent';

const TABLE: readonly (readonly [Remedy, readonly number[]])[] = [
  ['retry', [-1001, -1003, -1008, -1015, -1016, -1112, -1125, -4117, -4131, -4509, -5043]],
  ['unknown', [-1000, -1006, -1007, -2012]],
  ['done', [-4046, -4059, -4171, -5027]],
  ['stop', [-1002, -1011, -1022, -2014, -2015, -2017, -2023, -4087, -4088, -4109, -4189, -4192, -4400, -4401, -4402]],
  ['resync', [-1021, -5028]],
  ['exists', [-4116, -4130]],
  ['absent', [-2011, -2013]],
];

const REMEDIES: ReadonlyMap<number, Remedy> = new Map(
  TABLE.flatMap(([remedy, codes]) => codes.map((code) => [code, remedy] as const)),
);

/** By code first; without a known code by status. */
export function remedyOf(refusal: Refusal): Remedy {
  const byCode = refusal.code === null ? undefined : REMEDIES.get(refusal.code);
  if (byCode !== undefined) return byCode;
  const { status, code } = refusal;
  if (status === 429 || status === 418) return 'retry';
  if (status === 401 || status === 403 || status === 451) return 'stop';
  if (isPlainUnavailable(refusal)) return 'retry';
  if (status === 408 || status >= 500) return 'unknown';
  return code === null && status !== 404 ? 'unknown' : 'final';
}

// The docs call exactly this text a definite failure; the other 503 texts may hide an executed order.
const isPlainUnavailable = (refusal: Refusal): boolean => refusal.status === 503 && refusal.text === 'Service Unavailable.';

const between = (low: number, high: number): readonly number[] => Array.from({ length: high - low + 1 }, (_, i) => low + i);

/** reliability.md §3.4, for the first and only send of an entry. */
const DEFINITE: ReadonlySet<number> = new Set([
  -1013,
  ...between(-1130, -1100),
  -1111,
  -2010,
  -2014,
  -2015,
  -2018,
  -2019,
  -2020,
  -2021,
  -2022,
  -2023,
  -2027,
  -2028,
  ...between(-4005, -4003),
  ...between(-4016, -4013),
  ...between(-4025, -4023),
  -4061,
  -4118,
  -4120,
  -4131,
  -4140,
  -4164,
  -4189,
  -4192,
  ...between(-4403, -4400),
  -1021,
  -5028,
]);

/**
 * A conditional order is judged by the same list and the codes only its endpoint gives. -4116 stays unknown: the name
 * is taken, so an earlier attempt under it may be resting.
 */
const DEFINITE_CONDITIONAL: ReadonlySet<number> = new Set([
  ...DEFINITE,
  -2024,
  -2025,
  -2026,
  -4045,
  -4060,
  -4062,
  -4105,
  -4106,
  -4107,
  ...between(-4138, -4135),
  -4141,
  -4130,
  -4142,
  -4183,
  -4184,
  -4210,
  -4211,
  -4509,
]);

export type Verdict = 'rejected' | 'unknown';

function verdict(refusal: Refusal, definite: ReadonlySet<number>): Verdict {
  if (isPlainUnavailable(refusal) || refusal.code === -1008) return 'rejected';
  const clientFault = refusal.status >= 400 && refusal.status < 500 && refusal.status !== 408;
  return clientFault && refusal.code !== null && definite.has(refusal.code) ? 'rejected' : 'unknown';
}

export const orderVerdict = (refusal: Refusal): Verdict => verdict(refusal, DEFINITE);
export const conditionalVerdict = (refusal: Refusal): Verdict => verdict(refusal, DEFINITE_CONDITIONAL);

/** One line for people and logs: never a URL, a header or a parameter. */
export const describeRefusal = (refusal: Refusal): string =>
  `${refusal.status}${refusal.code === null ? '' : ` ${refusal.code}`} ${refusal.text}`.trim();

/** A read that was refused, as the error its port promises. */
export function venueError(what: string, refusal: Refusal): VenueError {
  const remedy = remedyOf(refusal);
  const final = remedy === 'final' || remedy === 'stop' || remedy === 'absent' || remedy === 'exists' || remedy === 'done';
  const details = refusal.code === null ? {} : { code: refusal.code };
  return new VenueError(`${what}: ${describeRefusal(refusal)}`, { remedy: final ? 'final' : 'retry', ...details });
}
