// Adapters, binance: the account's own stream. Its key lives 60 minutes of venue time and is kept alive; when it dies the
// socket stays open and says nothing, so every doubt ends in a new key and a `down`/`up` that makes the loop reconcile.
import type { AccountEvent } from '../../core/orders.ts';
import type { EpochMs } from '../../core/units.ts';
import { VenueError } from '../../ports/errors.ts';
import { reasonOf, type VenueContext } from './context.ts';
import { remedyOf, venueError } from './errors.ts';
import type { Answer } from './request.ts';
import { Stream } from './stream.ts';
import { readUserFrame } from './user-frames.ts';
import { listenKeySchema } from './wire-account.ts';

const KEEP_ALIVE_MS = 25 * 60_000;
const CHECK_EVERY_MS = 1_000;
/** Without a successful keep-alive for this long the key is treated as dead. */
const KEY_LIFE_MS = 58 * 60_000;
const RETRY_KEEP_ALIVE_MS = 30_000;
const PING_EVERY_MS = 15_000;

export class UserStream {
  readonly #context: VenueContext;
  readonly #sink: (event: AccountEvent) => void;
  readonly #stream: Stream;
  readonly #cancelCheck: () => void;
  #keptAliveMs: EpochMs;
  #nextTryWallMs = 0;
  #keeping = false;
  #fatal: (error: VenueError) => void = () => undefined;

  constructor(context: VenueContext, sink: (event: AccountEvent) => void) {
    this.#context = context;
    this.#sink = sink;
    this.#keptAliveMs = context.clock.now();
    this.#stream = new Stream({
      name: 'user',
      names: [],
      wall: context.wall,
      random: context.random,
      url: () => this.#address(),
      vital: { kind: 'pings', everyMs: PING_EVERY_MS },
      ...(context.pace.pacing === 'paced' ? { ageNow: () => context.clock.now() } : {}),
      onFrame: (payload) => this.#frame(payload),
      onUnreadable: (reason) => this.#unreadable(reason),
      onState: (state, detail) => this.#tell(state, detail),
    });
    this.#cancelCheck = context.wall.every(CHECK_EVERY_MS, () => void this.#check());
  }

  /** Connected; rejects only when the venue refuses the key itself. */
  whenUp(): Promise<void> {
    const refused = new Promise<never>((_, reject) => {
      this.#fatal = reject;
    });
    return Promise.race([this.#stream.whenUp(), refused]);
  }

  drain(): Promise<void> {
    return this.#stream.drain();
  }

  stop(): void {
    this.#cancelCheck();
    this.#stream.stop();
  }

  #tell(state: 'up' | 'down', detail: string): void {
    this.#sink({ kind: 'userStream', at: this.#context.clock.now(), state, detail });
  }

  /** POST gives the living key of the account or a new one, and extends it either way. */
  async #address(): Promise<string> {
    const answer = await this.#key('POST');
    if (answer.kind === 'refused') {
      const error = venueError('listenKey', answer);
      if (remedyOf(answer) === 'stop') this.#fatal(error);
      throw error;
    }
    const parsed = answer.kind === 'ok' ? listenKeySchema.safeParse(answer.body) : null;
    if (!parsed?.success) {
      const reason = answer.kind === 'ok' ? 'an unknown shape' : reasonOf(answer);
      throw new VenueError(`listenKey: ${reason}`, { remedy: 'retry' });
    }
    this.#keptAliveMs = this.#context.clock.now();
    return `${this.#context.wsUrl}/private/ws/${encodeURIComponent(parsed.data.listenKey)}`;
  }

  #key(method: 'POST' | 'PUT'): Promise<Answer> {
    const deadlineMs = this.#context.pace.readDeadlineMs;
    return this.#context.rest.call({
      method,
      path: '/fapi/v1/listenKey',
      weight: 1,
      lane: 'protect',
      auth: 'key',
      deadlineMs,
      breaker: 'none',
    });
  }

  /** Venue time, not ours, ages a key: an embedded exchange may live an hour in one of our minutes. */
  async #check(): Promise<void> {
    const { clock, wall } = this.#context;
    const ageMs = clock.now() - this.#keptAliveMs;
    if (ageMs < KEEP_ALIVE_MS || this.#keeping || wall.now() < this.#nextTryWallMs) return;
    this.#keeping = true;
    const answer = await this.#key('PUT');
    this.#keeping = false;
    if (answer.kind === 'ok') {
      this.#keptAliveMs = clock.now();
      return;
    }
    this.#nextTryWallMs = wall.now() + RETRY_KEEP_ALIVE_MS;
    const unknownKey = answer.kind === 'refused' && answer.code === -1125;
    this.#context.logger.warn({ reason: reasonOf(answer), ageMs }, 'the user stream key was not extended');
    if (unknownKey || ageMs > KEY_LIFE_MS) this.#stream.renew('key expired');
  }

  #frame(payload: unknown): void {
    const reading = readUserFrame(payload, this.#context.counts);
    switch (reading.kind) {
      case 'events':
        for (const event of reading.events) {
          this.#context.clock.observe(event.at);
          this.#sink(event);
        }
        return;
      case 'expired':
        this.#stream.renew('listen key expired');
        return;
      case 'ignored':
        return;
      case 'unreadable':
        this.#unreadable(reading.what);
        return;
      case 'marginCall':
        this.#context.logger.error({ symbols: reading.symbols }, 'margin call');
        return;
    }
  }

  /** An account event that cannot be read may have been a fill: the account is read anew instead of guessing. */
  #unreadable(what: string): void {
    this.#context.counts.add(`unreadable user event: ${what}`);
    this.#context.logger.error({ what }, 'unreadable event on the user stream, reading the account anew');
    this.#tell('down', `unreadable event: ${what}`);
    this.#tell('up', 'resync');
  }
}
