// Builders for what detectors may say: an empty view and zones with harmless defaults, changed where a test cares.
import { epochMs, type Side } from '../../src/core/units.ts';
import type {
  FairValueGap,
  FlippedBlock,
  LiquidityPool,
  OrderBlock,
  SmcView,
  SmcZone,
  StructureBreak,
  SweepRecord,
} from '../../strategy/smc/types.ts';

interface ViewParts {
  readonly barIndex?: number;
  readonly trend?: -1 | 0 | 1;
  readonly zones?: readonly SmcZone[];
  readonly pools?: readonly LiquidityPool[];
  readonly breaks?: readonly StructureBreak[];
  readonly sweeps?: readonly SweepRecord[];
  readonly displacementIndex?: number;
  readonly rangePosition?: number;
}

export function aView(parts: ViewParts = {}): SmcView {
  const { zones = [], pools = [], breaks = [], sweeps = [] } = parts;
  const only = <K extends SmcZone['kind']>(side: Side, ...kinds: K[]) =>
    zones.filter((zone): zone is Extract<SmcZone, { kind: K }> => zone.side === side && (kinds as string[]).includes(zone.kind));
  return {
    barIndex: parts.barIndex ?? 1_000,
    ready: true,
    events: [],
    touched: zones,
    trend: parts.trend ?? 1,
    orderBlocks: (side) => only(side, 'orderBlock'),
    fairValueGaps: (side) => only(side, 'fairValueGap', 'inversionGap'),
    flippedBlocks: (side) => only(side, 'breaker', 'mitigation'),
    pools: (side) => pools.filter((pool) => pool.side === side),
    lastBreak: (side, form) => breaks.findLast((b) => b.side === side && (form === 'any' || b.form === form)) ?? null,
    lastSweep: (side) => sweeps.findLast((s) => s.side === side) ?? null,
    lastSweepIndex: (side) => sweeps.findLast((s) => s.side === side)?.index ?? -1,
    lastSwing: () => null,
    lastDisplacementIndex: () => parts.displacementIndex ?? -1,
    range: null,
    rangePosition: () => parts.rangePosition ?? Number.NaN,
    retracementPct: Number.NaN,
    deepestRetracementPct: Number.NaN,
    previousLevels: { dayHigh: Number.NaN, dayLow: Number.NaN, weekHigh: Number.NaN, weekLow: Number.NaN },
    session: null,
  };
}

const ZONE = {
  id: 'zone',
  side: 'long',
  top: 99.5,
  bottom: 99,
  mid: 99.25,
  atMs: epochMs(0),
  atIndex: 970,
  knownAtMs: epochMs(300_000),
  knownIndex: 975,
  state: 'tapped',
  touches: 1,
  touching: true,
} as const;

/** A triple-validated order block of grade 2 whose own bar swept liquidity. */
export const anOrderBlock = (change: Partial<OrderBlock> = {}): OrderBlock => ({
  ...ZONE,
  kind: 'orderBlock',
  legHeight: 1,
  atr: 0.25,
  breakIndex: 975,
  breakForm: 'bos',
  brokenLevel: 100,
  fvgInLeg: true,
  fvgSizeAtr: 0.6,
  displacementInLeg: true,
  msbGrade: 2,
  sweep: { kind: 'single', onOb: true, barsBeforeBreak: 4 },
  volumePercentile: 60,
  ...change,
});

export const aGap = (change: Partial<FairValueGap> = {}): FairValueGap => ({
  ...ZONE,
  kind: 'fairValueGap',
  sizeAtr: 0.6,
  displacement: true,
  structureBreak: true,
  fillFraction: 0.2,
  groupId: 'zone',
  ...change,
});

export const aFlippedBlock = (change: Partial<FlippedBlock> = {}): FlippedBlock => ({
  ...ZONE,
  kind: 'breaker',
  originId: 'origin',
  ...change,
});

export const aPool = (change: Partial<LiquidityPool> = {}): LiquidityPool => ({
  side: 'buySide',
  kind: 'equal',
  level: 105,
  weight: 2,
  atMs: epochMs(0),
  knownAtMs: epochMs(0),
  knownIndex: 0,
  period: '',
  ...change,
});

export const aBreak = (change: Partial<StructureBreak> = {}): StructureBreak => ({
  form: 'bos',
  side: 'long',
  index: 975,
  atMs: epochMs(0),
  level: 100,
  swingAtMs: epochMs(0),
  legOrigin: 99,
  legOriginIndex: 965,
  legHeight: 1,
  overshoot: 0.1,
  atr: 0.25,
  displacement: true,
  msbGrade: 1,
  ...change,
});

export const aSweep = (change: Partial<SweepRecord> = {}): SweepRecord => ({
  side: 'long',
  index: 966,
  atMs: epochMs(0),
  level: 99.4,
  kind: 'single',
  weight: 1,
  ...change,
});
