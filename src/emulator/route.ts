// Emulator, the door: what a REST route is.
import type { Security } from './auth.ts';
import type { ExchangeRequest, Params } from './request.ts';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly security: Security;
  /** Request weight of this call. */
  readonly weight: (params: Params) => number;
  /**
   * `order` counts against the account's order limits and answers with their headers, `batch` as five orders of the ten
   * seconds and one of the minute; `funding` has a pool of its own and no weight header.
   */
  readonly pool: 'weight' | 'order' | 'batch' | 'funding';
  /** Work that may take its time, done in slices before the answer is made in one go. */
  readonly prepare?: (params: Params) => Promise<void>;
  /** A string is JSON text as it is; anything else is stringified. */
  readonly handle: (request: ExchangeRequest) => unknown;
}

type Kind = Pick<Route, 'security' | 'pool'>;

export const PUBLIC: Kind = { security: 'none', pool: 'weight' };
export const KEYED: Kind = { security: 'key', pool: 'weight' };
export const SIGNED: Kind = { security: 'signed', pool: 'weight' };
export const FUNDING: Kind = { security: 'none', pool: 'funding' };
export const BATCHING: Kind = { security: 'signed', pool: 'batch' };
export const ORDERING: Kind = { security: 'signed', pool: 'order' };

export const weighs =
  (weight: number): ((params: Params) => number) =>
  () =>
    weight;

/** One weight with a symbol, another for the whole market. */
export const weighsBySymbol =
  (one: number, all: number): ((params: Params) => number) =>
  (params) =>
    params.text('symbol') === null ? all : one;
