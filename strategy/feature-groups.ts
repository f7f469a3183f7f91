// Floor 1, room 4: the feature columns by group, as numbers in the order of feature-columns.json. Every number is known at
// the close of the signal's bar; NaN where it is not known. "Our way" means signed by the side of the trade.
import type { Signal } from '../src/core/signal.ts';
import { barClose, DAY_MS, MINUTE_MS, timeframeMs } from '../src/core/timeframe.ts';
import { sideSign } from '../src/core/units.ts';
import { comovement } from './ring.ts';
import type { OrderBlock, SmcZone } from './smc/types.ts';
import type { CrossSection, MarketContext, SymbolFacts } from './strategy.ts';
import type { Track } from './track.ts';

export interface Tracks {
  readonly trend: Track;
  readonly entry: Track;
}

export interface FeatureScene extends Tracks {
  readonly signal: Signal;
  readonly facts: SymbolFacts;
  readonly context: MarketContext;
  readonly cross: CrossSection;
  /** BTC's tracks where the same strategy follows it; null where not. */
  readonly btc: Tracks | null;
}

const NONE = Number.NaN;
const CROSS_AGE_CAP = 200;
const DAYS_CAP = 1_000;
const BARS_CAP = 1_000;
const RETURNS = 96;

/** A quotient that is missing, not infinite, where there is nothing to divide by. */
const per = (value: number, unit: number): number => (unit > 0 ? value / unit : NONE);
const log10 = (value: number): number => (value > 0 ? Math.log10(value) : NONE);
const mirrored = (value: number, d: 1 | -1, whole: number): number => (d === 1 ? value : whole - value);
const moved = (track: Track, bars: number): number => track.closes.at(0) - track.closes.at(bars);
/** How many bars of the track make up this span, at least one. */
const barsIn = (track: Track, ms: number): number => Math.max(1, Math.round(ms / timeframeMs(track.timeframe)));

export function percentB(track: Track): number {
  const { bbUpper, bbLower } = track.indicators;
  return per(track.closes.at(0) - bbLower, bbUpper - bbLower);
}

/** 1–18. */
export function trendGroup({ trend, signal }: FeatureScene): number[] {
  const d = sideSign(signal.side);
  const ind = trend.indicators;
  const atr = ind.atr14;
  const close = trend.closes.at(0);
  return [
    per(d * (close - ind.ema200), atr),
    per(d * (ind.ema200 - ind.ema200Ago(8)), atr),
    per(d * (ind.ema50 - ind.ema200), atr),
    per(d * (ind.ema9 - ind.ema21), atr),
    per(d * ind.macdHist, atr),
    per(d * (ind.macdHist - ind.macdHistBefore), atr),
    Math.min(trend.macdCrossAge, CROSS_AGE_CAP),
    mirrored(ind.rsi14, d, 100),
    d * (trend.rsi.at(0) - trend.rsi.at(3)),
    mirrored(percentB(trend), d, 1),
    trend.bandWidth.at(0),
    trend.bandWidth.rank(100),
    per(atr, close) * 10_000,
    trend.atr.rank(500),
    per(d * moved(trend, 4), atr),
    per(d * moved(trend, 16), atr),
    per(d * moved(trend, 96), atr),
    trend.closes.efficiency(20),
  ];
}

/** 19–28. */
export function triggerGroup({ entry, signal }: FeatureScene): number[] {
  const d = sideSign(signal.side);
  const ind = entry.indicators;
  const atr = ind.atr14;
  const bar = entry.last;
  if (bar === null) return new Array<number>(10).fill(NONE);
  const height = bar.high - bar.low;
  const body = Math.abs(bar.close - bar.open);
  const againstWick = d === 1 ? bar.high - Math.max(bar.open, bar.close) : Math.min(bar.open, bar.close) - bar.low;
  return [
    mirrored(ind.rsi14, d, 100),
    per(d * ind.macdHist, atr),
    per(d * (ind.ema9 - ind.ema21), atr),
    per(atr, bar.close) * 10_000,
    per(d * moved(entry, barsIn(entry, 5 * MINUTE_MS)), atr),
    per(d * moved(entry, barsIn(entry, 15 * MINUTE_MS)), atr),
    mirrored(percentB(entry), d, 1),
    per(body, height),
    per(d === 1 ? bar.close - bar.low : bar.high - bar.close, height),
    per(againstWick, height),
  ];
}

/** Share of volume that buyers took; missing where the source counts no trades (a recording writes 0 or nothing). */
function takerFraction(track: Track): number {
  const bar = track.last;
  return bar !== null && bar.trades > 0 ? per(bar.takerBuyVolume, bar.volume) : NONE;
}

