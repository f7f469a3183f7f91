// Floor 1, room 4: the words of the SMC detectors. Everything here is what a detector may say or show; a confirmed event
// is never taken back, and `at` (the bar a thing is drawn on) is never a time at which anybody could have traded it: that is `knownAt`.
import type { EpochMs, Side } from '../../src/core/units.ts';

/** Of a live object, for the detector that it belongs to. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export type TrendDirection = -1 | 0 | 1;

/** A zone lives in price between `bottom` and `top`; a long zone is support below the price, a short zone resistance above it. */
export type ZoneKind = 'orderBlock' | 'fairValueGap' | 'inversionGap' | 'breaker' | 'mitigation';

/** fresh: never touched · tapped: near edge reached · half: middle reached · filled: far edge reached (gaps only). */
export const ZONE_STATES = ['fresh', 'tapped', 'half', 'filled'] as const;
export type ZoneState = (typeof ZONE_STATES)[number];

/** What every zone shows. The objects are live: values move with later bars, so copy what you keep. */
export interface ZoneBase {
  /** Deterministic from kind, side, timeframe, drawn bar and knowing bar. */
  readonly id: string;
  readonly side: Side;
  readonly top: number;
  readonly bottom: number;
  readonly mid: number;
  readonly atMs: EpochMs;
  readonly atIndex: number;
  readonly knownAtMs: EpochMs;
  /** Bar index in this engine; age in bars = engine.barIndex − knownIndex. */
  readonly knownIndex: number;
  readonly state: ZoneState;
  /** Separate visits so far; a visit ends with a bar that lies wholly outside the near edge. */
  readonly touches: number;
  /** True while the newest bar is part of a visit. */
  readonly touching: boolean;
}

export const SWEEP_KINDS = ['none', 'single', 'strong'] as const;
export type SweepKind = (typeof SWEEP_KINDS)[number];

/** The liquidity sweep that went before a break, in the direction of the break; the best one of the last 30 bars. */
export interface LegSweep {
  /** single: one ordinary swing · strong: equal highs/lows, a previous day or week level, or a session level. */
  readonly kind: SweepKind;
  /** The sweep bar is the leg's origin bar or next to it. */
  readonly onOb: boolean;
  /** NaN where there was none. */
  readonly barsBeforeBreak: number;
}

export const MSB_GRADES = [0, 1, 2] as const;
export type MsbGrade = (typeof MSB_GRADES)[number];
export const BREAK_FORMS = ['bos', 'choch', 'mss'] as const;
export type BreakForm = (typeof BREAK_FORMS)[number];

export interface OrderBlock extends ZoneBase {
  readonly kind: 'orderBlock';
  readonly legHeight: number;
  /** ATR of the breaking bar. */
  readonly atr: number;
  /** Index of the breaking bar: `knownIndex` under another name, kept for joining with a break. */
  readonly breakIndex: number;
  readonly breakForm: BreakForm;
  readonly brokenLevel: number;
  readonly fvgInLeg: boolean;
  /** Largest gap of the leg in ATR, 0 without one. */
  readonly fvgSizeAtr: number;
  readonly displacementInLeg: boolean;
  /** Live: rises from 1 to 2 when the break extends. */
  readonly msbGrade: MsbGrade;
  readonly sweep: LegSweep;
  /** 0–100: volume of the three bars from the leg's origin among the last 200 such sums; NaN where volume is not known. */
  readonly volumePercentile: number;
}

export interface FairValueGap extends ZoneBase {
  readonly kind: 'fairValueGap' | 'inversionGap';
  /** Height in ATR of the bar before the gap was known. */
  readonly sizeAtr: number;
  /** A displacement in the gap's direction ended on one of its three bars. */
  readonly displacement: boolean;
  /** Live: a break in the gap's direction happened on its bars or by the leg that holds it. */
  readonly structureBreak: boolean;
  /** Share of the gap that price has reached, 0–1. */
  readonly fillFraction: number;
  /** Adjacent same-sided gaps share it (the id of the first). */
  readonly groupId: string;
}

