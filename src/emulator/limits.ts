// Emulator, the door: request weight per IP and orders per account, in fixed windows of market time, and the ban for those
// who do not listen to 429.
import { VenueRefusal } from './venue-error.ts';

export const WEIGHT_PER_MINUTE = 2_400;
export const ORDERS_PER_10_SECONDS = 300;
export const ORDERS_PER_MINUTE = 1_200;

/** Refused requests inside one exhausted minute before the address is banned. */
const IGNORED_BEFORE_BAN = 50;
const FIRST_BAN_MS = 120_000;
const LONGEST_BAN_MS = 3 * 86_400_000;
export const FUNDING_PER_5_MINUTES = 500;
const ADDRESS = '127.0.0.1';

/** What one request takes from the two order windows. */
export interface OrderCost {
  readonly tenSeconds: number;
  readonly minute: number;
}
const ONE_ORDER: OrderCost = { tenSeconds: 1, minute: 1 };
export const BATCH_COST: OrderCost = { tenSeconds: 5, minute: 1 };

const rateLimit = (
  rateLimitType: string,
  window: { readonly interval: string; readonly intervalNum: number; readonly limit: number },
): Record<string, unknown> => ({ rateLimitType, ...window });

class Window {
  readonly #lengthMs: number;
  #openMs = Number.NaN;
  #used = 0;

  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs;
  }

  used(nowMs: number): number {
    const openMs = nowMs - (nowMs % this.#lengthMs);
    if (openMs !== this.#openMs) {
      this.#openMs = openMs;
      this.#used = 0;
    }
    return this.#used;
  }

  add(nowMs: number, amount: number): void {
    this.#used = this.used(nowMs) + amount;
  }

  endMs(nowMs: number): number {
    return nowMs - (nowMs % this.#lengthMs) + this.#lengthMs;
  }
}

export class Limits {
  readonly #weight = new Window(60_000);
  readonly #orders10s = new Window(10_000);
  readonly #orders1m = new Window(60_000);
  readonly #funding = new Window(300_000);
  #ignored = 0;
  #bannedUntilMs = 0;
  #nextBanMs = FIRST_BAN_MS;

  usedWeight(nowMs: number): number {
    return this.#weight.used(nowMs);
  }

  /** Takes the weight of a request, or refuses it with 429 (418 while banned). Speed turns the wait into wall seconds. */
  takeWeight(nowMs: number, weight: number, speed: number): void {
    if (nowMs < this.#bannedUntilMs) throw banned(this.#bannedUntilMs, retryAfter(this.#bannedUntilMs - nowMs, speed));
    if (this.#weight.used(nowMs) + weight <= WEIGHT_PER_MINUTE) {
      this.#weight.add(nowMs, weight);
      if (weight > 0) this.#ignored = 0;
      return;
    }
    this.#ignored += 1;
    if (this.#ignored > IGNORED_BEFORE_BAN) this.ban(nowMs, this.#nextBanMs);
    throw new VenueRefusal(
      -1003,
      `Too many requests; current limit of IP(${ADDRESS}) is ${WEIGHT_PER_MINUTE} requests per minute. Please use the websocket for live updates to avoid polling the API.`,
      { httpStatus: 429, headers: retryAfter(this.#weight.endMs(nowMs) - nowMs, speed) },
    );
  }

  /** Each further ban is twice as long. */
  ban(nowMs: number, lengthMs: number): void {
    this.#bannedUntilMs = nowMs + lengthMs;
    this.#nextBanMs = Math.min(lengthMs * 2, LONGEST_BAN_MS);
    this.#ignored = 0;
  }

  takeOrder(nowMs: number, cost: OrderCost = ONE_ORDER): void {
    if (this.#orders10s.used(nowMs) + cost.tenSeconds > ORDERS_PER_10_SECONDS)
      throw tooManyOrders(`${ORDERS_PER_10_SECONDS} orders per 10 SECOND`);
    if (this.#orders1m.used(nowMs) + cost.minute > ORDERS_PER_MINUTE)
      throw tooManyOrders(`${ORDERS_PER_MINUTE} orders per 1 MINUTE`);
    this.#orders10s.add(nowMs, cost.tenSeconds);
    this.#orders1m.add(nowMs, cost.minute);
  }

  /** fundingRate and fundingInfo: requests in five minutes, apart from the weight. */
  takeFunding(nowMs: number, speed: number): void {
    if (this.#funding.used(nowMs) >= FUNDING_PER_5_MINUTES) {
      throw new VenueRefusal(
        -1003,
        `Too many requests; current limit of IP(${ADDRESS}) is ${FUNDING_PER_5_MINUTES} requests per 5 minutes.`,
        { httpStatus: 429, headers: retryAfter(this.#funding.endMs(nowMs) - nowMs, speed) },
      );
    }
    this.#funding.add(nowMs, 1);
  }

  /** How much of each pool is used, in the shape of exchangeInfo with `count`: what a WS-API reply carries. */
  counts(nowMs: number, pool: 'weight' | 'orders'): readonly Record<string, unknown>[] {
    const weight = rateLimit('REQUEST_WEIGHT', { interval: 'MINUTE', intervalNum: 1, limit: WEIGHT_PER_MINUTE });
    if (pool === 'weight') return [{ ...weight, count: this.#weight.used(nowMs) }];
    const tenSeconds = rateLimit('ORDERS', { interval: 'SECOND', intervalNum: 10, limit: ORDERS_PER_10_SECONDS });
    const minute = rateLimit('ORDERS', { interval: 'MINUTE', intervalNum: 1, limit: ORDERS_PER_MINUTE });
    return [
      { ...tenSeconds, count: this.#orders10s.used(nowMs) },
      { ...minute, count: this.#orders1m.used(nowMs) },
    ];
  }

  orderHeaders(nowMs: number): Record<string, string> {
    return {
      'x-mbx-order-count-10s': String(this.#orders10s.used(nowMs)),
      'x-mbx-order-count-1m': String(this.#orders1m.used(nowMs)),
    };
  }
}

const tooManyOrders = (limit: string): VenueRefusal =>
  new VenueRefusal(-1015, `Too many new orders; current limit is ${limit}.`, { httpStatus: 429 });

const banned = (untilMs: number, headers: Record<string, string>): VenueRefusal =>
  new VenueRefusal(
    -1003,
    `Way too many requests; IP(${ADDRESS}) banned until ${untilMs}. Please use the websocket for live updates to avoid bans.`,
    {
      httpStatus: 418,
      headers,
    },
  );

const retryAfter = (marketMs: number, speed: number): Record<string, string> => ({
  'retry-after': String(Math.max(1, Math.ceil(marketMs / 1_000 / speed))),
});
