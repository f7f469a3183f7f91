// Tests: backtests without threads and without a terminal: wild markets written as kline files, the whole run, and its outputs as text.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BacktestRequest, type BacktestRun, runBacktest } from '../../src/app/backtest/backtest.ts';
import { decisionLines } from '../../src/app/backtest/decision-lines.ts';
import { NO_FUNDING } from '../../src/app/backtest/funding.ts';
import { performTask, type TaskPool } from '../../src/app/backtest/phase-one.ts';
import { tradeRows, tradesCsv } from '../../src/app/backtest/trade-rows.ts';
import { UNMANAGED } from '../../src/book/management.ts';
import type { Bar } from '../../src/core/market.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { DEFAULT_RISK_SETTINGS } from '../../src/risk/settings.ts';
import { wildMinutes } from './wild-market.ts';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

export const inlinePool: TaskPool = {
  run: async (tasks, onProgress) => tasks.map((task) => performTask(task, onProgress)),
  close: async () => undefined,
};

/** A quick pair, and limits that let many signals through: 499 trend bars are over after two days. */
export function aBacktest(files: readonly string[], change: Partial<BacktestRequest> = {}): BacktestRequest {
  return {
    files,
    workers: 1,
    strategies: ['smc-confluence'],
    strategy: { pair: { trend: '5m', entry: '1m' }, minConfidence: 45, roundTripCostBps: 12, costGateR: 1 },
    risk: { ...DEFAULT_RISK_SETTINGS, minConfidence: 45, minQuoteVolume24hUsdt: 0, dailyLossLimitPct: 100, clusterMinutes: 5 },
    management: { ...UNMANAGED, breakEvenAtR: 1, trailAtr: 1, reversalExit: 'on' },
    run: { runMode: 'backtest', configHash: 'test', codeVersion: 'test', modelVersion: null },
    fromMs: null,
    toMs: null,
    funding: NO_FUNDING,
    balanceUsdt: 10_000,
    placebos: 3,
    seed: 1,
    logger: silent,
    onProgress: () => undefined,
    ...change,
  };
}

export const backtest = (request: BacktestRequest, pool: TaskPool = inlinePool): Promise<BacktestRun> =>
  runBacktest(request, pool);

export const outputsOf = (run: BacktestRun): { readonly trades: string; readonly decisions: string } => ({
  trades: tradesCsv(tradeRows(run)),
  decisions: decisionLines(run),
});

export function klineText(bars: readonly Bar[]): string {
  const rows = bars.map(({ openMs, open, high, low, close, volume }) => [openMs, open, high, low, close, volume].join(','));
  return `open_time,open,high,low,close,volume\n${rows.join('\n')}\n`;
}

/** A folder with one file a market; it goes with the test. */
export function aKlineFolder(markets: Readonly<Record<string, readonly Bar[]>>): {
  readonly dir: string;
  readonly files: readonly string[];
  remove(): void;
} {
  const dir = mkdtempSync(join(tmpdir(), 'perpscout-klines-'));
  const files = Object.entries(markets).map(([symbol, bars]) => {
    const path = join(dir, `${symbol}.csv`);
    writeFileSync(path, klineText(bars));
    return path;
  });
  return { dir, files: files.sort(), remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** Two contracts of the tables with prices near a hundred and two decimals. */
export const twoMarkets = (minutes: number, seed = 5): Readonly<Record<string, readonly Bar[]>> => ({
  AAVEUSDT: wildMinutes(seed, minutes),
  LTCUSDT: wildMinutes(seed + 1, minutes),
});