function quoteVolumeOf(track: Track): number {
  const bar = track.last;
  if (bar === null) return NONE;
  return bar.quoteVolume > 0 ? bar.quoteVolume : bar.volume * bar.close;
}

/** 29–35. */
export function volumeGroup({ trend, entry, context, signal }: FeatureScene): number[] {
  const d = sideSign(signal.side);
  return [
    per(entry.last?.volume ?? NONE, entry.indicators.volumeSma20),
    trend.volume.zScore(96),
    mirrored(takerFraction(entry), d, 1),
    mirrored(takerFraction(trend), d, 1),
    per(entry.trades.at(0), entry.trades.mean(20)),
    log10(quoteVolumeOf(trend)),
    log10(context.quoteVolume24hUsdt),
  ];
}

/** 36–41 and 53: structure of the trend timeframe. */
export function structureGroup({ trend, signal }: FeatureScene): number[] {
  const d = sideSign(signal.side);
  const { smc } = trend;
  const atr = trend.indicators.atr14;
  const { side } = signal;
  const entry = signal.plan.entry;
  const other = side === 'long' ? 'short' : 'long';
  const age = (index: number | undefined): number => (index === undefined ? NONE : smc.barIndex - index);
  const mine = smc.lastBreak(side, 'any');
  const theirs = smc.lastBreak(other, 'any');
  const newest = mine !== null && (theirs === null || mine.index >= theirs.index) ? mine : theirs;
  const strength = newest === null ? NONE : per(newest.overshoot, newest.atr);
  const changes = [smc.lastBreak(side, 'choch')?.index, smc.lastBreak(side, 'mss')?.index].filter((index) => index !== undefined);
  const ahead = smc.pools(side === 'long' ? 'buySide' : 'sellSide').find((pool) => d * (pool.level - entry) > 0);
  const behind = smc.pools(side === 'long' ? 'sellSide' : 'buySide').find((pool) => d * (entry - pool.level) > 0);
  return [
    d * smc.trend,
    age(smc.lastBreak(side, 'bos')?.index),
    age(changes.length === 0 ? undefined : Math.max(...changes)),
    newest?.side === side ? strength : -strength,
    ahead === undefined ? NONE : per(d * (ahead.level - entry), atr),
    behind === undefined ? NONE : per(d * (entry - behind.level), atr),
  ];
}

/** The signal's own zone if it is of this kind, else the nearest one that still stands on our side. */
function nearestZone<Z extends SmcZone>(zones: readonly Z[], { signal }: FeatureScene): Z | null {
  const price = signal.plan.entry;
  const distance = (zone: Z): number => (zone.id === signal.zone.id ? -1 : Math.max(0, zone.bottom - price, price - zone.top));
  let nearest: Z | null = null;
  for (const zone of zones) if (nearest === null || distance(zone) < distance(nearest)) nearest = zone;
  return nearest;
}

function zoneColumns(zone: SmcZone | null, last: number, scene: FeatureScene): number[] {
  if (zone === null) return [0, NONE, NONE, NONE, NONE];
  const atr = scene.entry.indicators.atr14;
  const price = scene.signal.plan.entry;
  const distance = Math.max(0, zone.bottom - price, price - zone.top);
  return [1, per(distance, atr), per(zone.top - zone.bottom, atr), scene.entry.smc.barIndex - zone.knownIndex, last];
}

/** 42–52: zones and sweeps of the entry timeframe. */
export function zoneGroup(scene: FeatureScene): number[] {
  const { smc } = scene.entry;
  const { side } = scene.signal;
  const block: OrderBlock | null = nearestZone(smc.orderBlocks(side), scene);
  const gap = nearestZone(smc.fairValueGaps(side), scene);
  const sweep = smc.lastSweep(side);
  return [
    ...zoneColumns(block, block?.touches ?? NONE, scene),
    ...zoneColumns(gap, gap?.fillFraction ?? NONE, scene),
    sweep === null ? NONE : smc.barIndex - sweep.index,
  ];
}

/** Which way each detector points now: +1 long, −1 short, 0 or NaN without an opinion. */
function votes({ trend, entry }: Tracks): readonly number[] {
  const newer = (long: number, short: number): number => Math.sign(long - short);
  const price = entry.closes.at(0);
  return [
    trend.smc.trend,
    entry.smc.trend,
    Math.sign(trend.closes.at(0) - trend.indicators.ema200),
    Math.sign(trend.indicators.ema9 - trend.indicators.ema21),
    Math.sign(entry.indicators.ema9 - entry.indicators.ema21),
    Math.sign(trend.indicators.macdHist),
    Math.sign(entry.indicators.macdHist),
    newer(entry.smc.lastSweep('long')?.index ?? -1, entry.smc.lastSweep('short')?.index ?? -1),
    newer(entry.smc.lastDisplacementIndex('long'), entry.smc.lastDisplacementIndex('short')),
    Math.sign(trend.smc.rangePosition('long', price) - 0.5),
  ];
}

