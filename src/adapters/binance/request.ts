// Adapters, binance: what one request is, and the four ways it can end.
import type { Refusal } from './errors.ts';
import type { Lane } from './limiter.ts';
import type { Params } from './sign.ts';

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly params?: Params;
  readonly weight: number;
  readonly lane: Lane;
  readonly auth: 'none' | 'key' | 'signed';
  readonly recvWindowMs?: number;
  readonly deadlineMs: number;
  /** Which breaker it passes; protective calls pass none. */
  readonly breaker: 'market' | 'entry' | 'none';
  /** A quicker way to read an answer that is as it should be; null leaves the text to JSON. */
  readonly read?: (text: string) => object | null;
}

/**
 * notSent: it certainly never left this machine. noAnswer: it may have arrived; a read then means "no information",
 * an order "unknown".
 */
export type Answer =
  | { readonly kind: 'ok'; readonly body: unknown }
  | ({ readonly kind: 'refused' } & Refusal)
  | { readonly kind: 'noAnswer'; readonly reason: string }
  | { readonly kind: 'notSent'; readonly reason: string };
