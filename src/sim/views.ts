// Floor 2, the simulated venue: what its reads answer, and the all-knowing ledger that oracles compare against.
import type { DecimalString, EpochMs, SymbolId } from '../core/units.ts';
import type { SimAlgo, SimHedgeSide, SimMarginType, SimOrder, SimTrade } from './types.ts';

/** A position as positionRisk tells it, priced at the standing mark. */
export interface SimPositionView {
  readonly symbol: SymbolId;
  /** Absent: BOTH (likewise in the rows below). */
  readonly positionSide?: SimHedgeSide;
  readonly signedQty: DecimalString;
  readonly entryPrice: DecimalString;
  readonly breakEvenPrice: DecimalString;
  readonly markPrice: DecimalString;
  readonly unrealizedPnl: DecimalString;
  /** '0' where there is none. */
  readonly liquidationPrice: DecimalString;
  readonly leverage: number;
  readonly marginType: SimMarginType;
  /** Isolated wallet plus unrealised PnL; '0' when crossed. */
  readonly isolatedMargin: DecimalString;
  readonly isolatedWallet: DecimalString;
  /** Signed like the quantity. */
  readonly notional: DecimalString;
  readonly initialMargin: DecimalString;
  readonly maintMargin: DecimalString;
  readonly positionInitialMargin: DecimalString;
  readonly openOrderInitialMargin: DecimalString;
  readonly adl: number;
  readonly bidNotional: DecimalString;
  readonly askNotional: DecimalString;
  readonly maxNotionalValue: DecimalString;
  readonly marginAsset: string;
  readonly updateMs: EpochMs;
}

/** Price and quantity of each level, best first. */
export interface SimBook {
  readonly bids: readonly (readonly [DecimalString, DecimalString])[];
  readonly asks: readonly (readonly [DecimalString, DecimalString])[];
}

export interface SimBalance {
  readonly asset: string;
  readonly walletBalance: DecimalString;
  readonly crossWalletBalance: DecimalString;
  readonly crossUnrealizedPnl: DecimalString;
  readonly availableBalance: DecimalString;
  readonly maxWithdrawAmount: DecimalString;
  readonly updateMs: EpochMs;
}

export interface SimAccountTotals {
  readonly totalInitialMargin: DecimalString;
  readonly totalMaintMargin: DecimalString;
  readonly totalWalletBalance: DecimalString;
  readonly totalUnrealizedProfit: DecimalString;
  readonly totalMarginBalance: DecimalString;
  readonly totalPositionInitialMargin: DecimalString;
  readonly totalOpenOrderInitialMargin: DecimalString;
  readonly totalCrossWalletBalance: DecimalString;
  readonly totalCrossUnPnl: DecimalString;
  readonly availableBalance: DecimalString;
  readonly maxWithdrawAmount: DecimalString;
  readonly updateMs: EpochMs;
}

export interface SimSymbolConfig {
  readonly symbol: SymbolId;
  readonly marginType: SimMarginType;
  readonly isAutoAddMargin: boolean;
  readonly leverage: number;
  readonly maxNotionalValue: DecimalString;
}

/** Bounds are inclusive; a read without them answers from the beginning. */
export interface SimWindow {
  readonly startMs?: number | undefined;
  readonly endMs?: number | undefined;
  readonly limit?: number | undefined;
}

export interface SimOrderHistoryQuery extends SimWindow {
  readonly symbol?: string | undefined;
  /** From this id on. */
  readonly orderId?: number | undefined;
}

export interface SimAlgoHistoryQuery extends SimWindow {
  readonly symbol?: string | undefined;
  readonly algoId?: number | undefined;
}

export interface SimTradeQuery extends SimWindow {
  readonly symbol: string;
  readonly orderId?: number | undefined;
  readonly fromId?: number | undefined;
}

export interface SimIncomeQuery extends SimWindow {
  readonly symbol?: string | undefined;
  readonly incomeType?: string | undefined;
}

/** The true position after each change; `cause` is the client id of the order that moved it. */
export interface PositionMark {
  readonly symbol: SymbolId;
  readonly positionSide?: SimHedgeSide;
  readonly atMs: EpochMs;
  readonly signedQty: DecimalString;
  readonly cause: string;
}

export interface SimLedger {
  readonly orders: readonly SimOrder[];
  readonly algos: readonly SimAlgo[];
  readonly fills: readonly SimTrade[];
  readonly positionHistory: readonly PositionMark[];
}

/** A span of market time in which a position had no live stop; `toMs` of a running span is the time asked for. */
export interface NakedInterval {
  readonly symbol: SymbolId;
  readonly positionSide?: SimHedgeSide;
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}
