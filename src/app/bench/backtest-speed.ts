// App, `perpscout bench`: phase 1 of the backtester: how many bars a second one thread takes through the shipped strategy with all
// gates, what a second thread adds, and how much memory a bar takes.

import { smcConfluence } from '../../../strategy/smc-confluence.ts';
import type { StrategySettings } from '../../../strategy/strategy.ts';
import type { Bar } from '../../core/market.ts';
import { MINUTE_MS } from '../../core/timeframe.ts';
import { groupsOf } from '../backtest/backtest.ts';
import { NO_FUNDING } from '../backtest/funding.ts';
import type { PhaseOneTask } from '../backtest/phase-one.ts';
import type { SharedSeries } from '../backtest/series.ts';
import { type GroupRequest, runGroup, type SymbolResult } from '../backtest/signal-run.ts';
import { ThreadPool } from '../backtest/thread-pool.ts';
import type { BenchMarket } from './bench-market.ts';
import { atLeast, atMost, type Figure, least, median, timed } from './figure.ts';

const CONTRACTS = 8;
const BARS = 20_000;
/** Of the bundled contracts that have the longest history. */
const LOOKED_AT = 24;
const ROUNDS = 5;
/** A ratio of two disturbed times wants more of them. */
const PAIRED_ROUNDS = 9;
const SETTINGS: StrategySettings = {
  pair: { trend: '15m', entry: '1m' },
  minConfidence: 70,
  roundTripCostBps: 12,
  costGateR: 0.1,
};

async function seriesOf(market: BenchMarket): Promise<SharedSeries[]> {
  const contracts = market.contracts.slice(0, LOOKED_AT);
  return contracts
    .map((contract) => ({ contract, bars: market.before(contract.symbol, '1m', BARS) }))
    .sort((a, b) => b.bars.length - a.bars.length)
    .slice(0, CONTRACTS)
    .map(({ contract, bars }) => shared(contract, bars));
}

function shared(contract: SharedSeries['contract'], bars: readonly Bar[]): SharedSeries {
  const count = bars.length;
  const columns = new SharedArrayBuffer(count * 5 * Float64Array.BYTES_PER_ELEMENT);
  const cells = new Float64Array(columns);
  for (const [i, { open, high, low, close, volume }] of bars.entries())
    for (const [column, value] of [open, high, low, close, volume].entries()) cells[column * count + i] = value;
  return { contract, firstMs: bars[0]?.openMs ?? 0, stepMs: MINUTE_MS, count, columns, width: 5 };
}

const bytesOf = ({ trend }: SymbolResult): number =>
  [trend.closeMs, trend.atr, trend.signedBreakMs, trend.bias, trend.direction].reduce(
    (sum, { byteLength }) => sum + byteLength,
    0,
  );

export async function backtestFigures(market: BenchMarket): Promise<Figure[]> {
  const series = await seriesOf(market);
  const bars = series.reduce((sum, { count }) => sum + count, 0);
  const request = (own: readonly SharedSeries[]): Omit<GroupRequest, 'strategies'> => ({
    series: own,
    btc: null,
    settings: SETTINGS,
    funding: NO_FUNDING,
    fromMs: 0,
    placebos: 1,
    seed: 1,
    follow: 'signals',
  });
  let results: SymbolResult[] = [];
  const alone: number[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    const ms = timed(() => {
      results = runGroup({ ...request(series), strategies: [smcConfluence] }, () => undefined);
    });
    if (round >= 0) alone.push(ms);
  }
  const ratio = await twoAgainstOne((threads) =>
    groupsOf(series, threads).map((group) => ({ kind: 'run', request: { ...request(group), strategies: [smcConfluence.id] } })),
  );
  const bytes =
    series.reduce((sum, { columns }) => sum + columns.byteLength, 0) + results.reduce((sum, one) => sum + bytesOf(one), 0);
  return [
    atLeast('backtestBarsPerSecond', { value: bars / (least(alone) / 1_000), unit: '1m bars/s/core', bound: 600_000 }),
    atLeast('backtestTwoThreadsVsOne', { value: ratio, unit: 'ratio', bound: 1.5 }),
    atMost('backtestBytesPerBar', { value: bytes / bars, unit: 'B', bound: 120 }),
  ];
}

/** Turns taken by one thread and by two. One round warms the one; the two, who hear half of a round each, are warmed by two. */
async function twoAgainstOne(tasksFor: (threads: number) => PhaseOneTask[]): Promise<number> {
  const pools = [new ThreadPool(1), new ThreadPool(2)] as const;
  const took: [number[], number[]] = [[], []];
  const round = async (i: 0 | 1): Promise<number> => {
    const begun = performance.now();
    await pools[i].run(tasksFor(i + 1), () => undefined);
    return performance.now() - begun;
  };
  try {
    for (const i of [0, 1, 1] as const) await round(i);
    for (let done = 0; done < PAIRED_ROUNDS; done++) for (const i of [0, 1] as const) took[i].push(await round(i));
  } finally {
    await Promise.all(pools.map((pool) => pool.close()));
  }
  return median(took[0]) / median(took[1]);
}
