// App, paper mode: holds the prices of a market against a simulated account. Every frame that the bot hears is walked here
// first; minutes that no frame told (a restart, a lost socket) are fetched and walked as candles.
import type { MarketEvent } from '../../core/market.ts';
import { barClose, barOpen, type Timeframe, timeframeMs } from '../../core/timeframe.ts';
import { type EpochMs, epochMs, type SymbolId } from '../../core/units.ts';
import type { MarketClock } from '../../ports/clock.ts';
import type { MarketDataFeed } from '../../ports/feed.ts';
import type { Logger } from '../../ports/logger.ts';
import { walkBar } from '../../sim/bar-walk.ts';
import { FrameWalk } from '../../sim/frame-walk.ts';
import type { SimVenue } from '../../sim/venue.ts';

export interface PaperDeskOptions {
  readonly venue: SimVenue;
  readonly feed: Pick<MarketDataFeed, 'history'>;
  readonly clock: MarketClock;
  readonly logger: Logger;
  readonly symbols: readonly SymbolId[];
  readonly timeframe: Timeframe;
  /** Of a market without an index of other places the mark is the last price. */
  readonly marks: 'told' | 'derived';
  /** Called when a price may have moved the account. */
  readonly onStep: () => void;
  /** Market time at which the account was left. */
  readonly leftMs: number;
}

const PAGE = 1_500;
/** Where the market does not tell a rate: one basis point, three times a day (contract §2). */
const ASSUMED_FUNDING = { rate: '0.0001', everyMs: 8 * 3_600_000 } as const;
const RATE_DECIMALS = 8;

interface Funding {
  readonly rate: number;
  readonly nextMs: number;
}

export class PaperDesk {
  readonly #options: PaperDeskOptions;
  readonly #walk: FrameWalk;
  /** Open of the newest bar that was walked, by symbol. */
  readonly #newest = new Map<string, number>();
  readonly #funding = new Map<string, Funding>();

  constructor(options: PaperDeskOptions) {
    this.#options = options;
    this.#walk = new FrameWalk(options.venue);
  }

  hear(event: MarketEvent): void {
    const { venue, timeframe, clock, marks } = this.#options;
    switch (event.kind) {
      case 'bar': {
        if (venue.contract(event.symbol) === null) return;
        const { symbol, bar, final } = event;
        this.#mendHole(symbol, bar.openMs);
        const closeMs = barClose(bar.openMs, timeframe);
        this.#walk.hearBar({ symbol, bar, final, closeMs, atMs: epochMs(Math.min(event.at, closeMs - 1)) });
        break;
      }
      case 'marks':
        for (const { symbol, markPrice, fundingRate, nextFundingMs } of event.marks) {
          if (venue.contract(symbol) === null) continue;
          this.#settle(symbol, event.at);
          this.#funding.set(symbol, { rate: fundingRate, nextMs: nextFundingMs });
          if (marks === 'told') this.#walk.hearMark(symbol, markPrice, event.at);
        }
        break;
      case 'feed':
        return;
    }
    if (clock.now() >= venue.nextDeadline()) venue.passTime(clock.now());
    this.#options.onStep();
  }

  /** Everything that the account holds is led through the candles since it was left. */
  async catchUp(): Promise<void> {
    const { venue, symbols, leftMs, timeframe } = this.#options;
    const fromMs = Math.ceil(leftMs / timeframeMs(timeframe)) * timeframeMs(timeframe);
    for (const symbol of symbols)
      if (venue.watches(symbol)) await this.#walkMissed(symbol, fromMs, barOpen(this.#now(), timeframe));
  }

  #now(): EpochMs {
    return this.#options.clock.now();
  }

  /** The rate that stood before the settlement is the one that is paid. */
  #settle(symbol: string, atMs: number): void {
    const { venue } = this.#options;
    const due = this.#funding.get(symbol);
    if (due === undefined || !(due.nextMs > 0) || atMs < due.nextMs || !venue.watches(symbol)) return;
    const rate = Number.isFinite(due.rate) ? due.rate.toFixed(RATE_DECIMALS) : ASSUMED_FUNDING.rate;
    venue.settleFunding(symbol, rate, epochMs(due.nextMs));
  }

  #mendHole(symbol: SymbolId, openMs: number): void {
    const { venue, timeframe, logger } = this.#options;
    const before = this.#newest.get(symbol);
    if (before !== undefined && openMs <= before) return;
    this.#newest.set(symbol, openMs);
    const fromMs = before === undefined ? Number.NaN : before + timeframeMs(timeframe);
    if (!(fromMs < openMs) || !venue.watches(symbol)) return;
    logger.warn({ symbol, fromMs, openMs }, 'minutes without a frame: their candles are fetched for the paper account');
    this.#walkMissed(symbol, fromMs, openMs).catch((error: unknown) =>
      logger.error({ symbol, error: error instanceof Error ? error.message : String(error) }, 'the paper account missed prices'),
    );
  }

  /** Candles from `fromMs` on that opened before `untilMs`. */
  async #walkMissed(symbol: SymbolId, fromMs: number, untilMs: number): Promise<void> {
    const { venue, feed, timeframe } = this.#options;
    const barMs = timeframeMs(timeframe);
    for (let at = fromMs; at < untilMs; at += PAGE * barMs) {
      const count = Math.min(PAGE, Math.round((untilMs - at) / barMs));
      const bars = await feed.history({ symbol, timeframe, count, fromMs: epochMs(at) });
      for (const bar of bars) {
        if (bar.openMs < at || bar.openMs >= untilMs) continue;
        if (bar.openMs % ASSUMED_FUNDING.everyMs === 0 && venue.watches(symbol))
          venue.settleFunding(symbol, ASSUMED_FUNDING.rate, epochMs(bar.openMs));
        walkBar(venue, symbol, bar, barClose(bar.openMs, timeframe));
      }
    }
    this.#walk.resume(symbol, this.#now());
    this.#options.onStep();
  }
}
