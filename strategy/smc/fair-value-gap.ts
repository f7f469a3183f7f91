// Floor 1, room 4: fair value gaps (smc.md a2): three bars of which the middle one went so far that the outer two do not meet.
// Drawn on the middle bar, known one bar later, tested from the bar after that.
import { timeframeMs } from '../../src/core/timeframe.ts';
import type { Side } from '../../src/core/units.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';
import type { BarWindow } from './bar-window.ts';
import type { SmcParams } from './params.ts';
import type { Tripwire } from './tripwires.ts';
import { type FairValueGap, type Mutable, type SmcZone, ZONE_STATES } from './types.ts';
import { closesThrough, type LiveZone, opposite, reachesFarEdge, sideName, tellZone, visit, writeZone } from './zone.ts';
import { ZoneLadder } from './zone-ladder.ts';

/** What can be told from the rest is left out: the middle, and all names but those of inversions. */
function writeGap(tape: TapeWriter, zone: FairValueGap): void {
  tape.text(zone.kind === 'inversionGap' ? zone.id : null);
  writeZone(tape, zone);
  tape.number(zone.sizeAtr);
  tape.flag(zone.displacement);
  tape.flag(zone.structureBreak);
  tape.number(zone.fillFraction);
  tape.text(zone.groupId === zone.id ? null : zone.groupId);
}

/** Field by field as at its birth, so that all gaps have one shape; its names come last. */
function readGap(tape: TapeReader, window: BarWindow, side: Side): FairValueGap {
  const named = tape.text();
  const top = tape.number();
  const bottom = tape.number();
  const gap: Mutable<FairValueGap> = {
    id: named ?? '',
    kind: named === null ? 'fairValueGap' : 'inversionGap',
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
    sizeAtr: tape.number(),
    displacement: tape.flag(),
    structureBreak: tape.flag(),
    fillFraction: tape.number(),
    groupId: '',
  };
  if (named === null) gap.id = window.nameOf('fvg', sideName(side), gap);
  gap.groupId = tape.text() ?? gap.id;
  return gap;
}

interface Group {
  readonly id: string;
  readonly atIndex: number;
}

function writeGroup(tape: TapeWriter, group: Group): void {
  tape.text(group.id);
  tape.number(group.atIndex);
}

const readGroup = (tape: TapeReader): Group => ({ id: tape.name(), atIndex: tape.count() });

/** Marks in the window how large a gap the newest bar made known, in ATR; a property of bars like displacement. */
export function markGap(window: BarWindow, params: SmcParams['gap']): void {
  const t = window.index;
  if (t < 2) return;
  const up = window.low - window.highAt(t - 2);
  const down = window.lowAt(t - 2) - window.high;
  const size = up > down ? up : down;
  if (!(size > 0) || !window.grid.isAtLeast(size, 1) || !(size >= params.minSizeAtr * window.atrBefore)) return;
  const body = window.closeAt(t - 1) - window.openAt(t - 1);
  if (params.requireColour && (up > 0 ? body <= 0 : body >= 0)) return;
  // A minute that the feed left out looks like a gap and is none.
  if (window.openMs - window.openMsAt(t - 2) !== 2 * timeframeMs(window.timeframe)) return;
  window.markGap(up > 0 ? 'long' : 'short', size / window.atrBefore);
}

/** A bar of this reach (a low, or a high turned to its negative) stood in the gap. */
function fill(zone: LiveZone<FairValueGap>, reach: number): void {
  const near = zone.side === 'long' ? zone.top : -zone.bottom;
  const depth = (near - reach) / (zone.top - zone.bottom);
  zone.fillFraction = Math.min(1, Math.max(zone.fillFraction, depth));
}

/**
 * Gaps of one side. A filled gap is out of play: it is kept only for whoever hears of the close that goes through it, and of its
 * inversion.
 */
export class GapBook {
  readonly #side: Side;
  readonly #params: SmcParams['gap'];
  readonly #active: ZoneLadder<FairValueGap>;
  readonly #filled: ZoneLadder<FairValueGap>;
  readonly #inverted: FairValueGap[] = [];
  #group: Group | null = null;

  constructor(side: Side, params: SmcParams['gap'], wires?: { readonly active: Tripwire; readonly filled: Tripwire }) {
    this.#side = side;
    this.#params = params;
    this.#active = new ZoneLadder(side, 'near', params.maxAge, { ...(wires && { wire: wires.active }), deepened: fill });
    this.#filled = new ZoneLadder(side, 'far', params.maxAge, wires && { wire: wires.filled });
  }

  /** Not filled, nearest first. */
  get zones(): readonly FairValueGap[] {
    return this.#active.zones;
  }

