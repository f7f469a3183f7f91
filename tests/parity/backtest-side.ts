// The backtester over the same day, from the same starting bars, with the account of the run that it is compared with.
import { playMinutes } from '../../src/app/backtest/backtest.ts';
import { FundingCalendar, NO_FUNDING } from '../../src/app/backtest/funding.ts';
import { loadSeries } from '../../src/app/backtest/load-series.ts';
import { BacktestMarket } from '../../src/app/backtest/market.ts';
import { Portfolio } from '../../src/app/backtest/portfolio.ts';
import type { SharedSeries } from '../../src/app/backtest/series.ts';
import { runGroup, type SymbolResult } from '../../src/app/backtest/signal-run.ts';
import type { Settings } from '../../src/app/config.ts';
import { chosenStrategies, managementSettings, riskSettings, strategySettings } from '../../src/app/strategy-settings.ts';
import type { JournalRow } from '../../src/core/journal.ts';
import type { RunIdentity } from '../../src/core/training-rows.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { noteRows, nothingSaid, type RecordedRun, type SaidOfRun } from './recorded-run.ts';

export interface BacktestSide extends SaidOfRun {
  readonly results: readonly SymbolResult[];
}

export interface BacktestDay {
  readonly series: readonly SharedSeries[];
  readonly toMs: number;
  readonly accountId: string;
  readonly identity: RunIdentity;
  readonly logger: Logger;
}

export interface Day {
  readonly files: readonly string[];
  /** Bars that close later are not heard, except that an order is filled at the open of the next. */
  readonly toMs: number;
}

export const seriesOf = ({ files, toMs }: Day): SharedSeries[] =>
  files.flatMap((path) => loadSeries({ path, entry: '1m', toMs: toMs + 60_000 }) ?? []);

export async function backtestSide(
  run: RecordedRun,
  settings: Settings,
  { series, toMs, accountId, identity, logger }: BacktestDay,
): Promise<BacktestSide> {
  const results = runGroup(
    {
      series,
      btc: null,
      strategies: chosenStrategies(settings),
      settings: strategySettings(settings),
      funding: NO_FUNDING,
      fromMs: run.firstMs,
      placebos: 1,
      seed: 1,
      start: { firstMs: run.firstMs, bars: run.history },
    },
    () => undefined,
  ).map((result) => ({ ...result, signals: result.signals.filter(({ signal }) => signal.barCloseMs <= toMs) }));
  const market = new BacktestMarket(
    series.map((one) => {
      const found = results.find(({ symbol }) => symbol === one.contract.symbol);
      if (found === undefined) throw new Error(`${one.contract.symbol} has no result`);
      return { series: one, trend: found.trend };
    }),
  );
  const said = nothingSaid();
  const portfolio = new Portfolio(
    {
      market,
      funding: new FundingCalendar(NO_FUNDING),
      accountId,
      run: identity,
      entryTimeframe: settings.ENTRY_TF,
      risk: riskSettings(settings),
      management: managementSettings(settings),
      balanceUsdt: settings.PAPER_BALANCE,
      logger,
    },
    run.firstMs,
  );
  const commit = portfolio.recorder.commit.bind(portfolio.recorder);
  const minute = portfolio.minute.bind(portfolio);
  let nowMs = run.firstMs;
  // The end of the files closes what is open; it is no part of the day.
  portfolio.minute = (closeMs, signals) => {
    nowMs = closeMs;
    return minute(closeMs, signals);
  };
  portfolio.recorder.commit = (rows: readonly JournalRow[]): void => {
    commit(rows);
    if (nowMs <= toMs) noteRows(said, rows);
  };
  await portfolio.open();
  await playMinutes({ onProgress: () => undefined }, results, { market, portfolio });
  portfolio.close();
  return { ...said, results };
}
