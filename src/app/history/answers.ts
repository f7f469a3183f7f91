// App, questions about the past: one answer for each question, from rows and pure statistics. Runs in the history thread; tests
// call it as it stands.
import type { Connection } from '../../adapters/journal/database.ts';
import { HistoryRows, type TradeRecord } from '../../adapters/journal/history-rows.ts';
import { ReadModel } from '../../adapters/journal/read-model.ts';
import { maxDrawdown, performance, slippageCost, thinned } from '../../book/performance.ts';
import { add, type Decimal, formatDecimal, ZERO } from '../../core/decimal.ts';
import type { BalanceRow, Cell } from '../../core/journal.ts';
import type { CurvePoint, TradeFacts } from '../../core/performance.ts';
import { DAY_MS } from '../../core/timeframe.ts';
import { decimalString, epochMs } from '../../core/units.ts';
import type { BalanceReport, DecisionWish, ExportWish, PageWish, Span, StatsReport } from '../../ports/history.ts';
import { decisionReport, storedTraces } from '../commands/why-lookup.ts';
import { exportFiles } from './export-files.ts';

const NAKED_DAYS = 30;
/** Far finer than any tick; a price that was a number again becomes a plain decimal. */
const PRICE_PLACES = 12;

export type Question =
  | { readonly kind: 'stats'; readonly span: Span }
  | { readonly kind: 'balances'; readonly span: Span }
  | { readonly kind: 'trades'; readonly wish: PageWish }
  | { readonly kind: 'virtuals'; readonly wish: PageWish }
  | { readonly kind: 'export'; readonly wish: ExportWish }
  | { readonly kind: 'decision'; readonly wish: DecisionWish; readonly tracePath: string };

function legCost(intended: Cell, leg: { readonly actual: string; readonly qty: string; readonly buys: 1 | -1 }): Decimal {
  if (typeof intended !== 'number') return ZERO;
  return slippageCost({ ...leg, intended: intended.toFixed(PRICE_PLACES) });
}

export function tradeFacts({ trade, entryIntended, exitIntended, protectMs }: TradeRecord): TradeFacts {
  const buys = trade.side === 'long' ? 1 : -1;
  const { qty } = trade;
  const entry = legCost(entryIntended, { actual: trade.averageEntry, qty, buys });
  const exit = legCost(exitIntended, { actual: trade.averageExit, qty, buys: buys === 1 ? -1 : 1 });
  return { ...trade, slippageUsdt: formatDecimal(add(entry, exit)), protectMs };
}

function stats(rows: HistoryRows, span: Span): StatsReport {
  const report = performance(rows.closedIn(span).map(tradeFacts), rows.labelsIn(span));
  const recent = rows.openedIn({ fromMs: epochMs(span.toMs - NAKED_DAYS * DAY_MS), toMs: span.toMs });
  const naked = recent.map(({ protectMs }) => (protectMs ?? 0) / 1_000);
  return {
    ...report,
    span,
    nakedSeconds30d: naked.reduce((a, b) => a + b, 0),
    worstNakedSeconds30d: Math.max(0, ...naked),
  };
}

/** Equity is reckoned in floats when it is written; a speck of a balance comes as 1e-7. */
const plain = (text: string): string => (/e/i.test(text) ? Number(text).toFixed(PRICE_PLACES) : text);
const pointOf = (row: BalanceRow): CurvePoint => ({ at: row.at, usdt: decimalString(plain(row.marginBalance)) });

function balances(rows: HistoryRows, span: Span): BalanceReport {
  const curve = rows.balancesIn(span).map(pointOf);
  return {
    curve: thinned(curve),
    maxDrawdown: maxDrawdown(curve, null),
    first: curve[0] ?? null,
    last: curve.at(-1) ?? null,
  };
}

export function answer(db: Connection, question: Question): unknown {
  const rows = new HistoryRows(db);
  switch (question.kind) {
    case 'stats':
      return stats(rows, question.span);
    case 'balances':
      return balances(rows, question.span);
    case 'trades':
      return rows.tradePage(question.wish);
    case 'virtuals':
      return rows.virtualPage(question.wish);
    case 'export':
      return exportFiles(db, question.wish);
    case 'decision':
      return decisionReport(question.wish, storedTraces(question.tracePath, question.wish.atMs), new ReadModel(db));
  }
}
