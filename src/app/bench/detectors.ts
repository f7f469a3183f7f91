// App, `perpscout bench`: indicators and detectors alone: the indicators against technicalindicators, both together per bar, and how
// large the state is that they leave behind.
import { IndicatorCore } from '../../../strategy/indicators/indicator-core.ts';
import { SmcEngine } from '../../../strategy/smc/smc-engine.ts';
import { tickSize } from '../../core/grid.ts';
import type { Bar, Instrument } from '../../core/market.ts';
import type { Timeframe } from '../../core/timeframe.ts';
import type { BenchMarket } from './bench-market.ts';
import { atLeast, atMost, type Figure, interleaved, least, median, timed, WARM_ROUNDS } from './figure.ts';
import { streamingNine } from './library-indicators.ts';

const ROUNDS = 11;
/** The detectors are compared with nothing: more rounds find a quieter one. */
const DETECTOR_ROUNDS = 40;
const INDICATOR_BARS = 10_000;
/** Contracts and bars of each timeframe in one round of the detectors. */
const DETECTOR_SYMBOLS = 18;
const DETECTOR_BARS = { '1m': 3_000, '15m': 400 } as const;
const KB = 1_024;

export function indicatorFigures(market: BenchMarket): Figure[] {
  const [symbol] = market.symbols;
  if (symbol === undefined) return [];
  const bars = market.before(symbol, '1m', INDICATOR_BARS);
  let sum = 0;
  const took = interleaved(ROUNDS, {
    ours: () => {
      const core = new IndicatorCore();
      for (const bar of bars) core.push(bar);
      sum += core.rsi14;
    },
    theirs: () => {
      const next = streamingNine();
      for (const bar of bars) sum += next(bar);
    },
  });
  if (!Number.isFinite(sum)) throw new Error('an indicator returned no number');
  const ratio = median(took.theirs) / median(took.ours);
  return [atLeast('indicatorsVsTechnicalindicators', { value: ratio, unit: 'ratio', bound: 25 })];
}

/** One contract's detectors on one timeframe, as a running bot holds them: nobody reads events there, so none are written. */
class Station {
  readonly core = new IndicatorCore();
  readonly smc: SmcEngine;

  constructor(timeframe: Timeframe, instrument: Instrument) {
    this.smc = new SmcEngine({ timeframe, tickSize: tickSize(instrument.grid), events: 'dropped' });
  }

  push(bar: Bar): void {
    this.core.push(bar);
    this.smc.onBar(bar, this.core.atr14, this.core.atrBefore);
  }

  /** Length of the plain JSON snapshots: the state without candles, an upper bound for the typed arrays that live. */
  get bytes(): number {
    return JSON.stringify(this.core.snapshot()).length + JSON.stringify(this.smc.snapshot()).length;
  }
}

interface Feed {
  readonly instrument: Instrument;
  readonly timeframe: Timeframe;
  readonly bars: readonly Bar[];
}

function feedsOf(market: BenchMarket, instruments: readonly Instrument[]): Feed[] {
  return instruments.slice(0, DETECTOR_SYMBOLS).flatMap((instrument) =>
    (['1m', '15m'] as const).map((timeframe) => ({
      instrument,
      timeframe,
      bars: market.before(instrument.symbol, timeframe, DETECTOR_BARS[timeframe]),
    })),
  );
}

export async function detectorFigures(market: BenchMarket): Promise<Figure[]> {
  const feeds = feedsOf(market, await market.instruments());
  let stations: Station[] = [];
  const round = (): void => {
    stations = feeds.map(({ timeframe, instrument, bars }) => {
      const station = new Station(timeframe, instrument);
      for (const bar of bars) station.push(bar);
      return station;
    });
  };
  for (let i = 0; i < WARM_ROUNDS; i++) round();
  const took = Array.from({ length: DETECTOR_ROUNDS }, () => timed(round));
  const bars = feeds.reduce((count, feed) => count + feed.bars.length, 0);
  const sizes = stations.map((station) => station.bytes / KB);
  const mean = sizes.reduce((a, b) => a + b, 0) / sizes.length;
  return [
    atMost('detectorsAndIndicatorsUsPerBar', { value: (least(took) * 1_000) / bars, unit: 'us', bound: 1.5 }),
    atMost('stateKbPerSymbolTimeframe.mean', { value: mean, unit: 'KiB of snapshot', bound: 8 }),
    atMost('stateKbPerSymbolTimeframe.worst', { value: Math.max(...sizes), unit: 'KiB of snapshot', bound: 20 }),
  ];
}
