// App, Discord: a score beside what became of earlier signals like it. It is named a score wherever it stands, and a rate from too
// few outcomes is not shown at all.
import type { HitRate } from '../../book/hit-rates.ts';
import { decimal, type Reader, share } from './wording.ts';

/** What became of earlier signals of this set-up and score. */
export type RateOf = (setup: string, score: number) => HitRate | null;

export function scoreSentence(reader: Reader, score: number, measured: HitRate | null): string {
  const { text } = reader;
  const shown = decimal(reader, score, Number.isInteger(score) ? 0 : 1);
  if (measured === null) return text('dc.score.noBand', { score: shown });
  const { outcomes, rate, interval, verdict } = measured;
  if (verdict === 'tooFew') return text('dc.score.tooFew', { score: shown, n: outcomes });
  return text('dc.score.measured', {
    score: shown,
    rate: share(reader, rate),
    low: share(reader, interval.lower),
    high: share(reader, interval.upper),
    n: outcomes,
  });
}
