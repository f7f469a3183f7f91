// App, `perpscout bench`: a cold start and a warm restart of the whole market, by the shipped adapter and rooms against the
// embedded exchange in a process of its own, whose candle pages leave 100 ms after they were asked for.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseUniverse } from '../../../services/data/universe.ts';
import { DataService } from '../../../services/data-service.ts';
import { Dispatcher } from '../../../services/dispatcher.ts';
import { EventQueue } from '../../../services/event-queue.ts';
import { StrategyEngine } from '../../../services/strategy-engine.ts';
import { strategyById } from '../../../strategy/registry.ts';
import { CandleSnapshotFile } from '../../adapters/candle-snapshot/snapshot-file.ts';
import { systemClock } from '../../adapters/clock/system.ts';
import { ControlDoor } from '../../adapters/exchange-control/client.ts';
import { MINUTE_MS } from '../../core/timeframe.ts';
import type { CandleStore } from '../../ports/candle-store.ts';
import type { Logger } from '../../ports/logger.ts';
import { type OpenedVenue, spawnSim } from '../venue.ts';
import { BENCH_POLICY } from './bench-market.ts';
import { atMost, type Figure } from './figure.ts';

const RTT_MS = 100;
const SYMBOLS = 648;
/** One page of each timeframe, twenty in flight. */
const COLD_REQUESTS = SYMBOLS * 2;
const COLD_IN_FLIGHT = 20;
const COLD_BOUND_MS = (COLD_REQUESTS * RTT_MS) / COLD_IN_FLIGHT;
/** How long the bot of the warm restart has been away. */
const AWAY_MINUTES = 10;
const PAIR = { trend: '15m', entry: '1m' } as const;
const STRATEGY = { pair: PAIR, minConfidence: 70, roundTripCostBps: 12, costGateR: 0.1 };
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

interface Start {
  readonly ms: number;
  /** All weight of the start, and that of the candle pages alone. */
  readonly weight: number;
  readonly pageWeight: number;
  readonly warm: number;
}

/** Opens a market of its own in a folder of its own; both starts see the same one. */
export async function startFigures(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'perpscout-bench-'));
  try {
    const store = new CandleSnapshotFile({ path: join(folder, 'candles.bin'), identity: 'bench' });
    const cold = await startOnce(folder, { fresh: '--fresh', awayMinutes: 1 }, store);
    const warm = await startOnce(folder, { fresh: null, awayMinutes: AWAY_MINUTES }, store);
    if (warm.warm !== SYMBOLS) throw new Error(`${warm.warm} of ${SYMBOLS} contracts were started warm`);
    return [
      atMost('coldStartWeight', { value: cold.weight, unit: 'weight', bound: 1_986 }),
      atMost('coldStartTimeVsBound', { value: cold.ms / COLD_BOUND_MS, unit: 'ratio', bound: 1.2 }),
      atMost('warmRestartWeight', { value: warm.pageWeight, unit: 'weight', bound: SYMBOLS }),
      atMost('warmRestartTimeVsCold', { value: warm.ms / cold.ms, unit: 'ratio', bound: 0.2 }),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Before {
  readonly fresh: '--fresh' | null;
  /** Market time that passes before the start. */
  readonly awayMinutes: number;
}

async function startOnce(folder: string, { fresh, awayMinutes }: Before, candles: CandleStore): Promise<Start> {
  const tools = { wallClock: systemClock, logger: silent };
  const words = ['--symbols', String(SYMBOLS), '--speed', '1', ...(fresh === null ? [] : [fresh])];
  const opened = await spawnSim(words, { ...process.env, DATA_DIR: folder }, tools);
  try {
    await opened.pacer.attach();
    await opened.venue.sync();
    const door = new ControlDoor(opened.restUrl, null);
    await prepare(opened, door, awayMinutes);
    const slow = { switch: 'res.late', value: RTT_MS, path: '/fapi/v1/klines' };
    await door.post('/faults', slow);
    return await measured(opened, candles);
  } finally {
    await opened.close();
  }
}

/**
 * The exchange thinks its history up when it is first asked for it, which no venue does: it is asked for every page before the
 * clock is started, and then time passes, so that the weight of that is gone.
 */
async function prepare({ venue, restUrl }: OpenedVenue, door: ControlDoor, minutes: number): Promise<void> {
  const { included } = chooseUniverse(await venue.feed.instruments(), BENCH_POLICY, venue.clock.now());
  const waiting = included.flatMap(({ symbol }) => [
    `symbol=${encodeURIComponent(symbol)}&interval=${PAIR.trend}&limit=499`,
    `symbol=${encodeURIComponent(symbol)}&interval=${PAIR.entry}&limit=99`,
  ]);
  const work = async (): Promise<void> => {
    for (let query = waiting.pop(); query !== undefined; query = waiting.pop()) {
      const answer = await fetch(`${restUrl}/fapi/v1/klines?${query}`);
      if (!answer.ok) throw new Error(`the exchange refused a page (${answer.status})`);
      await answer.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: COLD_IN_FLIGHT }, work));
  await door.post('/clock', { stepMs: minutes * MINUTE_MS });
  await venue.sync();
}

async function measured({ venue }: OpenedVenue, candles: CandleStore): Promise<Start> {
  const data = new DataService(
    { pair: PAIR, policy: BENCH_POLICY },
    {
      feed: venue.feed,
      marketClock: venue.clock,
      wallClock: systemClock,
      logger: silent,
      dispatcher: new Dispatcher(new EventQueue(), silent),
      candles,
      memory: {
        memoryOf: (symbol) => engine.memoryOf(symbol),
        resume: (instrument, memory, lastOpenMs) => engine.resume(instrument, memory, lastOpenMs),
      },
    },
  );
  const engine = new StrategyEngine([strategyById('smc-confluence')], STRATEGY, data);
  const begun = performance.now();
  const universe = await data.chooseUniverse();
  for (const instrument of universe.included) engine.open(instrument);
  const before = venue.feed.weightUsed();
  const { warm } = await data.load(new AbortController().signal, ({ symbol, before, closed }) => {
    engine.warm(symbol, before, closed);
  });
  const ms = performance.now() - begun;
  const weight = venue.feed.weightUsed();
  await data.keepCandles();
  return { ms, weight, pageWeight: weight - before, warm };
}
