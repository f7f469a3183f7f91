import { describe, expect, it } from 'vitest';
import { chooseUniverse } from '../../services/data/universe.ts';
import { BARRIER_MS, DataService } from '../../services/data-service.ts';
import { Dispatcher } from '../../services/dispatcher.ts';
import { EventQueue } from '../../services/event-queue.ts';
import { gridOf } from '../../src/core/grid.ts';
import type { Bar, Instrument, MarketEvent } from '../../src/core/market.ts';
import { barOpen, timeframeMs } from '../../src/core/timeframe.ts';
import { epochMs, type SymbolId, symbolId } from '../../src/core/units.ts';
import type { HistoryRequest, MarketDataFeed } from '../../src/ports/feed.ts';
import { aBar } from '../support/a-bar.ts';
import { FakeMarketClock, FakeWallClock, rememberingLogger } from '../support/fake-clocks.ts';

const START = Date.parse('2025-06-02T16:00:00Z');
const MINUTE = 60_000;

const anInstrument = (name: string, said: Partial<Instrument> = {}): Instrument => ({
  symbol: symbolId(name),
  baseAsset: name,
  quoteAsset: 'USDT',
  marginAsset: 'USDT',
  contractType: 'PERPETUAL',
  status: 'TRADING',
  onboardMs: epochMs(0),
  deliveryMs: epochMs(4_133_404_800_000),
  grid: gridOf('0.01', '0.001'),
  marketMinQty: 0.001,
  marketMaxQty: 1000,
  minNotionalUsdt: 5,
  marketTakeBound: 0.05,
  ...said,
});

/** Close is the minute's number since 1970, so that any bar can be recognised by its price. */
const minuteBar = (openMs: number): Bar =>
  aBar({ openMs: epochMs(openMs), open: openMs / MINUTE, close: openMs / MINUTE, quoteVolume: 1 });

/** A feed that knows every minute up to the fake clock, except those a test takes away. */
class FakeFeed implements MarketDataFeed {
  readonly asked: HistoryRequest[] = [];
  readonly missing = new Set<number>();
  readonly #clock: FakeMarketClock;
  readonly #instruments: readonly Instrument[];
  constructor(clock: FakeMarketClock, instruments: readonly Instrument[]) {
    this.#clock = clock;
    this.#instruments = instruments;
  }
  instruments = async () => this.#instruments;
  tickers = async () => [];
  follow = async () => undefined;
  drain = async () => undefined;
  weightUsed = () => 0;
  async history(request: HistoryRequest): Promise<readonly Bar[]> {
    this.asked.push(request);
    const step = timeframeMs(request.timeframe);
    const end = barOpen(this.#clock.now(), request.timeframe);
    const from = request.fromMs ?? end - request.count * step;
    const opens = Array.from({ length: request.count }, (_, i) => from + i * step).filter(
      (open) => open < end && !this.missing.has(open),
    );
    return opens.map(minuteBar);
  }
}

async function aMarket(names: readonly string[]) {
  const clock = new FakeMarketClock(START);
  const feed = new FakeFeed(
    clock,
    names.map((name) => anInstrument(name)),
  );
  const logger = rememberingLogger();
  const queue = new EventQueue();
  const wallClock = new FakeWallClock();
  const data = new DataService(
    { pair: { trend: '15m', entry: '1m' }, policy: { quoteAsset: 'USDT', tradifi: 'exclude' } },
    { feed, marketClock: clock, wallClock, logger, dispatcher: new Dispatcher(queue, logger) },
  );
  await data.chooseUniverse();
  await data.load(new AbortController().signal, () => undefined);
  const answers = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    for (let event = queue.take(); event !== undefined; event = queue.take()) if (event.kind === 'answer') event.apply();
  };
  return { clock, feed, data, logger, answers, wallClock };
}

const final = (symbol: string, openMs: number, said: Partial<Bar> = {}): MarketEvent => ({
  kind: 'bar',
  at: epochMs(openMs + MINUTE),
  symbol: symbolId(symbol),
  timeframe: '1m',
  bar: { ...minuteBar(openMs), ...said },
  final: true,
});
const closes = (minute: { closed: readonly { symbol: SymbolId; bars: readonly { entryBar: Bar }[] }[] }) =>
  Object.fromEntries(minute.closed.map((s) => [s.symbol, s.bars.map((b) => (b.entryBar.openMs - START) / MINUTE)]));

