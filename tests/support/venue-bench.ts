// Test support: ExecutionService over the real adapter and the embedded exchange, both in this process, at real speed. Signals are
// given by the test; orders, fills and streams are real HTTP and WebSocket on 127.0.0.1. All contracts stand near 100.
import { afterAll } from 'vitest';
import { EventQueue } from '../../services/event-queue.ts';
import type { ExecutionOptions, ExecutionPorts } from '../../services/execution/ports.ts';
import { ExecutionService } from '../../services/execution-service.ts';
import { type BinanceVenue, createBinance } from '../../src/adapters/binance/binance.ts';
import { systemClock } from '../../src/adapters/clock/system.ts';
import { MemoryJournal } from '../../src/adapters/journal/memory.ts';
import { MemorySettings } from '../../src/adapters/journal/memory-desk.ts';
import { parseClientId } from '../../src/core/client-id.ts';
import type { Instrument } from '../../src/core/market.ts';
import type { Notice } from '../../src/core/notice.ts';
import { SeededRandom } from '../../src/core/random.ts';
import type { Signal } from '../../src/core/signal.ts';
import { trainingSchemas } from '../../src/core/training-rows.ts';
import { epochMs, type Side, type SymbolId, symbolId } from '../../src/core/units.ts';
import type { MarketSource } from '../../src/emulator/market/source.ts';
import type { Broker } from '../../src/ports/broker.ts';
import type { TradeJournal } from '../../src/ports/journal.ts';
import { DEFAULT_RISK_SETTINGS, type RiskSettings } from '../../src/risk/settings.ts';
import { aContract, aSource } from '../emulator/a-source.ts';
import { anExchange, type Json, type TestBot } from '../emulator/an-exchange.ts';
import type { Ledger, Naked, VenueState } from '../soak/evidence.ts';
import { A, aMinute, aSignal } from './execution-bench.ts';

/** Of the three bases of the tiny market the one at 100. */
const AT_100 = 2;
const TICK_MS = 250;

function flatSource(symbols: readonly string[]): MarketSource {
  const contracts = symbols.map((symbol) => aContract(symbol));
  const source = aSource({ contracts });
  const calm = (bar: ReturnType<MarketSource['minute']>): ReturnType<MarketSource['minute']> =>
    bar === null ? null : { ...bar, volume: 1e6, quoteVolume: 1e8 };
  return {
    ...source,
    minute: (_index, openMs) => calm(source.minute(AT_100, openMs)),
    path: (_index, openMs) => source.path(AT_100, openMs),
    bars: (_index, intervalMs, fromMs, toMs) => source.bars(AT_100, intervalMs, fromMs, toMs),
  };
}

export interface VenueBenchOptions {
  readonly symbols?: readonly string[];
  readonly seed?: number;
  readonly settings?: Partial<RiskSettings>;
  readonly execution?: Partial<ExecutionOptions>;
  /** Stands between the bot and the adapter: how mutants are made. */
  readonly wrap?: (broker: Broker) => Broker;
  readonly journal?: TradeJournal;
}

export class VenueBench {
  readonly door: TestBot;
  readonly journal: TradeJournal;
  readonly notices: Notice[] = [];
  readonly #options: VenueBenchOptions;
  readonly #settingsStore = new MemorySettings();
  #life!: Life;

  private constructor(door: TestBot, options: VenueBenchOptions) {
    this.door = door;
    this.#options = options;
    this.journal = options.journal ?? new MemoryJournal();
  }

  static async open(options: VenueBenchOptions = {}): Promise<VenueBench> {
    const source = flatSource(options.symbols ?? ['AAAUSDT', 'BBBUSDT', 'CCCUSDT']);
    const door = await anExchange({ source, seed: options.seed ?? 1, begin: 'running', speed: 1 });
    const bench = new VenueBench(door, options);
    await bench.live();
    return bench;
  }

  get service(): ExecutionService {
    return this.#life.service;
  }

  get broker(): Broker {
    return this.#life.venue.broker;
  }

  get now(): number {
    return this.#life.venue.clock.now();
  }

