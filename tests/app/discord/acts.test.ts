// What changes something takes its two steps, looks again before the second, and tells what the bot said.
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../src/core/events.ts';
import type { Notice } from '../../../src/core/notice.ts';
import type { Reply } from '../../../src/ports/chat.ts';
import { aClick, aCommand, aDesk, anOverview, aPosition, NOW } from '../../support/a-desk.ts';

const confirmOf = (reply: Reply): Extract<Reply, { kind: 'confirm' }> => {
  if (reply.kind !== 'confirm') throw new Error(`the reply is ${reply.kind}: ${reply.card.description}`);
  return reply;
};
/** One long of 0.5 at 100, now 110: 5 USDT up. At 5 + 1 bp of 55 USDT the exit costs 0.0275 + 0.0055. */
const position = aPosition(0, {
  tradeId: 'atrade00000001',
  qty: '0.5',
  entry: 100,
  mark: 110,
  stop: 98,
  target: 120,
  pnlUsdt: 5,
  r: 5,
});
const { symbol } = position;

describe('closing a position', () => {
  it('shows the order first and sends nothing', async () => {
    const { desk, asked } = aDesk({ overview: () => anOverview(0, { positions: [position] }) });
    const preview = confirmOf(await desk.answer(aCommand('close', { symbol })));
    expect(preview).toMatchObject({ action: 'close', args: [position.tradeId, '110'], rank: 'trader' });
    const words = preview.card.fields.map(({ value }) => value).join(' ');
    expect(words).toContain('賣出 0.5');
    expect(words).toContain('+4.97');
    expect(words).toContain('0.03');
    expect(asked).toEqual([]);
  });

  it('sends it once the same price was confirmed, and asks again after a move of more than half a percent', async () => {
    let mark = 110;
    const { desk, asked } = aDesk({ overview: () => anOverview(0, { positions: [{ ...position, mark }] }) });
    mark = 110.6;
    const again = confirmOf(await desk.answer(aClick('confirmed', 'close', [position.tradeId, '110'])));
    expect(again.args).toEqual([position.tradeId, '110.6']);
    expect(asked).toEqual([]);
    const sent = await desk.answer(aClick('confirmed', 'close', again.args));
    expect(sent.kind).toBe('card');
    expect(asked).toEqual([{ command: { kind: 'close', symbol }, by: '222222222222222222' }]);
  });

  it('sends nothing for a position that is gone, whatever the button says', async () => {
    const { desk, asked } = aDesk({ overview: () => anOverview(0) });
    for (const action of ['close', 'closeHalf', 'breakEven']) {
      expect((await desk.answer(aClick('button', action, [position.tradeId]))).kind).toBe('refused');
      expect((await desk.answer(aClick('confirmed', action, [position.tradeId, '110']))).kind).toBe('refused');
    }
    expect(asked).toEqual([]);
  });

  it('passes on why the bot refused', async () => {
    const refuse = (_: Command, watch: { publish: (notice: Notice) => void }): void =>
      watch.publish({ event: 'alarm', at: NOW, code: 'commandRefused', text: 'half: too small' });
    const { desk } = aDesk({ overview: () => anOverview(0, { positions: [position] }), onCommand: refuse });
    const reply = await desk.answer(aClick('confirmed', 'closeHalf', [position.tradeId, '110']));
    expect(reply.kind).toBe('refused');
    expect(reply.card.description).toContain('too small');
  });
});

describe('stopping and going on', () => {
  it('pauses and panics in one step, resumes in two', async () => {
    const { desk, asked } = aDesk();
    await desk.answer(aCommand('pause', { reason: 'lunch' }));
    await desk.answer(aCommand('panic'));
    confirmOf(await desk.answer(aCommand('resume')));
    expect(asked.map(({ command }) => command)).toEqual([{ kind: 'pause', reason: 'lunch' }, { kind: 'panic' }]);
    await desk.answer(aClick('confirmed', 'resume'));
    expect(asked.at(-1)?.command).toEqual({ kind: 'resume' });
  });
});

