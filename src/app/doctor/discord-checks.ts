// App, `perpscout doctor`: may the bot speak in Discord? Discord that is away stops no trading, so it stops no start either.
import { inspectDiscord } from '../../adapters/discord/inspect.ts';
import type { Settings } from '../config.ts';
import { bad, type Finding, ok, skipped, warning } from './finding.ts';

export async function checkDiscord(settings: Settings): Promise<Finding[]> {
  if (settings.DISCORD_TOKEN === '') return [skipped('discord', 'DISCORD_TOKEN')];
  const found = await inspectDiscord({
    token: settings.DISCORD_TOKEN,
    apiUrl: settings.DISCORD_API_URL,
    guildId: settings.DISCORD_GUILD_ID,
    channelId: settings.DISCORD_CHANNEL_ID,
  });
  switch (found.kind) {
    case 'unreachable':
      return [warning('discord', found.reason, 'discordUnreachable')];
    case 'refused':
      return [bad('discord', found.reason, found.status === 401 ? 'discordToken' : 'discordPlace', 78)];
    case 'reached': {
      const { missingRights: missing, commands, name } = found;
      return [
        ok('discord', `@${name}`),
        missing.length === 0 ? ok('discord', '✓') : bad('discord', `∅ ${missing.join(' ')}`, 'discordRights', 78),
        commands > 0 ? ok('discord', `${commands} commands`) : warning('discord', '0 commands', 'discordCommands'),
      ];
    }
  }
}
