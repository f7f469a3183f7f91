// Oracle of a3 and of the legs of a5: at every close the last swing, the whole leg and all bars in it are looked at anew.
import type { Side } from '../../../../src/core/units.ts';
import { atr, bar, displacementFrom, gapAtr, perBar, range, type Series, SIDES, sign, speaks } from './series.ts';
import { type OracleSwing, oracleSwings } from './swing-oracle.ts';

export interface OracleBreak {
  readonly t: number;
  readonly side: Side;
  readonly form: 'bos' | 'choch' | 'mss';
  readonly swing: OracleSwing;
  readonly origin: number;
  readonly originIndex: number;
  readonly candle: number;
  readonly displaced: boolean;
  readonly gap: number;
  readonly grade: 0 | 1;
}

function legOf(s: Series, side: Side, swing: OracleSwing, t: number) {
  const price = (i: number): number => (side === 'long' ? bar(s, i).low : bar(s, i).high);
  const leg = range(swing.index + 1, t);
  const origin = side === 'long' ? Math.min(...leg.map(price)) : Math.max(...leg.map(price));
  const originIndex = leg.findLast((i) => price(i) === origin) ?? -1;
  const before = [originIndex, originIndex - 1, originIndex - 2, originIndex - 3].filter((i) => i > swing.index);
  const opposite = before.find((i) => sign(side) * (bar(s, i).close - bar(s, i).open) < 0);
  const candle = s.params.block.pick === 'extreme' ? originIndex : (opposite ?? originIndex);
  const move = range(originIndex, t);
  const displaced = move.some((i) => displacementFrom(s, side, i) >= originIndex);
  const gap = Math.max(0, ...move.filter((i) => i - 1 >= originIndex).map((i) => gapAtr(s, side, i)));
  return { origin, originIndex, candle, displaced, gap };
}

export function oracleBreaks(s: Series): OracleBreak[] {
  const swings = oracleSwings(s);
  const breaks: OracleBreak[] = [];
  for (let t = 0; t < s.bars.length; t++) {
    if (!speaks(s, t)) continue;
    const fires = SIDES.filter((side) => {
      const swing = lastSwing(swings, side, t);
      if (swing === undefined || breaks.some((b) => b.side === side && b.swing === swing)) return false;
      return sign(side) * (bar(s, t).close - swing.level) > 0;
    });
    const colour = Math.sign(bar(s, t).close - bar(s, t).open);
    const side = fires.length === 2 ? fires.find((f) => sign(f) === colour) : fires[0];
    const swing = side === undefined ? undefined : lastSwing(swings, side, t);
    if (side === undefined || swing === undefined) continue;
    const leg = legOf(s, side, swing, t);
    const against = breaks.at(-1)?.side !== side && breaks.length > 0;
    const form = !against ? 'bos' : leg.displaced ? 'mss' : 'choch';
    const height = Math.abs(swing.level - leg.origin);
    const over = Math.abs(bar(s, t).close - swing.level);
    const strong = height >= s.params.msb.legAtr * atr(s, t) && over >= s.params.msb.overAtr * atr(s, t);
    breaks.push({ t, side, form, swing, ...leg, grade: strong ? 1 : 0 });
  }
  return breaks;
}

const lastSwing = (swings: readonly OracleSwing[], side: Side, t: number): OracleSwing | undefined =>
  swings.findLast((swing) => swing.known <= t && swing.kind === (side === 'long' ? 'high' : 'low'));

/** Bar that carries the break to grade 2, or null. */
export function extensionOf(s: Series, b: OracleBreak): { t: number; target: number } | null {
  if (b.grade === 0) return null;
  const target = b.swing.level + sign(b.side) * s.params.msb.fib * Math.abs(b.swing.level - b.origin);
  for (let t = b.t; t <= Math.min(b.t + s.params.msb.maxWait, s.bars.length - 1); t++) {
    const extreme = b.side === 'long' ? bar(s, t).high : bar(s, t).low;
    if (sign(b.side) * (extreme - target) > 0) return { t, target };
    if (sign(b.side) * (bar(s, t).close - b.origin) < 0) return null;
  }
  return null;
}

export function structureLines(s: Series): string[][] {
  return perBar(
    s,
    oracleBreaks(s).map((b) => {
      const leg = Math.abs(b.swing.level - b.origin);
      const over = Math.abs(bar(s, b.t).close - b.swing.level);
      const at = bar(s, b.swing.index).openMs;
      return [b.t, `structure.${b.form} ${b.side} ${at} ${b.swing.level} leg ${leg} over ${over} grade ${b.grade}`];
    }),
  );
}

export function extensionLines(s: Series): string[][] {
  const told = oracleBreaks(s).flatMap((b): (readonly [number, string])[] => {
    const extended = extensionOf(s, b);
    return extended === null ? [] : [[extended.t, `msb.extended ${b.side} ${extended.target}`]];
  });
  return perBar(s, told);
}

/** Where the close lies in the last leg, and the deepest it came back, in percent (a7, a10). */
export function retracement(s: Series, breaks: readonly OracleBreak[], t: number): readonly [number, number] {
  const last = breaks.findLast((b) => b.t <= t);
  if (last === undefined || !speaks(s, t)) return [Number.NaN, Number.NaN];
  const position = (at: number, price: number): number => {
    const since = range(last.t, at).map((i) => (last.side === 'long' ? bar(s, i).high : bar(s, i).low));
    const extreme = last.side === 'long' ? Math.max(...since) : Math.min(...since);
    const height = Math.abs(extreme - last.origin);
    return height < atr(s, at) ? Number.NaN : (sign(last.side) * (extreme - price)) / height;
  };
  const depths = range(last.t + 1, t).map((i) => position(i, last.side === 'long' ? bar(s, i).low : bar(s, i).high));
  const known = depths.filter((depth) => !Number.isNaN(depth));
  return [position(t, bar(s, t).close) * 100, known.length === 0 ? Number.NaN : Math.max(...known) * 100];
}
