// Floor 2, the simulated venue: what it tells its owner unasked, in the venue's order. Whoever speaks to a wire turns each
// into one user-stream frame; nothing has to be looked up for it.
import type { DecimalString, EpochMs, SymbolId } from '../core/units.ts';
import type { SimAlgo, SimHedgeSide, SimMarginType, SimOrder, SimTrade } from './types.ts';

/** CALCULATED is an execution by liquidation. */
export type ExecutionType = 'NEW' | 'CANCELED' | 'CALCULATED' | 'EXPIRED' | 'TRADE' | 'AMENDMENT';

export type AccountUpdateReason =
  | 'ORDER'
  | 'FUNDING_FEE'
  | 'DEPOSIT'
  | 'WITHDRAW'
  | 'INSURANCE_CLEAR'
  | 'MARGIN_TYPE_CHANGE'
  | 'MARGIN_TRANSFER'
  | 'ADJUSTMENT';

export interface BalanceChange {
  readonly asset: string;
  readonly walletBalance: DecimalString;
  readonly crossWalletBalance: DecimalString;
  /** Without PnL and fees, as on the wire. */
  readonly balanceChange: DecimalString;
}

export interface PositionChange {
  readonly symbol: SymbolId;
  /** Absent: BOTH. */
  readonly positionSide?: SimHedgeSide;
  readonly signedQty: DecimalString;
  readonly entryPrice: DecimalString;
  readonly breakEvenPrice: DecimalString;
  readonly accumulatedRealized: DecimalString;
  readonly unrealizedPnl: DecimalString;
  readonly marginType: SimMarginType;
  readonly isolatedWallet: DecimalString;
  readonly marginAsset: string;
}

export interface MarginCallPosition {
  readonly symbol: SymbolId;
  readonly positionSide?: SimHedgeSide;
  readonly signedQty: DecimalString;
  readonly marginType: SimMarginType;
  readonly isolatedWallet: DecimalString;
  readonly markPrice: DecimalString;
  readonly unrealizedPnl: DecimalString;
  readonly maintMargin: DecimalString;
}

export type SimEvent =
  /** `trade` is there exactly for TRADE and CALCULATED; `order` is the order after it. */
  | {
      readonly kind: 'orderTradeUpdate';
      readonly atMs: EpochMs;
      readonly executionType: ExecutionType;
      readonly order: SimOrder;
      readonly trade: SimTrade | null;
      readonly bidNotional: DecimalString;
      readonly askNotional: DecimalString;
    }
  | { readonly kind: 'tradeLite'; readonly atMs: EpochMs; readonly order: SimOrder; readonly trade: SimTrade }
  /** `symbol` only for FUNDING_FEE. */
  | {
      readonly kind: 'accountUpdate';
      readonly atMs: EpochMs;
      readonly reason: AccountUpdateReason;
      readonly balances: readonly BalanceChange[];
      readonly positions: readonly PositionChange[];
      readonly symbol: SymbolId | null;
    }
  | { readonly kind: 'algoUpdate'; readonly atMs: EpochMs; readonly algo: SimAlgo }
  | { readonly kind: 'accountConfigUpdate'; readonly atMs: EpochMs; readonly symbol: SymbolId; readonly leverage: number }
  /** `crossWalletBalance` only where a crossed position is concerned. */
  | {
      readonly kind: 'marginCall';
      readonly atMs: EpochMs;
      readonly crossWalletBalance: DecimalString | null;
      readonly positions: readonly MarginCallPosition[];
    };
