// Adapters, discord: a post as the outbox keeps it. Bytes become base64, so that the text is all there is.
import type { Card, CardFile, Post } from '../../ports/chat.ts';

export interface KeptPost {
  readonly card: Card;
  readonly sound: Post['sound'];
}

export function toBody({ card, sound }: KeptPost): string {
  const files = card.files.map(({ bytes, ...file }) => ({ ...file, base64: Buffer.from(bytes).toString('base64') }));
  return JSON.stringify({ sound, card: { ...card, files } });
}

/** Written by this file, so its shape is true. */
export function fromBody(body: string): KeptPost {
  const kept = JSON.parse(body) as {
    sound: Post['sound'];
    card: Omit<Card, 'files'> & { files: readonly (Omit<CardFile, 'bytes'> & { base64: string })[] };
  };
  const files = kept.card.files.map(({ base64, ...file }) => ({ ...file, bytes: new Uint8Array(Buffer.from(base64, 'base64')) }));
  return { sound: kept.sound, card: { ...kept.card, files } };
}
