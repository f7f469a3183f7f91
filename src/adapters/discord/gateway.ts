// Adapters, discord: the gateway, where people's requests arrive. Guilds intent only. A client that failed to log in is thrown
// away (discord.js does not recover it) and a new one tries after a growing wait; what only other settings can mend ends it.
import { type APIInteraction, Client, Events, GatewayDispatchEvents, GatewayIntentBits } from 'discord.js';
import type { ChatState } from '../../ports/chat.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Random } from '../../ports/random.ts';
import { type BackOff, backOffMs } from './back-off.ts';

export interface GatewayOptions {
  readonly apiUrl: string | null;
  readonly token: string;
  readonly clock: WallClock;
  readonly random: Random;
  readonly logger: Logger;
  readonly onState: (state: ChatState, reason: string | null) => void;
  /** The id of the application, known from the first READY on. */
  readonly onIdentity: (applicationId: string) => void;
  readonly onInteraction: (raw: APIInteraction) => void;
}

const LOGIN_BACK_OFF: BackOff = { firstMs: 1_000, mostMs: 300_000 };
/** discord.js knocks twice a second without end: after this long away a new client knocks at our own pace. */
const REBUILD_AFTER_MS = 60_000;
const SAY_ERROR_EVERY_MS = 60_000;
const REST_TIMEOUT_MS = 6_000;
/** A login that neither succeeds nor fails, as against a gateway that accepts and says nothing. */
const LOGIN_WITHIN_MS = 45_000;

type Verdict = { readonly kind: 'refused'; readonly reason: string } | { readonly kind: 'later'; readonly waitMs: number | null };

export class Gateway {
  readonly #options: GatewayOptions;
  #client: Client | null = null;
  #attempt = 0;
  #state: ChatState = 'connecting';
  #cancelTimer: () => void = () => undefined;
  #lastErrorMs = Number.NEGATIVE_INFINITY;
  /** Closes with 4004 in a row; one may be a mishap of the service. */
  #unauthenticated = 0;

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  start(): void {
    this.#set('connecting', null);
    this.#login();
  }

