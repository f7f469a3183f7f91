// Book: how often past signals of one kind reached 1 R before their stop. Counted from our own outcomes, shown beside a score
// and never ranked by: a score is confluence, this is what became of it.
import type { HitCount } from '../core/journal.ts';
import { type Outcome, reachedOneR } from '../core/trade.ts';
import { type Interval, wilsonInterval } from './stats.ts';

export const SCORE_BANDS = [
  { from: 70, to: 74 },
  { from: 75, to: 79 },
  { from: 80, to: 84 },
  { from: 85, to: 89 },
  { from: 90, to: 100 },
] as const;
export type ScoreBand = (typeof SCORE_BANDS)[number];

/** Below this many outcomes a rate says nothing and is not shown. */
export const MIN_OUTCOMES = 30;

export interface HitRate {
  readonly band: ScoreBand;
  readonly setup: string;
  readonly outcomes: number;
  readonly hits: number;
  /** 0–1; NaN before the first outcome. */
  readonly rate: number;
  /** Two-sided 95 % of the rate. */
  readonly interval: Interval;
  readonly verdict: 'measured' | 'tooFew';
}

/** Null below 70, where no signal is emitted by default and nothing is counted. */
export const bandOf = (score: number): ScoreBand | null => SCORE_BANDS.findLast(({ from }) => score >= from) ?? null;

const keyOf = (band: ScoreBand, setup: string): string => `${band.from} ${setup}`;

export class HitRates {
  readonly #counts = new Map<string, { outcomes: number; hits: number }>();

  /** Starts from what the journal counted. */
  restore(counts: readonly HitCount[]): void {
    this.#counts.clear();
    for (const count of counts) this.#add(count);
  }

  add(outcome: Pick<Outcome, 'score' | 'setup' | 'exit' | 'maxFavourableR'>): void {
    this.#add({ score: outcome.score, setup: outcome.setup, outcomes: 1, hits: reachedOneR(outcome) ? 1 : 0 });
  }

  #add({ score, setup, outcomes, hits }: HitCount): void {
    const band = bandOf(score);
    if (band === null) return;
    const held = this.#counts.get(keyOf(band, setup)) ?? { outcomes: 0, hits: 0 };
    this.#counts.set(keyOf(band, setup), { outcomes: held.outcomes + outcomes, hits: held.hits + hits });
  }

  /** What became of signals like this one; null where its score lies in no band. */
  rateOf(setup: string, score: number): HitRate | null {
    const band = bandOf(score);
    if (band === null) return null;
    const { outcomes, hits } = this.#counts.get(keyOf(band, setup)) ?? { outcomes: 0, hits: 0 };
    return {
      band,
      setup,
      outcomes,
      hits,
      rate: hits / outcomes,
      interval: wilsonInterval({ wins: hits, total: outcomes }),
      verdict: outcomes < MIN_OUTCOMES ? 'tooFew' : 'measured',
    };
  }
}
