// App, Discord: what changes something. Money moves in two steps: a preview with the computed order, then the same person's
// confirmation, at which position and price are looked at again. The loop does it; this room only asks and listens.
import type { PositionView } from '../../../services/overview.ts';
import { breakEvenPrice } from '../../book/management.ts';
import type { Command } from '../../core/events.ts';
import type { Notice } from '../../core/notice.ts';
import { symbolId } from '../../core/units.ts';
import type { Card, Reply } from '../../ports/chat.ts';
import { roundTripCostFraction } from '../../risk/settings.ts';
import { riskSettings } from '../strategy-settings.ts';
import { isTextKey } from '../text/catalogue.ts';
import { alone, COLOURS, cardOf } from './card.ts';
import { levelColour, reasonLines } from './status-card.ts';
import { type Answerer, answered, optionText, refusedWith, symbolOf, type Turn } from './turn.ts';
import { decimal, price, type Reader, share, signed, signedShare, symbolText, word } from './wording.ts';

/** A price that moved further than this between the two steps is shown again before anything is sent. */
const PRICE_MOVED = 0.005;
/** The loop answers within its next event; a person waits no longer than this. */
const ANSWER_MS = 2_000;
const REASON_LENGTH = 120;

export type PositionAct = 'close' | 'closeHalf' | 'breakEven';

export const doneCard = ({ text }: Reader, sentence: string): Card =>
  cardOf({ title: text('dc.act.done'), description: sentence, colour: COLOURS.good });
const sentCard = ({ text }: Reader, sentence: string): Card =>
  cardOf({ title: text('dc.act.sent'), description: sentence, colour: COLOURS.neutral });

export const byOf = ({ request }: Turn): string => request.by.id;

/** Asks the loop and waits for the word it says about it; null: it did not speak in time. */
export function ask(turn: Turn, command: Command, wanted: (notice: Notice) => boolean): Promise<Notice | null> {
  const { parts, watch } = turn;
  const heard = watch.heard(wanted, { waitMs: ANSWER_MS, after: parts.wallClock.after });
  parts.submit(command, byOf(turn));
  return heard;
}

const refusedByBot = ({ event, code }: Notice & { readonly code?: unknown }): boolean =>
  event === 'alarm' && code === 'commandRefused';

/** From a position's button by its trade, from the command by its contract. */
function positionOf({ parts, args }: Turn): PositionView | undefined {
  return parts.overview().positions.find(({ tradeId }) => tradeId === args[0]);
}

export const closeCommand: Answerer = (turn) => {
  const found = symbolOf(turn, optionText(turn, 'symbol') ?? '');
  if ('refusal' in found) return found.refusal;
  const position = turn.parts.overview().positions.find(({ symbol }) => symbol === found.symbol);
  if (position === undefined)
    return refusedWith(turn.reader, turn.reader.text('dc.act.noPosition', { symbol: symbolText(found.symbol) }));
  return preview(turn, 'close', position);
};

export const previewOf =
  (act: PositionAct): Answerer =>
  (turn) => {
    const position = positionOf(turn);
    return position === undefined ? refusedWith(turn.reader, turn.reader.text('dc.act.gone')) : preview(turn, act, position);
  };

function preview(turn: Turn, act: PositionAct, position: PositionView, movedBy: number | null = null): Reply {
  const { reader } = turn;
  const { text } = reader;
  const moved = movedBy === null ? null : text('dc.act.moved', { change: signedShare(reader, movedBy) });
  const card = cardOf({
    title: text(`dc.act.${act}Title`, { symbol: position.symbol }),
    description: moved,
    colour: COLOURS.warning,
    fields: act === 'breakEven' ? breakEvenFields(turn, position) : closeFields(turn, position, act === 'close' ? 1 : 0.5),
  });
  return { kind: 'confirm', card, action: act, args: [position.tradeId, String(position.mark)], rank: 'trader' };
}

function closeFields({ reader, parts }: Turn, position: PositionView, part: number): Card['fields'] {
  const { text } = reader;
  const qty = Number(position.qty) * part;
  const notional = qty * position.mark;
  const { TAKER_FEE_BPS, SLIPPAGE_BPS } = parts.settings;
  const [fee, slippage] = [(notional * TAKER_FEE_BPS) / 10_000, (notional * SLIPPAGE_BPS) / 10_000];
  const action = text(position.side === 'long' ? 'dc.act.sell' : 'dc.act.buy');
  const result = position.pnlUsdt * part - fee - slippage;
  return [
    alone(
      text('dc.act.order'),
      text('dc.act.orderClose', { action, qty: part === 1 ? position.qty : `≈ ${qty}`, mark: price(position.mark) }),
    ),
    alone(text('dc.act.result'), `${signed(reader, result)} USDT（${signed(reader, position.r * part)} R）`),
    alone(text('dc.act.cost'), text('dc.act.costValue', { fee: decimal(reader, fee), slippage: decimal(reader, slippage) })),
  ];
}

function breakEvenFields({ reader, parts }: Turn, position: PositionView): Card['fields'] {
  const free = breakEvenPrice(position, roundTripCostFraction(riskSettings(parts.settings)));
  return [
    alone(reader.text('dc.act.order'), reader.text('dc.act.orderBreakEven', { stop: price(position.stop), price: price(free) })),
  ];
}