describe('loading the market', () => {
  it('leaves out what the policy does not trade, with the reason counted', () => {
    const all = [
      anInstrument('BTCUSDT'),
      anInstrument('币安人生USDT'),
      anInstrument('XAUUSDT', { contractType: 'TRADIFI_PERPETUAL' }),
      anInstrument('BTCUSDT_260925', { contractType: 'CURRENT_QUARTER' }),
      anInstrument('BTCUSDC', { quoteAsset: 'USDC', marginAsset: 'USDC' }),
      anInstrument('NEWUSDT', { status: 'PENDING_TRADING' }),
      anInstrument('OLDUSDT', { deliveryMs: epochMs(START + 2 * 86_400_000) }),
    ];
    const { included, leftOut } = chooseUniverse(all, { quoteAsset: 'USDT', tradifi: 'exclude' }, epochMs(START));
    expect(included.map((i) => i.symbol)).toEqual(['BTCUSDT', '币安人生USDT']);
    expect(Object.fromEntries(leftOut)).toEqual({
      'contract type TRADIFI_PERPETUAL': 1,
      'contract type CURRENT_QUARTER': 1,
      'quoted in USDC': 1,
      'status PENDING_TRADING': 1,
      'delivery date near': 1,
    });
    expect(chooseUniverse(all, { quoteAsset: 'USDT', tradifi: 'include' }, epochMs(START)).included).toHaveLength(3);
  });

  it('loads 499 trend and 99 entry bars of each contract and asks for nothing else', async () => {
    const { feed, data } = await aMarket(['A', 'B']);
    expect(feed.asked.map((r) => `${r.symbol} ${r.timeframe} ${r.count}`).sort()).toEqual([
      'A 15m 499',
      'A 1m 99',
      'B 15m 499',
      'B 1m 99',
    ]);
    expect(data.bars(symbolId('A'))?.trend.length).toBe(499);
    expect(data.bars(symbolId('A'))?.entry.lastOpenMs).toBe(START - MINUTE);
    expect(data.runningOpenMs).toBe(START);
  });

  it('hands history to a strategy in the order in which it became known', async () => {
    const clock = new FakeMarketClock(START + 7 * MINUTE);
    const feed = new FakeFeed(clock, [anInstrument('A')]);
    const logger = rememberingLogger();
    const data = new DataService(
      { pair: { trend: '15m', entry: '1m' }, policy: { quoteAsset: 'USDT', tradifi: 'exclude' } },
      { feed, marketClock: clock, wallClock: new FakeWallClock(), logger, dispatcher: new Dispatcher(new EventQueue(), logger) },
    );
    await data.chooseUniverse();
    await data.load(new AbortController().signal, ({ before, closed }) => {
      // 99 entry bars end at 16:06; the first opens at 14:28, so quarters up to 14:15–14:30 were closed before it … except those closing later.
      expect(before.at(-1)?.openMs).toBe(Date.parse('2025-06-02T14:00:00Z'));
      const withTrend = closed.filter((bar) => bar.trendBar !== null);
      expect(withTrend.map((bar) => bar.trendBar?.openMs)).toEqual(
        ['14:15', '14:30', '14:45', '15:00', '15:15', '15:30', '15:45'].map((t) => Date.parse(`2025-06-02T${t}:00Z`)),
      );
      for (const bar of withTrend) expect((bar.trendBar?.openMs ?? 0) + 900_000).toBe(bar.entryBar.openMs + MINUTE);
    });
  });
});

