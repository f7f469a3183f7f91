// Adapters, binance: account answers and user-stream events from wire to core words. Quantities and money keep the venue's
// own digits.
import type {
  AccountEvent,
  ConditionalState,
  ConditionalStatus,
  Fill,
  OrderAction,
  OrderState,
  OrderStatus,
  PositionState,
} from '../../core/orders.ts';
import { decimalString, epochMs, symbolId } from '../../core/units.ts';
import type { AlgoOrderRow, OrderRow, PositionRow, TradeRow } from './wire-account.ts';
import type { AccountUpdate, AlgoUpdate, OrderUpdate } from './wire-user.ts';

const actionOf = (side: 'BUY' | 'SELL'): OrderAction => (side === 'BUY' ? 'buy' : 'sell');

const ORDER_STATUS: Readonly<Record<string, OrderStatus>> = {
  NEW: 'new',
  PARTIALLY_FILLED: 'partiallyFilled',
  FILLED: 'filled',
  CANCELED: 'canceled',
  EXPIRED: 'expired',
  EXPIRED_IN_MATCH: 'expired',
  REJECTED: 'rejected',
  // Liquidation orders once carried statuses of their own.
  NEW_INSURANCE: 'filled',
  NEW_ADL: 'filled',
};

const CONDITIONAL_STATUS: Readonly<Record<string, ConditionalStatus>> = {
  NEW: 'new',
  TRIGGERING: 'triggering',
  TRIGGERED: 'triggered',
  FINISHED: 'finished',
  CANCELED: 'canceled',
  EXPIRED: 'expired',
  REJECTED: 'rejected',
};

/** Null for a status we have never heard of: guessing one could end a trade that still lives. */
export const orderStatusOf = (status: string): OrderStatus | null => ORDER_STATUS[status] ?? null;
export const conditionalStatusOf = (status: string): ConditionalStatus | null => CONDITIONAL_STATUS[status] ?? null;

const plainDecimal = (text: string) => decimalString(/^-?\d+(\.\d+)?$/.test(text) ? text : '0');

export function toOrderState(row: OrderRow): OrderState | null {
  const status = orderStatusOf(row.status);
  if (status === null) return null;
  return {
    symbol: symbolId(row.symbol),
    clientId: row.clientOrderId,
    venueId: row.orderId,
    action: actionOf(row.side),
    status,
    qty: decimalString(row.origQty),
    executedQty: decimalString(row.executedQty),
    reduceOnly: row.reduceOnly,
  };
}

export function toConditional(row: AlgoOrderRow): ConditionalState | null {
  const status = conditionalStatusOf(row.algoStatus);
  if (status === null) return null;
  return {
    symbol: symbolId(row.symbol),
    clientId: row.clientAlgoId,
    venueId: row.algoId,
    type: row.orderType ?? row.type ?? '',
    action: actionOf(row.side),
    status,
    triggerPrice: plainDecimal(row.triggerPrice),
    qty: decimalString(row.quantity),
    closePosition: row.closePosition,
    reduceOnly: row.reduceOnly,
  };
}

export function toPosition(row: PositionRow): PositionState {
  return {
    symbol: symbolId(row.symbol),
    signedQty: decimalString(row.positionAmt),
    entryPrice: decimalString(row.entryPrice),
    markPrice: decimalString(row.markPrice),
    unrealizedPnl: decimalString(row.unRealizedProfit),
    liquidationPrice: decimalString(row.liquidationPrice),
    updateMs: epochMs(row.updateTime),
  };
}

export function toFill(row: TradeRow): Fill {
  return {
    symbol: symbolId(row.symbol),
    tradeNo: row.id,
    clientId: '',
    venueOrderId: row.orderId,
    action: actionOf(row.side),
    price: decimalString(row.price),
    qty: decimalString(row.qty),
    fee: decimalString(row.commission),
    feeAsset: row.commissionAsset,
    realizedPnl: decimalString(row.realizedPnl),
    at: epochMs(row.time),
  };
}

/** One wire event may say two things: what was traded, and where the order now stands. */
export function orderEvents(update: OrderUpdate): readonly AccountEvent[] | null {
  const { o } = update;
  const status = orderStatusOf(o.X);
  if (status === null) return null;
  const at = epochMs(update.E);
  const order: OrderState = {
    symbol: symbolId(o.s),
    clientId: o.c,
    venueId: o.i,
    action: actionOf(o.S),
    status,
    qty: decimalString(o.q),
    executedQty: decimalString(o.z),
    reduceOnly: o.R,
  };
  const stood: AccountEvent = { kind: 'order', at, order, expiryReason: o.er === undefined || o.er === '0' ? '' : o.er };
  const traded = (o.x === 'TRADE' || o.x === 'CALCULATED') && Number(o.l) > 0;
  return traded ? [{ kind: 'fill', at, fill: fillOf(o), orderStatus: status }, stood] : [stood];
}

function fillOf(o: OrderUpdate['o']): Fill {
  return {
    symbol: symbolId(o.s),
    tradeNo: o.t,
    clientId: o.c,
    venueOrderId: o.i,
    action: actionOf(o.S),
    price: decimalString(o.L),
    qty: decimalString(o.l),
    fee: decimalString(o.n ?? '0'),
    feeAsset: o.N ?? '',
    realizedPnl: decimalString(o.rp ?? '0'),
    at: epochMs(o.T),
  };
}

export function conditionalEvents(update: AlgoUpdate): readonly AccountEvent[] | null {
  const { o } = update;
  const status = conditionalStatusOf(o.X);
  if (status === null) return null;
  const order: ConditionalState = {
    symbol: symbolId(o.s),
    clientId: o.caid,
    venueId: o.aid,
    type: o.o,
    action: actionOf(o.S),
    status,
    triggerPrice: plainDecimal(o.tp),
    qty: decimalString(o.q),
    closePosition: o.cp,
    reduceOnly: o.R,
  };
  return [{ kind: 'conditional', at: epochMs(update.E), order, childOrderId: o.ai ?? '', reason: o.rm ?? '' }];
}

export function accountEvents(update: AccountUpdate): readonly AccountEvent[] {
  const at = epochMs(update.E);
  const { m: cause, S, B, P } = update.a;
  const only = P.length === 1 ? P[0]?.s : undefined;
  const about = S ?? only;
  return [
    ...B.map(
      (b): AccountEvent => ({
        kind: 'balance',
        at,
        asset: b.a,
        walletBalance: decimalString(b.wb),
        change: decimalString(b.bc),
        cause,
        symbol: about === undefined ? null : symbolId(about),
      }),
    ),
    ...P.map(
      (p): AccountEvent => ({
        kind: 'position',
        at,
        symbol: symbolId(p.s),
        signedQty: decimalString(p.pa),
        entryPrice: decimalString(p.ep),
        cause,
      }),
    ),
  ];
}
