// App: the chat beside a session. Opened when a DISCORD_TOKEN is set; whatever becomes of it, trading goes on: a token that is
// refused, a Discord that is away or a full disk end in a state that is told, never in an exception.

import type { Chat, ChatOptions, ChatPorts } from '../adapters/discord/chat.ts';
import { redactor } from '../adapters/log/redact.ts';
import { SeededRandom } from '../core/random.ts';
import { type EpochMs, epochMs } from '../core/units.ts';
import type { CommandAudit } from '../ports/audit.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { Bot } from './assemble.ts';
import type { ChatContext, ChatHouse } from './chat-house.ts';
import { type Settings, secretsOf } from './config.ts';
import { openHouse } from './discord/house.ts';
import { textIn } from './text/catalogue.ts';

export interface OpenChat {
  readonly house: ChatHouse;
  /** Null while people can be reached, else why they cannot. */
  fault(): string | null;
  /** Gives waiting cards a moment; what is left goes out at the next start. */
  close(): Promise<void>;
}

type Beside = Omit<ChatContext, 'outlet'> & { readonly notifier: Notifier };

/** Carried out even where Discord cannot be told and the audit cannot be written. */
const ALWAYS = ['/panic', 'button:panic'];
const LAST_CARDS_MS = 3_000;
const NOBODY = 'restart';

/** `build` is the house that people meet; null without a token, or where it could not be opened. */
export async function openChat(beside: Beside, build: typeof openHouse = openHouse): Promise<OpenChat | null> {
  if (beside.settings.DISCORD_TOKEN === '') return null;
  try {
    return await opened(beside, build);
  } catch (error) {
    beside.logger.error({ error }, 'the chat could not be opened; trading goes on without it');
    return null;
  }
}

async function opened(beside: Beside, build: typeof openHouse): Promise<OpenChat> {
  const { settings, logger, notifier, store } = beside;
  // discord.js is large: a start without a token must not pay for it.
  const { Chat: ChatRoom } = await import('../adapters/discord/chat.ts');
  const chat: Chat = new ChatRoom(optionsOf(settings), { ...portsOf(beside), outbox: store.outbox, audit: store.audit });
  resumeUnfinished(store.audit, beside.bot, beside.wallClock.epoch());
  const house = build({ ...beside, outlet: chat });
  if (settings.DISCORD_CHANNEL_ID === '')
    logger.warn({}, 'DISCORD_CHANNEL_ID is empty: the bot answers, but tells nothing by itself');
  notifier.publish({ event: 'discord', at: marketNow(beside), state: 'connecting', reason: null });
  const release = catchStrays(logger);
  chat.start(house.desk);
  return {
    house,
    fault: () => {
      const { state, reason } = chat.health();
      return state === 'ready' ? null : `Discord is not connected (${reason ?? state}): nobody could answer`;
    },
    close: async () => {
      await closed(house, chat, logger);
      release();
    },
  };
}

/** The last net: a rejection that discord.js itself left unhandled must not end the process that trades. */
function catchStrays(logger: ChatContext['logger']): () => void {
  const onStray = (error: unknown): void => {
    if (!(error instanceof Error) || !/node_modules\/(@discordjs|discord\.js)\//.test(error.stack ?? '')) throw error;
    logger.error({ error }, 'discord.js left an error unhandled');
  };
  process.on('unhandledRejection', onStray);
  return () => process.off('unhandledRejection', onStray);
}

async function closed(house: ChatHouse, chat: Chat, logger: ChatContext['logger']): Promise<void> {
  try {
    await house.herald.flush();
    await chat.flush(LAST_CARDS_MS);
    await chat.stop();
    await house.close();
  } catch (error) {
    logger.error({ error }, 'the chat did not close in good order');
  }
}

const optionsOf = (settings: Settings): ChatOptions => ({
  token: settings.DISCORD_TOKEN,
  apiUrl: settings.DISCORD_API_URL === '' ? null : settings.DISCORD_API_URL,
  guildId: settings.DISCORD_GUILD_ID,
  channelId: settings.DISCORD_CHANNEL_ID === '' ? null : settings.DISCORD_CHANNEL_ID,
  lists: { viewer: settings.DISCORD_VIEWER_IDS, trader: settings.DISCORD_TRADER_IDS, admin: settings.DISCORD_ADMIN_IDS },
  language: settings.APP_LANG,
  always: ALWAYS,
});

function portsOf(beside: Beside): Omit<ChatPorts, 'outbox' | 'audit'> {
  const { settings, logger, wallClock, notifier } = beside;
  const at = () => marketNow(beside);
  const stranger = (user: { readonly id: string }, times: number): void =>
    notifier.publish({
      event: 'alarm',
      at: at(),
      severity: 'warning',
      code: 'stranger',
      text: `Discord user ${user.id} was refused ${times} times`,
    });
  return {
    clock: wallClock,
    random: new SeededRandom(Math.floor(wallClock.epoch())),
    logger,
    words: (language, word, values) => textIn(language)(`chat.${word}`, values),
    redact: redactor(secretsOf(settings)),
    onState: (state, reason) => {
      // The end of a run is told by its last line, `stopped`.
      if (state !== 'connecting' && state !== 'stopped') notifier.publish({ event: 'discord', at: at(), state, reason });
    },
    onRegistered: (outcome) => logger.info({ outcome }, 'discord commands'),
    onStranger: stranger,
  };
}

/** Before the venue's clock was heard, where market time stood when we came. */
const marketNow = ({ opened }: Beside): EpochMs => epochMs(Math.max(opened.venue.clock.now(), opened.startedMs));

/**
 * What a person asked for before the process ended, with an unknown effect. Panic is carried out again, since it was meant and does
 * no harm twice; everything else is left for the person to ask again.
 */
function resumeUnfinished(audit: CommandAudit, bot: Bot, at: EpochMs): void {
  for (const { interactionId, name } of audit.running()) {
    const again = ALWAYS.includes(name);
    if (again) bot.queue.push({ kind: 'command', command: { kind: 'panic' }, by: NOBODY });
    audit.finish(
      interactionId,
      again ? 'done' : 'failed',
      again ? 'carried out again at the next start' : 'the process ended',
      at,
    );
  }
}
