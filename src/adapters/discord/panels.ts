// Adapters, discord: cards of which the channel holds one, edited in place. Only the newest state counts, so they live in
// memory and give way to the cards of the outbox; the message's id outlives the process.
import { sha256Base32 } from '../../core/digest.ts';
import type { Card } from '../../ports/chat.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Outbox } from '../../ports/outbox.ts';
import { messageJson, silently } from './card-json.ts';
import { type Channel, messageIdOf } from './channel.ts';
import type { RestResult } from './rest.ts';

export interface PanelPorts {
  readonly outbox: Pick<Outbox, 'remember' | 'recall'>;
  readonly channel: Channel;
  readonly channelId: string;
  readonly clock: WallClock;
  readonly logger: Logger;
}

/** Edits of one panel keep this distance, so that cards find room in the channel's rate. */
const EDIT_EVERY_MS = 10_000;
/** Messages older than an hour have a small quota of edits: the panel is posted anew before that. */
const REPOST_AFTER_MS = 55 * 60_000;
const AFTER_FAILURE_MS = 30_000;
const UNKNOWN_MESSAGE = 10008;
const EDITED_TOO_OFTEN = 30046;

interface Held {
  readonly messageId: string;
  readonly postedMs: number;
}

export class Panels {
  readonly #ports: PanelPorts;
  readonly #waiting = new Map<string, Card>();
  readonly #dueMs = new Map<string, number>();

  constructor(ports: PanelPorts) {
    this.#ports = ports;
  }

  show(name: string, card: Card): void {
    this.#waiting.set(name, card);
  }

  /** Brings the panel that is due up to date; resolves with how long nothing is to do, null for "until something is shown". */
  async work(): Promise<number | null> {
    const now = this.#ports.clock.now();
    const names = [...this.#waiting.keys()];
    const due = names.find((name) => (this.#dueMs.get(name) ?? 0) <= now);
    if (due === undefined) {
      const soonest = Math.min(...names.map((name) => this.#dueMs.get(name) ?? 0));
      return names.length === 0 ? null : soonest - now;
    }
    const card = this.#waiting.get(due);
    this.#waiting.delete(due);
    if (card === undefined) return 0;
    const result = await this.#bring(due, card);
    this.#dueMs.set(due, this.#ports.clock.now() + waitAfter(result));
    // A newer state may have come meanwhile.
    if (result.kind !== 'ok' && !this.#waiting.has(due)) this.#waiting.set(due, card);
    return 0;
  }

  async #bring(name: string, card: Card): Promise<RestResult> {
    const { channel, clock } = this.#ports;
    const held = this.#held(name);
    if (held !== null && clock.epoch() - held.postedMs < REPOST_AFTER_MS) {
      const edited = await channel.edit(held.messageId, messageJson(card));
      const gone = edited.kind === 'refused' && (edited.code === UNKNOWN_MESSAGE || edited.code === EDITED_TOO_OFTEN);
      if (!gone) return edited;
    }
    return this.#postAnew(name, card, held);
  }

  /** The nonce names the place, not the state: an attempt whose answer was lost is recognised. */
  async #postAnew(name: string, card: Card, before: Held | null): Promise<RestResult> {
    const { channel, clock, logger } = this.#ports;
    const nonce = sha256Base32(`panel:${name}:${before?.messageId ?? 'first'}`, 24);
    const posted = await channel.post(silently(messageJson(card)), nonce);
    const messageId = posted.kind === 'ok' ? messageIdOf(posted.body) : null;
    if (messageId === null) return posted;
    this.#hold(name, { messageId, postedMs: clock.epoch() });
    if (before === null || before.messageId === messageId) return posted;
    const removed = await channel.remove(before.messageId);
    if (removed.kind !== 'ok') logger.debug({ panel: name, removed: removed.kind }, 'an old panel could not be removed');
    return posted;
  }

  #key(name: string): string {
    return `panel:${this.#ports.channelId}:${name}`;
  }

  #held(name: string): Held | null {
    const [messageId, postedMs] = (this.#ports.outbox.recall(this.#key(name)) ?? '').split('@');
    return messageId === undefined || messageId === '' ? null : { messageId, postedMs: Number(postedMs) };
  }

  #hold(name: string, { messageId, postedMs }: Held): void {
    this.#ports.outbox.remember(this.#key(name), `${messageId}@${postedMs}`);
  }
}

function waitAfter(result: RestResult): number {
  switch (result.kind) {
    case 'ok':
      return EDIT_EVERY_MS;
    case 'wait':
      return Math.max(result.waitMs, EDIT_EVERY_MS);
    case 'unreached':
    case 'unknown':
    case 'unauthorised':
      return AFTER_FAILURE_MS;
    case 'refused':
      return 10 * AFTER_FAILURE_MS;
  }
}
