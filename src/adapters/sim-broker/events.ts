// Adapters, simulated broker: what the simulated venue tells unasked, as account events, in its order.
import type { AccountEvent } from '../../core/orders.ts';
import type { SimEvent } from '../../sim/events.ts';
import { conditionalState, fillOf, orderState, orderStatusOf } from './states.ts';

type OrderNews = Extract<SimEvent, { kind: 'orderTradeUpdate' }>;
type AccountNews = Extract<SimEvent, { kind: 'accountUpdate' }>;

/** One frame may say two things: what was traded, and where the order now stands. */
function orderEvents({ atMs: at, order, trade }: OrderNews): AccountEvent[] {
  const expiryReason = order.expiryReason === '0' ? '' : order.expiryReason;
  const stood: AccountEvent = { kind: 'order', at, order: orderState(order), expiryReason };
  if (trade === null) return [stood];
  return [{ kind: 'fill', at, fill: fillOf(trade), orderStatus: orderStatusOf(order.status) }, stood];
}

function accountEvents({ atMs: at, reason: cause, balances, positions, symbol }: AccountNews): AccountEvent[] {
  const only = positions.length === 1 ? (positions[0]?.symbol ?? null) : null;
  return [
    ...balances.map(
      (row): AccountEvent => ({
        kind: 'balance',
        at,
        asset: row.asset,
        walletBalance: row.walletBalance,
        change: row.balanceChange,
        cause,
        symbol: symbol ?? only,
      }),
    ),
    ...positions.map(
      (row): AccountEvent => ({
        kind: 'position',
        at,
        symbol: row.symbol,
        signedQty: row.signedQty,
        entryPrice: row.entryPrice,
        cause,
      }),
    ),
  ];
}

/** Nothing for the fill without its fee and for the margin call: the bot acts on neither. */
export function accountEventsOf(event: SimEvent): readonly AccountEvent[] {
  switch (event.kind) {
    case 'orderTradeUpdate':
      return orderEvents(event);
    case 'accountUpdate':
      return accountEvents(event);
    case 'algoUpdate': {
      const childOrderId = event.algo.actualOrderId === 0 ? '' : String(event.algo.actualOrderId);
      const order = conditionalState(event.algo);
      return [{ kind: 'conditional', at: event.atMs, order, childOrderId, reason: event.algo.reason }];
    }
    case 'accountConfigUpdate':
      return [{ kind: 'leverage', at: event.atMs, symbol: event.symbol, leverage: event.leverage }];
    case 'tradeLite':
    case 'marginCall':
      return [];
  }
}
