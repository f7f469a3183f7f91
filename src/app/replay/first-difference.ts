// App, replay and parity: where two lines of decisions part, in words for a person: which contract, which field, both values.
import { fromLine } from './exact-values.ts';

export interface Difference {
  /** Market minute, as ISO text. */
  readonly minute: string;
  /** Empty where the difference concerns no contract. */
  readonly symbol: string;
  readonly field: string;
  readonly recorded: unknown;
  readonly replayed: unknown;
}

export interface Parting {
  readonly symbol: string;
  readonly field: string;
  readonly left: unknown;
  readonly right: unknown;
}

/** Both are JSON lines that differ; absent is a line that only one side has. */
export function partingOf(left: string | null, right: string | null): Parting {
  const [a, b] = [left, right].map((line) => (line === null ? undefined : fromLine(line)));
  return descend(a, b, { path: [], symbol: '' }) ?? { symbol: '', field: 'bytes', left, right };
}

interface Place {
  readonly path: readonly string[];
  readonly symbol: string;
}

function descend(a: unknown, b: unknown, place: Place): Parting | null {
  const [left, right] = [opened(a), opened(b)];
  if (Object.is(left, right)) return null;
  if (!isObject(left) || !isObject(right))
    return { symbol: place.symbol || symbolOf(left) || symbolOf(right), field: place.path.join('.'), left: a, right: b };
  const symbol = symbolOf(left) || symbolOf(right) || place.symbol;
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const found = descend(left[key], right[key], { path: [...place.path, key], symbol });
    if (found !== null) return found;
  }
  return null;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

/** Rows keep their evaluations as JSON text: a difference is looked for inside. */
function opened(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  if (typeof value !== 'string' || !/^[{[]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    // Text that merely begins like JSON is compared as the text it is.
    return value;
  }
}

function symbolOf(value: unknown): string {
  if (!isObject(value)) return '';
  for (const holder of [value, value['row'], value['trade'], value['outcome'], value['fill']])
    if (isObject(holder) && typeof holder['symbol'] === 'string') return holder['symbol'];
  return '';
}
