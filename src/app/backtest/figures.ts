// App, backtest: everything the report says, as numbers: report.json. Groups are measured beside the placebo as in the study; where
// there is not enough to say something, there is null and no number.
import { MIN_OUTCOMES } from '../../book/hit-rates.ts';
import { compareSignals } from '../../core/signal.ts';
import { DAY_MS, MINUTE_MS } from '../../core/timeframe.ts';
import {
  BOOTSTRAP_DRAWS,
  BOOTSTRAP_SEED,
  bandRows,
  datedOf,
  FEWEST,
  type GroupRow,
  measure,
  netDifference,
  rowsBy,
  setupRows,
  sideRows,
} from '../study/groups.ts';
import type { Sample } from '../study/label.ts';
import { dayBootstrap, type Interval, mean, wilson } from '../study/statistics.ts';
import type { BacktestRun } from './backtest.ts';
import { deflatedSharpe, luckiestSharpe, momentsOf } from './deflated-sharpe.ts';
import type { EquityFall, EquityPoint } from './equity-log.ts';
import { costLadder, type TradeRow, tradeRows } from './trade-rows.ts';

const WORST_DAYS = 5;
/** Fewer days say nothing about a ratio of daily returns. */
const FEWEST_DAYS = 30;

export interface Mean {
  readonly n: number;
  /** Null below thirty. */
  readonly measured: { readonly mean: number; readonly interval: Interval } | null;
}

export interface TradeFigures {
  readonly n: number;
  readonly wins: number;
  readonly winRate: { readonly rate: number; readonly interval: Interval } | null;
  readonly netR: Mean;
  readonly costs: ReturnType<typeof costLadder>;
  readonly exits: readonly { readonly exit: string; readonly n: number; readonly netUsdt: number; readonly meanR: number }[];
}

export interface RankFigures {
  readonly top3: GroupRow;
  readonly rest: GroupRow;
  /** Net R of the top three less that of the others; null where either is too few. */
  readonly difference: { readonly mean: number; readonly interval: Interval } | null;
}

export interface SharpeFigures {
  readonly days: number;
  readonly verdict: 'measured' | 'tooFew';
  readonly daily: number;
  readonly annual: number;
  readonly skewness: number;
  readonly kurtosis: number;
  readonly deflated: readonly { readonly variants: number; readonly luckiest: number; readonly probability: number }[];
}

export interface ReportFigures {
  readonly strategy: string;
  readonly pair: { readonly trend: string; readonly entry: string };
  readonly configHash: string;
  readonly codeVersion: string;
  readonly settings: Readonly<Record<string, number | string>>;
  readonly data: {
    readonly symbols: readonly {
      readonly symbol: string;
      readonly fromMs: number;
      readonly toMs: number;
      readonly bars: number;
    }[];
    readonly bars: number;
    readonly fromMs: number;
    readonly toMs: number;
    readonly btc: 'present' | 'absent';
    readonly funding: { readonly known: number; readonly assumed: number };
  };
  readonly account: {
    readonly startUsdt: number;
    readonly endUsdt: number;
    readonly deepestFall: EquityFall;
    readonly exposure: Readonly<Record<string, number>>;
    readonly worstDays: readonly { readonly day: string; readonly fraction: number }[];
    readonly curve: readonly EquityPoint[];
  };
  readonly trades: TradeFigures;
  readonly signals: {
    readonly n: number;
    /** Without an end, or without any placebo, inside the recording. */
    readonly unresolved: number;
    readonly all: GroupRow;
    readonly bands: readonly GroupRow[];
    readonly setups: readonly GroupRow[];
    readonly sides: readonly GroupRow[];
    readonly symbols: readonly GroupRow[];
    readonly hours: readonly GroupRow[];
  };
  readonly ranking: RankFigures;
  /** What became of the signals: taken, or refused by this guard. */
  readonly guards: readonly GroupRow[];
  /** What one gate of the strategy alone refused. */
  readonly gates: readonly GroupRow[];
  readonly sharpe: SharpeFigures;
  readonly placebos: number;
  readonly seed: number;
  readonly fewest: number;
}

const dayOf = (ms: number): number => Math.floor(ms / DAY_MS);

function meanOf(values: readonly { readonly day: number; readonly value: number }[]): Mean {
  if (values.length < FEWEST) return { n: values.length, measured: null };
  const interval = dayBootstrap(values, BOOTSTRAP_DRAWS, BOOTSTRAP_SEED);
  return { n: values.length, measured: { mean: mean(values.map(({ value }) => value)), interval } };
}

export function tradeFigures(rows: readonly TradeRow[]): TradeFigures {
  const wins = rows.filter(({ netR }) => netR > 0).length;
  const exits = [...new Set(rows.map(({ exit }) => exit))].sort().map((exit) => {
    const held = rows.filter((row) => row.exit === exit);
    const netUsdt = Number(held.reduce((sum, row) => sum + row.netUsdt, 0).toFixed(8));
    return { exit, n: held.length, netUsdt, meanR: mean(held.map(({ netR }) => netR)) };
  });
  return {
    n: rows.length,
    wins,
    winRate: rows.length < MIN_OUTCOMES ? null : { rate: wins / rows.length, interval: wilson(wins, rows.length) },
    netR: meanOf(rows.map(({ signalMs, netR }) => ({ day: dayOf(signalMs), value: netR }))),
    costs: costLadder(rows),
    exits,
  };
}

function rankFigures(samples: readonly Sample[], rankOf: (sample: Sample) => number): RankFigures {
  const top = samples.filter((sample) => rankOf(sample) <= 3);
  const rest = samples.filter((sample) => rankOf(sample) > 3);
  const enough = Math.min(top.length, rest.length) >= FEWEST;
  return {
    top3: measure('top3', top),
    rest: measure('rest', rest),
    difference: enough ? netDifference(top.map(datedOf), rest.map(datedOf)) : null,
  };
}

