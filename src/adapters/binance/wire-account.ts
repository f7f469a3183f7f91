// Adapters, binance: the shapes of account answers (REST) on the wire, as far as we use them.
import { z } from 'zod';

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);
const millis = z.number().int().nonnegative();
const side = z.enum(['BUY', 'SELL']);
/** Order ids are numbers below 2^53; as text they can neither lose digits nor be added up. */
const id = z.union([z.number().int(), z.string().min(1)]).transform(String);

export const orderAckSchema = z.looseObject({ orderId: id, updateTime: millis });
export const algoAckSchema = z.looseObject({ algoId: id, createTime: millis });

export const orderSchema = z.looseObject({
  symbol: z.string().min(1),
  clientOrderId: z.string(),
  orderId: id,
  side,
  status: z.string(),
  origQty: decimal,
  executedQty: decimal,
  reduceOnly: z.boolean(),
});

export const algoOrderSchema = z.looseObject({
  symbol: z.string().min(1),
  clientAlgoId: z.string(),
  algoId: id,
  /** `orderType` on the wire; older recordings say `type`. */
  orderType: z.string().optional(),
  type: z.string().optional(),
  side,
  algoStatus: z.string(),
  /** Empty for a trailing stop. */
  triggerPrice: z.string(),
  quantity: decimal,
  closePosition: z.boolean().default(false),
  reduceOnly: z.boolean(),
});

export const positionSchema = z.looseObject({
  symbol: z.string().min(1),
  positionSide: z.string().default('BOTH'),
  positionAmt: decimal,
  entryPrice: decimal,
  markPrice: decimal,
  unRealizedProfit: decimal,
  liquidationPrice: decimal,
  updateTime: millis,
});

export const accountSchema = z.looseObject({
  assets: z.array(
    z.looseObject({ asset: z.string(), walletBalance: decimal, availableBalance: decimal, marginBalance: decimal }),
  ),
});

export const accountConfigSchema = z.looseObject({
  canTrade: z.boolean(),
  dualSidePosition: z.boolean(),
  multiAssetsMargin: z.boolean(),
});

export const symbolConfigSchema = z.looseObject({
  symbol: z.string().min(1),
  marginType: z.string(),
  leverage: z.coerce.number().int().positive(),
});

export const bracketSchema = z.looseObject({
  symbol: z.string().min(1),
  brackets: z.array(
    z.looseObject({
      initialLeverage: z.number(),
      notionalFloor: z.number(),
      notionalCap: z.number(),
      maintMarginRatio: z.number(),
      cum: z.number(),
    }),
  ),
});

export const tradeSchema = z.looseObject({
  symbol: z.string().min(1),
  id,
  orderId: id,
  side,
  price: decimal,
  qty: decimal,
  realizedPnl: decimal,
  commission: decimal,
  commissionAsset: z.string(),
  time: millis,
});

export const incomeSchema = z.looseObject({
  /** Empty for transfers. */
  symbol: z.string(),
  incomeType: z.string(),
  income: decimal,
  time: millis,
  tranId: id,
});

export const balanceSchema = z.looseObject({ accountAlias: z.string().min(1), asset: z.string() });
export const listenKeySchema = z.looseObject({ listenKey: z.string().min(1) });
export const restrictionsSchema = z.looseObject({
  enableFutures: z.boolean(),
  enableWithdrawals: z.boolean(),
  ipRestrict: z.boolean(),
});

export type OrderRow = z.infer<typeof orderSchema>;
export type AlgoOrderRow = z.infer<typeof algoOrderSchema>;
export type PositionRow = z.infer<typeof positionSchema>;
export type TradeRow = z.infer<typeof tradeSchema>;
