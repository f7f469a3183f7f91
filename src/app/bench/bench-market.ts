// App, `perpscout bench`: the market that is measured on. 648 contracts of the synthetic market, or a folder of real klines dealt
// out in turn to 648 contracts, each deal some hours later in the recording, so that no two of them do the same.
import { reasonToLeaveOut, type UniversePolicy } from '../../../services/data/universe.ts';
import type { Bar, Instrument } from '../../core/market.ts';
import { MINUTE_MS, type Timeframe, timeframeMs } from '../../core/timeframe.ts';
import { type EpochMs, epochMs, type SymbolId, symbolId } from '../../core/units.ts';
import type { Contract, MarketBar, MarketSource } from '../../emulator/market/source.ts';
import type { HistoryRequest, MarketDataFeed } from '../../ports/feed.ts';
import { instrumentOf } from '../backtest/instrument-of.ts';

export const BENCH_SYMBOLS = 648;
export const BENCH_POLICY: UniversePolicy = { quoteAsset: 'USDT', tradifi: 'exclude' };
/** One deal of the recording is played this much later than the one before; whole trend bars. */
const DEAL_SHIFT_MS = 150 * MINUTE_MS;
/** Every contract must still have bars this long after the start. */
const RUN_MS = 1_440 * MINUTE_MS;

interface Seat {
  readonly instrument: Instrument;
  /** Number of the contract in the source. */
  readonly index: number;
  readonly shiftMs: number;
}

/** A bar as the bot knows it: what the source did not record is unknown, not 0. */
function barOf(found: MarketBar, openMs: number): Bar {
  const { open, high, low, close, volume, quoteVolume, trades, takerBuyVolume } = found;
  const recorded = volume === 0 || trades > 0;
  return {
    openMs: epochMs(openMs),
    open,
    high,
    low,
    close,
    volume,
    quoteVolume: volume > 0 && quoteVolume === 0 ? Number.NaN : quoteVolume,
    trades: recorded ? trades : Number.NaN,
    takerBuyVolume: recorded ? takerBuyVolume : Number.NaN,
  };
}

export class BenchMarket implements MarketDataFeed {
  readonly kind: MarketSource['kind'];
  /** Where history ends and the measured minutes begin. */
  readonly startMs: EpochMs;
  readonly #source: MarketSource;
  readonly #seats = new Map<SymbolId, Seat>();

  constructor(source: MarketSource) {
    this.kind = source.kind;
    this.startMs = source.defaultFromMs;
    this.#source = source;
    const tradable = source.contracts
      .map((contract, index) => ({ index, instrument: instrumentOf(contract) }))
      .filter(({ instrument }) => reasonToLeaveOut(instrument, BENCH_POLICY, this.startMs) === null);
    for (let i = 0; i < BENCH_SYMBOLS; i++) this.#deal(tradable[i % tradable.length], Math.floor(i / tradable.length));
  }

  #deal(from: { readonly index: number; readonly instrument: Instrument } | undefined, deal: number): void {
    if (from === undefined) throw new Error('the market to be measured on lists no tradable contract');
    const symbol = deal === 0 ? from.instrument.symbol : symbolId(`D${deal}${from.instrument.symbol}`);
    const shiftMs = deal === 0 ? 0 : (deal * DEAL_SHIFT_MS) % this.#room(from.index);
    this.#seats.set(symbol, { instrument: { ...from.instrument, symbol }, index: from.index, shiftMs });
  }

  /** How far the recording can be moved before it ends inside the run; at least one deal. */
  #room(index: number): number {
    let room = DEAL_SHIFT_MS;
    while (room < DEAL_SHIFT_MS * 200 && this.#source.listed(index, this.startMs + RUN_MS + room)) room += DEAL_SHIFT_MS;
    return room;
  }

  async instruments(): Promise<readonly Instrument[]> {
    return [...this.#seats.values()].map((seat) => seat.instrument);
  }

  /** Contracts of the market itself, each once, in the order in which they are dealt. */
  get contracts(): readonly Contract[] {
    return this.#source.contracts.filter(({ symbol }) => this.#seats.has(symbol));
  }

  get symbols(): readonly SymbolId[] {
    return [...this.#seats.keys()];
  }

  #seat(symbol: SymbolId): Seat {
    const seat = this.#seats.get(symbol);
    if (seat === undefined) throw new Error(`${symbol} is not dealt`);
    return seat;
  }

  async history({ symbol, timeframe, count }: HistoryRequest): Promise<readonly Bar[]> {
    return this.before(symbol, timeframe, count);
  }

  /** The newest closed bars before the start. */
  before(symbol: SymbolId, timeframe: Timeframe, count: number): Bar[] {
    const { index, shiftMs } = this.#seat(symbol);
    const step = timeframeMs(timeframe);
    const lastMs = this.startMs - step;
    return this.#source
      .bars(index, step, lastMs - (count - 1) * step + shiftMs, lastMs + shiftMs)
      .map((found) => barOf(found, found.openMs - shiftMs));
  }

  /** A minute after the start; one that nobody traded in stays at the close before it. */
  minute(symbol: SymbolId, openMs: number): Bar {
    const { index, shiftMs } = this.#seat(symbol);
    for (let ago = 0; ago <= 60; ago++) {
      const found = this.#source.minute(index, openMs + shiftMs - ago * MINUTE_MS);
      if (found === null) continue;
      if (ago === 0) return barOf(found, openMs);
      const { close } = found;
      return barOf({ ...found, open: close, high: close, low: close, volume: 0, quoteVolume: 0, trades: 0 }, openMs);
    }
    throw new Error(`${symbol} has no bar near ${new Date(openMs).toISOString()}: the recording is too short to measure on`);
  }

  async tickers(): Promise<readonly []> {
    return [];
  }
  async follow(): Promise<void> {}
  async drain(): Promise<void> {}
  weightUsed(): number {
    return 0;
  }
}
