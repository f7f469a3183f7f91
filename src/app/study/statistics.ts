// App, `perpscout study`: the two intervals of the report. Signals of one day share the market, so days are drawn, not signals.
import { SeededRandom } from '../../core/random.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Two-sided 95 %. */
const Z = 1.959964;

/** Wilson's score interval of a share. @see Wilson, JASA 22 (1927) */
export function wilson(hits: number, n: number): Interval {
  const share = hits / n;
  const middle = share + (Z * Z) / (2 * n);
  const half = Z * Math.sqrt((share * (1 - share)) / n + (Z * Z) / (4 * n * n));
  const scale = 1 + (Z * Z) / n;
  return { low: (middle - half) / scale, high: (middle + half) / scale };
}

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

export interface Dated {
  readonly day: number;
  readonly value: number;
}

/** Percentile interval (95 %) of the mean when whole days are drawn with replacement; one day alone gives no interval. */
export function dayBootstrap(values: readonly Dated[], draws: number, seed: number): Interval {
  const days = new Map<number, { sum: number; n: number }>();
  for (const { day, value } of values) {
    const held = days.get(day) ?? { sum: 0, n: 0 };
    days.set(day, { sum: held.sum + value, n: held.n + 1 });
  }
  const blocks = [...days.values()];
  if (blocks.length < 2) return { low: Number.NaN, high: Number.NaN };
  const random = new SeededRandom(seed);
  const means = Array.from({ length: draws }, () => {
    let [sum, n] = [0, 0];
    for (let i = 0; i < blocks.length; i++) {
      const block = blocks[Math.floor(random.next() * blocks.length)];
      sum += block?.sum ?? 0;
      n += block?.n ?? 0;
    }
    return sum / n;
  }).sort((a, b) => a - b);
  const at = (share: number): number => means[Math.min(draws - 1, Math.floor(share * draws))] ?? Number.NaN;
  return { low: at(0.025), high: at(0.975) };
}
