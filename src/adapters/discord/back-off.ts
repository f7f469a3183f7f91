// Adapters, discord: how long to wait before knocking again. Doubles to a ceiling; jitter keeps a fleet from knocking at once.
import type { Random } from '../../ports/random.ts';

export interface BackOff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** Between half and all of first · 2^attempt, attempts counted from 0. */
export const backOffMs = ({ firstMs, mostMs }: BackOff, attempt: number, random: Random): number =>
  Math.min(mostMs, firstMs * 2 ** Math.min(attempt, 30)) * (0.5 + random.next() / 2);
