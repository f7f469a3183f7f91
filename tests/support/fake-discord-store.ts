// What the fake Discord knows: one guild, one channel, messages, commands, interactions and everything it was asked.
import type { Json } from './fake-discord-limits.ts';

const DISCORD_EPOCH_MS = 1_420_070_400_000;

export const IDS = {
  application: '200000000000000001',
  guild: '300000000000000001',
  channel: '400000000000000001',
  everyone: '300000000000000001',
} as const;

export interface StoredFile {
  readonly name: string;
  readonly data: Buffer;
}

export interface StoredMessage {
  readonly id: string;
  readonly channelId: string;
  readonly at: number;
  body: Json;
  files: readonly StoredFile[];
  edits: number;
  readonly nonce: string | null;
}

export interface StoredInteraction {
  readonly id: string;
  readonly token: string;
  readonly kind: number;
  readonly userId: string;
  readonly sentMs: number;
  /** The message that a button stands on. */
  readonly messageId: string | null;
  ackMs: number | null;
  ackType: number | null;
  ephemeral: boolean;
  /** What the person sees at last. */
  shown: { readonly body: Json; readonly files: readonly StoredFile[]; readonly atMs: number } | null;
  choices: readonly Json[] | null;
  form: Json | null;
  edits: number;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly atMs: number;
  readonly status: number | 'dropped';
}

export class FakeStore {
  readonly messages: StoredMessage[] = [];
  readonly interactions = new Map<string, StoredInteraction>();
  readonly asked: Asked[] = [];
  readonly leaks: string[] = [];
  guildCommands: readonly Json[] = [];
  globalCommands: readonly Json[] = [];
  readonly now: () => number;
  #counter = 0n;

  constructor(now: () => number) {
    this.now = now;
  }

  snowflake(): string {
    this.#counter += 1n;
    return String((BigInt(Math.max(0, Math.floor(this.now() - DISCORD_EPOCH_MS))) << 22n) | (this.#counter & 0x3fffffn));
  }

  byToken(token: string): StoredInteraction | undefined {
    return [...this.interactions.values()].find((interaction) => interaction.token === token);
  }

  /** As Discord shows a message to whoever asks over REST. */
  messageJson({ id, channelId, at, body, files }: StoredMessage): Json {
    return {
      id,
      channel_id: channelId,
      author: { id: IDS.application, username: 'perpscout', discriminator: '0', avatar: null, bot: true },
      content: '',
      timestamp: new Date(at).toISOString(),
      edited_timestamp: null,
      tts: false,
      mention_everyone: false,
      mentions: [],
      mention_roles: [],
      pinned: false,
      type: 0,
      embeds: [],
      components: [],
      ...body,
      attachments: files.map((file, index) => ({ id: String(index), filename: file.name, size: file.data.length })),
    };
  }
}
