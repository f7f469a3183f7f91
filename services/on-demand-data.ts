// Services, room 3: candles that nobody follows, for people who ask: other timeframes, longer spans. Kept for 30 seconds, so that
// ten people who look at one chart cost one request; a refused read is kept for nobody.
import { LRUCache } from 'lru-cache';
import type { Bar } from '../src/core/market.ts';
import type { Timeframe } from '../src/core/timeframe.ts';
import type { SymbolId } from '../src/core/units.ts';
import type { WallClock } from '../src/ports/clock.ts';
import type { MarketDataFeed } from '../src/ports/feed.ts';

const KEPT_MS = 30_000;
const KEPT = 100;

export class OnDemandData {
  readonly #feed: Pick<MarketDataFeed, 'history'>;
  readonly #cache: LRUCache<string, { readonly reading: Promise<readonly Bar[]>; bars: readonly Bar[] | null }>;

  constructor(feed: Pick<MarketDataFeed, 'history'>, wallClock: Pick<WallClock, 'now'>) {
    this.#feed = feed;
    this.#cache = new LRUCache({ max: KEPT, ttl: KEPT_MS, ttlResolution: 0, perf: { now: () => wallClock.now() } });
  }

  /** The newest `count` closed bars, oldest first; throws VenueError when the venue cannot answer. */
  candles(symbol: SymbolId, timeframe: Timeframe, count: number): Promise<readonly Bar[]> {
    const key = `${symbol} ${timeframe} ${count}`;
    const kept = this.#cache.get(key);
    if (kept !== undefined) return kept.reading;
    const reading = this.#feed.history({ symbol, timeframe, count });
    const entry: { reading: Promise<readonly Bar[]>; bars: readonly Bar[] | null } = { reading, bars: null };
    this.#cache.set(key, entry);
    return reading.then(
      (bars) => {
        entry.bars = bars;
        return bars;
      },
      (error: unknown) => {
        this.#cache.delete(key);
        throw error;
      },
    );
  }

  /** What was read within the last 30 seconds, without asking; null where nothing was. */
  held(symbol: SymbolId, timeframe: Timeframe, count: number): readonly Bar[] | null {
    return this.#cache.get(`${symbol} ${timeframe} ${count}`)?.bars ?? null;
  }
}
