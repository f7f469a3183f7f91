// Adapters, the journal: what a start finds. Rows were written by this code, so their shapes are true; JSON columns hold
// values of the core's own types.
import type { HitCount, IntentRow, JournalState, LifeRow, OpRow, TrainingRow } from '../../core/journal.ts';
import type { ClosedTrade, LongLabel, VirtualTrade } from '../../core/trade.ts';
import type { EpochMs, SymbolId } from '../../core/units.ts';
import type { Connection } from './database.ts';
import { fromExactJson } from './exact-json.ts';
import { FINAL_STATES, GHOST_WATCH_MS, RECENT_LIVES, RECENT_TRADES } from './intent-rules.ts';

type StoredIntent = Omit<IntentRow, 'plan'> & { readonly plan: string };
type StoredFill = JournalState['fills'][number]['fill'] & Pick<JournalState['fills'][number], 'tradeId' | 'role'>;

const FINAL = FINAL_STATES.map((state) => `'${state}'`).join(', ');
const INSTANT = 'max(bar_close_ms, coalesce(opened_ms, 0), coalesce(closed_ms, 0))';
const NEWEST = `(SELECT max(coalesce((SELECT max(${INSTANT}) FROM intent), 0), coalesce((SELECT max(bar_close_ms) FROM watermark), 0)))`;
const WATCHED = `(state NOT IN (${FINAL}) OR ${NEWEST} - ${INSTANT} < ${GHOST_WATCH_MS})`;

const INTENTS = `SELECT trade_id AS tradeId, signal_id AS signalId, strategy, symbol, side, bar_close_ms AS barCloseMs, plan_json AS plan, state, version,
  opened_ms AS openedMs, closed_ms AS closedMs, exit_class AS exitClass FROM intent WHERE ${WATCHED} ORDER BY rowid`;
const OPS = `SELECT client_id AS clientId, trade_id AS tradeId, role, attempt, verb, params, signed_ms AS signedMs, recv_window_ms AS recvWindowMs,
  fence_ms AS fenceMs, outcome, code, venue_id AS venueId FROM op WHERE trade_id IN (SELECT trade_id FROM intent WHERE ${WATCHED}) ORDER BY rowid`;
const FILLS = `SELECT trade_id AS tradeId, role, symbol, trade_no AS tradeNo, client_id AS clientId, venue_order_id AS venueOrderId, action, price, qty, fee,
  fee_asset AS feeAsset, realized_pnl AS realizedPnl, at_ms AS at FROM fill WHERE trade_id IN (SELECT trade_id FROM intent WHERE ${WATCHED}) ORDER BY rowid`;
const LAST_SIGNALS = 'SELECT symbol, side, max(bar_close_ms) AS barCloseMs FROM signal GROUP BY symbol, side ORDER BY min(seq)';
export const CLOSED_COLUMNS = `trade_id AS tradeId, signal_id AS signalId, symbol, side, exit_class AS exitClass, opened_ms AS openedMs, closed_ms AS closedMs, qty,
  average_entry AS averageEntry, average_exit AS averageExit, net_pnl_usdt AS netPnlUsdt, fees_usdt AS feesUsdt, funding_usdt AS fundingUsdt, net_r AS netR`;
const BALANCE = `SELECT at_ms AS at, wallet_balance AS walletBalance, margin_balance AS marginBalance, available_balance AS availableBalance, cause
  FROM balance ORDER BY seq DESC LIMIT 1`;
const PEAK = 'SELECT max(CAST(margin_balance AS REAL)) AS peak FROM balance';

const WAITING = 'SELECT signal_id AS signalId, symbol, row_json AS json FROM signal WHERE waiting = 1 ORDER BY seq';
const LIVES = `SELECT began_ms AS beganMs, ended_ms AS endedMs, ending, loop FROM life ORDER BY seq DESC LIMIT ${RECENT_LIVES}`;

const all = <Row>(db: Connection, sql: string): readonly Row[] => db.prepare<[], Row>(sql).all();

function fillOf({ tradeId, role, ...fill }: StoredFill): JournalState['fills'][number] {
  return { tradeId, role, fill };
}

export function recentClosed(db: Connection, count: number): readonly ClosedTrade[] {
  return db
    .prepare<[number], ClosedTrade>(`SELECT ${CLOSED_COLUMNS} FROM closed_trade ORDER BY seq DESC LIMIT ?`)
    .all(count)
    .reverse();
}

/** Answered from the index alone, however many rows there are. */
const HIT_COUNTS = `SELECT setup, score, count(*) AS outcomes, coalesce(sum(hit_1r), 0) AS hits FROM outcome
  WHERE setup IS NOT NULL AND score IS NOT NULL GROUP BY setup, score ORDER BY setup, score`;

export const hitCounts = (db: Connection): readonly HitCount[] => all<HitCount>(db, HIT_COUNTS);

export function loadState(db: Connection): JournalState {
  const recent = recentClosed(db, RECENT_TRADES);
  const watermarks = all<{ symbol: SymbolId; at: EpochMs }>(
    db,
    'SELECT symbol, bar_close_ms AS at FROM watermark ORDER BY rowid',
  );
  const latches = all<{ name: string; reason: string }>(db, 'SELECT name, reason FROM latch ORDER BY rowid');
  return {
    intents: all<StoredIntent>(db, INTENTS).map((row) => ({ ...row, plan: fromExactJson(row.plan) as IntentRow['plan'] })),
    ops: all<OpRow>(db, OPS),
    fills: all<StoredFill>(db, FILLS).map(fillOf),
    virtuals: all<{ json: string }>(db, 'SELECT trade_json AS json FROM virtual_trade ORDER BY rowid').map(
      ({ json }) => fromExactJson(json) as VirtualTrade,
    ),
    longLabels: all<{ json: string }>(db, 'SELECT json FROM long_label ORDER BY rowid').map(
      ({ json }) => fromExactJson(json) as LongLabel,
    ),
    watermarks: new Map(watermarks.map(({ symbol, at }) => [symbol, at])),
    latches: new Map(latches.map(({ name, reason }) => [name, reason])),
    waitingSignals: all<{ signalId: string; symbol: SymbolId; json: string }>(db, WAITING).map(({ json, ...signal }) => ({
      ...signal,
      row: JSON.parse(json) as TrainingRow,
    })),
    lives: [...all<LifeRow>(db, LIVES)].reverse(),
    lastBalance: db.prepare<[], NonNullable<JournalState['lastBalance']>>(BALANCE).get() ?? null,
    peakEquityUsdt: db.prepare<[], { peak: number | null }>(PEAK).get()?.peak ?? null,
    recentNetR: recent.map((trade) => trade.netR),
    recentClosed: recent,
    lastSignals: all<JournalState['lastSignals'][number]>(db, LAST_SIGNALS),
    hitCounts: hitCounts(db),
  };
}
