// Ports: a picture of one symbol's candles with what the detectors saw. All words come from outside, so that the renderer
// knows no language; all times are bar opens.
import type { Bar } from '../core/market.ts';
import type { Timeframe } from '../core/timeframe.ts';
import type { EpochMs, Side } from '../core/units.ts';

export interface ChartLook {
  /** desktop: 1200 × 700 · phone: 780 × 1040, with larger type · chat: 800 × 640, for a picture inside a message. */
  readonly size: 'desktop' | 'phone' | 'chat';
  readonly theme: 'dark' | 'light';
  /** In Taiwan red often means up. */
  readonly rising: 'green' | 'red';
}

export interface ChartZone {
  readonly side: Side;
  readonly top: number;
  readonly bottom: number;
  readonly fromMs: EpochMs;
  /** Null where the zone is still alive at the right edge. */
  readonly toMs: EpochMs | null;
  readonly label: string;
  /** The zone that the picture is about is drawn stronger than the others. */
  readonly weight: 'main' | 'other';
}

/** A level whose stops were taken by the bar at `toMs`. */
export interface ChartSweep {
  readonly side: Side;
  readonly level: number;
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  readonly label: string;
}

/** A break of structure: from the swing that held the level to the bar that closed beyond it. */
export interface ChartBreak {
  readonly side: Side;
  readonly level: number;
  readonly swingMs: EpochMs;
  readonly atMs: EpochMs;
  readonly label: string;
}

export interface ChartPlan {
  readonly side: Side;
  readonly entry: number;
  readonly stop: number;
  readonly target: number;
  /** The trigger bar. */
  readonly atMs: EpochMs;
  readonly words: { readonly entry: string; readonly stop: string; readonly target: string };
}

export interface ChartSpec {
  readonly look: ChartLook;
  readonly title: string;
  readonly subtitle: string;
  readonly footer: string;
  readonly timeframe: Timeframe;
  readonly priceDecimals: number;
  /** Oldest first. */
  readonly bars: readonly Bar[];
  readonly zones: readonly ChartZone[];
  readonly sweeps: readonly ChartSweep[];
  readonly breaks: readonly ChartBreak[];
  readonly plan: ChartPlan | null;
  readonly panel: { readonly kind: 'volume' | 'macd'; readonly label: string };
}

export interface CurvePoint {
  readonly atMs: EpochMs;
  readonly value: number;
}

/** One number over time: equity, balance. Depths below the highest value so far are shaded. */
export interface CurveSpec {
  readonly look: ChartLook;
  readonly title: string;
  readonly subtitle: string;
  readonly footer: string;
  /** Oldest first; two or more. */
  readonly points: readonly CurvePoint[];
  readonly decimals: number;
  /** A dashed level to compare with. */
  readonly base: { readonly value: number; readonly label: string } | null;
  /** What the shading means. */
  readonly drawdownLabel: string;
}

/** Outcomes of one band of scores. */
export interface ReliabilityBin {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly outcomes: number;
  /** 0–1, each. */
  readonly rate: number;
  readonly lower: number;
  readonly upper: number;
  /** A band with too few outcomes shows its count and no rate. */
  readonly verdict: 'measured' | 'tooFew';
}

/** How often each band of scores really hit, with intervals, beside what a reader may take the score for. */
export interface ReliabilitySpec {
  readonly look: ChartLook;
  readonly title: string;
  readonly subtitle: string;
  readonly footer: string;
  readonly bins: readonly ReliabilityBin[];
  readonly words: {
    /** Of the dashed line on which a score would be a chance. */
    readonly asIfChance: string;
    readonly tooFew: string;
  };
}

export interface ChartRenderer {
  /** The bytes of a PNG, each. */
  render(spec: ChartSpec): Promise<Uint8Array>;
  curve(spec: CurveSpec): Promise<Uint8Array>;
  reliability(spec: ReliabilitySpec): Promise<Uint8Array>;
}
