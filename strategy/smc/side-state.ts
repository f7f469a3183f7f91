// Floor 1, room 4: the detectors that exist once for longs and once for shorts, and the wires that wake them.
import type { Side } from '../../src/core/units.ts';
import type { CellBlock } from '../cell-block.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';
import type { BarWindow } from './bar-window.ts';
import { GapBook } from './fair-value-gap.ts';
import { FlippedBook } from './flipped-block.ts';
import { LegTracker } from './leg.ts';
import { OrderBlockBook } from './order-block.ts';
import type { SmcParams } from './params.ts';
import { CELLS_PER_WIRE, type Tripwires } from './tripwires.ts';

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

export function writeSide(tape: TapeWriter, { leg, gaps, blocks, flipped }: SideState): void {
  if (tape.part === 'whole') leg.write(tape);
  gaps.write(tape);
  blocks.write(tape);
  flipped.write(tape);
}

export function readSide(tape: TapeReader, { leg, gaps, blocks, flipped }: SideState, window: BarWindow): void {
  if (tape.part === 'whole') leg.read(tape);
  gaps.read(tape, window);
  blocks.read(tape, window);
  flipped.read(tape, window);
}
