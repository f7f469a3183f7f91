// Adapters, discord: where a person's request comes in. In this order and no other: seen before? who is it and may they? tell
// Discord that it was heard; write down who asked; then, and only then, the desk. Never throws: Discord must not stop trading.
import { epochMs } from '../../core/units.ts';
import type { CommandAudit } from '../../ports/audit.ts';
import type { ActionSpec, Card, ChatLanguage, ChatRank, ChatRequest, Desk, Reply } from '../../ports/chat.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Acknowledgement, Answers } from './answer.ts';
import { type AuthorityLists, mayAct, rankOf } from './authority.ts';
import type { RawButton } from './card-json.ts';
import type { ChatWord, ChatWords } from './chat-words.ts';
import { leafOf } from './command-json.ts';
import { CONFIRM_WITHIN_MS, Confirmations } from './confirmations.ts';
import { fromCustomId, toCustomId } from './custom-id.ts';
import { PersonalPace, SeenIds } from './pace.ts';
import type { Incoming } from './read-interaction.ts';
import type { RestResult } from './rest.ts';

export interface ReceptionPorts {
  readonly answers: Answers;
  readonly desk: Desk;
  readonly audit: CommandAudit;
  readonly clock: WallClock;
  readonly logger: Logger;
  readonly words: ChatWords;
  /** Of the messages that all see. */
  readonly language: ChatLanguage;
  readonly guildId: string;
  readonly lists: AuthorityLists;
  /** Requests that are carried out even where they cannot be acknowledged or written down: the way to safety. */
  readonly always: readonly string[];
  /** The answer to a request that acted could not be shown where it was asked. */
  readonly onUnshown: (interactionId: string, card: Card) => void;
  /** Somebody without the right keeps trying. */
  readonly onStranger: (user: Incoming['user'], times: number) => void;
}

type How = 'private' | 'public' | 'update';

/** What is about to be asked of the desk. */
interface Errand {
  readonly request: ChatRequest;
  readonly needed: ChatRank;
  readonly how: How;
  readonly label: string;
}

const RED = 0xd64545;
const GREY = 0x8a8f98;
const WARN_AT = 3;
/** A gateway that resumes delivers what was said minutes ago. */
const FRESH_MS = 60_000;
const MOST_STRANGERS = 1_000;
/** Past the last instant at which a click is taken, so that no button goes from under one. */
const LAPSE_GRACE_MS = 2_000;

export class Reception {
  readonly #ports: ReceptionPorts;
  readonly #seen = new SeenIds();
  readonly #pace: PersonalPace;
  readonly #confirmations: Confirmations;
  readonly #refusals = new Map<string, number>();

  constructor(ports: ReceptionPorts) {
    this.#ports = ports;
    this.#pace = new PersonalPace(() => ports.clock.now());
    this.#confirmations = new Confirmations(() => ports.clock.now());
  }

  async take(incoming: Incoming): Promise<void> {
    if (!this.#seen.first(incoming.id)) return;
    try {
      await this.#admit(incoming);
    } catch (error) {
      this.#ports.logger.error({ error, kind: incoming.kind }, 'a discord request failed');
    }
  }

  async #admit(incoming: Incoming): Promise<void> {
    const { guildId, lists } = this.#ports;
    const rank = rankOf(lists, incoming.user.id, incoming.user.roleIds);
    if (incoming.guildId !== guildId) return this.#refuse(incoming, 'wrongPlace');
    if (rank === null) return this.#refuse(incoming, 'refused');
    switch (incoming.kind) {
      case 'suggest':
        return this.#suggest(incoming, rank);
      case 'command':
        return this.#command(incoming, rank);
      case 'button':
        return this.#button(incoming, rank);
      case 'form':
        return this.#form(incoming, rank);
    }
  }

