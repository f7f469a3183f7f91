// Adapters, simulated broker: what the simulated venue's rows mean in the words of the core.
import { gridOf } from '../../core/grid.ts';
import type {
  ConditionalState,
  ConditionalStatus,
  Fill,
  OrderAction,
  OrderState,
  OrderStatus,
  PositionState,
} from '../../core/orders.ts';
import { decimalString } from '../../core/units.ts';
import type { OrderSide, SimAlgo, SimAlgoStatus, SimContract, SimOrder, SimOrderStatus, SimTrade } from '../../sim/types.ts';
import type { SimPositionView } from '../../sim/views.ts';

const ORDER_STATUS: Readonly<Record<SimOrderStatus, OrderStatus>> = {
  NEW: 'new',
  PARTIALLY_FILLED: 'partiallyFilled',
  FILLED: 'filled',
  CANCELED: 'canceled',
  EXPIRED: 'expired',
  EXPIRED_IN_MATCH: 'expired',
};

const CONDITIONAL_STATUS: Readonly<Record<SimAlgoStatus, ConditionalStatus>> = {
  NEW: 'new',
  TRIGGERING: 'triggering',
  TRIGGERED: 'triggered',
  FINISHED: 'finished',
  CANCELED: 'canceled',
  EXPIRED: 'expired',
  REJECTED: 'rejected',
};

export const actionOf = (side: OrderSide): OrderAction => (side === 'BUY' ? 'buy' : 'sell');
export const orderSideOf = (action: OrderAction): OrderSide => (action === 'buy' ? 'BUY' : 'SELL');

/** Our orders are market orders and conditionals with a quantity: the coarser of the two steps satisfies both rules. */
export const tradedGrid = ({ tickSize, stepSize, marketStepSize }: SimContract) =>
  gridOf(tickSize, Number(marketStepSize) > Number(stepSize) ? marketStepSize : stepSize);

export const orderStatusOf = (status: SimOrderStatus): OrderStatus => ORDER_STATUS[status];

export const orderState = (order: SimOrder): OrderState => ({
  symbol: order.symbol,
  clientId: order.clientOrderId,
  venueId: String(order.orderId),
  action: actionOf(order.side),
  status: ORDER_STATUS[order.status],
  qty: order.quantity,
  executedQty: order.executedQty,
  reduceOnly: order.reduceOnly,
});

export const conditionalState = (algo: SimAlgo): ConditionalState => ({
  symbol: algo.symbol,
  clientId: algo.clientAlgoId,
  venueId: String(algo.algoId),
  type: algo.orderType,
  action: actionOf(algo.side),
  status: CONDITIONAL_STATUS[algo.algoStatus],
  triggerPrice: algo.triggerPrice,
  qty: algo.quantity,
  closePosition: algo.closePosition,
  reduceOnly: algo.reduceOnly,
});

export const fillOf = (trade: SimTrade): Fill => ({
  symbol: trade.symbol,
  tradeNo: String(trade.id),
  clientId: trade.clientOrderId,
  venueOrderId: String(trade.orderId),
  action: actionOf(trade.side),
  price: trade.price,
  qty: trade.qty,
  fee: decimalString(trade.commission),
  feeAsset: trade.commissionAsset,
  realizedPnl: trade.realizedPnl,
  at: trade.atMs,
});

export const positionState = (view: SimPositionView): PositionState => ({
  symbol: view.symbol,
  signedQty: view.signedQty,
  entryPrice: view.entryPrice,
  markPrice: view.markPrice,
  unrealizedPnl: view.unrealizedPnl,
  liquidationPrice: view.liquidationPrice,
  updateMs: view.updateMs,
});
