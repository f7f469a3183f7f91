// Adapters, binance: a stream that stays. It reconnects with jittered back-off, distrusts silence, and moves to a fresh
// socket before the venue's 24 hours are over, opening the new one first. During a move frames may come twice.
import type { WallClock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import { StreamConnection } from './stream-connection.ts';

/** What counts as life: data itself, or (where data may rightly be absent for hours) an answered ping. */
export type Vital =
  | { readonly kind: 'frames'; readonly maxSilenceMs: number }
  | { readonly kind: 'pings'; readonly everyMs: number; readonly deafness?: Deafness };

/**
 * An acknowledged subscription may stay deaf for ever, and a venue that waits for us is rightly silent: only the venue's own
 * time tells them apart.
 */
export interface Deafness {
  readonly venueNow: () => Promise<number | null>;
  /** So much venue time never passes without a frame of this stream. */
  readonly maxSilenceMs: number;
  /** Told before the connection is left: whoever lives by this stream's times has missed these. */
  readonly onDeaf?: (venueMs: number) => void;
}

export interface StreamOptions {
  readonly name: string;
  /** Asked anew for every connection: a private URL carries a key that may have expired. Rejects = try later. */
  readonly url: () => Promise<string>;
  readonly names: readonly string[];
  readonly vital: Vital;
  readonly wall: WallClock;
  /** The clock by which the venue counts a connection's age, where it is not the wall's. */
  readonly ageNow?: () => number;
  readonly random: Random;
  readonly onFrame: (payload: unknown) => void;
  readonly onUnreadable: (reason: string) => void;
  /** How long each single stream may take to its first frame, and who hears of those that took longer. */
  readonly firstFrames?: { readonly withinMs: number; readonly onUnheard: (names: readonly string[]) => void };
  readonly onState: (state: 'up' | 'down', detail: string) => void;
}

const WATCH_EVERY_MS = 1_000;
const BACKOFF_FIRST_MS = 250;
const BACKOFF_MAX_MS = 30_000;
/** A connection that lived this long was a success: the next failure starts from the shortest pause. */
const STABLE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Silent for so long, a stream that was heard before is held against the venue's time; one never heard, much later. */
const DOUBT_MS = 2_000;
const DOUBT_UNHEARD_MS = 30_000;
/** A move that failed is tried again well before the venue's 24 hours are over. */
const MOVE_AGAIN_MS = 600_000;

interface Life {
  readonly connection: StreamConnection;
  readonly bornMs: number;
  lastVitalMs: number;
  healthy: boolean;
  /** Venue time at the first look since the last frame. */
  quietSinceMs: number | null;
}

export class Stream {
  readonly #options: StreamOptions;
  readonly #cancelWatch: () => void;
  readonly #firstUp: Promise<void>;
  #tellFirstUp: () => void = () => undefined;
  #current: Life | null = null;
  /** The fresh socket of a move, until it is healthy. */
  #successor: Life | null = null;
  #rotateAtMs: number;
  #failures = 0;
  #opening = false;
  #cancelRetry: (() => void) | null = null;
  #stopped = false;
  #pinging = false;
  #doubting = false;
  /** Wall time of the newest frame of any connection; null before the first. */
  #lastFrameMs: number | null = null;
  readonly #bornMs: number;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#bornMs = options.wall.now();
    this.#firstUp = new Promise((resolve) => {
      this.#tellFirstUp = resolve;
    });
    this.#rotateAtMs = this.#nextRotation();
    this.#cancelWatch = options.wall.every(WATCH_EVERY_MS, () => this.#watch());
    void this.#open('current');
  }

  /** Resolves when it was healthy for the first time, or when it was stopped before that. */
  whenUp(): Promise<void> {
    return this.#firstUp;
  }

  /** Everything that was on its way has been handed on. A dead connection has nothing on its way. */
  async drain(): Promise<void> {
    await Promise.all([this.#current, this.#successor].map((life) => life?.connection.fence()));
  }

  /** Leaves this connection for a new one at once: its key died, though its socket lives. */
  renew(reason: string): void {
    this.#current?.connection.end(reason);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelWatch();
    this.#cancelRetry?.();
    this.#current?.connection.end('stopped');
    this.#successor?.connection.end('stopped');
    this.#tellFirstUp();
  }

  /** 22 to 23 hours away, at a different moment for each stream. */
  #nextRotation(): number {
    return this.#ageNow() + (22 + this.#options.random.next()) * HOUR_MS;
  }

  #ageNow(): number {
    return this.#options.ageNow?.() ?? this.#options.wall.now();
  }

  async #open(place: 'current' | 'successor'): Promise<void> {
    if (this.#stopped || this.#opening || (place === 'current' && this.#current !== null)) return;
    this.#opening = true;
    try {
      const url = await this.#options.url();
      if (!this.#stopped) this.#begin(url, place);
    } catch (error) {
      if (this.#current === null) this.#retry(error instanceof Error ? error.message : 'no address');
      else this.#rotateAtMs = this.#ageNow() + MOVE_AGAIN_MS;
    } finally {
      this.#opening = false;
    }
  }

  #begin(url: string, place: 'current' | 'successor'): void {
    const now = this.#options.wall.now();
    const connection = new StreamConnection({
      url,
      names: this.#options.names,
      wall: this.#options.wall,
      firstFrameMs: this.#options.firstFrames?.withinMs ?? null,
      events: {
        onUnheard: (names) => this.#options.firstFrames?.onUnheard(names),
        onOpen: () => undefined,
        onSubscribed: () => this.#subscribed(life),
        onFrame: (payload) => this.#frame(life, payload),
        onUnreadable: this.#options.onUnreadable,
        onEnd: (reason) => this.#ended(life, reason),
      },
    });
    const life: Life = { connection, bornMs: now, lastVitalMs: now, healthy: false, quietSinceMs: null };
    // The old one may have died while the address of its successor was being asked.
    if (place === 'current' || this.#current === null) this.#current = life;
    else this.#successor = life;
  }

  #subscribed(life: Life): void {
    life.lastVitalMs = this.#options.wall.now();
    if (this.#options.vital.kind === 'pings') this.#thrive(life);
  }

  #frame(life: Life, payload: unknown): void {
    life.lastVitalMs = this.#options.wall.now();
    this.#lastFrameMs = life.lastVitalMs;
    life.quietSinceMs = null;
    if (!life.healthy) this.#thrive(life);
    this.#options.onFrame(payload);
  }

  #thrive(life: Life): void {
    if (life.healthy) return;
    life.healthy = true;
    if (life === this.#successor) {
      const old = this.#current;
      this.#current = life;
      this.#successor = null;
      old?.connection.end('rotated');
      return;
    }
    this.#options.onState('up', 'connected');
    this.#tellFirstUp();
  }

  #ended(life: Life, reason: string): void {
    if (life === this.#successor) {
      this.#successor = null;
      this.#rotateAtMs = this.#ageNow() + MOVE_AGAIN_MS;
      return;
    }
    // A predecessor that was rotated away is nobody's loss.
    if (life !== this.#current) return;
    this.#current = this.#successor;
    this.#successor = null;
    if (this.#stopped) return;
    if (this.#current !== null) {
      this.#options.onState('down', reason);
      return;
    }
    if (this.#options.wall.now() - life.bornMs >= STABLE_MS) this.#failures = 0;
    this.#retry(reason);
  }

  #retry(reason: string): void {
    this.#options.onState('down', reason);
    const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    this.#cancelRetry?.();
    this.#cancelRetry = this.#options.wall.after(ceiling * (0.5 + this.#options.random.next() / 2), () => {
      this.#cancelRetry = null;
      void this.#open('current');
    });
  }

  #watch(): void {
    const now = this.#options.wall.now();
    for (const life of [this.#current, this.#successor]) if (life !== null) this.#judge(life, now);
    if (this.#ageNow() < this.#rotateAtMs || this.#current?.healthy !== true) return;
    this.#rotateAtMs = this.#nextRotation();
    void this.#open('successor');
  }

  #judge(life: Life, now: number): void {
    const { vital } = this.#options;
    const silentMs = now - life.lastVitalMs;
    if (vital.kind === 'frames') {
      if (silentMs > vital.maxSilenceMs)
        life.connection.end(`${life.healthy ? 'silent' : 'no first frame'} for ${Math.round(silentMs)} ms`);
      return;
    }
    if (silentMs >= vital.everyMs && life.healthy && !this.#pinging) void this.#ping(life);
    if (vital.deafness === undefined || this.#doubting) return;
    const unheardMs = now - (this.#lastFrameMs ?? this.#bornMs);
    const patienceMs = this.#lastFrameMs === null ? DOUBT_UNHEARD_MS : DOUBT_MS;
    if (life.healthy && unheardMs >= patienceMs) void this.#doubt(life, vital.deafness);
  }

  async #doubt(life: Life, { venueNow, maxSilenceMs, onDeaf }: Deafness): Promise<void> {
    this.#doubting = true;
    const venueMs = await venueNow();
    this.#doubting = false;
    if (venueMs === null) return;
    life.quietSinceMs ??= venueMs;
    const deafMs = venueMs - life.quietSinceMs;
    if (deafMs < maxSilenceMs) return;
    onDeaf?.(venueMs);
    life.connection.end(`deaf for ${Math.round(deafMs / 1_000)} s of the venue’s time`);
  }

  async #ping(life: Life): Promise<void> {
    this.#pinging = true;
    const answer = await life.connection.fence();
    this.#pinging = false;
    if (answer === 'passed') life.lastVitalMs = this.#options.wall.now();
    else life.connection.end('no pong');
  }
}
