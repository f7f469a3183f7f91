import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecimalReader } from '../../../src/emulator/market/decimal-reader.ts';

const reader = (text: string): DecimalReader => new DecimalReader(new TextEncoder().encode(text), 0);

describe('decimal numbers out of bytes', () => {
  it('are the doubles that the language itself would read', () => {
    fc.assert(
      fc.property(fc.nat(), fc.stringMatching(/^\d{0,12}$/), (whole, fraction) => {
        const text = fraction === '' ? String(whole) : `${whole}.${fraction}`;
        expect(reader(`${text},`).next('field')).toBe(Number(text));
        expect(reader(`${text}\n`).next('row')).toBe(Number(text));
      }),
    );
  });

  it('count their decimals, also behind an exponent', () => {
    const exponent = reader('1.25e-7\n');
    expect(exponent.next('row')).toBe(1.25e-7);
    expect(exponent.decimals).toBe(9);
    const plain = reader('0.0500,');
    expect(plain.next('field')).toBe(0.05);
    expect(plain.decimals).toBe(4);
  });

  it('may end a row with a carriage return or the end of the file', () => {
    expect(reader('1.5\r\n').next('row')).toBe(1.5);
    expect(reader('1.5').next('row')).toBe(1.5);
  });

  it.each([
    ['abc,', '"abc", not a number'],
    [',', '"", not a number'],
    ['1.2.3,', '"1.2.3", not a number'],
    ['.,', '".", not a number'],
    ['NaN,', '"NaN", not a number'],
    ['1e999,', '"1e999", not a number'],
    ['0x10,', '"0x10", not a number'],
  ])('name what stands there instead: %s', (text, fault) => {
    const broken = reader(text);
    expect(broken.next('field')).toBeNull();
    expect(broken.fault).toBe(fault);
  });
});
