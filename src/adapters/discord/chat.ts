// Adapters, discord: the chat as a whole: gateway in, desk in the middle, channel out. Nothing here is awaited by trading, and
// whatever Discord does, this room only ever tells its state.

import type { CommandAudit } from '../../ports/audit.ts';
import type { Card, ChatHealth, ChatLanguage, ChatOutlet, ChatState, Desk, Post } from '../../ports/chat.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Outbox } from '../../ports/outbox.ts';
import type { Random } from '../../ports/random.ts';
import { Answers } from './answer.ts';
import type { AuthorityLists } from './authority.ts';
import { Channel } from './channel.ts';
import type { ChatWords } from './chat-words.ts';
import { Delivery } from './delivery.ts';
import { Gateway } from './gateway.ts';
import { Panels } from './panels.ts';
import { type Incoming, readInteraction } from './read-interaction.ts';
import { Reception } from './reception.ts';
import { type Registered, registerCommands } from './registration.ts';
import { DiscordRest } from './rest.ts';

export interface ChatOptions {
  readonly token: string;
  /** REST base with `/api`; null = Discord itself. */
  readonly apiUrl: string | null;
  readonly guildId: string;
  /** Where the bot's own cards go; null = it only answers. */
  readonly channelId: string | null;
  readonly lists: AuthorityLists;
  /** Of shared messages. */
  readonly language: ChatLanguage;
  readonly always: readonly string[];
}

export interface ChatPorts {
  readonly outbox: Outbox;
  readonly audit: CommandAudit;
  readonly clock: WallClock;
  readonly random: Random;
  readonly logger: Logger;
  readonly words: ChatWords;
  /** The last door: no secret passes. */
  readonly redact: (text: string) => string;
  readonly onState: (state: ChatState, reason: string | null) => void;
  readonly onRegistered: (outcome: Registered) => void;
  readonly onStranger: (user: Incoming['user'], times: number) => void;
}

const REST_TIMEOUT_MS = 6_000;
const FLUSH_LOOK_MS = 50;

export class Chat implements ChatOutlet {
  readonly #options: ChatOptions;
  readonly #ports: ChatPorts;
  readonly #rest: DiscordRest;
  readonly #gateway: Gateway;
  readonly #delivery: Delivery | null;
  readonly #answers: Answers;
  #reception: Reception | null = null;
  #desk: Desk | null = null;
  #state: ChatState = 'connecting';
  #reason: string | null = null;
  #channelFault: string | null = null;
  #registering: 'no' | 'yes' = 'no';

  constructor(options: ChatOptions, ports: ChatPorts) {
    const { clock, random, logger } = ports;
    this.#options = options;
    this.#ports = ports;
    this.#rest = new DiscordRest({ ...options, timeoutMs: REST_TIMEOUT_MS, redact: ports.redact });
    this.#answers = new Answers(this.#rest, clock);
    this.#gateway = new Gateway({
      ...options,
      clock,
      random,
      logger,
      onState: (state, reason) => this.#tell(state, reason),
      onIdentity: (applicationId) => void this.#register(applicationId),
      onInteraction: (raw) => {
        const incoming = readInteraction(raw);
        if (incoming !== null) void this.#reception?.take(incoming);
      },
    });
    this.#delivery = options.channelId === null ? null : this.#deliveryTo(options.channelId);
  }

  /** Both doors open: cards go out and people are heard. */
  start(desk: Desk): void {
    const { guildId, lists, language, always } = this.#options;
    const { audit, clock, logger, words, onStranger } = this.#ports;
    this.#desk = desk;
    this.#reception = new Reception({
      answers: this.#answers,
      desk,
      audit,
      clock,
      logger,
      words,
      language,
      guildId,
      lists,
      always,
      onStranger,
      onUnshown: (interactionId, card) => this.#tellInChannel(interactionId, card),
    });
    this.#gateway.start();
    this.#delivery?.start();
  }

  post(post: Post): void {
    this.#delivery?.post(post);
  }

  health(): ChatHealth {
    const { outbox, clock } = this.#ports;
    const { pingMs, ackAtEpochMs } = this.#gateway.pulse;
    const counts = outbox.count();
    return {
      state: this.#state,
      reason: this.#reason ?? this.#channelFault,
      pingMs,
      ackAgeMs: ackAtEpochMs === null ? null : Math.max(0, clock.epoch() - ackAtEpochMs),
      waiting: counts.waiting,
      delivered: counts.sent,
      dropped: counts.dropped,
    };
  }

  /** Resolves when every card is out, or after this long: what is left waits in the outbox for the next start. */
  async flush(withinMs: number): Promise<void> {
    const untilMs = this.#ports.clock.now() + withinMs;
    while (this.#delivery !== null && !this.#delivery.empty && this.#state !== 'refused' && this.#ports.clock.now() < untilMs)
      await new Promise<void>((resolve) => void this.#ports.clock.after(FLUSH_LOOK_MS, resolve));
  }

  async stop(): Promise<void> {
    this.#delivery?.stop();
    await this.#gateway.stop();
    this.#rest.close();
  }

  #deliveryTo(channelId: string): Delivery {
    const { outbox, clock, random, logger, words } = this.#ports;
    const channel = new Channel(this.#rest, channelId);
    return new Delivery({
      outbox,
      channel,
      panels: new Panels({ outbox, channel, channelId, clock, logger }),
      clock,
      random,
      logger,
      words,
      language: this.#options.language,
      onUnauthorised: () => this.#gateway.rebuild('Discord refuses the token'),
      onFault: (reason) => this.#noteFault(reason),
    });
  }

  #tell(state: ChatState, reason: string | null): void {
    this.#state = state;
    this.#reason = reason;
    if (state === 'refused') this.#delivery?.stop();
    this.#ports.onState(state, reason);
  }

  /** Said when it begins and when it ends, not with every attempt. */
  #noteFault(reason: string | null): void {
    if ((reason === null) === (this.#channelFault === null)) return;
    this.#channelFault = reason;
    if (reason === null) this.#ports.logger.info({}, 'discord takes cards again');
    else this.#ports.logger.warn({ reason }, 'cards for discord wait');
  }

  async #register(applicationId: string): Promise<void> {
    if (this.#registering === 'yes' || this.#desk === null) return;
    this.#registering = 'yes';
    const { outbox, clock, logger, onRegistered } = this.#ports;
    try {
      const ports = { rest: this.#rest, guildId: this.#options.guildId, memory: outbox, clock, logger };
      onRegistered(await registerCommands(this.#desk.commands(), applicationId, ports));
    } catch (error) {
      logger.error({ error }, 'the discord commands could not be registered');
    } finally {
      this.#registering = 'no';
    }
  }

  #tellInChannel(interactionId: string, card: Card): void {
    this.post({ id: `answer:${interactionId}`, card, urgency: 'normal', sound: 'on', mergeKey: null, panel: null });
  }
}
