// Services, room 3: what the data room is told and what it stands on.
import type { Instrument } from '../../src/core/market.ts';
import type { Timeframe } from '../../src/core/timeframe.ts';
import type { EpochMs, SymbolId } from '../../src/core/units.ts';
import type { CandleStore, StoredMemory } from '../../src/ports/candle-store.ts';
import type { MarketClock, WallClock } from '../../src/ports/clock.ts';
import type { MarketDataFeed } from '../../src/ports/feed.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Dispatcher } from '../dispatcher.ts';
import type { DataFinding } from './findings.ts';
import type { UniversePolicy } from './universe.ts';

export interface DataSettings {
  readonly pair: { readonly trend: Timeframe; readonly entry: Timeframe };
  readonly policy: UniversePolicy;
  /** Entry bars of history to load; more than one page where a span of the past is wanted. */
  readonly entryBars?: number;
}

/** Who is fed the candles and can go on from what it made of them. */
export interface MarketMemory {
  /** Null before the first bar. */
  memoryOf(symbol: SymbolId): StoredMemory | null;
  /** Before any bar was heard: null where it goes on after the bar that opened at `lastOpenMs`, or why it begins without. */
  resume(instrument: Instrument, memory: StoredMemory, lastOpenMs: EpochMs): string | null;
}

export interface DataPorts {
  readonly feed: MarketDataFeed;
  readonly marketClock: MarketClock;
  readonly wallClock: WallClock;
  readonly logger: Logger;
  readonly dispatcher: Dispatcher;
  /** Candles of an earlier run, asked for once, at the start; and where they are kept for the next. */
  readonly candles?: CandleStore;
  /** Whose memory is kept with them, asked for between two minutes; absent where every start hears its candles anew. */
  readonly memory?: MarketMemory;
  readonly onFinding?: (finding: DataFinding) => void;
}
