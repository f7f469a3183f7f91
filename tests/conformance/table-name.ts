// Conformance, the file names: `<detector>__<param>=<value>[__…].csv` read into a request for one table, or null where the name says
// nothing that is known here. Left-out parameters have the library's defaults.
import { readPeriodRule } from './compat/period-rule.ts';
import { readSession, type SessionHours } from './session-name.ts';

export type TableSpec =
  | { readonly detector: 'fvg'; readonly join: 'join' | 'apart' }
  | { readonly detector: 'swing'; readonly length: number }
  | { readonly detector: 'bosChoch'; readonly length: number; readonly breakBy: 'close' | 'wick' }
  | { readonly detector: 'ob'; readonly length: number; readonly mitigateBy: 'close' | 'wick' }
  | { readonly detector: 'liquidity'; readonly length: number; readonly rangeShare: number }
  | { readonly detector: 'previousHighLow'; readonly timeFrame: string }
  | { readonly detector: 'sessions'; readonly hours: SessionHours }
  | { readonly detector: 'retracements'; readonly length: number };

type Params = ReadonlyMap<string, string>;

const PARAM_NAMES: Readonly<Record<string, string>> = {
  l: 'l',
  swing_length: 'l',
  join: 'join',
  join_consecutive: 'join',
  close_break: 'close_break',
  close_mitigation: 'close_mitigation',
  range: 'range',
  range_percent: 'range',
  tf: 'tf',
  time_frame: 'tf',
};

function readParams(parts: readonly string[]): Params | null {
  const params = new Map<string, string>();
  for (const part of parts) {
    const at = part.indexOf('=');
    const name = PARAM_NAMES[part.slice(0, Math.max(0, at)).toLowerCase()];
    if (name === undefined || params.has(name)) return null;
    params.set(name, part.slice(at + 1));
  }
  return params;
}

function readFlag(text: string | undefined, absent: 'yes' | 'no'): 'yes' | 'no' | null {
  if (text === undefined) return absent;
  if (/^(1|true)$/i.test(text)) return 'yes';
  return /^(0|false)$/i.test(text) ? 'no' : null;
}

const readLength = (text = '50'): number | null => (/^[1-9]\d{0,6}$/.test(text) ? Number(text) : null);
const readShare = (text = '0.01'): number | null => (/^\d*\.?\d+(e-?\d+)?$/i.test(text) ? Number(text) : null);

function fvgSpec(params: Params): TableSpec | null {
  const join = readFlag(params.get('join'), 'no');
  return join === null ? null : { detector: 'fvg', join: join === 'yes' ? 'join' : 'apart' };
}

function swingSpec(params: Params): TableSpec | null {
  const length = readLength(params.get('l'));
  return length === null ? null : { detector: 'swing', length };
}

function bosChochSpec(params: Params): TableSpec | null {
  const length = readLength(params.get('l'));
  const close = readFlag(params.get('close_break'), 'yes');
  if (length === null || close === null) return null;
  return { detector: 'bosChoch', length, breakBy: close === 'yes' ? 'close' : 'wick' };
}

function obSpec(params: Params): TableSpec | null {
  const length = readLength(params.get('l'));
  const close = readFlag(params.get('close_mitigation'), 'no');
  if (length === null || close === null) return null;
  return { detector: 'ob', length, mitigateBy: close === 'yes' ? 'close' : 'wick' };
}

function liquiditySpec(params: Params): TableSpec | null {
  const length = readLength(params.get('l'));
  const rangeShare = readShare(params.get('range'));
  return length === null || rangeShare === null ? null : { detector: 'liquidity', length, rangeShare };
}

function previousHighLowSpec(params: Params): TableSpec | null {
  const timeFrame = params.get('tf') ?? '1D';
  return readPeriodRule(timeFrame) === null ? null : { detector: 'previousHighLow', timeFrame };
}

function retracementsSpec(params: Params): TableSpec | null {
  const length = readLength(params.get('l'));
  return length === null ? null : { detector: 'retracements', length };
}

interface Detector {
  readonly allowed: readonly string[];
  readonly specOf: (params: Params) => TableSpec | null;
}

const FVG: Detector = { allowed: ['join'], specOf: fvgSpec };
const SWING: Detector = { allowed: ['l'], specOf: swingSpec };
const PREVIOUS: Detector = { allowed: ['tf'], specOf: previousHighLowSpec };
const DETECTORS: Readonly<Record<string, Detector>> = {
  fvg: FVG,
  swing: SWING,
  swing_highs_lows: SWING,
  bos_choch: { allowed: ['l', 'close_break'], specOf: bosChochSpec },
  ob: { allowed: ['l', 'close_mitigation'], specOf: obSpec },
  liquidity: { allowed: ['l', 'range'], specOf: liquiditySpec },
  prev_high_low: PREVIOUS,
  previous_high_low: PREVIOUS,
  retracements: { allowed: ['l'], specOf: retracementsSpec },
};

/** The table that a file name asks for; null for a name that is not understood. */
export function readTableName(fileName: string): TableSpec | null {
  const base = fileName.replace(/\.csv$/i, '');
  const session = /^sessions__?(.+)$/i.exec(base);
  if (session !== null) {
    const hours = readSession(session[1] ?? '');
    return hours && { detector: 'sessions', hours };
  }
  const [name = '', ...parts] = base.split('__');
  const detector = DETECTORS[name.toLowerCase()];
  const params = readParams(parts);
  if (detector === undefined || params === null) return null;
  if ([...params.keys()].some((param) => !detector.allowed.includes(param))) return null;
  return detector.specOf(params);
}
