// Floor 1, room 4: what a zone has to show for itself, read from the detectors of the entry timeframe. Order blocks carry
// their own evidence; gaps, breakers and sweeps are judged by the leg that made them.
import type { EpochMs, Side } from '../../src/core/units.ts';
import type { FairValueGap, FlippedBlock, OrderBlock, SmcView, StructureBreak } from '../smc/types.ts';
import { SCORE_LIMITS, type ScoreInput } from './score.ts';

export type SetupKind = 'orderBlock' | 'fairValueGap' | 'breaker' | 'sweep';

/** The part of a score's input that belongs to the zone alone. */
export type ZoneEvidence = Pick<
  ScoreInput,
  | 'legAtr'
  | 'displaced'
  | 'imbalanceAtr'
  | 'imbalanceLimitAtr'
  | 'brokeStructure'
  | 'msbGrade'
  | 'sweep'
  | 'sweepBars'
  | 'touches'
  | 'ageBars'
  | 'volumePercentile'
>;

/** The band that a liquidity sweep leaves behind: from the swept level to the furthest wick. */
export interface SweepZone {
  readonly kind: 'sweep';
  readonly id: string;
  readonly side: Side;
  readonly top: number;
  readonly bottom: number;
  readonly atMs: EpochMs;
  readonly knownAtMs: EpochMs;
  readonly knownIndex: number;
  readonly strength: 'single' | 'strong';
  readonly touches: number;
  /** Furthest price in the trade's direction since the sweep. */
  readonly reach: number;
}

/** A zone that a trade could start from. */
export type TradeZone = OrderBlock | FairValueGap | FlippedBlock | SweepZone;

/** Null for kinds that the factor table has no rule for: inversion gaps and mitigation blocks. */
export function setupOf(zone: TradeZone): SetupKind | null {
  switch (zone.kind) {
    case 'orderBlock':
    case 'fairValueGap':
    case 'breaker':
    case 'sweep':
      return zone.kind;
    case 'inversionGap':
    case 'mitigation':
      return null;
  }
}

/** The newest break of that side, if its leg holds the bar; a newer leg says nothing about an older zone. */
function legAround(view: SmcView, side: Side, index: number): StructureBreak | null {
  const last = view.lastBreak(side, 'any');
  return last !== null && last.legOriginIndex <= index && last.index + 1 >= index ? last : null;
}

/** Bars from the newest sweep our way to the reference bar, NaN where it came later or more than 30 bars before. */
function barsFromSweep(view: SmcView, side: Side, index: number): number {
  const last = view.lastSweep(side);
  if (last === null || last.index > index || index - last.index > SCORE_LIMITS.sweepBars) return Number.NaN;
  return index - last.index;
}

function sweepLevel(view: SmcView, side: Side, bars: number): ZoneEvidence['sweep'] {
  if (Number.isNaN(bars)) return 'none';
  return bars <= 1 ? 'onZone' : (view.lastSweep(side)?.kind ?? 'none');
}

function largestGapSince(view: SmcView, side: Side, fromIndex: number): number {
  let largest = 0;
  for (const gap of view.fairValueGaps(side)) {
    if (gap.kind === 'fairValueGap' && gap.atIndex >= fromIndex) largest = Math.max(largest, gap.sizeAtr);
  }
  return largest;
}

function orderBlockEvidence(zone: OrderBlock, view: SmcView): ZoneEvidence {
  return {
    legAtr: zone.legHeight / zone.atr,
    displaced: zone.displacementInLeg,
    imbalanceAtr: zone.fvgInLeg ? zone.fvgSizeAtr : 0,
    imbalanceLimitAtr: SCORE_LIMITS.imbalanceAtr,
    // An order block exists only because a leg closed beyond a confirmed swing.
    brokeStructure: true,
    msbGrade: zone.msbGrade,
    sweep: zone.sweep.kind !== 'none' && zone.sweep.onOb ? 'onZone' : zone.sweep.kind,
    sweepBars: zone.sweep.barsBeforeBreak,
    touches: zone.touches,
    ageBars: view.barIndex - zone.knownIndex,
    volumePercentile: zone.volumePercentile,
  };
}

function gapEvidence(zone: FairValueGap, view: SmcView): ZoneEvidence {
  const leg = legAround(view, zone.side, zone.atIndex);
  const sweepBars = barsFromSweep(view, zone.side, zone.atIndex);
  return {
    legAtr: leg === null ? zone.sizeAtr : leg.legHeight / leg.atr,
    displaced: zone.displacement,
    imbalanceAtr: zone.sizeAtr,
    imbalanceLimitAtr: SCORE_LIMITS.gapZoneAtr,
    brokeStructure: zone.structureBreak,
    msbGrade: zone.structureBreak && leg !== null ? leg.msbGrade : 0,
    sweep: sweepLevel(view, zone.side, sweepBars),
    sweepBars,
    touches: zone.touches,
    ageBars: view.barIndex - zone.knownIndex,
    volumePercentile: Number.NaN,
  };
}

function breakerEvidence(zone: FlippedBlock, view: SmcView): ZoneEvidence {
  const leg = legAround(view, zone.side, zone.knownIndex);
  const sweepBars = barsFromSweep(view, zone.side, zone.knownIndex);
  const displacedAt = view.lastDisplacementIndex(zone.side);
  return {
    legAtr: leg === null ? Number.NaN : leg.legHeight / leg.atr,
    displaced: leg !== null && (leg.displacement || (displacedAt >= leg.legOriginIndex && displacedAt <= zone.knownIndex)),
    imbalanceAtr: leg === null ? 0 : largestGapSince(view, zone.side, leg.legOriginIndex),
    imbalanceLimitAtr: SCORE_LIMITS.imbalanceAtr,
    brokeStructure: leg !== null,
    msbGrade: leg === null ? 0 : leg.msbGrade,
    sweep: sweepLevel(view, zone.side, sweepBars),
    sweepBars,
    touches: zone.touches,
    ageBars: view.barIndex - zone.knownIndex,
    volumePercentile: Number.NaN,
  };
}

function sweepEvidence(zone: SweepZone, view: SmcView, atr: number): ZoneEvidence {
  const broken = view.lastBreak(zone.side, 'any');
  const after = broken !== null && broken.index > zone.knownIndex ? broken : null;
  return {
    legAtr: Math.abs(zone.reach - (zone.side === 'long' ? zone.bottom : zone.top)) / atr,
    displaced: view.lastDisplacementIndex(zone.side) >= zone.knownIndex,
    imbalanceAtr: largestGapSince(view, zone.side, zone.knownIndex),
    imbalanceLimitAtr: SCORE_LIMITS.imbalanceAtr,
    brokeStructure: after !== null,
    msbGrade: after === null ? 0 : after.msbGrade,
    sweep: zone.strength,
    sweepBars: view.barIndex - zone.knownIndex,
    touches: zone.touches,
    ageBars: view.barIndex - zone.knownIndex,
    volumePercentile: Number.NaN,
  };
}

/** `atr` is that of the entry timeframe. */
export function evidenceOf(zone: TradeZone, view: SmcView, atr: number): ZoneEvidence {
  switch (zone.kind) {
    case 'orderBlock':
      return orderBlockEvidence(zone, view);
    case 'fairValueGap':
    case 'inversionGap':
      return gapEvidence(zone, view);
    case 'breaker':
    case 'mitigation':
      return breakerEvidence(zone, view);
    case 'sweep':
      return sweepEvidence(zone, view, atr);
  }
}
