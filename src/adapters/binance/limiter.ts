// Adapters, binance: the weight gate. The venue counts request weight per fixed clock minute of its own time and answers
// 429 above the limit, then bans. Lanes keep room for protection; what the venue's header says always wins.
import type { MarketClock, WallClock } from '../../ports/clock.ts';
import type { Pacing } from './pace.ts';

export type Lane = 'protect' | 'account' | 'history';

const MINUTE_MS = 60_000;
/** A new minute is not trusted for this long: our clock may be ahead of the venue's. */
const EDGE_MS = 250;
const DEFAULT_LIMIT = 2_400;
const DEFAULT_BAN_MS = 120_000;

/** Shares of the venue's limit (contract.md §8.5, in 2,400ths). */
const COLD_TOTAL = 2_208;
const HISTORY_SHARE = 1_200;
const ACCOUNT_SHARE = 480;
const PROTECT_RESERVE = 720;
const PROTECT_TOTAL = 2_376;

export interface Permit {
  readonly lane: Lane;
  readonly weight: number;
  readonly minute: number;
}
export type Grant = { readonly kind: 'granted'; readonly permit: Permit } | { readonly kind: 'refused'; readonly reason: string };

/** What a response told about limits; absent where it said nothing. */
export interface LimitReport {
  readonly status: number;
  readonly usedWeight: number | null;
  readonly dateMs: number | null;
  readonly retryAfterMs: number | null;
  readonly bannedUntilMs: number | null;
}

export interface GateOptions {
  readonly clock: MarketClock;
  readonly wall: WallClock;
  readonly pacing: Pacing;
  /** A ban that an earlier run met: a restart loop must not extend it. Venue time. */
  readonly heldUntilMs?: number;
  readonly onBan?: (untilMs: number) => void;
  /** Every wait that the venue asked for, bans among them. */
  readonly onHold?: (untilMs: number) => void;
}

interface Waiter {
  readonly lane: Lane;
  readonly weight: number;
  readonly settle: (grant: Grant) => void;
  readonly deadlineMs: number;
}

const OPEN_PERMIT = { kind: 'granted' } as const;

