// App, `perpscout study`: the rows of the report. A group is measured as a whole and against its placebo; below thirty signals
// nothing is said about it.
import type { Factor, Signal } from '../../core/signal.ts';
import { DAY_MS } from '../../core/timeframe.ts';
import type { Sample } from './label.ts';
import { dayBootstrap, dayBootstrapDifference, type Interval, mean, wilson } from './statistics.ts';

export const FEWEST = 30;
export const BOOTSTRAP_DRAWS = 2_000;
export const BOOTSTRAP_SEED = 20_250_504;

/** What one trade and its placebo made, and on which day. */
export interface DatedR {
  readonly day: number;
  readonly grossR: number;
  readonly netR: number;
  readonly placeboNetR: number;
}

export interface MeasuredR {
  readonly grossR: number;
  readonly netR: number;
  readonly netRInterval: Interval;
  readonly placeboNetR: number;
  /** Signal minus placebo, in net R. */
  readonly excessR: number;
  readonly excessRInterval: Interval;
}

export interface Measured extends MeasuredR {
  readonly hit1R: number;
  readonly hit1RInterval: Interval;
  readonly placeboHit1R: number;
}

export interface GroupRow {
  readonly id: string;
  readonly n: number;
  readonly days: number;
  /** Null below thirty signals: too few. */
  readonly measured: Measured | null;
}

const dayOf = ({ signal }: Sample): number => Math.floor(signal.barCloseMs / DAY_MS);

export const datedOf = (sample: Sample): DatedR => ({
  day: dayOf(sample),
  grossR: sample.label.grossR,
  netR: sample.label.netR,
  placeboNetR: sample.placebo.netR,
});

export function measureR(trades: readonly DatedR[]): MeasuredR {
  const excess = (one: DatedR): number => one.netR - one.placeboNetR;
  const interval = (read: (one: DatedR) => number): Interval =>
    dayBootstrap(
      trades.map((one) => ({ day: one.day, value: read(one) })),
      BOOTSTRAP_DRAWS,
      BOOTSTRAP_SEED,
    );
  return {
    grossR: mean(trades.map(({ grossR }) => grossR)),
    netR: mean(trades.map(({ netR }) => netR)),
    netRInterval: interval(({ netR }) => netR),
    placeboNetR: mean(trades.map(({ placeboNetR }) => placeboNetR)),
    excessR: mean(trades.map(excess)),
    excessRInterval: interval(excess),
  };
}

/** How much more one group earned net than another, each drawn day bringing what both had in it. */
export function netDifference(
  ours: readonly DatedR[],
  theirs: readonly DatedR[],
): { readonly mean: number; readonly interval: Interval } {
  const dated = (trades: readonly DatedR[]) => trades.map(({ day, netR }) => ({ day, value: netR }));
  const netR = (trades: readonly DatedR[]): number => mean(trades.map((one) => one.netR));
  return {
    mean: netR(ours) - netR(theirs),
    interval: dayBootstrapDifference(dated(ours), dated(theirs), BOOTSTRAP_DRAWS, BOOTSTRAP_SEED),
  };
}

export function measure(id: string, samples: readonly Sample[]): GroupRow {
  const days = new Set(samples.map(dayOf)).size;
  const n = samples.length;
  if (n < FEWEST) return { id, n, days, measured: null };
  const hits = samples.filter(({ label }) => label.hit1R === 1).length;
  const measured: Measured = {
    hit1R: hits / n,
    hit1RInterval: wilson(hits, n),
    placeboHit1R: mean(samples.map(({ placebo }) => placebo.hit1R)),
    ...measureR(samples.map(datedOf)),
  };
  return { id, n, days, measured };
}

export interface Band {
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

export const BANDS: readonly Band[] = [
  { id: '0–49', from: 0, to: 50 },
  { id: '50–59', from: 50, to: 60 },
  { id: '60–69', from: 60, to: 70 },
  { id: '70–79', from: 70, to: 80 },
  { id: '80–89', from: 80, to: 90 },
  { id: '90–100', from: 90, to: 101 },
];

export const bandRows = (samples: readonly Sample[], lowest: number): GroupRow[] =>
  BANDS.filter((band) => band.to > lowest).map((band) =>
    measure(
      band.id,
      samples.filter(({ signal }) => signal.score >= band.from && signal.score < band.to),
    ),
  );

/** The letters of the factor table; a letter is full where all its parts are. */
const LETTERS = ['A', 'B', 'C', 'D', 'E', 'F'] as const;
const PENALTIES = ['P1', 'P2', 'P3', 'P4'] as const;

const partsOf = (signal: Signal, letter: string): Factor[] => signal.factors.filter(({ id }) => id.startsWith(letter));
const isFull = (signal: Signal, letter: string): boolean =>
  partsOf(signal, letter).every((part) => part.points === part.maxPoints);
const isHit = (signal: Signal, penalty: string): boolean => partsOf(signal, penalty).some((part) => part.points < 0);

/** Two rows a factor: `+` full or penalised, `-` the others. */
export function factorRows(samples: readonly Sample[]): GroupRow[] {
  const split = (id: string, holds: (signal: Signal) => boolean): GroupRow[] => [
    measure(
      `${id}+`,
      samples.filter(({ signal }) => holds(signal)),
    ),
    measure(
      `${id}-`,
      samples.filter(({ signal }) => !holds(signal)),
    ),
  ];
  return [
    ...LETTERS.flatMap((letter) => split(letter, (signal) => isFull(signal, letter))),
    ...PENALTIES.flatMap((penalty) => split(penalty, (signal) => isHit(signal, penalty))),
  ];
}

/** One row for every answer that the signals give. */
export function rowsBy(samples: readonly Sample[], read: (signal: Signal) => string): GroupRow[] {
  const keys = [...new Set(samples.map(({ signal }) => read(signal)))].sort();
  return keys.map((key) =>
    measure(
      key,
      samples.filter(({ signal }) => read(signal) === key),
    ),
  );
}

export const setupRows = (samples: readonly Sample[]): GroupRow[] => rowsBy(samples, ({ setup }) => setup);
export const sideRows = (samples: readonly Sample[]): GroupRow[] => rowsBy(samples, ({ side }) => side);
