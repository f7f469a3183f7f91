// App, replay: the venue of a run that is over. Its contracts and its history are the record's; everything else was answered
// then, and the answer comes from the tape.
import type { BinanceVenue } from '../../adapters/binance/binance.ts';
import type { Bar, Instrument } from '../../core/market.ts';
import type { Timeframe } from '../../core/timeframe.ts';
import { InvariantError, type SymbolId } from '../../core/units.ts';
import type { Broker } from '../../ports/broker.ts';
import type { CandleStore } from '../../ports/candle-store.ts';
import type { MarketClock } from '../../ports/clock.ts';
import { VenueError } from '../../ports/errors.ts';
import type { MarketDataFeed } from '../../ports/feed.ts';
import { cellsBar, type OpeningLine } from './journal-lines.ts';

/** The venue's code for a name that it does not know: how a contract without history was left out. */
const UNKNOWN_SYMBOL = -1121;

type Loaded = Extract<OpeningLine, readonly ['loaded', ...unknown[]]>;

interface Held {
  readonly trend: readonly Bar[];
  readonly entry: readonly Bar[];
}

export class RecordedMarket {
  readonly #history = new Map<SymbolId, Held>();
  instruments: readonly Instrument[] = [];

  hear([, symbol, part, trend, entry]: Loaded): void {
    const before = part === 'more' ? this.#history.get(symbol as SymbolId) : undefined;
    this.#history.set(symbol as SymbolId, {
      trend: [...(before?.trend ?? []), ...trend.map(cellsBar)],
      entry: [...(before?.entry ?? []), ...entry.map(cellsBar)],
    });
  }

  venue(clock: MarketClock, entry: Timeframe): BinanceVenue {
    return {
      feed: this.#feed(entry),
      broker: silentBroker,
      clock,
      sync: async () => true,
      setPhase: () => undefined,
      health: () => ({ entryBreaker: 'closed', marketBreaker: 'closed', heldUntilMs: 0, clock: null, wire: {} }),
      checkKey: nobody,
      quote: nobody,
      stop: () => undefined,
    };
  }

  #feed(entry: Timeframe): MarketDataFeed {
    return {
      instruments: async () => this.instruments,
      tickers: nobody,
      history: async ({ symbol, timeframe }) => {
        const held = this.#history.get(symbol);
        if (held === undefined)
          throw new VenueError(`${symbol} has no history in the record`, { remedy: 'final', code: UNKNOWN_SYMBOL });
        return timeframe === entry ? held.entry : held.trend;
      },
      follow: async () => undefined,
      drain: async () => undefined,
      weightUsed: () => 0,
    };
  }
}

const nobody = (): Promise<never> => Promise.reject(new InvariantError('a replay asks nobody'));

const silentBroker: Broker = {
  accountId: nobody,
  config: nobody,
  symbolConfig: nobody,
  brackets: nobody,
  snapshot: nobody,
  position: nobody,
  openPositions: nobody,
  setLeverage: nobody,
  setIsolated: nobody,
  place: nobody,
  placeConditional: nobody,
  cancelConditional: nobody,
  cancel: nobody,
  find: nobody,
  openConditionals: nobody,
  fills: nobody,
  funding: nobody,
  follow: async () => undefined,
  drain: async () => undefined,
};

/** A replay keeps nothing. */
export const noCandles: CandleStore = {
  load: () => ({ kind: 'absent', reason: 'a replay reads its record' }),
  begin: async () => ({
    add: () => undefined,
    flush: async () => undefined,
    finish: async () => undefined,
    abandon: async () => undefined,
  }),
};