describe('an entry request', () => {
  it('is opened in two steps and skipped in one', async () => {
    const answer = (command: Command, watch: { publish: (notice: Notice) => void }): void => {
      const outcome = command.kind === 'confirmEntry' ? 'confirmed' : 'skipped';
      watch.publish({ event: 'entryAnswered', at: NOW, signalId: 's1', outcome });
    };
    const { desk, asked } = aDesk({ onCommand: answer });
    const preview = confirmOf(await desk.answer(aClick('button', 'entryOpen', ['s1', 'BTCUSDT', 'long', '104000'])));
    expect(asked).toEqual([]);
    expect((await desk.answer(aClick('confirmed', preview.action, preview.args))).card.description).toContain('已確認');
    expect((await desk.answer(aClick('button', 'entrySkip', ['s1']))).card.description).toContain('已略過');
    expect(asked.map(({ command }) => command.kind)).toEqual(['confirmEntry', 'skipEntry']);
  });

  it('that nobody waits for any more opens nothing', async () => {
    const { desk, asked } = aDesk({ overview: () => anOverview(1, { entryRequests: [] }) });
    expect((await desk.answer(aClick('button', 'entryOpen', ['s1', 'BTCUSDT', 'long', '104000']))).kind).toBe('refused');
    expect(asked).toEqual([]);
  });
});

describe('settings', () => {
  it('of the chat are checked, confirmed, kept with who changed them, and shown', async () => {
    const { desk, store } = aDesk();
    const bad = await desk.answer(aCommand('config set', { name: 'CHART_RISING', value: 'blue' }));
    expect(bad.kind).toBe('refused');
    const preview = confirmOf(await desk.answer(aCommand('config set', { name: 'chart_rising', value: 'red' })));
    expect(store.changes).toEqual([]);
    await desk.answer(aClick('confirmed', preview.action, preview.args));
    expect(store.changes).toEqual([{ name: 'CHART_RISING', before: null, after: 'red', by: '222222222222222222', at: NOW }]);
    const view = await desk.answer(aCommand('config view'));
    expect(view.card.description).toContain('`CHART_RISING` = **red**');
  });

  it('of the bot go to the bot, and its refusal comes back', async () => {
    const refuse = (_: Command, watch: { publish: (notice: Notice) => void }): void =>
      watch.publish({
        event: 'setting',
        at: NOW,
        name: 'MAX_POSITIONS',
        before: null,
        after: null,
        refused: 'a whole number from 1 to 20',
      });
    const { desk, asked } = aDesk({ onCommand: refuse });
    const reply = await desk.answer(aClick('confirmed', 'configSet', ['MAX_POSITIONS', '99']));
    expect(asked[0]?.command).toEqual({ kind: 'set', name: 'MAX_POSITIONS', value: '99' });
    expect(reply.card.description).toContain('a whole number from 1 to 20');
  });

  it('never show a secret and never change what cannot be changed while the bot runs', async () => {
    const { desk, asked } = aDesk();
    const pages = await Promise.all([0, 1, 2, 3, 4].map((page) => desk.answer(aClick('button', 'config', [String(page)]))));
    expect(pages.map(({ card }) => card.description).join(' ')).not.toMatch(/SECRET|TOKEN|API_KEY/);
    for (const name of ['BINANCE_API_SECRET', 'DISCORD_ADMIN_IDS', 'MODE', 'TRADING_ENABLED'])
      expect((await desk.answer(aCommand('config set', { name, value: 'x' }))).kind).toBe('refused');
    expect(asked).toEqual([]);
  });
});

describe('suggestions', () => {
  it('put open positions first, then the best scores of today, then the letters', () => {
    const { desk, room } = aDesk({ overview: () => anOverview(0, { positions: [position] }) });
    const symbols = ['AAVEUSDT', 'BTCUSDT', 'ABCBTCUSDT', 'BTCDOMUSDT', symbol];
    room.parts.market.symbols = () => symbols as never;
    room.watch.publish({ event: 'signal', at: NOW, symbol: 'BTCDOMUSDT', score: 91 });
    const typed = (text: string) =>
      desk
        .suggest({
          by: { id: '1', name: 'a', rank: 'viewer' },
          language: 'en',
          command: 'chart',
          child: null,
          option: 'symbol',
          typed: text,
          beside: {},
        })
        .map(({ value }) => value);
    expect(typed('')[0]).toBe(symbol);
    expect(typed('')[1]).toBe('BTCDOMUSDT');
    expect(typed('ｂｔｃ')).toEqual(['BTCDOMUSDT', 'BTCUSDT', 'ABCBTCUSDT']);
  });
});
