// Book: what a record of wins and losses can and cannot say.
import { invariant } from '../core/units.ts';

export interface WinRecord {
  readonly wins: number;
  readonly total: number;
}

export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** Two-sided 95 %. */
const Z95 = 1.959963984540054;

/** Wilson score interval of a proportion; [0, 1] when nothing was counted yet. */
export function wilsonInterval({ wins, total }: WinRecord, z = Z95): Interval {
  invariant(wins >= 0 && wins <= total, `${wins} wins of ${total}`);
  if (total === 0) return { lower: 0, upper: 1 };
  const p = wins / total;
  const z2 = z * z;
  const centre = (p + z2 / (2 * total)) / (1 + z2 / total);
  const half = (z / (1 + z2 / total)) * Math.sqrt((p * (1 - p)) / total + z2 / (4 * total * total));
  return { lower: Math.max(0, centre - half), upper: Math.min(1, centre + half) };
}

/** A win earned something after all costs; a trade that broke even exactly did not. */
export function winRecord(netR: readonly number[]): WinRecord {
  let wins = 0;
  for (const r of netR) if (r > 0) wins += 1;
  return { wins, total: netR.length };
}
