// App, `perpscout study`: one recorded contract through the strategy, minute by minute, as the bot feeds it: the trend bar that
// closes with a minute first, then the minute itself.

import type { MarketContext, Strategy, StrategySettings, SymbolStrategy } from '../../../strategy/strategy.ts';
import { BarFolder } from '../../core/bars.ts';
import { type Grid, gridOf } from '../../core/grid.ts';
import type { Bar } from '../../core/market.ts';
import type { Signal } from '../../core/signal.ts';
import { timeframeMs } from '../../core/timeframe.ts';
import { epochMs, type SymbolId } from '../../core/units.ts';
import type { MarketSource } from '../../emulator/market/source.ts';

export interface RecordedSymbol {
  readonly symbol: SymbolId;
  readonly grid: Grid;
  readonly tickSize: number;
  readonly priceDecimals: number;
  readonly onboardMs: number;
  readonly bars: readonly Bar[];
}

/** The recordings hold neither funding nor quote volume; both only order and describe signals, no gate reads them. */
const CONTEXT: MarketContext = { quoteVolume24hUsdt: Number.NaN, fundingRate: Number.NaN, nextFundingMs: Number.NaN };

export function recordedSymbol(source: MarketSource, index: number): RecordedSymbol {
  const contract = source.contracts[index];
  if (contract === undefined) throw new Error(`the market has no contract number ${index}`);
  const bars = source.bars(index, timeframeMs('1m'), 0, source.endMs).map(
    (bar): Bar => ({
      openMs: epochMs(bar.openMs),
      open: bar.open,
      high: bar.high,
      low: bar.low,
      close: bar.close,
      volume: bar.volume,
      quoteVolume: Number.NaN,
      trades: Number.NaN,
      takerBuyVolume: Number.NaN,
    }),
  );
  const grid = gridOf(contract.tickSize, contract.stepSize);
  return {
    symbol: contract.symbol,
    grid,
    tickSize: Number(contract.tickSize),
    priceDecimals: grid.tickDecimals,
    onboardMs: contract.onboardDate,
    bars,
  };
}

export interface HeardSignal {
  readonly signal: Signal;
  /** Place of the trigger bar among the symbol's bars. */
  readonly index: number;
}

/** After each minute: the signal it gave, if any, while the detectors stand at that minute. */
export type Listener = (signal: Signal | null, index: number, one: SymbolStrategy) => void;

export function runSymbol(strategy: Strategy, settings: StrategySettings, recorded: RecordedSymbol, listen: Listener): void {
  const { symbol, tickSize, onboardMs, bars } = recorded;
  const one = strategy.open({ symbol, tickSize, onboardMs }, settings);
  const { trend, entry } = settings.pair;
  const folder = new BarFolder(entry, trend);
  for (const [index, bar] of bars.entries()) {
    const before = bars[index - 1];
    if (before !== undefined && bar.openMs - before.openMs !== timeframeMs(entry)) one.onGap();
    const closed = folder.push(bar);
    if (closed !== null) one.onTrendBar(closed);
    listen(one.hear(bar, CONTEXT), index, one);
  }
}

export function signalsOf(strategy: Strategy, settings: StrategySettings, recorded: RecordedSymbol): HeardSignal[] {
  const heard: HeardSignal[] = [];
  runSymbol(strategy, settings, recorded, (signal, index) => {
    if (signal !== null) heard.push({ signal, index });
  });
  return heard;
}
