import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageJson } from '../../../src/adapters/discord/card-json.ts';
import { cut } from '../../../src/adapters/discord/fit-card.ts';
import type { Card } from '../../../src/ports/chat.ts';
import { aCard } from '../../support/chat-bench.ts';
import { judgeMessage } from '../../support/fake-discord-limits.ts';

/** Long, blank, emoji and CJK texts around and far beyond the limits. */
const text = fc.oneof(
  fc.string({ maxLength: 50 }),
  fc.constantFrom('', ' ', '\n'),
  fc.integer({ min: 0, max: 9_000 }).map((n) => '幣'.repeat(n)),
  fc.integer({ min: 0, max: 5_000 }).map((n) => '🟢'.repeat(n)),
);

const aWildCard: fc.Arbitrary<Card> = fc.record({
  title: text,
  description: fc.option(text),
  colour: fc.integer({ min: 0, max: 0xffffff }),
  fields: fc.array(fc.record({ name: text, value: text, place: fc.constantFrom('row' as const, 'alone' as const) }), {
    maxLength: 40,
  }),
  footer: fc.option(text),
  atMs: fc.constant(null),
  image: fc.constant(null),
  buttons: fc.constant([]),
  files: fc.array(
    fc.record({ name: fc.constant('a.csv'), bytes: fc.constant(new Uint8Array([1])), description: fc.option(text) }),
    { maxLength: 14 },
  ),
});

describe('a card in a message', () => {
  it('breaks no limit, whatever is on it', () => {
    fc.assert(
      fc.property(aWildCard, (card) => {
        const { body, files } = messageJson(card);
        expect(
          judgeMessage(
            JSON.parse(JSON.stringify(body)),
            files.map((file) => ({ name: file.name, bytes: file.data.length })),
            'create',
          ),
        ).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('keeps five rows of five buttons and gives the rest up', () => {
    const button = (id: number) => ({ action: 'page', args: [String(id)], label: '', style: 'primary', state: 'on' }) as const;
    const rows = Array.from({ length: 7 }, (_, r) => Array.from({ length: 6 }, (_x, i) => button(r * 10 + i)));
    const { body } = messageJson(aCard('t', { buttons: rows }));
    expect(judgeMessage(JSON.parse(JSON.stringify(body)), [], 'create')).toEqual([]);
    expect(body['components']).toHaveLength(5);
  });

  it('never cuts a character in two', () => {
    expect(cut('🟢🟢🟢', 4)).toBe('🟢…');
    expect(cut('abc', 3)).toBe('abc');
  });

  it('refuses a button that carries more than its id can', () => {
    const button = { action: 'close', args: ['x'.repeat(120)], label: 'b', style: 'danger', state: 'on' } as const;
    expect(() => messageJson(aCard('t', { buttons: [[button]] }))).toThrow(/more than 100 characters/);
  });
});
