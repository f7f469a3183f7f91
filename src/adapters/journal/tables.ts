// Adapters, the journal: the tables of the database and the views for people. Money is text (exact decimals), times are
// integer ms UTC. Each migration is one transaction; `user_version` tells how many have run.

const V1 = `
CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE row_schema(hash TEXT PRIMARY KEY, stream TEXT NOT NULL, json TEXT NOT NULL) STRICT;
CREATE TABLE exported(stream TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT;

CREATE TABLE signal(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, signal_id TEXT NOT NULL UNIQUE, symbol TEXT NOT NULL, side TEXT NOT NULL CHECK(side IN ('long','short')),
  bar_close_ms INTEGER NOT NULL, row_json TEXT NOT NULL, evaluation_json TEXT NOT NULL, snapshot_json TEXT) STRICT;
CREATE INDEX signal_by_symbol ON signal(symbol, side, bar_close_ms);
CREATE INDEX signal_by_time ON signal(bar_close_ms);

CREATE TABLE intent(
  trade_id TEXT PRIMARY KEY, signal_id TEXT NOT NULL, strategy TEXT NOT NULL, symbol TEXT NOT NULL, side TEXT NOT NULL CHECK(side IN ('long','short')),
  bar_close_ms INTEGER NOT NULL, plan_json TEXT NOT NULL, state TEXT NOT NULL, version INTEGER NOT NULL,
  opened_ms INTEGER, closed_ms INTEGER, exit_class TEXT, UNIQUE(strategy, symbol, side, bar_close_ms)) STRICT;
CREATE INDEX intent_by_state ON intent(state);

CREATE TABLE op(
  client_id TEXT PRIMARY KEY, trade_id TEXT NOT NULL, role TEXT NOT NULL, attempt INTEGER NOT NULL, verb TEXT NOT NULL, params TEXT NOT NULL,
  signed_ms INTEGER NOT NULL, recv_window_ms INTEGER NOT NULL, fence_ms INTEGER NOT NULL, outcome TEXT NOT NULL, code INTEGER, venue_id TEXT, done_ms INTEGER) STRICT;
CREATE INDEX op_by_trade ON op(trade_id);

CREATE TABLE fill(
  symbol TEXT NOT NULL, trade_no TEXT NOT NULL, trade_id TEXT NOT NULL, role TEXT NOT NULL, client_id TEXT NOT NULL, venue_order_id TEXT NOT NULL,
  action TEXT NOT NULL, price TEXT NOT NULL, qty TEXT NOT NULL, fee TEXT NOT NULL, fee_asset TEXT NOT NULL, realized_pnl TEXT NOT NULL,
  at_ms INTEGER NOT NULL, PRIMARY KEY(symbol, trade_no)) STRICT;
CREATE INDEX fill_by_trade ON fill(trade_id);

CREATE TABLE virtual_trade(
  signal_id TEXT PRIMARY KEY REFERENCES signal(signal_id) DEFERRABLE INITIALLY DEFERRED, symbol TEXT NOT NULL, role TEXT NOT NULL, trade_json TEXT NOT NULL) STRICT;

CREATE TABLE outcome(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, signal_id TEXT NOT NULL UNIQUE REFERENCES signal(signal_id) DEFERRABLE INITIALLY DEFERRED,
  trade_id TEXT NOT NULL, symbol TEXT NOT NULL, side TEXT NOT NULL, role TEXT NOT NULL, exit TEXT NOT NULL, net_r REAL NOT NULL,
  exit_ms INTEGER NOT NULL, row_json TEXT NOT NULL) STRICT;
CREATE INDEX outcome_by_time ON outcome(exit_ms);

CREATE TABLE closed_trade(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, trade_id TEXT NOT NULL UNIQUE REFERENCES intent(trade_id) DEFERRABLE INITIALLY DEFERRED,
  signal_id TEXT NOT NULL, symbol TEXT NOT NULL, side TEXT NOT NULL, exit_class TEXT NOT NULL, opened_ms INTEGER NOT NULL, closed_ms INTEGER NOT NULL,
  qty TEXT NOT NULL, average_entry TEXT NOT NULL, average_exit TEXT NOT NULL, net_pnl_usdt TEXT NOT NULL, fees_usdt TEXT NOT NULL,
  funding_usdt TEXT NOT NULL, net_r REAL NOT NULL, row_json TEXT NOT NULL) STRICT;
CREATE INDEX closed_by_time ON closed_trade(closed_ms);

CREATE TABLE watermark(symbol TEXT PRIMARY KEY, bar_close_ms INTEGER NOT NULL) STRICT;
CREATE TABLE balance(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, wallet_balance TEXT NOT NULL, margin_balance TEXT NOT NULL,
  available_balance TEXT NOT NULL, cause TEXT NOT NULL) STRICT;
CREATE INDEX balance_by_time ON balance(at_ms);
CREATE TABLE latch(name TEXT PRIMARY KEY, reason TEXT NOT NULL) STRICT;

CREATE VIEW trades AS SELECT
  c.trade_id, c.signal_id, c.symbol, c.side, c.exit_class, datetime(c.opened_ms / 1000, 'unixepoch') AS opened_utc,
  datetime(c.closed_ms / 1000, 'unixepoch') AS closed_utc, c.qty, c.average_entry, c.average_exit, c.net_pnl_usdt, c.fees_usdt, c.funding_usdt, c.net_r,
  json_extract(i.plan_json, '$.leverage') AS leverage, json_extract(i.plan_json, '$.marginPct') AS margin_pct, json_extract(i.plan_json, '$.signal.score') AS score
  FROM closed_trade c JOIN intent i USING (trade_id);
CREATE VIEW orders AS SELECT
  o.client_id, o.trade_id, i.symbol, o.role, o.attempt, o.verb, o.outcome, o.code, o.venue_id,
  datetime(o.signed_ms / 1000, 'unixepoch') AS signed_utc, o.done_ms - o.signed_ms AS answer_ms, o.params
  FROM op o LEFT JOIN intent i USING (trade_id);
CREATE VIEW positions AS SELECT
  trade_id, signal_id, symbol, side, state, datetime(opened_ms / 1000, 'unixepoch') AS opened_utc,
  json_extract(plan_json, '$.leverage') AS leverage, json_extract(plan_json, '$.notionalUsdt') AS notional_usdt, json_extract(plan_json, '$.riskUsdt') AS risk_usdt
  FROM intent WHERE state IN ('working', 'openNaked', 'protected', 'exiting');
CREATE VIEW balance_history AS SELECT
  datetime(at_ms / 1000, 'unixepoch') AS at_utc, wallet_balance, margin_balance, available_balance, cause FROM balance;
CREATE VIEW performance_log AS SELECT
  date(closed_ms / 1000, 'unixepoch') AS day_utc, count(*) AS trades, sum(net_r > 0) AS wins, round(avg(net_r), 4) AS mean_r, round(sum(net_r), 4) AS sum_r,
  round(sum(CAST(net_pnl_usdt AS REAL)), 8) AS net_pnl_usdt, round(sum(CAST(fees_usdt AS REAL)), 8) AS fees_usdt
  FROM closed_trade GROUP BY 1;
`;

