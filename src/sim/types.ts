// Floor 2, the simulated venue: its words. A venue row is an immutable value; a change is a new value in its place.
// Decimals stand as exact strings without padding; whoever writes a wire frame pads them to the contract's precision.
import type { DecimalString, EpochMs, SymbolId } from '../core/units.ts';

/** What the matching rules need to know of a contract, under the names of exchangeInfo; strings are wire strings. */
export interface SimContract {
  readonly symbol: SymbolId;
  readonly pair: string;
  /** Only TRADING takes orders; the rest is the venue's open set of words. */
  readonly status: string;
  readonly deliveryDate: number;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  readonly marginAsset: string;
  /** Decimals a client may send at most; not the grid. */
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
  readonly brackets: readonly SimBracket[];
}

export interface SimBracket {
  readonly bracket: number;
  readonly initialLeverage: number;
  readonly notionalFloor: number;
  readonly notionalCap: number;
  readonly maintMarginRatio: number;
  readonly cum: number;
}

export interface SimOptions {
  readonly contracts: readonly SimContract[];
  readonly walletUsdt: string;
  readonly takerFeeRate: string;
  readonly makerFeeRate: string;
  /** Where order, algo and trade ids start: two accounts never share a range by accident. */
  readonly accountSeed: number;
  /** What a protected trigger does while mark and last are too far apart; the venue does not document it. Default reject. */
  readonly priceProtectPolicy?: 'reject' | 'wait';
}

export type Rejected = { readonly ok: false; readonly code: number; readonly msg: string; readonly httpStatus: number };
export type SimResult<Value> = { readonly ok: true; readonly value: Value } | Rejected;

export type OrderSide = 'BUY' | 'SELL';
/** The two positions a contract has in hedge mode. */
export type SimHedgeSide = 'LONG' | 'SHORT';
export type SimMarginType = 'ISOLATED' | 'CROSSED';
export type SimOrderStatus = 'NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED' | 'EXPIRED_IN_MATCH';
export type SimSelfTradePrevention = 'NONE' | 'EXPIRE_TAKER' | 'EXPIRE_MAKER' | 'EXPIRE_BOTH';
export type SimAlgoStatus = 'NEW' | 'TRIGGERING' | 'TRIGGERED' | 'FINISHED' | 'CANCELED' | 'EXPIRED' | 'REJECTED';
export type SimAlgoType = 'STOP_MARKET' | 'TAKE_PROFIT_MARKET' | 'STOP' | 'TAKE_PROFIT' | 'TRAILING_STOP_MARKET';
export type SimWorkingType = 'CONTRACT_PRICE' | 'MARK_PRICE';
export type SimTimeInForce = 'GTC' | 'IOC' | 'FOK' | 'GTX' | 'GTD' | 'GTE_GTC';

/** Fields as the client sent them: the venue judges them and answers with its own code. Absent = not sent. */
export interface SimOrderRequest {
  readonly symbol: string;
  readonly side: string;
  readonly type: string;
  readonly positionSide?: string | undefined;
  readonly timeInForce?: string | undefined;
  readonly quantity?: string | undefined;
  readonly price?: string | undefined;
  readonly reduceOnly?: boolean | undefined;
  readonly newClientOrderId?: string | undefined;
  readonly priceMatch?: string | undefined;
  readonly selfTradePreventionMode?: string | undefined;
  readonly goodTillDate?: number | undefined;
}

/** A change of a resting limit: both figures are needed, the price either as it is or by priceMatch. */
export interface SimModifyRequest {
  readonly side?: string | undefined;
  readonly quantity?: string | undefined;
  readonly price?: string | undefined;
  readonly priceMatch?: string | undefined;
  /** Checked against the order since 2026-09-15, never changed. */
  readonly reduceOnly?: boolean | undefined;
}

export interface SimAlgoRequest {
  readonly symbol: string;
  readonly side: string;
  readonly type: string;
  readonly positionSide?: string | undefined;
  readonly timeInForce?: string | undefined;
  readonly quantity?: string | undefined;
  readonly price?: string | undefined;
  readonly triggerPrice?: string | undefined;
  readonly workingType?: string | undefined;
  readonly closePosition?: boolean | undefined;
  readonly priceProtect?: boolean | undefined;
  readonly reduceOnly?: boolean | undefined;
  readonly activatePrice?: string | undefined;
  readonly callbackRate?: string | undefined;
  readonly clientAlgoId?: string | undefined;
}

export interface SimOrderKey {
  readonly symbol: string;
  readonly orderId?: number | undefined;
  readonly clientOrderId?: string | undefined;
}

export interface SimAlgoKey {
  readonly algoId?: number | undefined;
  readonly clientAlgoId?: string | undefined;
}