const SENT = { close: 'dc.act.closeSent', closeHalf: 'dc.act.closeHalfSent', breakEven: 'dc.act.breakEvenSent' } as const;
const TOLD: Readonly<Record<PositionAct, string>> = { close: 'closed', closeHalf: 'partial', breakEven: 'stopMoved' };

export const confirmedOf =
  (act: PositionAct): Answerer =>
  async (turn) => {
    const { reader, args } = turn;
    const { text } = reader;
    const position = positionOf(turn);
    if (position === undefined) return refusedWith(reader, text('dc.act.gone'));
    const movedBy = position.mark / Number(args[1]) - 1;
    if (!(Math.abs(movedBy) <= PRICE_MOVED)) return preview(turn, act, position, movedBy);
    const { symbol, tradeId } = position;
    const heard = await ask(
      turn,
      { kind: act, symbol },
      (notice) => refusedByBot(notice) || (notice.event === TOLD[act] && notice['tradeId'] === tradeId),
    );
    if (heard !== null && refusedByBot(heard))
      return refusedWith(reader, text('dc.act.botRefused', { reason: symbolText(String(heard['text'])) }));
    return answered(sentCard(reader, text(SENT[act], { symbol: symbolText(symbol) })));
  };

export const pause: Answerer = (turn) => {
  const given = optionText(turn, 'reason')?.slice(0, REASON_LENGTH);
  turn.parts.submit({ kind: 'pause', reason: given ?? `asked for by ${byOf(turn)}` }, byOf(turn));
  return answered(doneCard(turn.reader, turn.reader.text('dc.act.paused')));
};

export const resumePreview: Answerer = ({ reader, parts }) => {
  const { level, reasons } = parts.overview().ladder;
  const card = cardOf({
    title: reader.text('dc.act.resumeTitle'),
    description: reader.text('dc.act.resumeWhat', {
      level: reader.text(`dc.ladder.${level}`),
      reasons: reasonLines(reader, reasons),
    }),
    colour: levelColour[level],
  });
  return { kind: 'confirm', card, action: 'resume', args: [], rank: 'trader' };
};

export const resumeConfirmed: Answerer = (turn) => {
  turn.parts.submit({ kind: 'resume' }, byOf(turn));
  return answered(doneCard(turn.reader, turn.reader.text('dc.act.resumed')));
};

/** One step, and it waits for nothing: not for the database, not for a look at the positions. */
export const panic: Answerer = (turn) => {
  turn.parts.submit({ kind: 'panic' }, byOf(turn));
  const { text } = turn.reader;
  const description = text('dc.act.panicked', { count: turn.parts.overview().positions.length });
  return answered(cardOf({ title: text('dc.act.panicTitle'), description, colour: COLOURS.critical }));
};

/** The button carries what the card showed: signal, contract, side and price. */
export const entryPreview: Answerer = ({ reader, parts, args }) => {
  const { text } = reader;
  const [signalId = '', symbol = '', side = '', entry = ''] = args;
  const waiting = parts.overview().entryRequests?.some((request) => request.signalId === signalId) ?? true;
  if (!waiting) return refusedWith(reader, word(reader, 'dc.answer', 'unknown'));
  const mark = parts.market.markPrice(symbolId(symbol));
  const change = mark / Number(entry) - 1;
  const card = cardOf({
    title: text('dc.act.entryTitle', { symbol, side: word(reader, 'side', side) }),
    description: text('dc.act.entryPrice', {
      entry: price(Number(entry)),
      mark: price(mark),
      change: Number.isFinite(change) ? signedShare(reader, change) : share(reader, null),
    }),
    colour: COLOURS.warning,
  });
  return { kind: 'confirm', card, action: 'entryOpen', args: [signalId], rank: 'trader' };
};

const isAnswerTo =
  (signalId: string | undefined) =>
  (notice: Notice): boolean =>
    notice.event === 'entryAnswered' && notice['signalId'] === signalId;

/** An answer of its own, or the reason of a gate. */
export const outcomeText = (reader: Reader, outcome: string): string =>
  isTextKey(`dc.answer.${outcome}`) ? word(reader, 'dc.answer', outcome) : word(reader, 'reason', outcome);

/** What the bot said about a request: taken, skipped, or why not. */
async function entryAnswer(turn: Turn, command: 'confirmEntry' | 'skipEntry'): Promise<Reply> {
  const { reader, args } = turn;
  const { text } = reader;
  const [signalId = ''] = args;
  const heard = await ask(turn, { kind: command, signalId }, isAnswerTo(signalId));
  if (heard === null) return answered(sentCard(reader, text('dc.act.noAnswer')));
  const outcome = String(heard['outcome']);
  const expected = command === 'confirmEntry' ? 'confirmed' : 'skipped';
  if (outcome !== expected) return refusedWith(reader, text('dc.act.botRefused', { reason: outcomeText(reader, outcome) }));
  return answered(doneCard(reader, text(command === 'confirmEntry' ? 'dc.act.entryConfirmed' : 'dc.act.entrySkipped')));
}

export const entryConfirmed: Answerer = (turn) => entryAnswer(turn, 'confirmEntry');
export const entrySkip: Answerer = (turn) => entryAnswer(turn, 'skipEntry');
