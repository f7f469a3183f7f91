// The real desk and the real herald behind the real chat, on a Discord that refuses whatever breaks a limit: every command in both
// languages with few and with many rows, every letter typed, every notification.
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/clock/system.ts';
import { COMMAND_SPECS } from '../../../src/app/discord/command-specs.ts';
import { Herald } from '../../../src/app/discord/herald.ts';
import { epochMs } from '../../../src/core/units.ts';
import type { OptionSpec } from '../../../src/ports/chat.ts';
import { aDesk, NOW, OPTIONS } from '../../support/a-desk.ts';
import { type Bench, chatBench } from '../../support/chat-bench.ts';
import { NOTICES } from '../../support/some-notices.ts';

interface Leaf {
  readonly name: string;
  readonly child: string | null;
  readonly options: readonly OptionSpec[];
}

const LEAVES: readonly Leaf[] = COMMAND_SPECS.flatMap((spec): readonly Leaf[] =>
  spec.kind === 'plain'
    ? [{ name: spec.name, child: null, options: spec.options }]
    : spec.children.map(({ name, options }) => ({ name: spec.name, child: name, options })),
);
/** One person may ask five things in ten seconds. */
const PEOPLE = Array.from({ length: 20 }, (_, i) => `1000000000000002${String(i).padStart(2, '0')}`);

describe('the bot as Discord sees it', () => {
  let bench: Bench | null = null;
  afterEach(async () => {
    await bench?.close();
    bench = null;
  });

  const opened = async (rows: number) => {
    const held = aDesk({ rows });
    const lists = { viewer: [], trader: [], admin: PEOPLE };
    bench = await chatBench({ clock: systemClock, chat: { lists } });
    bench.chat.start(held.desk);
    const { fake, chat } = bench;
    await fake.until(() => chat.health().state === 'ready');
    return { ...held, bench };
  };
  const refusals = () => bench?.fake.store.asked.filter(({ status }) => status === 'dropped' || status >= 400);

  it.each([0, 1, 3, 30, 500])('breaks no limit in any command with %i rows, in either language', async (rows) => {
    const {
      bench: { fake },
    } = await opened(rows);
    for (const [i, { locale, leaf }] of ['zh-TW', 'en-US']
      .flatMap((locale) => LEAVES.map((leaf) => ({ locale, leaf })))
      .entries()) {
      const { name, child, options } = leaf;
      const given = Object.fromEntries(options.map((option) => [option.name, OPTIONS[option.name] ?? 'x']));
      const userId = PEOPLE[i % PEOPLE.length] ?? '';
      const asked = fake.press({ kind: 'command', name, ...(child === null ? {} : { child }), options: given, userId, locale });
      await fake.until(() => asked.shown !== null, 30_000);
      expect(asked.ackType).toBe(5);
    }
    // An acknowledgement has no content to refuse; on a slow machine it may be sent twice.
    expect(refusals()?.filter(({ path }) => !path.endsWith('/callback'))).toEqual([]);
  });

  it('suggests at most 25 for every option, knowing what stands in the others', async () => {
    const {
      bench: { fake },
    } = await opened(30);
    const typing = LEAVES.flatMap(({ name, child, options }) =>
      options
        .filter(({ type }) => type.kind === 'suggested')
        .map((option) => {
          const beside = Object.fromEntries(
            options.filter((other) => other !== option).map((other) => [other.name, 'CHART_THEME']),
          );
          const press = { name, ...(child === null ? {} : { child }), option: option.name, beside, userId: PEOPLE[0] ?? '' };
          return { option: option.name, asked: fake.press({ kind: 'typing', typed: '', ...press }) };
        }),
    );
    await fake.until(() => typing.every(({ asked }) => asked.choices !== null));
    expect(refusals()).toEqual([]);
    expect(typing.find(({ option }) => option === 'value')?.asked.choices).toMatchObject([{ value: 'dark' }, { value: 'light' }]);
  });

  it('registers every command within the limits of a definition', async () => {
    const {
      bench: { fake, registered },
    } = await opened(0);
    await fake.until(() => registered.length > 0);
    expect(fake.store.guildCommands.map((command) => command['name'])).toEqual(COMMAND_SPECS.map(({ name }) => name));
    expect(refusals()).toEqual([]);
  });

  it('brings every notification into the channel once, in the order of telling', async () => {
    const {
      bench: { chat, fake, log },
      room,
    } = await opened(3);
    const herald = new Herald(room, chat, log);
    for (const [i, notice] of NOTICES.entries())
      herald.publish({ ...notice, event: String(notice['event']), at: epochMs(NOW + i) });
    await fake.until(() => fake.messages.length === NOTICES.length, 60_000);
    expect(refusals()?.filter(({ status }) => status !== 429)).toEqual([]);
    const pictures = fake.messages.map(({ files }) => files.length);
    const expected = NOTICES.map(({ event }) => Number(['opened', 'closed', 'entryRequest'].includes(String(event))));
    expect(pictures).toEqual(expected);
  }, 90_000);
});
