// Builders of what a run leaves behind: training rows, intents, orders, fills, and a folder that goes away again.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { steps, ticks } from '../../src/core/grid.ts';
import type { IntentRow, JournalRow, OpRow } from '../../src/core/journal.ts';
import type { Fill } from '../../src/core/orders.ts';
import type { Signal } from '../../src/core/signal.ts';
import type { ClosedTrade, Outcome, TradePlan } from '../../src/core/trade.ts';
import {
  executionRow,
  outcomeRow,
  type RowSchemas,
  type SignalRowInput,
  signalRow,
  trainingSchemas,
} from '../../src/core/training-rows.ts';
import { clientOrderId, decimalString, epochMs, symbolId } from '../../src/core/units.ts';
import { anInstrument, aSignal, MIDNIGHT } from './a-signal.ts';

/** Three features stand for the eighty-two. */
export const SCHEMAS: RowSchemas = trainingSchemas([
  { name: 'ema200_dist_atr', type: 'float', unit: 'atr', version: 1 },
  { name: 'bos_age', type: 'int', unit: 'bars', version: 1 },
  { name: 'funding_bps_d', type: 'float', unit: 'bps', version: 1 },
]);
export const ALL_SCHEMAS = [SCHEMAS.signals, SCHEMAS.outcomes, SCHEMAS.executions];

export function aFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'perpscout-test-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** The n-th signal of a run, one a minute; sixteen hex digits of id. */
export const signalNo = (n: number, change: Partial<Signal> = {}): Signal =>
  aSignal({ id: n.toString(16).padStart(16, '0'), barCloseMs: epochMs(MIDNIGHT + n * 60_000), ...change });
export const tradeIdNo = (n: number): string => `trade${n.toString(36).padStart(9, '0')}`;

export function signalInput(signal: Signal, change: Partial<SignalRowInput> = {}): SignalRowInput {
  return {
    ranked: { signal, rank: 1 },
    features: Float64Array.of(0.1 + 0.2, 7, Number.NaN),
    run: { runId: 'run-1', runMode: 'sim', configHash: 'c0ffee', codeVersion: '0.1.0', modelVersion: null },
    decisionMs: signal.barCloseMs + 1_200,
    dataMaxMs: signal.barCloseMs,
    decision: { kind: 'skipped', reason: 'rank' },
    pModel: null,
    evR: null,
    context: { barrierMs: 812, symbolsReady: 648, lateClose: 0, openPositions: 2, equityUsdt: 9_876.5 },
    ...change,
  };
}

export function anOutcome(signal: Signal, change: Partial<Outcome> = {}): Outcome {
  return {
    signalId: signal.id,
    tradeId: 'trade000000000',
    symbol: signal.symbol,
    side: signal.side,
    role: 'label',
    score: signal.score,
    setup: signal.setup,
    exit: 'target',
    ambiguous: false,
    entryPrice: 100.2,
    exitPrice: 101,
    entryMs: signal.barCloseMs,
    exitMs: epochMs(signal.barCloseMs + 120_000),
    grossR: 0.8,
    netR: 0.68,
    maxFavourableR: 0.8,
    maxAdverseR: 0.4,
    barsToMaxFavourable: 2,
    barsHeld: 2,
    ...change,
  };
}

export function aPlan(n: number, change: Partial<TradePlan> = {}): TradePlan {
  const signal = signalNo(n);
  return {
    tradeId: tradeIdNo(n),
    signal,
    symbol: signal.symbol,
    side: 'long',
    steps: steps(24_000),
    entry: ticks(10_000),
    stop: ticks(9_900),
    target: ticks(10_100),
    leverage: 3,
    leverageReason: 'fewTrades',
    marginPct: 8,
    notionalUsdt: 2_400,
    riskUsdt: 24,
    ...change,
  };
}

export function anIntent(n: number, change: Partial<IntentRow> = {}): IntentRow {
  const plan = aPlan(n);
  return {
    tradeId: plan.tradeId,
    signalId: plan.signal.id,
    strategy: plan.signal.strategy,
    symbol: plan.symbol,
    side: plan.side,
    barCloseMs: plan.signal.barCloseMs,
    plan,
    state: 'prepared',
    version: 1,
    openedMs: null,
    closedMs: null,
    exitClass: null,
    ...change,
  };
}

export function anOp(n: number, change: Partial<OpRow> = {}): OpRow {
  const signedMs = epochMs(MIDNIGHT + n * 60_000 + 50);
  return {
    clientId: clientOrderId(`k70-${tradeIdNo(n)}-e00`),
    tradeId: tradeIdNo(n),
    role: 'e',
    attempt: 0,
    verb: 'placeMarket',
    params: '{"side":"BUY"}',
    signedMs,
    recvWindowMs: 3_000,
    fenceMs: epochMs(signedMs + 33_000),
    outcome: 'sending',
    code: null,
    venueId: null,
    ...change,
  };
}

export function aFill(tradeNo: string, change: Partial<Fill> = {}): Fill {
  return {
    symbol: symbolId('ETHUSDT'),
    tradeNo,
    clientId: '',
    venueOrderId: '77',
    action: 'buy',
    price: decimalString('100.10'),
    qty: decimalString('24.000'),
    fee: decimalString('1.20120000'),
    feeAsset: 'USDT',
    realizedPnl: decimalString('0'),
    at: epochMs(MIDNIGHT),
    ...change,
  };
}

export function aClosedTrade(n: number, change: Partial<ClosedTrade> = {}): ClosedTrade {
  const signal = signalNo(n);
  return {
    tradeId: tradeIdNo(n),
    signalId: signal.id,
    symbol: signal.symbol,
    side: 'long',
    exitClass: 'target',
    openedMs: epochMs(signal.barCloseMs + 300),
    closedMs: epochMs(signal.barCloseMs + 600_000),
    qty: decimalString('24'),
    averageEntry: decimalString('100.1'),
    averageExit: decimalString('101'),
    netPnlUsdt: decimalString('19.1868'),
    feesUsdt: decimalString('2.4132'),
    fundingUsdt: decimalString('0'),
    netR: 0.79945,
    ...change,
  };
}

export const signalEntry = (signal: Signal): JournalRow => ({
  table: 'signal',
  signalId: signal.id,
  barCloseMs: signal.barCloseMs,
  row: signalRow(SCHEMAS.signals, signalInput(signal)),
  evaluationJson: '{"score":85}',
  snapshotJson: '{}',
});

export const outcomeEntry = (signal: Signal, change: Partial<Outcome> = {}): JournalRow => {
  const outcome = anOutcome(signal, change);
  return { table: 'outcome', outcome, row: outcomeRow(SCHEMAS.outcomes, outcome) };
};

export function closedEntry(n: number, change: Partial<ClosedTrade> = {}): JournalRow {
  const trade = aClosedTrade(n, change);
  const row = executionRow(SCHEMAS.executions, {
    plan: aPlan(n),
    closed: trade,
    run: { runId: 'run-1', runMode: 'sim' },
    grid: anInstrument().grid,
    latencyMs: 180,
    protectMs: null,
    entryOrderIds: ['77'],
    exitOrderIds: ['78', '79'],
    quality: 'complete',
  });
  return { table: 'closedTrade', trade, row };
}
