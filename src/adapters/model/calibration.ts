// Adapters, models: from the trees' margin to a probability that means what it says, by the map that was fitted on later rows.
import type { Fields } from './fields.ts';

export type Calibration =
  | { readonly kind: 'none' }
  /** p = 1 / (1 + exp(−(a · margin + b))). */
  | { readonly kind: 'platt'; readonly a: number; readonly b: number }
  /** Straight lines between points, flat beyond the first and the last. */
  | { readonly kind: 'isotonic'; readonly x: readonly number[]; readonly y: readonly number[] };

/** exp of more than this is no float32 any more; the library stops there too. */
const LARGEST = 88.7;
const sigmoid = (z: number): number => 1 / (1 + Math.exp(Math.min(-z, LARGEST)));

export function readCalibration(meta: Fields): Calibration {
  const given = meta.object('calibration');
  const kind = given.text('kind');
  switch (kind) {
    case 'none':
      return { kind };
    case 'platt': {
      const a = given.number('a');
      if (!(a > 0)) given.refuse('a', `is ${a}: the order of the signals would be turned round`);
      return { kind, a, b: given.number('b') };
    }
    case 'isotonic': {
      const x = given.numbers('x');
      const y = given.numbersOf('y', x.length);
      if (x.length === 0) given.refuse('x', 'is empty');
      if (x.some((value, i) => i > 0 && !(value > (x[i - 1] ?? 0)))) given.refuse('x', 'does not rise');
      if (y.some((value, i) => value < 0 || value > 1 || (i > 0 && value < (y[i - 1] ?? 0))))
        given.refuse('y', 'falls or leaves 0–1');
      return { kind, x, y };
    }
    default:
      return given.refuse('kind', `is "${kind}"; known are none, platt and isotonic`);
  }
}

export function calibrated(margin: number, calibration: Calibration): number {
  switch (calibration.kind) {
    case 'none':
      return sigmoid(margin);
    case 'platt':
      return sigmoid(calibration.a * margin + calibration.b);
    case 'isotonic':
      return between(margin, calibration.x, calibration.y);
  }
}

function between(margin: number, x: readonly number[], y: readonly number[]): number {
  const after = x.findIndex((edge) => edge >= margin);
  if (after < 0) return y.at(-1) ?? Number.NaN;
  const high = y[after] ?? Number.NaN;
  if (after === 0) return high;
  const [x0, y0] = [x[after - 1] ?? 0, y[after - 1] ?? 0];
  return y0 + ((high - y0) * (margin - x0)) / ((x[after] ?? 0) - x0);
}
