// What people ask is answered from memory; only what memory has given up is asked of the database.
import { describe, expect, it } from 'vitest';
import type { Overview } from '../../../services/overview.ts';
import { LiveSetups } from '../../../src/app/discord/live-setups.ts';
import { isTextKey, textIn } from '../../../src/app/text/catalogue.ts';
import { epochMs, symbolId } from '../../../src/core/units.ts';
import type { SuggestRequest } from '../../../src/ports/chat.ts';
import { JournalError } from '../../../src/ports/errors.ts';
import type { DecisionWish } from '../../../src/ports/history.ts';
import type { LeverageReason } from '../../../src/risk/leverage.ts';
import { aClick, aCommand, aDesk, anOverview, NOW } from '../../support/a-desk.ts';
import { anEvaluation } from '../../support/an-evaluation.ts';
import { FakeWallClock } from '../../support/fake-clocks.ts';

const ETH = symbolId('ETHUSDT');
const LONG_AGO = '2025-05-20T08:15:00Z';
const textOfCard = (card: { readonly description: string | null; readonly fields: readonly { readonly value: string }[] }) =>
  [card.description, ...card.fields.map(({ value }) => value)].join('\n');

/** A desk whose memory holds four hours, and a database that holds one signal. */
function aRoom(overview: () => Overview = () => anOverview(0)) {
  const held = aDesk({ overview });
  const { parts } = held.room;
  parts.market.symbols = () => [ETH];
  parts.traces.at = (symbol, barCloseMs) =>
    barCloseMs < NOW - 14_400_000
      ? { kind: 'absent' }
      : { kind: 'evaluated', barCloseMs: epochMs(barCloseMs), evaluations: [anEvaluation({ symbol })] };
  const asked: DecisionWish[] = [];
  parts.history.decision = async (wish) => {
    asked.push(wish);
    const fate = { rank: 2, kind: 'notReal', reason: 'cluster' } as const;
    const evaluation = anEvaluation({ symbol: wish.symbol, emitted: true, firstFailedGate: null });
    return { ...wish, kind: 'evaluated', span: { fromMs: NOW, toMs: NOW }, decisions: [{ evaluation, fate }] };
  };
  return { ...held, asked };
}

describe('/why', () => {
  it('answers from memory what memory holds, without asking the database', async () => {
    const { desk, asked } = aRoom();
    for (const time of [null, '15:30']) {
      const { card } = await desk.answer(aCommand('why', { symbol: ETH, ...(time === null ? {} : { time }) }));
      // The gate that failed: 0.86 R of room where 1 R is wanted.
      expect(textOfCard(card)).toContain('0.86 R \\< 1.00 R');
    }
    expect(asked).toEqual([]);
  });

  it('finds a signal in the database that memory has given up, with what became of it', async () => {
    const { desk, asked } = aRoom();
    const { card } = await desk.answer(aCommand('why', { symbol: ETH, time: LONG_AGO }));
    expect(asked).toEqual([{ symbol: ETH, atMs: Date.parse(LONG_AGO) }]);
    expect(textOfCard(card)).toContain('來自資料庫');
    expect(textOfCard(card)).toContain('當分鐘第 2 名');
  });

  it('says what memory holds where the database does not answer', async () => {
    const { desk, room } = aRoom();
    room.parts.history.decision = async () => {
      throw new JournalError('locked');
    };
    const { card } = await desk.answer(aCommand('why', { symbol: ETH, time: LONG_AGO }));
    expect(card.description).toContain('那一分鐘沒有紀錄');
  });

  it('is asked by a button for the minute of its card', async () => {
    const { desk, asked } = aRoom();
    await desk.answer(aClick('button', 'why', [ETH, LONG_AGO]));
    expect(asked).toEqual([{ symbol: ETH, atMs: Date.parse(LONG_AGO) }]);
  });

  it('tells what became of a signal that is still in the list of the newest ones', async () => {
    const told = { symbol: ETH, rank: 4, fate: 'virtual: cluster', barCloseMs: NOW };
    const recentSignals = anOverview(1).recentSignals.map((signal) => ({ ...signal, ...told }));
    const { desk, room } = aRoom(() => anOverview(0, { recentSignals }));
    room.parts.traces.newest = () => ({
      kind: 'evaluated',
      barCloseMs: NOW,
      evaluations: [anEvaluation({ symbol: ETH, emitted: true, barCloseMs: NOW })],
    });
    const { card } = await desk.answer(aCommand('why', { symbol: ETH }));
    expect(textOfCard(card)).toContain('當分鐘第 4 名');
  });
});

