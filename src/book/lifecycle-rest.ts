// Floor 1, the book: one conditional order of a trade, from its role alone.
import type { ConditionalOrderRequest } from '../core/orders.ts';
import { closingAction } from '../core/units.ts';
import { nextName, stepsWithin, withPending } from './lifecycle-trade.ts';
import type { Instant, LiveTrade, RestingOrder, Step } from './lifecycle-types.ts';

export function rest(trade: LiveTrade, role: 'a' | 'w' | 't', now: Instant): Step {
  const named = nextName(trade, role);
  const coverage: ConditionalOrderRequest['coverage'] =
    role === 'w' ? { kind: 'reduceOnly', steps: stepsWithin(trade.position.qty, trade.grid) } : { kind: 'closePosition' };
  // The disaster stop keeps the plan's place for good; the working one stands where the trade was managed to.
  const working = trade.management.stop ?? trade.plan.stop;
  const trigger = { a: trade.plan.stop, w: working, t: trade.plan.target }[role];
  const order: ConditionalOrderRequest = {
    symbol: trade.plan.symbol,
    clientId: named.clientId,
    type: role === 't' ? 'takeProfitMarket' : 'stopMarket',
    action: closingAction(trade.plan.side),
    trigger,
    workingType: 'mark',
    coverage,
    // Only the disaster stop must fire in a crash, when mark and last part company (contract §8.10).
    priceProtect: role === 'a' ? 'off' : 'on',
  };
  const resting: RestingOrder = {
    clientId: named.clientId,
    role,
    trigger,
    coverage,
    status: 'sending',
    sent: now,
    fired: null,
    verified: null,
  };
  const held = { ...named.trade, resting: [...named.trade.resting, resting] };
  return { trade: withPending(held, `resting:${named.clientId}`), wishes: [{ kind: 'placeResting', role, order }] };
}
