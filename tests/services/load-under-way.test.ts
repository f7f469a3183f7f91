// A market does not stand still while it is loaded: whichever minutes close between the pages and the first frames, every contract
// is fed every minute once and in order.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SymbolMinute } from '../../services/data-service.ts';
import type { MarketEvent } from '../../src/core/market.ts';
import type { EpochMs, SymbolId } from '../../src/core/units.ts';
import { aDataRoom, frame, MINUTE, minuteBar, START, truth } from '../support/data-room.ts';

const NAMES = ['A', 'B', 'C', 'D'];
const MINUTES_AFTER = 4;
const TREND_MS = 15 * MINUTE;

interface Load {
  /** Into the minute in which the load begins. */
  readonly beginMs: number;
  /** From the beginning until the streams deliver. */
  readonly streamUpMs: number;
  /** What each page takes; used in turn. */
  readonly pageMs: readonly number[];
}

const loads: fc.Arbitrary<Load> = fc.record({
  beginMs: fc.integer({ min: 0, max: MINUTE - 1 }),
  streamUpMs: fc.integer({ min: 0, max: 2 * MINUTE }),
  pageMs: fc.array(fc.integer({ min: 0, max: 40_000 }), { minLength: 1, maxLength: 8 }),
});

async function play({ beginMs, streamUpMs, pageMs }: Load) {
  const room = await aDataRoom(NAMES, { startMs: START + beginMs });
  const { clock, feed, data } = room;
  const upMs = clock.ms + streamUpMs;
  const arrived: MarketEvent[] = [];
  /** Time goes on, and with it the frames of every minute that closes while the streams are up. */
  const pass = (ms: number): void => {
    const until = clock.ms + ms;
    for (let close = Math.floor(clock.ms / MINUTE) * MINUTE + MINUTE; close <= until; close += MINUTE)
      if (close >= upMs) for (const name of NAMES) arrived.push(frame(name, minuteBar(close - MINUTE)));
    clock.ms = until;
  };
  const read = feed.history.bind(feed);
  let pages = 0;
  feed.history = async (request) => {
    pass(pageMs[pages++ % pageMs.length] ?? 0);
    return read(request);
  };
  const fed = new Map<SymbolId, number[]>(NAMES.map((name) => [name as SymbolId, []]));
  const note = (minutes: readonly SymbolMinute[]): void => {
    for (const { symbol, bars } of minutes) fed.get(symbol)?.push(...bars.map(({ entryBar }) => entryBar.openMs));
  };
  await data.chooseUniverse();
  await data.load(new AbortController().signal, ({ symbol, closed }) => note([{ symbol, bars: closed }]));
  pageMs = [0];
  const untilMs = data.runningOpenMs + MINUTES_AFTER * MINUTE;
  const close = async (complete: EpochMs | null): Promise<void> => {
    if (complete === null) return;
    note(data.closeMinute(complete).closed);
    await room.answers();
    note(data.takeLate());
  };
  while (data.runningOpenMs < untilMs) {
    for (const event of arrived.splice(0)) await close(data.onMarket(event));
    await close(data.onTick());
    pass(1_000);
  }
  const trends = NAMES.map((name) => data.bars(name as SymbolId)?.trend.tail(3) ?? []);
  const faults = NAMES.map((name) => data.candleFault(name as SymbolId));
  return { fed, untilMs, faults, trends, refills: data.counts.refills };
}

it('a load in any second, with streams that come up at any time, misses no minute and feeds none twice', async () => {
  let refilled = 0;
  await fc.assert(
    fc.asyncProperty(loads, async (load) => {
      const { fed, untilMs, faults, trends, refills } = await play(load);
      refilled += refills;
      for (const opens of fed.values()) {
        const first = opens[0] ?? Number.NaN;
        const expected = Array.from({ length: (untilMs - first) / MINUTE }, (_, i) => first + i * MINUTE);
        expect(opens).toEqual(expected);
        expect(opens.length).toBeGreaterThanOrEqual(99 + MINUTES_AFTER);
      }
      expect(faults).toEqual(NAMES.map(() => null));
      // The trend bars too, whether they came by page or were folded across the seam.
      const newest = Math.floor(untilMs / TREND_MS) * TREND_MS - TREND_MS;
      const whole = [2, 1, 0].map((ago) => truth(newest - ago * TREND_MS, TREND_MS));
      expect(trends).toEqual(NAMES.map(() => whole));
    }),
    { numRuns: 100 },
  );
  expect(refilled).toBeGreaterThan(0);
});
