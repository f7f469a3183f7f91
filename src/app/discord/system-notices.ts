// App, Discord: what is told of the bot itself: its account, its level, its streams, its start and its end, and the day.
import type { Handover } from '../../../services/execution/views.ts';
import type { Tally } from '../../../services/overview.ts';
import { MIN_OUTCOMES } from '../../book/hit-rates.ts';
import { wilsonInterval } from '../../book/stats.ts';
import type { Notice } from '../../core/notice.ts';
import { LADDER, type LadderLevel } from '../../core/trade.ts';
import type { Card } from '../../ports/chat.ts';
import { rateText } from './account-cards.ts';
import { byResult, COLOURS, cardOf, fittingLines } from './card.ts';
import { numberOf, textOf } from './notice-fields.ts';
import { LIST_ROOM } from './position-cards.ts';
import { levelColour, reasonLines } from './status-card.ts';
import { decimal, price, type Reader, signed, symbolText, word } from './wording.ts';

type Drawn = (reader: Reader, notice: Notice) => Card;

const shown = (notice: Notice, name: string): string => textOf(notice, name) ?? '—';

const balance: Drawn = (reader, notice) =>
  cardOf({
    title: reader.text('dc.n.balance'),
    description: reader.text('dc.n.balanceBody', {
      equity: decimal(reader, numberOf(notice, 'equity')),
      wallet: decimal(reader, numberOf(notice, 'wallet')),
      available: decimal(reader, numberOf(notice, 'available')),
    }),
    colour: COLOURS.quiet,
  });

const drawdown: Drawn = (reader, notice) => {
  const pct = decimal(reader, numberOf(notice, 'pct'), 1);
  return cardOf({
    title: reader.text('dc.n.drawdown', { pct }),
    description: reader.text('dc.n.drawdownBody', {
      pct,
      equity: decimal(reader, numberOf(notice, 'equity')),
      peak: decimal(reader, numberOf(notice, 'peak')),
      limit: decimal(reader, numberOf(notice, 'limitPct'), 1),
    }),
    colour: COLOURS.critical,
  });
};

const isLadder = (level: string): level is LadderLevel => LADDER.some((known) => known === level);

const level: Drawn = (reader, notice) => {
  const now = shown(notice, 'level');
  const reasons = Array.isArray(notice['reasons']) ? notice['reasons'].map(String) : [];
  return cardOf({
    title: reader.text('dc.n.level', {
      before: word(reader, 'dc.ladder', shown(notice, 'before')),
      level: word(reader, 'dc.ladder', now),
    }),
    description: reasonLines(reader, reasons),
    colour: isLadder(now) ? levelColour[now] : COLOURS.warning,
  });
};

const SEVERITY_COLOURS = { critical: COLOURS.critical, warning: COLOURS.warning, info: COLOURS.quiet } as const;

/** The sentence of an alarm is the log's own, in English: help from elsewhere works with it. */
const alarm: Drawn = (reader, notice) => {
  const { text } = reader;
  const code = shown(notice, 'code');
  const sentence = symbolText(shown(notice, 'text'));
  if (code === 'streamDown') {
    const description = text('dc.n.streamDownBody', { text: sentence });
    return cardOf({ title: text('dc.n.streamDown'), description, colour: COLOURS.warning });
  }
  if (code === 'streamUp')
    return cardOf({ title: text('dc.n.streamUp'), description: text('dc.n.streamUpBody'), colour: COLOURS.good });
  const severity = notice.severity ?? 'warning';
  return cardOf({ title: text(`dc.n.alarm.${severity}`, { code }), description: sentence, colour: SEVERITY_COLOURS[severity] });
};

