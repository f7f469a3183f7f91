// Floor 0, the words: the three streams of training rows, joined by signal_id. Signals are written at decision time, before
// anything about their outcome exists; outcomes carry the label; executions carry what real orders taught.
import { type Grid, stepsToQty, ticksToPrice } from './grid.ts';
import type { Cell, TrainingRow } from './journal.ts';
import {
  type Column,
  type ColumnType,
  flagColumns,
  floatColumns,
  intColumns,
  type RowSchema,
  rowSchema,
  type StreamName,
  textColumns,
  timeColumns,
} from './row-schema.ts';
import type { RankedSignal } from './signal.ts';
import { DAY_MS } from './timeframe.ts';
import type { ClosedTrade, Outcome, TradePlan } from './trade.ts';
import { invariant, type Ticks } from './units.ts';

/** Grows with every change of the fixed columns below; a changed feature list shows in the hash. */
export const SCHEMA_VERSION = 1;
/** Grows when the rules of src/book/virtual.ts change: labels can then be recomputed beside the old ones. */
export const LABEL_VERSION = 1;

export interface FeatureSpec {
  readonly name: string;
  readonly type: string;
  readonly unit: string;
  readonly version: number;
}

const HEAD = [...intColumns('id', '', 'schema_version'), ...textColumns('id', 'schema_hash signal_id')];

const SIGNAL_IDENTITY: readonly Column[] = [
  ...HEAD,
  ...textColumns('id', 'opportunity_id run_id run_mode'),
  ...flagColumns('id', 'is_virtual'),
  ...textColumns('id', 'strategy_version config_hash code_version model_version symbol side setup'),
  ...timeColumns('id', 'ts_bar_close_ms ts_decision_ms ts_data_max_ms'),
  ...floatColumns('id', 'price', 'entry_ref_price sl_price tp_price'),
  ...floatColumns('id', '0-100', 'rule_score'),
  ...intColumns('id', 'n', 'rank_in_minute'),
  ...floatColumns('id', '0-1', 'p_model'),
  ...floatColumns('id', 'R', 'ev_r'),
  ...flagColumns('id', 'taken'),
  ...textColumns('id', 'skip_reason'),
];

/** They depend on our own policy, so they are logged and never fed. */
const SIGNAL_CONTEXT: readonly Column[] = [
  ...intColumns('info', 'ms', 'barrier_ms'),
  ...intColumns('info', 'n', 'n_symbols_ready late_close open_positions'),
  ...floatColumns('info', 'USDT', 'equity_usdt'),
];

const OUTCOME_COLUMNS: readonly Column[] = [
  ...HEAD,
  ...intColumns('id', '', 'label_version'),
  ...textColumns('id', 'trade_id symbol side virtual_role'),
  ...textColumns('label', 'outcome'),
  ...flagColumns('label', 'y ambiguous y_720'),
  ...floatColumns('label', 'R', 'r_gross r_net mfe_r mae_r'),
  ...intColumns('label', 'bars', 'bars_to_mfe bars_held'),
  ...timeColumns('label', 't_entry_ms t_exit_ms'),
  ...floatColumns('label', 'price', 'entry_price exit_price'),
  ...textColumns('label', 'exit_reason trigger_source quality'),
];

/** Order ids and times are text and ms: labels too, because they know how the trade ended. */
const EXECUTION_COLUMNS: readonly Column[] = [
  ...HEAD,
  ...textColumns('id', 'trade_id run_id run_mode symbol side'),
  ...intColumns('id', 'x', 'leverage'),
  ...floatColumns('id', '%', 'margin_pct'),
  ...floatColumns('label', 'price', 'entry_intended entry_average exit_intended exit_average'),
  ...floatColumns('label', 'base', 'qty_intended qty_filled'),
  ...floatColumns('label', '0-1', 'fill_fraction'),
  ...floatColumns('label', 'bps', 'slippage_bps exit_slippage_bps'),
  ...floatColumns('label', 'USDT', 'fee_usdt funding_usdt pnl_net_usdt risk_usdt'),
  ...intColumns('label', 'ms', 'latency_ms protect_ms'),
  ...timeColumns('label', 't_open_ms t_close_ms'),
  ...textColumns('label', 'entry_order_ids exit_order_ids exit_reason'),
  ...floatColumns('label', 'R', 'r_net_real'),
  ...textColumns('label', 'quality'),
];

