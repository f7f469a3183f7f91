// App, Discord: running positions, real and virtual, as pages.
import type { Overview, PositionView, VirtualView } from '../../../services/overview.ts';
import { type RiskLevelSettings, riskLevel } from '../../book/risk-level.ts';
import type { Card, CardButton, CardField } from '../../ports/chat.ts';
import { alone, button, byResult, cardOf, fittingLines, pageFooter, pageOf, pager } from './card.ts';
import { arrow, decimal, lasting, price, type Reader, signed, signedShare, symbolText, word } from './wording.ts';

/** Four rows of buttons would fit; the fifth turns pages and a phone shows three without scrolling. */
const PER_PAGE = 3;
const VIRTUALS_PER_PAGE = 10;
/** Room of a description, with the margin of the limits. */
export const LIST_ROOM = 3_600;

/** Real positions are the first tab, running virtual ones the second. */
export type PositionTab = 'real' | 'virtual';

export function positionsCard(
  reader: Reader,
  overview: Overview,
  { page, levels }: { readonly page: number; readonly levels: RiskLevelSettings },
): Card {
  const { text } = reader;
  const { positions, balance } = overview;
  const shown = pageOf(positions, page, PER_PAGE);
  const pnl = positions.reduce((sum, position) => sum + position.pnlUsdt, 0);
  const equity = text('dc.positions.equity', {
    equity: decimal(reader, balance?.equityUsdt ?? null),
    pnl: signed(reader, pnl),
  });
  const first = shown.page * PER_PAGE + 1;
  return cardOf({
    title: text('dc.positions.title', { count: positions.length }),
    description: positions.length === 0 ? `${text('dc.positions.none')}\n${equity}` : equity,
    colour: byResult(positions.length === 0 ? null : pnl),
    fields: shown.rows.map((position, i) => positionField(reader, position, { n: first + i, overview, levels })),
    footer: shown.pages > 1 ? pageFooter(reader, shown, positions.length) : null,
    buttons: [
      ...shown.rows.map((position, i) => positionButtons(reader, position, first + i)),
      [...tabs(reader, overview, { tab: 'real', page: shown.page }), ...pager(reader, shown, 'positions', ['real']).flat()],
    ],
  });
}

interface Beside {
  readonly n: number;
  readonly overview: Overview;
  readonly levels: RiskLevelSettings;
}

function positionField(reader: Reader, p: PositionView, { n, overview, levels }: Beside): CardField {
  const { text } = reader;
  const notional = p.entry * Number(p.qty);
  const level = p.riskLevel ?? riskLevel(notional > 0 ? (p.pnlUsdt / notional) * 100 : 0, levels);
  const name = text('dc.positions.head', {
    n,
    arrow: arrow(p.pnlUsdt),
    symbol: p.symbol,
    side: word(reader, 'side', p.side),
    leverage: p.leverage,
  });
  const lines = [
    text('dc.positions.result', { pnl: signed(reader, p.pnlUsdt), r: signed(reader, p.r) }),
    text('dc.positions.prices', { entry: price(p.entry), mark: price(p.mark), qty: p.qty }),
    text('dc.positions.stop', {
      stop: price(p.stop),
      toStop: signedShare(reader, p.stop / p.mark - 1),
      target: price(p.target),
      toTarget: signedShare(reader, p.target / p.mark - 1),
    }),
    text('dc.positions.state', {
      level: word(reader, 'dc.level', level),
      protection: text(p.protection === 'verified' ? 'dc.protection.verified' : 'dc.protection.pending'),
      age: lasting(reader, overview.marketNow - p.openedMs),
    }),
  ];
  return alone(name, lines.join('\n'));
}

function positionButtons({ text }: Reader, { symbol, tradeId }: PositionView, n: number): CardButton[] {
  return [
    button('chart', [symbol], `${n} ${symbol} ${text('dc.button.chart')}`, { style: 'primary' }),
    button('breakEven', [tradeId], `${n} ${text('dc.button.breakEven')}`),
    button('closeHalf', [tradeId], `${n} ${text('dc.button.closeHalf')}`),
    button('close', [tradeId], `${n} ${text('dc.button.close')}`, { style: 'danger' }),
  ];
}

/** The tab that is open refreshes its page; every button of a message is another one. */
function tabs(
  { text }: Reader,
  { positions, virtuals }: Overview,
  open: { readonly tab: PositionTab; readonly page: number },
): CardButton[] {
  const tab = (name: PositionTab, label: string): CardButton =>
    button('positions', [name, name === open.tab ? open.page : 0], label, {
      style: name === open.tab ? 'primary' : 'secondary',
    });
  return [
    tab('real', text('dc.positions.tabReal', { count: positions.length })),
    tab('virtual', text('dc.positions.tabVirtual', { count: virtuals.length })),
  ];
}

const virtualLine = (reader: Reader, v: VirtualView): string =>
  reader.text('dc.virtual.line', {
    arrow: arrow(v.r),
    symbol: symbolText(v.symbol),
    side: word(reader, 'side', v.side),
    entry: price(v.entry),
    mark: price(v.mark),
    r: signed(reader, v.r),
    bars: v.barsHeld,
    reason: word(reader, 'reason', v.reason),
  });

export function virtualsCard(reader: Reader, overview: Overview, page: number): Card {
  const { text } = reader;
  const shown = pageOf(overview.virtuals, page, VIRTUALS_PER_PAGE);
  const lines = shown.rows.map((virtual) => virtualLine(reader, virtual));
  const list = fittingLines(lines, LIST_ROOM, (count) => text('dc.page.more', { count }));
  return cardOf({
    title: text('dc.virtual.title', { count: overview.virtuals.length }),
    description: `${text('dc.virtual.what')}\n\n${lines.length === 0 ? text('dc.none') : list}`,
    footer: shown.pages > 1 ? pageFooter(reader, shown, overview.virtuals.length) : null,
    buttons: [
      [...tabs(reader, overview, { tab: 'virtual', page: shown.page }), ...pager(reader, shown, 'positions', ['virtual']).flat()],
    ],
  });
}
