// Adapters, discord: cards from the outbox to the channel: one at a time, in order, each once. Within two minutes of its first
// attempt a nonce recognises a repetition; later the channel is searched for the card first; where that is not permitted the
// card says that it may be a repetition. Runs beside the trading loop, which never waits for it.
import { sha256Base32 } from '../../core/digest.ts';
import { epochMs } from '../../core/units.ts';
import type { CardFile, ChatLanguage, Post } from '../../ports/chat.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Outbox, QueuedCard } from '../../ports/outbox.ts';
import type { Random } from '../../ports/random.ts';
import { type BackOff, backOffMs } from './back-off.ts';
import { messageJson, type Outgoing, silently } from './card-json.ts';
import { type Channel, messageIdOf } from './channel.ts';
import type { ChatWords } from './chat-words.ts';
import type { Panels } from './panels.ts';
import { fromBody, toBody } from './post-body.ts';
import type { RestResult } from './rest.ts';

export interface DeliveryPorts {
  readonly outbox: Outbox;
  readonly channel: Channel;
  readonly panels: Panels;
  readonly clock: WallClock;
  readonly random: Random;
  readonly logger: Logger;
  readonly words: ChatWords;
  readonly language: ChatLanguage;
  /** Null when cards go through again. */
  readonly onFault: (reason: string | null) => void;
  readonly onUnauthorised: () => void;
}

/** Discord recognises a nonce for "a few minutes"; a little under the two that are promised. */
const NONCE_WINDOW_MS = 115_000;
const BACK_OFF: BackOff = { firstMs: 500, mostMs: 60_000 };
const UNAUTHORISED_WAIT_MS = 30_000;
/** A channel that may not be written to is asked rarely: ten thousand refusals in ten minutes ban the address. */
const FORBIDDEN_WAIT_MS = 300_000;
const TOO_LARGE = new Set([40005, 413]);

const SEVERITY = { critical: 'critical', normal: 'warning', low: 'info' } as const;

/** A card's own sign, short enough for a footer and found again in the channel. */
export const markOf = (cardId: string): string => `#${sha256Base32(cardId, 10)}`;
const nonceOf = (cardId: string): string => sha256Base32(cardId, 24);

export class Delivery {
  readonly #ports: DeliveryPorts;
  #fresh: Post[] = [];
  /** Cards that are kept already and whose pictures are still being drawn. */
  readonly #drawing = new Set<string>();
  /** Cards that this process tried without one byte arriving: nothing of theirs can be in the channel. */
  readonly #neverArrived = new Set<number>();
  #failures = 0;
  #unauthorised = 0;
  #state: 'idle' | 'running' | 'stopped' = 'idle';
  #wake: () => void = () => undefined;
  /** Something came while nobody was waiting for it. */
  #stirred = false;

  constructor(ports: DeliveryPorts) {
    this.#ports = ports;
  }

  start(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'running';
    this.#run().catch((error: unknown) => this.#ports.logger.error({ error }, 'card delivery ended unexpectedly'));
  }

