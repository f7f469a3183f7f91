// App, backtest: the whole run: files into shared memory, phase 1 in threads, phase 2 in order of time. Threads change how long it
// takes and nothing else.
import { dirname } from 'node:path';
import type { StrategySettings } from '../../../strategy/strategy.ts';
import type { ManagementSettings } from '../../book/management.ts';
import { sha256Hex } from '../../core/digest.ts';
import type { RunIdentity } from '../../core/training-rows.ts';
import { epochMs } from '../../core/units.ts';
import { MarketDataError } from '../../emulator/market/market-data-error.ts';
import type { Logger } from '../../ports/logger.ts';
import type { RiskSettings } from '../../risk/settings.ts';
import { FundingCalendar, type FundingTable } from './funding.ts';
import { BacktestMarket } from './market.ts';
import { minutesOf, withCrossSection } from './minutes.ts';
import type { PhaseOneTask, TaskPool } from './phase-one.ts';
import { Portfolio } from './portfolio.ts';
import type { SharedSeries } from './series.ts';
import type { GroupRequest, SymbolResult } from './signal-run.ts';

export type BacktestStage = 'read' | 'signals' | 'portfolio';

export interface BacktestRequest {
  /** In the order of their names. */
  readonly files: readonly string[];
  /** Groups of contracts, one a thread. */
  readonly workers: number;
  readonly strategies: readonly string[];
  readonly strategy: StrategySettings;
  readonly risk: RiskSettings;
  readonly management: ManagementSettings;
  readonly run: Omit<RunIdentity, 'runId'>;
  /** Decisions from here on; null = as soon as the strategy is warm. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly funding: FundingTable;
  readonly balanceUsdt: number;
  readonly placebos: number;
  readonly seed: number;
  readonly logger: Logger;
  readonly onProgress: (stage: BacktestStage, done: number, of: number) => void;
}

/** What phase 1 alone asks for. */
export type SignalSearch = Pick<
  BacktestRequest,
  'files' | 'workers' | 'strategies' | 'strategy' | 'fromMs' | 'toMs' | 'funding' | 'placebos' | 'seed' | 'onProgress'
> &
  Pick<GroupRequest, 'follow'>;

export interface BacktestRun {
  readonly request: BacktestRequest;
  readonly market: BacktestMarket;
  readonly series: readonly SharedSeries[];
  readonly results: readonly SymbolResult[];
  readonly portfolio: Portfolio;
  /** First and last instant that decisions were made for. */
  readonly fromMs: number;
  readonly toMs: number;
}

const BTC = 'BTCUSDT';

/** The pool is closed in the end, however that is. */
export async function runBacktest(request: BacktestRequest, pool: TaskPool): Promise<BacktestRun> {
  try {
    const series = await readAll(request, pool);
    const results = await findSignals(request, series, pool);
    return await trade(request, series, results);
  } finally {
    await pool.close();
  }
}

export async function readAll({ files, strategy, toMs, onProgress }: SignalSearch, pool: TaskPool): Promise<SharedSeries[]> {
  const tasks = files.map(
    (path): PhaseOneTask => ({
      kind: 'load',
      request: { path, entry: strategy.pair.entry, toMs: toMs ?? Number.POSITIVE_INFINITY },
    }),
  );
  let read = 0;
  const results = await pool.run(tasks, (count) => {
    read += count;
    onProgress('read', read, files.length);
  });
  const series = results.flatMap((result) => (result.kind === 'load' && result.series !== null ? [result.series] : []));
  if (series.length === 0) throw new MarketDataError(`${dirname(files[0] ?? '.')}: no bar closes before --to`);
  return series;
}

/** As many groups as threads, the long recordings dealt first. */
export function groupsOf(series: readonly SharedSeries[], groups: number): SharedSeries[][] {
  const dealt: SharedSeries[][] = Array.from({ length: Math.min(groups, series.length) }, () => []);
  const load = dealt.map(() => 0);
  for (const one of series.toSorted((a, b) => b.count - a.count)) {
    const lightest = load.indexOf(Math.min(...load));
    dealt[lightest]?.push(one);
    load[lightest] = (load[lightest] ?? 0) + one.count;
  }
  return dealt;
}

export async function findSignals(
  request: SignalSearch,
  series: readonly SharedSeries[],
  pool: TaskPool,
): Promise<SymbolResult[]> {
  const btc = series.find(({ contract }) => contract.symbol === BTC) ?? null;
  const { strategies, strategy: settings, funding, placebos, seed } = request;
  const tasks = groupsOf(series, request.workers).map(
    (group): PhaseOneTask => ({
      kind: 'run',
      request: {
        series: group,
        btc: btc !== null && !group.includes(btc) ? btc : null,
        strategies,
        settings,
        funding,
        fromMs: request.fromMs ?? 0,
        placebos,
        seed,
        ...(request.follow === undefined ? {} : { follow: request.follow }),
      },
    }),
  );
  const bars = series.reduce((sum, { count }) => sum + count, 0);
  let heard = 0;
  const results = await pool.run(tasks, (count) => {
    heard += count;
    request.onProgress('signals', heard, bars);
  });
  const found = results.flatMap((result) => (result.kind === 'run' ? result.symbols : []));
  return found.sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

async function trade(
  request: BacktestRequest,
  series: readonly SharedSeries[],
  results: readonly SymbolResult[],
): Promise<BacktestRun> {
  const trends = new Map(results.map(({ symbol, trend }) => [symbol, trend]));
  const market = new BacktestMarket(
    series.flatMap((one) => {
      const trend = trends.get(one.contract.symbol);
      return trend === undefined ? [] : [{ series: one, trend }];
    }),
  );
  const accountId = `backtest-${request.run.configHash}`;
  const portfolio = new Portfolio(
    {
      market,
      funding: new FundingCalendar(request.funding),
      accountId,
      run: { ...request.run, runId: sha256Hex(`${accountId}|${market.firstMs}`).slice(0, 12) },
      entryTimeframe: request.strategy.pair.entry,
      risk: request.risk,
      management: request.management,
      balanceUsdt: request.balanceUsdt,
      logger: request.logger,
    },
    market.firstMs,
  );
  await portfolio.open();
  await playMinutes(request, results, { market, portfolio });
  portfolio.close();
  const fromMs = Math.max(market.firstMs, request.fromMs ?? 0);
  return { request, market, series, results, portfolio, fromMs, toMs: market.endMs };
}

/** From one minute that something hangs on to the next. */
export async function playMinutes(
  request: Pick<BacktestRequest, 'onProgress'>,
  results: readonly SymbolResult[],
  { market, portfolio }: { readonly market: BacktestMarket; readonly portfolio: Portfolio },
): Promise<void> {
  const minutes = minutesOf(results);
  const { firstMs, endMs } = market;
  let next = 0;
  let nowMs = firstMs;
  for (;;) {
    const signalMs = minutes[next]?.closeMs ?? Number.POSITIVE_INFINITY;
    nowMs = Math.min(signalMs, portfolio.nextDueMs(nowMs));
    if (nowMs > endMs) break;
    const minute = nowMs === signalMs ? minutes[next] : undefined;
    if (minute === undefined) await portfolio.minute(epochMs(nowMs));
    else {
      market.advanceTo(epochMs(nowMs));
      await portfolio.minute(epochMs(nowMs), withCrossSection(minute, market));
      next += 1;
      request.onProgress('portfolio', nowMs - firstMs, endMs - firstMs);
    }
  }
  request.onProgress('portfolio', 1, 1);
}
