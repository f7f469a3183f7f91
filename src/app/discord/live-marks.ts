// App, Discord: what a track's detectors say at this moment, copied into the shapes of a picture: living zones, the newest breaks of
// structure and the newest swept levels. The objects of the detectors move on; nothing of them is kept.
import { BREAK_FORMS, type SmcView, type SmcZone } from '../../../strategy/smc/types.ts';
import { SIDES, type Side } from '../../core/units.ts';

export interface MarkedZone {
  readonly id: string;
  readonly kind: string;
  readonly side: Side;
  readonly top: number;
  readonly bottom: number;
  readonly atMs: number;
}

export interface MarkedBreak {
  readonly form: string;
  readonly side: Side;
  readonly level: number;
  readonly swingMs: number;
  readonly atMs: number;
}

export interface MarkedSweep {
  readonly strength: 'single' | 'strong';
  readonly side: Side;
  readonly level: number;
  readonly atMs: number;
}

export interface ChartMarks {
  readonly zones: readonly MarkedZone[];
  readonly breaks: readonly MarkedBreak[];
  readonly sweeps: readonly MarkedSweep[];
}

const ZONES_PER_SIDE = 3;

const zoneOf = ({ id, kind, side, top, bottom, atMs }: SmcZone): MarkedZone => ({ id, kind, side, top, bottom, atMs });

/** The zones nearest to the price, whatever their kind; lists come with the nearest edge first. */
function nearestZones(smc: SmcView, side: Side): MarkedZone[] {
  const all: readonly SmcZone[] = [...smc.orderBlocks(side), ...smc.fairValueGaps(side), ...smc.flippedBlocks(side)];
  const edge = (zone: SmcZone): number => (side === 'long' ? -zone.top : zone.bottom);
  return all
    .toSorted((a, b) => edge(a) - edge(b))
    .slice(0, ZONES_PER_SIDE)
    .map(zoneOf);
}

export function marksOf(smc: SmcView): ChartMarks {
  const breaks = SIDES.flatMap((side) => BREAK_FORMS.map((form) => smc.lastBreak(side, form)));
  const sweeps = SIDES.map((side) => smc.lastSweep(side));
  return {
    zones: SIDES.flatMap((side) => nearestZones(smc, side)),
    breaks: breaks.flatMap((found) =>
      found === null
        ? []
        : [{ form: found.form, side: found.side, level: found.level, swingMs: found.swingAtMs, atMs: found.atMs }],
    ),
    sweeps: sweeps.flatMap((found) =>
      found === null ? [] : [{ strength: found.kind, side: found.side, level: found.level, atMs: found.atMs }],
    ),
  };
}