/** An ordinary order. A conditional's child carries the conditional's type in `origType` and its id in `clientOrderId`. */
export interface SimOrder {
  readonly orderId: number;
  readonly clientOrderId: string;
  readonly symbol: SymbolId;
  readonly side: OrderSide;
  /** Absent: BOTH, the one position of one-way mode. */
  readonly positionSide?: SimHedgeSide;
  readonly type: 'LIMIT' | 'MARKET';
  readonly origType: string;
  readonly timeInForce: SimTimeInForce;
  readonly status: SimOrderStatus;
  readonly quantity: DecimalString;
  /** '0' for MARKET. */
  readonly price: DecimalString;
  readonly executedQty: DecimalString;
  readonly cumQuote: DecimalString;
  readonly avgPrice: DecimalString;
  readonly reduceOnly: boolean;
  readonly closePosition: boolean;
  /** Trigger of the conditional it came from, else '0'. */
  readonly stopPrice: DecimalString;
  readonly workingType: SimWorkingType;
  readonly priceProtect: boolean;
  /** Id of the conditional it came from. */
  readonly algoId: number | null;
  /** '0' none, '1' self-trade prevention, '2' IOC rest, '4' knocked out by a reduction, '5' liquidation, '7' delisted, '9' MARKET not fully fillable. */
  readonly expiryReason: string;
  readonly createMs: EpochMs;
  readonly updateMs: EpochMs;
  /** Absent: NONE. */
  readonly priceMatch?: string;
  /** Absent: EXPIRE_MAKER, the venue's default. */
  readonly selfTradePrevention?: SimSelfTradePrevention;
  /** Absent: no end (anything but GTD). */
  readonly goodTillMs?: number;
}

/** One change of a resting order, as orderAmendment tells it. */
export interface SimAmendment {
  readonly amendmentId: number;
  readonly orderId: number;
  readonly clientOrderId: string;
  readonly symbol: SymbolId;
  readonly priceBefore: DecimalString;
  readonly priceAfter: DecimalString;
  readonly quantityBefore: DecimalString;
  readonly quantityAfter: DecimalString;
  /** How often the order has been changed, this time included. */
  readonly count: number;
  readonly atMs: EpochMs;
}

/** Margin moved by hand into or out of an isolated position; positive is into. */
export interface SimMarginMove {
  readonly symbol: SymbolId;
  readonly positionSide?: SimHedgeSide;
  readonly amount: DecimalString;
  readonly atMs: EpochMs;
}

/** A conditional order of the algo store. */
export interface SimAlgo {
  readonly algoId: number;
  readonly clientAlgoId: string;
  readonly symbol: SymbolId;
  readonly side: OrderSide;
  /** Absent: BOTH. */
  readonly positionSide?: SimHedgeSide;
  readonly orderType: SimAlgoType;
  readonly timeInForce: SimTimeInForce;
  readonly algoStatus: SimAlgoStatus;
  /** '0' with closePosition. */
  readonly quantity: DecimalString;
  /** '0' where the type has none (likewise for `price`). */
  readonly triggerPrice: DecimalString;
  readonly price: DecimalString;
  readonly workingType: SimWorkingType;
  readonly closePosition: boolean;
  readonly priceProtect: boolean;
  readonly reduceOnly: boolean;
  /** Trailing only, else ''. */
  readonly activatePrice: string;
  readonly callbackRate: string;
  readonly isActivated: boolean;
  /** Best price since activation (trailing), else ''. */
  readonly extremePrice: string;
  /** The ordinary order it became, 0 before. */
  readonly actualOrderId: number;
  readonly actualType: '' | 'MARKET' | 'LIMIT';
  readonly actualPrice: DecimalString;
  readonly actualQty: DecimalString;
  /** Why it was rejected, expired or cancelled, else ''. */
  readonly reason: string;
  readonly createMs: EpochMs;
  readonly updateMs: EpochMs;
  /** 0 before the trigger. */
  readonly triggerMs: number;
}

/** One execution of ours. */
export interface SimTrade {
  readonly id: number;
  readonly orderId: number;
  readonly clientOrderId: string;
  readonly symbol: SymbolId;
  readonly side: OrderSide;
  /** Absent: BOTH. */
  readonly positionSide?: SimHedgeSide;
  readonly price: DecimalString;
  readonly qty: DecimalString;
  readonly quoteQty: DecimalString;
  /** Before fees. */
  readonly realizedPnl: DecimalString;
  /** A cost is positive here, as on the wire. */
  readonly commission: DecimalString;
  readonly commissionAsset: string;
  readonly maker: boolean;
  readonly atMs: EpochMs;
}

export type SimIncomeType = 'COMMISSION' | 'REALIZED_PNL' | 'FUNDING_FEE' | 'INSURANCE_CLEAR' | 'TRANSFER';

export interface SimIncome {
  readonly tranId: number;
  readonly incomeType: SimIncomeType;
  /** '' for account-wide rows. */
  readonly symbol: string;
  readonly asset: string;
  /** Signed: what it did to the wallet. */
  readonly income: DecimalString;
  readonly info: string;
  readonly tradeId: string;
  readonly atMs: EpochMs;
}
