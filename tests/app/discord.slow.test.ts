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
  let other: FakeDiscord;
  const homes: ReturnType<typeof aHome>[] = [];
  const home = (extra: Readonly<Record<string, string>>) => {
    const made = aHome({ ...GATES, ...extra });
    homes.push(made);
    return made.environment;
  };
  beforeEach(async () => {
    fake = await FakeDiscord.start({ secrets: SECRETS });
    other = await FakeDiscord.start({ secrets: SECRETS });
  });
  afterEach(async () => {
    await Promise.all([fake.close(), other.close()]);
    for (const made of homes.splice(0)) made.remove();
  });

  it('decides the same without Discord, with it, and with one that hangs, loses answers and fails', async () => {
    const words = ['run', '--json', ...MARKET, '--speed', '1000', '--for', '30m'];
    other.fault({ on: 'POST /api/v10/channels', act: 'slow', value: 3_000, count: 2 });
    other.fault({ on: 'POST /api/v10/channels', act: 'dropAfter', count: 3 });
    other.fault({ on: 'POST /api/v10/channels', act: 'status', value: 500, count: 1_000 });
    // Each waits mostly for its own exchange: together they take little longer than one.
    const [without, beside, broken] = await Promise.all([
      run(words, home({})),
      run(words, home(discordOf(fake))),
      run(words, home(discordOf(other))),
    ]);
    expect([without.code, beside.code, broken.code]).toEqual([0, 0, 0]);
    expect(decisions(without).length).toBeGreaterThanOrEqual(30);
    expect(decisions(beside)).toEqual(decisions(without));
    expect(decisions(broken)).toEqual(decisions(without));
    expect(statesOf(beside).map(({ state }) => state)).toEqual(['connecting', 'ready']);
    expect([...fake.store.leaks, ...other.store.leaks]).toEqual([]);
  });

  it('trades on with a token that is not valid, with intents that are refused, and without any Discord, and says why', async () => {
    other.gateway.refuseIdentify = 4014;
    const words = ['run', '--json', ...MARKET, '--speed', '300', '--for', '4m'];
    const [invalid, refused, away] = await Promise.all([
      run(words, home(discordOf(fake, { DISCORD_TOKEN: 'wrong-token-BBBBBBBBBBBBBBBB' }))),
      run(words, home(discordOf(other))),
      run(words, home(discordOf(fake, { DISCORD_API_URL: 'http://127.0.0.1:9/api' }))),
    ]);
    expect([invalid.code, refused.code, away.code]).toEqual([0, 0, 0]);
    expect(statesOf(invalid).at(-1)).toEqual({ state: 'refused', reason: expect.stringContaining('DISCORD_TOKEN is not valid') });
    expect(invalid.stderr).toContain('discord refuses this bot');
    expect(statesOf(refused).at(-1)?.reason).toContain('4014');
    expect(statesOf(away).map(({ state }) => state)).toEqual(['connecting', 'down']);
    expect(away.stderr).toContain('discord is away');
    const minutes = [invalid, refused, away].map(
      ({ stdout }) => jsonLines(stdout).filter(({ event }) => event === 'scan').length,
    );
    expect(Math.min(...minutes)).toBeGreaterThanOrEqual(3);
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

  it('hears people within a second at the speed of the clock on the wall, also while the exchange hangs, and panics once', async () => {
    const running = start(['run', '--json', ...MARKET], home(discordOf(fake)));
    const ready = await running.line((line) => line.includes('"event":"ready"'));
    const hang = (body: object): Promise<Response> =>
      fetch(`${JSON.parse(ready).restUrl}/__exchange/faults`, { method: 'POST', body: JSON.stringify(body) });
    await hang({ switch: 'res.late', value: 10_000, method: 'GET', path: '/fapi/v1/klines', count: 20 });
    // A timeframe that nobody follows is asked of the exchange.
    const options = { symbol: 'BTCUSDT', timeframe: '4h' };
    const chart = fake.press({ kind: 'command', name: 'chart', options, userId: PEOPLE.viewer });
    const stranger = fake.press({ kind: 'command', name: 'panic', userId: PEOPLE.stranger });
    const asked = fake.press({ kind: 'command', name: 'status', userId: PEOPLE.viewer });
    await fake.until(() => asked.shown !== null && stranger.shown !== null, 30_000);
    expect(chart.shown).toBeNull();
    await hang({ clear: true });
    await fake.until(() => chart.shown !== null, 60_000);
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
    expect([chart.ackMs, asked.ackMs, panic.ackMs].every((ms) => ms !== null && ms < ACK_WITHIN_MS)).toBe(true);
    expect(stranger.ackType).toBe(4);
    expect(lines.filter(({ code }) => code === 'panic')).toHaveLength(1);
    expect(Number(speed ?? 1)).toBeLessThanOrEqual(1.1);
  });
});
