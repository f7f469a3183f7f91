// Adapters, exchange-control: keeping step with an embedded exchange that runs faster than real time. It waits for us at
// the end of each minute; before we decide, we wait until everything it had said has arrived here.
import type { EpochMs } from '../../core/units.ts';
import type { Broker } from '../../ports/broker.ts';
import type { MarketDataFeed } from '../../ports/feed.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Pacer } from '../../ports/pacer.ts';
import { ControlDoor } from './client.ts';

export interface PacerOptions {
  readonly restUrl: string;
  readonly feed: Pick<MarketDataFeed, 'drain'>;
  readonly broker: Pick<Broker, 'drain'>;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Asked again this often in a row without an answer, the minute is decided on what is here. */
const MAX_FAILURES = 3;
const PAUSE_MS = 20;

export class ExchangePacer implements Pacer {
  readonly decideWhen = 'idle';
  readonly #options: PacerOptions;
  readonly #door: ControlDoor;
  /** Acknowledgements leave one after the other: a late one must not overtake a newer one. */
  #acknowledged: Promise<void> = Promise.resolve();

  constructor(options: PacerOptions) {
    this.#options = options;
    this.#door = new ControlDoor(options.restUrl, options.signal);
  }

  async attach(): Promise<void> {
    await this.#door.post('/clock', { attach: true });
  }

  settle(barOpenMs: EpochMs, settled: () => void): void {
    void this.#hear(barOpenMs).then(() => {
      if (!this.#options.signal.aborted) settled();
    });
  }

  acknowledge(barOpenMs: EpochMs): void {
    this.#acknowledged = this.#acknowledged.then(() => this.#sayDone(barOpenMs));
  }

  /** Never rejects: a minute that cannot be paced is decided anyway, and said so. */
  async #hear(barOpenMs: EpochMs): Promise<void> {
    const { feed, broker, logger, signal } = this.#options;
    try {
      await this.#awaitBar(barOpenMs);
      await feed.drain();
      await broker.drain();
    } catch (error) {
      if (!signal.aborted) logger.warn({ barOpenMs, error: textOf(error) }, 'this minute could not be paced');
    }
  }

  /** Long polls until the exchange stands at the bar's barrier; while it answers, it may take as long as it likes. */
  async #awaitBar(barOpenMs: EpochMs): Promise<void> {
    for (let failures = 0; !this.#options.signal.aborted; ) {
      try {
        const answer = await this.#door.post('/clock', { await: barOpenMs });
        if (isHeld(answer)) return;
        failures = 0;
        // An exchange that answers at once, because its recording has ended, must not be asked in a busy loop.
        await pause();
      } catch (error) {
        failures += 1;
        if (failures >= MAX_FAILURES || this.#options.signal.aborted) throw error;
      }
    }
  }

  async #sayDone(barOpenMs: EpochMs): Promise<void> {
    if (this.#options.signal.aborted) return;
    try {
      const state = await this.#door.post('/clock', { ack: barOpenMs });
      // After three time-outs in a row the exchange goes on alone; who is back says so.
      if (isDetached(state)) await this.#door.post('/clock', { attach: true, ack: barOpenMs });
    } catch (error) {
      // The exchange goes on by itself after its own time-out.
      if (!this.#options.signal.aborted)
        this.#options.logger.warn({ barOpenMs, error: textOf(error) }, 'the exchange took no acknowledgement');
    }
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS).unref());

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const isDetached = (state: unknown): boolean =>
  typeof state === 'object' && state !== null && 'attached' in state && state.attached === false;

const isHeld = (answer: unknown): boolean =>
  typeof answer === 'object' && answer !== null && 'held' in answer && answer.held === true;
