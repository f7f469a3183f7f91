// Emulator, the world behind the exchange: 1024 minutes of one contract out of two random walks: candles on the tick grid,
// volumes on the step grid. Held as whole ticks and steps, 24 bytes a minute.
import { hash32 } from '../../core/random.ts';
import { highDraw, logNormalTable, lowDraw, NORMAL, unitOf } from './luck-tables.ts';
import { BLOCK_MINUTES, type TreeBlock } from './trading-time-tree.ts';

/** What the generator has to know of a contract. */
export interface MinuteSettings {
  readonly seed: number;
  readonly beta: number;
  /** Mean variance of a minute's log return. */
  readonly minuteVariance: number;
  readonly referenceTicks: number;
  readonly tickSize: number;
  readonly stepSize: number;
  /** Mean quote volume of a minute. */
  readonly minuteQuoteUsdt: number;
  /** Mean size of a trade. */
  readonly tradeUsdt: number;
}

export interface MinuteBlock {
  readonly open: Int32Array;
  readonly high: Int32Array;
  readonly low: Int32Array;
  readonly close: Int32Array;
  /** Base volume in steps; 0 = nobody traded in that minute. */
  readonly volume: Float64Array;
}

/** A price never falls to nothing: at ten ticks a contract stands still instead. */
const FEWEST_TICKS = 10;
const VOLUME_NOISE = logNormalTable(0.45);
/** Brings the mean of the square root of a clustered variance, and of the noise beside it, back to 1. */
const VOLUME_SCALE = 1.25;
/** Above so many expected trades a minute without any is too rare to ask. */
const SURELY_TRADED = 14;

const [VOLUME_DRAW, RANGE_DRAW, SPREAD_DRAW, TAKER_DRAW] = [101, 102, 103, 104];

/** Half of the minutes open a tick beside the last close: buyer and seller pay different sides of the spread. */
function spreadTick(hash: number): -1 | 0 | 1 {
  const quarter = hash & 3;
  if (quarter === 0) return -1;
  return quarter === 1 ? 1 : 0;
}

/**
 * The farthest a Brownian bridge from 0 to `change` strays upward, for a draw in (0, 1); mirrored for downward.
 * @see the reflection principle: P(max > m) = exp(-2 m (m - change) / variance)
 */
function farthest(change: number, variance: number, draw: number): number {
  return 0.5 * (change + Math.sqrt(change * change - 2 * variance * Math.log(draw)));
}

function toTicks(referenceTicks: number, logLevel: number): number {
  return Math.max(FEWEST_TICKS, Math.round(referenceTicks * Math.exp(logLevel)));
}

/** Expected quote volume: it grows with the square root of the minute's variance and with the move that came out of it. */
function expectedQuote(settings: MinuteSettings, variance: number, change: number): number {
  const surprise = Math.abs(change) / Math.sqrt(variance);
  return settings.minuteQuoteUsdt * VOLUME_SCALE * Math.sqrt(variance / settings.minuteVariance) * (0.55 + 0.55 * surprise);
}

function emptyBlock(): MinuteBlock {
  const [open, high, low, close] = [0, 1, 2, 3].map(() => new Int32Array(BLOCK_MINUTES)) as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  return { open, high, low, close, volume: new Float64Array(BLOCK_MINUTES) };
}

function isIdle(hash: number, expectedTrades: number): boolean {
  return expectedTrades < SURELY_TRADED && unitOf(highDraw(hash)) < Math.exp(-expectedTrades);
}

/** The minutes of block number `block`; `common` is the factor all contracts share, `own` the contract's part of its own. */
export function minuteBlock(settings: MinuteSettings, block: number, common: TreeBlock, own: TreeBlock): MinuteBlock {
  const { seed, beta, referenceTicks } = settings;
  const out = emptyBlock();
  const levelAt = (i: number): number => beta * (common.level[i] as number) + (own.level[i] as number);
  let level = levelAt(0);
  let startTicks = toTicks(referenceTicks, level);
  let lastClose = startTicks;
  for (let i = 0; i < BLOCK_MINUTES; i++) {
    const minute = block * BLOCK_MINUTES + i;
    const next = levelAt(i + 1);
    const change = next - level;
    const variance = beta * beta * (common.variance[i] as number) + (own.variance[i] as number);
    const endTicks = toTicks(referenceTicks, next);
    const luck = hash32(seed, VOLUME_DRAW, minute);
    const quote = expectedQuote(settings, variance, change);
    // A block's last minute always trades, so that the next block begins at its close without looking back.
    if (i < BLOCK_MINUTES - 1 && isIdle(luck, quote / settings.tradeUsdt)) {
      out.open[i] = out.high[i] = out.low[i] = out.close[i] = lastClose;
    } else {
      const range = hash32(seed, RANGE_DRAW, minute);
      const open = Math.max(FEWEST_TICKS, startTicks + spreadTick(hash32(seed, SPREAD_DRAW, minute)));
      const up = farthest(change, variance, unitOf(lowDraw(range)));
      const down = farthest(-change, variance, unitOf(highDraw(range)));
      out.open[i] = open;
      out.close[i] = endTicks;
      out.high[i] = Math.max(open, endTicks, Math.round(startTicks * (1 + up + 0.5 * up * up)));
      out.low[i] = Math.max(FEWEST_TICKS, Math.min(open, endTicks, Math.round(startTicks * (1 - down + 0.5 * down * down))));
      const steps = (quote * (VOLUME_NOISE[lowDraw(luck)] as number)) / (endTicks * settings.tickSize * settings.stepSize);
      out.volume[i] = Math.max(1, Math.round(steps));
      lastClose = endTicks;
    }
    level = next;
    startTicks = endTicks;
  }
  return out;
}

/** Taker buyers' share of a minute's volume; `lean` is close − open over high − low: buyers lift a rising minute. */
export function takerShare(seed: number, minute: number, lean: number): number {
  const share = 0.5 + 0.3 * lean + 0.08 * (NORMAL[lowDraw(hash32(seed, TAKER_DRAW, minute))] as number);
  return Math.min(0.98, Math.max(0.02, share));
}
