// App, `perpscout study`: what a drawn signal claims about the klines, one sentence each, with the bar that has to show it. The
// check is made against the bars alone, without asking the detectors again.
import type { SweepEvent } from '../../../strategy/smc/types.ts';
import type { Bar } from '../../core/market.ts';
import { MINUTE_MS } from '../../core/timeframe.ts';
import { breakAt, isPool, isSweep, type SignalScene, zoneCreated } from './signal-scene.ts';

export interface Claim {
  /** The rule and its numbers, in English. */
  readonly text: string;
  readonly holds: boolean;
}

/** Pivots need five bars on either side (smc.md a1); an order block's candle is at most three bars before the leg's extreme. */
const PIVOT = 5;
const BLOCK_REACH = 3;

class Klines {
  readonly #bars: ReadonlyMap<number, Bar>;
  readonly #decimals: number;

  constructor({ recorded }: SignalScene) {
    this.#bars = new Map(recorded.bars.map((bar) => [bar.openMs, bar]));
    this.#decimals = recorded.priceDecimals;
  }

  at(openMs: number): Bar | null {
    return this.#bars.get(openMs) ?? null;
  }

  around(openMs: number, from: number, to: number): Bar[] {
    return Array.from({ length: to - from + 1 }, (_, i) => this.at(openMs + (from + i) * MINUTE_MS)).filter(
      (bar) => bar !== null,
    );
  }

