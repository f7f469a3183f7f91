// Foreign clients, the count: every answer a client decoded is compared with the exchange's own record, and counted.
import { expect } from 'vitest';

export type Row = Readonly<Record<string, unknown>>;
export type Wanted = Readonly<Record<string, unknown>>;

/** Wire decimals are text; a double made from one and a double made by arithmetic may differ in the last bits. Whole numbers
 * (ids, times, counts) are exact. */
const RELATIVE_SLACK = 1e-9;

export class Tally {
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Each wanted field, by its dotted path in the decoded answer. A wanted number is met by a wire decimal of that value. */
  same(what: string, got: unknown, wanted: Wanted): void {
    for (const [path, want] of Object.entries(wanted)) {
      const value = read(got, path);
      if (typeof want === 'number') this.#near(`${what}: ${path}`, value, want);
      else expect(plain(value), `${what}: ${path} of ${brief(got)}`).toEqual(plain(want));
    }
    this.#count += 1;
  }

  holds(what: string, condition: boolean): void {
    expect(condition, what).toBe(true);
    this.#count += 1;
  }

  #near(what: string, value: unknown, want: number): void {
    const number = value === '' || value === null || value === undefined ? Number.NaN : Number(value);
    const slack = Number.isInteger(want) ? 0 : RELATIVE_SLACK * Math.max(1, Math.abs(want));
    const close = Math.abs(number - want) <= slack;
    expect(close, `${what}: got ${String(value)}, the exchange has ${want}`).toBe(true);
  }
}

export function read(value: unknown, path: string): unknown {
  let held: unknown = value;
  for (const step of path.split('.')) {
    if (typeof held !== 'object' || held === null) return undefined;
    held = (held as Row)[step];
  }
  return held;
}

/** Ids beyond 2^53 arrive as bigint in one client; those below are compared as the numbers they are. */
const plain = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);

const brief = (value: unknown): string =>
  (JSON.stringify(value, (_key, held: unknown) => plain(held)) ?? String(value)).slice(0, 300);