/** What each outcome counts for: the kind of its signal, and whether it reached 1 R. Older rows are told from their JSON. */
const V2 = `
ALTER TABLE outcome ADD COLUMN score REAL;
ALTER TABLE outcome ADD COLUMN setup TEXT;
ALTER TABLE outcome ADD COLUMN hit_1r INTEGER;
UPDATE outcome SET
  score = (SELECT json_extract(s.row_json, '$.rule_score') FROM signal s WHERE s.signal_id = outcome.signal_id),
  setup = (SELECT json_extract(s.row_json, '$.setup') FROM signal s WHERE s.signal_id = outcome.signal_id),
  hit_1r = (exit = 'target' OR coalesce(json_extract(row_json, '$.mfe_r'), 0) >= 1);
CREATE INDEX outcome_by_kind ON outcome(setup, score, hit_1r);
UPDATE virtual_trade SET trade_json = (
  SELECT json_set(trade_json, '$.score', json_extract(s.row_json, '$.rule_score'), '$.setup', json_extract(s.row_json, '$.setup'))
  FROM signal s WHERE s.signal_id = virtual_trade.signal_id)
  WHERE json_type(trade_json, '$.setup') IS NULL;
`;

/**
 * What people see and say (outbox, command, setting), what was heard (raw_event), the candles behind a signal, and labels that
 * are complete only later: the row of an outcome stands in `outcome_row` from the moment on when nothing of it is open any more.
 */
const V3 = `
CREATE TABLE raw_event(seq INTEGER PRIMARY KEY, source TEXT NOT NULL, heard_ms INTEGER NOT NULL, venue_ms INTEGER, body TEXT NOT NULL) STRICT;
CREATE INDEX raw_event_by_time ON raw_event(heard_ms);

CREATE TABLE outbox(
  seq INTEGER PRIMARY KEY, card_id TEXT NOT NULL UNIQUE, severity TEXT NOT NULL CHECK(severity IN ('critical','warning','info')), body TEXT NOT NULL,
  created_ms INTEGER NOT NULL, merge_key TEXT, count INTEGER NOT NULL, attempts INTEGER NOT NULL, first_tried_ms INTEGER, last_tried_ms INTEGER,
  state TEXT NOT NULL CHECK(state IN ('waiting','sent','refused','dropped','merged')), message_id TEXT, reason TEXT, done_ms INTEGER) STRICT;
CREATE INDEX outbox_waiting ON outbox(seq) WHERE state = 'waiting';
CREATE INDEX outbox_by_end ON outbox(done_ms) WHERE done_ms IS NOT NULL;
CREATE TABLE memo(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE command(
  interaction_id TEXT PRIMARY KEY, user_id TEXT NOT NULL, user_name TEXT NOT NULL, name TEXT NOT NULL, args TEXT NOT NULL, at_ms INTEGER NOT NULL,
  state TEXT NOT NULL CHECK(state IN ('refused','running','done','failed')), result TEXT NOT NULL, done_ms INTEGER) STRICT;
CREATE INDEX command_running ON command(at_ms) WHERE state = 'running';
CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL, by_whom TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;
CREATE TABLE setting_change(seq INTEGER PRIMARY KEY, name TEXT NOT NULL, before TEXT, after TEXT, by_whom TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;

CREATE TABLE signal_klines(
  signal_id TEXT PRIMARY KEY REFERENCES signal(signal_id) DEFERRABLE INITIALLY DEFERRED, bar_close_ms INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
CREATE INDEX signal_klines_by_time ON signal_klines(bar_close_ms);
CREATE INDEX signal_by_snapshot ON signal(bar_close_ms) WHERE snapshot_json IS NOT NULL;

CREATE TABLE outcome_row(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, signal_id TEXT NOT NULL UNIQUE REFERENCES outcome(signal_id) DEFERRABLE INITIALLY DEFERRED, row_json TEXT NOT NULL) STRICT;
INSERT INTO outcome_row(seq, signal_id, row_json) SELECT seq, signal_id, row_json FROM outcome;
CREATE TABLE long_label(
  signal_id TEXT PRIMARY KEY REFERENCES outcome(signal_id) DEFERRABLE INITIALLY DEFERRED, symbol TEXT NOT NULL, json TEXT NOT NULL) STRICT;
`;

