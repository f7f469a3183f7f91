// Services, room 3: what the data room knows of each contract: its bars, its newest mark, its day's volume.
import type { Instrument, Mark, Ticker24h } from '../../src/core/market.ts';
import type { EpochMs, SymbolId } from '../../src/core/units.ts';
import type { MarketContext } from '../../strategy/strategy.ts';
import type { DataSettings } from './data-settings.ts';
import { SymbolBars } from './symbol-bars.ts';
import { chooseUniverse, type Universe } from './universe.ts';

const TREND_KEPT = 520;
const ENTRY_KEPT = 240;

export class MarketBook {
  readonly #settings: DataSettings;
  readonly #symbols = new Map<SymbolId, SymbolBars>();
  readonly #marks = new Map<SymbolId, Mark>();
  readonly #dayVolumes = new Map<SymbolId, number>();
  #universe: Universe = { included: [], leftOut: new Map() };

  constructor(settings: DataSettings) {
    this.#settings = settings;
  }

  get universe(): Universe {
    return this.#universe;
  }
  get size(): number {
    return this.#symbols.size;
  }
  /** In the universe's order. */
  all(): Iterable<readonly [SymbolId, SymbolBars]> {
    return this.#symbols;
  }
  names(): readonly SymbolId[] {
    return [...this.#symbols.keys()];
  }
  bars(symbol: SymbolId): SymbolBars | undefined {
    return this.#symbols.get(symbol);
  }
  mark(symbol: SymbolId): Mark | undefined {
    return this.#marks.get(symbol);
  }

  open(all: readonly Instrument[], now: EpochMs): void {
    this.#universe = chooseUniverse(all, this.#settings.policy, now);
    for (const instrument of this.#universe.included) this.#symbols.set(instrument.symbol, this.fresh(instrument));
  }

  /** Empty bars for a contract, as at the start. */
  fresh(instrument: Instrument): SymbolBars {
    const capacity = { trendBars: TREND_KEPT, entryBars: Math.max(ENTRY_KEPT, this.#settings.entryBars ?? 0) };
    return new SymbolBars(instrument, this.#settings.pair, capacity);
  }

  /** Bars that were read anew take the place of the old ones. */
  replace(symbol: SymbolId, bars: SymbolBars): void {
    this.#symbols.set(symbol, bars);
  }

  renew(all: readonly Instrument[]): void {
    for (const instrument of all) this.#symbols.get(instrument.symbol)?.renew(instrument);
  }

  hearMarks(marks: readonly Mark[]): void {
    for (const mark of marks) if (this.#symbols.has(mark.symbol)) this.#marks.set(mark.symbol, mark);
  }

  hearTickers(tickers: readonly Ticker24h[]): void {
    for (const { symbol, quoteVolumeUsdt } of tickers) {
      if (this.#symbols.has(symbol)) this.#dayVolumes.set(symbol, quoteVolumeUsdt);
    }
  }

  /** Our own day of bars counts; where a contract has none yet, the venue's rolling figure stands in. */
  contextOf(symbol: SymbolId): MarketContext {
    const mark = this.#marks.get(symbol);
    const counted = this.#symbols.get(symbol)?.quoteVolume24hUsdt ?? Number.NaN;
    return {
      quoteVolume24hUsdt: Number.isNaN(counted) ? (this.#dayVolumes.get(symbol) ?? Number.NaN) : counted,
      fundingRate: mark?.fundingRate ?? Number.NaN,
      nextFundingMs: mark?.nextFundingMs ?? Number.NaN,
    };
  }
}
