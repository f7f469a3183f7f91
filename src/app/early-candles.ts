// App: candles that come while the market still loads. They wait in a queue of their own, in their order, because what they continue
// is not whole yet; mark prices do not wait, protection goes by them.
import { EventQueue } from '../../services/event-queue.ts';
import type { MarketEvent } from '../core/market.ts';

export class EarlyCandles {
  readonly #loop: EventQueue;
  #waiting: EventQueue | null = new EventQueue();

  constructor(loop: EventQueue) {
    this.#loop = loop;
  }

  hear(event: MarketEvent): void {
    const queue = event.kind === 'marks' ? this.#loop : (this.#waiting ?? this.#loop);
    queue.push({ kind: 'market', event });
  }

  /** The market is loaded: what waited goes to the loop, and what comes from now on follows it. */
  release(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    for (let event = waiting?.take(); event !== undefined; event = waiting?.take()) this.#loop.push(event);
  }
}
