// Floor 1, room 4: the detectors that exist once for longs and once for shorts, and the wires that wake them.
import type { Side } from '../../src/core/units.ts';
import type { CellBlock, SnapshotPart } from '../cell-block.ts';
import type { BarWindow } from './bar-window.ts';
import { GapBook, type GapSnapshot } from './fair-value-gap.ts';
import { FlippedBook, type FlippedSnapshot } from './flipped-block.ts';
import { type LegSnapshot, LegTracker } from './leg.ts';
import { OrderBlockBook, type OrderBlockSnapshot } from './order-block.ts';
import type { SmcParams } from './params.ts';
import { CELLS_PER_WIRE, type Tripwires } from './tripwires.ts';

export interface SideSnapshot {
  readonly leg: LegSnapshot | null;
  readonly gaps: GapSnapshot;
  readonly blocks: OrderBlockSnapshot;
  readonly flipped: FlippedSnapshot;
}

export interface SideState {
  readonly leg: LegTracker;
  readonly gaps: GapBook;
  readonly blocks: OrderBlockBook;
  readonly flipped: FlippedBook;
}

/** Where in the row of wires each list has its own; zones of one side lie next to each other, so that they can be asked at once. */
export const WIRE = {
  // Woken by a low.
  longGaps: 0,
  longFlipped: 1,
  longBlocks: 2,
  sellSide: 3,
  pendingDown: 4,
  // Woken by a high.
  shortGaps: 5,
  shortFlipped: 6,
  shortBlocks: 7,
  buySide: 8,
  pendingUp: 9,
  // Woken by a close.
  longFilled: 10,
  below: 11,
  shortFilled: 12,
  above: 13,
} as const;
export const WIRE_CELLS = Object.keys(WIRE).length * CELLS_PER_WIRE;
export type Wires = Tripwires<keyof typeof WIRE>;

/** Where the numbers of one side lie, and what wakes its lists. */
interface SideMemory {
  readonly wires: Wires;
  readonly block: CellBlock;
}

export function openSide(side: Side, params: SmcParams, { wires, block }: SideMemory): SideState {
  return {
    leg: new LegTracker(side, params.block.pick, block),
    gaps: new GapBook(side, params.gap, { active: wires.wire(`${side}Gaps`), filled: wires.wire(`${side}Filled`) }),
    blocks: new OrderBlockBook(side, params.block, wires.wire(`${side}Blocks`)),
    flipped: new FlippedBook(side, params.block, wires.wire(`${side}Flipped`)),
  };
}

export function snapshotSide({ leg, gaps, blocks, flipped }: SideState, part: SnapshotPart): SideSnapshot {
  const ownLeg = part === 'whole' ? leg.snapshot() : null;
  return { leg: ownLeg, gaps: gaps.snapshot(), blocks: blocks.snapshot(), flipped: flipped.snapshot() };
}

export function restoreSide({ leg, gaps, blocks, flipped }: SideState, window: BarWindow, snapshot: SideSnapshot): void {
  if (snapshot.leg !== null) leg.restore(snapshot.leg);
  gaps.restore(window, snapshot.gaps);
  blocks.restore(window, snapshot.blocks);
  flipped.restore(window, snapshot.flipped);
}
