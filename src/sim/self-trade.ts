// Floor 2, the simulated venue: an account that meets its own resting order. The taker's mode counts; the book of others is
// not looked at first, so an own order inside the reach of a taker is always met (the venue would fill better prices before).
import { compare, parseDecimal } from '../core/decimal.ts';
import type { EpochMs } from '../core/units.ts';
import { concludeOrder, endOrder, isOpen, marketWalk, PREVENTED, restOf } from './execution.ts';
import type { VenueState } from './state.ts';
import { walkBook } from './synthetic-book.ts';
import type { SimContract, SimOrder } from './types.ts';

/** The taker as it is afterwards: still open, or ended by its own mode. */
export function preventSelfTrade(state: VenueState, contract: SimContract, taker: SimOrder, atMs: EpochMs): SimOrder {
  const mode = taker.selfTradePrevention ?? 'EXPIRE_MAKER';
  if (mode === 'NONE') return taker;
  const makers = metMakers(state, contract, taker);
  if (makers.length === 0) return taker;
  if (mode !== 'EXPIRE_TAKER') {
    for (const maker of makers) concludeOrder(state, endOrder(state, maker, PREVENTED, atMs), atMs);
  }
  const after = state.orders.get(taker.orderId) ?? taker;
  return mode === 'EXPIRE_MAKER' || !isOpen(after.status) ? after : endOrder(state, after, PREVENTED, atMs);
}

/** Own orders of the other side, at or better than the worst price that the taker would pay. */
function metMakers(state: VenueState, contract: SimContract, taker: SimOrder): SimOrder[] {
  const others = state.openOrders(contract.symbol).filter((order) => order.side !== taker.side);
  if (others.length === 0) return [];
  const taking = { side: taker.side, qty: restOf(taker) };
  const walk =
    taker.type === 'MARKET'
      ? marketWalk(state, contract, taking)
      : walkBook(state, contract, { ...taking, bound: parseDecimal(taker.price) });
  const worst = walk.fills.at(-1)?.price;
  if (worst === undefined) return [];
  return others.filter((maker) => {
    const distance = compare(parseDecimal(maker.price), worst);
    return taker.side === 'BUY' ? distance <= 0 : distance >= 0;
  });
}
