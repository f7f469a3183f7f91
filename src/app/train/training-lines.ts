// App, `perpscout train`: what the script tells, in the words of the person who started it.
import type { Text } from '../text/catalogue.ts';
import { worded } from '../text/words.ts';
import type { TrainingEvent } from './training-run.ts';

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);
const signed = (value: unknown, digits: number): string => {
  const number = numberOf(value);
  if (!Number.isFinite(number)) return '—';
  return `${number < 0 ? '−' : '+'}${Math.abs(number).toFixed(digits)}`;
};
const plain = (value: unknown, digits: number): string => {
  const number = numberOf(value);
  return Number.isFinite(number) ? (Number.isInteger(number) ? String(number) : number.toFixed(digits)) : '—';
};
const bounds = (value: unknown): { readonly low: string; readonly high: string } => {
  const [low, high] = Array.isArray(value) ? value : [];
  return { low: signed(low, 3), high: signed(high, 3) };
};

/** Null for what needs no line. */
export function trainingLine(told: TrainingEvent, text: Text): string | null {
  switch (told.event) {
    case 'rows':
      return text('train.rows', {
        resolved: plain(told['resolved'], 0),
        signals: plain(told['signals'], 0),
        unresolved: plain(told['unresolved'], 0),
        zone: plain(told['same_zone'], 0),
        share: (100 * numberOf(told['targetShare'])).toFixed(1),
      });
    case 'fold':
      return text('train.fold', {
        number: plain(told['number'], 0),
        of: plain(told['of'], 0),
        train: plain(told['train'], 0),
        test: plain(told['test'], 0),
        rounds: plain(told['rounds'], 0),
        auc: plain(told['auc'], 3),
        lift: signed(told['lift_r'], 3),
      });
    case 'foldSkipped':
      return text('train.foldSkipped', { number: plain(told['number'], 0), of: plain(told['of'], 0) });
    case 'metrics':
    case 'judged':
      return text(told.event === 'judged' ? 'train.judged' : 'train.metrics', {
        n: plain(told['n'], 0),
        auc: plain(told['auc'], 3),
        mean: signed(told['mean_r'], 3),
        lift: signed(told['lift_r'], 3),
        ...bounds(told['lift_95']),
      });
    case 'gate':
      return `  ${told['pass'] === true ? '✓' : '✗'} ${text('train.gate', {
        condition: worded(text, 'train.condition', String(told['id'])),
        value: plain(told['value'], 4),
        bound: plain(told['bound'], 2),
      })}`;
    case 'trained':
      return text(told['promoted'] === true ? 'train.promoted' : 'train.refused', {
        version: String(told['version']),
        out: String(told['out']),
      });
    case 'reported':
      return text('train.reported', { out: String(told['out']) });
    default:
      return null;
  }
}
