// App, Discord: what is told of one trade, from the request to its end.

import type { riskLevel } from '../../book/risk-level.ts';
import type { Notice } from '../../core/notice.ts';
import type { Card, CardButton } from '../../ports/chat.ts';
import { button, byResult, COLOURS, cardOf } from './card.ts';
import { outcomeText } from './desk-acts.ts';
import { numberOf, priceOf, sideOf, symbolOfNotice, textOf } from './notice-fields.ts';
import { type RateOf, scoreSentence } from './score-words.ts';
import { arrow, decimal, lasting, marketTime, type Reader, signed, word } from './wording.ts';

type Drawn = (reader: Reader, notice: Notice, rateOf: RateOf) => Card;

const shown = (notice: Notice, name: string): string => textOf(notice, name) ?? '—';
const money = (reader: Reader, notice: Notice, name: string): string => decimal(reader, numberOf(notice, name));

function scoreLine(reader: Reader, notice: Notice, rateOf: RateOf): string[] {
  const [setup, score] = [textOf(notice, 'setup'), numberOf(notice, 'score')];
  if (setup === null || score === null) return [];
  return [
    `${reader.text('dc.n.setupLine', { setup: word(reader, 'setup', setup) })} · ${scoreSentence(reader, score, rateOf(setup, score))}`,
    `-# ${reader.text('dc.scoreIs')} ${reader.text('dc.honest')}`,
  ];
}

const tradeButtons = ({ text }: Reader, notice: Notice): readonly (readonly CardButton[])[] => {
  const tradeId = textOf(notice, 'tradeId') ?? '';
  return [
    [
      button('chart', [symbolOfNotice(notice)], text('dc.button.chart'), { style: 'primary' }),
      button('breakEven', [tradeId], text('dc.button.breakEven')),
      button('closeHalf', [tradeId], text('dc.button.closeHalf')),
      button('close', [tradeId], text('dc.button.close'), { style: 'danger' }),
    ],
  ];
};

/** Asks for the bar that it came of: that of the notice's own minute. */
const whyButton = ({ text }: Reader, notice: Notice): CardButton =>
  button('why', [symbolOfNotice(notice), new Date(notice.at).toISOString()], text('dc.button.why'));

const opened: Drawn = (reader, notice, rateOf) => {
  const { text } = reader;
  return cardOf({
    title: text('dc.n.opened', {
      symbol: symbolOfNotice(notice),
      side: sideOf(reader, notice),
      leverage: shown(notice, 'leverage'),
    }),
    description: [
      text('dc.n.openedBody', {
        entry: priceOf(notice, 'entry'),
        qty: shown(notice, 'qty'),
        stop: priceOf(notice, 'stop'),
        target: priceOf(notice, 'target'),
      }),
      text('dc.n.openedRisk', {
        margin: decimal(reader, numberOf(notice, 'marginPct'), 1),
        risk: money(reader, notice, 'risk'),
        why: word(reader, 'dc.leverage', shown(notice, 'leverageReason')),
      }),
      ...scoreLine(reader, notice, rateOf),
    ].join('\n'),
    colour: COLOURS.neutral,
    buttons: tradeButtons(reader, notice).map((row) => [...row, whyButton(reader, notice)]),
  });
};

const guarded: Drawn = (reader, notice) =>
  cardOf({
    title: reader.text('dc.n.protected', { symbol: symbolOfNotice(notice) }),
    description: reader.text('dc.n.protectedBody', {
      stop: priceOf(notice, 'stop'),
      target: priceOf(notice, 'target'),
      ms: shown(notice, 'ms'),
    }),
    colour: COLOURS.good,
  });

const stopMoved: Drawn = (reader, notice) =>
  cardOf({
    title: reader.text('dc.n.stopMoved', { symbol: symbolOfNotice(notice) }),
    description: reader.text('dc.n.stopMovedBody', {
      from: priceOf(notice, 'from'),
      to: priceOf(notice, 'to'),
      entry: priceOf(notice, 'entry'),
      cause: word(reader, 'dc.cause', shown(notice, 'cause')),
    }),
    colour: COLOURS.good,
  });

const partial: Drawn = (reader, notice) =>
  cardOf({
    title: reader.text('dc.n.partial', { symbol: symbolOfNotice(notice) }),
    description: reader.text('dc.n.partialBody', {
      taken: shown(notice, 'taken'),
      left: shown(notice, 'left'),
      entry: priceOf(notice, 'entry'),
    }),
    colour: COLOURS.good,
  });

const profit: Drawn = (reader, notice) => ({
  ...cardOf({
    title: reader.text('dc.n.profit', { symbol: symbolOfNotice(notice) }),
    description: reader.text('dc.n.profitBody', {
      pnl: signed(reader, numberOf(notice, 'pnl')),
      pct: signed(reader, numberOf(notice, 'pnlPct')),
      mark: priceOf(notice, 'mark'),
      stop: priceOf(notice, 'stop'),
      target: priceOf(notice, 'target'),
    }),
    colour: COLOURS.good,
  }),
  buttons: tradeButtons(reader, notice),
});

