// Emulator, the world behind the exchange: a market that exists independently of anyone trading in it.
// Random access in time, so that history of any depth and a resumed run see the same bars.
import type { EpochMs, SymbolId } from '../../core/units.ts';

/** Everything exchangeInfo and the matching rules need to know of one contract; strings are wire strings. */
export interface Contract {
  readonly symbol: SymbolId;
  readonly pair: string;
  readonly contractType: string;
  readonly status: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  readonly marginAsset: string;
  readonly underlyingType: string;
  readonly underlyingSubType: readonly string[];
  readonly onboardDate: number;
  readonly deliveryDate: number;
  readonly pricePrecision: number;
  readonly quantityPrecision: number;
  readonly tickSize: string;
  readonly minPrice: string;
  readonly maxPrice: string;
  readonly stepSize: string;
  readonly minQty: string;
  readonly maxQty: string;
  readonly marketStepSize: string;
  readonly marketMinQty: string;
  readonly marketMaxQty: string;
  readonly minNotional: string;
  readonly maxNumOrders: number;
  readonly multiplierUp: string;
  readonly multiplierDown: string;
  readonly triggerProtect: string;
  readonly liquidationFee: string;
  readonly marketTakeBound: string;
  readonly maintMarginPercent: string;
  readonly requiredMarginPercent: string;
  readonly fundingIntervalHours: 1 | 4 | 8;
  /** Leverage brackets, ascending by notional. */
  readonly brackets: readonly ContractBracket[];
}

export interface ContractBracket {
  readonly bracket: number;
  readonly initialLeverage: number;
  readonly notionalFloor: number;
  readonly notionalCap: number;
  readonly maintMarginRatio: number;
  readonly cum: number;
}

/** One true candle. Prices lie on the contract's tick grid, volumes on its step grid. */
export interface MarketBar {
  readonly openMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** 0 where the recording does not know. */
  readonly quoteVolume: number;
  readonly trades: number;
  readonly takerBuyVolume: number;
  readonly takerBuyQuoteVolume: number;
}

/** The last price moves in steps of 3 s: 20 constant pieces a minute. */
export const PATH_STEP_MS = 3_000;
export const PATH_STEPS = 20;

export interface MarketSource {
  readonly kind: 'synthetic' | 'recorded';
  /** Tradable and untradable contracts; the index into this list is the symbol's number everywhere below. */
  readonly contracts: readonly Contract[];
  /** Where a run starts when nobody says otherwise. */
  readonly defaultFromMs: EpochMs;
  /** First instant after the last bar of any contract; Infinity for a market without end. */
  readonly endMs: number;
  /** True while the contract has bars at this instant (a recorded symbol outside its span is not listed). */
  listed(index: number, atMs: number): boolean;
  /** The 1m bar that opens at `openMs`, or null outside the contract's span. Random access, cheap (a few µs). */
  minute(index: number, openMs: number): MarketBar | null;
  /**
   * The last price in the 20 steps of that minute: starts at the open, ends at the close, touches high and low exactly,
   * never leaves them, lies on the tick grid. Piecewise constant: value i holds in [openMs + 3000·i, openMs + 3000·(i+1)).
   */
  path(index: number, openMs: number): Float64Array | null;
  /** Bars of any interval (multiples of 1m folded from the minutes; null-safe), ascending, opens in [fromMs, toMs]. */
  bars(index: number, intervalMs: number, fromMs: number, toMs: number): MarketBar[];
  /** Mark price and index price for a last price: close to last, smoothed, 8 decimals are the caller's business. */
  markOf(index: number, atMs: number, lastPrice: number): number;
  /** Funding rate of the settlement at or before the instant, as a fraction; null where it is not recorded (then 0.0001 is used). */
  fundingRate(index: number, atMs: number): number | null;
}