  price(value: number): string {
    return value.toFixed(this.#decimals);
  }
}

const utc = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16)}Z`;
const claim = (text: string, holds: boolean | undefined): Claim => ({ text, holds: holds === true });

/** Edges of an order block, or of the block that a breaker once was. */
function blockEdges(klines: Klines, zone: { atMs: number; top: number; bottom: number }, was: 'long' | 'short'): Claim[] {
  const own = klines.at(zone.atMs);
  const reach = klines.around(zone.atMs, 0, BLOCK_REACH);
  const p = (value: number): string => klines.price(value);
  const when = utc(zone.atMs);
  if (was === 'long') {
    const low = reach.find((bar) => bar.low === zone.bottom);
    return [
      claim(`zone top ${p(zone.top)} = high of bar ${when}`, own?.high === zone.top),
      claim(
        `zone bottom ${p(zone.bottom)} = low of bar ${low === undefined ? when : utc(low.openMs)} (the block's bar or the leg's lowest bar, at most 3 later)`,
        low !== undefined,
      ),
    ];
  }
  const high = reach.find((bar) => bar.high === zone.top);
  return [
    claim(`zone bottom ${p(zone.bottom)} = low of bar ${when}`, own?.low === zone.bottom),
    claim(
      `zone top ${p(zone.top)} = high of bar ${high === undefined ? when : utc(high.openMs)} (the block's bar or the leg's highest bar, at most 3 later)`,
      high !== undefined,
    ),
  ];
}

/** The break that made the block known: a close beyond a confirmed pivot. */
function breakClaims(klines: Klines, scene: SignalScene, side: 'long' | 'short', knownAtMs: number): Claim[] {
  const broken = breakAt(scene, side, knownAtMs);
  if (broken === null) return [claim(`a ${side} break of structure at ${utc(knownAtMs)}`, false)];
  const up = side === 'long';
  const swing = klines.at(broken.swingAt);
  const before = klines.around(broken.swingAt, -PIVOT, -1);
  const after = klines.around(broken.swingAt, 1, PIVOT);
  const pivot = up
    ? before.every((bar) => bar.high < broken.level) && after.every((bar) => bar.high <= broken.level)
    : before.every((bar) => bar.low > broken.level) && after.every((bar) => bar.low >= broken.level);
  const close = klines.at(knownAtMs)?.close ?? Number.NaN;
  const word = up ? 'high' : 'low';
  const beyond = up ? close > broken.level : close < broken.level;
  return [
    claim(
      `swing ${word} ${klines.price(broken.level)} = ${word} of bar ${utc(broken.swingAt)}, the extreme of 5 bars on either side`,
      swing?.[word] === broken.level && pivot,
    ),
    claim(
      `${broken.kind}: bar ${utc(knownAtMs)} closes at ${klines.price(close)}, ${up ? 'above' : 'below'} ${klines.price(broken.level)}; the block is known from then on`,
      beyond,
    ),
  ];
}

function gapClaims(klines: Klines, { signal: { zone } }: SignalScene): Claim[] {
  const [first, middle, last] = klines.around(zone.atMs, -1, 1);
  const p = (value: number): string => klines.price(value);
  const times = { first: utc(zone.atMs - MINUTE_MS), last: utc(zone.atMs + MINUTE_MS) };
  const up = zone.side === 'long';
  return [
    up
      ? claim(`zone top ${p(zone.top)} = low of bar ${times.last}`, last?.low === zone.top)
      : claim(`zone top ${p(zone.top)} = low of bar ${times.first}`, first?.low === zone.top),
    up
      ? claim(`zone bottom ${p(zone.bottom)} = high of bar ${times.first}`, first?.high === zone.bottom)
      : claim(`zone bottom ${p(zone.bottom)} = high of bar ${times.last}`, last?.high === zone.bottom),
    claim(
      `middle bar ${utc(zone.atMs)} closes ${up ? 'up' : 'down'}`,
      middle !== undefined && (up ? middle.close > middle.open : middle.close < middle.open),
    ),
    claim(`known from ${times.last} on, not from the bar it is drawn on`, zone.knownAtMs === zone.atMs + MINUTE_MS),
  ];
}

/** Where the swept level comes from: a pivot's own bar, or the extreme of the day, week or session that had ended. */
function levelClaim(klines: Klines, scene: SignalScene, sweep: SweepEvent): Claim {
  const word = sweep.side === 'long' ? 'low' : 'high';
  const level = klines.price(sweep.level);
  const pools = scene.events.filter((event) => isPool(event) && sweep.poolIds.includes(event.poolId));
  const pivot = pools.map((event) => klines.at(event.at)).find((bar) => bar?.[word] === sweep.level);
  if (pivot !== undefined && pivot !== null) return claim(`the swept level ${level} = ${word} of bar ${utc(pivot.openMs)}`, true);
  const period = scene.events.find(
    (event) => event.kind === 'period.closed' && event[word] === sweep.level && pools.some(({ at }) => at === event.at),
  );
  if (period?.kind !== 'period.closed') return claim(`the swept level ${level} stands on some bar`, false);
  const inside = scene.bars.filter((bar) => bar.openMs >= period.at && bar.openMs <= period.knownAt);
  const extreme = word === 'low' ? Math.min(...inside.map((bar) => bar.low)) : Math.max(...inside.map((bar) => bar.high));
  const at = inside.find((bar) => bar[word] === sweep.level);
  const where = at === undefined ? 'no bar' : `bar ${utc(at.openMs)}`;
  return claim(
    `the swept level ${level} = ${word} of ${where}, the extreme of ${period.period} (${utc(period.at)} to ${utc(period.knownAt)})`,
    extreme === sweep.level,
  );
}

function sweepClaims(klines: Klines, scene: SignalScene): Claim[] {
  const { zone } = scene.signal;
  const up = zone.side === 'long';
  const level = up ? zone.top : zone.bottom;
  const wick = up ? zone.bottom : zone.top;
  const told = scene.events.filter(isSweep).find((event) => event.side === zone.side && event.knownAt === zone.knownAtMs);
  const bar = klines.at(zone.knownAtMs);
  const reach = klines.around(zone.knownAtMs, -BLOCK_REACH, 0);
  const furthest = up ? Math.min(...reach.map((b) => b.low)) : Math.max(...reach.map((b) => b.high));
  const back = bar !== null && (up ? bar.close > level : bar.close < level);
  return [
    told?.level === level
      ? levelClaim(klines, scene, told)
      : claim(`a sweep of ${klines.price(level)} at ${utc(zone.knownAtMs)}`, false),
    claim(`zone's far edge ${klines.price(wick)} = furthest wick of the 4 bars up to ${utc(zone.knownAtMs)}`, furthest === wick),
    claim(
      `bar ${utc(zone.knownAtMs)} closes back ${up ? 'above' : 'below'} the level (${klines.price(bar?.close ?? Number.NaN)})`,
      back,
    ),
  ];
}