  async #suggest(incoming: Extract<Incoming, { kind: 'suggest' }>, rank: ChatRank): Promise<void> {
    const { desk, answers } = this.#ports;
    const { name, child, option, typed, beside } = incoming;
    const leaf = leafOf(desk.commands(), name, child);
    const choices =
      leaf === null || !mayAct(rank, leaf.rank)
        ? []
        : desk.suggest({ by: this.#by(incoming, rank), language: spoken(incoming), command: name, child, option, typed, beside });
    await answers.suggest(incoming, choices);
  }

  async #command(incoming: Extract<Incoming, { kind: 'command' }>, rank: ChatRank): Promise<void> {
    const { name, child, options } = incoming;
    const leaf = leafOf(this.#ports.desk.commands(), name, child);
    if (leaf === null) return this.#refuse(incoming, 'unknownAction');
    const asked = this.#asked(incoming, rank, leaf.visibility);
    await this.#run(incoming, {
      request: { ...asked, kind: 'command', name, child, options },
      needed: leaf.rank,
      how: leaf.visibility,
      label: child === null ? `/${name}` : `/${name} ${child}`,
    });
  }

  async #button(incoming: Extract<Incoming, { kind: 'button' }>, rank: ChatRank): Promise<void> {
    const id = fromCustomId(incoming.customId);
    if (id === null || id.kind === 'form') return this.#refuse(incoming, 'unknownAction');
    if (id.kind === 'confirm' || id.kind === 'cancel') return this.#secondStep(incoming, rank, id);
    const spec = this.#action(id.action);
    if (spec === null) return this.#refuse(incoming, 'unknownAction');
    const { action, args } = id;
    if (typeof spec.answer === 'object') return this.#openForm(incoming, rank, spec, args);
    const asked = this.#asked(incoming, rank, spec.answer);
    const request = { ...asked, kind: 'button', action, args } as const;
    await this.#run(incoming, { request, needed: spec.rank, how: spec.answer, label: `button:${action}` });
  }

  async #openForm(incoming: Incoming, rank: ChatRank, spec: ActionSpec, args: readonly string[]): Promise<void> {
    if (!mayAct(rank, spec.rank)) return this.#refuse(incoming, 'refused');
    const { desk, answers } = this.#ports;
    const form = desk.form({ ...this.#asked(incoming, rank, 'private'), kind: 'button', action: spec.action, args });
    await answers.form(incoming, form, toCustomId({ kind: 'form', action: spec.action, args }));
  }

  async #form(incoming: Extract<Incoming, { kind: 'form' }>, rank: ChatRank): Promise<void> {
    const id = fromCustomId(incoming.customId);
    const spec = id?.kind === 'form' ? this.#action(id.action) : null;
    if (id?.kind !== 'form' || spec === null || typeof spec.answer !== 'object') return this.#refuse(incoming, 'unknownAction');
    const { action, args } = id;
    const how = spec.answer.form;
    const request = { ...this.#asked(incoming, rank, how), kind: 'form', action, args, values: incoming.values } as const;
    await this.#run(incoming, { request, needed: spec.rank, how, label: `form:${action}` });
  }

  async #secondStep(
    incoming: Incoming,
    rank: ChatRank,
    id: { readonly kind: 'confirm' | 'cancel'; readonly nonce: string },
  ): Promise<void> {
    const taken = this.#confirmations.take(id.nonce, incoming.user.id);
    if (taken.kind === 'foreign') return this.#refuse(incoming, 'notYours');
    if (taken.kind === 'expired' || id.kind === 'cancel') {
      if ((await this.#ports.answers.deferUpdate(incoming)) !== 'acked') return;
      const word = taken.kind === 'expired' ? 'expired' : 'cancelled';
      await this.#ports.answers.show(incoming, this.#plain(this.#words(incoming, word), GREY), []);
      return;
    }
    const { action, args, rank: needed } = taken.wish;
    const request = { ...this.#asked(incoming, rank, 'update'), kind: 'confirmed', action, args } as const;
    await this.#run(incoming, { request, needed, how: 'update', label: `confirmed:${action}` });
  }

  async #run(incoming: Incoming, errand: Errand): Promise<void> {
    const always = this.#ports.always.includes(errand.label);
    if (!mayAct(errand.request.by.rank, errand.needed)) return this.#refuse(incoming, 'refused', errand);
    const hurried = !always && errand.request.kind !== 'confirmed' && !this.#pace.allows(incoming.user.id);
    if (hurried) return this.#refuse(incoming, 'tooFast', errand);
    const acknowledging = this.#acknowledge(incoming, errand.how);
    // The way to safety does not wait for Discord to have heard of it, unless the wish is an old one, delivered late.
    const atOnce = always && this.#ports.clock.epoch() - askedMs(incoming.id) <= FRESH_MS;
    const acknowledged = atOnce ? 'acked' : await acknowledging;
    if (acknowledged !== 'acked') {
      this.#ports.logger.warn(
        { asked: errand.label, acknowledged },
        'a discord request could not be acknowledged and was not carried out',
      );
      return;
    }
    const reply = await this.#carryOut(incoming, errand, always);
    await acknowledging;
    await this.#showReply(incoming, errand, reply);
  }

  #acknowledge(incoming: Incoming, how: How): Promise<Acknowledgement> {
    const { answers } = this.#ports;
    return how === 'update' ? answers.deferUpdate(incoming) : answers.defer(incoming, how);
  }

  async #carryOut(incoming: Incoming, errand: Errand, always: boolean): Promise<Reply> {
    const { audit, desk, clock, logger } = this.#ports;
    const written = this.#begin(incoming, errand);
    if (written === 'seen') return { kind: 'refused', card: this.#plain(this.#words(incoming, 'alreadyDone'), GREY) };
    if (written === 'impossible' && !always && errand.needed !== 'viewer')
      return { kind: 'refused', card: this.#plain(this.#words(incoming, 'noAudit'), RED) };
    try {
      const reply = await desk.answer(errand.request);
      audit.finish(incoming.id, reply.kind === 'refused' ? 'failed' : 'done', reply.card.title, clock.epoch());
      return reply;
    } catch (error) {
      logger.error({ error, asked: errand.label }, 'a discord request failed');
      audit.finish(incoming.id, 'failed', error instanceof Error ? error.message : String(error), clock.epoch());
      return { kind: 'refused', card: this.#plain(this.#words(incoming, 'failed'), RED) };
    }
  }

  #begin(incoming: Incoming, errand: Errand): 'new' | 'seen' | 'impossible' {
    try {
      return this.#ports.audit.begin(this.#auditRequest(incoming, errand)).kind;
    } catch (error) {
      this.#ports.logger.error({ error, asked: errand.label }, 'a discord request could not be written down');
      return 'impossible';
    }
  }

  async #showReply(incoming: Incoming, errand: Errand, reply: Reply): Promise<void> {
    const { answers, logger, onUnshown } = this.#ports;
    const shown = reply.kind === 'confirm' ? await this.#askAgain(incoming, reply) : await answers.show(incoming, reply.card, []);
    if (shown.kind === 'ok') return;
    logger.warn({ asked: errand.label, shown: shown.kind }, 'the answer to a discord request could not be shown');
    if (reply.kind === 'card' && errand.needed !== 'viewer') onUnshown(incoming.id, reply.card);
  }

  /** The second step; its buttons go when its time is over. */
  async #askAgain(incoming: Incoming, reply: Extract<Reply, { kind: 'confirm' }>): Promise<RestResult> {
    const { answers, clock } = this.#ports;
    const { action, args, rank } = reply;
    const nonce = this.#confirmations.offer({ userId: incoming.user.id, action, args, rank });
    clock.after(CONFIRM_WITHIN_MS + LAPSE_GRACE_MS, () => {
      if (this.#confirmations.lapse(nonce)) void answers.show(incoming, this.#plain(this.#words(incoming, 'expired'), GREY), []);
    });
    return answers.show(incoming, this.#withDeadline(incoming, reply.card), [this.#secondStepButtons(incoming, nonce)]);
  }

  #secondStepButtons(incoming: Incoming, nonce: string): readonly RawButton[] {
    const yes = {
      customId: toCustomId({ kind: 'confirm', nonce }),
      label: this.#words(incoming, 'confirm'),
      style: 'danger',
    } as const;
    const no = {
      customId: toCustomId({ kind: 'cancel', nonce }),
      label: this.#words(incoming, 'cancel'),
      style: 'secondary',
    } as const;
    return [
      { ...yes, state: 'on' },
      { ...no, state: 'on' },
    ];
  }

  #withDeadline(incoming: Incoming, card: Card): Card {
    const deadline = this.#words(incoming, 'confirmWithin', { seconds: CONFIRM_WITHIN_MS / 1_000 });
    return { ...card, buttons: [], footer: card.footer === null ? deadline : `${card.footer} · ${deadline}` };
  }

  async #refuse(incoming: Incoming, word: ChatWord, errand?: Errand): Promise<void> {
    const { answers, audit, onStranger } = this.#ports;
    if (incoming.kind === 'suggest') {
      await answers.suggest(incoming, []);
      return;
    }
    audit.refuse(this.#auditRequest(incoming, errand), word);
    if (word === 'refused' || word === 'wrongPlace') {
      const times = (this.#refusals.get(incoming.user.id) ?? 0) + 1;
      if (this.#refusals.size >= MOST_STRANGERS) this.#refusals.clear();
      this.#refusals.set(incoming.user.id, times);
      if (times === WARN_AT) onStranger(incoming.user, times);
    }
    await answers.tell(incoming, {
      ...this.#plain(this.#words(incoming, word), RED),
      title: this.#words(incoming, 'refusedTitle'),
    });
  }

  #auditRequest(incoming: Incoming, errand?: Errand) {
    const asked = errand?.request;
    const args = asked === undefined ? {} : asked.kind === 'command' ? asked.options : { args: asked.args };
    return {
      interactionId: incoming.id,
      userId: incoming.user.id,
      userName: incoming.user.name,
      name: errand?.label ?? labelOf(incoming),
      args: JSON.stringify(asked?.kind === 'form' ? { ...args, ...asked.values } : args),
      at: this.#ports.clock.epoch(),
    };
  }

  #action(action: string): ActionSpec | null {
    return this.#ports.desk.actions().find((spec) => spec.action === action) ?? null;
  }

  #by({ user }: Incoming, rank: ChatRank) {
    return { id: user.id, name: user.name, rank };
  }

  /** A shared message never changes its language because of who pressed a button on it. */
  #asked(incoming: Incoming, rank: ChatRank, how: How) {
    const shared = how === 'public' || (how === 'update' && incoming.seenBy === 'all');
    const language = shared ? this.#ports.language : spoken(incoming);
    return { interactionId: incoming.id, by: this.#by(incoming, rank), language, atMs: epochMs(this.#ports.clock.epoch()) };
  }

  #words(incoming: Incoming, word: ChatWord, values?: Readonly<Record<string, string | number>>): string {
    return this.#ports.words(spoken(incoming), word, values);
  }

  #plain(title: string, colour: number): Card {
    return { title, description: null, colour, fields: [], footer: null, atMs: null, image: null, buttons: [], files: [] };
  }
}

/** An id of Discord carries its instant. */
const askedMs = (id: string): number => Number(BigInt(id) >> 22n) + 1_420_070_400_000;

const spoken = ({ locale }: Incoming): ChatLanguage => (locale.startsWith('zh') ? 'zh-TW' : 'en');

function labelOf(incoming: Incoming): string {
  switch (incoming.kind) {
    case 'command':
    case 'suggest':
      return `/${incoming.name}${incoming.child === null ? '' : ` ${incoming.child}`}`;
    case 'button':
    case 'form':
      return `${incoming.kind}:${incoming.customId.split('|')[1] ?? ''}`;
  }
}