/** The views for people, with what the training row knows of a trade. Times are UTC; money is text, CAST(… AS REAL) to reckon with it. */
const V4 = `
DROP VIEW trades;
CREATE VIEW trades AS SELECT
  c.trade_id, c.signal_id, c.symbol, c.side, c.exit_class, datetime(c.opened_ms / 1000, 'unixepoch') AS opened_utc,
  datetime(c.closed_ms / 1000, 'unixepoch') AS closed_utc, c.qty, c.average_entry, c.average_exit, c.net_pnl_usdt, c.fees_usdt, c.funding_usdt, c.net_r,
  json_extract(i.plan_json, '$.leverage') AS leverage, json_extract(i.plan_json, '$.marginPct') AS margin_pct, json_extract(i.plan_json, '$.signal.score') AS score,
  json_extract(i.plan_json, '$.signal.setup') AS setup, round((c.closed_ms - c.opened_ms) / 60000.0, 2) AS held_minutes,
  json_extract(c.row_json, '$.slippage_bps') AS slippage_bps, json_extract(c.row_json, '$.exit_slippage_bps') AS exit_slippage_bps,
  json_extract(c.row_json, '$.protect_ms') AS protect_ms, json_extract(c.row_json, '$.latency_ms') AS latency_ms, json_extract(c.row_json, '$.quality') AS quality
  FROM closed_trade c JOIN intent i USING (trade_id);
DROP VIEW performance_log;
CREATE VIEW performance_log AS SELECT
  date(closed_ms / 1000, 'unixepoch') AS day_utc, count(*) AS trades, sum(net_r > 0) AS wins, round(avg(net_r), 4) AS mean_r, round(sum(net_r), 4) AS sum_r,
  round(sum(CAST(net_pnl_usdt AS REAL)), 8) AS net_pnl_usdt, round(sum(CAST(fees_usdt AS REAL)), 8) AS fees_usdt,
  round(sum(CAST(funding_usdt AS REAL)), 8) AS funding_usdt, round(min(net_r), 4) AS worst_r, round(max(net_r), 4) AS best_r
  FROM closed_trade GROUP BY 1;
CREATE VIEW virtual_trades AS SELECT
  o.signal_id, o.symbol, o.side, o.role, o.setup, o.score, o.exit, o.net_r, o.hit_1r, datetime(o.exit_ms / 1000, 'unixepoch') AS closed_utc,
  json_extract(s.row_json, '$.skip_reason') AS reason, json_extract(o.row_json, '$.bars_held') AS bars_held,
  json_extract(o.row_json, '$.entry_price') AS entry_price, json_extract(o.row_json, '$.exit_price') AS exit_price
  FROM outcome o JOIN signal s USING (signal_id);
CREATE VIEW command_log AS SELECT
  datetime(at_ms / 1000, 'unixepoch') AS at_utc, user_name, user_id, name, args, state, result, done_ms - at_ms AS took_ms FROM command;
CREATE VIEW setting_log AS SELECT
  datetime(at_ms / 1000, 'unixepoch') AS at_utc, name, before, after, by_whom FROM setting_change;
`;

/**
 * The runs of the process: one that has no end crashed. And signals whose decision waits for a person: their row joins the stream of
 * training rows, with a number of its own, when the answer is known.
 */
const V5 = `
CREATE TABLE life(seq INTEGER PRIMARY KEY AUTOINCREMENT, began_ms INTEGER NOT NULL, loop TEXT NOT NULL CHECK(loop IN ('none','found')),
  ended_ms INTEGER, ending TEXT CHECK(ending IN ('stopped','refused','left'))) STRICT;
ALTER TABLE signal ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0;
CREATE INDEX signal_waiting ON signal(seq) WHERE waiting = 1;
`;

/** Append only: a migration that has ever run on a user's database is never edited. */
export const MIGRATIONS: readonly string[] = [V1, V2, V3, V4, V5];
