// Floor 0, the words: what a strategy may say. A signal carries every number it was judged by; it has never heard of an order.
import type { Timeframe } from './timeframe.ts';
import type { EpochMs, Side, SymbolId } from './units.ts';

/** One hard gate as it was judged, in the strategy's fixed order. `margin` > 0 passed by that much, < 0 missed by that much. */
export interface Gate {
  readonly id: string;
  readonly pass: boolean;
  readonly value: number;
  readonly threshold: number;
  readonly margin: number;
  readonly unit: string;
}

/** One line of the score: points given out of points possible, with the number that decided. */
export interface Factor {
  readonly id: string;
  readonly points: number;
  readonly maxPoints: number;
  readonly value: number;
  /** One English sentence with the number in it, e.g. "15m close 1.8 % above EMA200". */
  readonly text: string;
}

export interface Zone {
  readonly id: string;
  readonly kind: string;
  readonly side: Side;
  readonly top: number;
  readonly bottom: number;
  /** Bar the zone is drawn on, and the bar at whose close it became knowable: never trade before the second. */
  readonly atMs: EpochMs;
  readonly knownAtMs: EpochMs;
  readonly timeframe: Timeframe;
}

/** Geometry of the trade that a signal proposes, in price units; ticks come later, in risk/. */
export interface SignalPlan {
  readonly entry: number;
  readonly stop: number;
  readonly target: number;
  readonly risk: number;
  readonly rewardToRisk: number;
  /** Round-trip cost (contract: 2 × fee + 2 × slippage) divided by the risk. */
  readonly costR: number;
}

/** What the strategy thought of one symbol at one bar, emitted or not: the raw material of `scan` and `why`. */
export interface Evaluation {
  readonly strategy: string;
  readonly symbol: SymbolId;
  readonly side: Side;
  readonly setup: string;
  readonly barOpenMs: EpochMs;
  readonly barCloseMs: EpochMs;
  readonly zone: Zone;
  /** 0–100, a confluence score, never a probability. */
  readonly score: number;
  readonly factors: readonly Factor[];
  readonly gates: readonly Gate[];
  /** Id of the first gate that failed, null when all passed. */
  readonly firstFailedGate: string | null;
  readonly plan: SignalPlan | null;
  readonly emitted: boolean;
}

/** An emitted evaluation: every gate passed and the score reached the minimum. */
export interface Signal extends Evaluation {
  /** First 16 hex of SHA-256 of strategy|symbol|side|tf|bar_close_ms|setup|zone_id. */
  readonly id: string;
  /** Repeated triggers of one zone share it: hash of symbol|side|zone_id. */
  readonly opportunityId: string;
  readonly strategyVersion: string;
  readonly plan: SignalPlan;
  readonly emitted: true;
  readonly entryTimeframe: Timeframe;
  readonly trendTimeframe: Timeframe;
  /** Rolling 24 h quote volume in USDT, NaN where unknown; a tie-break of the ranking. */
  readonly quoteVolume24hUsdt: number;
}

/** A signal with its place among the signals of the same minute (1 = best). */
export interface RankedSignal {
  readonly signal: Signal;
  readonly rank: number;
}

/** Contract §8.1: by score, then planned net reward, then 24 h volume, then symbol. */
export function compareSignals(a: Signal, b: Signal): number {
  const net = (s: Signal): number => (s.plan.rewardToRisk - s.plan.costR) / (1 + s.plan.costR);
  const volume = (s: Signal): number => (Number.isNaN(s.quoteVolume24hUsdt) ? -1 : s.quoteVolume24hUsdt);
  return (
    b.score - a.score || net(b) - net(a) || volume(b) - volume(a) || (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0)
  );
}

/** What is kept of an evaluation once its bar is over: what people ask about, without what only the trade needed. */
export interface TracedEvaluation extends Omit<Evaluation, 'zone' | 'plan' | 'barOpenMs'> {
  readonly zone: Pick<Zone, 'kind' | 'timeframe' | 'top' | 'bottom' | 'knownAtMs'>;
  readonly plan: Pick<SignalPlan, 'entry' | 'stop' | 'target'> | null;
}
