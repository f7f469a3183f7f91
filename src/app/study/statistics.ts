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

interface DayBlock {
  readonly sum: number;
  readonly n: number;
}

function dayBlocks(values: readonly Dated[]): Map<number, DayBlock> {
  const days = new Map<number, DayBlock>();
  for (const { day, value } of values) {
    const held = days.get(day) ?? { sum: 0, n: 0 };
    days.set(day, { sum: held.sum + value, n: held.n + 1 });
  }
  return days;
}

function percentiles(drawn: readonly number[]): Interval {
  const sorted = drawn.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { low: at(0.025), high: at(0.975) };
}

/** As below, of the mean of one group less the mean of another: each drawn day brings what both had in it. */
export function dayBootstrapDifference(a: readonly Dated[], b: readonly Dated[], draws: number, seed: number): Interval {
  const [ours, theirs] = [dayBlocks(a), dayBlocks(b)];
  const days = [...new Set([...ours.keys(), ...theirs.keys()])];
  if (days.length < 2) return { low: Number.NaN, high: Number.NaN };
  const random = new SeededRandom(seed);
  const meanOf = (drawn: readonly (DayBlock | undefined)[]): number =>
    drawn.reduce((sum, block) => sum + (block?.sum ?? 0), 0) / drawn.reduce((n, block) => n + (block?.n ?? 0), 0);
  return percentiles(
    Array.from({ length: draws }, () => {
      const drawn = days.map(() => days[Math.floor(random.next() * days.length)] ?? 0);
      return meanOf(drawn.map((day) => ours.get(day))) - meanOf(drawn.map((day) => theirs.get(day)));
    }),
  );
}

/** Percentile interval (95 %) of the mean when whole days are drawn with replacement; one day alone gives no interval. */
export function dayBootstrap(values: readonly Dated[], draws: number, seed: number): Interval {
  const blocks = [...dayBlocks(values).values()];
  if (blocks.length < 2) return { low: Number.NaN, high: Number.NaN };
  const random = new SeededRandom(seed);
  return percentiles(
    Array.from({ length: draws }, () => {
      let [sum, n] = [0, 0];
      for (let i = 0; i < blocks.length; i++) {
        const block = blocks[Math.floor(random.next() * blocks.length)];
        sum += block?.sum ?? 0;
        n += block?.n ?? 0;
      }
      return sum / n;
    }),
  );
}

/** Kish's design effect of a mean: its variance with days as clusters over that of as many independent values. */
export function designEffect(values: readonly Dated[]): number {
  const middle = mean(values.map(({ value }) => value));
  const blocks = [...dayBlocks(values).values()];
  const [n, days] = [values.length, blocks.length];
  const clustered = ((days / (days - 1)) * blocks.reduce((sum, block) => sum + (block.sum - block.n * middle) ** 2, 0)) / n ** 2;
  const independent = values.reduce((sum, { value }) => sum + (value - middle) ** 2, 0) / (n - 1) / n;
  return clustered / independent;
}
