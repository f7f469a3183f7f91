// The day's loss and the streak of losses, through midnight and a restart.
import { describe, expect, it } from 'vitest';
import { decimalString, epochMs, symbolId } from '../../src/core/units.ts';
import { afterClosed, atInstant, dailyLossPct, freshLimits, limitsFrom } from '../../src/risk/limits.ts';
import { MIDNIGHT } from '../support/a-signal.ts';

const DAY = 86_400_000;
const at = (hours: number) => epochMs(MIDNIGHT + hours * 3_600_000);
const closed = (hours: number, pnl: string, symbol = 'ETHUSDT') => ({
  symbol: symbolId(symbol),
  closedMs: at(hours),
  netPnlUsdt: decimalString(pnl),
});

describe('daily loss', () => {
  it('is the worse of what was realised and what the equity shows', () => {
    const state = afterClosed(freshLimits(at(1), 10_000), closed(2, '-150'));
    // 300 of 10,000 are gone by equity, 150 by closed trades.
    expect(dailyLossPct(state, 9_700)).toBeCloseTo(3, 12);
    // An open winner does not hide 150 realised.
    expect(dailyLossPct(state, 10_200)).toBeCloseTo(1.5, 12);
  });

  it('is zero in a day of gains and total without an equity', () => {
    expect(dailyLossPct(freshLimits(at(1), 10_000), 10_100)).toBe(0);
    expect(dailyLossPct(freshLimits(at(1), 0), 0)).toBe(100);
  });

  it('starts anew at UTC midnight with the equity of that moment', () => {
    const lost = afterClosed(freshLimits(at(1), 10_000), closed(2, '-500'));
    const next = atInstant(lost, epochMs(MIDNIGHT + DAY), 9_500);
    expect(dailyLossPct(next, 9_500)).toBe(0);
    expect(next.losingStreak).toBe(1);
    expect(atInstant(lost, at(23), 9_500)).toBe(lost);
  });
});

describe('losing streak', () => {
  it('grows with losses, ends with a win, and is left alone by a trade that earned nothing', () => {
    let state = freshLimits(at(0), 10_000);
    for (const pnl of ['-1', '-1', '0']) state = afterClosed(state, closed(1, pnl));
    expect(state.losingStreak).toBe(2);
    expect(afterClosed(state, closed(2, '0.01')).losingStreak).toBe(0);
  });
});

describe('after a restart', () => {
  it('the closed trades of the journal give the same limits', () => {
    const history = [closed(-30, '-70'), closed(1, '-100'), closed(2, '40', 'BTCUSDT'), closed(3, '-60')];
    let running = freshLimits(at(-40), 10_000);
    for (const trade of history.slice(0, 1)) running = afterClosed(atInstant(running, trade.closedMs, 10_000), trade);
    running = atInstant(running, at(0), 9_930);
    for (const trade of history.slice(1)) running = afterClosed(running, trade);
    // 9,930 at midnight − 100 + 40 − 60 = 9,810 now.
    expect(limitsFrom(history, at(4), 9_810)).toEqual(running);
  });
});