  /** Throws the connection away and logs in anew: the verdict on a token that REST refused. */
  rebuild(reason: string): void {
    if (this.#state === 'stopped' || this.#state === 'refused' || this.#client === null) return;
    this.#set('down', reason);
    this.#again(null);
  }

  get pulse(): { readonly pingMs: number | null; readonly ackAtEpochMs: number | null } {
    const shard = this.#client?.ws.shards.first();
    if (shard === undefined || shard.lastPingTimestamp < 0) return { pingMs: null, ackAtEpochMs: null };
    return { pingMs: shard.ping, ackAtEpochMs: shard.lastPingTimestamp };
  }

  async stop(): Promise<void> {
    this.#set('stopped', null);
    this.#cancelTimer();
    await this.#discard();
  }

  #login(): void {
    const client = new Client({
      intents: [GatewayIntentBits.Guilds],
      allowedMentions: { parse: [] },
      rest: { ...(this.#options.apiUrl === null ? {} : { api: this.#options.apiUrl }), timeout: REST_TIMEOUT_MS, retries: 1 },
    });
    this.#client = client;
    this.#listen(client);
    const giveUp = this.#options.clock.after(LOGIN_WITHIN_MS, () => {
      if (this.#client === client && !client.isReady()) this.#failed(client, new Error('the gateway accepts and says nothing'));
    });
    client
      .login(this.#options.token)
      .catch((error: unknown) => this.#failed(client, error))
      .finally(giveUp);
  }

  #listen(client: Client): void {
    const current = (): boolean => this.#client === client && this.#state !== 'stopped';
    client.ws.on(GatewayDispatchEvents.Ready as never, (ready: { application: { id: string } }) => {
      if (!current()) return;
      this.#attempt = 0;
      this.#unauthenticated = 0;
      this.#options.onIdentity(ready.application.id);
      this.#set('ready', null);
    });
    // Raw frames: an interaction is answered even while the guild itself has not been described yet.
    client.ws.on(GatewayDispatchEvents.InteractionCreate as never, (raw: APIInteraction) => {
      if (current()) this.#options.onInteraction(raw);
    });
    client.on(Events.ShardReconnecting, () => {
      if (current()) this.#lost(client, 'the gateway connection was lost');
    });
    client.on(Events.ShardResume, () => {
      if (current()) this.#set('ready', null);
    });
    client.on(Events.ShardDisconnect, ({ code }) => {
      if (current()) this.#failed(client, Object.assign(new Error(`closed with ${code}`), { close: code }));
    });
    client.on(Events.Invalidated, () => {
      if (current()) this.#failed(client, new Error('the session was invalidated'));
    });
    client.on(Events.ShardError, (error) => this.#sayRarely(error));
    client.on(Events.Error, (error) => this.#sayRarely(error));
  }

  #lost(client: Client, reason: string): void {
    if (this.#state !== 'ready') return;
    this.#set('down', reason);
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.after(REBUILD_AFTER_MS, () => {
      if (this.#client === client && this.#state === 'down') this.#again(null);
    });
  }

  #failed(client: Client, error: unknown): void {
    if (this.#client !== client || this.#state === 'stopped' || this.#state === 'refused') return;
    if (closeCode(error) === 4004) this.#unauthenticated += 1;
    const verdict = verdictOf(error, this.#unauthenticated, this.#options.clock.epoch());
    const reason = error instanceof Error ? error.message : String(error);
    if (verdict.kind === 'refused') {
      this.#options.logger.error({ reason: verdict.reason }, 'discord refuses this bot; trading goes on without it');
      this.#set('refused', verdict.reason);
      this.#cancelTimer();
      void this.#discard();
      return;
    }
    this.#set('down', reason);
    this.#again(verdict.waitMs);
  }

  #again(waitMs: number | null): void {
    const { clock, random, logger } = this.#options;
    void this.#discard();
    const delayMs = waitMs ?? backOffMs(LOGIN_BACK_OFF, this.#attempt, random);
    this.#attempt += 1;
    logger.warn({ delayMs: Math.round(delayMs), attempt: this.#attempt }, 'discord is away; trying again later');
    this.#cancelTimer();
    this.#cancelTimer = clock.after(delayMs, () => {
      if (this.#state !== 'stopped') this.#login();
    });
  }

  async #discard(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    if (client === null) return;
    try {
      await client.destroy();
    } catch (error) {
      this.#options.logger.debug({ error }, 'a discord client did not close in good order');
    }
  }

  #set(state: ChatState, reason: string | null): void {
    if (this.#state === 'stopped' || (this.#state === state && state !== 'connecting')) return;
    this.#state = state;
    if (state === 'ready') this.#cancelTimer();
    this.#options.onState(state, reason);
  }

  #sayRarely(error: Error): void {
    const now = this.#options.clock.now();
    if (now - this.#lastErrorMs < SAY_ERROR_EVERY_MS) return;
    this.#lastErrorMs = now;
    this.#options.logger.warn({ error }, 'discord gateway error');
  }
}

function closeCode(error: unknown): number | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('close' in error && typeof error.close === 'number') return error.close;
  const message = 'message' in error ? String(error.message) : '';
  if (/disallowed intents/i.test(message)) return 4014;
  return /authentication failed/i.test(message) ? 4004 : null;
}

const BAD_TOKEN: Verdict = { kind: 'refused', reason: 'DISCORD_TOKEN is not valid: set a new one and start again' };

/** What a failed login or a final close means. */
function verdictOf(error: unknown, unauthenticated: number, nowMs: number): Verdict {
  const message = error instanceof Error ? error.message : String(error);
  const close = closeCode(error);
  if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'TokenInvalid') return BAD_TOKEN;
  if (close === 4004 && unauthenticated >= 2) return BAD_TOKEN;
  if (close === 4014)
    return { kind: 'refused', reason: 'disallowed intents (4014): check the application in the developer portal' };
  if (close !== null && close >= 4010 && close <= 4013) return { kind: 'refused', reason: `the gateway closed with ${close}` };
  const resets = /Not enough sessions remaining.*resets at (.+)$/i.exec(message)?.[1];
  if (resets !== undefined && Number.isFinite(Date.parse(resets)))
    return { kind: 'later', waitMs: Math.max(1_000, Date.parse(resets) - nowMs) };
  return { kind: 'later', waitMs: null };
}
