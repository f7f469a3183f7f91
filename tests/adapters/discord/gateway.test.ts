import { afterEach, describe, expect, it } from 'vitest';
import { redactor } from '../../../src/adapters/log/redact.ts';
import { ACK_WITHIN_MS, aCard, aPost, type Bench, type BenchOptions, chatBench, PEOPLE } from '../../support/chat-bench.ts';
import { DrivenWallClock } from '../../support/fake-clock.ts';
import { FakeDiscord } from '../../support/fake-discord.ts';

const HOUR_MS = 3_600_000;

describe('the gateway', () => {
  let bench: Bench | null = null;
  const fakes: FakeDiscord[] = [];
  afterEach(async () => {
    await bench?.close();
    bench = null;
    for (const fake of fakes.splice(0)) await fake.close();
  });

  const opened = async (more: Omit<BenchOptions, 'clock'> = {}) => {
    const clock = new DrivenWallClock(Date.now());
    bench = await chatBench({ clock, ...more });
    return { ...bench, clock, state: () => bench?.chat.health().state };
  };
  const started = async (more: Omit<BenchOptions, 'clock'> = {}) => {
    const parts = await opened(more);
    parts.chat.start(parts.desk);
    return parts;
  };
  const ready = async (more: Omit<BenchOptions, 'clock'> = {}) => {
    const parts = await started(more);
    await parts.fake.until(() => parts.state() === 'ready');
    return parts;
  };

  it('gives up on a token that is not valid, says so, and knocks no more', async () => {
    const { fake, clock, chat, state, states, log } = await started({ chat: { token: 'another-token-BBBBBBBBBBBB' } });
    await fake.until(() => state() === 'refused');
    const asked = fake.store.asked.length;
    clock.advance(HOUR_MS);
    chat.post(aPost('a'));
    await new Promise<void>((resolve) => void setImmediate(resolve));
    expect(fake.store.asked).toHaveLength(asked);
    expect(fake.gateway.identifies).toBe(0);
    expect(states.at(-1)?.reason).toMatch(/DISCORD_TOKEN is not valid/);
    expect(log.lines.filter((line) => line.level === 'error').map((line) => line.message)).toEqual([
      'discord refuses this bot; trading goes on without it',
    ]);
  });

  it('gives up on refused intents with a hint', async () => {
    const fake = await FakeDiscord.start();
    fakes.push(fake);
    fake.gateway.refuseIdentify = 4014;
    const { clock, state, states } = await started({ join: fake });
    await fake.until(() => state() === 'refused');
    clock.advance(HOUR_MS);
    expect(fake.gateway.identifies).toBe(1);
    expect(states.at(-1)?.reason).toMatch(/4014.*developer portal/);
  });

  it('ends refused when the token is revoked while it runs, and keeps the cards', async () => {
    const { fake, clock, chat, outbox, state } = await ready();
    fake.token = 'rotated-token-CCCCCCCCCCCC';
    fake.gateway.closeWith(4004);
    await fake.until(() => state() === 'down');
    clock.advance(2_000);
    await fake.until(() => state() === 'refused');
    chat.post(aPost('a'));
    clock.advance(1_000);
    expect(outbox.count()).toMatchObject({ waiting: 1, sent: 0 });
  });

  it('comes back with a new client after a 4004 that was a mishap', async () => {
    const { fake, clock, state } = await ready();
    fake.gateway.closeWith(4004);
    await fake.until(() => state() === 'down');
    clock.advance(2_000);
    await fake.until(() => state() === 'ready');
    expect(fake.gateway.identifies).toBe(2);
  });

  it('keeps trying with new clients while Discord is unreachable from the start', async () => {
    const fake = await FakeDiscord.start();
    fakes.push(fake);
    fake.outage('begin');
    const { clock, state, log, desk } = await started({ join: fake });
    const failures = (): number => log.lines.filter((line) => line.message.startsWith('discord is away')).length;
    for (const times of [1, 2, 3]) {
      await fake.until(() => failures() === times);
      expect(state()).toBe('down');
      clock.advance(clock.msToNext);
    }
    await fake.until(() => failures() === 4);
    fake.outage('end');
    clock.advance(clock.msToNext);
    await fake.until(() => state() === 'ready');
    const asked = fake.press({ kind: 'command', name: 'status', userId: PEOPLE.viewer });
    await fake.until(() => asked.shown !== null);
    expect(desk.asked).toHaveLength(1);
  });

  it('waits for the hour that Discord names when its session starts are used up', async () => {
    const fake = await FakeDiscord.start();
    fakes.push(fake);
    fake.sessionsLeft = 0;
    const { clock, state } = await started({ join: fake });
    await fake.until(() => state() === 'down');
    fake.sessionsLeft = 1;
    // The fake says two hours.
    clock.advance(1.9 * HOUR_MS);
    expect(fake.gateway.identifies).toBe(0);
    clock.advance(0.2 * HOUR_MS);
    await fake.until(() => state() === 'ready');
  });

  it('resumes when it is asked to reconnect, and hears what was said meanwhile once', async () => {
    const { fake, desk, state } = await ready();
    fake.gateway.askReconnect();
    const asked = fake.press({ kind: 'command', name: 'status', userId: PEOPLE.viewer });
    await fake.until(() => asked.shown !== null && fake.gateway.resumes === 1 && state() === 'ready');
    expect(desk.asked).toHaveLength(1);
    expect(fake.gateway.identifies).toBe(1);
  });

  it('notices a gateway that no longer answers heartbeats, and resumes', async () => {
    const { fake, state } = await ready({ fake: { heartbeatMs: 250 } });
    fake.gateway.stopAnsweringBeats();
    await fake.until(() => fake.gateway.resumes === 1);
    fake.gateway.answerBeatsAgain();
    await fake.until(() => state() === 'ready');
  });

  it('tells how far away Discord is', async () => {
    const { fake, chat } = await ready({ fake: { heartbeatMs: 100 } });
    await fake.until(() => chat.health().pingMs !== null);
    expect(chat.health().ackAgeMs).toBeGreaterThanOrEqual(0);
  });

  it('hears people while their guild has not been described yet', async () => {
    const fake = await FakeDiscord.start();
    fakes.push(fake);
    fake.gateway.describeGuild = 'never';
    const { state } = await started({ join: fake });
    await fake.until(() => state() === 'ready');
    const asked = fake.press({ kind: 'command', name: 'status', userId: PEOPLE.viewer });
    await fake.until(() => asked.shown !== null);
    expect(asked.ackMs).toBeLessThan(ACK_WITHIN_MS);
  });

  it('lets no secret out, in a card, an answer or a file', async () => {
    const secret = 'sk_live_0123456789abcdef0123456789';
    const { fake, clock, chat, desk } = await ready({ fake: { secrets: [secret] }, redact: redactor([secret]) });
    desk.answer = async () => ({ kind: 'card', card: aCard(`key ${secret}`) });
    const file = { name: 'log.csv', bytes: new Uint8Array(Buffer.from(`a,${secret}`)), description: null };
    chat.post(aPost('a', { card: aCard('t', { description: `signed with ${secret}`, files: [file] }) }));
    clock.advance(1);
    const asked = fake.press({ kind: 'command', name: 'status', userId: PEOPLE.viewer });
    await fake.until(() => asked.shown !== null && fake.messages.length === 1);
    expect(fake.store.leaks).toEqual([]);
    expect(JSON.stringify(asked.shown?.body)).toContain('[redacted]');
    expect(fake.messages[0]!.files).toEqual([]);
  });
});
