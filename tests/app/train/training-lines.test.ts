// The script's events as sentences in both languages; what is not known is a dash, never a number.
import { describe, expect, it } from 'vitest';
import { textIn } from '../../../src/app/text/catalogue.ts';
import { trainingLine } from '../../../src/app/train/training-lines.ts';

const fold = { event: 'fold', number: 3, of: 6, train: 1497, test: 386, rounds: 10, auc: 0.5437, lift_r: -0.3404 };
const gate = { event: 'gate', id: 'auc', value: null, bound: 0.52, pass: false };

describe('a line of the training', () => {
  it('tells a fold', () => {
    expect(trainingLine(fold, textIn('en'))).toBe(
      'fold 3/6: 1497 to fit, 386 to test, 10 rounds, AUC 0.544, best tenth −0.340 R against all',
    );
    expect(trainingLine(fold, textIn('zh-TW'))).toContain('第 3/6 折');
  });

  it('tells a condition that failed, with a dash for what could not be measured', () => {
    expect(trainingLine(gate, textIn('en'))).toBe('  ✗ AUC: — (bound 0.52)');
  });

  it('is none for what it does not know', () => {
    expect(trainingLine({ event: 'tomorrow' }, textIn('en'))).toBeNull();
  });
});
