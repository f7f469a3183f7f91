// Oracles: the definitions of smc.md (a) written down as they read, looking back over all bars each time. Slow on purpose, and made of
// none of the detectors' code.

import type { Bar } from '../../../../src/core/market.ts';
import { type Timeframe, timeframeMs } from '../../../../src/core/timeframe.ts';
import type { Side } from '../../../../src/core/units.ts';
import type { SmcParams } from '../../../../strategy/smc/params.ts';

export interface Series {
  readonly bars: readonly Bar[];
  readonly atr: readonly number[];
  readonly timeframe: Timeframe;
  readonly tick: number;
  readonly params: SmcParams;
}

export const bar = (s: Series, i: number): Bar => {
  const found = s.bars[i];
  if (found === undefined) throw new Error(`no bar ${i}`);
  return found;
};
export const atr = (s: Series, i: number): number => s.atr[i] ?? Number.NaN;
/** Nothing is said in the first 3 × 14 bars, nor before the market ever moved. */
export const speaks = (s: Series, t: number): boolean => t >= 42 && atr(s, t) > 0 && atr(s, t - 1) > 0;
export const ticks = (s: Series, distance: number): number => Math.round(distance / s.tick);
export const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
export const sign = (side: Side): 1 | -1 => (side === 'long' ? 1 : -1);
export const SIDES: readonly Side[] = ['long', 'short'];

/** One list of sorted lines per bar. */
export function perBar(s: Series, told: readonly (readonly [number, string])[]): string[][] {
  const lines: string[][] = s.bars.map(() => []);
  for (const [t, line] of told) lines[t]?.push(line);
  return lines.map((list) => list.sort());
}

/** Start of the displacement that ends on bar t, −1 for none (a4). */
export function displacementFrom(s: Series, side: Side, t: number): number {
  if (isSingle(s, side, t)) return t;
  for (let n = 1; n <= s.params.displacement.multiBars; n++) {
    const first = t - n + 1;
    if (first < 1) return -1;
    const allOurWay = range(first, t).every((i) => sign(side) * (bar(s, i).close - bar(s, i).open) > 0);
    const net = sign(side) * (bar(s, t).close - bar(s, first - 1).close);
    if (allOurWay && net >= s.params.displacement.multiAtr * atr(s, t)) return first;
  }
  return -1;
}

export function isSingle(s: Series, side: Side, t: number): boolean {
  const { open, high, low, close } = bar(s, t);
  const body = sign(side) * (close - open);
  if (body <= 0 || high === low) return false;
  return body >= s.params.displacement.singleAtr * atr(s, t - 1) && body / (high - low) >= s.params.displacement.bodyShare;
}

/** Size in ATR of the gap that bar t makes known, 0 for none (a2). */
export function gapAtr(s: Series, side: Side, t: number): number {
  if (t < 2) return 0;
  const [first, middle, last] = [bar(s, t - 2), bar(s, t - 1), bar(s, t)];
  const size = side === 'long' ? last.low - first.high : first.low - last.high;
  const coloured = sign(side) * (middle.close - middle.open) > 0;
  const adjacent = last.openMs - first.openMs === 2 * timeframeMs(s.timeframe);
  const large = ticks(s, size) >= 1 && size >= s.params.gap.minSizeAtr * atr(s, t - 1);
  return adjacent && large && (coloured || !s.params.gap.requireColour) ? size / atr(s, t - 1) : 0;
}
