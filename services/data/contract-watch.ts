// Services, room 3: what may change about the contracts while the bot runs. Once an hour of market time their list is read again,
// for a contract may have been halted, delisted or given another grid, and the day's volumes with it.
import type { Instrument, Ticker24h } from '../../src/core/market.ts';
import { type EpochMs, epochMs } from '../../src/core/units.ts';
import type { DataPorts } from './data-settings.ts';
import type { MarketBook } from './market-book.ts';

const EVERY_MS = 3_600_000;

export class ContractWatch {
  readonly #ports: DataPorts;
  readonly #book: MarketBook;
  #instrumentsMs: EpochMs | null = null;
  #tickersMs = Number.NEGATIVE_INFINITY;

  constructor(ports: DataPorts, book: MarketBook) {
    this.#ports = ports;
    this.#book = book;
  }

  /** Venue time of the newest contract list; null before the first and after a failed one. */
  get instrumentsMs(): EpochMs | null {
    return this.#instrumentsMs;
  }

  noteInstruments(now: EpochMs): void {
    this.#instrumentsMs = now;
  }

  onMinute(nowMs: number): void {
    if (this.#instrumentsMs === null || nowMs - this.#instrumentsMs >= EVERY_MS) this.#readInstruments(nowMs);
    if (nowMs - this.#tickersMs >= EVERY_MS) this.#readTickers(nowMs);
  }

  #readInstruments(nowMs: number): void {
    this.#instrumentsMs = epochMs(nowMs);
    this.#ports.dispatcher.send<readonly Instrument[] | null>({
      label: 'contracts',
      call: () => this.#ports.feed.instruments(),
      onFailure: () => null,
      apply: (all) => {
        if (all === null) this.#instrumentsMs = null;
        else this.#book.renew(all);
      },
    });
  }

  #readTickers(nowMs: number): void {
    this.#tickersMs = nowMs;
    this.#ports.dispatcher.send<readonly Ticker24h[] | null>({
      label: 'day volumes',
      call: () => this.#ports.feed.tickers(),
      onFailure: () => null,
      apply: (all) => {
        if (all !== null) this.#book.hearTickers(all);
      },
    });
  }
}
