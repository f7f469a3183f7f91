import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/clock/system.ts';
import { CONFIRM_WITHIN_MS } from '../../../src/adapters/discord/confirmations.ts';
import { toCustomId } from '../../../src/adapters/discord/custom-id.ts';
import { ACK_WITHIN_MS, type Bench, PEOPLE, readyBench } from '../../support/chat-bench.ts';
import { isJson, type Json } from '../../support/fake-discord-limits.ts';
import { IDS, type StoredInteraction } from '../../support/fake-discord-store.ts';

/** Discord's numbers: 5 deferred message, 6 deferred update, 4 message, 8 choices, 9 form. */
const titleOf = ({ shown }: StoredInteraction): string => {
  const embeds = shown?.body['embeds'];
  const first: unknown = Array.isArray(embeds) ? embeds[0] : undefined;
  return isJson(first) ? String(first['title']) : '';
};

const buttonsOf = ({ shown }: StoredInteraction): readonly Json[] => {
  const rows = shown?.body['components'];
  return Array.isArray(rows) ? rows.flatMap((row: Json) => row['components'] as Json[]) : [];
};

const idOf = (button: Json | undefined): string => String(button?.['custom_id']);

describe('requests of people', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await readyBench({ clock: systemClock });
  });
  afterEach(async () => bench.close());

  it('asks for the Guilds intent and nothing else', () => {
    expect(bench.fake.gateway.intents).toBe(1);
  });

  it('acknowledges within a second while the exchange hangs, and shows the answer when it comes', async () => {
    const letGo = bench.desk.hang();
    const asked = bench.fake.press({ kind: 'command', name: 'status', userId: PEOPLE.viewer });
    await bench.fake.until(() => asked.ackMs !== null);
    expect(asked.ackMs).toBeLessThan(ACK_WITHIN_MS);
    expect(asked.ackType).toBe(5);
    expect(asked.ephemeral).toBe(true);
    expect(asked.shown).toBeNull();
    letGo();
    await bench.fake.until(() => asked.shown !== null);
    expect(titleOf(asked)).toBe('answer in zh-TW');
  });

  it('answers a private request in the language of the reader and a shared one in the configured language', async () => {
    const mine = bench.fake.press({ kind: 'command', name: 'status', userId: PEOPLE.viewer, locale: 'en-US' });
    const ours = bench.fake.press({ kind: 'command', name: 'board', userId: PEOPLE.viewer, locale: 'en-US' });
    await bench.fake.until(() => mine.shown !== null && ours.shown !== null);
    expect(titleOf(mine)).toBe('answer in en');
    expect(titleOf(ours)).toBe('answer in zh-TW');
    expect([mine.ephemeral, ours.ephemeral]).toEqual([true, false]);
  });

  it('refuses whoever stands on no list in every command, button, form and second step, and changes nothing', async () => {
    const { fake } = bench;
    const userId = PEOPLE.stranger;
    const pressed = [
      fake.press({ kind: 'command', name: 'status', userId }),
      fake.press({ kind: 'command', name: 'close', options: { symbol: 'BTCUSDT' }, userId }),
      fake.press({ kind: 'command', name: 'panic', userId }),
      fake.press({ kind: 'command', name: 'config', child: 'set', userId }),
      fake.press({ kind: 'button', on: 'shared', customId: toCustomId({ kind: 'action', action: 'half', args: ['x'] }), userId }),
      fake.press({ kind: 'button', on: 'shared', customId: toCustomId({ kind: 'confirm', nonce: 'guessed' }), userId }),
      fake.press({
        kind: 'form',
        customId: toCustomId({ kind: 'form', action: 'edit', args: [] }),
        values: { value: '1' },
        userId,
      }),
    ];
    await fake.until(() => pressed.every((interaction) => interaction.shown !== null));
    expect(pressed.map((interaction) => interaction.ackType)).toEqual(pressed.map(() => 4));
    expect(pressed.every((interaction) => interaction.ephemeral)).toBe(true);
    expect(bench.desk.asked).toEqual([]);
    expect(bench.audit.recent(20).map(({ state, userId: who }) => `${state} ${who}`)).toEqual(
      pressed.map(() => `refused ${userId}`),
    );
    expect(bench.strangers).toEqual([userId]);
  });

  it('refuses a viewer what traders may and a trader what admins may', async () => {
    const { fake } = bench;
    const pressed = [
      fake.press({ kind: 'command', name: 'close', options: { symbol: 'BTCUSDT' }, userId: PEOPLE.viewer }),
      fake.press({ kind: 'command', name: 'panic', userId: PEOPLE.viewer }),
      fake.press({ kind: 'command', name: 'resume', userId: PEOPLE.trader }),
      fake.press({ kind: 'button', on: 'shared', customId: 'a|edit', userId: PEOPLE.trader }),
    ];
    await fake.until(() => pressed.every((interaction) => interaction.shown !== null));
    expect(pressed.map((interaction) => interaction.ackType)).toEqual([4, 4, 4, 4]);
    expect(bench.desk.asked).toEqual([]);
  });

  it('refuses an admin in another guild', async () => {
    const asked = bench.fake.press({ kind: 'command', name: 'status', userId: PEOPLE.admin, guildId: '300000000000000777' });
    await bench.fake.until(() => asked.shown !== null);
    expect(asked.ackType).toBe(4);
    expect(bench.desk.asked).toEqual([]);
  });

  it('knows a trader by role', async () => {
    const asked = bench.fake.press({
      kind: 'command',
      name: 'close',
      options: { symbol: 'BTCUSDT' },
      userId: PEOPLE.stranger,
      roleIds: [PEOPLE.traderRole],
    });
    await bench.fake.until(() => asked.shown !== null);
    expect(titleOf(asked)).toBe('really doClose?');
  });

  it('carries a confirmed action out once, however often it is pressed', async () => {
    const { fake, desk } = bench;
    const userId = PEOPLE.trader;
    const asked = fake.press({ kind: 'command', name: 'close', options: { symbol: '币安人生USDT' }, userId });
    await fake.until(() => asked.shown !== null);
    expect(desk.acts).toEqual([]);
    const customId = idOf(buttonsOf(asked)[0]);
    const first = fake.press({ kind: 'button', on: 'ephemeral', customId, userId });
    const second = fake.press({ kind: 'button', on: 'ephemeral', customId, userId });
    fake.replay({ kind: 'button', on: 'ephemeral', customId, userId }, first);
    await fake.until(() => first.shown !== null && second.shown !== null);
    expect(desk.acts).toMatchObject([{ kind: 'confirmed', action: 'doClose', args: ['币安人生USDT'] }]);
    expect(titleOf(second)).toBe('zh-TW:expired');
    expect(buttonsOf(first)).toEqual([]);
  });

  it('takes the buttons of a confirmation away when its time is over, and only of one that nobody pressed', async () => {
    await bench.close();
    const due: (() => void)[] = [];
    const after = (delayMs: number, callback: () => void): (() => void) => {
      if (delayMs <= CONFIRM_WITHIN_MS || delayMs > CONFIRM_WITHIN_MS + 5_000) return systemClock.after(delayMs, callback);
      due.push(callback);
      return () => undefined;
    };
    bench = await readyBench({ clock: { ...systemClock, after } });
    const { fake, desk } = bench;
    const close = { kind: 'command', name: 'close', options: { symbol: 'BTCUSDT' }, userId: PEOPLE.trader } as const;
    const left = fake.press(close);
    await fake.until(() => left.shown !== null);
    const pressed = fake.press(close);
    await fake.until(() => pressed.shown !== null);
    const yes = fake.press({ kind: 'button', on: 'ephemeral', customId: idOf(buttonsOf(pressed)[0]), userId: PEOPLE.trader });
    await fake.until(() => yes.shown !== null);
    expect(due).toHaveLength(2);
    for (const lapse of due) lapse();
    await fake.until(() => titleOf(left) === 'zh-TW:expired');
    expect([buttonsOf(left), titleOf(pressed)]).toEqual([[], 'really doClose?']);
    expect(desk.acts).toHaveLength(1);
  });

  it('lets nobody confirm for another', async () => {
    const { fake, desk } = bench;
    const asked = fake.press({ kind: 'command', name: 'close', options: { symbol: 'BTCUSDT' }, userId: PEOPLE.trader });
    await fake.until(() => asked.shown !== null);
    const customId = idOf(buttonsOf(asked)[0]);
    const other = fake.press({ kind: 'button', on: 'ephemeral', customId, userId: PEOPLE.admin });
    await fake.until(() => other.shown !== null);
    expect(desk.acts).toEqual([]);
    const own = fake.press({ kind: 'button', on: 'ephemeral', customId, userId: PEOPLE.trader });
    await fake.until(() => own.shown !== null);
    expect(desk.acts).toHaveLength(1);
  });

  it('does nothing after a cancel', async () => {
    const { fake, desk } = bench;
    const asked = fake.press({ kind: 'button', on: 'shared', customId: 'a|half|t1', userId: PEOPLE.trader });
    await fake.until(() => asked.shown !== null);
    const [yes, no] = buttonsOf(asked);
    const cancelled = fake.press({ kind: 'button', on: 'ephemeral', customId: idOf(no), userId: PEOPLE.trader });
    await fake.until(() => cancelled.shown !== null);
    const late = fake.press({ kind: 'button', on: 'ephemeral', customId: idOf(yes), userId: PEOPLE.trader });
    await fake.until(() => late.shown !== null);
    expect(desk.acts).toEqual([]);
  });

  it('carries panic out in one step, even when Discord cannot be told', async () => {
    bench.fake.fault({ on: '/callback', act: 'status', value: 500, count: 1_000 });
    bench.fake.press({ kind: 'command', name: 'panic', userId: PEOPLE.trader });
    await bench.fake.until(() => bench.desk.acts.length === 1);
    expect(bench.desk.acts).toMatchObject([{ kind: 'command', name: 'panic' }]);
    bench.fake.clearFaults();
  });

  it('does not carry a panic out that was pressed long ago and delivered late', async () => {
    const before = bench.fake.store.snowflake();
    const asked = bench.fake.press({ kind: 'command', name: 'status', userId: PEOPLE.viewer });
    await bench.fake.until(() => asked.shown !== null);
    const old = String(BigInt(before) - (120_000n << 22n));
    bench.fake.replay({ kind: 'command', name: 'panic', userId: PEOPLE.trader }, { ...asked, id: old });
    await bench.fake.until(() => bench.log.lines.some((line) => line.message.includes('could not be acknowledged')));
    expect(bench.desk.acts).toEqual([]);
  });

  it('does not carry out what could not be acknowledged in time', async () => {
    bench.fake.fault({ on: '/callback', act: 'slow', value: 0 });
    const asked = bench.fake.press({ kind: 'command', name: 'close', options: { symbol: 'X' }, userId: PEOPLE.trader });
    bench.fake.store.interactions.set(asked.id, { ...asked, sentMs: asked.sentMs - 4_000 });
    await bench.fake.until(() => bench.log.lines.some((line) => line.message.includes('could not be acknowledged')));
    expect(bench.desk.asked).toEqual([]);
  });

  it('acts once when the answer to its acknowledgement was lost', async () => {
    bench.fake.fault({ on: '/callback', act: 'dropAfter' });
    const asked = bench.fake.press({ kind: 'command', name: 'status', userId: PEOPLE.viewer });
    await bench.fake.until(() => asked.shown !== null);
    expect(bench.desk.asked).toHaveLength(1);
    expect(asked.ackMs).toBeLessThan(ACK_WITHIN_MS);
  });

  it('acknowledges through a 429 and a 503', async () => {
    bench.fake.fault({ on: '/callback', act: 'rate', value: 0.3 });
    bench.fake.fault({ on: '/callback', act: 'status', value: 503 });
    const asked = bench.fake.press({ kind: 'command', name: 'status', userId: PEOPLE.viewer });
    await bench.fake.until(() => asked.shown !== null);
    expect(bench.desk.asked).toHaveLength(1);
  });

  it('suggests at most 25 at once and never defers', async () => {
    const typing = bench.fake.press({ kind: 'typing', name: 'close', option: 'symbol', typed: 'CO', userId: PEOPLE.trader });
    const stranger = bench.fake.press({ kind: 'typing', name: 'close', option: 'symbol', typed: 'CO', userId: PEOPLE.stranger });
    await bench.fake.until(() => typing.choices !== null && stranger.choices !== null);
    expect(typing.choices).toHaveLength(25);
    expect(stranger.choices).toEqual([]);
  });

  it('answers the buttons of cards that an earlier process made', async () => {
    await bench.chat.stop();
    const later = await readyBench({ clock: systemClock, join: bench.fake, outbox: bench.outbox, audit: bench.audit });
    const pressed = bench.fake.press({ kind: 'button', on: 'ephemeral', customId: 'a|page|3', userId: PEOPLE.viewer });
    await bench.fake.until(() => pressed.shown !== null);
    expect(later.desk.asked).toMatchObject([{ kind: 'button', action: 'page', args: ['3'] }]);
    await later.close();
  });

  it('opens a form and takes what was written into it', async () => {
    const opened = bench.fake.press({ kind: 'button', on: 'ephemeral', customId: 'a|edit|MIN_CONFIDENCE', userId: PEOPLE.admin });
    await bench.fake.until(() => opened.form !== null);
    const customId = String(opened.form?.['custom_id']);
    const sent = bench.fake.press({ kind: 'form', customId, values: { value: '75' }, userId: PEOPLE.admin });
    await bench.fake.until(() => sent.shown !== null);
    expect(bench.desk.asked).toMatchObject([{ kind: 'form', action: 'edit', args: ['MIN_CONFIDENCE'], values: { value: '75' } }]);
  });

  it('lets one person ask five things in ten seconds', async () => {
    const pressed = Array.from({ length: 6 }, () => bench.fake.press({ kind: 'command', name: 'status', userId: PEOPLE.viewer }));
    const other = bench.fake.press({ kind: 'command', name: 'status', userId: PEOPLE.trader });
    await bench.fake.until(() => [...pressed, other].every((interaction) => interaction.shown !== null));
    expect(bench.desk.asked).toHaveLength(6);
    expect(pressed.map((interaction) => interaction.ackType).toSorted()).toEqual([4, 5, 5, 5, 5, 5]);
  });

  it('says that a request failed, without its words, and lives on', async () => {
    bench.desk.answer = () => Promise.reject(new Error('the disk is on fire'));
    const asked = bench.fake.press({ kind: 'command', name: 'status', userId: PEOPLE.viewer });
    await bench.fake.until(() => asked.shown !== null);
    expect(titleOf(asked)).toBe('zh-TW:failed');
    expect(bench.audit.seen(asked.id)).toMatchObject({ state: 'failed' });
  });

  it('answers what was asked while the gateway was away, once', async () => {
    bench.fake.gateway.cut();
    const asked = bench.fake.press({ kind: 'command', name: 'status', userId: PEOPLE.viewer });
    await bench.fake.until(() => asked.shown !== null);
    expect(bench.fake.gateway.resumes).toBe(1);
    expect(bench.desk.asked).toHaveLength(1);
  });

  it('registers the commands of the guild, and takes global ones away', async () => {
    await bench.fake.until(() => bench.registered.length > 0);
    expect(bench.registered).toEqual(['registered']);
    expect(bench.fake.store.guildCommands.map((command) => command['name'])).toEqual([
      'status',
      'board',
      'close',
      'panic',
      'resume',
      'config',
    ]);
    const again = await readyBench({ clock: systemClock, join: bench.fake, outbox: bench.outbox });
    await bench.fake.until(() => again.registered.length > 0);
    expect(again.registered).toEqual(['unchanged']);
    expect(bench.fake.store.asked.filter(({ method, path }) => method === 'PUT' && path.includes(IDS.guild))).toHaveLength(1);
    await again.close();
  });
});
