// Floor 0, the words: exact decimal arithmetic for money, on bigint. Floats think, decimals book.
// A Decimal is digits × 10^-scale; sums and products are exact, only division rounds and says how far.
import { type DecimalString, decimalString, invariant } from './units.ts';

export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

export const ZERO: Decimal = { digits: 0n, scale: 0 };

/** Reads a plain decimal number ("-12.340"). Exponents, spaces and NaN are our bug, not input: the wire was parsed before. */
export function parseDecimal(text: string): Decimal {
  const found = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  invariant(found, `not a decimal number: "${text}"`);
  const fraction = found[3] ?? '';
  const magnitude = BigInt((found[2] ?? '0') + fraction);
  return { digits: found[1] === '-' ? -magnitude : magnitude, scale: fraction.length };
}

const align = (a: Decimal, scale: number): bigint => a.digits * 10n ** BigInt(scale - a.scale);

export function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { digits: align(a, scale) + align(b, scale), scale };
}

export const negate = (a: Decimal): Decimal => ({ digits: -a.digits, scale: a.scale });
export const subtract = (a: Decimal, b: Decimal): Decimal => add(a, negate(b));
export const multiply = (a: Decimal, b: Decimal): Decimal => ({ digits: a.digits * b.digits, scale: a.scale + b.scale });
export const sum = (values: Iterable<Decimal>): Decimal => {
  let total = ZERO;
  for (const value of values) total = add(total, value);
  return total;
};

export function compare(a: Decimal, b: Decimal): -1 | 0 | 1 {
  const difference = subtract(a, b).digits;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export const isZero = (a: Decimal): boolean => a.digits === 0n;
export const sign = (a: Decimal): -1 | 0 | 1 => (a.digits < 0n ? -1 : a.digits > 0n ? 1 : 0);

/** Rounds half away from zero to `scale` places, as the venue does for commissions and PnL. */
export function roundTo(a: Decimal, scale: number): Decimal {
  if (a.scale <= scale) return { digits: align(a, scale), scale };
  const unit = 10n ** BigInt(a.scale - scale);
  const magnitude = a.digits < 0n ? -a.digits : a.digits;
  const rounded = (magnitude + unit / 2n) / unit;
  return { digits: a.digits < 0n ? -rounded : rounded, scale };
}

/** a / b rounded half away from zero to `scale` places. */
export function divide(a: Decimal, b: Decimal, scale: number): Decimal {
  invariant(b.digits !== 0n, 'division by zero');
  const numerator = a.digits * 10n ** BigInt(scale + b.scale + 1);
  const denominator = b.digits * 10n ** BigInt(a.scale);
  return roundTo({ digits: numerator / denominator, scale: scale + 1 }, scale);
}

/** Text without trailing zeros beyond `minScale` places. */
export function formatDecimal(a: Decimal, minScale = 0): DecimalString {
  const magnitude = (a.digits < 0n ? -a.digits : a.digits).toString().padStart(a.scale + 1, '0');
  const whole = magnitude.slice(0, magnitude.length - a.scale);
  let fraction = a.scale === 0 ? '' : magnitude.slice(-a.scale);
  while (fraction.length > minScale && fraction.endsWith('0')) fraction = fraction.slice(0, -1);
  fraction = fraction.padEnd(minScale, '0');
  const negative = a.digits < 0n ? '-' : '';
  return decimalString(`${negative}${whole}${fraction === '' ? '' : `.${fraction}`}`);
}

/** For thinking and showing only; never fed back into an order or the ledger. */
export const toNumber = (a: Decimal): number => Number(formatDecimal(a));
