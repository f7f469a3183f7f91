// What the journal writes comes back as what it was; where two lines part, the field and the contract are named.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromLine, toLine } from '../../../src/app/replay/exact-values.ts';
import { partingOf } from '../../../src/app/replay/first-difference.ts';
import { VenueError } from '../../../src/ports/errors.ts';

describe('a line of the journal', () => {
  it('gives back numbers that JSON has no word for, maps, vectors and refusals of the venue', () => {
    const error = new VenueError('no such symbol', { remedy: 'final', code: -1121 });
    const value = {
      a: [Number.NaN, Number.POSITIVE_INFINITY, -0.1],
      m: new Map([['BTCUSDT', { n: Number.NEGATIVE_INFINITY }]]),
      error,
    };
    const back = fromLine(toLine(value)) as typeof value;
    expect(back).toEqual(value);
    expect(back.error).toBeInstanceOf(VenueError);
    expect([back.error.code, back.error.remedy]).toEqual([-1121, 'final']);
    expect(fromLine(toLine(Float64Array.of(0.1 + 0.2, Number.NaN)))).toEqual(Float64Array.of(0.30000000000000004, Number.NaN));
  });

  it('gives back objects that carry the mark themselves', () => {
    for (const value of [{ '\u0000': null }, { '\u0000': 'number', is: '7' }, { a: { '\u0000': { '\u0000': [Number.NaN] } } }])
      expect(fromLine(toLine(value))).toEqual(value);
  });

  it('gives back any plain value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect(toLine(fromLine(toLine(value)))).toBe(toLine(value));
      }),
    );
  });
});

describe('two lines that part', () => {
  const rows = (score: number, qty: string): string =>
    toLine(['rows', [{ table: 'signal', evaluationJson: JSON.stringify({ symbol: 'ETHUSDT', score, plan: { qty } }) }]]);

  it('are told apart inside the JSON that a row keeps', () => {
    expect(partingOf(rows(81, '1.0'), rows(82, '1.0'))).toMatchObject({
      symbol: 'ETHUSDT',
      field: '1.0.evaluationJson.score',
      left: 81,
      right: 82,
    });
    expect(partingOf(rows(81, '1.0'), rows(81, '1.5'))).toMatchObject({
      field: '1.0.evaluationJson.plan.qty',
      left: '1.0',
      right: '1.5',
    });
  });

  it('are told apart where one of them is missing', () => {
    expect(partingOf(rows(81, '1.0'), null)).toMatchObject({ left: expect.anything(), right: undefined });
  });
});
