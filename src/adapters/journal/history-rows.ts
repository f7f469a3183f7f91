// Adapters, the journal: rows of the past for statistics, tables and exports, read with a connection that cannot write.
import type { BalanceRow, Cell } from '../../core/journal.ts';
import type { LabelFacts } from '../../core/performance.ts';
import type { ClosedTrade } from '../../core/trade.ts';
import type { Page, PageWish, Span, TradeLine, VirtualLine } from '../../ports/history.ts';
import type { Connection } from './database.ts';
import { CLOSED_COLUMNS } from './load-state.ts';

/** A closed trade with the cells of its training row that statistics ask for. */
export interface TradeRecord {
  readonly trade: ClosedTrade;
  readonly entryIntended: Cell;
  readonly exitIntended: Cell;
  readonly protectMs: number | null;
}

type Stored = ClosedTrade & { entryIntended: Cell; exitIntended: Cell; protectMs: number | null };

const PLAN = 'FROM closed_trade LEFT JOIN (SELECT trade_id, plan_json FROM intent) USING (trade_id)';
const TRADES = `SELECT ${CLOSED_COLUMNS}, json_extract(row_json, '$.entry_intended') AS entryIntended, json_extract(row_json, '$.exit_intended') AS exitIntended,
  json_extract(row_json, '$.protect_ms') AS protectMs FROM closed_trade`;
const TRADE_PAGE = `SELECT ${CLOSED_COLUMNS}, coalesce(json_extract(plan_json, '$.leverage'), 0) AS leverage,
  coalesce(json_extract(plan_json, '$.signal.score'), 0) AS score, coalesce(json_extract(plan_json, '$.signal.setup'), '') AS setup,
  json_extract(row_json, '$.quality') AS quality ${PLAN} ORDER BY closed_ms DESC, seq DESC LIMIT :size OFFSET :skip`;
const VIRTUAL_PAGE = `SELECT o.signal_id AS signalId, o.symbol, o.side, o.role, o.score, o.setup, o.exit, o.net_r AS netR,
  json_extract(o.row_json, '$.entry_price') AS entryPrice, json_extract(o.row_json, '$.exit_price') AS exitPrice,
  json_extract(o.row_json, '$.t_entry_ms') AS entryMs, o.exit_ms AS exitMs, coalesce(json_extract(s.row_json, '$.skip_reason'), 'taken') AS reason
  FROM outcome o JOIN signal s USING (signal_id) WHERE o.role = 'shown' ORDER BY o.exit_ms DESC, o.seq DESC LIMIT :size OFFSET :skip`;
const LABELS = `SELECT score, setup, net_r AS netR, exit_ms AS exitMs, CASE hit_1r WHEN 1 THEN 'oneR' ELSE 'no' END AS hit FROM outcome
  WHERE exit_ms >= :fromMs AND exit_ms < :toMs AND score IS NOT NULL ORDER BY exit_ms, seq`;
const BALANCE =
  'SELECT at_ms AS at, wallet_balance AS walletBalance, margin_balance AS marginBalance, available_balance AS availableBalance, cause FROM balance';

function recordOf({ entryIntended, exitIntended, protectMs, ...trade }: Stored): TradeRecord {
  return { trade, entryIntended, exitIntended, protectMs };
}

export class HistoryRows {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  /** In the order of their closing. */
  closedIn(span: Span): readonly TradeRecord[] {
    const sql = `${TRADES} WHERE closed_ms >= :fromMs AND closed_ms < :toMs ORDER BY closed_ms, seq`;
    return this.#db.prepare<[Span], Stored>(sql).all(span).map(recordOf);
  }

  openedIn(span: Span): readonly TradeRecord[] {
    return this.#db
      .prepare<[Span], Stored>(`${TRADES} WHERE opened_ms >= :fromMs AND opened_ms < :toMs ORDER BY opened_ms`)
      .all(span)
      .map(recordOf);
  }

  /** Every resolved signal, real or not, shown or not. */
  labelsIn(span: Span): readonly LabelFacts[] {
    return this.#db.prepare<[Span], LabelFacts>(LABELS).all(span);
  }

  /** Those of the span, oldest first, and before them the last one that was known when it began. */
  balancesIn(span: Span): readonly BalanceRow[] {
    const before = this.#db
      .prepare<[Span], BalanceRow>(`${BALANCE} WHERE at_ms < :fromMs AND :toMs > 0 ORDER BY seq DESC LIMIT 1`)
      .all(span);
    return [
      ...before,
      ...this.#db.prepare<[Span], BalanceRow>(`${BALANCE} WHERE at_ms >= :fromMs AND at_ms < :toMs ORDER BY seq`).all(span),
    ];
  }

  tradePage(wish: PageWish): Page<TradeLine> {
    return this.#page<TradeLine>(TRADE_PAGE, 'SELECT count(*) FROM closed_trade', wish);
  }

  virtualPage(wish: PageWish): Page<VirtualLine> {
    return this.#page<VirtualLine>(VIRTUAL_PAGE, "SELECT count(*) FROM outcome WHERE role = 'shown'", wish);
  }

  /** Text of the trades for people, in the order of their closing. */
  linesIn(span: Span): readonly TradeLine[] {
    const sql = TRADE_PAGE.replace('ORDER BY', 'WHERE closed_ms >= :fromMs AND closed_ms < :toMs ORDER BY').replace(/ DESC/g, '');
    return this.#db.prepare<[Span & { size: number; skip: number }], TradeLine>(sql).all({ ...span, size: -1, skip: 0 });
  }

  #page<Line>(sql: string, countSql: string, { page, size }: PageWish): Page<Line> {
    const total = Number(this.#db.prepare(countSql).pluck().get());
    const pages = Math.max(1, Math.ceil(total / size));
    const shown = Math.min(Math.max(0, page), pages - 1);
    const lines = this.#db.prepare<[{ size: number; skip: number }], Line>(sql).all({ size, skip: shown * size });
    return { lines, page: shown, pages, total };
  }
}
