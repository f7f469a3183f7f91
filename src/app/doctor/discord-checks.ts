// App, `perpscout doctor`: may the bot speak in Discord? Token, guild, channel, rights and commands, each asked of Discord itself.
import { DiscordAPIError, PermissionFlagsBits, REST, Routes } from 'discord.js';
import { z } from 'zod';
import type { Settings } from '../config.ts';
import { bad, type Finding, ok, skipped, warning } from './finding.ts';

const TIMEOUT_MS = 10_000;
const NEEDED = ['ViewChannel', 'SendMessages', 'EmbedLinks', 'AttachFiles', 'ReadMessageHistory'] as const;

const userSchema = z.looseObject({ id: z.string(), username: z.string() });
const memberSchema = z.looseObject({ roles: z.array(z.string()) });
const roleSchema = z.looseObject({ id: z.string(), permissions: z.string() });
const channelSchema = z.looseObject({
  permission_overwrites: z.array(z.looseObject({ id: z.string(), allow: z.string(), deny: z.string() })).default([]),
});
const commandSchema = z.looseObject({ name: z.string() });

export async function checkDiscord(settings: Settings): Promise<Finding[]> {
  const { DISCORD_TOKEN: token, DISCORD_API_URL: api, DISCORD_GUILD_ID: guild, DISCORD_CHANNEL_ID: channel } = settings;
  if (token === '') return [skipped('discord', 'DISCORD_TOKEN')];
  const rest = new REST({ timeout: TIMEOUT_MS, retries: 1, ...(api === '' ? {} : { api }) }).setToken(token);
  const findings: Finding[] = [];
  try {
    const me = userSchema.parse(await rest.get(Routes.user()));
    findings.push(ok('discord', `@${me.username}`));
    findings.push(await checkRights(rest, { guild, channel, user: me.id }));
    const commands = z.array(commandSchema).parse(await rest.get(Routes.applicationGuildCommands(me.id, guild)));
    const found = `${commands.length} commands`;
    findings.push(commands.length > 0 ? ok('discord', found) : warning('discord', found, 'discordCommands'));
  } catch (error) {
    findings.push(refused(error));
  }
  return findings;
}

/** Discord that is away stops no trading, so it does not stop a start either. */
function refused(error: unknown): Finding {
  if (error instanceof DiscordAPIError)
    return bad('discord', place(error), error.status === 401 ? 'discordToken' : 'discordPlace', 78);
  return warning('discord', error instanceof Error ? error.message : 'unreadable answer', 'discordUnreachable');
}

const place = (error: DiscordAPIError): string => `${error.status} ${error.message} (${error.code})`;

interface Place {
  readonly guild: string;
  readonly channel: string;
  readonly user: string;
}

/** Roles first, then what the channel denies and allows: everyone, roles together, the member last (Discord's own order). */
async function checkRights(rest: REST, { guild, channel, user }: Place): Promise<Finding> {
  const member = memberSchema.parse(await rest.get(Routes.guildMember(guild, user)));
  const roles = z.array(roleSchema).parse(await rest.get(Routes.guildRoles(guild)));
  const { permission_overwrites: overwrites } = channelSchema.parse(await rest.get(Routes.channel(channel)));
  const held = [guild, ...member.roles];
  let rights = roles.filter(({ id }) => held.includes(id)).reduce((all, role) => all | BigInt(role.permissions), 0n);
  if ((rights & PermissionFlagsBits.Administrator) !== 0n) return ok('discord', 'Administrator');
  for (const ids of [[guild], member.roles, [user]]) {
    const own = overwrites.filter(({ id }) => ids.includes(id));
    for (const { deny } of own) rights &= ~BigInt(deny);
    for (const { allow } of own) rights |= BigInt(allow);
  }
  const missing = NEEDED.filter((name) => (rights & PermissionFlagsBits[name]) === 0n);
  return missing.length === 0 ? ok('discord', NEEDED.join(' ')) : bad('discord', `∅ ${missing.join(' ')}`, 'discordRights', 78);
}
