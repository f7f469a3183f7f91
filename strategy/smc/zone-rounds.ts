// Floor 1, room 4: the zones of both sides as a bar passes through them: filled gaps, gaps, flipped blocks, order blocks, and what turns
// from one side to the other. Most bars change nothing in any list, and then no list is looked at.
import type { Side } from '../../src/core/units.ts';
import type { CellBlock } from '../cell-block.ts';
import type { BarWindow } from './bar-window.ts';
import { flipOf } from './order-block.ts';
import type { SmcParams } from './params.ts';
import { openSide, type SideState, WIRE, type Wires } from './side-state.ts';
import type { SmcZone } from './types.ts';

export class ZoneRounds {
  readonly long: SideState;
  readonly short: SideState;
  readonly #wires: Wires;

  constructor(params: SmcParams, wires: Wires, block: CellBlock) {
    this.#wires = wires;
    this.long = openSide('long', params, { wires, block });
    this.short = openSide('short', params, { wires, block });
  }

  /** By comparison: an access by name costs a search. */
  side(side: Side): SideState {
    return side === 'long' ? this.long : this.short;
  }

  /** What the newest bar visits and leaves alive. */
  get touched(): SmcZone[] {
    const wires = this.#wires;
    const touched: SmcZone[] = [];
    // Asked of the wires, which lie together, before any list is looked at.
    if (wires.isOccupied(WIRE.longGaps)) this.long.gaps.collectTouched(touched);
    if (wires.isOccupied(WIRE.shortGaps)) this.short.gaps.collectTouched(touched);
    if (wires.isOccupied(WIRE.longFlipped)) this.long.flipped.collectTouched(touched);
    if (wires.isOccupied(WIRE.shortFlipped)) this.short.flipped.collectTouched(touched);
    if (wires.isOccupied(WIRE.longBlocks)) this.long.blocks.collectTouched(touched);
    if (wires.isOccupied(WIRE.shortBlocks)) this.short.blocks.collectTouched(touched);
    return touched;
  }

  update(window: BarWindow): void {
    if (this.#isWoken(window)) this.#walk(window);
    else this.#noteDepth(window);
  }

  #isWoken({ low, high, close, index }: BarWindow): boolean {
    const wires = this.#wires;
    return (
      wires.anyWakes(WIRE.longGaps, WIRE.sellSide, low, index) ||
      wires.anyWakes(WIRE.shortGaps, WIRE.buySide, -high, index) ||
      wires.wakes(WIRE.longFilled, close, index) ||
      wires.wakes(WIRE.shortFilled, -close, index)
    );
  }

  /** Gaps that the bar stands in are filled further, which is all that it changes. */
  #noteDepth({ low, high }: BarWindow): void {
    this.#wires.note(WIRE.longGaps, low);
    this.#wires.note(WIRE.shortGaps, -high);
  }

  #walk(window: BarWindow): void {
    const { long, short } = this;
    const wires = this.#wires;
    const { index, low } = window;
    const up = -window.high;
    this.#walkGaps(window, 'long', low);
    this.#walkGaps(window, 'short', up);
    for (const failed of long.gaps.takeInverted()) short.gaps.invert(window, failed);
    for (const failed of short.gaps.takeInverted()) long.gaps.invert(window, failed);
    // Flipped blocks first: one that is born in this bar is tested from the next.
    if (wires.wakes(WIRE.longFlipped, low, index)) long.flipped.update(window);
    if (wires.wakes(WIRE.shortFlipped, up, index)) short.flipped.update(window);
    if (wires.wakes(WIRE.longBlocks, low, index)) long.blocks.update(window);
    if (wires.wakes(WIRE.shortBlocks, up, index)) short.blocks.update(window);
    for (const failed of long.blocks.takeFailed()) short.flipped.add(window, flipOf(window, failed));
    for (const failed of short.blocks.takeFailed()) long.flipped.add(window, flipOf(window, failed));
  }

  /** Filled gaps first: one that this bar fills is tested from the next. */
  #walkGaps(window: BarWindow, side: Side, reach: number): void {
    const wires = this.#wires;
    const long = side === 'long';
    const { gaps } = this.side(side);
    const place = long ? WIRE.longGaps : WIRE.shortGaps;
    const filled = long ? WIRE.longFilled : WIRE.shortFilled;
    if (wires.wakes(filled, long ? window.close : -window.close, window.index)) gaps.updateFilled(window);
    if (wires.wakes(place, reach, window.index)) gaps.updateActive(window);
    else wires.note(place, reach);
  }
}
