// Floor 0, the words: what we may ask of a broker, its three answers, and what the account tells us by itself.
import type { ClientOrderId, DecimalString, EpochMs, Steps, SymbolId, Ticks } from './units.ts';

export type OrderAction = 'buy' | 'sell';

/** An ordinary order; the road knows MARKET only. `effect: 'reduce'` can never open or flip a position. */
export interface MarketOrderRequest {
  readonly symbol: SymbolId;
  readonly clientId: ClientOrderId;
  readonly action: OrderAction;
  readonly steps: Steps;
  readonly effect: 'open' | 'reduce';
}

/** A conditional order of the algo store: it rests on the venue and fires without us. */
export interface ConditionalOrderRequest {
  readonly symbol: SymbolId;
  readonly clientId: ClientOrderId;
  readonly type: 'stopMarket' | 'takeProfitMarket';
  readonly action: OrderAction;
  readonly trigger: Ticks;
  readonly workingType: 'mark' | 'last';
  readonly coverage: { readonly kind: 'closePosition' } | { readonly kind: 'reduceOnly'; readonly steps: Steps };
  /** On: the venue refuses to fire while mark and last diverge too far. Off for the disaster stop: it must fire in a crash. */
  readonly priceProtect: 'on' | 'off';
}

/**
 * Three answers, not two. `unknown` means the venue may or may not have it: never send an entry again, look it up.
 * `definite` rejects are on the list of reliability.md §3.4; everything else an order call can fail with is unknown.
 */
export type PlaceResult =
  | { readonly kind: 'accepted'; readonly venueId: string; readonly at: EpochMs }
  | { readonly kind: 'rejected'; readonly code: number; readonly reason: string }
  | {
      readonly kind: 'unknown';
      readonly reason: string /** A code that hints at existence, such as -4116. */;
      readonly code?: number;
    };

/** `gone`: unknown to the venue or already finished; that is no proof that it was cancelled. */
export type CancelResult =
  | { readonly kind: 'canceled' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unknown'; readonly reason: string };

export type SettingResult =
  | { readonly kind: 'set' }
  | { readonly kind: 'rejected'; readonly code: number; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export type OrderStatus = 'new' | 'partiallyFilled' | 'filled' | 'canceled' | 'expired' | 'rejected';
export type ConditionalStatus = 'new' | 'triggering' | 'triggered' | 'finished' | 'canceled' | 'expired' | 'rejected';

export interface OrderState {
  readonly symbol: SymbolId;
  readonly clientId: string;
  readonly venueId: string;
  readonly action: OrderAction;
  readonly status: OrderStatus;
  readonly qty: DecimalString;
  readonly executedQty: DecimalString;
  readonly reduceOnly: boolean;
}

export interface ConditionalState {
  readonly symbol: SymbolId;
  readonly clientId: string;
  readonly venueId: string;
  readonly type: string;
  readonly action: OrderAction;
  readonly status: ConditionalStatus;
  readonly triggerPrice: DecimalString;
  readonly qty: DecimalString;
  readonly closePosition: boolean;
  readonly reduceOnly: boolean;
}

/** `absent` proves nothing by itself (an order can be invisible for a while); `unknown` is no information at all. */
export type FindResult<State> =
  | { readonly kind: 'found'; readonly state: State }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly reason: string };

export interface PositionState {
  readonly symbol: SymbolId;
  /** Signed: negative for a short. */
  readonly signedQty: DecimalString;
  readonly entryPrice: DecimalString;
  readonly markPrice: DecimalString;
  readonly unrealizedPnl: DecimalString;
  /** '0' where the venue gives none. */
  readonly liquidationPrice: DecimalString;
  readonly updateMs: EpochMs;
}

export interface Fill {
  readonly symbol: SymbolId;
  /** Unique per symbol on the venue. */
  readonly tradeNo: string;
  /** Empty where the source does not tell (userTrades has order ids only). */
  readonly clientId: string;
  readonly venueOrderId: string;
  readonly action: OrderAction;
  readonly price: DecimalString;
  readonly qty: DecimalString;
  readonly fee: DecimalString;
  readonly feeAsset: string;
  /** Before fees, as the venue reports it. */
  readonly realizedPnl: DecimalString;
  readonly at: EpochMs;
}

/** One line of the account's own books for a contract, in USDT: earned by closing, paid as fee (negative), funding of either sign. */
export interface IncomeRow {
  readonly kind: 'realised' | 'commission' | 'funding';
  readonly at: EpochMs;
  readonly amount: string;
}

/** A full read of the account: absence of a symbol in `positions` means flat, because the list is complete. */
export interface AccountSnapshot {
  readonly at: EpochMs;
  readonly walletBalance: DecimalString;
  readonly availableBalance: DecimalString;
  readonly marginBalance: DecimalString;
  readonly positions: readonly PositionState[];
  readonly openOrders: readonly OrderState[];
  readonly openConditionals: readonly ConditionalState[];
}

/** Account-wide modes that entries depend on (accountConfig). */
export interface AccountConfig {
  readonly canTrade: boolean;
  readonly hedgeMode: boolean;
  readonly multiAssets: boolean;
}

export interface SymbolConfig {
  readonly symbol: SymbolId;
  readonly marginType: 'isolated' | 'cross';
  readonly leverage: number;
}

export interface LeverageBracket {
  readonly maxLeverage: number;
  readonly notionalFloorUsdt: number;
  readonly notionalCapUsdt: number;
  readonly maintenanceMarginRate: number;
  readonly cumulativeUsdt: number;
}

/** What the user stream tells, normalised. Events of one fill arrive in any order; each fill counts once, by `tradeNo`. */
export type AccountEvent =
  | { readonly kind: 'order'; readonly at: EpochMs; readonly order: OrderState; readonly expiryReason: string }
  | { readonly kind: 'fill'; readonly at: EpochMs; readonly fill: Fill; readonly orderStatus: OrderStatus }
  | {
      readonly kind: 'conditional';
      readonly at: EpochMs;
      readonly order: ConditionalState;
      readonly childOrderId: string;
      readonly reason: string;
    }
  | {
      readonly kind: 'position';
      readonly at: EpochMs;
      readonly symbol: SymbolId;
      readonly signedQty: DecimalString;
      readonly entryPrice: DecimalString;
      readonly cause: string;
    }
  | {
      readonly kind: 'balance';
      readonly at: EpochMs;
      readonly asset: string;
      readonly walletBalance: DecimalString;
      readonly change: DecimalString;
      readonly cause: string;
      readonly symbol: SymbolId | null;
    }
  | { readonly kind: 'leverage'; readonly at: EpochMs; readonly symbol: SymbolId; readonly leverage: number }
  | { readonly kind: 'userStream'; readonly at: EpochMs; readonly state: 'up' | 'down'; readonly detail: string };
