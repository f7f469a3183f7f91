// Adapters, binance: placing, cancelling and finding orders. Entries are sent once; what the venue did not clearly refuse
// is unknown, and the caller looks it up.
import { type Grid, stepsToWire, ticksToWire } from '../../core/grid.ts';
import type {
  CancelResult,
  ConditionalOrderRequest,
  FindResult,
  MarketOrderRequest,
  OrderState,
  PlaceResult,
} from '../../core/orders.ts';
import { type ClientOrderId, epochMs, type SymbolId } from '../../core/units.ts';
import { reasonOf, type VenueContext } from './context.ts';
import { conditionalVerdict, describeRefusal, orderVerdict, type Refusal, remedyOf, type Verdict } from './errors.ts';
import { toOrderState } from './mapper-account.ts';
import type { OrderBudget } from './order-budget.ts';
import type { Answer } from './request.ts';
import { enter, protect, protectiveRead } from './requests.ts';
import type { Params } from './sign.ts';
import { algoAckSchema, orderAckSchema, orderSchema } from './wire-account.ts';

/** Refused on this side of the wire: no venue code exists for it. */
const NOT_SENT = 0;

const notSent = (reason: string): PlaceResult => ({ kind: 'rejected', code: NOT_SENT, reason: `not sent: ${reason}` });
const sideOf = (action: 'buy' | 'sell'): string => (action === 'buy' ? 'BUY' : 'SELL');

export async function placeMarket(context: VenueContext, order: MarketOrderRequest, budget: OrderBudget): Promise<PlaceResult> {
  const grid = context.grids.get(order.symbol);
  if (grid === undefined) return notSent(`no grid is known for ${order.symbol}`);
  const params: Params = {
    symbol: order.symbol,
    side: sideOf(order.action),
    type: 'MARKET',
    quantity: stepsToWire(order.steps, grid),
    reduceOnly: order.effect === 'reduce' ? 'true' : undefined,
    newClientOrderId: order.clientId,
    newOrderRespType: 'ACK',
  };
  if (order.effect === 'open') {
    if (!budget.takeEntry()) return notSent('the order budget is spent');
    return placed(await enter(context, params), orderVerdict, readOrderAck);
  }
  budget.countProtective();
  return placed(
    await protect(context, { method: 'POST', path: '/fapi/v1/order', params, weight: 0 }),
    orderVerdict,
    readOrderAck,
  );
}

export async function placeConditional(
  context: VenueContext,
  order: ConditionalOrderRequest,
  budget: OrderBudget,
): Promise<PlaceResult> {
  const grid = context.grids.get(order.symbol);
  if (grid === undefined) return notSent(`no grid is known for ${order.symbol}`);
  budget.countProtective();
  const params = conditionalParams(order, grid);
  const answer = await protect(context, { method: 'POST', path: '/fapi/v1/algoOrder', params, weight: 0 });
  return placed(answer, conditionalVerdict, readAlgoAck);
}

function conditionalParams(order: ConditionalOrderRequest, grid: Grid): Params {
  const { coverage } = order;
  return {
    algoType: 'CONDITIONAL',
    symbol: order.symbol,
    side: sideOf(order.action),
    type: order.type === 'stopMarket' ? 'STOP_MARKET' : 'TAKE_PROFIT_MARKET',
    triggerPrice: ticksToWire(order.trigger, grid),
    workingType: order.workingType === 'mark' ? 'MARK_PRICE' : 'CONTRACT_PRICE',
    priceProtect: order.priceProtect === 'on' ? 'true' : 'false',
    closePosition: coverage.kind === 'closePosition' ? 'true' : undefined,
    quantity: coverage.kind === 'reduceOnly' ? stepsToWire(coverage.steps, grid) : undefined,
    reduceOnly: coverage.kind === 'reduceOnly' ? 'true' : undefined,
    clientAlgoId: order.clientId,
    newOrderRespType: 'ACK',
  };
}

interface Ack {
  readonly venueId: string;
  readonly atMs: number;
}

function readOrderAck(body: unknown): Ack | null {
  const parsed = orderAckSchema.safeParse(body);
  return parsed.success ? { venueId: parsed.data.orderId, atMs: parsed.data.updateTime } : null;
}

function readAlgoAck(body: unknown): Ack | null {
  const parsed = algoAckSchema.safeParse(body);
  return parsed.success ? { venueId: parsed.data.algoId, atMs: parsed.data.createTime } : null;
}

function placed(answer: Answer, judge: (refusal: Refusal) => Verdict, readAck: (body: unknown) => Ack | null): PlaceResult {
  switch (answer.kind) {
    case 'ok': {
      const ack = readAck(answer.body);
      if (ack === null) return { kind: 'unknown', reason: 'accepted in an unknown shape' };
      return { kind: 'accepted', venueId: ack.venueId, at: epochMs(ack.atMs) };
    }
    case 'refused': {
      const code = answer.code ?? -answer.status;
      if (judge(answer) === 'rejected') return { kind: 'rejected', code, reason: describeRefusal(answer) };
      return { kind: 'unknown', reason: describeRefusal(answer), code };
    }
    case 'noAnswer':
      return { kind: 'unknown', reason: answer.reason };
    case 'notSent':
      return notSent(answer.reason);
  }
}

export async function cancelOrder(context: VenueContext, symbol: SymbolId, clientId: ClientOrderId): Promise<CancelResult> {
  const params = { symbol, origClientOrderId: clientId };
  return canceled(await protect(context, { method: 'DELETE', path: '/fapi/v1/order', params, weight: 1 }));
}

export async function cancelConditional(context: VenueContext, symbol: SymbolId, clientId: ClientOrderId): Promise<CancelResult> {
  const params = { symbol, clientAlgoId: clientId };
  return canceled(await protect(context, { method: 'DELETE', path: '/fapi/v1/algoOrder', params, weight: 1 }));
}

function canceled(answer: Answer): CancelResult {
  if (answer.kind === 'ok') return { kind: 'canceled' };
  if (answer.kind === 'refused' && remedyOf(answer) === 'absent') return { kind: 'gone' };
  return { kind: 'unknown', reason: reasonOf(answer) };
}

/** The ordinary store only; a triggered conditional is found here under its own id, as its child carries it. */
export async function findOrder(
  context: VenueContext,
  symbol: SymbolId,
  clientId: ClientOrderId,
): Promise<FindResult<OrderState>> {
  const params = { symbol, origClientOrderId: clientId };
  const answer = await protectiveRead(context, { path: '/fapi/v1/order', params, weight: 1 });
  if (answer.kind === 'ok') {
    const parsed = orderSchema.safeParse(answer.body);
    const state = parsed.success ? toOrderState(parsed.data) : null;
    return state === null ? { kind: 'unknown', reason: 'an unknown shape' } : { kind: 'found', state };
  }
  if (answer.kind === 'refused' && answer.code === -2013) return { kind: 'absent' };
  return { kind: 'unknown', reason: reasonOf(answer) };
}
