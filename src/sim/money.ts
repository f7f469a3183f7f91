// Floor 2, the simulated venue: the few decimal idioms its bookkeeping repeats. The wallet knows 8 places.
import {
  compare,
  type Decimal,
  divide,
  formatDecimal,
  multiply,
  negate,
  parseDecimal,
  roundTo,
  sign,
  ZERO,
} from '../core/decimal.ts';
import type { DecimalString } from '../core/units.ts';
import type { OrderSide } from './types.ts';

export const WALLET_PLACES = 8;
/** Averages have no natural end; more places than any tick has keep them apart from rounding of ours. */
const AVERAGE_PLACES = 12;

export const inUsdt = (value: Decimal): Decimal => roundTo(value, WALLET_PLACES);
export const text = (value: Decimal): DecimalString => formatDecimal(value);
export const usdtText = (value: Decimal): DecimalString => formatDecimal(inUsdt(value));
export const magnitude = (value: Decimal): Decimal => (sign(value) < 0 ? negate(value) : value);
export const smaller = (a: Decimal, b: Decimal): Decimal => (compare(a, b) <= 0 ? a : b);
export const larger = (a: Decimal, b: Decimal): Decimal => (compare(a, b) >= 0 ? a : b);
export const average = (total: Decimal, count: Decimal): Decimal =>
  sign(count) === 0 ? ZERO : divide(total, count, AVERAGE_PLACES);
/** total × part / whole in wallet places; the whole part gives the whole total back without rounding. */
export const share = (total: Decimal, part: Decimal, whole: Decimal): Decimal =>
  compare(part, whole) === 0 ? total : divide(multiply(total, part), whole, WALLET_PLACES);
/** A quantity with the sign that this side gives a position. */
export const signed = (side: OrderSide, qty: Decimal): Decimal => (side === 'BUY' ? qty : negate(qty));

/** A configured number (bracket rates and the like) as the decimal it was written as. */
export function fromNumber(value: number): Decimal {
  const plain = String(value);
  return parseDecimal(/e/.test(plain) ? value.toFixed(12) : plain);
}

const UNSIGNED = /^\d{1,15}(\.\d{1,15})?$/;
/** A client's decimal, or null where it is not one. */
export const readDecimal = (wire: string): Decimal | null => (UNSIGNED.test(wire) ? parseDecimal(wire) : null);
