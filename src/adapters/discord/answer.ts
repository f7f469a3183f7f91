// Adapters, discord: the ways to answer one interaction. The acknowledgement is the first thing that happens and is tried until
// Discord has it or the three seconds are over; everything else edits what it left.
import { InteractionResponseType, MessageFlags } from 'discord.js';
import type { Card, CardChoice, Form } from '../../ports/chat.ts';
import type { WallClock } from '../../ports/clock.ts';
import { messageJson, type RawButton } from './card-json.ts';
import { formJson } from './form-json.ts';
import type { Incoming } from './read-interaction.ts';
import type { DiscordRest, RestResult } from './rest.ts';

export type Acknowledgement =
  | 'acked'
  /** The three seconds were over: the person saw a failure, so nothing is done. */
  | 'late'
  | 'unreachable';

const FIRST_ANSWER_MS = 2_800;
const ONE_TRY_MS = 1_500;
const RETRY_PAUSE_MS = 50;
const UNKNOWN_INTERACTION = 10062;
const ALREADY_ACKNOWLEDGED = 40060;
const MAX_SUGGESTIONS = 25;
const SUGGESTION_LENGTH = 95;
const EDIT_TRIES = 4;

export class Answers {
  readonly #rest: DiscordRest;
  readonly #clock: WallClock;

  constructor(rest: DiscordRest, clock: WallClock) {
    this.#rest = rest;
    this.#clock = clock;
  }

  /** "Thinking", for one person or for all; which of the two is final. */
  defer(incoming: Incoming, visibility: 'private' | 'public'): Promise<Acknowledgement> {
    const flags = visibility === 'private' ? MessageFlags.Ephemeral : 0;
    return this.#first(incoming, { type: InteractionResponseType.DeferredChannelMessageWithSource, data: { flags } });
  }

  deferUpdate(incoming: Incoming): Promise<Acknowledgement> {
    return this.#first(incoming, { type: InteractionResponseType.DeferredMessageUpdate });
  }

  form(incoming: Incoming, form: Form, customId: string): Promise<Acknowledgement> {
    return this.#first(incoming, { type: InteractionResponseType.Modal, data: formJson(form, customId) });
  }

  /** A word to one person, at once. */
  tell(incoming: Incoming, card: Card): Promise<Acknowledgement> {
    const data = { ...messageJson(card).body, flags: MessageFlags.Ephemeral };
    return this.#first(incoming, { type: InteractionResponseType.ChannelMessageWithSource, data });
  }

  suggest(incoming: Incoming, choices: readonly CardChoice[]): Promise<Acknowledgement> {
    const fitting = choices
      .filter(({ name, value }) => name !== '' && value !== '' && value.length <= SUGGESTION_LENGTH)
      .slice(0, MAX_SUGGESTIONS)
      .map(({ name, value }) => ({ name: name.slice(0, SUGGESTION_LENGTH), value }));
    return this.#first(incoming, {
      type: InteractionResponseType.ApplicationCommandAutocompleteResult,
      data: { choices: fitting },
    });
  }

  /** Replaces what the acknowledgement left; an edit may be repeated without harm. */
  async show(incoming: Incoming, card: Card, rows: readonly (readonly RawButton[])[]): Promise<RestResult> {
    const { body, files } = messageJson(card, rows);
    const path: `/${string}` = `/webhooks/${incoming.applicationId}/${incoming.token}/messages/@original`;
    let result: RestResult = { kind: 'unknown', reason: 'not tried' };
    for (let attempt = 0; attempt < EDIT_TRIES; attempt++) {
      result = await this.#rest.send({ method: 'PATCH', path, body, files, auth: 'none' });
      if (result.kind === 'ok' || result.kind === 'refused' || result.kind === 'unauthorised') return result;
      await this.#sleep(result.kind === 'wait' ? result.waitMs : 250 * 2 ** attempt);
    }
    return result;
  }

  async #first(incoming: Incoming, body: Readonly<Record<string, unknown>>): Promise<Acknowledgement> {
    const path: `/${string}` = `/interactions/${incoming.id}/${incoming.token}/callback`;
    const beganMs = this.#clock.now();
    for (;;) {
      const call = { method: 'POST', path, body, auth: 'none', query: { with_response: 'false' }, withinMs: ONE_TRY_MS } as const;
      const result = await this.#rest.send(call);
      if (result.kind === 'ok') return 'acked';
      if (result.kind === 'refused' && result.code === ALREADY_ACKNOWLEDGED) return 'acked';
      if (result.kind === 'refused') return result.code === UNKNOWN_INTERACTION ? 'late' : 'unreachable';
      const waitMs = result.kind === 'wait' ? result.waitMs : RETRY_PAUSE_MS;
      if (this.#clock.now() - beganMs + waitMs > FIRST_ANSWER_MS) return 'unreachable';
      await this.#sleep(waitMs);
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.after(ms, resolve));
  }
}
