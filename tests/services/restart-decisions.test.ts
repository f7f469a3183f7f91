// A restart is not seen in what is decided: rooms 3 and 4 over real files, stopped, killed and away for a while, against the same rooms
// that never stopped. Signals, ranks and features must be equal in every minute that both of them judged.
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DataService } from '../../services/data-service.ts';
import { Dispatcher } from '../../services/dispatcher.ts';
import { EventQueue } from '../../services/event-queue.ts';
import { StrategyEngine } from '../../services/strategy-engine.ts';
import { CandleSnapshotFile } from '../../src/adapters/candle-snapshot/snapshot-file.ts';
import { BarFolder } from '../../src/core/bars.ts';
import type { Bar } from '../../src/core/market.ts';
import { MINUTE_MS, type Timeframe, timeframeMs } from '../../src/core/timeframe.ts';
import { epochMs, type SymbolId, symbolId } from '../../src/core/units.ts';
import type { CandleStore } from '../../src/ports/candle-store.ts';
import type { HistoryRequest } from '../../src/ports/feed.ts';
import { priceAction } from '../../strategy/price-action.ts';
import { smcConfluence } from '../../strategy/smc-confluence.ts';
import { aFolder } from '../support/a-run.ts';
import { anInstrument } from '../support/a-signal.ts';
import { frame, ToldFeed } from '../support/data-room.ts';
import { FakeMarketClock, FakeWallClock, rememberingLogger } from '../support/fake-clocks.ts';
import { LOOSE } from '../support/strategy-run.ts';
import { WILD_START_MS, wildMinutes } from '../support/wild-market.ts';

const NAMES = ['A', 'B', 'C', 'D', 'E'];
/** 499 trend bars lie before it, and it is no quarter of an hour. */
const BEGIN = 7_607;
const END = BEGIN + 900;

const minutes = new Map(NAMES.map((name, i) => [symbolId(name), wildMinutes(40 + i, END)]));
const quarters = new Map([...minutes].map(([symbol, bars]) => [symbol, folded(bars)]));

function folded(bars: readonly Bar[]): Bar[] {
  const folder = new BarFolder('1m', '15m');
  return bars.flatMap((bar) => folder.push(bar) ?? []);
}

class WildFeed extends ToldFeed {
  readonly #now: FakeMarketClock;

  constructor(clock: FakeMarketClock) {
    super(clock, NAMES);
    this.#now = clock;
    this.contracts = NAMES.map((name) => anInstrument({ symbol: symbolId(name), onboardMs: epochMs(0) }));
  }

  override async history({ symbol, timeframe, count }: HistoryRequest): Promise<readonly Bar[]> {
    const closed = barsOf(symbol, timeframe).filter(({ openMs }) => openMs + timeframeMs(timeframe) <= this.#now.now());
    return closed.slice(-count);
  }
}
const barsOf = (symbol: SymbolId, timeframe: Timeframe): readonly Bar[] =>
  (timeframe === '1m' ? minutes : quarters).get(symbol) ?? [];

/** Judges the minutes from one to before another into `said`; what it remembers is kept before the minute `keptAt`. */
async function live(
  span: { readonly from: number; readonly to: number; readonly keptAt: number },
  candles: CandleStore,
  said: Map<number, unknown>,
): Promise<{ readonly warm: number }> {
  const clock = new FakeMarketClock(WILD_START_MS + span.from * MINUTE_MS);
  const logger = rememberingLogger();
  const data = new DataService(
    { pair: LOOSE.pair, policy: { quoteAsset: 'USDT', tradifi: 'exclude' } },
    {
      feed: new WildFeed(clock),
      marketClock: clock,
      wallClock: new FakeWallClock(),
      logger,
      dispatcher: new Dispatcher(new EventQueue(), logger),
      candles,
      memory: {
        memoryOf: (symbol) => engine.memoryOf(symbol),
        resume: (instrument, memory, lastOpenMs) => engine.resume(instrument, memory, lastOpenMs),
      },
    },
  );
  const engine = new StrategyEngine([smcConfluence, priceAction], LOOSE, data);
  for (const instrument of (await data.chooseUniverse()).included) engine.open(instrument);
  const summary = await data.load(new AbortController().signal, ({ symbol, before, closed }) => {
    engine.warm(symbol, before, closed);
  });
  for (let minute = span.from; minute < span.to; minute++) {
    if (minute === span.keptAt) await data.keepCandles();
    const openMs = epochMs(WILD_START_MS + minute * MINUTE_MS);
    clock.ms = openMs + MINUTE_MS;
    for (const name of NAMES) data.onMarket(frame(name, minutes.get(symbolId(name))?.[minute] as Bar));
    const decision = engine.onMinute(openMs, data.closeMinute(openMs).closed);
    const mood = engine.marketMood();
    said.set(minute, [decision.ranked, [...decision.features].map(([id, row]) => [id, [...row]]), mood]);
  }
  if (span.keptAt === span.to) await data.keepCandles();
  return summary;
}

it('decides after stops, kills and absences as if there had been none', async () => {
  const storeIn = (folder: string) => new CandleSnapshotFile({ path: join(folder, 'candles.bin'), identity: 'wild' });
  const uninterrupted = new Map<number, unknown>();
  await live({ from: BEGIN, to: END, keptAt: END }, storeIn(aFolder()), uninterrupted);
  const restarted = new Map<number, unknown>();
  const store = storeIn(aFolder());
  // Stopped in good order; away for 23 minutes; killed four minutes after candles were kept; back at once.
  const lives = [
    { from: BEGIN, to: BEGIN + 200, keptAt: BEGIN + 200 },
    { from: BEGIN + 200, to: BEGIN + 410, keptAt: BEGIN + 410 },
    { from: BEGIN + 433, to: BEGIN + 640, keptAt: BEGIN + 636 },
    { from: BEGIN + 641, to: END, keptAt: END },
  ];
  const warm: number[] = [];
  for (const span of lives) warm.push((await live(span, store, restarted)).warm);
  expect(warm).toEqual([0, NAMES.length, NAMES.length, NAMES.length]);
  const signals = [...restarted.values()].filter((said) => (said as [unknown[]])[0].length > 0);
  expect(signals.length).toBeGreaterThan(10);
  for (const [minute, said] of restarted) expect(said, `minute ${minute}`).toEqual(uninterrupted.get(minute));
}, 30_000);
