import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MarketBreadth } from '../../services/market-breadth.ts';

const sign = fc.constantFrom(-1, 0, 1);
const notes = fc.array(fc.record({ place: fc.integer({ min: 0, max: 9 }), trendBias: sign, trendReturnSign: sign }));

it('is what asking every contract anew would give, the newest note of each counting', () => {
  fc.assert(
    fc.property(notes, (all) => {
      // Places are handed out in their order, unknown until something is noted.
      const breadth = new MarketBreadth();
      const now = Array.from({ length: 10 }, () => ({ trendBias: 0, trendReturnSign: 0 }));
      for (const [place, unknown] of now.entries()) breadth.note(place, unknown);
      for (const note of all) {
        breadth.note(note.place, note);
        now[note.place] = note;
      }
      const known = now.filter(({ trendBias }) => trendBias !== 0);
      expect(breadth.aboveEma200).toBe(known.filter(({ trendBias }) => trendBias > 0).length / known.length);
      expect(breadth.rising).toBe(now.filter(({ trendReturnSign }) => trendReturnSign > 0).length / 10);
    }),
  );
});

it('is unknown of nobody, and above no EMA200 that does not exist', () => {
  expect([new MarketBreadth().rising, new MarketBreadth().aboveEma200]).toEqual([Number.NaN, Number.NaN]);
  const young = new MarketBreadth();
  young.note(0, { trendBias: 0, trendReturnSign: 1 });
  expect([young.rising, young.aboveEma200]).toEqual([1, Number.NaN]);
});
