// App, `perpscout bench`: one measured figure and the little statistics behind it. Rounds that are compared take turns within one
// run, so that a noisy machine disturbs both alike; the median of the rounds counts. A cost that is compared with nothing is that of the
// least disturbed round: what else the machine does can only add to it.

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The bound and its direction, e.g. "<= 2". */
  readonly target: string;
  readonly ok: boolean;
}

/** Four significant digits: more would be noise. */
const rounded = (value: number): number => Number(value.toPrecision(4));

interface Measured {
  readonly value: number;
  readonly unit: string;
  readonly bound: number;
}

export function atMost(name: string, { value, unit, bound }: Measured): Figure {
  return { name, value: rounded(value), unit, target: `<= ${rounded(bound)}`, ok: value <= bound };
}

export function atLeast(name: string, { value, unit, bound }: Measured): Figure {
  return { name, value: rounded(value), unit, target: `>= ${rounded(bound)}`, ok: value >= bound };
}

/** The value below which this share (0–1) of the others lies, by the nearest rank. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

/** The least disturbed round. */
export const least = (values: readonly number[]): number => Math.min(...values);

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Wall ms that the work took. */
export function timed(work: () => void): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

/** Processor ms that the work cost this process, collections and compilation on other threads included. */
export function cpuTimed(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** Rounds before the first one that counts: code is many times slower until it was compiled. */
export const WARM_ROUNDS = 8;

/** The warmed rivals take turns, `rounds` times; returns the processor ms of every round. */
export function interleaved<K extends string>(rounds: number, rivals: Readonly<Record<K, () => void>>): Record<K, number[]> {
  const names = Object.keys(rivals) as K[];
  const took = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<K, number[]>;
  for (let round = -WARM_ROUNDS; round < rounds; round++) {
    for (const name of names) {
      const ms = cpuTimed(rivals[name]);
      if (round >= 0) took[name].push(ms);
    }
  }
  return took;
}
