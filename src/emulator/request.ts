// Emulator, the door: one HTTP request as the venue reads it. Parameters come from the query, a form body or both,
// whatever the Content-Type says; the raw bytes are kept because the signature covers them.
import { missingParameter, VenueRefusal } from './venue-error.ts';

export interface ExchangeRequest {
  readonly method: string;
  readonly path: string;
  readonly rawQuery: string;
  readonly rawBody: string;
  readonly apiKey: string | null;
  readonly params: Params;
}

/** Decoded parameters; a name in both query and body has the query's value. */
export class Params {
  readonly #values: ReadonlyMap<string, string>;
  /** A name that one part, the query or the body, holds twice. */
  readonly duplicate: string | null;

  constructor(rawQuery: string, rawBody: string) {
    const values = new Map<string, string>();
    let duplicate: string | null = null;
    for (const part of [rawQuery.split('&'), formPairs(rawBody)]) {
      const own = new Set<string>();
      for (const pair of part) {
        if (pair === '') continue;
        const cut = pair.indexOf('=');
        const name = decode(cut < 0 ? pair : pair.slice(0, cut));
        if (own.has(name)) duplicate ??= name;
        own.add(name);
        if (!values.has(name)) values.set(name, cut < 0 ? '' : decode(pair.slice(cut + 1)));
      }
    }
    this.#values = values;
    this.duplicate = duplicate;
  }

  /** Parameters of one element of a JSON list, or of a WebSocket call: numbers and booleans mean their text. */
  static of(fields: Readonly<Record<string, unknown>>): Params {
    const pairs = Object.entries(fields).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value));
    return new Params(
      pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`).join('&'),
      '',
    );
  }

  entries(): Iterable<readonly [string, string]> {
    return this.#values;
  }

  /** A value whose name some clients write in lower case. */
  anyCase(name: string): string | null {
    const wanted = name.toLowerCase();
    for (const known of this.#values.keys()) if (known.toLowerCase() === wanted) return this.text(known);
    return null;
  }

  /** Empty counts as absent, as on the venue. */
  text(name: string): string | null {
    const value = this.#values.get(name);
    return value === undefined || value === '' ? null : value;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === null) throw missingParameter(name);
    return value;
  }

  /** A whole number, or null when absent. */
  integer(name: string): number | null {
    const value = this.text(name);
    if (value === null) return null;
    if (!/^-?\d{1,16}$/.test(value))
      throw new VenueRefusal(-1100, `Illegal characters found in parameter '${name}'; legal range is '^[0-9]{1,20}$'.`);
    return Number(value);
  }

  /** true or false in any case ("TRUE" is sent in the wild), or null when absent. */
  flag(name: string): boolean | null {
    const value = this.text(name)?.toLowerCase() ?? null;
    if (value === null) return null;
    if (value !== 'true' && value !== 'false') throw new VenueRefusal(-1130, `Data sent for parameter '${name}' is not valid.`);
    return value === 'true';
  }
}

// A JSON body holds no form parameters: the control door reads it by itself.
const formPairs = (rawBody: string): readonly string[] => (/^\s*[[{]/.test(rawBody) ? [] : rawBody.split('&'));

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    if (!(cause instanceof URIError)) throw cause;
    // A stray percent sign is data, not a reason to fail the door; the filters will judge the value.
    return text;
  }
}