describe('the minute’s barrier', () => {
  it('falls when the last final frame is in', async () => {
    const { data } = await aMarket(['A', 'B']);
    expect(data.onMarket(final('A', START))).toBeNull();
    expect(data.onMarket(final('B', START))).toBe(START);
    expect(closes(data.closeMinute(epochMs(START)))).toEqual({ A: [0], B: [0] });
    expect(data.runningOpenMs).toBe(START + MINUTE);
  });

  it('falls by the clock 3 s after the close, and the silent symbol is late', async () => {
    const { data, clock, answers } = await aMarket(['A', 'B']);
    data.onMarket(final('A', START));
    clock.ms = START + MINUTE + BARRIER_MS - 1;
    expect(data.onTick()).toBeNull();
    clock.ms += 1;
    expect(data.onTick()).toBe(START);
    expect(data.onTick()).toBeNull();
    const minute = data.closeMinute(epochMs(START));
    expect(closes(minute)).toEqual({ A: [0] });
    expect(minute.lateSymbols).toEqual(['B']);
    await answers();
    expect(data.takeLate().map((s) => [s.symbol, s.bars.map((b) => b.entryBar.openMs)])).toEqual([['B', [START]]]);
    expect(data.takeLate()).toEqual([]);
  });

  it('folds the trend bar together with the minute that closes it', async () => {
    const { data } = await aMarket(['A']);
    for (let i = 0; i < 15; i++) {
      data.onMarket(final('A', START + i * MINUTE));
      const [only] = data.closeMinute(epochMs(START + i * MINUTE)).closed;
      expect(only?.bars[0]?.trendBar?.openMs ?? null).toBe(i === 14 ? START : null);
    }
  });

  it('keeps a symbol silent behind a hole until the missing bars were fetched, then tells them in order', async () => {
    const { data, clock, answers } = await aMarket(['A']);
    clock.ms = START + 3 * MINUTE + BARRIER_MS;
    data.onMarket(final('A', START + 2 * MINUTE));
    expect(closes(data.closeMinute(epochMs(START)))).toEqual({});
    await answers();
    expect(data.takeLate()[0]?.bars.map((b) => (b.entryBar.openMs - START) / MINUTE)).toEqual([0]);
    expect(closes(data.closeMinute(epochMs(START + MINUTE)))).toEqual({ A: [1] });
    expect(closes(data.closeMinute(epochMs(START + 2 * MINUTE)))).toEqual({ A: [2] });
    expect(data.counts.refills).toBe(1);
  });

  it('steps over a hole that the venue cannot fill and marks the bar behind it', async () => {
    const { data, feed, clock, answers } = await aMarket(['A']);
    for (let i = 0; i < 2; i++) feed.missing.add(START + i * MINUTE);
    clock.ms = START + 2 * MINUTE;
    data.closeMinute(epochMs(START));
    data.closeMinute(epochMs(START + MINUTE));
    await answers();
    data.onMarket(final('A', START + 2 * MINUTE));
    await answers();
    const minute = data.closeMinute(epochMs(START + 2 * MINUTE));
    expect(minute.closed[0]?.bars.map((b) => [b.entryBar.openMs - START, b.afterGap])).toEqual([[2 * MINUTE, 'afterGap']]);
  });
});

describe('frames that are not what they seem', () => {
  it('a duplicate changes nothing, a contradiction is counted and told', async () => {
    const { data, logger } = await aMarket(['A']);
    data.onMarket(final('A', START - MINUTE));
    expect(data.counts).toMatchObject({ duplicates: 1, disagreements: 0 });
    data.onMarket(final('A', START - MINUTE, { close: 1, low: 1 }));
    expect(data.counts.disagreements).toBe(1);
    expect(logger.lines.map((l) => l.message)).toContain('the venue closed a bar twice with different values');
  });

  it('an impossible bar is refused with its reason and never stored', async () => {
    const { data, logger } = await aMarket(['A']);
    data.onMarket(final('A', START, { high: Number.NaN }));
    expect(data.counts.refused).toBe(1);
    expect(logger.lines.at(-1)).toMatchObject({
      message: 'bar refused',
      fields: { symbol: 'A', fault: 'a field is not a finite number' },
    });
    expect(data.bars(symbolId('A'))?.entry.lastOpenMs).toBe(START - MINUTE);
  });

  it('a forming frame never closes a bar', async () => {
    const { data } = await aMarket(['A']);
    data.onMarket({ ...(final('A', START) as Extract<MarketEvent, { kind: 'bar' }>), final: false });
    expect(closes(data.closeMinute(epochMs(START)))).toEqual({});
  });

  it('marks are kept for the symbols we follow only', async () => {
    const { data } = await aMarket(['A']);
    const mark = (name: string) => ({ symbol: symbolId(name), markPrice: 7, fundingRate: 0.0001, nextFundingMs: epochMs(0) });
    data.onMarket({ kind: 'marks', at: epochMs(START), marks: [mark('A'), mark('Z')] });
    expect(data.mark(symbolId('A'))?.markPrice).toBe(7);
    expect(data.mark(symbolId('Z'))).toBeUndefined();
  });
});
