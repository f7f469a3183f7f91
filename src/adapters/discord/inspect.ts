// Adapters, discord: may the bot speak there? Token, guild, channel, rights and commands, each asked of Discord itself.
import { DiscordAPIError, PermissionFlagsBits, REST, Routes } from 'discord.js';
import { z } from 'zod';

const TIMEOUT_MS = 10_000;
const NEEDED = ['ViewChannel', 'SendMessages', 'EmbedLinks', 'AttachFiles', 'ReadMessageHistory'] as const;

const userSchema = z.looseObject({ id: z.string(), username: z.string() });
const memberSchema = z.looseObject({ roles: z.array(z.string()) });
const roleSchema = z.looseObject({ id: z.string(), permissions: z.string() });
const channelSchema = z.looseObject({
  permission_overwrites: z.array(z.looseObject({ id: z.string(), allow: z.string(), deny: z.string() })).default([]),
});
const commandSchema = z.looseObject({ name: z.string() });

export interface ChatPlace {
  readonly token: string;
  /** Empty = Discord's own. */
  readonly apiUrl: string;
  readonly guildId: string;
  readonly channelId: string;
}

export type ChatInspection =
  | { readonly kind: 'reached'; readonly name: string; readonly missingRights: readonly string[]; readonly commands: number }
  /** Discord answered and refused: a bad token (401), or a guild or channel that is not there for us. */
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly reason: string };

export async function inspectDiscord({ token, apiUrl, guildId, channelId }: ChatPlace): Promise<ChatInspection> {
  const rest = new REST({ timeout: TIMEOUT_MS, retries: 1, ...(apiUrl === '' ? {} : { api: apiUrl }) }).setToken(token);
  try {
    const me = userSchema.parse(await rest.get(Routes.user()));
    const missingRights = await readMissingRights(rest, { guildId, channelId, userId: me.id });
    const commands = z.array(commandSchema).parse(await rest.get(Routes.applicationGuildCommands(me.id, guildId)));
    return { kind: 'reached', name: me.username, missingRights, commands: commands.length };
  } catch (error) {
    if (error instanceof DiscordAPIError)
      return { kind: 'refused', status: error.status, reason: `${error.status} ${error.message} (${error.code})` };
    return { kind: 'unreachable', reason: error instanceof Error ? error.message : 'unreadable answer' };
  }
}

interface Place {
  readonly guildId: string;
  readonly channelId: string;
  readonly userId: string;
}

/** Roles first, then what the channel denies and allows: everyone, roles together, the member last (Discord's own order). */
async function readMissingRights(rest: REST, { guildId, channelId, userId }: Place): Promise<string[]> {
  const member = memberSchema.parse(await rest.get(Routes.guildMember(guildId, userId)));
  const roles = z.array(roleSchema).parse(await rest.get(Routes.guildRoles(guildId)));
  const { permission_overwrites: overwrites } = channelSchema.parse(await rest.get(Routes.channel(channelId)));
  const held = [guildId, ...member.roles];
  let rights = roles.filter(({ id }) => held.includes(id)).reduce((all, role) => all | BigInt(role.permissions), 0n);
  if ((rights & PermissionFlagsBits.Administrator) !== 0n) return [];
  for (const ids of [[guildId], member.roles, [userId]]) {
    const own = overwrites.filter(({ id }) => ids.includes(id));
    for (const { deny } of own) rights &= ~BigInt(deny);
    for (const { allow } of own) rights |= BigInt(allow);
  }
  return NEEDED.filter((name) => (rights & PermissionFlagsBits[name]) === 0n);
}
