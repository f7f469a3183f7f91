// The look at what runs: the height of the account and one alarm per fall.
import { describe, expect, it } from 'vitest';
import { DEFAULT_WATCH, PositionWatch } from '../../services/execution/position-watch.ts';
import type { Notice } from '../../src/core/notice.ts';
import { epochMs } from '../../src/core/units.ts';

const watched = (equities: readonly number[], restored = 0): Notice[] => {
  const notices: Notice[] = [];
  const watch = new PositionWatch({ publish: (notice) => notices.push(notice) }, DEFAULT_WATCH);
  watch.restore(restored);
  for (const equity of equities) watch.onEquity(equity, epochMs(1));
  return notices;
};

describe('the drawdown alarm', () => {
  it('comes at 5 % below the height, once', () => {
    expect(watched([10_000, 9_501])).toEqual([]);
    expect(watched([10_000, 9_500, 9_400, 9_450])).toMatchObject([
      { event: 'drawdown', peak: 10_000, equity: 9_500, limitPct: 5 },
    ]);
  });

  it('counts from the highest point, not from the start', () => {
    expect(watched([10_000, 11_000, 10_450])).toMatchObject([{ peak: 11_000 }]);
  });

  it('comes again after half of the fall was made up', () => {
    expect(watched([10_000, 9_500, 9_740, 9_490])).toHaveLength(1);
    expect(watched([10_000, 9_500, 9_760, 9_490])).toHaveLength(2);
  });

  it('remembers the height of an earlier run', () => {
    expect(watched([9_500], 10_000)).toHaveLength(1);
  });
});
