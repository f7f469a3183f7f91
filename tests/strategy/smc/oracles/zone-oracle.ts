// Oracle of zones (a2, a5): the whole life of each zone told from its birth on, then cut short where another zone ended it.
import type { Side } from '../../../../src/core/units.ts';
import type { LegSweep } from '../../../../strategy/smc/types.ts';
import { oracleSweeps, sweepBefore } from './liquidity-oracle.ts';
import { atr, bar, gapAtr, perBar, range, type Series, SIDES, sign, speaks, ticks } from './series.ts';
import { oracleBreaks } from './structure-oracle.ts';

interface OracleZone {
  readonly kind: string;
  readonly side: Side;
  readonly top: number;
  readonly bottom: number;
  readonly at: number;
  readonly known: number;
}

interface Rules {
  readonly maxAge: number;
  /** What the bar does to the zone, given its visits so far; an end ends its life. */
  readonly end: (zone: OracleZone, t: number, life: Life) => string | null;
  readonly fills: boolean;
}

interface Life {
  touches: number;
  half: boolean;
  filled: boolean;
  justLeft: boolean;
}

type Told = readonly [number, string];

const reach = (s: Series, zone: OracleZone, t: number): number => (zone.side === 'long' ? -bar(s, t).low : bar(s, t).high);
const nearEdge = (zone: OracleZone): number => (zone.side === 'long' ? -zone.top : zone.bottom);
const farEdge = (zone: OracleZone): number => (zone.side === 'long' ? -zone.bottom : zone.top);
const closesThrough = (s: Series, zone: OracleZone, t: number): boolean => sign(zone.side) * bar(s, t).close < -farEdge(zone);
const inside = (s: Series, zone: OracleZone, t: number): boolean => t > zone.known && reach(s, zone, t) >= nearEdge(zone);
/** In half ticks, so that no double decides. */
const reachesMid = (s: Series, zone: OracleZone, t: number): boolean =>
  2 * ticks(s, reach(s, zone, t)) >= ticks(s, nearEdge(zone)) + ticks(s, farEdge(zone));

/** Every change of one zone with its bar, and the bar after which it is gone. */
function lifeOf(s: Series, zone: OracleZone, rules: Rules): { told: (readonly [number, string])[]; gone: number } {
  const told: Told[] = [];
  const life: Life = { touches: 0, half: false, filled: false, justLeft: false };
  for (let t = zone.known + 1; t < s.bars.length; t++) {
    if (t - zone.known > rules.maxAge) return { told: [...told, [t, 'expired']], gone: t };
    const visited = inside(s, zone, t);
    life.justLeft = !visited && inside(s, zone, t - 1);
    if (visited && !life.filled) {
      if (!inside(s, zone, t - 1)) {
        life.touches += 1;
        told.push([t, 'tapped']);
      }
      if (!life.half && reachesMid(s, zone, t)) {
        life.half = true;
        told.push([t, 'half']);
      }
      if (rules.fills && reach(s, zone, t) >= farEdge(zone)) {
        life.filled = true;
        told.push([t, 'filled']);
      }
    }
    const end = rules.end(zone, t, life);
    if (end !== null) return { told: [...told, [t, end]], gone: t };
  }
  return { told, gone: Number.POSITIVE_INFINITY };
}

interface Lived {
  readonly zone: OracleZone;
  readonly told: Told[];
  gone: number;
}

const aliveAt = (lives: readonly Lived[], side: Side, t: number): Lived[] =>
  lives.filter((life) => life.zone.side === side && life.zone.known <= t && life.gone > t);

/** Ends a life by another zone's birth: nothing is told of it after that bar. */
function cutShort(life: Lived, t: number, change: string): void {
  life.told.splice(0, life.told.length, ...life.told.filter(([at]) => at <= t), [t, change]);
  life.gone = t;
}

/** Of those in play: a gap that is filled takes nobody's place. */
function evictOldest(lives: readonly Lived[], side: Side, t: number, max: number): void {
  const isFilled = ({ told }: Lived): boolean => told.some(([at, change]) => change === 'filled' && at <= t);
  const alive = aliveAt(lives, side, t).filter((life) => !isFilled(life));
  // Of equally old ones the nearest to the price.
  const oldest = alive.toSorted((a, b) => a.zone.known - b.zone.known || nearEdge(a.zone) - nearEdge(b.zone))[0];
  if (alive.length >= max && oldest !== undefined) cutShort(oldest, t, 'expired');
}

function zoneLines(s: Series, lives: readonly Lived[]): string[][] {
  const all = lives.flatMap(({ zone, told }) =>
    [[zone.known, 'created'] as const, ...told].map(
      ([t, change]): Told => [t, `${zone.kind} ${change} ${zone.side} ${bar(s, zone.at).openMs} ${zone.bottom}..${zone.top}`],
    ),
  );
  return perBar(s, all);
}

