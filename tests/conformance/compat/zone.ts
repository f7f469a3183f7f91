// Conformance, zones: what the live zone ladder needs to know of a gap or a block, and no more.
import { epochMs, type Side } from '../../../src/core/units.ts';
import type { FlippedBlock } from '../../../strategy/smc/types.ts';

export type CompatZone = FlippedBlock;

/** The library never lets a zone grow old. */
export const AGELESS = Number.POSITIVE_INFINITY;

/** `row` is where the library writes the zone. */
export function zoneAt(row: number, side: Side, prices: { readonly top: number; readonly bottom: number }): CompatZone {
  return {
    id: `${side}:${row}`,
    kind: 'breaker',
    side,
    top: prices.top,
    bottom: prices.bottom,
    mid: (prices.top + prices.bottom) / 2,
    atMs: epochMs(0),
    atIndex: row,
    knownAtMs: epochMs(0),
    knownIndex: row,
    state: 'fresh',
    touches: 0,
    touching: false,
    originId: '',
  };
}
