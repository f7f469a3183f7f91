// Every card keeps the limits of a message by itself, with any number of rows and the longest names, in both languages.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMMAND_SPECS } from '../../../src/app/discord/command-specs.ts';
import { Herald } from '../../../src/app/discord/herald.ts';
import type { Notice } from '../../../src/core/notice.ts';
import { epochMs } from '../../../src/core/units.ts';
import type { Card, ChatLanguage, ChatOutlet, Post } from '../../../src/ports/chat.ts';
import { aClick, aCommand, aDesk, NAMES, NOW } from '../../support/a-desk.ts';
import { cardFaults } from '../../support/card-limits.ts';

const LANGUAGES: readonly ChatLanguage[] = ['zh-TW', 'en'];
const OPTIONS = {
  symbol: NAMES[1],
  timeframe: '1h',
  time: '15:30',
  period: 'month',
  name: 'MAX_POSITIONS',
  value: '5',
  kind: 'trades',
  since: '7d',
  reason: 'lunch',
};
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

const trade = {
  tradeId: 'trade000000001',
  signalId: '0123456789abcdef',
  symbol: NAMES[1],
  side: 'long',
  setup: 'orderBlock',
  score: 82,
  entry: '104000.5',
  stop: 103_000.1,
  target: 106_000.9,
  qty: '0.012',
};
const NOTICES: readonly Omit<Notice, 'at'>[] = [
  { event: 'opened', ...trade, leverage: 12, leverageReason: 'bracket', marginPct: 3.5, risk: 99.9, notional: 1_200 },
  { event: 'protected', ...trade, ms: 210 },
  { event: 'stopMoved', ...trade, cause: 'breakEven', from: 103_000.1, to: 104_125.3 },
  { event: 'partial', ...trade, taken: 0.006, left: 0.006 },
  {
    event: 'riskLevel',
    ...trade,
    severity: 'critical',
    level: 'CRITICAL',
    before: 'HIGH',
    pnlPct: -5.1,
    pnl: -61.2,
    mark: 99_000,
  },
  { event: 'profitSuggestion', ...trade, pnlPct: 3.2, pnl: 38.4, mark: 107_328.5 },
  {
    event: 'closed',
    ...trade,
    reason: 'trail',
    pnl: '12.30',
    r: 0.61,
    exit: '105000',
    fees: '0.6',
    funding: '-0.1',
    heldMs: 4_200_000,
  },
  {
    event: 'entryRequest',
    ...trade,
    rank: 1,
    rr: 2,
    leverage: 12,
    marginPct: 3.5,
    notional: 1_200,
    risk: 99.9,
    expiresMs: NOW + 180_000,
  },
  { event: 'entryAnswered', ...trade, outcome: 'notConfirmed', by: 'nobody' },
  { event: 'balance', wallet: 10_000, equity: 10_100.5, available: 9_800 },
  { event: 'drawdown', severity: 'critical', equity: 9_400, peak: 10_000, pct: 6, limitPct: 5 },
  {
    event: 'level',
    severity: 'warning',
    level: 'NO_NEW_ENTRIES',
    before: 'NORMAL',
    reasons: ['feed market-3: no frame for 12 s'],
  },
  { event: 'alarm', severity: 'critical', code: 'naked', text: 'position without a stop for 3 s' },
  { event: 'alarm', severity: 'warning', code: 'streamDown', text: 'connection lost (market-3: timeout)' },
  { event: 'alarm', severity: 'info', code: 'streamUp', text: 'all streams are back' },
  { event: 'setting', name: 'MAX_POSITIONS', before: '3', after: '5', by: '222222222222222222', refused: null },
  { event: 'ready', mode: 'sim', symbols: 648, coldStartMs: 12_345, weightUsed: 1_986 },
  {
    event: 'stopped',
    handover: {
      positions: Array.from({ length: 30 }, () => ({ ...trade, entry: 104_000.5, stopVerifiedMs: NOW })),
      unresolved: [],
      virtuals: 10,
      unmanaged: [],
    },
  },
];

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
