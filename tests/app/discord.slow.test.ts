// The shipped command beside a Discord of our own: whatever Discord does, the bot decides the same, and people are heard.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACK_WITHIN_MS, PEOPLE } from '../support/chat-bench.ts';
import { aHome, type Ended, jsonLines, run, start } from '../support/cli.ts';
import { FakeDiscord } from '../support/fake-discord.ts';
import { IDS } from '../support/fake-discord-store.ts';

const MARKET = ['--symbols', '30', '--seed', '3'];
const GATES = { MIN_QUOTE_VOLUME_24H: '0', COST_GATE_R: '0.4' };
const SECRETS = ['fake-token-AAAAAAAAAAAAAAAAAAAA'];

const discordOf = (fake: FakeDiscord, more: Readonly<Record<string, string>> = {}) => ({
  DISCORD_TOKEN: fake.token,
  DISCORD_API_URL: fake.apiUrl,
  DISCORD_GUILD_ID: IDS.guild,
  DISCORD_CHANNEL_ID: IDS.channel,
  DISCORD_VIEWER_IDS: PEOPLE.viewer,
  DISCORD_TRADER_IDS: PEOPLE.trader,
  DISCORD_ADMIN_IDS: PEOPLE.admin,
  ...more,
});

const WALL = new Set(['ms', 'coldStartMs', 'weightUsed', 'restUrl', 'scanMs', 'closeToRankMs', 'achievedSpeed']);
/** Balance lines come when the wall clock has the account read, discord lines when Discord likes, the last ones with the end. */
const OBSERVED = new Set(['balance', 'discord', 'stopping', 'stopped']);
const decisions = ({ stdout }: Ended): string[] =>
  jsonLines(stdout)
    .filter(({ event }) => !OBSERVED.has(String(event)))
    .map((line) => JSON.stringify(line, (key, value: unknown) => (WALL.has(key) ? undefined : value)));

const statesOf = ({ stdout }: Pick<Ended, 'stdout'>) =>
  jsonLines(stdout)
    .filter(({ event }) => event === 'discord')
    .map(({ state, reason }) => ({ state: String(state), reason: String(reason) }));

describe('the bot beside Discord', () => {
  let fake: FakeDiscord;
  const homes: ReturnType<typeof aHome>[] = [];
  const home = (extra: Readonly<Record<string, string>>) => {
    const made = aHome({ ...GATES, ...extra });
    homes.push(made);
    return made.environment;
  };
  beforeEach(async () => {
    fake = await FakeDiscord.start({ secrets: SECRETS });
  });
  afterEach(async () => {
    await fake.close();
    for (const made of homes.splice(0)) made.remove();
  });

  it('decides the same without Discord, with it, and with one that hangs, loses answers and fails', async () => {
    const words = ['run', '--json', ...MARKET, '--speed', '1000', '--for', '1h'];
    const without = await run(words, home({}));
    const beside = await run(words, home(discordOf(fake)));
    fake.fault({ on: 'POST /api/v10/channels', act: 'slow', value: 3_000, count: 2 });
    fake.fault({ on: 'POST /api/v10/channels', act: 'dropAfter', count: 3 });
    fake.fault({ on: 'POST /api/v10/channels', act: 'status', value: 500, count: 1_000 });
    const broken = await run(words, home(discordOf(fake)));
    expect([without.code, beside.code, broken.code]).toEqual([0, 0, 0]);
    expect(decisions(without).length).toBeGreaterThanOrEqual(60);
    expect(decisions(beside)).toEqual(decisions(without));
    expect(decisions(broken)).toEqual(decisions(without));
    expect(statesOf(beside).map(({ state }) => state)).toEqual(['connecting', 'ready']);
    expect(fake.store.leaks).toEqual([]);
  });

  it('trades on with a token that is not valid, and says why', async () => {
    const environment = home(discordOf(fake, { DISCORD_TOKEN: 'wrong-token-BBBBBBBBBBBBBBBB' }));
    const ended = await run(['run', '--json', ...MARKET, '--speed', '300', '--for', '10m'], environment);
    expect(ended.code).toBe(0);
    expect(statesOf(ended).at(-1)).toEqual({ state: 'refused', reason: expect.stringContaining('DISCORD_TOKEN is not valid') });
    expect(ended.stderr).toContain('discord refuses this bot');
    expect(jsonLines(ended.stdout).filter(({ event }) => event === 'scan').length).toBeGreaterThanOrEqual(9);
  });

  it('trades on when its intents are refused, or Discord is not there at all', async () => {
    fake.gateway.refuseIdentify = 4014;
    const words = ['run', '--json', ...MARKET, '--speed', '300', '--for', '5m'];
    const refused = await run(words, home(discordOf(fake)));
    const away = await run(words, home(discordOf(fake, { DISCORD_API_URL: 'http://127.0.0.1:9/api' })));
    expect([refused.code, away.code]).toEqual([0, 0]);
    expect(statesOf(refused).at(-1)?.reason).toContain('4014');
    expect(statesOf(away).map(({ state }) => state)).toEqual(['connecting', 'down']);
    expect(away.stderr).toContain('discord is away');
  });

  it('trades on when the token is revoked while it runs', async () => {
    const running = start(['run', '--json', ...MARKET, '--speed', '60', '--for', '40m'], home(discordOf(fake)));
    await running.line((line) => line.includes('"discord"') && line.includes('"ready"'));
    await running.line((line) => line.includes('"event":"ready"'));
    fake.token = 'rotated-token-CCCCCCCCCCCCCC';
    fake.gateway.closeWith(4004);
    const line = await running.line((text) => text.includes('"discord"') && text.includes('refused'));
    running.child.kill('SIGTERM');
    const ended = await running.ended;
    expect(line).toContain('DISCORD_TOKEN');
    expect(ended.code).toBe(0);
  });

  it('hears people within a second at the speed of the clock on the wall, which a token chooses, and panics once', async () => {
    const running = start(['run', '--json', ...MARKET], home(discordOf(fake)));
    await running.line((line) => line.includes('"event":"ready"'));
    const stranger = fake.press({ kind: 'command', name: 'panic', userId: PEOPLE.stranger });
    const asked = fake.press({ kind: 'command', name: 'status', userId: PEOPLE.viewer });
    await fake.until(() => asked.shown !== null && stranger.shown !== null, 30_000);
    const press = { kind: 'command', name: 'panic', userId: PEOPLE.trader } as const;
    const panic = fake.press(press);
    fake.replay(press, panic);
    await running.line((line) => line.includes('"event":"alarm"') && line.includes('"code":"panic"'));
    await fake.until(() => panic.shown !== null, 30_000);
    running.child.kill('SIGTERM');
    const ended = await running.ended;
    const lines = jsonLines(ended.stdout);
    const speed = lines.find(({ event }) => event === 'stopped')?.['achievedSpeed'];
    expect(ended.code).toBe(0);
    expect([asked.ackMs, panic.ackMs].every((ms) => ms !== null && ms < ACK_WITHIN_MS)).toBe(true);
    expect(stranger.ackType).toBe(4);
    expect(lines.filter(({ code }) => code === 'panic')).toHaveLength(1);
    expect(Number(speed ?? 1)).toBeLessThanOrEqual(1.1);
  });
});