describe('/scan', () => {
  it('shows the signals and below them the best set-ups with the gate that kept each', async () => {
    const { desk } = aDesk({ rows: 3 });
    const { card } = await desk.answer(aCommand('scan'));
    expect(card.fields).toHaveLength(4);
    const last = card.fields.at(-1);
    expect(last?.name).toContain('最佳候選');
    expect(last?.value.match(/✗ room .{1,2}空間.{1,2} 0\.86 R/g)).toHaveLength(3);
  });

  it('shows set-ups where there is no signal at all', async () => {
    const { desk } = aDesk({ rows: 0, setups: [anEvaluation()] });
    const { card } = await desk.answer(aCommand('scan', {}, 'en'));
    expect(card.fields.map(({ value }) => value)).toEqual([expect.stringContaining('ETHUSDT')]);
  });
});

describe('the best set-ups of the market', () => {
  const symbols = Array.from({ length: 648 }, (_, i) => symbolId(`S${i}USDT`));

  it('are drawn up in slices, so that nothing waits for the whole market', async () => {
    const clock = new FakeWallClock();
    const slices: number[] = [0];
    const source = {
      symbols: () => symbols,
      setupsOf: ([symbol = ETH]: readonly (typeof ETH)[]) => {
        // A quarter of a millisecond each, as measured for contracts with many zones.
        clock.ms += 0.25;
        slices[slices.length - 1] = (slices.at(-1) ?? 0) + 0.25;
        return [anEvaluation({ symbol, score: Number(symbol.slice(1, -4)) % 90 })];
      },
    };
    const after = (_: number, back: () => void): (() => void) => {
      slices.push(0);
      setImmediate(back);
      return () => undefined;
    };
    const setups = new LiveSetups(source, { now: () => clock.now(), after });
    const best = await setups.best();
    expect(best).toHaveLength(20);
    expect(best[0]?.score).toBe(89);
    expect(Math.max(...slices)).toBeLessThanOrEqual(4);
    expect(slices.length).toBeGreaterThan(40);
    expect(setups.best()).toBe(setups.best());
  });
});

describe('suggestions for a value', () => {
  const typed = (name: string, text = ''): readonly string[] => {
    const { desk } = aDesk();
    const request: SuggestRequest = {
      by: { id: '1', name: 'a', rank: 'admin' },
      language: 'en',
      command: 'config',
      child: 'set',
      option: 'value',
      typed: text,
      beside: { name },
    };
    return desk.suggest(request).map(({ value }) => value);
  };

  it('are those that the named setting may become, the value in force first', () => {
    expect(typed('CHART_THEME')).toEqual(['dark', 'light']);
    expect(typed('notify_opened')).toEqual(['on', 'silent', 'off']);
    expect(typed('ENTRY_CONFIRM')).toEqual(['off', 'discord']);
    expect(typed('MAX_POSITIONS')[0]).toBe('3');
    expect(typed('QUIET_HOURS', '23')).toEqual(['23-07+8']);
    expect(typed('BINANCE_API_SECRET')).toEqual([]);
  });
});

describe('the words of a leverage', () => {
  const REASONS: Readonly<Record<LeverageReason, true>> = {
    plan: true,
    fewTrades: true,
    bracket: true,
    liquidation: true,
    risk: true,
    heat: true,
    tier: true,
    margin: true,
  };
  it.each(Object.keys(REASONS))('exist for %s in both languages', (reason) => {
    const key = `dc.leverage.${reason}`;
    if (!isTextKey(key)) throw new Error(`${key} is no key`);
    for (const language of ['zh-TW', 'en'] as const) expect(textIn(language)(key)).not.toMatch(/dc\.|^$/);
  });
});
