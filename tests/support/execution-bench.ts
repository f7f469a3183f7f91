// Test support: ExecutionService over a fake venue, a journal in memory and two hand-driven clocks. Killing the bot means
// throwing the service away and starting another one on the same journal and the same venue.

import { EventQueue } from '../../services/event-queue.ts';
import type { ExecutionOptions, ExecutionPorts } from '../../services/execution/ports.ts';
import type { MinuteToDecide } from '../../services/execution/signal-rows.ts';
import { ExecutionService } from '../../services/execution-service.ts';
import { MemoryJournal } from '../../src/adapters/journal/memory.ts';
import { MemorySettings } from '../../src/adapters/journal/memory-desk.ts';
import { gridOf } from '../../src/core/grid.ts';
import type { JournalRow, JournalState } from '../../src/core/journal.ts';
import type { Bar, Instrument } from '../../src/core/market.ts';
import type { Notice } from '../../src/core/notice.ts';
import type { Signal } from '../../src/core/signal.ts';
import { trainingSchemas } from '../../src/core/training-rows.ts';
import { epochMs, type Side, type SymbolId, symbolId } from '../../src/core/units.ts';
import type { TradeJournal } from '../../src/ports/journal.ts';
import { DEFAULT_RISK_SETTINGS } from '../../src/risk/settings.ts';
import { FakeBroker } from './fake-broker.ts';

/** 2025-06-02T16:01:00Z: no full hour, so no funding, within the next 58 minutes. */
export const T0 = Date.UTC(2025, 5, 2, 16, 1, 0);
export const A = symbolId('AAAUSDT');
export const GRID = gridOf('0.1', '0.001');

export const anInstrument = (symbol: SymbolId): Instrument => ({
  symbol,
  baseAsset: symbol.replace('USDT', ''),
  quoteAsset: 'USDT',
  marginAsset: 'USDT',
  contractType: 'PERPETUAL',
  status: 'TRADING',
  onboardMs: epochMs(0),
  deliveryMs: epochMs(T0 * 2),
  grid: GRID,
  marketMinQty: 0.001,
  marketMaxQty: 1_000,
  minNotionalUsdt: 5,
  marketTakeBound: 0.05,
});

/** Long from 100, stop 98, target 104; a short is its mirror. */
export function aSignal(change: { symbol?: SymbolId; side?: Side; score?: number; barCloseMs?: number } = {}): Signal {
  const { symbol = A, side = 'long', score = 80, barCloseMs = T0 } = change;
  const sign = side === 'long' ? 1 : -1;
  return {
    id: `sig-${symbol}-${side}-${barCloseMs}`,
    opportunityId: `opp-${symbol}-${side}`,
    strategy: 'smc-confluence',
    strategyVersion: '1',
    symbol,
    side,
    setup: 'test',
    barOpenMs: epochMs(barCloseMs - 60_000),
    barCloseMs: epochMs(barCloseMs),
    zone: { id: 'z', kind: 'fvg', side, top: 101, bottom: 99, atMs: epochMs(T0), knownAtMs: epochMs(T0), timeframe: '15m' },
    score,
    factors: [],
    gates: [],
    firstFailedGate: null,
    plan: { entry: 100, stop: 100 - 2 * sign, target: 100 + 4 * sign, risk: 2, rewardToRisk: 2, costR: 0.06 },
    emitted: true,
    entryTimeframe: '1m',
    trendTimeframe: '15m',
    quoteVolume24hUsdt: 1e9,
  };
}

export function aMinute(...signals: readonly Signal[]): MinuteToDecide {
  return {
    barOpenMs: signals[0]?.barOpenMs ?? epochMs(T0 - 60_000),
    ranked: signals.map((signal, i) => ({ signal, rank: i + 1 })),
    features: new Map(signals.map((signal) => [signal.id, Float64Array.of(1)])),
    mood: { btcTrend: 1, breadth: 0.5 },
  };
}

export const aBar = (openMs: number, close = 100): Bar => ({
  openMs: epochMs(openMs),
  open: close,
  high: close,
  low: close,
  close,
  volume: 1,
  quoteVolume: 100,
  trades: 1,
  takerBuyVolume: 0.5,
});

/** A journal that a kill can interrupt: from the chosen commit on, the process does not exist any more. */
export class MortalJournal implements TradeJournal {
  readonly inner = new MemoryJournal();
  readonly #store: TradeJournal;
  readonly commits: (readonly JournalRow[])[] = [];
  #dieBefore: ((rows: readonly JournalRow[]) => boolean) | null = null;
  #dieAfter: ((rows: readonly JournalRow[]) => boolean) | null = null;

  constructor(store?: TradeJournal) {
    this.#store = store ?? this.inner;
  }

  killBefore(match: (rows: readonly JournalRow[]) => boolean): void {
    this.#dieBefore = match;
  }

  killAfter(match: (rows: readonly JournalRow[]) => boolean): void {
    this.#dieAfter = match;
  }

  revive(): void {
    this.#dieBefore = null;
    this.#dieAfter = null;
  }

