// App, run journal: values as JSON that come back as what they were: NaN and the infinities, maps, typed arrays and what a venue
// failed to give.
import { VenueError } from '../../ports/errors.ts';

const MARK = '\u0000';

type Marked =
  | { readonly [MARK]: 'number'; readonly is: string }
  | { readonly [MARK]: 'map'; readonly is: readonly unknown[] }
  | { readonly [MARK]: 'floats'; readonly is: readonly unknown[] }
  | { readonly [MARK]: 'venueError'; readonly is: readonly [string, 'retry' | 'final', number | null] }
  /** An object with a field of the mark's own name. */
  | { readonly [MARK]: 'fields'; readonly is: readonly (readonly [string, unknown])[] };

export const toLine = (value: unknown): string => JSON.stringify(value, (_key, held: unknown) => marked(held));

function marked(held: unknown): unknown {
  if (typeof held === 'number') return Number.isFinite(held) ? held : { [MARK]: 'number', is: String(held) };
  if (typeof held !== 'object' || held === null) return held;
  if (held instanceof Map) return { [MARK]: 'map', is: [...held] };
  if (held instanceof Float64Array) return { [MARK]: 'floats', is: [...held] };
  if (held instanceof VenueError) return { [MARK]: 'venueError', is: [held.message, held.remedy, held.code] };
  return isMarked(held) ? { [MARK]: 'fields', is: Object.entries(held) } : held;
}

/** How JSON writes the mark: a line without it, as nearly all are, is read without looking at every value. */
const MARKED = '\\u0000';

export const fromLine = (line: string): unknown =>
  line.includes(MARKED) ? JSON.parse(line, (_key, held: unknown) => (isMarked(held) ? meant(held) : held)) : JSON.parse(line);

const isMarked = (held: unknown): held is Marked => typeof held === 'object' && held !== null && Object.hasOwn(held, MARK);

function meant(held: Marked): unknown {
  switch (held[MARK]) {
    case 'number':
      return Number(held.is);
    case 'map':
      return new Map(held.is as readonly (readonly [unknown, unknown])[]);
    case 'floats':
      return Float64Array.from(held.is as readonly number[]);
    case 'fields':
      return Object.fromEntries(held.is);
    case 'venueError': {
      const [message, remedy, code] = held.is;
      return new VenueError(message, code === null ? { remedy } : { remedy, code });
    }
  }
}