const isColumnType = (type: string): type is ColumnType => ['text', 'int', 'float', 'flag'].includes(type);

function featureColumn(spec: FeatureSpec): Column {
  invariant(/^[a-z][a-z0-9_]*$/.test(spec.name), `not a column name: "${spec.name}"`);
  invariant(isColumnType(spec.type), `feature ${spec.name} has the unknown type "${spec.type}"`);
  return { name: spec.name, type: spec.type, unit: spec.unit, version: spec.version, role: 'feature' };
}

export interface RowSchemas {
  readonly signals: RowSchema;
  readonly outcomes: RowSchema;
  readonly executions: RowSchema;
}

/** The schemas of a run, from the strategy's feature columns in the order of its vector. */
export function trainingSchemas(features: readonly FeatureSpec[]): RowSchemas {
  const signalColumns = [...SIGNAL_IDENTITY, ...features.map(featureColumn), ...SIGNAL_CONTEXT];
  invariant(
    new Set(signalColumns.map(({ name }) => name)).size === signalColumns.length,
    'two columns of the signal row share a name',
  );
  return {
    signals: rowSchema('signals', SCHEMA_VERSION, signalColumns),
    outcomes: rowSchema('outcomes', SCHEMA_VERSION, OUTCOME_COLUMNS),
    executions: rowSchema('executions', SCHEMA_VERSION, EXECUTION_COLUMNS),
  };
}

/** What stays the same for all rows of a run. */
export interface RunIdentity {
  readonly runId: string;
  readonly runMode: string;
  readonly configHash: string;
  readonly codeVersion: string;
  readonly modelVersion: string | null;
}

export interface SignalRowInput {
  readonly ranked: RankedSignal;
  readonly features: Float64Array;
  readonly run: RunIdentity;
  readonly decisionMs: number;
  /** Close time of the newest bar that any feature used: never after the signal's own bar. */
  readonly dataMaxMs: number;
  readonly decision: { readonly kind: 'taken' } | { readonly kind: 'skipped'; readonly reason: string };
  readonly pModel: number | null;
  readonly evR: number | null;
  readonly context: {
    readonly barrierMs: number | null;
    readonly symbolsReady: number | null;
    readonly lateClose: number | null;
    readonly openPositions: number | null;
    readonly equityUsdt: number | null;
  };
}

/** A number that is not finite is a missing one: ±Infinity would be refused by the trainer. */
export const cell = (value: string | number | null | undefined): Cell =>
  value === undefined || value === null || (typeof value === 'number' && !Number.isFinite(value)) ? null : value;

const flag = (condition: unknown): 0 | 1 => (condition ? 1 : 0);

/** Fills the schema's columns in their order; a value for no column, or a column without a value, is our bug. */
function inOrder(schema: RowSchema, values: Readonly<Record<string, string | number | null>>): TrainingRow {
  const row: Record<string, Cell> = {};
  for (const { name } of schema.columns) {
    invariant(name in values, `no value was given for column ${name}`);
    row[name] = cell(values[name]);
  }
  invariant(
    Object.keys(values).length === schema.columns.length,
    `values without a column in ${schema.stream}: ${Object.keys(values)
      .filter((name) => !(name in row))
      .join(', ')}`,
  );
  return row;
}

const head = (schema: RowSchema, signalId: string): Record<string, string | number> => ({
  schema_version: schema.version,
  schema_hash: schema.hash,
  signal_id: signalId,
});

