// Floor 0, the words: what a contract is and what the market can tell us.
import type { Grid } from './grid.ts';
import type { Timeframe } from './timeframe.ts';
import type { EpochMs, SymbolId } from './units.ts';

/** A contract as we trade it; parsed from exchangeInfo at the door. */
export interface Instrument {
  readonly symbol: SymbolId;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  readonly marginAsset: string;
  /** The venue's word, an open set: PERPETUAL, TRADIFI_PERPETUAL, CURRENT_QUARTER … */
  readonly contractType: string;
  /** The venue's word, an open set: TRADING, PENDING_TRADING, SETTLING … */
  readonly status: string;
  readonly onboardMs: EpochMs;
  readonly deliveryMs: EpochMs;
  readonly grid: Grid;
  /** Bounds for MARKET orders, in base units. */
  readonly marketMinQty: number;
  readonly marketMaxQty: number;
  readonly minNotionalUsdt: number;
  /** Greatest allowed distance of a MARKET fill from the mark price, as a fraction. */
  readonly marketTakeBound: number;
}

/** One closed or forming candle. NaN = the source does not know (recorded bars carry no trade counts). */
export interface Bar {
  readonly openMs: EpochMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Base asset volume. */
  readonly volume: number;
  readonly quoteVolume: number;
  readonly trades: number;
  readonly takerBuyVolume: number;
}

export interface Ticker24h {
  readonly symbol: SymbolId;
  readonly lastPrice: number;
  readonly quoteVolumeUsdt: number;
}

export interface Mark {
  readonly symbol: SymbolId;
  readonly markPrice: number;
  /** Running estimate for the next settlement, as a fraction. */
  readonly fundingRate: number;
  readonly nextFundingMs: EpochMs;
}

/** What a MarketDataFeed hands to the loop. `at` is the venue's event time. */
export type MarketEvent =
  /** A candle of the entry timeframe; `final` is the venue's closed flag. */
  | {
      readonly kind: 'bar';
      readonly at: EpochMs;
      readonly symbol: SymbolId;
      readonly timeframe: Timeframe;
      readonly bar: Bar;
      readonly final: boolean;
      /** Numbers of the candle's first and last trade, where the source tells them; -1 in a candle without a trade. */
      readonly tradeIds?: { readonly first: number; readonly last: number };
    }
  | { readonly kind: 'marks'; readonly at: EpochMs; readonly marks: readonly Mark[] }
  | {
      readonly kind: 'feed';
      readonly at: EpochMs;
      readonly stream: string;
      readonly state: 'up' | 'down';
      readonly detail: string;
    };

/** Why a bar was refused at the door; it never reaches a detector. */
export function barFault(bar: Bar): string | null {
  const { open, high, low, close, volume } = bar;
  // No list of them: every bar of a start passes here twice. Where one of them is not finite their sum is not.
  if (!Number.isFinite(bar.openMs + open + high + low + close + volume)) return 'a field is not a finite number';
  if (low <= 0) return `price ${low} is not positive`;
  if (volume < 0) return `volume ${volume} is negative`;
  if (high < Math.max(open, close)) return `high ${high} is below the body`;
  if (low > Math.min(open, close)) return `low ${low} is above the body`;
  return null;
}
