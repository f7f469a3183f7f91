// App, the terminal: what became of earlier signals of one kind, beside the score of this one. A score is never worded as a
// chance, and a rate from too few outcomes is not shown at all.
import type { HitRate } from '../../book/hit-rates.ts';
import type { Text } from '../text/catalogue.ts';

const percent = (fraction: number): string => (100 * fraction).toFixed(0);
const valuesOf = ({ rate, interval, outcomes }: HitRate) => ({
  rate: percent(rate),
  low: percent(interval.lower),
  high: percent(interval.upper),
  n: outcomes,
});

/** "score 82 → 1R hit in the past 53 % (47–59 %, n=271)" */
export function hitRateSentence(score: number, measured: HitRate | null, text: Text): string {
  const shown = Number.isInteger(score) ? String(score) : score.toFixed(1);
  if (measured === null) return text('rate.noBand', { score: shown });
  const key = measured.verdict === 'measured' ? 'rate.measured' : 'rate.tooFew';
  return text(key, { score: shown, ...valuesOf(measured) });
}

/** Room for a rate of 99,999 outcomes: a number must never be cut. */
export const HIT_RATE_CELLS = 24;

/** The same for a column that stands next to the score. */
export function hitRateCell(measured: HitRate | null, text: Text): string {
  if (measured === null) return '—';
  return measured.verdict === 'measured' ? text('rate.cell', valuesOf(measured)) : text('rate.cellTooFew');
}

/** For machines; the numbers are given whatever their count, with the word that judges them. */
export function hitRateRecord(measured: HitRate | null): unknown {
  if (measured === null) return null;
  const { band, setup, outcomes, hits, rate, interval, verdict } = measured;
  return { band: `${band.from}-${band.to}`, setup, n: outcomes, hits, rate: outcomes === 0 ? null : rate, ...interval, verdict };
}
