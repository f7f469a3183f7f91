// Floor 1, room 4: what a strategy is. One object per symbol, fed closed bars in order; it answers with an evaluation
// and never hears of orders, accounts, clocks or modes.
import type { Bar } from '../src/core/market.ts';
import type { Evaluation, Signal } from '../src/core/signal.ts';
import type { Timeframe } from '../src/core/timeframe.ts';
import type { EpochMs, Side, SymbolId } from '../src/core/units.ts';
import type { TrackMemory } from './track.ts';

export interface TimeframePair {
  readonly trend: Timeframe;
  readonly entry: Timeframe;
}

/** What a strategy may know of its contract. */
export interface SymbolFacts {
  readonly symbol: SymbolId;
  readonly tickSize: number;
  readonly onboardMs: number;
}

/** Costs and limits that gates are judged by; one value for the whole run. */
export interface StrategySettings {
  readonly pair: TimeframePair;
  readonly minConfidence: number;
  /** Round trip in basis points: 2 × taker fee + 2 × slippage (contract: 12). */
  readonly roundTripCostBps: number;
  readonly costGateR: number;
}

/** What the minute looked like outside this symbol; every field NaN or null where it is not known. */
export interface MarketContext {
  readonly quoteVolume24hUsdt: number;
  readonly fundingRate: number;
  readonly nextFundingMs: number;
}

/** Numbers over all symbols, known once all of them were evaluated; they feed features, never gates. */
export interface CrossSection {
  readonly btc: SymbolStrategy | null;
  /** Share of symbols whose last trend close is above its EMA200, 0–1. */
  readonly breadthEma200: number;
  /** Share of symbols whose last trend bar closed up, 0–1. */
  readonly breadthReturn: number;
  readonly signalsThisMinute: number;
  /** Mean and standard deviation of the minute's emitted scores. */
  readonly scoreMean: number;
  readonly scoreSd: number;
}

/** The trend timeframe at the close of the newest entry bar: what running positions are managed by. */
export interface TrendNow {
  /** Close of that entry bar. */
  readonly asOfMs: EpochMs;
  /** NaN where there is none yet. */
  readonly atr: number;
  /** The newest confirmed break of structure; `knownMs` is the close of the trend bar that made it. */
  readonly lastBreak: { readonly side: Side; readonly knownMs: EpochMs } | null;
}

/** Whether one more refusal of this zone by this gate is of use. */
export type GateWanted = (gate: string, side: Side, zoneId: string) => boolean;

/** All that a strategy remembers of its symbol: plain JSON, and apart from it its long rows of numbers. */
export interface StrategySnapshot {
  readonly facts: unknown;
  readonly numbers: Float64Array;
}

export interface SymbolStrategy {
  /** A trend bar closed. Within one minute it is called before `hear`. */
  onTrendBar(bar: Bar): void;
  /** An entry bar closed: the signal that it gives, or null. What did not pass is put into words only where `evaluation` asks. */
  hear(bar: Bar, context: MarketContext): Signal | null;
  /** The best candidate of the newest bar, passed or not; null where no zone was in play. */
  readonly evaluation: Evaluation | Signal | null;
  /**
   * Of the newest bar: a triggered set-up that one single gate kept from being a signal, or null. For those who weigh gates; refusals
   * that they do not want need not be found.
   */
  oneGateShort?(wanted: GateWanted): Evaluation | null;
  /** A hole in the entry bars ended here: signals stay blocked until enough contiguous bars followed. */
  onGap(): void;
  /** A signal that an earlier run emitted: its cool-down goes on after a restart, even where history would not repeat it. */
  noteSignal?(side: Side, barOpenMs: EpochMs): void;
  snapshot(): StrategySnapshot;
  /** Goes on as if it had heard what the snapshot heard; throws where that is of other rules. Only before the first bar. */
  restore(snapshot: StrategySnapshot): void;
  /** Open of the newest entry bar heard, -Infinity before the first. */
  readonly heardEntryMs: number;
  /** The best live set-up now, triggered or not: for people who look, not for trading. */
  bestSetup(context: MarketContext): Evaluation | null;
  /** The 82 point-in-time features of ml.md §3.3 for a signal of the newest bar, NaN where unknown. */
  features(signal: Signal, context: MarketContext, cross: CrossSection): Float64Array;
  readonly trendBars: number;
  readonly entryBars: number;
  /** +1, 0, −1: last trend close against its EMA200 (0 = unknown), and the direction of the last trend bar. */
  readonly trendBias: number;
  readonly trendReturnSign: number;
  /** Null before the first entry bar. */
  readonly trendNow: TrendNow | null;
}

export interface Strategy {
  readonly id: string;
  readonly version: string;
  /** Closed bars needed before an entry (contract §8.4): below it the warm-up gate fails. */
  readonly warmup: { readonly trendBars: number; readonly entryBars: number };
  /** `feature` column names in the order of `features()`. */
  readonly featureNames: readonly string[];
  /** `memory` is what `shareMemory` gave: symbols that are opened with the same one lie side by side. */
  open(facts: SymbolFacts, settings: StrategySettings, memory?: StrategyMemory): SymbolStrategy;
  /** For whoever follows many symbols in one run. */
  shareMemory(): StrategyMemory;
}

/** Where the numbers of many symbols lie together; nothing else is shared by them. */
export interface StrategyMemory {
  readonly trend: TrackMemory;
  readonly entry: TrackMemory;
}