const RISK_COLOURS: Readonly<Record<ReturnType<typeof riskLevel>, number>> = {
  LOW: COLOURS.quiet,
  HIGH: COLOURS.warning,
  CRITICAL: COLOURS.critical,
  PROFITABLE: COLOURS.good,
};
const isLevel = (level: string): level is keyof typeof RISK_COLOURS => level in RISK_COLOURS;

const risk: Drawn = (reader, notice) => {
  const level = shown(notice, 'level');
  const named = word(reader, 'dc.level', level);
  return cardOf({
    title: reader.text('dc.n.risk', { symbol: symbolOfNotice(notice), level: named }),
    description: reader.text('dc.n.riskBody', {
      before: word(reader, 'dc.level', shown(notice, 'before')),
      level: named,
      pnl: signed(reader, numberOf(notice, 'pnl')),
      pct: signed(reader, numberOf(notice, 'pnlPct')),
      mark: priceOf(notice, 'mark'),
    }),
    colour: isLevel(level) ? RISK_COLOURS[level] : COLOURS.quiet,
    buttons: tradeButtons(reader, notice),
  });
};

const closed: Drawn = (reader, notice) => {
  const { text } = reader;
  const pnl = numberOf(notice, 'pnl');
  const names = {
    symbol: symbolOfNotice(notice),
    side: sideOf(reader, notice),
    how: word(reader, 'reason', shown(notice, 'reason')),
  };
  const held = numberOf(notice, 'heldMs');
  return cardOf({
    title: `${arrow(pnl)} ${text('dc.n.closed', names)}`,
    description: [
      text('dc.n.closedBody', { pnl: signed(reader, pnl), r: signed(reader, numberOf(notice, 'r')) }),
      text('dc.n.closedPrices', {
        entry: priceOf(notice, 'entry'),
        exit: priceOf(notice, 'exit'),
        qty: shown(notice, 'qty'),
        fees: money(reader, notice, 'fees'),
        funding: signed(reader, numberOf(notice, 'funding')),
        held: held === null ? '—' : lasting(reader, held),
      }),
    ].join('\n'),
    colour: byResult(pnl),
    buttons: [
      [button('chart', [symbolOfNotice(notice)], text('dc.button.chart')), button('trades', ['0'], text('dc.trades.title'))],
    ],
  });
};

const entryRequest: Drawn = (reader, notice, rateOf) => {
  const { text } = reader;
  const symbol = symbolOfNotice(notice);
  const args = [shown(notice, 'signalId'), symbol, shown(notice, 'side'), shown(notice, 'entry')];
  return cardOf({
    title: text('dc.n.entry', { symbol, side: sideOf(reader, notice) }),
    description: [
      text('dc.n.entryBody', {
        entry: priceOf(notice, 'entry'),
        stop: priceOf(notice, 'stop'),
        target: priceOf(notice, 'target'),
        rr: money(reader, notice, 'rr'),
        qty: shown(notice, 'qty'),
        leverage: shown(notice, 'leverage'),
      }),
      text('dc.n.entryRisk', {
        notional: money(reader, notice, 'notional'),
        risk: money(reader, notice, 'risk'),
        margin: decimal(reader, numberOf(notice, 'marginPct'), 1),
      }),
      ...scoreLine(reader, notice, rateOf),
      text('dc.n.entryUntil', { time: marketTime(reader, numberOf(notice, 'expiresMs') ?? notice.at) }),
    ].join('\n'),
    colour: COLOURS.warning,
    buttons: [
      [
        button('entryOpen', args, text('dc.button.open'), { style: 'success' }),
        button('entrySkip', [shown(notice, 'signalId')], text('dc.button.skip')),
        button('chart', [symbol], text('dc.button.chart')),
        whyButton(reader, notice),
      ],
    ],
  });
};

const entryAnswered: Drawn = (reader, notice) =>
  cardOf({
    title: reader.text('dc.n.entryAnswered', {
      symbol: symbolOfNotice(notice),
      outcome: outcomeText(reader, shown(notice, 'outcome')),
    }),
    colour: COLOURS.quiet,
  });

const virtualOpened: Drawn = (reader, notice) =>
  cardOf({
    title: reader.text('dc.n.virtualOpened', { symbol: symbolOfNotice(notice), side: sideOf(reader, notice) }),
    description: reader.text('dc.n.virtualBody', {
      entry: priceOf(notice, 'entry'),
      what: word(reader, 'reason', shown(notice, 'reason')),
    }),
    colour: COLOURS.quiet,
  });

const virtualClosed: Drawn = (reader, notice) => {
  const r = numberOf(notice, 'r');
  const how = word(reader, 'reason', shown(notice, 'reason'));
  return cardOf({
    title: reader.text('dc.n.virtualClosed', { symbol: symbolOfNotice(notice), side: sideOf(reader, notice), how }),
    description: `**${signed(reader, r)} R**`,
    colour: COLOURS.quiet,
  });
};

/** By the event's name. */
export const TRADE_CARDS: ReadonlyMap<string, Drawn> = new Map([
  ['opened', opened],
  ['protected', guarded],
  ['stopMoved', stopMoved],
  ['partial', partial],
  ['profitSuggestion', profit],
  ['riskLevel', risk],
  ['closed', closed],
  ['entryRequest', entryRequest],
  ['entryAnswered', entryAnswered],
  ['virtualOpened', virtualOpened],
  ['virtualClosed', virtualClosed],
]);
