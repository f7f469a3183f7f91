// Adapters, models: a logistic-weights file: one weight per feature on the standardised value; a missing value counts as the mean.
import { checkNames, type Fields } from './fields.ts';

export interface Logistic {
  margin(features: ArrayLike<number>): number;
}

export function readLogistic(file: Fields, featureNames: readonly string[]): Logistic {
  if (file.text('kind') !== 'logistic') file.refuse('kind', `is "${file.text('kind')}", not "logistic"`);
  checkNames(file, 'features', featureNames);
  const count = featureNames.length;
  const intercept = file.number('intercept');
  const weights = file.numbersOf('weights', count);
  const means = file.numbersOf('means', count);
  const scales = file.numbersOf('scales', count);
  const flat = scales.findIndex((scale) => !(scale > 0));
  if (flat >= 0) file.refuse(`scales[${flat}]`, `is ${scales[flat]}; it must be above 0`);
  return {
    margin: (features) => {
      let sum = intercept;
      for (let i = 0; i < count; i++) {
        const value = features[i] ?? Number.NaN;
        if (!Number.isFinite(value)) continue;
        sum += ((weights[i] ?? 0) * (value - (means[i] ?? 0))) / (scales[i] ?? 1);
      }
      return sum;
    },
  };
}
