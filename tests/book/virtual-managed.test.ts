// A shown virtual position is managed as a real one; its label is not, and goes on to its own end.
import { describe, expect, it } from 'vitest';
import type { ManagementSettings } from '../../src/book/management.ts';
import { VirtualBook } from '../../src/book/virtual-book.ts';
import { gridOf } from '../../src/core/grid.ts';
import type { Bar } from '../../src/core/market.ts';
import { epochMs, symbolId } from '../../src/core/units.ts';
import { aSignal, T0 } from '../support/execution-bench.ts';

const A = symbolId('AAAUSDT');
const MANAGED: ManagementSettings = {
  breakEvenAtR: 1,
  trailAtr: 1,
  reversalExit: 'on',
  partialTakePct: 0,
  roundTripCostFraction: 0.0012,
};
const bar = (n: number, high: number, low: number, close: number): Bar => ({
  openMs: epochMs(T0 + n * 60_000),
  open: n === 0 ? 100 : close,
  high,
  low,
  close,
  volume: 1,
  quoteVolume: 1,
  trades: 1,
  takerBuyVolume: 1,
});
const trend = { atr: 1, lastBreak: null };

/** Long from 100, stop 98, target 104, cost 0.06 R. */
const opened = (management: ManagementSettings = MANAGED, maxShown = 1): VirtualBook => {
  const book = new VirtualBook({ maxShown, timeframe: '1m', management });
  book.open({ signal: aSignal(), tradeId: 't', wish: 'shown', reason: 'rank', grid: gridOf('0.1', '0.001') });
  return book;
};

describe('a shown virtual position', () => {
  it('is stopped at break-even, gives its place back, and its label goes on to the target', () => {
    const book = opened();
    book.onBar(A, bar(0, 102, 100, 101.5), trend);
    const back = book.onBar(A, bar(1, 101.5, 100, 100.5), trend);
    expect(back.settled.map((trade) => trade.managed?.exit)).toMatchObject([{ reason: 'breakEven', price: 100.12 }]);
    // 0.12 of 2 is 0.06 R gained, 0.06 R of cost.
    expect(back.settled[0]?.managed?.exit?.netR).toBeCloseTo(0, 9);
    expect([book.shownCount, book.size, back.closed]).toEqual([0, 1, []]);
    const end = book.onBar(A, bar(2, 104, 101, 103), trend);
    expect(end.closed.map(({ outcome }) => [outcome.exit, outcome.role])).toEqual([['target', 'shown']]);
    expect([end.settled, book.shownCount, book.size]).toEqual([[], 0, 0]);
  });

  it('moves its stop for the next bar only: the bar that reached 1 R does not stop it', () => {
    const book = opened();
    const moves = book.onBar(A, bar(0, 102, 99, 101.5), trend);
    expect([moves.settled, book.shownCount]).toEqual([[], 1]);
  });

  it('counts the half that was taken off', () => {
    const book = opened({ ...MANAGED, partialTakePct: 1, breakEvenAtR: 0 });
    book.onBar(A, bar(0, 101.2, 100, 101), trend);
    const end = book.onBar(A, bar(1, 104.2, 101, 103), trend);
    // Half at 101: 0.5 R, half at 104: 2 R; (0.5 + 2) / 2 − 0.06.
    expect(end.settled[0]?.managed?.exit?.netR).toBeCloseTo(1.19, 9);
    expect(end.closed[0]?.outcome.netR).toBeCloseTo(1.94, 9);
  });

  it('ends with a structure break against it', () => {
    const book = opened();
    const broken = { atr: 1, lastBreak: { side: 'short' as const, knownMs: epochMs(T0 + 60_000) } };
    const moves = book.onBar(A, bar(0, 100.5, 99.5, 99.8), broken);
    expect(moves.settled[0]?.managed?.exit).toMatchObject({ reason: 'reversal', price: 99.8 });
  });

  it('without management ends with its label', () => {
    const book = opened({ ...MANAGED, breakEvenAtR: 0, reversalExit: 'off' });
    const moves = book.onBar(A, bar(0, 101, 97.9, 98), trend);
    expect(moves.settled[0]?.managed?.exit).toMatchObject({ reason: 'stop', price: 98 });
    expect(moves.closed.map(({ outcome }) => outcome.exit)).toEqual(['stop']);
  });

  it('is one again after a restart', () => {
    const book = opened();
    book.onBar(A, bar(0, 102, 100, 101.5), trend);
    const again = new VirtualBook({ maxShown: 1, timeframe: '1m', management: MANAGED });
    again.restore(book.all());
    const back = again.onBar(A, bar(1, 101.5, 100, 100.5), trend);
    expect(back.settled[0]?.managed?.exit?.reason).toBe('breakEven');
    expect(again.shownCount).toBe(0);
  });
});

describe('a label whose entry did not come about', () => {
  it('takes a free place, or stays a label with the reason', () => {
    const book = new VirtualBook({ maxShown: 1, timeframe: '1m' });
    const grid = gridOf('0.1', '0.001');
    const other = aSignal({ barCloseMs: T0 + 60_000 });
    book.open({ signal: aSignal(), tradeId: 't', wish: 'label', reason: 'taken', grid });
    book.open({ signal: other, tradeId: 'u', wish: 'label', reason: 'taken', grid });
    expect(book.promote(A, aSignal().id, 'spread')).toMatchObject({ role: 'shown', reason: 'spread' });
    expect(book.promote(A, other.id, 'notEntered')).toMatchObject({ role: 'label', reason: 'notEntered' });
    expect(book.promote(A, aSignal().id, 'again')).toBeNull();
    expect(book.shownCount).toBe(1);
  });
});
