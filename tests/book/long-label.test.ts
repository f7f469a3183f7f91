// The second label: what a timeout would have come to within 720 bars.
import { describe, expect, it } from 'vitest';
import { advanceLongLabel } from '../../src/book/long-label.ts';
import type { LongLabel } from '../../src/core/trade.ts';
import { epochMs } from '../../src/core/units.ts';
import { aBar } from '../support/a-bar.ts';
import { anOutcome, signalNo } from '../support/a-run.ts';
import { MIDNIGHT } from '../support/a-signal.ts';

const MINUTE = 60_000;
/** Entered at midnight, given up after 240 bars. */
const label = (side: 'long' | 'short' = 'long'): LongLabel => ({
  outcome: anOutcome(signalNo(0, { side }), {
    side,
    exit: 'timeout',
    entryMs: epochMs(MIDNIGHT),
    exitMs: epochMs(MIDNIGHT + 240 * MINUTE),
  }),
  stop: side === 'long' ? 98 : 102,
  target: side === 'long' ? 104 : 96,
});
const bar = (no: number, low: number, high: number) =>
  aBar({ openMs: epochMs(MIDNIGHT + (no - 1) * MINUTE), open: 100, close: 100, low, high });

describe('after its time stop a signal', () => {
  it.each([
    ['reaches the target', bar(241, 99, 104), 1],
    ['is stopped', bar(300, 98, 101), 0],
    ['is stopped where one bar holds both', bar(500, 97, 105), 0],
    ['runs out at bar 720', bar(720, 99, 101), 0],
    ['has its target in bar 720 itself', bar(720, 99, 104), 1],
    ['learns nothing from after the horizon', bar(721, 99, 110), 0],
  ] as const)('%s', (_name, held, y720) => {
    expect(advanceLongLabel(label(), held, '1m')).toEqual({ kind: 'resolved', y720 });
  });

  it('stays open in between, whatever bars of before it is shown again', () => {
    expect(advanceLongLabel(label(), bar(719, 99, 101), '1m')).toEqual({ kind: 'open' });
    expect(advanceLongLabel(label(), bar(240, 90, 110), '1m')).toEqual({ kind: 'open' });
  });

  it('is the mirror for a short', () => {
    expect(advanceLongLabel(label('short'), bar(250, 96, 101), '1m')).toEqual({ kind: 'resolved', y720: 1 });
    expect(advanceLongLabel(label('short'), bar(250, 99, 102), '1m')).toEqual({ kind: 'resolved', y720: 0 });
  });
});
