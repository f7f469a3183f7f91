// Wherever a person is shown a score, what became of earlier signals like it stands beside it, or that nothing can be said of them.
import { describe, expect, it } from 'vitest';
import { COMMAND_SPECS } from '../../../src/app/discord/command-specs.ts';
import type { ChatLanguage } from '../../../src/ports/chat.ts';
import { aClick, aCommand, aDesk, NAMES } from '../../support/a-desk.ts';

const NAMED = COMMAND_SPECS.flatMap((spec) =>
  spec.kind === 'plain' ? [spec.name] : spec.children.map((child) => `${spec.name} ${child.name}`),
);
const SCORE: Readonly<Record<ChatLanguage, RegExp>> = { 'zh-TW': /評分 \d+(?!\d|–)/g, en: /\bscore \d+(?!\d|–)/g };
const BESIDE = /^(?:\.\d+)? (?:→ |\(below 70)|^（低於 70/;

/** Each score of a card with what follows it. */
function scoresIn(text: string, language: ChatLanguage): string[] {
  return [...text.matchAll(SCORE[language])].map((found) => text.slice(found.index + found[0].length, found.index + 60));
}

describe('a burst of signals', () => {
  it('stands on the scan card as one cluster', async () => {
    const { desk } = aDesk({ rows: 3 });
    const { card } = await desk.answer(aCommand('scan', {}, 'en'));
    expect(card.description).toContain('one cluster, nearly one bet\\: 3 long, 15\\:58–16\\:00\\: BTCUSDT');
  });
});

describe('the score on every card', () => {
  it.each(['zh-TW', 'en'] as const)('has a measured rate beside it in %s', async (language) => {
    const { desk } = aDesk({ rows: 3 });
    const replies = await Promise.all([
      ...NAMED.map((name) => desk.answer(aCommand(name, { symbol: NAMES[1], time: '15:30', period: 'month' }, language))),
      desk.answer(aClick('button', 'virtual', ['0'], language)),
      desk.answer(aClick('button', 'positions', ['virtual', '0'], language)),
    ]);
    const followed = replies.flatMap(({ card }) => scoresIn(JSON.stringify(card), language));
    expect(followed.length).toBeGreaterThanOrEqual(9);
    expect(followed.filter((text) => !BESIDE.test(text))).toEqual([]);
  });
});