  /** Zones that the newest bar visits. */
  collectTouched(into: SmcZone[]): void {
    this.#active.collectTouched(into);
  }

  /** Before `updateActive`: a gap that this bar fills is tested from the next. */
  updateFilled(window: BarWindow): void {
    this.#filled.update(window, this.#stepFilled);
  }

  updateActive(window: BarWindow): void {
    this.#active.update(window, this.#stepActive);
  }

  readonly #stepFilled = (zone: LiveZone<FairValueGap>, window: BarWindow): 'stay' | 'leave' => {
    if (!closesThrough(zone, window)) return 'stay';
    this.#invalidate(window, zone);
    return 'leave';
  };

  readonly #stepActive = (zone: LiveZone<FairValueGap>, window: BarWindow): 'stay' | 'leave' => {
    if (visit(zone, window) !== 'inside') return 'stay';
    fill(zone, this.#side === 'long' ? window.low : -window.high);
    if (!reachesFarEdge(zone, window)) return 'stay';
    zone.state = 'filled';
    tellZone(window, zone, 'filled');
    if (closesThrough(zone, window)) this.#invalidate(window, zone);
    else if (window.keepsEvents || this.#params.inversion) this.#filled.add(zone);
    return 'leave';
  };

  #invalidate(window: BarWindow, zone: FairValueGap): void {
    tellZone(window, zone, 'invalid');
    if (this.#params.inversion && zone.kind === 'fairValueGap') this.#inverted.push(zone);
  }

  /** Gaps that failed in this bar, for the book of the other side; taken once. */
  takeInverted(): readonly FairValueGap[] {
    return this.#inverted.length === 0 ? this.#inverted : this.#inverted.splice(0);
  }

  /** A gap of the other side that a close went through: the same prices, working the other way from the next bar on. */
  invert(window: BarWindow, failed: FairValueGap): void {
    this.#add(window, {
      ...failed,
      id: `inv:${failed.id}`,
      kind: 'inversionGap',
      side: opposite(failed.side),
      knownAtMs: window.openMs,
      knownIndex: window.index,
      state: 'fresh',
      touches: 0,
      touching: false,
      fillFraction: 0,
      groupId: `inv:${failed.groupId}`,
    });
  }

  /** Makes a zone of the gap that `mark` found. */
  create(window: BarWindow, brokeStructure: boolean): void {
    const t = window.index;
    const sizeAtr = window.gapAtr(this.#side, t);
    if (sizeAtr === 0) return;
    const long = this.#side === 'long';
    const top = long ? window.low : window.lowAt(t - 2);
    const bottom = long ? window.highAt(t - 2) : window.high;
    const id = window.idOf('fvg', sideName(this.#side), window.openMsAt(t - 1));
    const adjacent = this.#group !== null && this.#group.atIndex === t - 2;
    const groupId = adjacent && this.#group !== null ? this.#group.id : id;
    this.#group = { id: groupId, atIndex: t - 1 };
    this.#add(window, {
      id,
      kind: 'fairValueGap',
      side: this.#side,
      top,
      bottom,
      mid: window.grid.mid(top, bottom),
      atMs: window.openMsAt(t - 1),
      atIndex: t - 1,
      knownAtMs: window.openMs,
      knownIndex: t,
      state: 'fresh',
      touches: 0,
      touching: false,
      sizeAtr,
      displacement: this.#isDisplaced(window),
      structureBreak: brokeStructure,
      fillFraction: 0,
      groupId,
    });
  }

  #isDisplaced(window: BarWindow): boolean {
    for (let i = window.index - 2; i <= window.index; i++) if (window.displacementFrom(this.#side, i) >= 0) return true;
    return false;
  }

  #add(window: BarWindow, zone: FairValueGap): void {
    if (this.#active.size >= this.#params.maxActive) this.#active.expireOldest(window);
    this.#active.add(zone);
    tellZone(window, zone, 'created');
  }

  /** A break in this direction by a leg that began at `originIndex`: every gap inside the leg took part in it. */
  noteBreak(originIndex: number): void {
    for (const zone of this.#active.zones) {
      if (zone.atIndex >= originIndex && zone.kind === 'fairValueGap') (zone as LiveZone<FairValueGap>).structureBreak = true;
    }
  }

  write(tape: TapeWriter): void {
    tape.list(this.#active.zones, writeGap);
    tape.list(this.#filled.zones, writeGap);
    tape.maybe(this.#group, writeGroup);
  }

  read(tape: TapeReader, window: BarWindow): void {
    this.#active.restore(tape.list((own) => readGap(own, window, this.#side)));
    this.#filled.restore(tape.list((own) => readGap(own, window, this.#side)));
    this.#inverted.length = 0;
    this.#group = tape.maybe(readGroup);
  }
}
