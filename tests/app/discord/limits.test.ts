// Every card keeps the limits of a message by itself, with any number of rows and the longest names, in both languages.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMMAND_SPECS } from '../../../src/app/discord/command-specs.ts';
import { Herald } from '../../../src/app/discord/herald.ts';
import type { Notice } from '../../../src/core/notice.ts';
import { epochMs } from '../../../src/core/units.ts';
import type { Card, ChatLanguage, ChatOutlet, Post } from '../../../src/ports/chat.ts';
import { aClick, aCommand, aDesk, NOW, OPTIONS } from '../../support/a-desk.ts';
import { cardFaults } from '../../support/card-limits.ts';
import { NOTICES } from '../../support/some-notices.ts';

const LANGUAGES: readonly ChatLanguage[] = ['zh-TW', 'en'];
const NAMED = COMMAND_SPECS.flatMap((spec) =>
  spec.kind === 'plain' ? [spec.name] : spec.children.map((child) => `${spec.name} ${child.name}`),
);

describe('every command', () => {
  const cases = NAMED.flatMap((name) => [0, 1, 3, 30].flatMap((rows) => LANGUAGES.map((language) => ({ name, rows, language }))));
  it.each(cases)('/$name with $rows rows in $language breaks no limit', async ({ name, rows, language }) => {
    for (const speed of [1, 60]) {
      const { desk } = aDesk({ rows, speed });
      const reply = await desk.answer(aCommand(name, OPTIONS, language));
      expect(cardFaults(reply.card)).toEqual([]);
    }
  });

  it('turns every page of every list without breaking a limit', async () => {
    const { desk } = aDesk({ rows: 30 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(['positions', 'real'], ['positions', 'virtual'], ['trades'], ['virtual'], ['scan'], ['config']),
        fc.oneof(fc.integer({ min: -3, max: 40 }).map(String), fc.string({ maxLength: 12 })),
        fc.constantFrom(...LANGUAGES),
        async ([action = '', ...tab], page, language) => {
          const { card } = await desk.answer(aClick('button', action, [...tab, page], language));
          expect(cardFaults(card)).toEqual([]);
        },
      ),
      { numRuns: 120 },
    );
  });

  it('is answered within limits whatever a person types', async () => {
    const { desk } = aDesk({ rows: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('chart', 'why', 'close', 'blacklist add', 'config set', 'export', 'pause'),
        fc.record({ symbol: fc.string(), time: fc.string(), name: fc.string(), value: fc.string(), since: fc.string() }),
        async (name, options) => {
          const { card } = await desk.answer(aCommand(name, options));
          // Braces and NaN are what the person typed, and are shown as typed.
          expect(cardFaults(card).filter((fault) => !/^(no word for people|a gap left open)/.test(fault))).toEqual([]);
        },
      ),
      { numRuns: 120 },
    );
  });
});

function heraldOf(language: ChatLanguage): { readonly herald: Herald; readonly posts: Post[] } {
  const posts: Post[] = [];
  const outlet: ChatOutlet = {
    post: (post) => posts.push(post),
    health: () => ({ state: 'ready', reason: null, pingMs: null, ackAgeMs: null, waiting: 0, delivered: 0, dropped: 0 }),
  };
  const { room } = aDesk({ onCommand: () => undefined });
  const parts = { ...room.parts, settings: { ...room.parts.settings, APP_LANG: language } };
  const silent = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (fields: unknown) => posts.push(fields as Post),
  };
  return { herald: new Herald({ ...room, parts }, outlet, silent), posts };
}

describe('every notification', () => {
  it.each(LANGUAGES)('is one card within limits, in order, in %s', async (language) => {
    const { herald, posts } = heraldOf(language);
    for (const [i, notice] of NOTICES.entries())
      herald.publish({ ...notice, event: String(notice['event']), at: epochMs(NOW + i) });
    await herald.flush();
    const faults = posts.map(({ card }: { card: Card }) => cardFaults(card));
    expect(faults).toEqual(NOTICES.map(() => []));
    const critical = (notice: Omit<Notice, 'at'>): boolean => notice['severity'] === 'critical';
    const ordinary = posts.filter(({ urgency }) => urgency !== 'critical').map(({ id }) => id.split(':')[0]);
    expect(ordinary).toEqual(NOTICES.filter((notice) => !critical(notice)).map((notice) => notice['event']));
    expect(posts.filter(({ urgency }) => urgency === 'critical')).toHaveLength(NOTICES.filter(critical).length);
  });
});
