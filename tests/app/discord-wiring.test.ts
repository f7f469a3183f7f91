import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock/system.ts';
import { forgetfulPeopleStore, type PeopleStore } from '../../src/adapters/journal/people-store.ts';
import type { Bot } from '../../src/app/assemble.ts';
import { loadSettings } from '../../src/app/config.ts';
import { type OpenChat, openChat } from '../../src/app/discord-wiring.ts';
import { NoticeFan } from '../../src/app/notice-fan.ts';
import type { OpenedVenue } from '../../src/app/venue.ts';
import type { LoopEvent } from '../../src/core/events.ts';
import type { Notice } from '../../src/core/notice.ts';
import { epochMs } from '../../src/core/units.ts';
import type { History } from '../../src/ports/history.ts';
import { PEOPLE, WatchedDesk } from '../support/chat-bench.ts';
import { rememberingLogger } from '../support/fake-clocks.ts';
import { FakeDiscord } from '../support/fake-discord.ts';
import { IDS } from '../support/fake-discord-store.ts';

describe('the chat beside a session', () => {
  let fake: FakeDiscord;
  let chat: OpenChat | null = null;
  const notices: Notice[] = [];
  const queued: LoopEvent[] = [];
  beforeEach(async () => {
    fake = await FakeDiscord.start();
    notices.length = 0;
    queued.length = 0;
  });
  afterEach(async () => {
    await chat?.close();
    chat = null;
    await fake.close();
  });

  const open = (environment: Readonly<Record<string, string>>, store: PeopleStore = forgetfulPeopleStore()) => {
    const logger = rememberingLogger();
    const listener = { publish: (notice: Notice) => void notices.push(notice), flush: async () => undefined };
    // Of bot and venue the wiring itself needs these.
    const bot = { queue: { push: (event: LoopEvent) => void queued.push(event) } } as unknown as Bot;
    const opened = { venue: { clock: { now: () => epochMs(0) } }, startedMs: 1_000, speed: 1 } as unknown as OpenedVenue;
    const settings = loadSettings(environment, 'no-such-file');
    const notifier = new NoticeFan(listener, logger);
    const history = {} as unknown as History;
    const beside = { settings, version: '0', bot, opened, store, notifier, logger, history, wallClock: systemClock };
    const herald = { publish: () => undefined, flush: async () => undefined };
    return openChat(beside, () => ({ desk: new WatchedDesk(), herald, onMinute: () => undefined, close: async () => undefined }));
  };
  const token = () => ({
    DISCORD_TOKEN: fake.token,
    DISCORD_API_URL: fake.apiUrl,
    DISCORD_GUILD_ID: IDS.guild,
    DISCORD_CHANNEL_ID: IDS.channel,
    DISCORD_ADMIN_IDS: PEOPLE.admin,
  });
  const states = () => notices.filter(({ event }) => event === 'discord').map((notice) => notice['state']);

  it('is absent without a token', async () => {
    expect(await open({})).toBeNull();
    expect(notices).toEqual([]);
  });

  it('tells its state as notices of the run', async () => {
    chat = await open(token());
    await fake.until(() => states().includes('ready'));
    expect(states()).toEqual(['connecting', 'ready']);
    expect(notices[0]?.at).toBe(1_000);
  });

  it('carries a panic out again whose effect was unknown when the process ended, and nothing else', async () => {
    const store = forgetfulPeopleStore();
    const asked = { userId: PEOPLE.admin, userName: 'a', args: '{}', at: epochMs(1) };
    store.audit.begin({ ...asked, interactionId: '1', name: 'confirmed:close' });
    store.audit.begin({ ...asked, interactionId: '2', name: '/panic' });
    chat = await open(token(), store);
    expect(queued).toEqual([{ kind: 'command', command: { kind: 'panic' }, by: 'restart' }]);
    expect(store.audit.recent(5).map(({ interactionId, state }) => [interactionId, state])).toEqual([
      ['2', 'done'],
      ['1', 'failed'],
    ]);
  });

  it('raises an alarm when somebody without a right keeps trying', async () => {
    chat = await open(token());
    await fake.until(() => states().includes('ready'));
    for (let i = 0; i < 3; i++) fake.press({ kind: 'command', name: 'panic', userId: PEOPLE.stranger });
    await fake.until(() => notices.some(({ event }) => event === 'alarm'));
    expect(notices.filter(({ event }) => event === 'alarm')).toMatchObject([{ severity: 'warning', code: 'stranger' }]);
    expect(queued).toEqual([]);
  });
});