export function signalRow(schema: RowSchema, input: SignalRowInput): TrainingRow {
  const { signal, rank } = input.ranked;
  const features = schema.columns.filter((column) => column.role === 'feature');
  invariant(features.length === input.features.length, `${input.features.length} features for ${features.length} columns`);
  invariant(input.dataMaxMs <= signal.barCloseMs, `a feature of ${signal.id} used data from after its bar`);
  return inOrder(schema, {
    ...head(schema, signal.id),
    opportunity_id: signal.opportunityId,
    run_id: input.run.runId,
    run_mode: input.run.runMode,
    is_virtual: flag(input.decision.kind === 'skipped'),
    strategy_version: signal.strategyVersion,
    config_hash: input.run.configHash,
    code_version: input.run.codeVersion,
    model_version: input.run.modelVersion,
    symbol: signal.symbol,
    side: signal.side,
    setup: signal.setup,
    ts_bar_close_ms: signal.barCloseMs,
    ts_decision_ms: input.decisionMs,
    ts_data_max_ms: input.dataMaxMs,
    entry_ref_price: signal.plan.entry,
    sl_price: signal.plan.stop,
    tp_price: signal.plan.target,
    rule_score: signal.score,
    rank_in_minute: rank,
    p_model: input.pModel,
    ev_r: input.evR,
    taken: flag(input.decision.kind === 'taken'),
    skip_reason: input.decision.kind === 'taken' ? null : input.decision.reason,
    ...Object.fromEntries(features.map((column, i) => [column.name, input.features[i] ?? null])),
    barrier_ms: input.context.barrierMs,
    n_symbols_ready: input.context.symbolsReady,
    late_close: input.context.lateClose,
    open_positions: input.context.openPositions,
    equity_usdt: input.context.equityUsdt,
  });
}

/** The row of a signal that waited for a person, as it joins its stream: decided now, by what was known at its bar. */
export function answeredRow(row: TrainingRow, decision: SignalRowInput['decision'], decisionMs: number): TrainingRow {
  const skipped = decision.kind === 'skipped';
  return {
    ...row,
    is_virtual: flag(skipped),
    ts_decision_ms: decisionMs,
    taken: flag(!skipped),
    skip_reason: skipped ? decision.reason : null,
  };
}

/** `reconstructed`: found out more than a day after it happened, from what the venue's history still told. */
export type RowQuality = 'complete' | 'reconstructed';
export const qualityOf = (happenedMs: number, nowMs: number): RowQuality =>
  nowMs - happenedMs > DAY_MS ? 'reconstructed' : 'complete';

const OUTCOME_WORD = { target: 'tp_first', stop: 'sl_first', timeout: 'timeout' } as const;

/** Decided with the label where the trade ended by a level; a timeout says it 720 bars after the entry. */
const LONG_WORD = { target: 1, stop: 0, timeout: null } as const;

export function outcomeRow(
  schema: RowSchema,
  outcome: Outcome,
  known: { readonly y720?: 0 | 1; readonly quality?: RowQuality } = {},
): TrainingRow {
  return inOrder(schema, {
    ...head(schema, outcome.signalId),
    label_version: LABEL_VERSION,
    trade_id: outcome.tradeId,
    symbol: outcome.symbol,
    side: outcome.side,
    virtual_role: outcome.role,
    outcome: OUTCOME_WORD[outcome.exit],
    y: flag(outcome.exit === 'target'),
    ambiguous: flag(outcome.ambiguous),
    y_720: known.y720 ?? LONG_WORD[outcome.exit],
    r_gross: outcome.grossR,
    r_net: outcome.netR,
    mfe_r: outcome.maxFavourableR,
    mae_r: outcome.maxAdverseR,
    bars_to_mfe: outcome.barsToMaxFavourable,
    bars_held: outcome.barsHeld,
    t_entry_ms: outcome.entryMs,
    t_exit_ms: outcome.exitMs,
    entry_price: outcome.entryPrice,
    exit_price: outcome.exitPrice,
    exit_reason: outcome.exit,
    trigger_source: 'last',
    quality: known.quality ?? 'complete',
  });
}

