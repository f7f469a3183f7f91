// Adapters, discord: the second of two steps. What may be confirmed is kept here and never in the button, so that nobody can
// change it: one person, one action with its parameters, once, for 30 seconds of wall time.
import { randomBytes } from 'node:crypto';
import type { ChatRank } from '../../ports/chat.ts';

export const CONFIRM_WITHIN_MS = 30_000;
/** More pending ones than people can press: the oldest gives way. */
const MAX_PENDING = 200;

export interface Wish {
  readonly userId: string;
  readonly action: string;
  readonly args: readonly string[];
  readonly rank: ChatRank;
}

export type Taken = { readonly kind: 'ok'; readonly wish: Wish } | { readonly kind: 'expired' } | { readonly kind: 'foreign' };

export class Confirmations {
  readonly #now: () => number;
  readonly #pending = new Map<string, { readonly wish: Wish; readonly untilMs: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  offer(wish: Wish): string {
    const oldest = this.#pending.keys().next();
    if (this.#pending.size >= MAX_PENDING && oldest.done !== true) this.#pending.delete(oldest.value);
    const nonce = randomBytes(12).toString('base64url');
    this.#pending.set(nonce, { wish, untilMs: this.#now() + CONFIRM_WITHIN_MS });
    return nonce;
  }

  /** Its time is over: whether nobody had pressed it. */
  lapse(nonce: string): boolean {
    return this.#pending.delete(nonce);
  }

  /** Takes it out: the second click of two finds nothing. Another person's click leaves it where it is. */
  take(nonce: string, userId: string): Taken {
    const held = this.#pending.get(nonce);
    if (held === undefined) return { kind: 'expired' };
    if (held.wish.userId !== userId) return { kind: 'foreign' };
    this.#pending.delete(nonce);
    return this.#now() > held.untilMs ? { kind: 'expired' } : { kind: 'ok', wish: held.wish };
  }
}
