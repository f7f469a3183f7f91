// Floor 1, room 4: what our strategies have in common: one symbol on two timeframes, the holes in its bars, and the
// feature row of a signal. A strategy adds its own rules on top.
import type { Bar } from '../src/core/market.ts';
import type { Evaluation, Signal } from '../src/core/signal.ts';
import { barClose, timeframeMs } from '../src/core/timeframe.ts';
import { type EpochMs, invariant, type Side } from '../src/core/units.ts';
import { featureRow } from './features.ts';
import { PLAN_LIMITS } from './plan/limits.ts';
import type {
  CrossSection,
  MarketContext,
  StrategyMemory,
  StrategySettings,
  StrategySnapshot,
  SymbolFacts,
  SymbolStrategy,
  TrendNow,
} from './strategy.ts';
import { TapeReader, TapeWriter } from './tape.ts';
import { Track, TrackMemory } from './track.ts';

const TREND_DEPTH = { closes: 97, atr: 500, bandWidth: 100, volume: 96, trades: 1 } as const;
const ENTRY_DEPTH = { closes: 61, atr: 1, bandWidth: 1, volume: 1, trades: 20 } as const;

export const shareTracks = (): StrategyMemory => ({
  trend: new TrackMemory(TREND_DEPTH),
  entry: new TrackMemory(ENTRY_DEPTH),
});

/** Grows with every change of what is kept, and of where in the cells something lies. */
const SNAPSHOT_VERSION = 4;

/** Beside the numbers: those of both tracks' cells, then a tape. */
interface Remembered {
  readonly version: typeof SNAPSHOT_VERSION;
  readonly taped: number;
  readonly texts: readonly string[];
  readonly own: unknown;
}

export abstract class TwoTracks implements SymbolStrategy {
  readonly facts: SymbolFacts;
  readonly settings: StrategySettings;
  readonly trend: Track;
  readonly entry: Track;
  #lastSignalMs: Record<Side, number> = { long: Number.NEGATIVE_INFINITY, short: Number.NEGATIVE_INFINITY };

  constructor(facts: SymbolFacts, settings: StrategySettings, memory?: StrategyMemory) {
    invariant(facts.tickSize > 0, `${facts.symbol} has no tick size`);
    this.facts = facts;
    this.settings = settings;
    this.trend = new Track(settings.pair.trend, facts.tickSize, TREND_DEPTH, memory?.trend);
    this.entry = new Track(settings.pair.entry, facts.tickSize, ENTRY_DEPTH, memory?.entry);
  }

  abstract hear(bar: Bar, context: MarketContext): Signal | null;
  abstract get evaluation(): Evaluation | Signal | null;
  abstract bestSetup(context: MarketContext): Evaluation | null;

  /** What a strategy remembers besides its tracks: plain JSON. */
  protected abstract ownMemory(): unknown;
  protected abstract recallOwn(memory: unknown): void;

  get #cellCount(): number {
    return this.trend.cellCount + this.entry.cellCount;
  }

  snapshot(): StrategySnapshot {
    const tape = new TapeWriter('besideCells');
    this.trend.write(tape);
    this.entry.write(tape);
    tape.number(this.#lastSignalMs.long);
    tape.number(this.#lastSignalMs.short);
    const cells = this.#cellCount;
    const numbers = new Float64Array(cells + tape.numbers.length);
    this.trend.copyCells(numbers, 0);
    this.entry.copyCells(numbers, this.trend.cellCount);
    numbers.set(tape.numbers, cells);
    const facts: Remembered = {
      version: SNAPSHOT_VERSION,
      taped: tape.numbers.length,
      texts: tape.texts,
      own: this.ownMemory(),
    };
    return { facts, numbers };
  }

  restore({ facts, numbers }: StrategySnapshot): void {
    const { version, taped, texts, own } = facts as Remembered;
    const cells = this.#cellCount;
    invariant(version === SNAPSHOT_VERSION && numbers.length === cells + taped, 'not a snapshot of these tracks');
    invariant(this.entry.last === null && this.trend.last === null, 'a snapshot is restored before the first bar');
    const tape = new TapeReader('besideCells', numbers.subarray(cells), texts);
    this.trend.restore(tape, numbers, 0);
    this.entry.restore(tape, numbers, this.trend.cellCount);
    this.#lastSignalMs = { long: tape.number(), short: tape.number() };
    tape.end();
    this.recallOwn(own);
  }

  get heardEntryMs(): number {
    return this.entry.last?.openMs ?? Number.NEGATIVE_INFINITY;
  }

  onTrendBar(bar: Bar): void {
    this.trend.push(bar);
  }

  onGap(): void {
    this.entry.breakChain();
  }

  noteSignal(side: Side, barOpenMs: EpochMs): void {
    this.#lastSignalMs[side] = Math.max(this.#lastSignalMs[side], barOpenMs);
  }

  /** Entry bars since the last signal of that side; twice the cool-down stands for "long ago or never". */
  barsSinceSignal(side: Side, barOpenMs: number): number {
    const { entry } = this.settings.pair;
    const bars = (barOpenMs - this.#lastSignalMs[side]) / timeframeMs(entry);
    return Math.min(bars, 2 * PLAN_LIMITS.cooldownBars);
  }

  features(signal: Signal, context: MarketContext, cross: CrossSection): Float64Array {
    invariant(
      signal.barOpenMs === this.entry.last?.openMs,
      `features of ${signal.symbol} are asked for a bar that is not the newest`,
    );
    const btc = cross.btc instanceof TwoTracks ? cross.btc : null;
    return featureRow({ signal, facts: this.facts, context, cross, btc, trend: this.trend, entry: this.entry });
  }

  get trendBars(): number {
    return this.trend.total;
  }

  get entryBars(): number {
    return this.entry.total;
  }

  get trendBias(): number {
    const distance = this.trend.closes.at(0) - this.trend.indicators.ema200;
    return Number.isNaN(distance) ? 0 : Math.sign(distance);
  }

  get trendNow(): TrendNow | null {
    const bar = this.entry.last;
    if (bar === null) return null;
    const { pair } = this.settings;
    const breaks = [this.trend.smc.lastBreak('long', 'any'), this.trend.smc.lastBreak('short', 'any')];
    const newest = breaks.reduce((a, b) => (a === null || (b !== null && b.index > a.index) ? b : a));
    return {
      asOfMs: barClose(bar.openMs, pair.entry),
      atr: this.trend.indicators.atr14,
      lastBreak: newest === null ? null : { side: newest.side, knownMs: barClose(newest.atMs, pair.trend) },
    };
  }

  get trendReturnSign(): number {
    const bar = this.trend.last;
    return bar === null ? 0 : Math.sign(bar.close - bar.open);
  }
}