  /** A process begins: the stream first, then the journal, as the application does it. */
  async live(): Promise<void> {
    this.#life = await Life.begin(this.door, this.#options, {
      journal: this.journal,
      settingsStore: this.#settingsStore,
      publish: (notice) => this.notices.push(notice),
    });
    await this.until('it has booted', () => this.#life.mayTrade());
  }

  /** kill -9, as far as one process can: nothing that was on its way is heard any more. */
  die(): void {
    this.#life.end();
  }

  async close(): Promise<void> {
    this.#life.end();
    await this.door.close();
  }

  signal(change: { symbol?: SymbolId; side?: Side; price?: number } = {}): Signal {
    const { price = 100, symbol = A, side = 'long' } = change;
    const sign = side === 'long' ? 1 : -1;
    // A little apart from each other, so that two signals are never of the same bar.
    const signal = aSignal({ symbol, side, barCloseMs: Math.floor(this.now) });
    const plan = { ...signal.plan, entry: price, stop: price * (1 - 0.02 * sign), target: price * (1 + 0.04 * sign) };
    return { ...signal, plan: { ...plan, risk: price * 0.02 } };
  }

  decide(...signals: readonly Signal[]): ReadonlyMap<string, string> {
    return this.service.decide(aMinute(...signals));
  }

  /** Decides one signal that must be entered. */
  enter(change: { symbol?: SymbolId; side?: Side; price?: number } = {}): void {
    const [fate] = [...this.decide(this.signal(change)).values()];
    if (fate !== 'real') throw new Error(`the signal became "${fate}"`);
  }

  async protectedPosition(symbol: SymbolId = A): Promise<void> {
    this.enter({ symbol });
    await this.until('it is protected', () => this.state(symbol) === 'protected');
  }

  async until(what: string, holds: () => boolean, withinMs = 60_000): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!holds()) {
      if (performance.now() > deadline)
        throw new Error(`not within ${withinMs} ms: ${what}; ${this.state() ?? 'no trade'}; ${this.alarms().join(' ')}`);
      await new Promise((go) => setTimeout(go, 10));
    }
  }

  async untilState(...states: readonly string[]): Promise<void> {
    await this.until(`it is ${states.join(' or ')}`, () => states.includes(this.state() ?? ''));
  }

  faults(...plan: readonly Json[]): Promise<Json> {
    return this.door.control('/faults', plan);
  }

  calm(): Promise<Json> {
    return this.door.control('/faults', { clear: true });
  }

  async hits(): Promise<Readonly<Record<string, number>>> {
    return (await this.door.control('/faults'))['hits'] as Readonly<Record<string, number>>;
  }

  price(price: number, symbol: SymbolId = A): Promise<Json> {
    return this.door.control('/price', { symbol, path: [{ ms: 0, price }] });
  }

  act(act: string, fields: Json = {}): Promise<Json> {
    return this.door.control('/act', { act, symbol: A, ...fields });
  }

  async ledger(): Promise<Ledger> {
    return (await this.door.control('/ledger')) as unknown as Ledger;
  }

  async venue(): Promise<VenueState> {
    return (await this.door.control('/state')) as unknown as VenueState;
  }

  async naked(): Promise<readonly Naked[]> {
    return (await this.door.control('/naked'))['intervals'] as readonly Naked[];
  }

  /** Entry orders that the exchange ever accepted. */
  async entries(): Promise<readonly string[]> {
    const { orders } = await this.ledger();
    return orders.map(({ clientOrderId }) => clientOrderId).filter((id) => parseClientId(id)?.role === 'e');
  }

  async held(symbol: SymbolId = A): Promise<number> {
    const { positions } = await this.venue();
    return Number(positions.find((position) => position.symbol === symbol)?.signedQty ?? 0);
  }

  state(symbol: SymbolId = A): string | undefined {
    return this.service.trades().findLast((trade) => trade.plan.symbol === symbol)?.state;
  }

  told(event: string): Notice[] {
    return this.notices.filter((notice) => notice.event === event);
  }

  alarms(): string[] {
    return this.told('alarm').map((notice) => String(notice['code']));
  }

  reasons(): unknown[] {
    return this.told('closed').map((notice) => notice['reason']);
  }
}

interface Kept {
  readonly journal: TradeJournal;
  readonly settingsStore: MemorySettings;
  readonly publish: (notice: Notice) => void;
}

/** What a kill takes with it: the loop, the connections, everything unheard. */
class Life {
  readonly venue: BinanceVenue;
  readonly service: ExecutionService;
  readonly #queue = new EventQueue();
  readonly #abort = new AbortController();
  readonly #ticking: NodeJS.Timeout;
  #failure: unknown = null;
  #upMs: number | null = null;
  readonly #reads: number[] = [];

