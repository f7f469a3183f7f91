// App, Discord: what is over: closed trades and resolved virtual positions, a page at a time from the database.
import type { Card, CardButton } from '../../ports/chat.ts';
import type { Page, TradeLine, VirtualLine } from '../../ports/history.ts';
import { button, cardOf, fittingLines, pageFooter, pager } from './card.ts';
import { LIST_ROOM } from './position-cards.ts';
import { type RateOf, scoreSentence } from './score-words.ts';
import { arrow, marketTime, price, type Reader, signed, symbolText, word } from './wording.ts';

export const LEDGER_ROWS = 10;

const list = ({ text }: Reader, lines: readonly string[]): string =>
  fittingLines(lines, LIST_ROOM, (count) => text('dc.page.more', { count }));

const tradeLine = (reader: Reader, t: TradeLine, rateOf: RateOf): string =>
  reader.text('dc.trades.line', {
    arrow: arrow(t.netR),
    symbol: symbolText(t.symbol),
    side: word(reader, 'side', t.side),
    leverage: t.leverage,
    pnl: signed(reader, Number(t.netPnlUsdt)),
    r: signed(reader, t.netR),
    how: word(reader, 'reason', t.exitClass),
    score: scoreSentence(reader, t.score, rateOf(t.setup, t.score)),
    time: marketTime(reader, t.closedMs),
  });

export function tradesCard(reader: Reader, page: Page<TradeLine>, rateOf: RateOf): Card {
  const { text } = reader;
  return cardOf({
    title: text('dc.trades.title'),
    description:
      page.total === 0
        ? text('dc.trades.none')
        : list(
            reader,
            page.lines.map((trade) => tradeLine(reader, trade, rateOf)),
          ),
    footer: pageFooter(reader, page, page.total),
    buttons: pager(reader, page, 'trades', []),
  });
}

const resolvedLine = (reader: Reader, v: VirtualLine, rateOf: RateOf): string =>
  reader.text('dc.virtual.closedLine', {
    arrow: arrow(v.netR),
    symbol: symbolText(v.symbol),
    side: word(reader, 'side', v.side),
    entry: price(v.entryPrice),
    exit: price(v.exitPrice),
    r: signed(reader, v.netR),
    how: word(reader, 'reason', v.exit),
    score: scoreSentence(reader, v.score, rateOf(v.setup, v.score)),
    time: marketTime(reader, v.exitMs),
  });

/** `running`: virtual positions on the other tab. */
export function resolvedCard(reader: Reader, page: Page<VirtualLine>, running: number, rateOf: RateOf): Card {
  const { text } = reader;
  const tabs: readonly CardButton[] = [
    button('positions', ['virtual', 0], text('dc.virtual.tabRunning', { count: running })),
    button('virtual', [page.page], text('dc.virtual.tabClosed'), { style: 'primary' }),
  ];
  return cardOf({
    title: text('dc.virtual.closedTitle'),
    description:
      page.total === 0
        ? text('dc.none')
        : list(
            reader,
            page.lines.map((virtual) => resolvedLine(reader, virtual, rateOf)),
          ),
    footer: pageFooter(reader, page, page.total),
    buttons: [[...tabs, ...pager(reader, page, 'virtual', []).flat()]],
  });
}
