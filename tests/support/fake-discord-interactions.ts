// What people do in the fake Discord, as the frames that Discord sends for it.
import { randomBytes } from 'node:crypto';
import type { Json } from './fake-discord-limits.ts';
import { type FakeStore, IDS, type StoredInteraction } from './fake-discord-store.ts';

export type Press = {
  readonly userId: string;
  readonly roleIds?: readonly string[];
  readonly locale?: string;
  /** Another guild than ours. */
  readonly guildId?: string;
} & (
  | {
      readonly kind: 'command';
      readonly name: string;
      readonly child?: string;
      readonly options?: Readonly<Record<string, string | number>>;
    }
  | {
      readonly kind: 'typing';
      readonly name: string;
      readonly child?: string;
      readonly option: string;
      readonly typed: string;
      /** What stands in the other options. */
      readonly beside?: Readonly<Record<string, string>>;
    }
  /** On a message of the channel, or on the answer to an earlier interaction. */
  | { readonly kind: 'button'; readonly customId: string; readonly on: 'shared' | 'ephemeral'; readonly messageId?: string }
  | { readonly kind: 'form'; readonly customId: string; readonly values: Readonly<Record<string, string>> }
);

const TYPES = { command: 2, button: 3, typing: 4, form: 5 } as const;

function optionJson(name: string, value: string | number): Json {
  return { name, type: typeof value === 'number' ? 4 : 3, value };
}

function nested(child: string | undefined, options: readonly Json[]): readonly Json[] {
  return child === undefined ? options : [{ name: child, type: 1, options }];
}

function dataOf(press: Press, store: FakeStore): Json {
  switch (press.kind) {
    case 'command': {
      const options = Object.entries(press.options ?? {}).map(([name, value]) => optionJson(name, value));
      return { id: store.snowflake(), name: press.name, type: 1, guild_id: IDS.guild, options: nested(press.child, options) };
    }
    case 'typing': {
      const option = { ...optionJson(press.option, press.typed), focused: true };
      const beside = Object.entries(press.beside ?? {}).map(([name, value]) => optionJson(name, value));
      return {
        id: store.snowflake(),
        name: press.name,
        type: 1,
        guild_id: IDS.guild,
        options: nested(press.child, [...beside, option]),
      };
    }
    case 'button':
      return { custom_id: press.customId, component_type: 2 };
    case 'form':
      return {
        custom_id: press.customId,
        components: Object.entries(press.values).map(([id, value]) => ({
          type: 18,
          component: { type: 4, custom_id: id, value },
        })),
      };
  }
}

export function interactionJson(
  store: FakeStore,
  press: Press,
): { readonly interaction: StoredInteraction; readonly frame: Json } {
  const messageId = press.kind === 'button' ? (press.messageId ?? store.snowflake()) : null;
  const interaction: StoredInteraction = {
    id: store.snowflake(),
    token: `aW50ZXJhY3Rpb24${randomBytes(24).toString('hex')}`,
    kind: TYPES[press.kind],
    userId: press.userId,
    sentMs: store.now(),
    messageId,
    ackMs: null,
    ackType: null,
    ephemeral: false,
    shown: null,
    choices: null,
    form: null,
    edits: 0,
  };
  store.interactions.set(interaction.id, interaction);
  const user = { id: press.userId, username: 'person', discriminator: '0', avatar: null, global_name: null };
  const message =
    press.kind !== 'button'
      ? {}
      : {
          message: {
            id: messageId,
            channel_id: IDS.channel,
            flags: press.on === 'ephemeral' ? 64 : 0,
            author: { id: IDS.application, username: 'perpscout' },
            embeds: [],
            components: [],
          },
        };
  const frame = {
    id: interaction.id,
    application_id: IDS.application,
    type: interaction.kind,
    token: interaction.token,
    version: 1,
    guild_id: press.guildId ?? IDS.guild,
    guild: { id: press.guildId ?? IDS.guild, locale: 'zh-TW', features: [] },
    channel_id: IDS.channel,
    channel: { id: IDS.channel, type: 0 },
    member: {
      user,
      roles: press.roleIds ?? [],
      permissions: '0',
      joined_at: '2026-01-01T00:00:00.000Z',
      deaf: false,
      mute: false,
      flags: 0,
    },
    locale: press.locale ?? 'zh-TW',
    guild_locale: 'zh-TW',
    entitlements: [],
    authorizing_integration_owners: { '0': IDS.guild },
    context: 0,
    attachment_size_limit: 10_485_760,
    app_permissions: '2147483647',
    data: dataOf(press, store),
    ...message,
  };
  return { interaction, frame };
}
