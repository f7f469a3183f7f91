// Services, room 3: keeps the candles, and what the strategies made of them, for the next start. Every few minutes of market time, and
// when the bot stops, they are handed to the store in slices of a few milliseconds; the loop goes on between two of them.
import { type EpochMs, epochMs } from '../../src/core/units.ts';
import type { CandleStore, CandleWriter } from '../../src/ports/candle-store.ts';
import type { WallClock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { MarketMemory } from './data-settings.ts';
import type { MarketBook } from './market-book.ts';
import { ENTRY_BARS, TREND_BARS } from './warm-start.ts';

const EVERY_MARKET_MS = 5 * 60_000;
/** At a market that runs ahead the disk must not run with it. */
const EVERY_WALL_MS = 20_000;
const SLICE_MS = 3;
/** Besides a page's worth, the minutes of the trend bar that is being folded. */
const ENTRY_KEPT = ENTRY_BARS + 60;

export interface KeeperPorts {
  readonly store: CandleStore;
  readonly memory?: Pick<MarketMemory, 'memoryOf'>;
  readonly wallClock: WallClock;
  readonly logger: Logger;
}

export class CandleKeeper {
  readonly #ports: KeeperPorts;
  readonly #book: Pick<MarketBook, 'all'>;
  #savedMarketMs = Number.NEGATIVE_INFINITY;
  #savedWallMs = Number.NEGATIVE_INFINITY;
  #saving: Promise<void> | null = null;

  constructor(ports: KeeperPorts, book: Pick<MarketBook, 'all'>) {
    this.#ports = ports;
    this.#book = book;
  }

  /** Called after each decided minute; returns at once. */
  onMinute(now: EpochMs): void {
    const wallMs = this.#ports.wallClock.now();
    if (this.#saving !== null || now - this.#savedMarketMs < EVERY_MARKET_MS || wallMs - this.#savedWallMs < EVERY_WALL_MS)
      return;
    this.#savedMarketMs = now;
    this.#savedWallMs = wallMs;
    this.#saving = this.#save(now).finally(() => {
      this.#saving = null;
    });
  }

  /** The newest state, on disk when it resolves: for a stop in good order. */
  async saveNow(now: EpochMs): Promise<void> {
    if (this.#saving !== null) await this.#saving;
    await this.#save(now);
  }

  /** Never rejects: without a file the next start is a cold one, and no trade depends on that. */
  async #save(now: EpochMs): Promise<void> {
    let writer: CandleWriter | null = null;
    try {
      writer = await this.#ports.store.begin(epochMs(now));
      await this.#write(writer);
      await writer.finish();
    } catch (error) {
      this.#ports.logger.warn({ error: error instanceof Error ? error.message : String(error) }, 'candles could not be kept');
      await writer
        ?.abandon()
        .catch((cause: unknown) => this.#ports.logger.debug({ cause }, 'the candle file stays half written'));
    }
  }

  async #write(writer: CandleWriter): Promise<void> {
    let begunMs = this.#ports.wallClock.now();
    for (const [symbol, { trend, entry }] of this.#book.all()) {
      if (entry.length === 0) continue;
      const memory = this.#ports.memory?.memoryOf(symbol) ?? null;
      writer.add({ symbol, trend: trend.rows(TREND_BARS + 1), entry: entry.rows(ENTRY_KEPT), memory });
      if (this.#ports.wallClock.now() - begunMs < SLICE_MS) continue;
      await writer.flush();
      begunMs = this.#ports.wallClock.now();
    }
  }
}
