// Emulator, streams: the account's listenKey and the sockets that hold it. After an expiry the socket stays open and silent.
import { createHash } from 'node:crypto';
import type { SimEvent } from '../sim/events.ts';
import type { Precision } from './order-json.ts';
import { listenKeyExpired, userFrame } from './user-frames.ts';
import { VenueRefusal } from './venue-error.ts';

const KEY_LIFE_MS = 60 * 60_000;

/** A socket on the private root; `null` events means all of them. */
export interface UserListener {
  deliver(stream: string, data: string): void;
}

interface Subscription {
  readonly key: string;
  readonly events: ReadonlySet<string> | null;
}

export interface ListenKeyState {
  readonly key: string;
  readonly expiresMs: number;
  readonly issued: number;
}

export class UserStream {
  readonly #accountId: string;
  readonly #precisionOf: (symbol: string) => Precision;
  readonly #subscriptions = new Map<UserListener, Subscription[]>();
  #key: string | null = null;
  #expiresMs = 0;
  #issued: number;

  constructor(accountId: string, precisionOf: (symbol: string) => Precision, held: ListenKeyState | null) {
    this.#accountId = accountId;
    this.#precisionOf = precisionOf;
    this.#key = held?.key ?? null;
    this.#expiresMs = held?.expiresMs ?? 0;
    this.#issued = held?.issued ?? 0;
  }

  /** What a restart needs to honour the key: null while there is none. */
  state(): ListenKeyState | null {
    return this.#key === null ? null : { key: this.#key, expiresMs: this.#expiresMs, issued: this.#issued };
  }

  /** POST: a new key, or the same one with a fresh hour. */
  open(nowMs: number): string {
    if (this.#key === null) {
      this.#issued += 1;
      this.#key = createHash('sha256').update(`listenKey|${this.#accountId}|${this.#issued}|${nowMs}`).digest('hex');
    }
    this.#expiresMs = nowMs + KEY_LIFE_MS;
    return this.#key;
  }

  /** PUT. */
  extend(nowMs: number): string {
    if (this.#key === null) throw new VenueRefusal(-1125, 'This listenKey does not exist.');
    return this.open(nowMs);
  }

  /** DELETE. */
  close(): void {
    this.#key = null;
  }

  /** Ends the key's life now, as the hour does by itself. */
  expire(nowMs: number): void {
    const key = this.#key;
    if (key === null) return;
    this.#key = null;
    this.#send(key, 'listenKeyExpired', listenKeyExpired(key, nowMs));
  }

  tick(nowMs: number): void {
    if (this.#key !== null && nowMs >= this.#expiresMs) this.expire(nowMs);
  }

  /** A wrong key is accepted and stays silent: the venue does not tell on a socket either. */
  listen(listener: UserListener, key: string, events: ReadonlySet<string> | null): void {
    const held = this.#subscriptions.get(listener) ?? [];
    this.#subscriptions.set(listener, [...held.filter((other) => other.key !== key), { key, events }]);
  }

  unlisten(listener: UserListener, key: string): void {
    const held = this.#subscriptions.get(listener) ?? [];
    this.#subscriptions.set(
      listener,
      held.filter((other) => other.key !== key),
    );
  }

  leave(listener: UserListener): void {
    this.#subscriptions.delete(listener);
  }

  /** How many sockets heard it. */
  publish(event: SimEvent, nowMs: number): number {
    if (this.#key === null) return 0;
    const data = userFrame(event, nowMs, this.#precisionOf);
    return this.#send(this.#key, eventName(data), data);
  }

  #send(key: string, name: string, data: string): number {
    let heard = 0;
    for (const [listener, subscriptions] of this.#subscriptions) {
      for (const subscription of subscriptions) {
        if (subscription.key !== key || (subscription.events !== null && !subscription.events.has(name))) continue;
        listener.deliver(key, data);
        heard += 1;
      }
    }
    return heard;
  }
}

const eventName = (data: string): string => /^\{"e":"([A-Za-z_]+)"/.exec(data)?.[1] ?? '';
