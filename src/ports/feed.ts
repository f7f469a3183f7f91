// Ports: market data. One implementation speaks to the venue (or the embedded exchange), others read files.
import type { Bar, Instrument, MarketEvent, Ticker24h } from '../core/market.ts';
import type { Timeframe } from '../core/timeframe.ts';
import type { EpochMs, SymbolId } from '../core/units.ts';

export interface HistoryRequest {
  readonly symbol: SymbolId;
  readonly timeframe: Timeframe;
  /** At most 1,500 bars a request. */
  readonly count: number;
  /** Open of the first bar wanted; absent = the newest `count`. */
  readonly fromMs?: EpochMs;
}

export interface MarketDataFeed {
  instruments(): Promise<readonly Instrument[]>;
  tickers(): Promise<readonly Ticker24h[]>;
  /** Closed bars only, oldest first, without holes inside; throws VenueError when the venue cannot answer. */
  history(request: HistoryRequest): Promise<readonly Bar[]>;
  /**
   * Follows these symbols until the signal aborts: candles of the entry timeframe, marks, feed state. Events reach the
   * sink in the order of arrival; the sink returns at once. Resolves when every stream has delivered its first frame
   * or the first-frame deadline has passed (which is then told as a `feed` event).
   */
  follow(
    symbols: readonly SymbolId[],
    timeframe: Timeframe,
    sink: (event: MarketEvent) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Resolves when everything that was on its way at the time of the call has reached the sink (WebSocket ping and pong). */
  drain(): Promise<void>;
  /** Request weight used in the venue's current minute. */
  weightUsed(): number;
}
