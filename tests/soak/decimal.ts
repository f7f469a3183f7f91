// Soak: exact money, as the judge counts it: decimal strings as integers of 10^-24. Not the product's own arithmetic.

const PLACES = 24;

export function exact(text: string): bigint {
  const found = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (found === null) throw new Error(`not a decimal number: "${text}"`);
  const [, sign, whole = '0', fraction = ''] = found;
  if (fraction.length > PLACES) throw new Error(`too many decimals: "${text}"`);
  const value = BigInt(whole + fraction.padEnd(PLACES, '0'));
  return sign === '-' ? -value : value;
}

export const times = (a: string, b: string): bigint => (exact(a) * exact(b)) / 10n ** BigInt(PLACES);
export const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

/** Whether two amounts differ by no more than so many units of the eighth decimal. */
export const equalTo8 = (a: bigint, b: bigint, units = 1): boolean => {
  const difference = a > b ? a - b : b - a;
  return difference <= BigInt(units) * 10n ** BigInt(PLACES - 8);
};

export function shown(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(PLACES + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -PLACES)}.${digits.slice(-PLACES, -PLACES + 8)}`;
}