  private constructor(
    door: TestBot,
    options: VenueBenchOptions,
    kept: Kept,
    instruments: ReadonlyMap<SymbolId, Instrument>,
    venue: BinanceVenue,
  ) {
    this.venue = venue;
    this.service = new ExecutionService(this.#ports(options, kept), optionsOf(door, options, { venue, instruments }));
    this.#ticking = setInterval(() => this.#queue.push({ kind: 'tick', wallMs: systemClock.now() }), TICK_MS);
  }

  static async begin(door: TestBot, options: VenueBenchOptions, kept: Kept): Promise<Life> {
    const { restUrl, wsUrl, apiKey, apiSecret, accountId } = door.exchange;
    const quiet = (): void => undefined;
    const venue = createBinance({
      ...{ restUrl, wsUrl, apiKey, apiSecret, accountId },
      ...{ wallClock: systemClock, random: new SeededRandom(7), paced: 'realTime' },
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    });
    await venue.sync();
    const instruments = new Map((await venue.feed.instruments()).map((each) => [each.symbol, each]));
    const life = new Life(door, options, kept, instruments, venue);
    await venue.broker.follow((event) => life.#queue.push({ kind: 'account', event }), life.#abort.signal);
    venue.setPhase('running');
    life.service.start(kept.journal.load());
    void life.#run();
    return life;
  }

  /** As the gates have it: the account was read since the user stream came up. */
  mayTrade(): boolean {
    const upMs = this.#upMs;
    return upMs !== null && this.#reads.some((askedMs) => askedMs > upMs) && this.service.booted();
  }

  end(): void {
    this.#queue.close();
    clearInterval(this.#ticking);
    this.#abort.abort();
    this.venue.stop();
    if (this.#failure !== null) throw this.#failure;
  }

  #ports(options: VenueBenchOptions, kept: Kept): ExecutionPorts {
    const quiet = (): void => undefined;
    const { broker } = this.venue;
    const snapshot = broker.snapshot.bind(broker);
    broker.snapshot = async () => {
      const askedMs = performance.now();
      const read = await snapshot();
      if (read !== null) this.#reads.push(askedMs);
      return read;
    };
    return {
      broker: options.wrap?.(broker) ?? broker,
      journal: kept.journal,
      featureLog: { append: quiet, flush: quiet },
      notifier: { publish: kept.publish, flush: async () => undefined },
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      marketClock: this.venue.clock,
      wallClock: systemClock,
      queue: this.#queue,
      settingsStore: kept.settingsStore,
    };
  }

  async #run(): Promise<void> {
    try {
      while ((await this.#queue.ready()) === 'event') {
        const event = this.#queue.take();
        if (event?.kind === 'account') {
          if (event.event.kind === 'userStream') this.#upMs ??= performance.now();
          this.service.onAccount(event.event);
        }
        if (event?.kind === 'answer') event.apply();
        else if (event?.kind === 'tick') this.service.onTick();
      }
    } catch (error) {
      this.#failure = error;
    }
  }
}

/** Opens benches for the tests of one file, and closes them after the last. */
export function benchesOfThisFile(): (options?: VenueBenchOptions) => Promise<VenueBench> {
  const open: VenueBench[] = [];
  afterAll(async () => {
    for (const bench of open) await bench.close();
  });
  return async (options = {}) => {
    const bench = await VenueBench.open(options);
    open.push(bench);
    return bench;
  };
}

function optionsOf(
  door: TestBot,
  { settings, execution }: VenueBenchOptions,
  { venue, instruments }: { readonly venue: BinanceVenue; readonly instruments: ReadonlyMap<SymbolId, Instrument> },
): ExecutionOptions {
  return {
    accountId: door.exchange.accountId,
    instance: '0',
    settings: { ...DEFAULT_RISK_SETTINGS, ...settings },
    entryTimeframe: '1m',
    schemas: trainingSchemas([{ name: 'f', type: 'float', unit: '', version: 1 }]),
    run: { runId: 'run', runMode: 'sim', configHash: 'c', codeVersion: 'v', modelVersion: null },
    trading: 'on',
    instrumentOf: (symbol) => instruments.get(symbolId(symbol)) ?? null,
    candleFault: () => null,
    processFacts: () => ({
      ...{ runtimeFault: null, journalFault: null, instanceLock: 'held', withdrawRight: 'notApplicable', memoryFault: null },
      clock: venue.health().clock,
      instrumentsMs: epochMs(venue.clock.now()),
      diskFreeBytes: 1e12,
      loopLagMs: 0,
      entryBreaker: venue.health().entryBreaker,
    }),
    ...execution,
  };
}