export class WeightGate {
  readonly #options: GateOptions;
  readonly #waiters: Waiter[] = [];
  #limit = DEFAULT_LIMIT;
  #phase: 'coldStart' | 'running' = 'coldStart';
  #minute = Number.NEGATIVE_INFINITY;
  #used = 0;
  #inFlight = 0;
  #laneUsed: Record<Lane, number> = { protect: 0, account: 0, history: 0 };
  /** Header values of the minute after ours: ours follows up to EDGE_MS later. */
  #next: { readonly minute: number; readonly used: number } | null = null;
  #holdUntilMs: number;
  #cancelTimer: (() => void) | null = null;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#holdUntilMs = options.heldUntilMs ?? 0;
  }

  /** The venue's own REQUEST_WEIGHT limit: 2,400 on the real venue, more on its demo. */
  setLimit(perMinute: number): void {
    this.#limit = perMinute;
  }

  /** From the first tradable minute on, history may no longer take almost the whole minute. */
  setPhase(phase: 'coldStart' | 'running'): void {
    this.#phase = phase;
  }

  get used(): number {
    this.#turn();
    return this.#used;
  }

  get heldUntilMs(): number {
    return this.#holdUntilMs;
  }

  /** Protection never waits here: it is refused at once and repeated by its own rule. The others wait at most this long. */
  take(lane: Lane, weight: number, maxWaitMs: number): Promise<Grant> {
    const obstacle = this.#obstacle(lane, weight);
    if (obstacle === null && !this.#waiters.some((w) => w.lane === lane)) return Promise.resolve(this.#grant(lane, weight));
    if (lane === 'protect') return Promise.resolve({ kind: 'refused', reason: obstacle ?? 'busy' });
    return new Promise((settle) => {
      this.#waiters.push({ lane, weight, settle, deadlineMs: this.#options.wall.now() + maxWaitMs });
      this.#arm();
    });
  }

  done(permit: Permit, report: LimitReport): void {
    this.#inFlight = Math.max(0, this.#inFlight - permit.weight);
    this.#turn();
    if (report.usedWeight !== null) this.#learn(permit, report.usedWeight, report.dateMs);
    if (report.status === 418) this.#ban(report);
    else if (report.status === 429) this.#hold(report.retryAfterMs);
    this.#pump();
  }

  #turn(): void {
    const minute = this.#currentMinute();
    // Before the venue's clock was measured ours may stand far ahead of it; only the jitter of one edge is ignored.
    if (minute === this.#minute || minute === this.#minute - 1) return;
    const announced = this.#next?.minute === minute ? this.#next.used : 0;
    this.#minute = minute;
    this.#used = Math.max(this.#inFlight, announced);
    this.#laneUsed = { protect: 0, account: 0, history: 0 };
    this.#next = null;
  }

  #currentMinute(): number {
    return Math.floor((this.#options.clock.now() - EDGE_MS) / MINUTE_MS);
  }

  #learn(permit: Permit, used: number, dateMs: number | null): void {
    const dateMinute = dateMs === null ? null : Math.floor(dateMs / MINUTE_MS);
    if (dateMinute === this.#minute) {
      this.#used = Math.max(this.#used, used);
      return;
    }
    if (dateMinute === this.#minute + 1) {
      this.#next = { minute: this.#minute + 1, used: Math.max(this.#next?.used ?? 0, used) };
      return;
    }
    // A venue whose Date header is not its market time (the embedded exchange): trust what began and ended in one minute.
    const foreignDate = dateMinute === null || Math.abs(dateMinute - this.#minute) > 1;
    if (foreignDate && permit.minute === this.#minute) this.#used = Math.max(this.#used, used);
  }

  #ban(report: LimitReport): void {
    const now = this.#options.clock.now();
    const untilMs = report.bannedUntilMs ?? now + (report.retryAfterMs ?? DEFAULT_BAN_MS);
    if (untilMs <= this.#holdUntilMs) return;
    this.#holdUntilMs = untilMs;
    this.#options.onBan?.(untilMs);
    this.#options.onHold?.(untilMs);
  }

  #hold(retryAfterMs: number | null): void {
    const now = this.#options.clock.now();
    const nextMinute = (Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS + EDGE_MS;
    // A paced venue speaks of wall seconds there, which say nothing about its minute.
    const askedMs = retryAfterMs === null || this.#options.pacing === 'paced' ? nextMinute : now + retryAfterMs;
    if (askedMs <= this.#holdUntilMs) return;
    this.#holdUntilMs = askedMs;
    this.#options.onHold?.(askedMs);
  }

  /** Why this weight cannot go now, or null when it can. */
  #obstacle(lane: Lane, weight: number): string | null {
    const now = this.#options.clock.now();
    if (now < this.#holdUntilMs) return `the venue asked us to wait ${this.#holdUntilMs - now} ms`;
    this.#turn();
    if (weight === 0) return null;
    const share = (parts: number): number => Math.floor((parts / DEFAULT_LIMIT) * this.#limit);
    const total = this.#used + weight;
    if (lane === 'protect') return total <= share(PROTECT_TOTAL) ? null : 'the minute is spent';
    if (this.#phase === 'coldStart') return total <= share(COLD_TOTAL) ? null : 'the minute is spent';
    if (total > this.#limit - share(PROTECT_RESERVE)) return 'the rest of the minute is kept for protection';
    const laneLimit = share(lane === 'history' ? HISTORY_SHARE : ACCOUNT_SHARE);
    return this.#laneUsed[lane] + weight <= laneLimit ? null : `the ${lane} share of the minute is spent`;
  }

  #grant(lane: Lane, weight: number): Grant {
    this.#used += weight;
    this.#inFlight += weight;
    this.#laneUsed[lane] += weight;
    return { ...OPEN_PERMIT, permit: { lane, weight, minute: this.#minute } };
  }

  #pump(): void {
    for (const lane of ['account', 'history'] as const) this.#pumpLane(lane);
    this.#arm();
  }

  #pumpLane(lane: Lane): void {
    const now = this.#options.wall.now();
    for (;;) {
      const index = this.#waiters.findIndex((w) => w.lane === lane);
      const waiter = this.#waiters[index];
      if (waiter === undefined) return;
      const obstacle = this.#obstacle(lane, waiter.weight);
      if (obstacle !== null && now < waiter.deadlineMs) return;
      this.#waiters.splice(index, 1);
      waiter.settle(obstacle === null ? this.#grant(lane, waiter.weight) : { kind: 'refused', reason: obstacle });
    }
  }

  /** One timer for all waiters: the next minute, the end of a hold, or the earliest deadline. */
  #arm(): void {
    if (this.#cancelTimer !== null || this.#waiters.length === 0) return;
    const { clock, wall, pacing } = this.#options;
    const now = clock.now();
    const wakeMs = now < this.#holdUntilMs ? this.#holdUntilMs : (this.#currentMinute() + 1) * MINUTE_MS + EDGE_MS + 5;
    const firstDeadline = Math.min(...this.#waiters.map((w) => w.deadlineMs)) - wall.now();
    const market = pacing === 'paced' ? 50 : wakeMs - now;
    this.#cancelTimer = wall.after(Math.max(1, Math.min(market, firstDeadline)), () => {
      this.#cancelTimer = null;
      this.#pump();
    });
  }
}
