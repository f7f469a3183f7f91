// Floor 2, the simulated venue: the seven filters of exchangeInfo and the identity rules, each with its own code.
// Every check answers null or the refusal.
import { compare, type Decimal, isZero, multiply, parseDecimal, sign, subtract } from '../core/decimal.ts';
import { readDecimal, text } from './money.ts';
import { HEDGE_SIDES } from './position-slot.ts';
import { reject } from './rejection.ts';
import type { VenueState } from './state.ts';
import type { OrderSide, Rejected, SimContract, SimHedgeSide } from './types.ts';

const CLIENT_ID = /^[.A-Z:/a-z0-9_-]{1,36}$/;

export const badClientId = (id: string | undefined): Rejected | null =>
  id === undefined || CLIENT_ID.test(id) ? null : reject(-4015);

/** Decimals that carry information: 0.10 has one. */
const decimals = (wire: string): number => (wire.split('.')[1] ?? '').replace(/0+$/, '').length;

function onGrid(value: Decimal, origin: Decimal, step: Decimal): boolean {
  const distance = subtract(value, origin);
  const scale = Math.max(distance.scale, step.scale);
  const units = (d: Decimal): bigint => d.digits * 10n ** BigInt(scale - d.scale);
  return isZero(step) || units(distance) % units(step) === 0n;
}

/** A price field: readable, inside the bounds, on the tick. `name` is the field's own, for the message. */
export function badPrice(contract: SimContract, wire: string | undefined, name: string): Rejected | null {
  if (wire?.startsWith('-')) return reject(-4001);
  const price = wire === undefined ? null : readDecimal(wire);
  if (price === null || wire === undefined) return reject(-1102, name);
  if (sign(price) === 0 || compare(price, parseDecimal(contract.minPrice)) < 0) return reject(-4013);
  const max = parseDecimal(contract.maxPrice);
  if (!isZero(max) && compare(price, max) > 0) return reject(-4002);
  if (decimals(wire) > contract.pricePrecision) return reject(-1111);
  return onGrid(price, parseDecimal(contract.minPrice), parseDecimal(contract.tickSize)) ? null : reject(-4014);
}

export type LotFilter = 'LOT_SIZE' | 'MARKET_LOT_SIZE';

export function badQuantity(contract: SimContract, wire: string | undefined, filter: LotFilter): Rejected | null {
  if (wire?.startsWith('-')) return reject(-4003);
  const qty = wire === undefined ? null : readDecimal(wire);
  if (qty === null || wire === undefined) return reject(-1102, 'quantity');
  if (sign(qty) === 0) return reject(-4003);
  if (decimals(wire) > contract.quantityPrecision) return reject(-1111);
  const lot =
    filter === 'LOT_SIZE'
      ? { min: contract.minQty, max: contract.maxQty, step: contract.stepSize }
      : { min: contract.marketMinQty, max: contract.marketMaxQty, step: contract.marketStepSize };
  const min = parseDecimal(lot.min);
  if (compare(qty, min) < 0) return reject(-4004);
  if (compare(qty, parseDecimal(lot.max)) > 0) return reject(-4005);
  return onGrid(qty, min, parseDecimal(lot.step)) ? null : reject(-4023);
}

/** MIN_NOTIONAL; reduce-only and closePosition never come here. */
export function smallNotional(contract: SimContract, price: Decimal, qty: Decimal): Rejected | null {
  return compare(multiply(price, qty), parseDecimal(contract.minNotional)) < 0 ? reject(-4164, contract.minNotional) : null;
}

/** PERCENT_PRICE: a limit may not sit absurdly far on the losing side of the mark. */
export function farPrice(contract: SimContract, side: OrderSide, price: Decimal, mark: Decimal): Rejected | null {
  const cap = multiply(mark, parseDecimal(contract.multiplierUp));
  if (side === 'BUY' && compare(price, cap) > 0) return reject(-4016, text(cap));
  const floor = multiply(mark, parseDecimal(contract.multiplierDown));
  if (side === 'SELL' && compare(price, floor) < 0) return reject(-4024, text(floor));
  return null;
}

interface Addressed {
  readonly contract: SimContract;
  readonly side: OrderSide;
  readonly positionSide: SimHedgeSide | undefined;
}

/** One-way mode knows BOTH alone, hedge mode LONG and SHORT alone. */
export function readPositionSide(
  state: VenueState,
  wire: string | undefined,
): Rejected | { readonly ok: true; readonly positionSide: SimHedgeSide | undefined } {
  const named = wire ?? 'BOTH';
  const hedge = HEDGE_SIDES.find((known) => known === named);
  if (hedge === undefined && named !== 'BOTH') return reject(-4060);
  return (hedge !== undefined) === (state.positionMode === 'HEDGE') ? { ok: true, positionSide: hedge } : reject(-4061);
}

/** Contract, side and position mode: what every order, ordinary or conditional, is asked first. */
export function badAddress(
  state: VenueState,
  request: { readonly symbol: string; readonly side: string; readonly positionSide?: string | undefined },
): Rejected | (Addressed & { readonly ok: true }) {
  const contract = state.contract(request.symbol);
  if (contract === null) return reject(-1121);
  const side = request.side === 'BUY' || request.side === 'SELL' ? request.side : null;
  if (side === null) return reject(-1117);
  const slot = readPositionSide(state, request.positionSide);
  return slot.ok ? { ok: true, contract, side, positionSide: slot.positionSide } : slot;
}

/** A contract that is not TRADING opens nothing and, here, closes nothing: a halted book has no other side. */
export function badStatus(contract: SimContract, effect: 'open' | 'reduce'): Rejected | null {
  if (contract.status === 'TRADING') return null;
  return effect === 'open' ? reject(-4140) : reject(-4141);
}
