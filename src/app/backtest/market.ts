// App, backtest: the market as the portfolio sees it: bars at an instant, the mood, the trend of a contract. Asked about a minute, it
// knows nothing later, except the open of the next bar: there orders of this minute are filled.
import type { TrendAt } from '../../../services/execution/ports.ts';
import type { Bar, Instrument } from '../../core/market.ts';
import { type EpochMs, epochMs, type SymbolId } from '../../core/units.ts';
import type { Contract } from '../../emulator/market/source.ts';
import { instrumentOf } from './instrument-of.ts';
import { SeriesBars, type SharedSeries } from './series.ts';
import { TrendReader, type TrendRows } from './trend-table.ts';

const BTC = 'BTCUSDT';

export interface MarketEntry {
  readonly series: SharedSeries;
  readonly trend: TrendRows;
}

interface Listing {
  readonly contract: Contract;
  readonly instrument: Instrument;
  readonly bars: SeriesBars;
  readonly trend: TrendReader;
}

export class BacktestMarket {
  readonly stepMs: number;
  readonly firstMs: number;
  readonly endMs: number;
  readonly #listings: ReadonlyMap<SymbolId, Listing>;
  #closeMs: number;

  constructor(entries: readonly MarketEntry[]) {
    this.#listings = new Map(
      entries.map(({ series, trend }) => {
        const { contract } = series;
        const listing = {
          contract,
          instrument: instrumentOf(contract),
          bars: new SeriesBars(series),
          trend: new TrendReader(trend),
        };
        return [contract.symbol, listing];
      }),
    );
    this.stepMs = entries[0]?.series.stepMs ?? 1;
    this.firstMs = Math.min(...entries.map(({ series }) => series.firstMs));
    this.endMs = Math.max(...[...this.#listings.values()].map(({ bars }) => bars.endMs));
    this.#closeMs = this.firstMs;
  }

  get symbols(): readonly SymbolId[] {
    return [...this.#listings.keys()];
  }

  get contracts(): readonly Contract[] {
    return [...this.#listings.values()].map(({ contract }) => contract);
  }

  instrument(symbol: SymbolId): Instrument | null {
    return this.#listings.get(symbol)?.instrument ?? null;
  }

  /** The minute that closes now. */
  advanceTo(closeMs: EpochMs): void {
    this.#closeMs = closeMs;
    for (const { trend } of this.#listings.values()) trend.advanceTo(closeMs);
  }

  /** The bar that closes now. */
  barOf(symbol: SymbolId): Bar | null {
    return this.#barAt(symbol, this.#closeMs - this.stepMs);
  }

  /** Where an order that is sent now is filled; null where the recording of the contract ends. */
  nextOpenOf(symbol: SymbolId): number | null {
    return this.#barAt(symbol, this.#closeMs)?.open ?? null;
  }

  #barAt(symbol: SymbolId, openMs: number): Bar | null {
    const bars = this.#listings.get(symbol)?.bars;
    return bars?.at(bars.indexAt(openMs)) ?? null;
  }

  trendOf(symbol: SymbolId): TrendAt | null {
    const listing = this.#listings.get(symbol);
    return listing === undefined ? null : { ...listing.trend.facts, asOfMs: epochMs(this.#closeMs) };
  }

  /** Over the contracts that are listed now. `breadthReturn` feeds a column of the training rows only. */
  mood(): { readonly btcTrend: number; readonly breadth: number; readonly breadthReturn: number } {
    let [known, above, listed, rising, btcTrend] = [0, 0, 0, 0, 0];
    for (const [symbol, { bars, trend }] of this.#listings) {
      if (bars.indexAt(this.#closeMs - this.stepMs) < 0) continue;
      listed += 1;
      if (trend.direction > 0) rising += 1;
      if (trend.bias !== 0) known += 1;
      if (trend.bias > 0) above += 1;
      if (symbol === BTC) btcTrend = trend.bias;
    }
    const share = (part: number, whole: number): number => (whole === 0 ? Number.NaN : part / whole);
    return { btcTrend, breadth: share(above, known), breadthReturn: share(rising, listed) };
  }
}
