// Floor 1, room 4: breaker and mitigation blocks of one side (smc.md a5): failed order blocks of the other side, valid until a close
// beyond their far edge or for 300 bars.
import type { Side } from '../../src/core/units.ts';
import type { BarWindow } from './bar-window.ts';
import { FLAG, type Row, RowFormat } from './pack.ts';
import type { SmcParams } from './params.ts';
import type { Tripwire } from './tripwires.ts';
import type { FlippedBlock, SmcZone } from './types.ts';
import { closesThrough, type LiveZone, tellZone, visit } from './zone.ts';
import { ZoneLadder } from './zone-ladder.ts';

export interface FlippedSnapshot {
  readonly blocks: readonly Row[];
}

/** What cannot be told from the rest. */
type Stored = Omit<FlippedBlock, 'id' | 'side' | 'mid'>;

const FORMAT = new RowFormat<Stored>(
  ['kind', 'top', 'bottom', 'atMs', 'atIndex', 'knownAtMs', 'knownIndex', 'state', 'touches', 'touching', 'originId'],
  [],
  { state: ['fresh', 'tapped', 'half', 'filled'], touching: FLAG, kind: ['breaker', 'mitigation'] },
);

export class FlippedBook {
  readonly #side: Side;
  readonly #maxActive: number;
  readonly #ladder: ZoneLadder<FlippedBlock>;

  constructor(side: Side, params: SmcParams['block'], wire?: Tripwire) {
    this.#side = side;
    this.#maxActive = params.maxActive;
    this.#ladder = new ZoneLadder(side, 'near', params.flippedMaxAge, wire && { wire });
  }

  get zones(): readonly FlippedBlock[] {
    return this.#ladder.zones;
  }

  /** Zones that the newest bar visits. */
  collectTouched(into: SmcZone[]): void {
    this.#ladder.collectTouched(into);
  }

  update(window: BarWindow): void {
    this.#ladder.update(window, this.#step);
  }

  readonly #step = (block: LiveZone<FlippedBlock>, window: BarWindow): 'stay' | 'leave' => {
    if (visit(block, window) !== 'inside') return 'stay';
    if (closesThrough(block, window)) {
      tellZone(window, block, 'invalid');
      return 'leave';
    }
    return 'stay';
  };

  add(window: BarWindow, block: FlippedBlock): void {
    if (this.#ladder.size >= this.#maxActive) this.#ladder.expireOldest(window);
    this.#ladder.add(block);
    tellZone(window, block, 'created');
  }

  snapshot(): FlippedSnapshot {
    return { blocks: this.#ladder.zones.map((block) => FORMAT.pack(block)) };
  }

  restore(window: BarWindow, snapshot: FlippedSnapshot): void {
    const blocks = snapshot.blocks.map((row): FlippedBlock => {
      const stored = FORMAT.unpack(row);
      const id = `${stored.kind}:${stored.originId}`;
      // Field by field as at its birth, so that all blocks have one shape.
      return {
        id,
        kind: stored.kind,
        side: this.#side,
        top: stored.top,
        bottom: stored.bottom,
        mid: window.grid.mid(stored.top, stored.bottom),
        atMs: stored.atMs,
        atIndex: stored.atIndex,
        knownAtMs: stored.knownAtMs,
        knownIndex: stored.knownIndex,
        state: stored.state,
        touches: stored.touches,
        touching: stored.touching,
        originId: stored.originId,
      };
    });
    this.#ladder.restore(blocks);
  }
}