/** Gaps, and with the parameter on, the inversions of those that failed. */
export function gapLines(s: Series): string[][] {
  const rules: Rules = {
    maxAge: s.params.gap.maxAge,
    fills: true,
    end: (zone, t) => (closesThrough(s, zone, t) ? 'invalid' : null),
  };
  const lives: Lived[] = [];
  const bear = (zone: OracleZone): void => {
    evictOldest(lives, zone.side, zone.known, s.params.gap.maxActive);
    lives.push({ zone, ...lifeOf(s, zone, rules) });
  };
  for (let t = 0; t < s.bars.length; t++) {
    if (!speaks(s, t)) continue;
    if (s.params.gap.inversion) {
      const failed = lives.filter(
        (life) => life.gone === t && life.zone.kind === 'fairValueGap' && life.told.at(-1)?.[1] === 'invalid',
      );
      for (const { zone } of failed)
        bear({ ...zone, kind: 'inversionGap', side: zone.side === 'long' ? 'short' : 'long', known: t });
    }
    for (const side of SIDES) {
      if (gapAtr(s, side, t) === 0) continue;
      const top = side === 'long' ? bar(s, t).low : bar(s, t - 2).low;
      const bottom = side === 'long' ? bar(s, t - 2).high : bar(s, t).high;
      bear({ kind: 'fairValueGap', side, top, bottom, at: t - 1, known: t });
    }
  }
  return zoneLines(s, lives);
}

interface BlockLife extends Lived {
  readonly sweep: LegSweep;
}

function blockRules(s: Series): Rules {
  const { invalidBy, consumedBy, maxAge } = s.params.block;
  return {
    maxAge,
    fills: false,
    end: (zone, t, life) => {
      const failed = invalidBy === 'wick' ? reach(s, zone, t) > farEdge(zone) : closesThrough(s, zone, t);
      if (failed) return 'invalid';
      return (consumedBy === 'half' ? life.half : life.justLeft && life.touches >= 2) ? 'consumed' : null;
    },
  };
}

/** Order blocks with what was dropped, and the flipped blocks of those that failed. */
export function blockLines(s: Series): { blocks: string[][]; flipped: string[][]; dropped: string[][] } {
  const { params } = s;
  const sweeps = oracleSweeps(s);
  const lives: BlockLife[] = [];
  const dropped: Told[] = [];
  for (const b of oracleBreaks(s)) {
    const candle = bar(s, b.candle);
    const body = params.block.zone === 'body';
    const top = body ? Math.max(candle.open, candle.close) : b.side === 'short' ? b.origin : candle.high;
    const bottom = body ? Math.min(candle.open, candle.close) : b.side === 'long' ? b.origin : candle.low;
    const narrow = ticks(s, top - bottom) < params.block.minTicks;
    if (narrow || top - bottom > params.block.maxAtr * atr(s, b.t)) {
      dropped.push([b.t, `orderBlock.dropped ${b.side} ${narrow ? 'tooNarrow' : 'tooWide'} ${bottom}..${top}`]);
      continue;
    }
    for (const old of aliveAt(lives, b.side, b.t)) {
      const shared = ticks(s, Math.min(top, old.zone.top) - Math.max(bottom, old.zone.bottom));
      const smaller = Math.min(ticks(s, top - bottom), ticks(s, old.zone.top - old.zone.bottom));
      if (shared >= params.block.overlap * smaller) cutShort(old, b.t, 'superseded');
    }
    evictOldest(lives, b.side, b.t, params.block.maxActive);
    const zone: OracleZone = { kind: 'orderBlock', side: b.side, top, bottom, at: b.candle, known: b.t };
    lives.push({ zone, ...lifeOf(s, zone, blockRules(s)), sweep: sweepBefore(s, sweeps, b.side, b.t, b.originIndex) });
  }
  return { blocks: zoneLines(s, lives), flipped: flippedLines(s, lives), dropped: perBar(s, dropped) };
}

function flippedLines(s: Series, blocks: readonly BlockLife[]): string[][] {
  const rules: Rules = {
    maxAge: s.params.block.flippedMaxAge,
    fills: false,
    end: (zone, t) => (closesThrough(s, zone, t) ? 'invalid' : null),
  };
  const lives: Lived[] = [];
  for (const t of range(0, s.bars.length - 1)) {
    const failed = blocks.filter(({ gone, told }) => gone === t && told.at(-1)?.[1] === 'invalid');
    for (const { zone, sweep } of failed.toSorted((a, b) => nearEdge(a.zone) - nearEdge(b.zone))) {
      const flipped: OracleZone = {
        ...zone,
        kind: sweep.kind === 'none' ? 'mitigation' : 'breaker',
        side: zone.side === 'long' ? 'short' : 'long',
        known: t,
      };
      evictOldest(lives, flipped.side, t, s.params.block.maxActive);
      lives.push({ zone: flipped, ...lifeOf(s, flipped, rules) });
    }
  }
  return zoneLines(s, lives);
}
