// App, Discord: the market as the bot holds it in memory, for pictures and suggestions. Timeframes that the strategy does not work
// with are folded from those it does, and their zones are found again on the bars shown.
import type { DataService } from '../../../services/data-service.ts';
import type { OnDemandData } from '../../../services/on-demand-data.ts';
import type { StrategyEngine } from '../../../services/strategy-engine.ts';
import { Track } from '../../../strategy/track.ts';
import { TwoTracks } from '../../../strategy/two-tracks.ts';
import { BarFolder, type BarSeries } from '../../core/bars.ts';
import { tickSize } from '../../core/grid.ts';
import type { Bar, Instrument } from '../../core/market.ts';
import { type Timeframe, timeframeMs } from '../../core/timeframe.ts';
import type { SymbolId } from '../../core/units.ts';
import { VenueError } from '../../ports/errors.ts';
import { type ChartMarks, marksOf } from './live-marks.ts';
import type { LiveCandles, MarketDesk } from './parts.ts';

/** More than a picture shows, so that zones from before its left edge are known. */
const BARS = 300;
/** Nothing looks back on these rings; a track wants them all the same. */
const NO_DEPTH = { closes: 1, atr: 1, bandWidth: 1, volume: 1, trades: 1 } as const;

type Held = { readonly entry: BarSeries; readonly trend: BarSeries };
type Data = Pick<DataService, 'symbols' | 'instrument' | 'mark' | 'contextOf'> & { bars(symbol: SymbolId): Held | undefined };
type OnDemand = Pick<OnDemandData, 'candles' | 'held'>;
type Engine = Pick<StrategyEngine, 'playersOf'>;
type Drawing = Pick<LiveCandles, 'bars' | 'marks' | 'source'>;

export function liveMarket(data: Data, engine: Engine, onDemand: OnDemand): MarketDesk {
  const follows = (timeframe: Timeframe, { entry, trend }: Held): boolean =>
    entry.timeframe === timeframe || trend.timeframe === timeframe;
  return {
    symbols: () => data.symbols(),
    quoteVolume24hUsdt: (symbol) => data.contextOf(symbol).quoteVolume24hUsdt,
    markPrice: (symbol) => data.mark(symbol)?.markPrice ?? Number.NaN,
    candles(symbol, timeframe) {
      const [held, instrument] = [data.bars(symbol), data.instrument(symbol)];
      if (held === undefined || instrument === undefined) return null;
      const drawing =
        liveDrawing(held, engine.playersOf(symbol), timeframe) ??
        readDrawing(instrument, timeframe, onDemand) ??
        foldedDrawing(held, instrument, timeframe);
      return drawing === null ? null : { ...drawing, timeframe, priceDecimals: instrument.grid.tickDecimals };
    },
    async prepare(symbol, timeframe) {
      const held = data.bars(symbol);
      if (held === undefined || follows(timeframe, held)) return;
      try {
        await onDemand.candles(symbol, timeframe, BARS);
      } catch (error) {
        // The shorter picture from what is held stands in.
        if (!(error instanceof VenueError)) throw error;
      }
    },
  };
}

function liveDrawing(held: Held, players: ReturnType<Engine['playersOf']>, timeframe: Timeframe): Drawing | null {
  const tracks = players.find((player) => player instanceof TwoTracks);
  if (tracks === undefined) return null;
  for (const [series, track] of [
    [held.entry, tracks.entry],
    [held.trend, tracks.trend],
  ] as const) {
    if (series.timeframe === timeframe) return { bars: series.tail(BARS), marks: marksOf(track.smc), source: 'live' };
  }
  return null;
}

/** What was read from the venue a moment ago. */
function readDrawing(instrument: Instrument, timeframe: Timeframe, onDemand: OnDemand): Drawing | null {
  const bars = onDemand.held(instrument.symbol, timeframe, BARS);
  return bars === null ? null : { bars, marks: drawnMarks(bars, instrument, timeframe), source: 'drawn' };
}

/** From the longest series that folds: trend bars reach further back than entry bars. */
function foldedDrawing({ entry, trend }: Held, instrument: Instrument, timeframe: Timeframe): Drawing | null {
  const foldsInto = ({ timeframe: from }: BarSeries): boolean => timeframeMs(timeframe) % timeframeMs(from) === 0;
  const series = [trend, entry].find(foldsInto);
  if (series === undefined) return null;
  const bars = series.timeframe === timeframe ? series.tail(BARS) : folded(series, timeframe);
  return { bars, marks: drawnMarks(bars, instrument, timeframe), source: 'drawn' };
}

function folded(series: BarSeries, timeframe: Timeframe): Bar[] {
  const folder = new BarFolder(series.timeframe, timeframe);
  return series.tail(series.length).flatMap((bar) => folder.push(bar) ?? []);
}

function drawnMarks(bars: readonly Bar[], { grid }: Instrument, timeframe: Timeframe): ChartMarks {
  const track = new Track(timeframe, tickSize(grid), NO_DEPTH);
  for (const bar of bars) track.push(bar);
  return marksOf(track.smc);
}
