// Oracle of a1: a bar compared with each neighbour of its window.
import { bar, perBar, range, type Series, speaks } from './series.ts';

export interface OracleSwing {
  readonly kind: 'high' | 'low';
  readonly index: number;
  readonly known: number;
  readonly level: number;
}

function isSwing(s: Series, kind: 'high' | 'low', k: number): boolean {
  const height = (i: number): number => (kind === 'high' ? bar(s, i).high : -bar(s, i).low);
  const left = range(k - s.params.swingLeft, k - 1).every((i) => height(k) > height(i));
  return left && range(k + 1, k + s.params.swingRight).every((i) => height(k) >= height(i));
}

/** In the order in which they become known, highs before lows. */
export function oracleSwings(s: Series): OracleSwing[] {
  const found: OracleSwing[] = [];
  for (let k = s.params.swingLeft; k + s.params.swingRight < s.bars.length; k++) {
    const known = k + s.params.swingRight;
    if (!speaks(s, known)) continue;
    for (const kind of ['high', 'low'] as const) {
      if (isSwing(s, kind, k)) found.push({ kind, index: k, known, level: kind === 'high' ? bar(s, k).high : bar(s, k).low });
    }
  }
  return found;
}

export function swingLines(s: Series): string[][] {
  const all = oracleSwings(s);
  return perBar(
    s,
    all.map((swing) => {
      const before = all.findLast((other) => other.kind === swing.kind && other.known < swing.known);
      const letter = swing.kind === 'high' ? 'H' : 'L';
      const relation = before === undefined ? '' : swing.level > before.level ? 'H' : swing.level < before.level ? 'L' : 'E';
      const label = relation === '' ? 'first' : `${relation}${letter}`;
      return [swing.known, `swing.${swing.kind} ${bar(s, swing.index).openMs} ${swing.level} ${label}`];
    }),
  );
}