function breakerClaims(klines: Klines, scene: SignalScene): Claim[] {
  const { zone } = scene.signal;
  const was = zone.side === 'long' ? 'short' : 'long';
  const close = klines.at(zone.knownAtMs)?.close ?? Number.NaN;
  const through = was === 'short' ? close > zone.top : close < zone.bottom;
  return [
    ...blockEdges(klines, zone, was),
    claim(
      `the ${was} block failed: bar ${utc(zone.knownAtMs)} closes at ${klines.price(close)}, beyond its far edge; it works ${zone.side} from then on`,
      through,
    ),
  ];
}

function zoneClaims(klines: Klines, scene: SignalScene): Claim[] {
  const { zone } = scene.signal;
  switch (zone.kind) {
    case 'orderBlock':
      return [...blockEdges(klines, zone, zone.side), ...breakClaims(klines, scene, zone.side, zone.knownAtMs)];
    case 'fairValueGap':
      return gapClaims(klines, scene);
    case 'breaker':
      return breakerClaims(klines, scene);
    case 'sweep':
      return sweepClaims(klines, scene);
    default:
      return [claim(`a zone of kind ${zone.kind} is no set-up`, false)];
  }
}

function triggerClaims(klines: Klines, { signal }: SignalScene): Claim[] {
  const { zone, plan, side, barOpenMs } = signal;
  const bar = klines.at(barOpenMs);
  if (bar === null) return [claim(`trigger bar ${utc(barOpenMs)}`, false)];
  const up = side === 'long';
  const middle = (zone.top + zone.bottom) / 2;
  const touched = up ? bar.low <= zone.top : bar.high >= zone.bottom;
  const turned = up ? bar.close > middle && bar.close > bar.open : bar.close < middle && bar.close < bar.open;
  const p = (value: number): string => klines.price(value);
  return [
    claim(`trigger bar ${utc(barOpenMs)} reaches the zone (${up ? 'low' : 'high'} ${p(up ? bar.low : bar.high)})`, touched),
    claim(
      `it closes at ${p(bar.close)} ${up ? 'above' : 'below'} the zone's middle ${middle.toPrecision(6)}, ${up ? 'up' : 'down'} from its open ${p(bar.open)}`,
      turned,
    ),
    claim(`entry ${p(plan.entry)} = its close`, plan.entry === bar.close),
  ];
}

/** The stop by the rule: behind zone and trigger bar with a quarter ATR of air, at least one trend ATR away. */
function stopClaim(klines: Klines, { signal, entryAtr, trendAtr, recorded }: SignalScene): Claim {
  const { zone, plan, side, barOpenMs } = signal;
  const bar = klines.at(barOpenMs);
  const d = side === 'long' ? 1 : -1;
  const far = side === 'long' ? Math.min(zone.bottom, bar?.low ?? zone.bottom) : Math.max(zone.top, bar?.high ?? zone.top);
  const structure = d * (plan.entry - far) + 0.25 * entryAtr;
  const wanted = Math.max(structure, trendAtr);
  const slack = plan.risk - wanted;
  const p = (value: number): string => value.toPrecision(4);
  const text = `stop ${klines.price(plan.stop)}: distance ${p(plan.risk)} = the larger of structure ${p(structure)} and 1 ATR of 15m ${p(trendAtr)}, rounded away by less than a tick`;
  return claim(text, slack >= -1e-9 && slack < recorded.tickSize + 1e-9);
}

export function claimsOf(scene: SignalScene): Claim[] {
  const klines = new Klines(scene);
  const { zone, barOpenMs } = scene.signal;
  const known = zoneCreated(scene, zone.id);
  const told = zone.kind === 'sweep' || known?.knownAt === zone.knownAtMs;
  return [
    ...zoneClaims(klines, scene),
    claim(`the zone was told at ${utc(zone.knownAtMs)}, before the trigger`, told && zone.knownAtMs < barOpenMs),
    ...triggerClaims(klines, scene),
    stopClaim(klines, scene),
  ];
}
