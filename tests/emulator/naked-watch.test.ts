import { expect, it } from 'vitest';
import { epochMs, symbolId } from '../../src/core/units.ts';
import { NakedWatch } from '../../src/emulator/naked-watch.ts';

const SYMBOL = symbolId('BTCUSDT');
/** A venue on which a position stood naked from 1,000 to 1,400. */
const venue = {
  nakedNow: (atMs: number) => (atMs <= 1_400 ? [{ symbol: SYMBOL, fromMs: epochMs(1_000), toMs: epochMs(atMs) }] : []),
  nakedIntervals: () => [{ symbol: SYMBOL, fromMs: epochMs(1_000), toMs: epochMs(1_400) }],
};

it('ends a span when the stop was there, not when it was looked at', () => {
  let wallMs = 50;
  const watch = new NakedWatch(() => wallMs);
  watch.look(venue, 1_000);
  wallMs = 455;
  watch.look(venue, 1_405);
  expect(watch.spans(2_000)).toEqual([{ symbol: SYMBOL, fromMs: 1_000, toMs: 1_400, wallMs: 405 }]);
});
