// Floor 0, the words: what a span of closed trades and resolved signals amounts to. Money is exact (decimal strings, USDT);
// rates and R are floats for thinking. Null = cannot be said from what there is, never 0 for "unknown".
import type { ExitClass, Outcome } from './trade.ts';
import type { DecimalString, EpochMs, Side, SymbolId } from './units.ts';

/** A closed real trade as statistics need it. */
export interface TradeFacts {
  readonly tradeId: string;
  readonly symbol: SymbolId;
  readonly side: Side;
  readonly exitClass: ExitClass;
  readonly openedMs: EpochMs;
  readonly closedMs: EpochMs;
  readonly netPnlUsdt: DecimalString;
  /** Commission, a cost: positive. */
  readonly feesUsdt: DecimalString;
  /** Positive = received. */
  readonly fundingUsdt: DecimalString;
  /** What worse prices than intended have cost, both legs where an intended price exists: positive = cost. */
  readonly slippageUsdt: DecimalString;
  readonly netR: number;
  /** First fill to the stop seen live, wall ms; null where it was not measured. */
  readonly protectMs: number | null;
}

/** A resolved signal, real or virtual, as the reliability diagram needs it. */
export type LabelFacts = Pick<Outcome, 'score' | 'setup' | 'netR' | 'exitMs'> & { readonly hit: 'oneR' | 'no' };

/** gross − commission + funding − slippage = net, exactly. */
export interface MoneyLadder {
  /** What the trades would have earned at the intended prices, free of charge. */
  readonly grossUsdt: DecimalString;
  readonly commissionUsdt: DecimalString;
  readonly fundingUsdt: DecimalString;
  readonly slippageUsdt: DecimalString;
  readonly netUsdt: DecimalString;
}

/** A mean with its two-sided 95 % interval (Student's t); the bounds are null below two observations. */
export interface MeanEstimate {
  readonly n: number;
  readonly mean: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** A proportion with its Wilson 95 % interval; below MIN_OUTCOMES observations the verdict is `tooFew`. */
export interface RateEstimate {
  readonly n: number;
  readonly hits: number;
  readonly rate: number | null;
  readonly lower: number;
  readonly upper: number;
  readonly verdict: 'measured' | 'tooFew';
}

/** The deepest fall of the curve from a peak of its own. */
export interface Drawdown {
  readonly usdt: DecimalString;
  /** Of the peak; null where the curve does not say what the account held. */
  readonly pct: number | null;
  readonly peakMs: EpochMs | null;
  readonly troughMs: EpochMs | null;
}

export interface CurvePoint {
  readonly at: EpochMs;
  readonly usdt: DecimalString;
}

/** One band of the score: what it promised and what it kept. */
export interface BandReliability {
  readonly from: number;
  readonly to: number;
  readonly hitRate: RateEstimate;
  readonly netR: MeanEstimate;
}

export interface ExitShare {
  readonly exitClass: ExitClass;
  readonly trades: number;
  readonly netUsdt: DecimalString;
}

export interface PerformanceReport {
  readonly trades: number;
  /** `tooFew` below MIN_OUTCOMES closed trades: show the numbers with that word, or not at all. */
  readonly verdict: 'measured' | 'tooFew';
  readonly money: MoneyLadder;
  /** Net R a trade. */
  readonly expectancyR: MeanEstimate;
  readonly winRate: RateEstimate;
  /** Won over lost; null without a loss. */
  readonly profitFactor: number | null;
  readonly meanWinR: number | null;
  readonly meanLossR: number | null;
  readonly longestLosingStreak: number;
  readonly maxDrawdown: Drawdown;
  /** Net of the closed trades, added up from 0 in the order of their closing; thinned to at most MAX_POINTS points. */
  readonly curve: readonly CurvePoint[];
  readonly exits: readonly ExitShare[];
  /** Every band, from all resolved signals of the span, real and virtual. */
  readonly bands: readonly BandReliability[];
  readonly signals: number;
}
