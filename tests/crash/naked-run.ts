// Crash: many entries at real speed while the exchange loses and refuses answers, each closed by a scripted price. What comes out is how
// long each position stood without a live stop, by the exchange's own watch and by the second count.
import { type SymbolId, symbolId } from '../../src/core/units.ts';
import type { Broker } from '../../src/ports/broker.ts';
import type { Ledger, Naked } from '../soak/evidence.ts';
import { VenueBench } from '../support/venue-bench.ts';
import { FAULT_PLAN, type Fault } from './fault-plan.ts';
import { Luck } from './moments.ts';
import { type CountedLedger, type LiquidationOf, type NakedSpan, nakedSpans } from './naked-count.ts';

export interface NakedRunOptions {
  readonly entries: number;
  /** Positions at once. */
  readonly slots: number;
  readonly seed: number;
  readonly plan?: readonly Fault[];
  /** Turns the bot into one that protects badly. */
  readonly wrap?: (broker: Broker) => Broker;
  /** How long a protected position is left alone. */
  readonly holdMs: readonly [number, number];
  readonly withinMs: number;
  /** Isolated margin is liquidated sooner with more of it. */
  readonly leverage?: number;
}

export interface NakedRun {
  readonly entries: number;
  readonly closed: number;
  readonly spans: readonly NakedSpan[];
  readonly theirs: readonly Naked[];
  readonly hits: Readonly<Record<string, number>>;
}

const STEP_MS = 20;
/** A target that is refused again and again is not waited for: then the price goes through the stop. */
const TARGET_WITHIN_MS = 5_000;
const LOOK_MS = 500;
const PRICE = 100;
const sleep = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms));

interface Seat {
  readonly symbol: SymbolId;
  price: number;
  side: 'long' | 'short';
  state: 'free' | 'taken' | 'retired';
  closeAtMs: number | null;
  takenMs: number;
}

/** An exchange's weight of a minute is enough for so many trades that follow upon each other without a pause. */
const ENTRIES_EACH = 4;
const SLOTS_EACH = 3;
const EACH_WITHIN_MS = 25_000;

/** So many entries on a row of small exchanges, a few of them side by side, each with its own luck. */
export async function nakedRuns(asked: {
  readonly entries: number;
  readonly seed: number;
  readonly lanes: number;
  readonly onEntry?: (entries: number) => void;
}): Promise<readonly NakedRun[]> {
  const runs: NakedRun[] = [];
  let begun = 0;
  const entries = (): number => runs.reduce((sum, run) => sum + run.entries, 0);
  const lane = async (): Promise<void> => {
    while (begun * ENTRIES_EACH < asked.entries) {
      begun += 1;
      const seed = asked.seed * 1_000 + begun;
      runs.push(await nakedRun({ entries: ENTRIES_EACH, slots: SLOTS_EACH, seed, holdMs: [0, 300], withinMs: EACH_WITHIN_MS }));
      asked.onEntry?.(entries());
    }
  };
  await Promise.all(Array.from({ length: asked.lanes }, lane));
  return runs;
}

export async function nakedRun(options: NakedRunOptions): Promise<NakedRun> {
  const seats = Array.from(
    { length: options.slots * 3 },
    (_, i): Seat => ({
      symbol: symbolId(`C${String(i).padStart(2, '0')}USDT`),
      ...{ price: PRICE, side: i % 2 === 0 ? 'long' : 'short', state: 'free', closeAtMs: null, takenMs: 0 },
    }),
  );
  const { leverage = 3 } = options;
  const bench = await VenueBench.open({
    symbols: seats.map(({ symbol }) => symbol),
    seed: options.seed,
    settings: {
      ...{ maxPositions: options.slots, clusterMinutes: 0, dailyLossLimitPct: 100, portfolioHeatPct: 100, riskPerTradePct: 0.1 },
      ...{ marginMinPct: 1, leverageMin: leverage, leverageMax: Math.max(leverage, 20) },
    },
    ...(options.wrap === undefined ? {} : { wrap: options.wrap }),
  });
  try {
    await bench.faults(...(options.plan ?? FAULT_PLAN));
    return await new Feeder(bench, seats, options).run();
  } finally {
    await bench.close();
  }
}

class Feeder {
  readonly #bench: VenueBench;
  readonly #seats: readonly Seat[];
  readonly #options: NakedRunOptions;
  readonly #luck: Luck;
  /** Newest liquidation price per contract and side. */
  readonly #liquidation = new Map<string, number>();
  #entries = 0;

