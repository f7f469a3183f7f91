// What is written on a tape is read back in the same order, through JSON as well; a tape that is cut, stretched or another's is refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMs } from '../../src/core/units.ts';
import { TapeReader, TapeWriter } from '../../strategy/tape.ts';

const KINDS = ['swing', 'equal', 'day'] as const;

interface Thing {
  readonly price: number;
  readonly touches: number;
  readonly isTouched: boolean;
  readonly atMs: number;
  readonly kind: (typeof KINDS)[number];
  readonly name: string | null;
}

function write(tape: TapeWriter, thing: Thing): void {
  tape.number(thing.price);
  tape.number(thing.touches);
  tape.flag(thing.isTouched);
  tape.instant(thing.atMs);
  tape.word(KINDS, thing.kind);
  tape.text(thing.name);
}

const read = (tape: TapeReader): Thing => ({
  price: tape.number(),
  touches: tape.count(),
  isTouched: tape.flag(),
  atMs: tape.instant(),
  kind: tape.word(KINDS),
  name: tape.text(),
});

const things = fc.array(
  fc.record({
    price: fc.double(),
    touches: fc.integer(),
    isTouched: fc.boolean(),
    atMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    kind: fc.constantFrom(...KINDS),
    name: fc.option(fc.string()),
  }),
);

function written(all: readonly Thing[], last: Thing | null = null): TapeWriter {
  const tape = new TapeWriter('whole');
  tape.list(all, write);
  tape.maybe(last, write);
  tape.cells(Float64Array.of(1, Number.NaN, 3), 1, 2);
  return tape;
}

const readerOf = ({ part, numbers, texts }: TapeWriter, count = numbers.length): TapeReader =>
  new TapeReader(part, Float64Array.from(numbers).subarray(0, count), texts);

describe('a tape', () => {
  it('gives back what was written, and each text lies on it once', () => {
    fc.assert(
      fc.property(things, fc.option(things.map((all) => all[0] ?? null)), (all, last) => {
        const tape = written(all, last);
        const reader = readerOf(tape);
        const cells = new Float64Array(3);
        expect([reader.list(read), reader.maybe(read)]).toEqual([all, last]);
        reader.cells(cells, 0, 2);
        expect(cells).toEqual(Float64Array.of(Number.NaN, 3, 0));
        reader.end();
        expect(new Set(tape.texts).size).toBe(tape.texts.length);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is refused where it ends too early, where something is left over, and where a word, a text or a name is none', () => {
    const thing: Thing = { price: 1.5, touches: 2, isTouched: true, atMs: epochMs(60_000), kind: 'day', name: null };
    const tape = written([thing]);
    const of = (numbers: readonly number[], texts: readonly string[] = []): TapeReader =>
      new TapeReader('whole', Float64Array.from(numbers), texts);
    for (let count = 0; count < 7; count++) expect(() => readerOf(tape, count).list(read)).toThrow('it ends too early');
    const early = readerOf(tape);
    early.list(read);
    expect(() => early.end()).toThrow('3 numbers are left over');
    expect(() => of([3]).word(KINDS)).toThrow('none of swing, equal, day');
    expect(() => of([1], ['one']).text()).toThrow('it has no text 1');
    expect(() => of([-1]).name()).toThrow('a name is missing');
    expect(() => new TapeWriter('whole').word(KINDS, 'week' as 'day')).toThrow('week is none of swing, equal, day');
  });
});
