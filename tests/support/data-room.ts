// A data room on fakes: a feed that knows every minute up to a clock which a test moves, and what a test says otherwise.
import type { MarketMemory } from '../../services/data/data-settings.ts';
import type { DataFinding } from '../../services/data/findings.ts';
import { DataService } from '../../services/data-service.ts';
import { Dispatcher } from '../../services/dispatcher.ts';
import { EventQueue } from '../../services/event-queue.ts';
import type { Bar, Instrument, MarketEvent, Ticker24h } from '../../src/core/market.ts';
import { barOpen, timeframeMs } from '../../src/core/timeframe.ts';
import { epochMs, type SymbolId, symbolId } from '../../src/core/units.ts';
import type { CandleStore } from '../../src/ports/candle-store.ts';
import type { HistoryRequest, MarketDataFeed } from '../../src/ports/feed.ts';
import { aBar } from './a-bar.ts';
import { anInstrument } from './a-signal.ts';
import { FakeMarketClock, FakeWallClock, rememberingLogger } from './fake-clocks.ts';

export const START = Date.parse('2025-06-02T16:00:00Z');
export const MINUTE = 60_000;
export const A = symbolId('A');

/** Open, close and volume say which bar it is; the fold of fifteen of them is the 15m bar of the same rule. */
export function truth(openMs: number, stepMs: number): Bar {
  const first = openMs / MINUTE;
  const last = (openMs + stepMs) / MINUTE - 1;
  const minutes = stepMs / MINUTE;
  return aBar({
    openMs: epochMs(openMs),
    open: first,
    close: last + 0.5,
    high: last + 0.75,
    low: first - 0.25,
    volume: 2 * minutes,
  });
}
export const minuteBar = (openMs: number, said: Partial<Bar> = {}): Bar => ({ ...truth(openMs, MINUTE), ...said });

export class ToldFeed implements MarketDataFeed {
  readonly asked: HistoryRequest[] = [];
  /** `symbol timeframe open` → another bar than the rule's; a thrown error for a symbol. */
  readonly other = new Map<string, Bar>();
  readonly errors = new Map<SymbolId, Error>();
  tickerRows: readonly Ticker24h[] = [];
  contracts: readonly Instrument[];
  readonly #clock: FakeMarketClock;

  constructor(clock: FakeMarketClock, names: readonly string[]) {
    this.#clock = clock;
    this.contracts = names.map((name) => anInstrument({ symbol: symbolId(name) }));
  }
  instruments = async () => this.contracts;
  tickers = async () => this.tickerRows;
  follow = async () => undefined;
  drain = async () => undefined;
  weightUsed = () => 0;
  async history(request: HistoryRequest): Promise<readonly Bar[]> {
    this.asked.push(request);
    const error = this.errors.get(request.symbol);
    if (error !== undefined) throw error;
    const step = timeframeMs(request.timeframe);
    const end = barOpen(this.#clock.now(), request.timeframe);
    const from = request.fromMs ?? end - request.count * step;
    const opens = Array.from({ length: request.count }, (_, i) => from + i * step).filter((open) => open < end);
    return opens.map((open) => this.other.get(`${request.symbol} ${request.timeframe} ${open}`) ?? truth(open, step));
  }
}

export async function aDataRoom(
  names: readonly string[],
  options: { candles?: CandleStore; startMs?: number; memory?: MarketMemory } = {},
) {
  const clock = new FakeMarketClock(options.startMs ?? START);
  const feed = new ToldFeed(clock, names);
  const logger = rememberingLogger();
  const queue = new EventQueue();
  const wallClock = new FakeWallClock();
  const findings: DataFinding[] = [];
  const data = new DataService(
    { pair: { trend: '15m', entry: '1m' }, policy: { quoteAsset: 'USDT', tradifi: 'exclude' } },
    {
      feed,
      marketClock: clock,
      wallClock,
      logger,
      dispatcher: new Dispatcher(queue, logger),
      onFinding: (finding) => findings.push(finding),
      ...(options.candles === undefined ? {} : { candles: options.candles }),
      ...(options.memory === undefined ? {} : { memory: options.memory }),
    },
  );
  /** Lets every request that is out come back, with whatever it sets off. */
  const answers = async (): Promise<void> => {
    for (let i = 0; i < 8; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      for (let event = queue.take(); event !== undefined; event = queue.take()) if (event.kind === 'answer') event.apply();
    }
  };
  /** The minute's final frames of these symbols, then its barrier. */
  const closeMinute = (openMs: number, symbols: readonly string[] = names) => {
    for (const name of symbols) data.onMarket(frame(name, minuteBar(openMs)));
    clock.ms = Math.max(clock.ms, openMs + MINUTE + 3_000);
    return data.closeMinute(epochMs(openMs));
  };
  return { clock, feed, data, logger, answers, wallClock, findings, closeMinute };
}

type BarEvent = Extract<MarketEvent, { kind: 'bar' }>;
export const frame = (name: string, bar: Bar, said: Partial<Pick<BarEvent, 'final' | 'tradeIds'>> = {}): BarEvent => ({
  kind: 'bar',
  at: epochMs(bar.openMs + MINUTE),
  symbol: symbolId(name),
  timeframe: '1m',
  bar,
  final: true,
  ...said,
});

export async function aLoadedRoom(names: readonly string[], options: { candles?: CandleStore; startMs?: number } = {}) {
  const room = await aDataRoom(names, options);
  await room.data.chooseUniverse();
  await room.data.load(new AbortController().signal, () => undefined);
  return room;
}