  constructor(bench: VenueBench, seats: readonly Seat[], options: NakedRunOptions) {
    this.#bench = bench;
    this.#seats = seats;
    this.#options = options;
    this.#luck = new Luck(options.seed);
  }

  async run(): Promise<NakedRun> {
    const deadline = performance.now() + this.#options.withinMs;
    let lookedMs = 0;
    while (!this.#done() && performance.now() < deadline) {
      for (const seat of this.#seats) await this.#tend(seat);
      if (performance.now() - lookedMs > LOOK_MS) {
        lookedMs = performance.now();
        await this.#look();
      }
      await sleep(STEP_MS);
    }
    return this.#result();
  }

  #done(): boolean {
    return this.#entries >= this.#options.entries && this.#seats.every(({ state }) => state !== 'taken');
  }

  async #tend(seat: Seat): Promise<void> {
    if (seat.state === 'free') {
      this.#take(seat);
      return;
    }
    const now = performance.now();
    const state = this.#bench.state(seat.symbol);
    if (seat.state !== 'taken' || state === undefined) return;
    if (state === 'protected' && seat.closeAtMs === null) seat.closeAtMs = now + this.#luck.between(...this.#options.holdMs);
    if (seat.closeAtMs !== null && now >= seat.closeAtMs && state === 'protected') await this.#pushOut(seat, now);
    if (state === 'journaled' || state === 'swept' || state === 'voidRejected' || state === 'voidUnsent') seat.state = 'free';
    // An entry without any answer is waited for half a minute and keeps its contract closed for ten.
    if (state === 'voidFenced' || (state === 'unknown' && now - seat.takenMs > 5_000)) seat.state = 'retired';
  }

  #take(seat: Seat): void {
    const { entries, slots } = this.#options;
    if (this.#seats.filter(({ state }) => state === 'taken').length >= slots || this.#opened() >= entries) return;
    const signal = this.#bench.signal(seat);
    const fate = this.#bench.decide(signal).get(signal.id) ?? 'none';
    if (fate.includes('cooldown')) seat.state = 'retired';
    if (fate !== 'real') return;
    Object.assign(seat, { state: 'taken', closeAtMs: null, takenMs: performance.now() });
  }

  #opened(): number {
    this.#entries = this.#bench.told('opened').length;
    return this.#entries;
  }

  /** Through the target: a win closes no door. The next trade goes the other way, so that prices stay where they are. */
  async #pushOut(seat: Seat, now: number): Promise<void> {
    const trade = this.#bench.service.trades().findLast(({ plan }) => plan.symbol === seat.symbol);
    const target = trade?.resting.some(({ role, status }) => role === 't' && status === 'live') === true;
    if (!target && now < (seat.closeAtMs ?? now) + TARGET_WITHIN_MS) return;
    seat.closeAtMs = Number.POSITIVE_INFINITY;
    seat.price *= (seat.side === 'long') === target ? (target ? 1.045 : 1.025) : target ? 0.955 : 0.975;
    seat.side = seat.side === 'long' ? 'short' : 'long';
    await this.#bench.price(Math.round(seat.price * 10) / 10, seat.symbol);
  }

  async #look(): Promise<void> {
    const { positions } = await this.#bench.venue();
    for (const held of positions as readonly { symbol: string; signedQty: string; liquidationPrice?: string }[]) {
      const price = Number(held.liquidationPrice ?? 0);
      if (price > 0) this.#liquidation.set(`${held.symbol} ${Number(held.signedQty) > 0 ? 'long' : 'short'}`, price);
    }
  }

  async #result(): Promise<NakedRun> {
    this.#opened();
    const ledger = (await this.#bench.ledger()) as Ledger & CountedLedger;
    const { clock } = await this.#bench.venue();
    const liquidationOf: LiquidationOf = (symbol, side) => this.#liquidation.get(`${symbol} ${side}`) ?? null;
    const endMs = clock.nowMs;
    return {
      entries: this.#entries,
      closed: this.#bench.told('closed').length,
      spans: nakedSpans(ledger, endMs, liquidationOf),
      theirs: (await this.#bench.naked()).filter(({ fromMs }) => fromMs <= endMs),
      hits: await this.#bench.hits(),
    };
  }
}
