// Broken candles end at the door: whatever a venue sends, a strategy sees sound bars only, each once, in order of time.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataService } from '../../services/data-service.ts';
import { Dispatcher } from '../../services/dispatcher.ts';
import { EventQueue } from '../../services/event-queue.ts';
import type { Bar } from '../../src/core/market.ts';
import { barOpen, timeframeMs } from '../../src/core/timeframe.ts';
import { type EpochMs, epochMs, symbolId } from '../../src/core/units.ts';
import type { HistoryRequest, MarketDataFeed } from '../../src/ports/feed.ts';
import { aBar } from '../support/a-bar.ts';
import { anInstrument } from '../support/a-signal.ts';
import { FakeMarketClock, FakeWallClock, rememberingLogger } from '../support/fake-clocks.ts';

const START = Date.parse('2025-06-02T16:00:00Z');
const MINUTE = 60_000;
const SYMBOL = symbolId('ETHUSDT');

const soundBar = (openMs: number): Bar =>
  aBar({ openMs: epochMs(openMs), open: 100, high: 102, low: 99, close: 101, volume: 5, quoteVolume: 500 });

/** One way of being broken, and the words that the refusal has to say. */
const FAULTS: readonly { readonly said: Partial<Bar>; readonly reason: RegExp }[] = [
  { said: { open: Number.NaN }, reason: /not a finite number/ },
  { said: { high: Number.POSITIVE_INFINITY }, reason: /not a finite number/ },
  { said: { close: Number.NaN }, reason: /not a finite number/ },
  { said: { volume: Number.NaN }, reason: /not a finite number/ },
  { said: { low: -1 }, reason: /price -1 is not positive/ },
  { said: { low: 0 }, reason: /price 0 is not positive/ },
  { said: { volume: -5 }, reason: /volume -5 is negative/ },
  { said: { high: 100.5 }, reason: /high 100.5 is below the body/ },
  { said: { low: 100.5 }, reason: /low 100.5 is above the body/ },
];

type Sent =
  | { readonly kind: 'sound'; readonly minute: number }
  | { readonly kind: 'broken'; readonly minute: number; readonly fault: number }
  | { readonly kind: 'contradiction'; readonly minute: number };

const anySent = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('sound' as const), minute: fc.integer({ min: -3, max: 11 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('broken' as const),
      minute: fc.integer({ min: -3, max: 11 }),
      fault: fc.integer({ min: 0, max: FAULTS.length - 1 }),
    }),
  },
  // The same minute with other prices: it may only change nothing.
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('contradiction' as const), minute: fc.integer({ min: -3, max: -1 }) }) },
);

const barOf = (sent: Sent): Bar => {
  const bar = soundBar(START + sent.minute * MINUTE);
  if (sent.kind === 'broken') return { ...bar, ...FAULTS[sent.fault]?.said };
  return sent.kind === 'contradiction' ? { ...bar, close: 99.5 } : bar;
};

/** History with every tenth bar broken as well: a page from the venue goes through the same door. */
function aFeed(clock: FakeMarketClock): MarketDataFeed {
  return {
    instruments: async () => [anInstrument({ symbol: SYMBOL })],
    tickers: async () => [],
    follow: async () => undefined,
    drain: async () => undefined,
    weightUsed: () => 0,
    history: async (request: HistoryRequest) => {
      const step = timeframeMs(request.timeframe);
      const end = barOpen(clock.now(), request.timeframe);
      const from = request.fromMs ?? end - request.count * step;
      const opens = Array.from({ length: request.count }, (_, i) => from + i * step).filter((open) => open < end);
      return opens.map((open, i) => (i % 10 === 4 ? { ...soundBar(open), high: Number.NaN } : soundBar(open)));
    },
  };
}

async function aMarket() {
  const clock = new FakeMarketClock(START);
  const logger = rememberingLogger();
  const queue = new EventQueue();
  const data = new DataService(
    { pair: { trend: '15m', entry: '1m' }, policy: { quoteAsset: 'USDT', tradifi: 'exclude' } },
    {
      feed: aFeed(clock),
      marketClock: clock,
      wallClock: new FakeWallClock(),
      logger,
      dispatcher: new Dispatcher(queue, logger),
    },
  );
  /** What a strategy would have been fed, in order. */
  const seen: Bar[] = [];
  const seenTrend: Bar[] = [];
  const show = (bars: readonly { readonly entryBar: Bar; readonly trendBar: Bar | null }[]): void => {
    for (const { entryBar, trendBar } of bars) {
      seen.push(entryBar);
      if (trendBar !== null) seenTrend.push(trendBar);
    }
  };
  await data.chooseUniverse();
  await data.load(new AbortController().signal, ({ before, closed }) => {
    seenTrend.push(...before);
    show(closed);
  });
  const answers = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    for (let event = queue.take(); event !== undefined; event = queue.take()) if (event.kind === 'answer') event.apply();
    for (const late of data.takeLate()) show(late.bars);
  };
  const close = (barOpenMs: EpochMs): void => {
    for (const { bars } of data.closeMinute(barOpenMs).closed) show(bars);
  };
  const send = (bar: Bar): EpochMs | null =>
    data.onMarket({ kind: 'bar', at: epochMs(bar.openMs + MINUTE), symbol: SYMBOL, timeframe: '1m', bar, final: true });
  return { clock, data, logger, seen, seenTrend, answers, close, send };
}

function expectSound(bars: readonly Bar[]): void {
  for (const [i, bar] of bars.entries()) {
    const { open, high, low, close, volume } = bar;
    expect([open, high, low, close, volume].every(Number.isFinite)).toBe(true);
    expect(low > 0 && volume >= 0 && high >= Math.max(open, close) && low <= Math.min(open, close)).toBe(true);
    expect(bar.openMs).toBeGreaterThan(bars[i - 1]?.openMs ?? Number.NEGATIVE_INFINITY);
  }
}

describe('bars that cannot be', () => {
  it('never reach a strategy, whatever is sent in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anySent, { minLength: 1, maxLength: 30 }), async (all) => {
        const market = await aMarket();
        for (const [i, sent] of all.entries()) {
          market.clock.ms = Math.max(market.clock.ms, START + (Math.floor(i / 3) + 1) * MINUTE);
          const complete = market.send(barOf(sent)) ?? market.data.onTick();
          if (complete !== null) market.close(complete);
          await market.answers();
        }
        expectSound(market.seen);
        expectSound(market.seenTrend);
        // No value of a contradiction either: the first word about a closed minute stands.
        expect(market.seen.some((bar) => bar.close === 99.5)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('are each refused with the symbol, the minute and the reason', async () => {
    for (const { said, reason } of FAULTS) {
      const { data, logger, send, seen } = await aMarket();
      const before = { refused: data.counts.refused, seen: seen.length };
      send({ ...soundBar(START), ...said });
      expect(data.counts.refused).toBe(before.refused + 1);
      expect(logger.lines.at(-1)).toMatchObject({
        message: 'bar refused',
        fields: { symbol: SYMBOL, openMs: START, fault: expect.stringMatching(reason) },
      });
      expect(seen).toHaveLength(before.seen);
    }
  });

  it('are refused in a page of history too', async () => {
    const { data, seen, seenTrend } = await aMarket();
    // Of 499 and 99 bars those with a 4 at the end of their number are broken: 50 and 10.
    expect(data.counts.refused).toBe(60);
    expectSound(seen);
    expectSound(seenTrend);
  });
});
