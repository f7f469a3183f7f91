// App, `perpscout study`: what the detectors had said and still held when a signal was given. Events are kept as they were
// told; nothing that came later is in here.

import type { BreakEvent, PoolEvent, SmcEvent, SmcZone, SweepEvent, ZoneEvent } from '../../../strategy/smc/types.ts';
import type { Strategy, StrategySettings } from '../../../strategy/strategy.ts';
import { TwoTracks } from '../../../strategy/two-tracks.ts';
import type { Bar } from '../../core/market.ts';
import type { Signal } from '../../core/signal.ts';
import { SIDES } from '../../core/units.ts';
import type { HeardSignal, RecordedSymbol } from './symbol-run.ts';
import { runSymbol } from './symbol-run.ts';

/** Fields of a living zone that a picture needs, copied: the objects move on with later bars. */
export type HeldZone = Pick<SmcZone, 'id' | 'kind' | 'side' | 'top' | 'bottom' | 'atMs'>;

export interface SignalScene {
  readonly signal: Signal;
  readonly recorded: RecordedSymbol;
  /** Bars up to the trigger, which is the last. */
  readonly bars: readonly Bar[];
  /** Zones alive after the trigger, the signal's own left out. */
  readonly others: readonly HeldZone[];
  /** Everything told so far, oldest first. */
  readonly events: readonly SmcEvent[];
  /** ATR14 of both timeframes after the trigger bar. */
  readonly entryAtr: number;
  readonly trendAtr: number;
}

function heldZones({ entry }: TwoTracks, signal: Signal): HeldZone[] {
  const { smc } = entry;
  const alive = SIDES.flatMap((side): readonly SmcZone[] => [...smc.orderBlocks(side), ...smc.fairValueGaps(side)]);
  return alive
    .filter(({ id }) => id !== signal.zone.id)
    .map(({ id, kind, side, top, bottom, atMs }) => ({ id, kind, side, top, bottom, atMs }));
}

/** Runs the contract again and stops to look at each of the wanted signals. */
export function scenesOf(
  strategy: Strategy,
  settings: StrategySettings,
  recorded: RecordedSymbol,
  wanted: readonly HeardSignal[],
): SignalScene[] {
  const events: SmcEvent[] = [];
  const scenes: SignalScene[] = [];
  const ids = new Set(wanted.map(({ signal }) => signal.id));
  const last = Math.max(...wanted.map(({ index }) => index));
  runSymbol(strategy, settings, { ...recorded, bars: recorded.bars.slice(0, last + 1) }, (signal, index, one) => {
    if (!(one instanceof TwoTracks)) throw new Error(`${strategy.id} shows no detectors to draw`);
    // Nothing is told in the first 42 bars, so none is missed.
    one.entry.smc.keepEvents();
    events.push(...one.entry.smc.events);
    if (signal === null || !ids.has(signal.id)) return;
    scenes.push({
      signal,
      recorded,
      bars: recorded.bars.slice(0, index + 1),
      others: heldZones(one, signal),
      events: [...events],
      entryAtr: one.entry.indicators.atr14,
      trendAtr: one.trend.indicators.atr14,
    });
  });
  return scenes;
}

export const isBreak = (event: SmcEvent): event is BreakEvent => event.kind.startsWith('structure.');
export const isPool = (event: SmcEvent): event is PoolEvent => event.kind.startsWith('pool.');
export const isSweep = (event: SmcEvent): event is SweepEvent => event.kind === 'sweep';

export const zoneCreated = (scene: SignalScene, zoneId: string): ZoneEvent | null =>
  scene.events.find(
    (event): event is ZoneEvent => event.kind === 'zone' && event.change === 'created' && event.zoneId === zoneId,
  ) ?? null;

/** The break that made an order block known: same side, same bar. */
export const breakAt = (scene: SignalScene, side: Signal['side'], knownAtMs: number): BreakEvent | null =>
  scene.events.find((event): event is BreakEvent => isBreak(event) && event.side === side && event.knownAt === knownAtMs) ?? null;

/** Where the swept level came from: the drawn bar of its oldest pool. */
export function sweptFrom(scene: SignalScene, sweep: SweepEvent): number {
  const pools = scene.events.filter((event) => event.kind === 'pool.created' && sweep.poolIds.includes(event.poolId));
  return Math.min(sweep.at, ...pools.map((event) => event.at));
}