/** An order block that failed and now works from the other side. */
export interface FlippedBlock extends ZoneBase {
  /** breaker: the failed block's leg had swept liquidity · mitigation: it had not. */
  readonly kind: 'breaker' | 'mitigation';
  readonly originId: string;
}

export type SmcZone = OrderBlock | FairValueGap | FlippedBlock;

/** buySide: stops resting above highs · sellSide: stops resting below lows. */
export type PoolSide = 'buySide' | 'sellSide';
export const POOL_KINDS = ['swing', 'equal', 'day', 'week', 'session'] as const;
export type PoolKind = (typeof POOL_KINDS)[number];

export interface LiquidityPool {
  readonly side: PoolSide;
  readonly kind: PoolKind;
  readonly level: number;
  /** Swing 1, each equal swing +1; day and week levels 2, session levels 1. */
  readonly weight: number;
  readonly atMs: EpochMs;
  readonly knownAtMs: EpochMs;
  readonly knownIndex: number;
  /** 'day', 'week' or the session's name for period levels, '' for swings. */
  readonly period: string;
}

/** A sweep of sell-side liquidity speaks for longs, one of buy-side liquidity for shorts. */
export interface SweepRecord {
  readonly side: Side;
  readonly index: number;
  readonly atMs: EpochMs;
  /** The outermost level that was swept. */
  readonly level: number;
  readonly kind: 'single' | 'strong';
  readonly weight: number;
}

export interface StructureBreak {
  readonly form: BreakForm;
  readonly side: Side;
  readonly index: number;
  readonly atMs: EpochMs;
  readonly level: number;
  readonly swingAtMs: EpochMs;
  /** Where the leg that broke it began: its price and its bar. */
  readonly legOrigin: number;
  readonly legOriginIndex: number;
  readonly legHeight: number;
  /** How far the close went beyond the level. */
  readonly overshoot: number;
  readonly atr: number;
  readonly displacement: boolean;
  readonly msbGrade: MsbGrade;
}

export interface Swing {
  readonly kind: 'high' | 'low';
  readonly index: number;
  readonly atMs: EpochMs;
  readonly knownIndex: number;
  readonly level: number;
}

/** The last leg: from its origin to the running extreme since the break. Undefined (NaN) while lower than one ATR. */
export interface DealingRange {
  readonly side: Side;
  readonly origin: number;
  readonly extreme: number;
  readonly originMs: EpochMs;
  readonly breakIndex: number;
}

export interface PreviousLevels {
  /** NaN until a whole period was seen. */
  readonly dayHigh: number;
  readonly dayLow: number;
  readonly weekHigh: number;
  readonly weekLow: number;
}

export type SwingLabel = 'first' | 'HH' | 'LH' | 'EH' | 'HL' | 'LL' | 'EL';

interface EventBase {
  /** Unique and stable: the same bars give the same ids in every run. */
  readonly id: string;
  readonly at: EpochMs;
  readonly knownAt: EpochMs;
}

export interface SwingEvent extends EventBase {
  readonly kind: 'swing.high' | 'swing.low';
  readonly level: number;
  readonly label: SwingLabel;
}

export interface BreakEvent extends EventBase {
  readonly kind: 'structure.bos' | 'structure.choch' | 'structure.mss';
  readonly side: Side;
  readonly level: number;
  readonly swingAt: EpochMs;
  readonly legHeight: number;
  readonly overshoot: number;
  readonly atr: number;
  readonly grade: 0 | 1;
}

/** The break passed its level by a third of the leg: it is of grade 2 from here on. `breakId` names the break. */
export interface ExtensionEvent extends EventBase {
  readonly kind: 'msb.extended';
  readonly side: Side;
  readonly breakId: string;
  readonly target: number;
}

export interface DisplacementEvent extends EventBase {
  readonly kind: 'displacement';
  readonly side: Side;
  readonly form: 'single' | 'multi';
  /** First bar of the move. */
  readonly from: EpochMs;
}