const setting: Drawn = (reader, notice) => {
  const name = shown(notice, 'name');
  const refusal = textOf(notice, 'refused');
  if (refusal !== null)
    return cardOf({
      title: reader.text('dc.n.settingRefused', { name }),
      description: symbolText(refusal),
      colour: COLOURS.warning,
    });
  const by = shown(notice, 'by');
  return cardOf({
    title: reader.text('dc.n.setting', { name }),
    description: reader.text('dc.n.settingBody', {
      by: /^\d{17,20}$/.test(by) ? `<@${by}>` : symbolText(by),
      before: symbolText(shown(notice, 'before')),
      after: symbolText(shown(notice, 'after')),
    }),
    colour: COLOURS.quiet,
  });
};

const ready: Drawn = (reader, notice) =>
  cardOf({
    title: reader.text('dc.n.start', { mode: shown(notice, 'mode') }),
    description: [
      reader.text('dc.n.startBody', {
        symbols: shown(notice, 'symbols'),
        warm: numberOf(notice, 'warmSymbols') === 0 ? '' : reader.text('load.fromKept', { count: shown(notice, 'warmSymbols') }),
        seconds: decimal(reader, (numberOf(notice, 'coldStartMs') ?? Number.NaN) / 1000, 1),
        weight: shown(notice, 'weightUsed'),
      }),
      `-# ${reader.text('dc.honest')}`,
    ].join('\n'),
    colour: COLOURS.good,
  });

const isHandover = (value: unknown): value is Handover =>
  typeof value === 'object' && value !== null && 'positions' in value && 'unresolved' in value;

const stopped: Drawn = (reader, notice) => {
  const { text } = reader;
  const handover = notice['handover'];
  const title = text('dc.n.stopped');
  if (!isHandover(handover)) return cardOf({ title, colour: COLOURS.quiet });
  const lines = handover.positions.map((position) =>
    text('dc.n.stoppedLine', {
      symbol: symbolText(position.symbol),
      side: word(reader, 'side', position.side),
      qty: position.qty,
      entry: price(position.entry),
      stop: price(position.stop),
      target: price(position.target),
      verified: text(position.stopVerifiedMs === null ? 'protection.pending' : 'protection.verified'),
    }),
  );
  const unresolved = handover.unresolved.map(symbolText).join(', ');
  return cardOf({
    title,
    description: [
      lines.length === 0
        ? text('dc.n.stoppedNone')
        : fittingLines(lines, LIST_ROOM - 1_000, (count) => text('dc.page.more', { count })),
      ...(unresolved === '' ? [] : [text('dc.n.stoppedUnresolved', { symbols: unresolved.slice(0, 600) })]),
      text('dc.n.stoppedUnmanaged', { virtuals: handover.virtuals }),
    ].join('\n'),
    colour: handover.positions.some(({ stopVerifiedMs }) => stopVerifiedMs === null) ? COLOURS.warning : COLOURS.quiet,
  });
};

/** By the event's name. */
export const SYSTEM_CARDS: ReadonlyMap<string, Drawn> = new Map([
  ['balance', balance],
  ['drawdown', drawdown],
  ['level', level],
  ['alarm', alarm],
  ['setting', setting],
  ['ready', ready],
  ['stopped', stopped],
]);

/** A day's sums: the tally now less the tally then. */
export function digestCard(reader: Reader, day: string, tally: Tally): Card {
  const { text } = reader;
  const { wins, closed } = tally;
  const rate = {
    n: closed,
    hits: wins,
    rate: closed === 0 ? null : wins / closed,
    ...wilsonInterval({ wins, total: closed }),
    verdict: closed < MIN_OUTCOMES ? ('tooFew' as const) : ('measured' as const),
  };
  return cardOf({
    title: text('dc.n.digest', { day }),
    description: [
      text('dc.n.digestBody', { ...tally, pnl: signed(reader, tally.netPnlUsdt) }),
      text('dc.n.digestRate', { rate: rateText(reader, rate) }),
      `-# ${text('dc.honest')}`,
    ].join('\n'),
    colour: byResult(closed === 0 ? null : tally.netPnlUsdt),
  });
}
