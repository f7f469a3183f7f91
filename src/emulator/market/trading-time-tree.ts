// Emulator, the world behind the exchange: a random walk in multifractal trading time, readable at any place.
// A root of 2^16 minutes gets its variance and its end point; each split shares the variance between the halves by a
// random weight (times the activity of their hours) and draws the middle of the bridge. What follows is a martingale whose
// volatility clusters and whose tails are fat, at every scale. Each draw depends on (seed, level, index) alone, so that a
// block costs the same wherever it lies and whatever was read before.
import { hash32 } from '../../core/random.ts';
import { activityFrom, activityUpTo } from './activity.ts';
import { highDraw, lowDraw, NORMAL, shareTable } from './luck-tables.ts';

const ROOT_LEVELS = 16;
export const ROOT_MINUTES: number = 2 ** ROOT_LEVELS;
const BLOCK_LEVELS = 10;
export const BLOCK_MINUTES: number = 2 ** BLOCK_LEVELS;
const ABOVE_BLOCK = ROOT_LEVELS - BLOCK_LEVELS;
const DAY_MINUTES = 1_440;

/** Splits above a block part days and weeks, those below hours and minutes: short bursts are the wilder ones. */
const COARSE_SHARES = shareTable(0.5);
const FINE_SHARES = shareTable(0.8);

export interface TreeSettings {
  readonly seed: number;
  /** Variance of a day's log change. */
  readonly dailyVariance: number;
  /** Log drift of a day: minus half the variance makes the price itself, not its logarithm, a fair game. */
  readonly dailyDrift: number;
  /** Root ends are reflected here, so that prices stay sane over years; inside a root nothing is bent. */
  readonly lowest: number;
  readonly highest: number;
}

/** One block: log level at each of its 1025 minute boundaries, variance of each of its 1024 minutes. */
export interface TreeBlock {
  readonly level: Float64Array;
  readonly variance: Float64Array;
}

export class TradingTimeTree {
  readonly #settings: TreeSettings;
  readonly #ends = new Map<number, number>([[0, 0]]);

  constructor(settings: TreeSettings) {
    this.#settings = settings;
  }

  /** Block number `block` covers minutes [block × 1024, (block + 1) × 1024) from the epoch; numbers may be negative. */
  block(block: number): TreeBlock {
    const level = new Float64Array(BLOCK_MINUTES + 1);
    const variance = new Float64Array(BLOCK_MINUTES);
    if (this.#settings.dailyVariance > 0) {
      this.#descend(block, level, variance);
      this.#fill(block, level, variance);
    }
    return { level, variance };
  }

  /** Log level where root `root` begins, chained from the epoch in either direction. */
  #rootStart(root: number): number {
    const direction = root > 0 ? 1 : -1;
    let known = root;
    while (!this.#ends.has(known)) known -= direction;
    let level = this.#ends.get(known) ?? 0;
    for (let at = known; at !== root; at += direction) {
      const change = this.#rootChange(direction > 0 ? at : at - 1);
      level = this.#reflect(level + direction * change);
      this.#ends.set(at + direction, level);
    }
    return level;
  }

  #rootChange(root: number): number {
    const days = ROOT_MINUTES / DAY_MINUTES;
    const { seed, dailyVariance, dailyDrift } = this.#settings;
    const z = NORMAL[lowDraw(hash32(seed, ROOT_LEVELS + 1, root))] as number;
    return Math.sqrt(dailyVariance * days) * z + dailyDrift * days;
  }

  #reflect(level: number): number {
    const { lowest, highest } = this.#settings;
    let inside = level;
    while (inside < lowest || inside > highest) inside = inside < lowest ? 2 * lowest - inside : 2 * highest - inside;
    return inside;
  }

  /** From the root down to the block: writes the block's two end levels and its variance into the arrays' first places. */
  #descend(block: number, level: Float64Array, variance: Float64Array): void {
    const root = Math.floor(block / 2 ** ABOVE_BLOCK);
    const blockStart = block * BLOCK_MINUTES;
    let start = root * ROOT_MINUTES;
    let span = ROOT_MINUTES;
    let left = this.#rootStart(root);
    let right = this.#rootStart(root + 1);
    let share = this.#settings.dailyVariance * (ROOT_MINUTES / DAY_MINUTES);
    for (let depth = 0; depth < ABOVE_BLOCK; depth++) {
      const half = span / 2;
      const hash = hash32(this.#settings.seed, depth, start / span);
      const leftActivity = activityUpTo(start + half) - activityUpTo(start);
      const rightActivity = activityUpTo(start + span) - activityUpTo(start + half);
      const leftShare = weighted(COARSE_SHARES[highDraw(hash)] as number, leftActivity, rightActivity);
      const middle =
        left + (right - left) * leftShare + Math.sqrt(share * leftShare * (1 - leftShare)) * (NORMAL[lowDraw(hash)] as number);
      const goesLeft = blockStart < start + half;
      share *= goesLeft ? leftShare : 1 - leftShare;
      if (goesLeft) right = middle;
      else left = middle;
      if (!goesLeft) start += half;
      span = half;
    }
    level[0] = left;
    level[BLOCK_MINUTES] = right;
    variance[0] = share;
  }

  /** Splits the block down to its minutes, in place. */
  #fill(block: number, level: Float64Array, variance: Float64Array): void {
    const { seed } = this.#settings;
    const blockStart = block * BLOCK_MINUTES;
    const activity = activityFrom(blockStart, BLOCK_MINUTES);
    for (let depth = ABOVE_BLOCK, span = BLOCK_MINUTES; span > 1; depth++, span /= 2) {
      const half = span / 2;
      const firstIndex = blockStart / span;
      for (let at = 0; at < BLOCK_MINUTES; at += span) {
        const hash = hash32(seed, depth, firstIndex + at / span);
        const whole = variance[at] as number;
        const middle = activity[at + half] as number;
        const leftActivity = middle - (activity[at] as number);
        const leftShare = weighted(FINE_SHARES[highDraw(hash)] as number, leftActivity, (activity[at + span] as number) - middle);
        const left = level[at] as number;
        const step = ((level[at + span] as number) - left) * leftShare;
        level[at + half] = left + step + Math.sqrt(whole * leftShare * (1 - leftShare)) * (NORMAL[lowDraw(hash)] as number);
        variance[at] = whole * leftShare;
        variance[at + half] = whole * (1 - leftShare);
      }
    }
  }
}

/** The left half's random share, weighted by how active the hours of the two halves are. */
function weighted(share: number, leftActivity: number, rightActivity: number): number {
  const left = share * leftActivity;
  return left / (left + (1 - share) * rightActivity);
}
