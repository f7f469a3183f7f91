// The quick reader of candle pages gives the same numbers as the general one, and gives up on everything that it was not made for.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readKlinePage } from '../../../src/adapters/binance/kline-page.ts';
import { toBar } from '../../../src/adapters/binance/mapper.ts';
import { klineRowSchema } from '../../../src/adapters/binance/wire.ts';

const ROW = [1, '2.50', '3.00', '2.00', '2.75', '10.5', 60_000, '27.1', 4, '5.0', '13.5', '0'] as const;
const page = (...rows: readonly (readonly unknown[])[]): string => JSON.stringify(rows);
const generally = (text: string) => klineRowSchema.array().parse(JSON.parse(text)).map(toBar);

const digits = (min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: min, maxLength: max });
const decimal = fc.tuple(digits(1, 20), digits(0, 25)).map(([whole, part]) => (part === '' ? whole : `${whole}.${part}`));
const whole = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const row = fc.tuple(...[whole, decimal, decimal, decimal, decimal, decimal, whole, decimal, whole, decimal, decimal, decimal]);

describe('a page of candles', () => {
  it('is read as the general reader reads it, to the last bit, whatever its numbers are', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
        const text = page(...rows);
        expect(readKlinePage(text)?.bars).toEqual(generally(text));
      }),
      { numRuns: 1_000 },
    );
  });

  it('may be empty', () => {
    expect(readKlinePage('[]')?.bars).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['an error', '{"code":-1121,"msg":"Invalid symbol."}'],
    ['a row that is cut off', page(ROW).slice(0, -9)],
    ['a list that is not closed', page(ROW).slice(0, -1)],
    ['words behind the list', `${page(ROW)} `],
    ['eleven fields', page(ROW.slice(0, 11))],
    ['thirteen fields', page([...ROW, '0'])],
    ['a price that is a number', page([1, 2.5, ...ROW.slice(2)])],
    ['a negative price', page([1, '-2.5', ...ROW.slice(2)])],
    ['an exponent', page([1, '2e5', ...ROW.slice(2)])],
    ['a price without digits', page([1, '', ...ROW.slice(2)])],
    ['a dot without digits before it', page([1, '.5', ...ROW.slice(2)])],
    ['a dot without digits behind it', page([1, '5.', ...ROW.slice(2)])],
    ['two dots', page([1, '5.0.1', ...ROW.slice(2)])],
    ['a time that is a word', page(['1', ...ROW.slice(1)])],
    ['a time that no double holds', page(ROW).replace('[[1,', '[[99007199254740993,')],
    ['a time with a leading zero', page(ROW).replace('[[1,', '[[01,')],
    ['null for a row', '[null]'],
    ['a comma too many', `${page(ROW).slice(0, -1)},]`],
  ])('is left to the general reader where it holds %s', (_what, text) => {
    expect(readKlinePage(text)).toBeNull();
  });
});
