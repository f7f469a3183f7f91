// Floor 1, room 4: breaker and mitigation blocks of one side (smc.md a5): failed order blocks of the other side, valid until a close
// beyond their far edge or for 300 bars.
import type { Side } from '../../src/core/units.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';
import type { BarWindow } from './bar-window.ts';
import type { SmcParams } from './params.ts';
import type { Tripwire } from './tripwires.ts';
import { type FlippedBlock, type Mutable, type SmcZone, ZONE_STATES } from './types.ts';
import { closesThrough, type LiveZone, tellZone, visit, writeZone } from './zone.ts';
import { ZoneLadder } from './zone-ladder.ts';

const KINDS = ['breaker', 'mitigation'] as const;

/** What can be told from the rest is left out: its name and its middle. */
function writeBlock(tape: TapeWriter, block: FlippedBlock): void {
  tape.word(KINDS, block.kind);
  writeZone(tape, block);
  tape.text(block.originId);
}

/** Field by field as at its birth, so that all blocks have one shape; its name comes last. */
function readBlock(tape: TapeReader, window: BarWindow, side: Side): FlippedBlock {
  const kind = tape.word(KINDS);
  const top = tape.number();
  const bottom = tape.number();
  const block: Mutable<FlippedBlock> = {
    id: '',
    kind,
    side,
    top,
    bottom,
    mid: window.grid.mid(top, bottom),
    atMs: tape.instant(),
    atIndex: tape.count(),
    knownAtMs: tape.instant(),
    knownIndex: tape.count(),
    state: tape.word(ZONE_STATES),
    touches: tape.count(),
    touching: tape.flag(),
    originId: tape.name(),
  };
  block.id = `${kind}:${block.originId}`;
  return block;
}

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

  write(tape: TapeWriter): void {
    tape.list(this.#ladder.zones, writeBlock);
  }

  read(tape: TapeReader, window: BarWindow): void {
    this.#ladder.restore(tape.list((own) => readBlock(own, window, this.#side)));
  }
}
