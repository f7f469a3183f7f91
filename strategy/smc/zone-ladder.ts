// Floor 1, room 4: the living zones of one side, ordered by the edge that price meets first, the nearest in front. A bar walks only
// the rungs that it reaches and those that the bar before stood on, and none where it changes nothing: the wire says so.
import type { Side } from '../../src/core/units.ts';
import type { BarWindow } from './bar-window.ts';
import { insertAt, removeAt } from './ordered.ts';
import { looseWire, type Tripwire } from './tripwires.ts';
import type { SmcZone } from './types.ts';
import { type LiveZone, tellZone } from './zone.ts';

type Edge = 'near' | 'far';
/** Looks at one zone in the newest bar; `leave` takes it off the ladder. */
export type ZoneStep<Z extends SmcZone> = (zone: LiveZone<Z>, window: BarWindow) => 'stay' | 'leave';

/** Whom a bar has to touch before the ladder is walked, and how zones that were visited meanwhile hear how deep the bars went. */
export interface LadderWatch<Z extends SmcZone> {
  readonly wire?: Tripwire;
  readonly deepened?: (zone: LiveZone<Z>, reach: number) => void;
}

export class ZoneLadder<Z extends SmcZone> {
  readonly #side: Side;
  readonly #edge: Edge;
  readonly #maxAge: number;
  readonly #wire: Tripwire;
  readonly #zones: LiveZone<Z>[] = [];
  readonly #deepened: ((zone: LiveZone<Z>, reach: number) => void) | null;
  /** Rungs at the front that the bar before stood on. */
  #occupied = 0;
  /** No zone grows too old before this bar. */
  #oldestKnown = Number.POSITIVE_INFINITY;

  constructor(side: Side, edge: Edge, maxAge: number, watch: LadderWatch<Z> = {}) {
    this.#wire = watch.wire ?? looseWire();
    this.#deepened = watch.deepened ?? null;
    this.#side = side;
    this.#edge = edge;
    this.#maxAge = maxAge;
  }

  get zones(): readonly Z[] {
    this.#deepen();
    return this.#zones;
  }

  get size(): number {
    return this.#zones.length;
  }

  /** Appends the zones that the newest bar visits. */
  collectTouched(into: SmcZone[]): void {
    if (this.#occupied === 0) return;
    this.#deepen();
    for (let place = 0; place < this.#occupied; place++) {
      const zone = this.#zones[place] as Z;
      if (zone.touching) into.push(zone);
    }
  }

  /** Bars that changed nothing else may have gone deeper into the zones that they stood in. */
  #deepen(): void {
    if (this.#deepened === null) return;
    const reach = this.#wire.takeDeepest();
    if (reach === Number.POSITIVE_INFINITY) return;
    for (let place = 0; place < this.#occupied; place++) {
      const zone = this.#zones[place] as LiveZone<Z>;
      if (zone.touching) this.#deepened(zone, reach);
    }
  }

  /** Height of a zone's edge, turned so that greater is nearer to the price. */
  #height(zone: Z): number {
    if (this.#side === 'long') return this.#edge === 'near' ? zone.top : zone.bottom;
    return this.#edge === 'near' ? -zone.bottom : -zone.top;
  }

  /** Of equal edges the older stays in front. */
  add(zone: Z): void {
    const height = this.#height(zone);
    let place = 0;
    while (place < this.#zones.length && this.#height(this.#zones[place] as Z) >= height) place++;
    insertAt(this.#zones, place, zone);
    if (place < this.#occupied) this.#occupied += 1;
    this.#oldestKnown = Math.min(this.#oldestKnown, zone.knownIndex);
    this.#string();
  }

  /**
   * Tells the wire between which heights a bar changes nothing: it neither meets a new rung, nor leaves one that the bar before stood
   * on, nor gets to the middle or the far edge of such a one.
   */
  #string(): void {
    const first = this.#zones[this.#occupied];
    let near = first === undefined ? Number.NEGATIVE_INFINITY : this.#height(first);
    let left = Number.POSITIVE_INFINITY;
    for (let place = 0; place < this.#occupied; place++) {
      const zone = this.#zones[place] as Z;
      const long = this.#side === 'long';
      // A rung that was born in front of visited ones is met by the next bar.
      const inner = !zone.touching ? Number.POSITIVE_INFINITY : this.#nextDepth(zone, long);
      if (inner > near) near = inner;
      left = this.#edge === 'far' ? left : this.#height(zone);
    }
    this.#wire.setSpan(near, left, this.#oldestKnown + this.#maxAge);
  }

  /** The height at which something happens next inside a visited zone. */
  #nextDepth(zone: Z, long: boolean): number {
    const next = zone.state === 'tapped' ? zone.mid : long ? zone.bottom : zone.top;
    return long ? next : -next;
  }

  remove(zone: Z): void {
    this.#removeAt(this.#zones.indexOf(zone));
  }

  #removeAt(place: number): void {
    if (place < 0) return;
    removeAt(this.#zones, place);
    if (place < this.#occupied) this.#occupied -= 1;
    this.#string();
  }

  /** Of equally old ones the nearest. */
  #oldest(): Z | null {
    let found: Z | null = null;
    for (const zone of this.#zones) if (found === null || zone.knownIndex < found.knownIndex) found = zone;
    return found;
  }

  /** Zones past their age leave first, oldest first; then every zone within the bar's reach is looked at, the nearest first. */
  update(window: BarWindow, step: ZoneStep<Z>): void {
    if (window.index - this.#oldestKnown > this.#maxAge) {
      this.#expire(window);
      this.#string();
    }
    this.#deepen();
    const reach = this.#side === 'long' ? window.low : -window.high;
    const before = this.#occupied;
    if (before === 0 && (this.#zones.length === 0 || this.#height(this.#zones[0] as Z) < reach)) return;
    let walked = 0;
    let place = 0;
    while (place < this.#zones.length) {
      const zone = this.#zones[place] as LiveZone<Z>;
      const reached = this.#height(zone) >= reach;
      if (!reached && walked >= before) break;
      walked += 1;
      if (step(zone, window) === 'leave') removeAt(this.#zones, place);
      else place += 1;
    }
    this.#occupied = 0;
    while (this.#occupied < this.#zones.length && (this.#zones[this.#occupied] as Z).touching) this.#occupied += 1;
    this.#string();
  }

  #expire(window: BarWindow): void {
    for (;;) {
      const zone = this.#oldest();
      this.#oldestKnown = zone === null ? Number.POSITIVE_INFINITY : zone.knownIndex;
      if (zone === null || window.index - zone.knownIndex <= this.#maxAge) return;
      this.expireOldest(window);
    }
  }

  /** The oldest zone leaves, because of its age or because the ladder is full. */
  expireOldest(window: BarWindow): void {
    const zone = this.#oldest();
    if (zone === null) return;
    this.remove(zone);
    tellZone(window, zone, 'expired');
  }

  /** Zones in the order in which a ladder gave them. */
  restore(zones: readonly Z[]): void {
    this.#zones.length = 0;
    this.#oldestKnown = Number.POSITIVE_INFINITY;
    for (const zone of zones) {
      this.#zones.push(zone);
      this.#oldestKnown = Math.min(this.#oldestKnown, zone.knownIndex);
    }
    // A zone born on the last bar may stand, untouched, in front of one that is being visited.
    this.#occupied = 1 + this.#zones.findLastIndex((zone) => zone.touching);
    this.#string();
  }
}