  commit(rows: readonly JournalRow[]): void {
    if (this.#dieBefore?.(rows)) throw new Killed();
    this.#store.commit(rows);
    this.commits.push(rows);
    if (this.#dieAfter?.(rows)) throw new Killed();
  }

  load(): JournalState {
    return this.#store.load();
  }

  close(): void {
    this.#store.close();
  }
}

export class Killed extends Error {}

export class ExecutionBench {
  venueMs = T0 + 3_000;
  wallMs = 1_000;
  readonly journal: MortalJournal;
  /** How far the venue's clock is behind what we take for it. */
  venueLagMs = 0;
  readonly broker = new FakeBroker(GRID, () => this.venueMs - this.venueLagMs);
  readonly notices: Notice[] = [];
  readonly rows: { stream: string; id: unknown }[] = [];
  /** Outlives a restart, as the table does. */
  readonly settingsStore = new MemorySettings();
  queue = new EventQueue();
  service: ExecutionService;
  #timers: { at: number; call: () => void }[] = [];
  readonly #options: Partial<ExecutionOptions>;

  constructor(options: Partial<ExecutionOptions> = {}, store?: TradeJournal) {
    this.journal = new MortalJournal(store);
    this.#options = options;
    this.service = this.#build();
  }

  #build(): ExecutionService {
    const quiet = (): void => undefined;
    const ports: ExecutionPorts = {
      broker: this.broker,
      journal: this.journal,
      featureLog: { append: (stream, row) => this.rows.push({ stream, id: row['signal_id'] }), flush: quiet },
      notifier: { publish: (notice) => this.notices.push(notice), flush: async () => undefined },
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      marketClock: { now: () => epochMs(this.venueMs) },
      wallClock: {
        epoch: () => epochMs(this.venueMs),
        now: () => this.wallMs,
        every: () => quiet,
        after: (delayMs, call) => {
          this.#timers.push({ at: this.wallMs + delayMs, call });
          return quiet;
        },
      },
      queue: this.queue,
      settingsStore: this.settingsStore,
    };
    return new ExecutionService(ports, {
      accountId: 'fake-account',
      instance: '0',
      settings: DEFAULT_RISK_SETTINGS,
      entryTimeframe: '1m',
      schemas: trainingSchemas([{ name: 'f', type: 'float', unit: '', version: 1 }]),
      run: { runId: 'run', runMode: 'sim', configHash: 'c', codeVersion: 'v', modelVersion: null },
      trading: 'on',
      instrumentOf: (symbol) => anInstrument(symbol),
      candleFault: () => null,
      processFacts: () => ({
        runtimeFault: null,
        journalFault: null,
        instanceLock: 'held',
        clock: { offsetMs: 0, measuredMs: epochMs(this.venueMs) },
        withdrawRight: 'notApplicable',
        instrumentsMs: epochMs(this.venueMs),
        diskFreeBytes: 1e12,
        memoryFault: null,
        loopLagMs: 0,
        entryBreaker: 'closed',
      }),
      ...this.#options,
    });
  }

  /** Boot as the application does it: the stream first, then the journal, then the loop. */
  async start(): Promise<this> {
    await this.broker.follow((event) => this.queue.push({ kind: 'account', event }));
    this.service.start(this.journal.load());
    await this.settle();
    return this;
  }

  /** kill -9 and a new process: what was on its way is lost, the venue and the journal stay. */
  async restart(afterMs = 2_000): Promise<void> {
    this.journal.revive();
    await this.restartMortal(afterMs);
  }

  /** The same with a kill still waiting for its commit. */
  async restartMortal(afterMs = 2_000): Promise<void> {
    this.queue = new EventQueue();
    this.#timers = [];
    this.venueMs += afterMs;
    this.wallMs += afterMs;
    this.service = this.#build();
    await this.start();
    await this.pass(100);
  }

  /** Takes every event that waits, and those that its answers bring, until nothing moves. A kill stops everything at once. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 12; ) {
      const event = this.queue.take();
      if (event === undefined) {
        await Promise.resolve();
        quiet += 1;
        continue;
      }
      quiet = 0;
      if (event.kind === 'account') this.service.onAccount(event.event);
      else if (event.kind === 'answer') event.apply();
      else if (event.kind === 'tick') this.service.onTick();
    }
  }

  /** Both clocks go on at real speed, with a heartbeat every quarter of a second. */
  async pass(ms: number, stepMs = 50): Promise<void> {
    for (let gone = 0; gone < ms; gone += stepMs) {
      this.venueMs += stepMs;
      this.wallMs += stepMs;
      const ripe = this.#timers.filter((timer) => timer.at <= this.wallMs);
      this.#timers = this.#timers.filter((timer) => timer.at > this.wallMs);
      for (const timer of ripe) timer.call();
      if (this.wallMs % 250 < stepMs) this.queue.push({ kind: 'tick', wallMs: this.wallMs });
      await this.settle();
    }
  }

  /** Runs something that is expected to be killed on the way. */
  async untilKilled(act: () => Promise<unknown>): Promise<'killed' | 'survived'> {
    try {
      await act();
      return 'survived';
    } catch (error) {
      if (error instanceof Killed) return 'killed';
      throw error;
    }
  }

  async decide(...signals: readonly Signal[]): Promise<ReadonlyMap<string, string>> {
    const fates = this.service.decide(aMinute(...signals));
    await this.settle();
    return fates;
  }

  /** What came of the entry orders as the venue knows it. */
  entries(): string[] {
    return this.broker.accepted.filter((id) => /-e\d\d$/.test(id));
  }

  state(symbol: SymbolId = A): string | undefined {
    return this.service.trades().findLast((trade) => trade.plan.symbol === symbol)?.state;
  }

  told(event: string): Notice[] {
    return this.notices.filter((notice) => notice.event === event);
  }

  alarms(): unknown[] {
    return this.told('alarm').map((notice) => notice['code']);
  }

  liveStops(symbol: SymbolId = A): number[] {
    return this.broker.conditionals
      .filter((order) => order.symbol === symbol && order.status === 'new' && order.type === 'STOP_MARKET')
      .map((order) => Number(order.triggerPrice));
  }
}
