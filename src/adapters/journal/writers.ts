// Adapters, the journal: the prepared statements of the writer. "Or ignore" is the meaning of a repeated candle, fill or
// answer: the first one counts.
import type { Statement } from 'better-sqlite3';
import type { Connection } from './database.ts';

const STATEMENTS = {
  signal: `INSERT INTO signal(signal_id, symbol, side, bar_close_ms, row_json, evaluation_json, snapshot_json, waiting) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT(signal_id) DO NOTHING`,
  // A number of its own: what follows the stream by its numbers has passed the old one.
  signalAnswered: `UPDATE signal SET seq = (SELECT max(seq) + 1 FROM signal), row_json = ?, waiting = 0,
    snapshot_json = json_set(snapshot_json, '$.judgement', json(?)) WHERE signal_id = ? AND waiting = 1`,
  intentVersion: 'SELECT version FROM intent WHERE trade_id = ?',
  intentInsert: `INSERT INTO intent(trade_id, signal_id, strategy, symbol, side, bar_close_ms, plan_json, state, version, opened_ms, closed_ms, exit_class)
    VALUES (:tradeId, :signalId, :strategy, :symbol, :side, :barCloseMs, :plan, :state, :version, :openedMs, :closedMs, :exitClass)`,
  intentUpdate: `UPDATE intent SET signal_id = :signalId, strategy = :strategy, symbol = :symbol, side = :side, bar_close_ms = :barCloseMs, plan_json = :plan,
    state = :state, version = :version, opened_ms = :openedMs, closed_ms = :closedMs, exit_class = :exitClass WHERE trade_id = :tradeId`,
  opExists: 'SELECT 1 FROM op WHERE client_id = ?',
  op: `INSERT INTO op(client_id, trade_id, role, attempt, verb, params, signed_ms, recv_window_ms, fence_ms, outcome, code, venue_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  opAgain: `UPDATE op SET params = ?, signed_ms = ?, recv_window_ms = ?, fence_ms = ?, outcome = ?, code = NULL, venue_id = NULL, done_ms = NULL
    WHERE client_id = ?`,
  opOutcome: 'UPDATE op SET outcome = ?, code = ?, venue_id = coalesce(?, venue_id), done_ms = ? WHERE client_id = ?',
  fill: `INSERT INTO fill(symbol, trade_no, trade_id, role, client_id, venue_order_id, action, price, qty, fee, fee_asset, realized_pnl, at_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(symbol, trade_no) DO NOTHING`,
  virtual: `INSERT INTO virtual_trade(signal_id, symbol, role, trade_json) SELECT :id, :symbol, :role, :json
    WHERE NOT EXISTS (SELECT 1 FROM outcome WHERE signal_id = :id)
    ON CONFLICT(signal_id) DO UPDATE SET role = excluded.role, trade_json = excluded.trade_json`,
  virtualEnd: 'DELETE FROM virtual_trade WHERE signal_id = ?',
  outcome: `INSERT INTO outcome(signal_id, trade_id, symbol, side, role, exit, net_r, exit_ms, row_json, score, setup, hit_1r)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(signal_id) DO NOTHING`,
  outcomeRow: `INSERT INTO outcome_row(signal_id, row_json) VALUES (?, ?) ON CONFLICT(signal_id) DO NOTHING`,
  longLabel: 'INSERT INTO long_label(signal_id, symbol, json) VALUES (?, ?, ?) ON CONFLICT(signal_id) DO NOTHING',
  longLabelEnd: 'DELETE FROM long_label WHERE signal_id = ?',
  klines: 'INSERT INTO signal_klines(signal_id, bar_close_ms, bytes) VALUES (?, ?, ?) ON CONFLICT(signal_id) DO NOTHING',
  closed: `INSERT INTO closed_trade(trade_id, signal_id, symbol, side, exit_class, opened_ms, closed_ms, qty, average_entry, average_exit, net_pnl_usdt,
    fees_usdt, funding_usdt, net_r, row_json) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(trade_id) DO NOTHING`,
  watermark: `INSERT INTO watermark(symbol, bar_close_ms) VALUES (?, ?)
    ON CONFLICT(symbol) DO UPDATE SET bar_close_ms = max(bar_close_ms, excluded.bar_close_ms)`,
  balance: 'INSERT INTO balance(at_ms, wallet_balance, margin_balance, available_balance, cause) VALUES (?, ?, ?, ?, ?)',
  latch: 'INSERT INTO latch(name, reason) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET reason = excluded.reason',
  life: 'INSERT INTO life(began_ms, loop) VALUES (?, ?)',
  lifeEnd: 'UPDATE life SET ended_ms = ?, ending = ? WHERE seq = (SELECT max(seq) FROM life WHERE began_ms = ?)',
  oldLives: 'DELETE FROM life WHERE seq <= (SELECT max(seq) FROM life) - ?',
  unlatch: 'DELETE FROM latch WHERE name = ?',
} as const;

export type Writers = Readonly<Record<keyof typeof STATEMENTS, Statement>>;

export function prepareWriters(db: Connection): Writers {
  const prepared = Object.fromEntries(Object.entries(STATEMENTS).map(([name, sql]) => [name, db.prepare(sql)])) as Writers;
  prepared.intentVersion.pluck();
  return prepared;
}
