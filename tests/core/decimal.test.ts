import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  compare,
  divide,
  formatDecimal,
  isZero,
  multiply,
  negate,
  parseDecimal,
  roundTo,
  subtract,
  sum,
  toNumber,
} from '../../src/core/decimal.ts';

const text = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: 0, max: 10 }))
  .map(([digits, scale]) => formatDecimal({ digits, scale }, scale));
const plain = (s: string): string => formatDecimal(parseDecimal(s));

describe('decimals', () => {
  it('adds 0.1 and 0.2 to 0.3 exactly', () => {
    expect(formatDecimal(add(parseDecimal('0.1'), parseDecimal('0.2')))).toBe('0.3');
  });

  it('multiplies price by quantity without losing a digit', () => {
    // 76936.20 × 0.001 = 76.9362
    expect(formatDecimal(multiply(parseDecimal('76936.20'), parseDecimal('0.001')))).toBe('76.9362');
  });

  it('rounds halves away from zero on both sides', () => {
    expect(formatDecimal(roundTo(parseDecimal('1.005'), 2))).toBe('1.01');
    expect(formatDecimal(roundTo(parseDecimal('-1.005'), 2))).toBe('-1.01');
    expect(formatDecimal(roundTo(parseDecimal('1.004999'), 2))).toBe('1');
  });

  it('divides to the asked number of places', () => {
    expect(formatDecimal(divide(parseDecimal('1'), parseDecimal('3'), 8))).toBe('0.33333333');
    expect(formatDecimal(divide(parseDecimal('-2'), parseDecimal('3'), 4))).toBe('-0.6667');
    expect(formatDecimal(divide(parseDecimal('10.5'), parseDecimal('0.5'), 0))).toBe('21');
  });

  it('survives a round trip through text', () => {
    fc.assert(
      fc.property(text, (s) => {
        expect(plain(plain(s))).toBe(plain(s));
      }),
    );
  });

  it('obeys the laws of addition and of subtraction', () => {
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        const [x, y, z] = [parseDecimal(a), parseDecimal(b), parseDecimal(c)];
        expect(compare(add(add(x, y), z), add(x, add(y, z)))).toBe(0);
        expect(isZero(subtract(add(x, y), add(y, x)))).toBe(true);
        expect(compare(multiply(x, add(y, z)), add(multiply(x, y), multiply(x, z)))).toBe(0);
        expect(isZero(sum([x, negate(x)]))).toBe(true);
      }),
    );
  });

  it('refuses exponents, NaN and empty text', () => {
    for (const bad of ['1e-7', 'NaN', '', '1.', '.5', ' 1']) expect(() => parseDecimal(bad)).toThrow(/not a decimal/);
    expect(() => divide(parseDecimal('1'), parseDecimal('0'), 2)).toThrow(/zero/);
  });

  it('shows a number only for thinking', () => {
    expect(toNumber(parseDecimal('-12.50'))).toBe(-12.5);
  });
});
