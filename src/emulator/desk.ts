// Emulator, the account's desk: the simulated venue fed with this market's prices, and its events turned into frames.
// Whoever changes the account does it here, so that nothing is told late and no price is older than its 3 s piece.
import { epochMs } from '../core/units.ts';
import type { SimEvent } from '../sim/events.ts';
import type { SimVenue } from '../sim/venue.ts';
import { PATH_STEP_MS } from './market/source.ts';
import type { MarketView } from './market-view.ts';
import type { NakedWatch } from './naked-watch.ts';
import type { UserStream } from './user-stream.ts';

const HOUR_MS = 3_600_000;

export interface DeskOptions {
  readonly venue: SimVenue;
  readonly view: MarketView;
  readonly userStream: UserStream;
  readonly naked: NakedWatch;
  readonly now: () => number;
  /** A frame left that the bot may answer. */
  readonly stirred: () => void;
  /** Told of each event of the account, for streams that show it to everybody. */
  readonly seen?: (event: SimEvent) => void;
  /** The account changed and is not on disk yet. */
  readonly changed: () => void;
}

export class Desk {
  readonly venue: SimVenue;
  readonly view: MarketView;
  readonly userStream: UserStream;
  readonly #options: DeskOptions;
  readonly #pricedAtMs: number[] = [];
  #seenRevision: number;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.venue = options.venue;
    this.view = options.view;
    this.userStream = options.userStream;
    this.#seenRevision = options.venue.revision;
  }

  now(): number {
    return this.#options.now();
  }

  /** The same desk over another state of the account: for reads that look into the past. */
  over(venue: SimVenue): Desk {
    return new Desk({ ...this.#options, venue });
  }

  /** Countdowns and end dates of orders that fall due. */
  passTime(atMs: number): void {
    this.venue.passTime(epochMs(atMs));
    this.flush();
  }

  /** Gives the venue the standing price of a symbol somebody is about to ask for. */
  price(index: number): void {
    const atMs = this.now();
    const held = this.#pricedAtMs[index];
    // Setting the same piece's price again would refill the book that this piece's orders have eaten.
    if (held === undefined || held < atMs - (atMs % PATH_STEP_MS)) this.#setPrice(index, atMs);
  }

  /** One price step of the market: only symbols that hold something of ours can change. */
  step(atMs: number): void {
    this.view.source.contracts.forEach((contract, index) => {
      if (!this.venue.watches(contract.symbol)) return;
      this.#setPrice(index, atMs);
      const settles = atMs % (contract.fundingIntervalHours * HOUR_MS) === 0;
      if (settles) this.venue.settleFunding(contract.symbol, this.view.fundingRate(index, atMs).toFixed(8), epochMs(atMs));
    });
    this.flush();
  }

  /** A price scripted from this very moment on. */
  reprice(index: number): void {
    this.#setPrice(index, this.now());
    this.flush();
  }

  /** Tells the account's listeners what happened since the last time. */
  flush(): void {
    const atMs = this.now();
    const events = this.venue.drainEvents();
    let heard = 0;
    for (const event of events) {
      heard += this.userStream.publish(event, atMs);
      this.#options.seen?.(event);
    }
    if (heard > 0) this.#options.stirred();
    if (this.venue.revision === this.#seenRevision) return;
    this.#seenRevision = this.venue.revision;
    this.#options.naked.look(this.venue, atMs);
    this.#options.changed();
  }

  #setPrice(index: number, atMs: number): void {
    const last = this.view.last(index, atMs);
    if (!(last > 0)) return;
    this.#pricedAtMs[index] = atMs;
    this.venue.setPrice(this.view.contract(index).symbol, { last, mark: this.view.mark(index, atMs) }, epochMs(atMs));
  }
}