function sharpeFigures(returns: readonly number[], variants: readonly number[]): SharpeFigures {
  const moments = momentsOf(returns);
  const { sharpe } = moments;
  const measured = returns.length >= FEWEST_DAYS && Number.isFinite(sharpe);
  return {
    days: returns.length,
    verdict: measured ? 'measured' : 'tooFew',
    daily: sharpe,
    annual: sharpe * Math.sqrt(365),
    skewness: moments.skewness,
    kurtosis: moments.kurtosis,
    deflated: measured
      ? variants.map((count) => ({
          variants: count,
          luckiest: luckiestSharpe(count, moments.n),
          probability: deflatedSharpe(moments, count),
        }))
      : [],
  };
}

/** "virtual: cluster" and "label: cluster" are one refusal; what was taken stands first. */
const reasonOf = (fate: string): string => (fate === 'real' ? 'taken' : (fate.split(': ')[1] ?? fate));

export function reportFigures(run: BacktestRun, variants: readonly number[]): ReportFigures {
  const { request, market, series, results, portfolio, fromMs, toMs } = run;
  const found = results.flatMap(({ signals }) => signals);
  // Contract by contract, as the study has them: the drawn days, and so the intervals, are then the same.
  const samples = found.flatMap(({ sample }) => (sample === null ? [] : [sample]));
  const ranks = ranksOf(found.map(({ signal }) => signal));
  const rows = tradeRows(run);
  const misses = results.flatMap(({ nearMisses }) => nearMisses);
  const returns = portfolio.equity.dailyReturns(fromMs, toMs);
  const bars = Math.round((toMs - fromMs) / market.stepMs);
  return {
    strategy: request.strategies.join('+'),
    pair: request.strategy.pair,
    configHash: request.run.configHash,
    codeVersion: request.run.codeVersion,
    settings: settingsOf(run),
    data: {
      symbols: series.map(({ contract, firstMs, stepMs, count }) => ({
        symbol: contract.symbol,
        fromMs: firstMs,
        toMs: firstMs + count * stepMs,
        bars: count,
      })),
      bars: series.reduce((sum, { count }) => sum + count, 0),
      fromMs,
      toMs,
      btc: series.some(({ contract }) => contract.symbol === 'BTCUSDT') ? 'present' : 'absent',
      funding: portfolio.settlements,
    },
    account: {
      startUsdt: request.balanceUsdt,
      endUsdt: portfolio.equity.lastEquityUsdt,
      deepestFall: portfolio.equity.deepestFall,
      exposure: portfolio.equity.exposure(bars),
      worstDays: returns
        .filter(({ fraction }) => fraction < 0)
        .sort((a, b) => a.fraction - b.fraction)
        .slice(0, WORST_DAYS)
        .map(({ day, fraction }) => ({ day: new Date(day * DAY_MS).toISOString().slice(0, 10), fraction })),
      curve: portfolio.equity.points,
    },
    trades: tradeFigures(rows),
    signals: {
      n: found.length,
      unresolved: found.length - samples.length,
      all: measure('all', samples),
      bands: bandRows(samples, request.strategy.minConfidence),
      setups: setupRows(samples),
      sides: sideRows(samples),
      symbols: rowsBy(samples, ({ symbol }) => symbol),
      hours: rowsBy(samples, ({ barCloseMs }) => String(Math.floor((barCloseMs % DAY_MS) / (60 * MINUTE_MS))).padStart(2, '0')),
    },
    ranking: rankFigures(samples, ({ signal }) => ranks.get(signal.id) ?? 1),
    guards: rowsBy(samples, ({ id }) => reasonOf(portfolio.fates.get(id) ?? 'unknown')),
    gates: gateRows(misses),
    sharpe: sharpeFigures(
      returns.map(({ fraction }) => fraction),
      variants,
    ),
    placebos: request.placebos,
    seed: request.seed,
    fewest: FEWEST,
  };
}

/** Place of each signal among those of its minute. */
function ranksOf(signals: readonly Sample['signal'][]): ReadonlyMap<string, number> {
  const byMinute = new Map<number, Sample['signal'][]>();
  for (const signal of signals) byMinute.set(signal.barCloseMs, [...(byMinute.get(signal.barCloseMs) ?? []), signal]);
  const ranks = new Map<string, number>();
  for (const minute of byMinute.values()) for (const [i, { id }] of minute.sort(compareSignals).entries()) ranks.set(id, i + 1);
  return ranks;
}

function gateRows(misses: readonly { readonly gate: string; readonly sample: Sample | null }[]): GroupRow[] {
  return [...new Set(misses.map(({ gate }) => gate))].sort().map((gate) => {
    const samples = misses.flatMap(({ gate: own, sample }) => (own === gate && sample !== null ? [sample] : []));
    return measure(gate, samples);
  });
}

function settingsOf({ request }: BacktestRun): Readonly<Record<string, number | string>> {
  const { risk, strategy, management } = request;
  return {
    minConfidence: strategy.minConfidence,
    costGateR: strategy.costGateR,
    roundTripCostBps: Number(strategy.roundTripCostBps.toFixed(4)),
    maxPositions: risk.maxPositions,
    riskPerTradePct: risk.riskPerTradePct,
    riskProfile: risk.riskProfile,
    clusterMinutes: risk.clusterMinutes,
    minQuoteVolume24hUsdt: risk.minQuoteVolume24hUsdt,
    breakEvenAtR: management.breakEvenAtR,
    trailAtr: management.trailAtr,
    reversalExit: management.reversalExit,
    partialTakePct: management.partialTakePct,
  };
}