/** 53–55. */
export function agreementGroup(scene: FeatureScene): number[] {
  const d = sideSign(scene.signal.side);
  const cast = votes(scene);
  const place = scene.trend.smc.rangePosition(scene.signal.side, scene.signal.plan.entry);
  return [1 - place, cast.filter((vote) => vote === d).length, cast.filter((vote) => vote === -d).length];
}

/** BTC's own movement; missing where its newest bar is not ours. */
function btcColumns({ entry, signal, btc }: FeatureScene): number[] {
  const missing = btc === null || btc.entry.last === null || btc.entry.last.openMs !== entry.last?.openMs;
  if (missing) return [NONE, NONE, NONE, NONE];
  const d = sideSign(signal.side);
  const atr = btc.trend.indicators.atr14;
  return [
    per(d * moved(btc.entry, barsIn(btc.entry, 15 * MINUTE_MS)), atr),
    per(d * moved(btc.entry, barsIn(btc.entry, 60 * MINUTE_MS)), atr),
    per(d * (btc.trend.closes.at(0) - btc.trend.indicators.ema200), atr),
    btc.trend.atr.rank(500),
  ];
}

/** Only where both series are without holes and end on the same bar: otherwise the returns are not of the same minutes. */
function btcComovement({ trend, btc }: FeatureScene): number[] {
  const other = btc?.trend;
  if (other === undefined || other.last?.openMs !== trend.last?.openMs) return [NONE, NONE];
  if (Math.min(other.contiguous, trend.contiguous) <= RETURNS) return [NONE, NONE];
  const { correlation, beta } = comovement(trend.closes, other.closes, RETURNS);
  return [correlation, beta];
}

/** 60, 61, 64 and 65: what needs the whole market of the minute. */
export function crossColumns(
  { side, score }: Pick<Signal, 'side' | 'score'>,
  cross: Omit<CrossSection, 'btc'>,
): readonly [number, number, number, number] {
  const d = sideSign(side);
  return [
    d * (cross.breadthEma200 - 0.5),
    d * (cross.breadthReturn - 0.5),
    cross.signalsThisMinute,
    per(score - cross.scoreMean, cross.scoreSd),
  ];
}

/** 56–65. */
export function marketGroup(scene: FeatureScene): number[] {
  const [breadthEma200, breadthReturn, signals, scoreZ] = crossColumns(scene.signal, scene.cross);
  return [...btcColumns(scene), breadthEma200, breadthReturn, ...btcComovement(scene), signals, scoreZ];
}

/** 66–69. Premium and open interest are not polled. */
export function derivativesGroup({ context, signal }: FeatureScene): number[] {
  const wait = context.nextFundingMs > 0 ? (context.nextFundingMs - signal.barCloseMs) / MINUTE_MS : NONE;
  return [sideSign(signal.side) * context.fundingRate * 10_000, wait, NONE, NONE];
}

/** 70–76. The spread is not polled. */
export function planGroup({ trend, signal, facts }: FeatureScene): number[] {
  const { entry, risk, target, rewardToRisk, costR } = signal.plan;
  const atr = trend.indicators.atr14;
  const bps = (distance: number): number => per(distance, entry) * 10_000;
  return [per(risk, atr), bps(risk), per(Math.abs(target - entry), atr), rewardToRisk, costR, NONE, bps(facts.tickSize)];
}

/** 77–82. Hour and weekday (0 = Sunday) in UTC. */
export function timeGroup({ trend, entry, signal, facts }: FeatureScene): number[] {
  const at = barClose(signal.barOpenMs, signal.entryTimeframe);
  const angle = (2 * Math.PI * (at % DAY_MS)) / DAY_MS;
  // 1970-01-01 was a Thursday, day 4 of a week that starts on Sunday.
  const weekday = (Math.floor(at / DAY_MS) + 4) % 7;
  const age = facts.onboardMs > 0 && facts.onboardMs <= at ? (at - facts.onboardMs) / DAY_MS : NONE;
  return [
    Math.sin(angle),
    Math.cos(angle),
    weekday,
    Math.min(Math.floor(age), DAYS_CAP),
    Math.min(trend.total, BARS_CAP),
    entry.missingBars,
  ];
}