export type ZoneChange = 'created' | 'tapped' | 'half' | 'filled' | 'consumed' | 'invalid' | 'expired' | 'superseded';

export interface ZoneEvent extends EventBase {
  readonly kind: 'zone';
  readonly change: ZoneChange;
  readonly zoneKind: ZoneKind;
  readonly zoneId: string;
  readonly side: Side;
  readonly top: number;
  readonly bottom: number;
}

/** A break that left no order block, and why. */
export interface DroppedEvent extends EventBase {
  readonly kind: 'orderBlock.dropped';
  readonly side: Side;
  readonly reason: 'tooNarrow' | 'tooWide';
  readonly top: number;
  readonly bottom: number;
}

export interface PoolEvent extends EventBase {
  /** run: consumed by a break that held · replaced: the next period's level took its place. */
  readonly kind: 'pool.created' | 'pool.merged' | 'pool.run' | 'pool.expired' | 'pool.replaced';
  readonly poolId: string;
  readonly poolSide: PoolSide;
  readonly poolKind: PoolKind;
  readonly level: number;
  readonly weight: number;
}

export interface SweepEvent extends EventBase {
  readonly kind: 'sweep';
  /** The side it speaks for: short after buy-side liquidity was taken. */
  readonly side: Side;
  readonly level: number;
  readonly strength: 'single' | 'strong';
  readonly weight: number;
  readonly poolIds: readonly string[];
}

/** A day, week or session with bars has ended. `at` is its first bar. */
export interface PeriodEvent extends EventBase {
  readonly kind: 'period.closed';
  readonly period: string;
  readonly high: number;
  readonly low: number;
}

export type SmcEvent =
  | SwingEvent
  | BreakEvent
  | ExtensionEvent
  | DisplacementEvent
  | ZoneEvent
  | DroppedEvent
  | PoolEvent
  | SweepEvent
  | PeriodEvent;

/** What a strategy may read of one symbol and timeframe, after the newest closed bar. */
export interface SmcView {
  /** Index of the newest bar, −1 before the first. */
  readonly barIndex: number;
  /** False in the first 42 bars: nothing is said before. */
  readonly ready: boolean;
  /** Events of the newest bar, in the order they were found; the next bar empties it. */
  readonly events: readonly SmcEvent[];
  /** Zones that the newest bar visited and that are still alive after it (order blocks, gaps, flipped blocks). */
  readonly touched: readonly SmcZone[];
  readonly trend: TrendDirection;
  /** Alive zones of one side, the edge nearest to the price first. Gaps that are filled are not listed. */
  orderBlocks(side: Side): readonly OrderBlock[];
  fairValueGaps(side: Side): readonly FairValueGap[];
  flippedBlocks(side: Side): readonly FlippedBlock[];
  /** Unswept pools, the nearest to the price first. */
  pools(side: PoolSide): readonly LiquidityPool[];
  /** The newest break of this form and side, null before the first. `any` takes every form. */
  lastBreak(side: Side, form: BreakForm | 'any'): StructureBreak | null;
  /** The newest sweep that speaks for this side. */
  lastSweep(side: Side): SweepRecord | null;
  /** Its bar's index, −1 before the first. */
  lastSweepIndex(side: Side): number;
  lastSwing(kind: Swing['kind']): Swing | null;
  /** Index of the bar that ended the newest displacement of this side, −1 before the first. */
  lastDisplacementIndex(side: Side): number;
  readonly range: DealingRange | null;
  /** Place of a price in the dealing range, 0 = worst price for this side, 1 = best (the origin of a leg its way); ≥ 0.5 is the right half,
   * 0.62–0.79 the OTE; may leave 0–1; NaN while undefined. */
  rangePosition(side: Side, price: number): number;
  /** Retracement of the last leg by the newest close and its deepest value so far, in percent; NaN while undefined. */
  readonly retracementPct: number;
  readonly deepestRetracementPct: number;
  readonly previousLevels: PreviousLevels;
  /** Name of the kill zone that holds the newest bar, null outside all of them. */
  readonly session: string | null;
}