  /** The write to the outbox comes one turn later, after what trading still has to do in this one. */
  post(post: Post): void {
    if (post.panel !== null) {
      this.#ports.panels.show(post.panel, post.card);
      this.#stir();
      return;
    }
    this.#fresh.push(post);
    if (this.#fresh.length === 1) this.#ports.clock.after(0, () => this.#keep());
  }

  /** Nothing waits any more; for a stop in good order. */
  get empty(): boolean {
    return this.#fresh.length === 0 && this.#ports.outbox.peek(1).length === 0;
  }

  stop(): void {
    this.#keep();
    this.#state = 'stopped';
    this.#stir();
  }

  #keep(): void {
    const posts = this.#fresh;
    this.#fresh = [];
    for (const post of posts) {
      const outcome = this.#ports.outbox.put({
        cardId: post.id,
        severity: SEVERITY[post.urgency],
        body: toBody(post),
        createdMs: this.#ports.clock.epoch(),
        mergeKey: post.mergeKey,
      });
      if (outcome === 'dropped') this.#ports.logger.warn({ card: post.id }, 'too many cards wait; this one was left out');
      if (outcome === 'queued' && post.picture !== undefined) void this.#illustrate(post, post.picture);
    }
    if (posts.length > 0) this.#stir();
  }

  /** A kill while it is being drawn costs the picture, never the card. */
  async #illustrate(post: Post, picture: Promise<CardFile | null>): Promise<void> {
    this.#drawing.add(post.id);
    try {
      const file = await picture;
      if (file === null) return;
      const card = { ...post.card, image: file.name, files: [...post.card.files, file] };
      this.#ports.outbox.amend(post.id, toBody({ ...post, card }));
    } catch (error) {
      this.#ports.logger.warn({ error, card: post.id }, 'the picture of a card could not be drawn');
    } finally {
      this.#drawing.delete(post.id);
      this.#stir();
    }
  }

  /** A picture is worth a moment's wait, but not while something critical stands behind it. */
  #awaitsPicture({ cardId }: QueuedCard): boolean {
    return this.#drawing.has(cardId) && this.#ports.outbox.count().waitingCritical === 0;
  }

  #stir(): void {
    this.#stirred = true;
    this.#wake();
  }

  async #run(): Promise<void> {
    while (this.#running) {
      this.#stirred = false;
      const card = this.#ports.outbox.peek(1)[0];
      const waitMs = await this.#work(card);
      if (waitMs !== 0 && this.#running) await this.#pause(waitMs);
    }
  }

  #work(card: QueuedCard | undefined): Promise<number | null> {
    if (card === undefined) return this.#ports.panels.work();
    return this.#awaitsPicture(card) ? Promise.resolve(null) : this.#deliver(card);
  }

  get #running(): boolean {
    return this.#state === 'running';
  }

  /** Null: until something is posted. A new post never shortens a wait that a failure asked for. */
  #pause(waitMs: number | null): Promise<void> {
    const fixed = waitMs !== null && this.#failures > 0;
    if (this.#stirred && !fixed) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = waitMs === null ? () => undefined : this.#ports.clock.after(waitMs, resolve);
      this.#wake = () => {
        if (fixed && this.#running) return;
        cancel();
        resolve();
      };
    });
  }

  /** Resolves with how long to wait before the next card. */
  async #deliver(card: QueuedCard): Promise<number> {
    const { outbox, channel, clock } = this.#ports;
    let doubt: 'none' | 'maybeRepeated' = 'none';
    const sinceFirstMs = card.firstTriedMs === null ? 0 : clock.epoch() - card.firstTriedMs;
    if (sinceFirstMs > NONCE_WINDOW_MS && !this.#neverArrived.has(card.seq)) {
      const found = await channel.find(markOf(card.cardId));
      if (found.kind === 'failed') return this.#waitAfter(found.result);
      if (found.kind === 'found') {
        outbox.markSent(card.seq, found.messageId, clock.epoch());
        return 0;
      }
      if (found.kind === 'hidden') doubt = 'maybeRepeated';
    }
    const outgoing = this.#drawn(card, doubt);
    if (outgoing === null) return 0;
    if (card.firstTriedMs === null) this.#neverArrived.add(card.seq);
    outbox.markTrying(card.seq, clock.epoch());
    const result = await channel.post(outgoing, nonceOf(card.cardId));
    return this.#settle(card, result);
  }

  #drawn(card: QueuedCard, doubt: 'none' | 'maybeRepeated'): Outgoing | null {
    const { words, language, outbox, clock, logger } = this.#ports;
    try {
      const kept = fromBody(card.body);
      const marks = [
        kept.card.footer,
        card.count > 1 ? words(language, 'repeats', { count: card.count }) : null,
        doubt === 'none' ? null : words(language, 'maybeRepeated'),
        markOf(card.cardId),
      ];
      const footer = marks.filter((mark) => mark !== null && mark !== '').join(' · ');
      const outgoing = messageJson({ ...kept.card, footer, atMs: kept.card.atMs ?? epochMs(card.createdMs) });
      return kept.sound === 'silent' && card.severity !== 'critical' ? silently(outgoing) : outgoing;
    } catch (error) {
      logger.error({ error, card: card.cardId }, 'a card could not be drawn and was left out');
      outbox.markRefused(card.seq, 'it could not be drawn', clock.epoch());
      return null;
    }
  }

  async #settle(card: QueuedCard, result: RestResult): Promise<number> {
    const { outbox, clock, logger, onFault } = this.#ports;
    if (result.kind === 'unknown') this.#neverArrived.delete(card.seq);
    if (result.kind === 'ok') {
      this.#neverArrived.delete(card.seq);
      outbox.markSent(card.seq, messageIdOf(result.body), clock.epoch());
      this.#failures = 0;
      this.#unauthorised = 0;
      onFault(null);
      return 0;
    }
    if (result.kind === 'refused' && this.#isCardsFault(result.status)) {
      logger.error({ card: card.cardId, code: result.code, reason: result.reason }, 'discord refuses a card');
      return this.#plainly(card, result);
    }
    outbox.markFailed(card.seq, 'reason' in result ? result.reason : result.kind, clock.epoch());
    return this.#waitAfter(result);
  }

  #isCardsFault(status: number): boolean {
    return status === 400 || status === 413;
  }

  /** A card that matters goes out as words alone, once, when its full form is refused. */
  async #plainly(card: QueuedCard, refused: Extract<RestResult, { kind: 'refused' }>): Promise<number> {
    const { outbox, channel, clock } = this.#ports;
    if (card.severity !== 'info' || TOO_LARGE.has(refused.code)) {
      const { card: full } = fromBody(card.body);
      const plain = { ...full, fields: full.fields.slice(0, 10), image: null, files: [], buttons: [] };
      const footer = [full.footer, markOf(card.cardId)].filter((mark) => mark !== null).join(' · ');
      const result = await channel.post(messageJson({ ...plain, footer }), nonceOf(card.cardId));
      if (result.kind === 'ok') {
        outbox.markSent(card.seq, messageIdOf(result.body), clock.epoch());
        return 0;
      }
      if (result.kind !== 'refused' || !this.#isCardsFault(result.status)) return this.#waitAfter(result);
    }
    outbox.markRefused(card.seq, refused.reason, clock.epoch());
    return 0;
  }

  #waitAfter(result: RestResult): number {
    const { random, onFault, onUnauthorised } = this.#ports;
    this.#failures += 1;
    switch (result.kind) {
      case 'ok':
        return 0;
      case 'wait':
        return result.waitMs;
      case 'unauthorised':
        // One 401 may be a stray; a second in a row asks the gateway for the verdict.
        this.#unauthorised += 1;
        if (this.#unauthorised < 2) return 1_000;
        onUnauthorised();
        onFault('Discord refuses the token');
        return UNAUTHORISED_WAIT_MS;
      case 'refused':
        onFault(`the channel may not be written to (${result.status}/${result.code}: ${result.reason})`);
        return FORBIDDEN_WAIT_MS;
      case 'unreached':
      case 'unknown':
        onFault(result.reason);
        return backOffMs(BACK_OFF, this.#failures - 1, random);
    }
  }
}
