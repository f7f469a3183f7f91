// Floor 2, the simulated venue: changing a resting limit in its place. A refusal leaves the order as it was; in two cases the
// venue cancels it instead: less than what is filled already, or a post-only order that would take.
import { compare, multiply, parseDecimal, subtract } from '../core/decimal.ts';
import type { EpochMs } from '../core/units.ts';
import { CANCELED, concludeOrder, endOrder, isOpen, marketability, runLimit } from './execution.ts';
import { badPrice, badQuantity, farPrice } from './filters.ts';
import { text } from './money.ts';
import { findOrder } from './order-cancel.ts';
import { badMargin } from './order-place.ts';
import { matchPrice } from './order-terms.ts';
import { reject } from './rejection.ts';
import type { VenueState } from './state.ts';
import { tellOrder } from './telling.ts';
import type { Rejected, SimContract, SimModifyRequest, SimOrder, SimOrderKey, SimResult } from './types.ts';

const MAX_CHANGES = 10_000;

interface Change {
  readonly before: SimOrder;
  readonly after: SimOrder;
  readonly contract: SimContract;
}

export function modifyOrder(state: VenueState, key: SimOrderKey, asked: SimModifyRequest, atMs: EpochMs): SimResult<SimOrder> {
  const read = readChange(state, key, asked, atMs);
  if (!read.ok) return read;
  const { before, after, contract } = read.change;
  const tooSmall = compare(parseDecimal(after.quantity), parseDecimal(before.executedQty)) <= 0;
  if (tooSmall || (before.timeInForce === 'GTX' && takes(state, contract, after))) {
    const canceled = endOrder(state, before, CANCELED, atMs);
    concludeOrder(state, canceled, atMs);
    return { ok: true, value: canceled };
  }
  const count = changesOf(state, before) + 1;
  state.orderChanges.push({
    amendmentId: state.orderChanges.length + 1,
    orderId: before.orderId,
    clientOrderId: before.clientOrderId,
    symbol: before.symbol,
    priceBefore: before.price,
    priceAfter: after.price,
    quantityBefore: before.quantity,
    quantityAfter: after.quantity,
    count,
    atMs,
  });
  state.putOrder(after);
  tellOrder(state, { executionType: 'AMENDMENT', order: after, trade: null }, atMs);
  const run = runLimit(state, contract, after, atMs);
  concludeOrder(state, run, atMs);
  return { ok: true, value: state.orders.get(run.orderId) ?? run };
}

const changesOf = (state: VenueState, order: SimOrder): number =>
  state.orderChanges.filter((change) => change.orderId === order.orderId).length;

const takes = (state: VenueState, contract: SimContract, order: SimOrder): boolean =>
  marketability(state, contract, {
    side: order.side,
    qty: parseDecimal(order.quantity),
    bound: parseDecimal(order.price),
  }) !== 'none';

type Read = Rejected | { readonly ok: true; readonly change: Change };

function readChange(state: VenueState, key: SimOrderKey, asked: SimModifyRequest, atMs: EpochMs): Read {
  const contract = state.contract(key.symbol);
  if (contract === null) return reject(-1121);
  const before = findOrder(state, key);
  if (before === null || !isOpen(before.status)) return reject(-2013);
  if (before.type !== 'LIMIT') return reject(-5025);
  if (contract.status !== 'TRADING') return reject(-5024);
  if (asked.side !== undefined && asked.side !== before.side) return reject(-1117);
  if (asked.reduceOnly !== undefined && asked.reduceOnly !== before.reduceOnly) return reject(-5047);
  const matched = matchPrice(state, { ...asked, symbol: key.symbol, side: before.side, type: 'LIMIT' });
  if (!matched.ok) return matched;
  const { price, quantity } = matched.request;
  const refusal = badQuantity(contract, quantity, 'LOT_SIZE') ?? badPrice(contract, price, 'price');
  if (refusal !== null) return refusal;
  if (changesOf(state, before) >= MAX_CHANGES) return reject(-5026);
  const after: SimOrder = {
    ...before,
    price: text(parseDecimal(price ?? '0')),
    quantity: text(parseDecimal(quantity ?? '0')),
    updateMs: atMs,
  };
  if (same(before, after)) return reject(-5027);
  return badChange(state, contract, { before, after }) ?? { ok: true, change: { before, after, contract } };
}

const same = (a: SimOrder, b: SimOrder): boolean =>
  compare(parseDecimal(a.price), parseDecimal(b.price)) === 0 &&
  compare(parseDecimal(a.quantity), parseDecimal(b.quantity)) === 0;

function badChange(
  state: VenueState,
  contract: SimContract,
  { before, after }: { readonly before: SimOrder; readonly after: SimOrder },
): Rejected | null {
  const price = parseDecimal(after.price);
  const notional = multiply(price, parseDecimal(after.quantity));
  const small = compare(notional, parseDecimal(contract.minNotional)) < 0;
  if (!before.reduceOnly && small) return reject(-5029, contract.minNotional);
  const far = farPrice(contract, before.side, price, state.livingQuote(contract.symbol).mark);
  if (far !== null || before.reduceOnly) return far;
  // Only what the change adds is new to the account.
  const more = subtract(notional, multiply(parseDecimal(before.price), parseDecimal(before.quantity)));
  const qty = subtract(parseDecimal(after.quantity), parseDecimal(before.quantity));
  if (more.digits <= 0n || qty.digits <= 0n) return null;
  return badMargin(state, contract, { side: before.side, positionSide: before.positionSide, qty, price });
}