export interface ExecutionRowInput {
  readonly plan: TradePlan;
  readonly closed: ClosedTrade;
  readonly run: Pick<RunIdentity, 'runId' | 'runMode'>;
  /** The contract's grid: the plan's ticks and steps become prices and quantities by it. */
  readonly grid: Grid;
  /** Signal close to the first fill, and first fill to the verified stop; null where not measured. */
  readonly latencyMs: number | null;
  readonly protectMs: number | null;
  readonly entryOrderIds: readonly string[];
  readonly exitOrderIds: readonly string[];
  readonly quality: RowQuality;
}

/** Positive = worse than intended, for either side and either leg. */
function slippageBps(intended: number, actual: number, buys: 1 | -1): number {
  return ((actual - intended) / intended) * 10_000 * buys;
}

export function executionRow(schema: RowSchema, input: ExecutionRowInput): TrainingRow {
  const { plan, closed, grid } = input;
  const price = (at: Ticks): number => ticksToPrice(at, grid);
  const buysAtEntry = closed.side === 'long' ? 1 : -1;
  const exitIntended = closed.exitClass === 'stop' ? price(plan.stop) : closed.exitClass === 'target' ? price(plan.target) : null;
  const exitBuys = buysAtEntry === 1 ? -1 : 1;
  const qty = Number(closed.qty);
  const planned = stepsToQty(plan.steps, grid);
  return inOrder(schema, {
    ...head(schema, closed.signalId),
    trade_id: closed.tradeId,
    run_id: input.run.runId,
    run_mode: input.run.runMode,
    symbol: closed.symbol,
    side: closed.side,
    leverage: plan.leverage,
    margin_pct: plan.marginPct,
    entry_intended: price(plan.entry),
    entry_average: Number(closed.averageEntry),
    exit_intended: exitIntended,
    exit_average: Number(closed.averageExit),
    qty_intended: planned,
    qty_filled: qty,
    fill_fraction: qty / planned,
    slippage_bps: slippageBps(price(plan.entry), Number(closed.averageEntry), buysAtEntry),
    exit_slippage_bps: exitIntended === null ? null : slippageBps(exitIntended, Number(closed.averageExit), exitBuys),
    fee_usdt: Number(closed.feesUsdt),
    funding_usdt: Number(closed.fundingUsdt),
    pnl_net_usdt: Number(closed.netPnlUsdt),
    risk_usdt: plan.riskUsdt,
    latency_ms: input.latencyMs,
    protect_ms: input.protectMs,
    t_open_ms: closed.openedMs,
    t_close_ms: closed.closedMs,
    entry_order_ids: input.entryOrderIds.join(' '),
    exit_order_ids: input.exitOrderIds.join(' '),
    exit_reason: closed.exitClass,
    r_net_real: closed.netR,
    quality: input.quality,
  });
}

const INSTANT_COLUMN: Readonly<Record<StreamName, string>> = {
  signals: 'ts_bar_close_ms',
  outcomes: 't_exit_ms',
  executions: 't_close_ms',
};
const ID_COLUMN: Readonly<Record<StreamName, string>> = { signals: 'signal_id', outcomes: 'signal_id', executions: 'trade_id' };

/** The instant that chooses a row's file, so that live writing and rebuilding agree on the day. */
export function rowInstant(stream: StreamName, row: TrainingRow): number {
  const at = row[INSTANT_COLUMN[stream]];
  invariant(typeof at === 'number', `a row of ${stream} without ${INSTANT_COLUMN[stream]}`);
  return at;
}

/** What makes a row of its stream unique. */
export function rowId(stream: StreamName, row: TrainingRow): string {
  const id = row[ID_COLUMN[stream]];
  invariant(typeof id === 'string' && id !== '', `a row of ${stream} without ${ID_COLUMN[stream]}`);
  return id;
}
