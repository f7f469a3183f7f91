// Floor 1, room 4: what all zones share: being visited by a bar, and telling about it. A zone is never tested by the bar that made it.
import type { Side } from '../../src/core/units.ts';
import type { TapeWriter } from '../tape.ts';
import type { BarWindow } from './bar-window.ts';
import { type Mutable, type SmcZone, ZONE_STATES, type ZoneBase, type ZoneChange } from './types.ts';

export type LiveZone<Z extends SmcZone> = Mutable<Z>;

/** What a bar did to a zone's near edge: away from it, inside, or the bar after a visit. */
export type Visit = 'away' | 'inside' | 'left';

export function tellZone(window: BarWindow, zone: SmcZone, change: ZoneChange): void {
  if (!window.keepsEvents) return;
  window.events.push({
    kind: 'zone',
    id: change === 'tapped' ? `${zone.id}/tapped/${zone.touches}` : `${zone.id}/${change}`,
    at: zone.atMs,
    knownAt: window.openMs,
    change,
    zoneKind: zone.kind,
    zoneId: zone.id,
    side: zone.side,
    top: zone.top,
    bottom: zone.bottom,
  });
}

export const reachesMid = (zone: ZoneBase, window: BarWindow): boolean =>
  zone.side === 'long' ? window.low <= zone.mid : window.high >= zone.mid;
export const reachesFarEdge = (zone: ZoneBase, window: BarWindow): boolean =>
  zone.side === 'long' ? window.low <= zone.bottom : window.high >= zone.top;
export const closesThrough = (zone: ZoneBase, window: BarWindow): boolean =>
  zone.side === 'long' ? window.close < zone.bottom : window.close > zone.top;
export const wicksThrough = (zone: ZoneBase, window: BarWindow): boolean =>
  zone.side === 'long' ? window.low < zone.bottom : window.high > zone.top;

/** Counts visits and tells `tapped` at the start of each, `half` once. */
export function visit(zone: LiveZone<SmcZone>, window: BarWindow): Visit {
  const inside = zone.side === 'long' ? window.low <= zone.top : window.high >= zone.bottom;
  if (!inside) {
    const left = zone.touching;
    zone.touching = false;
    return left ? 'left' : 'away';
  }
  if (!zone.touching) {
    zone.touching = true;
    zone.touches += 1;
    if (zone.state === 'fresh') zone.state = 'tapped';
    tellZone(window, zone, 'tapped');
  }
  if (zone.state === 'tapped' && reachesMid(zone, window)) {
    zone.state = 'half';
    tellZone(window, zone, 'half');
  }
  return 'inside';
}

/** The fields of every zone that cannot be told from others. They are read one by one, so that each kind is born in its own shape. */
export function writeZone(tape: TapeWriter, zone: ZoneBase): void {
  tape.number(zone.top);
  tape.number(zone.bottom);
  tape.instant(zone.atMs);
  tape.number(zone.atIndex);
  tape.instant(zone.knownAtMs);
  tape.number(zone.knownIndex);
  tape.word(ZONE_STATES, zone.state);
  tape.number(zone.touches);
  tape.flag(zone.touching);
}

export const sideName = (side: Side): 'L' | 'S' => (side === 'long' ? 'L' : 'S');
export const opposite = (side: Side): Side => (side === 'long' ? 'short' : 'long');
