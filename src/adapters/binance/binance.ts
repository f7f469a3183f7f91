// Adapters, binance: the composition of this room. One REST client, one clock, one weight gate and two breakers, shared by
// the market data feed and the broker of the same venue.
import type { EpochMs, SymbolId } from '../../core/units.ts';
import type { Broker } from '../../ports/broker.ts';
import type { MarketClock, WallClock } from '../../ports/clock.ts';
import type { MarketDataFeed } from '../../ports/feed.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Random } from '../../ports/random.ts';
import { checkKey, type KeyCheck } from './account-check.ts';
import { VenueBreaker } from './breaker.ts';
import { BinanceBroker } from './broker.ts';
import type { VenueContext } from './context.ts';
import { BinanceFeed } from './feed.ts';
import { WeightGate } from './limiter.ts';
import { type Pacing, paceOf } from './pace.ts';
import { type BestPrices, readQuote } from './quotes.ts';
import { Rest } from './rest.ts';
import { VenueClock } from './venue-clock.ts';
import { WireCounts } from './wire-counts.ts';

export interface BinanceOptions {
  readonly restUrl: string;
  /** Root without a path, e.g. wss://fstream.binance.com. */
  readonly wsUrl: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly wallClock: WallClock;
  readonly random: Random;
  readonly logger: Logger;
  /** paced: an embedded exchange whose clock is faster than ours or stands still. */
  readonly paced: Pacing;
  /** The account's name in the database; null = the alias the venue itself gives the account. */
  readonly accountId: string | null;
  /** Host of /sapi; absent = derived (fapi.binance.com → api.binance.com, any other host itself). */
  readonly permissionsUrl?: string;
  /** Venue time, where whoever opens it knows that before it was measured. */
  readonly nowMs?: number;
  /** A wait that the venue asked an earlier run for (venue time), and who keeps a new one for the next. */
  readonly heldUntilMs?: number;
  readonly onHold?: (untilMs: number) => void;
}

export interface BinanceVenue {
  readonly feed: MarketDataFeed;
  readonly broker: Broker;
  readonly clock: MarketClock;
  /** Measures the venue's clock; false = the venue cannot be reached. */
  sync(): Promise<boolean>;
  /** From now on history leaves room for account reads and protection. */
  setPhase(phase: 'coldStart' | 'running'): void;
  /** Whether entries may be sent at all: the state of the entry breaker and of a ban. */
  health(): VenueHealth;
  checkKey(): Promise<KeyCheck>;
  /** Best bid and ask of this moment; null = no information. */
  quote(symbol: SymbolId): Promise<BestPrices | null>;
  stop(): void;
}

export interface VenueHealth {
  readonly entryBreaker: 'closed' | 'halfOpen' | 'open';
  readonly marketBreaker: 'closed' | 'halfOpen' | 'open';
  readonly heldUntilMs: number;
  /** How far our idea of the venue's time may be off, and when it was measured; null = never. */
  readonly clock: { readonly offsetMs: number; readonly measuredMs: EpochMs } | null;
  /** Frames and rows that were refused or not known, by kind. */
  readonly wire: Readonly<Record<string, number>>;
}

const RESYNC_EVERY_MS = 600_000;

interface Parts {
  readonly context: VenueContext;
  readonly breakers: { readonly market: VenueBreaker; readonly entry: VenueBreaker };
}

function partsOf(options: BinanceOptions, stopping: AbortSignal): Parts {
  const { wallClock: wall, logger, random } = options;
  const clock = new VenueClock(wall, options.paced, options.nowMs ?? null);
  const held = options.heldUntilMs === undefined ? {} : { heldUntilMs: options.heldUntilMs };
  const onBan = (untilMs: number): void => {
    logger.error({ untilMs }, 'the venue banned this address; all requests are held until then');
  };
  const onHold = (untilMs: number): void => options.onHold?.(untilMs);
  const gate = new WeightGate({ clock, wall, pacing: options.paced, ...held, onBan, onHold });
  const breakers = { market: new VenueBreaker('market data'), entry: new VenueBreaker('entry') };
  const context: VenueContext = {
    rest: new Rest({ ...options, wall, clock, gate, breakers }),
    clock,
    gate,
    wall,
    random,
    logger,
    pace: paceOf(options.paced),
    wsUrl: options.wsUrl.replace(/\/+$/, ''),
    permissionsUrl: options.permissionsUrl ?? options.restUrl.replace('://fapi.', '://api.'),
    counts: new WireCounts(),
    grids: new Map(),
    stopping,
  };
  return { context, breakers };
}

export function createBinance(options: BinanceOptions): BinanceVenue {
  const stopping = new AbortController();
  const { context, breakers } = partsOf(options, stopping.signal);
  const { clock, gate, rest } = context;
  const feed = new BinanceFeed(context);
  clock.connect(() => feed.serverTime());
  const cancelResync = options.wallClock.every(RESYNC_EVERY_MS, () => void clock.resync());
  return {
    feed,
    broker: new BinanceBroker(context, options.accountId),
    clock,
    sync: () => clock.resync(),
    setPhase: (phase) => gate.setPhase(phase),
    checkKey: () => checkKey(context),
    quote: (symbol) => readQuote(context, symbol),
    health: () => ({
      entryBreaker: breakers.entry.state,
      marketBreaker: breakers.market.state,
      heldUntilMs: gate.heldUntilMs,
      clock: clock.measuredMs === null ? null : { offsetMs: clock.errorMs, measuredMs: clock.measuredMs },
      wire: context.counts.all(),
    }),
    stop() {
      cancelResync();
      stopping.abort();
      rest.close();
    },
  };
}
