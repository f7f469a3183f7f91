// Adapters, discord: one channel of messages: post, edit, and look whether a card is there already.
import type { Outgoing } from './card-json.ts';
import type { DiscordRest, RestResult } from './rest.ts';

export type Found =
  | { readonly kind: 'found'; readonly messageId: string }
  | { readonly kind: 'absent' }
  /** The history may not be read: an empty answer is what Discord gives then. */
  | { readonly kind: 'hidden' }
  | { readonly kind: 'failed'; readonly result: RestResult };

/** How far back a card is looked for. */
const LOOK_BACK = 50;

export const messageIdOf = (body: unknown): string | null =>
  typeof body === 'object' && body !== null && 'id' in body && typeof body.id === 'string' ? body.id : null;

export class Channel {
  readonly #rest: DiscordRest;
  readonly #path: `/${string}`;

  constructor(rest: DiscordRest, channelId: string) {
    this.#rest = rest;
    this.#path = `/channels/${channelId}/messages`;
  }

  /** The same nonce within two minutes is the same message, however often it is sent. */
  post({ body, files }: Outgoing, nonce: string): Promise<RestResult> {
    return this.#rest.send({
      method: 'POST',
      path: this.#path,
      body: { ...body, nonce, enforce_nonce: true },
      files,
      auth: 'bot',
    });
  }

  edit(messageId: string, { body, files }: Outgoing): Promise<RestResult> {
    return this.#rest.send({ method: 'PATCH', path: `${this.#path}/${messageId}`, body, files, auth: 'bot' });
  }

  remove(messageId: string): Promise<RestResult> {
    return this.#rest.send({ method: 'DELETE', path: `${this.#path}/${messageId}`, auth: 'bot' });
  }

  /** A message of ours whose footer ends with this mark. */
  async find(mark: string): Promise<Found> {
    const result = await this.#rest.send({ method: 'GET', path: this.#path, query: { limit: String(LOOK_BACK) }, auth: 'bot' });
    if (result.kind === 'refused' && (result.code === 50001 || result.code === 50013)) return { kind: 'hidden' };
    if (result.kind !== 'ok' || !Array.isArray(result.body)) return { kind: 'failed', result };
    if (result.body.length === 0) return { kind: 'hidden' };
    const message = result.body.find((candidate) => footersOf(candidate).some((text) => text.endsWith(mark)));
    const messageId = messageIdOf(message);
    return messageId === null ? { kind: 'absent' } : { kind: 'found', messageId };
  }
}

function footersOf(message: unknown): string[] {
  if (typeof message !== 'object' || message === null || !('embeds' in message) || !Array.isArray(message.embeds)) return [];
  return message.embeds.map((embed: { footer?: { text?: string } }) => embed.footer?.text ?? '');
}
