// Emulator, the world behind the exchange: what a market is like, in figures: how wide its bars, how fat its tails, how its
// volatility clusters, how closely contracts follow BTC. The seeded market is held against recorded ones by these.
import { MINUTE_MS } from '../../core/timeframe.ts';
import { MarketDataError } from './market-data-error.ts';
import type { MarketBar, MarketSource } from './source.ts';

const TREND_MS = 15 * MINUTE_MS;
const ATR_LENGTH = 14;
const LAGS = [1, 10, 60] as const;

export interface MarketFigures {
  readonly symbol: string;
  /** Median over the span of ATR(14) of 15m bars, in basis points of the close. */
  readonly atrBps: number;
  /** Fourth standardised moment of 1m log returns: 3 for a normal market. */
  readonly kurtosis: number;
  /** Autocorrelation of |1m log return| at lags 1, 10 and 60 minutes. */
  readonly absAutocorrelation: readonly [number, number, number];
  /** Correlation of 15m log returns with those of BTCUSDT; NaN where the source has no BTCUSDT. */
  readonly btcCorrelation: number;
  /** Share of the minutes in which nothing was traded. */
  readonly quietShare: number;
  /** Mean 1m log return and its standard error: a market without drift stays within a few of them. */
  readonly meanReturn: number;
  readonly meanReturnError: number;
}

export interface ReportSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

const logReturns = (bars: readonly MarketBar[]): number[] =>
  bars.slice(1).map((bar, i) => Math.log(bar.close / (bars[i]?.close ?? bar.close)));

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [i, value] of a.entries()) {
    const [da, db] = [value - meanA, (b[i] ?? meanB) - meanB];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return ab / Math.sqrt(aa * bb);
}

function momentRatio(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.map((value) => (value - middle) ** 2);
  return mean(squares.map((square) => square * square)) / mean(squares) ** 2;
}

/** Wilder's average true range as a share of the close, once it has seen its length. */
function atrBps(bars: readonly MarketBar[]): number {
  let atr = 0;
  const shares: number[] = [];
  for (const [i, bar] of bars.entries()) {
    const before = bars[i - 1];
    if (before === undefined) continue;
    const range = Math.max(bar.high, before.close) - Math.min(bar.low, before.close);
    atr = i <= ATR_LENGTH ? atr + range / ATR_LENGTH : (atr * (ATR_LENGTH - 1) + range) / ATR_LENGTH;
    if (i >= ATR_LENGTH) shares.push((atr / bar.close) * 1e4);
  }
  return median(shares);
}

/** 15m log returns of both over the bars that both have. */
function pairedReturns(a: readonly MarketBar[], b: readonly MarketBar[]): [number[], number[]] {
  const other = new Map(b.map((bar) => [bar.openMs, bar]));
  const shared = a.filter((bar) => other.has(bar.openMs));
  return [logReturns(shared), logReturns(shared.map((bar) => other.get(bar.openMs) ?? bar))];
}

function indexOf(source: MarketSource, symbol: string): number {
  const index = source.contracts.findIndex((contract) => contract.symbol === symbol);
  if (index < 0) throw new MarketDataError(`the market does not list ${symbol}`);
  return index;
}

function figures(source: MarketSource, symbol: string, span: ReportSpan): MarketFigures {
  const index = indexOf(source, symbol);
  const btc = source.contracts.findIndex((contract) => contract.symbol === 'BTCUSDT');
  const minutes = source.bars(index, MINUTE_MS, span.fromMs, span.toMs);
  const trend = source.bars(index, TREND_MS, span.fromMs, span.toMs);
  if (minutes.length < 1_000) throw new MarketDataError(`${symbol} has ${minutes.length} minutes in that span; 1000 are needed`);
  const returns = logReturns(minutes);
  const moves = returns.map(Math.abs);
  const lagged = LAGS.map((lag) => correlation(moves.slice(lag), moves.slice(0, -lag)));
  const spread = Math.sqrt(mean(returns.map((r) => r * r)));
  return {
    symbol,
    atrBps: atrBps(trend),
    kurtosis: momentRatio(returns),
    absAutocorrelation: [lagged[0] ?? Number.NaN, lagged[1] ?? Number.NaN, lagged[2] ?? Number.NaN],
    btcCorrelation:
      btc < 0 ? Number.NaN : correlation(...pairedReturns(trend, source.bars(btc, TREND_MS, span.fromMs, span.toMs))),
    quietShare: minutes.filter((bar) => bar.volume === 0).length / minutes.length,
    meanReturn: mean(returns),
    meanReturnError: spread / Math.sqrt(returns.length),
  };
}

/** The figures of each symbol over the span; the instant `toMs` is the open of the last bar. */
export function marketReport(source: MarketSource, symbols: readonly string[], span: ReportSpan): MarketFigures[] {
  return symbols.map((symbol) => figures(source, symbol, span));
}

/** The middle of each figure over the symbols; BTCUSDT's correlation with itself is left out. */
export function medianFigures(rows: readonly MarketFigures[]): MarketFigures {
  const middle = (of: (row: MarketFigures) => number): number => median(rows.map(of).filter(Number.isFinite));
  const others = rows.filter((row) => row.symbol !== 'BTCUSDT').map((row) => row.btcCorrelation);
  return {
    symbol: 'median',
    atrBps: middle((row) => row.atrBps),
    kurtosis: middle((row) => row.kurtosis),
    absAutocorrelation: [
      middle((row) => row.absAutocorrelation[0]),
      middle((row) => row.absAutocorrelation[1]),
      middle((row) => row.absAutocorrelation[2]),
    ],
    btcCorrelation: median(others.filter(Number.isFinite)),
    quietShare: middle((row) => row.quietShare),
    meanReturn: middle((row) => row.meanReturn),
    meanReturnError: middle((row) => row.meanReturnError),
  };
}

/** One line a symbol, for people. */
export function reportText(rows: readonly MarketFigures[]): string {
  const line = (row: MarketFigures): string => {
    const lags = row.absAutocorrelation.map((value) => value.toFixed(2)).join(' ');
    const tail = `kurtosis ${row.kurtosis.toFixed(1)}  |r| acf ${lags}  BTC ${row.btcCorrelation.toFixed(2)}`;
    const quiet = `quiet ${(row.quietShare * 100).toFixed(1)} %`;
    return `${row.symbol.padEnd(14)} ATR ${row.atrBps.toFixed(1).padStart(6)} bp  ${tail}  ${quiet}`;
  };
  return rows.map(line).join('\n');
}
