// Virtual trades: the rules one by one, then a second, slower reading of them over random bars.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advanceVirtual, HORIZON_BARS, openVirtual } from '../../src/book/virtual.ts';
import { VirtualBook } from '../../src/book/virtual-book.ts';
import type { Bar } from '../../src/core/market.ts';
import type { Outcome } from '../../src/core/trade.ts';
import { epochMs, symbolId } from '../../src/core/units.ts';
import { aBar } from '../support/a-bar.ts';
import { anInstrument, aSignal, MIDNIGHT } from '../support/a-signal.ts';

const grid = anInstrument().grid;
const FIRST = MIDNIGHT + 60_000;
const bar = (minute: number, [open, high, low, close]: readonly [number, number, number, number]): Bar =>
  aBar({ openMs: epochMs(FIRST + minute * 60_000), open, high, low, close });

const opening = (change = {}) => ({ signal: aSignal(change), tradeId: 't1', role: 'shown' as const, reason: 'rank', grid });
const LONG = opening();
const SHORT = opening({ side: 'short', plan: { entry: 100, stop: 101, target: 99, risk: 1, rewardToRisk: 1, costR: 0.12 } });
const horizon = { timeframe: '1m' as const, bars: HORIZON_BARS };

/** Plays bars until the trade closes. */
function play(from: typeof LONG, bars: readonly Bar[]): Outcome | null {
  let trade = openVirtual(from);
  for (const next of bars) {
    const step = advanceVirtual(trade, next, horizon);
    if (step.kind === 'closed') return step.outcome;
    if (step.kind === 'held') trade = step.trade;
  }
  return null;
}

describe('one virtual trade', () => {
  it('enters at the open of the bar after the signal', () => {
    const step = advanceVirtual(openVirtual(LONG), bar(0, [100.2, 100.5, 99.8, 100.1]), horizon);
    expect(step).toMatchObject({ kind: 'held', trade: { entry: { price: 100.2, atMs: FIRST }, barsHeld: 1 } });
  });

  it('earns the target less the cost', () => {
    // Entry 100.2, target 101: +0.8 R gross, −0.12 R of cost.
    const outcome = play(LONG, [bar(0, [100.2, 100.5, 99.8, 100.1]), bar(1, [100.1, 101, 99.9, 100.9])]);
    expect(outcome).toMatchObject({ exit: 'target', exitPrice: 101, barsHeld: 2, ambiguous: false, exitMs: FIRST + 120_000 });
    expect(outcome?.grossR).toBeCloseTo(0.8, 12);
    expect(outcome?.netR).toBeCloseTo(0.68, 12);
    expect(outcome?.maxFavourableR).toBeCloseTo(0.8, 12);
    expect(outcome?.maxAdverseR).toBeCloseTo(0.4, 12);
    expect(outcome?.barsToMaxFavourable).toBe(2);
  });

  it('hits the stop first when a bar holds both, and says that it was ambiguous', () => {
    expect(play(LONG, [bar(0, [100, 101.5, 98.9, 101])])).toMatchObject({
      exit: 'stop',
      exitPrice: 99,
      ambiguous: true,
      grossR: -1,
      netR: -1.12,
      maxFavourableR: 0,
      maxAdverseR: 1,
    });
  });

  it('fills a gap through the stop at the open', () => {
    const outcome = play(LONG, [bar(0, [100, 100.5, 99.5, 100]), bar(1, [98, 98.5, 97, 98])]);
    expect(outcome).toMatchObject({
      exit: 'stop',
      exitPrice: 98,
      grossR: -2,
      netR: -2.12,
      maxAdverseR: 2,
      maxFavourableR: 0.5,
      barsToMaxFavourable: 1,
    });
  });

  it('fills a gap through the target at the target, never better', () => {
    expect(play(LONG, [bar(0, [100, 100.5, 99.5, 100]), bar(1, [102, 103, 101.5, 102])])).toMatchObject({
      exit: 'target',
      exitPrice: 101,
      grossR: 1,
    });
  });

  it('entered beyond its stop it is out at the entry, for the cost', () => {
    expect(play(LONG, [bar(0, [98.5, 99.5, 98, 99])])).toMatchObject({
      exit: 'stop',
      entryPrice: 98.5,
      exitPrice: 98.5,
      grossR: 0,
      netR: -0.12,
    });
  });

  it('entered beyond its target it is out at the entry, for the cost', () => {
    expect(play(LONG, [bar(0, [101.5, 102, 100.5, 101])])).toMatchObject({
      exit: 'target',
      exitPrice: 101.5,
      grossR: 0,
      netR: -0.12,
    });
  });

  it('leaves at the close of the 240th bar', () => {
    const quiet = Array.from({ length: 240 }, (_, i) => bar(i, [100, 100.4, 99.6, i === 239 ? 100.3 : 100]));
    expect(play(LONG, quiet.slice(0, 239))).toBeNull();
    const outcome = play(LONG, quiet);
    expect(outcome).toMatchObject({ exit: 'timeout', exitPrice: 100.3, barsHeld: 240, exitMs: FIRST + 240 * 60_000 });
    expect(outcome?.netR).toBeCloseTo(0.18, 12);
  });

  it('mirrors everything for a short', () => {
    expect(play(SHORT, [bar(0, [100, 100.5, 99, 99.2])])).toMatchObject({
      exit: 'target',
      exitPrice: 99,
      grossR: 1,
      maxAdverseR: 0.5,
    });
    expect(play(SHORT, [bar(0, [100, 101, 98, 99])])).toMatchObject({ exit: 'stop', ambiguous: true, grossR: -1 });
    expect(play(SHORT, [bar(0, [100, 100.5, 99.5, 100]), bar(1, [102, 103, 101.5, 102])])).toMatchObject({
      exit: 'stop',
      exitPrice: 102,
      grossR: -2,
    });
  });

  it('ignores a bar from before its entry, and one that it has seen', () => {
    const trade = openVirtual(LONG);
    expect(advanceVirtual(trade, bar(-1, [90, 110, 80, 100]), horizon)).toEqual({ kind: 'early' });
    const held = advanceVirtual(trade, bar(0, [100, 100.5, 99.5, 100]), horizon);
    expect(held.kind === 'held' && advanceVirtual(held.trade, bar(0, [100, 110, 80, 100]), horizon)).toEqual({ kind: 'early' });
  });

  it('has its levels where the venue would get them', () => {
    const off = opening({ plan: { entry: 100, stop: 98.996, target: 101.009, risk: 1.004, rewardToRisk: 1, costR: 0.12 } });
    expect(openVirtual(off)).toMatchObject({ stop: 98.99, target: 101 });
  });
});

/** The same rules read the slow way: for each bar, all the facts spelled out for a long; a short is its mirror image at 200. */
function oracle(
  side: 'long' | 'short',
  bars: readonly Bar[],
  count: number,
): { exit: string; price: number; held: number } | null {
  const mirrored =
    side === 'long'
      ? bars
      : bars.map((b) => ({ ...b, open: 200 - b.open, high: 200 - b.low, low: 200 - b.high, close: 200 - b.close }));
  const back = (price: number): number => (side === 'long' ? price : 200 - price);
  for (let i = 0; i < mirrored.length && i < count; i++) {
    const b = mirrored[i] as Bar;
    if (b.open <= 99) return { exit: 'stop', price: back(b.open), held: i + 1 };
    if (b.low <= 99) return { exit: 'stop', price: back(99), held: i + 1 };
    if (i === 0 && b.open >= 101) return { exit: 'target', price: back(b.open), held: 1 };
    if (b.high >= 101) return { exit: 'target', price: back(101), held: i + 1 };
    if (i === count - 1) return { exit: 'timeout', price: back(b.close), held: count };
  }
  return null;
}

/** Bars on the hundredths grid around 100, with gaps. */
const randomBars = fc
  .array(fc.tuple(fc.integer({ min: -60, max: 60 }), fc.nat(50), fc.nat(50), fc.integer({ min: -20, max: 20 })), {
    minLength: 1,
    maxLength: 60,
  })
  .map((moves) => {
    let last = 10_000;
    return moves.map(([gap, up, down, body], i) => {
      const open = last + Math.trunc(gap / 4);
      const close = open + body;
      last = close;
      return bar(i, [open / 100, (Math.max(open, close) + up) / 100, (Math.min(open, close) - down) / 100, close / 100]);
    });
  });

describe('over random bars', () => {
  it('agrees with the slow reading of the rules, long and short', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        randomBars,
        fc.constantFrom('long' as const, 'short' as const),
        fc.integer({ min: 1, max: 40 }),
        (bars, side, count) => {
          const expected = oracle(side, bars, count);
          let trade = openVirtual(side === 'long' ? LONG : SHORT);
          let found: Outcome | null = null;
          for (const next of bars) {
            const step = advanceVirtual(trade, next, { timeframe: '1m', bars: count });
            if (step.kind === 'held') trade = step.trade;
            if (step.kind !== 'closed') continue;
            found = step.outcome;
            break;
          }
          seen.add(expected?.exit ?? 'open');
          expect(found?.exit ?? null).toBe(expected?.exit ?? null);
          if (found === null || expected === null) return;
          expect(found.exitPrice).toBeCloseTo(expected.price, 9);
          expect(found.barsHeld).toBe(expected.held);
          const sign = side === 'long' ? 1 : -1;
          expect(found.netR).toBeCloseTo((expected.price - (bars[0] as Bar).open) * sign - 0.12, 9);
          expect(found.maxFavourableR).toBeGreaterThanOrEqual(Math.max(0, found.grossR) - 1e-9);
          expect(found.maxAdverseR).toBeGreaterThanOrEqual(Math.max(0, -found.grossR) - 1e-9);
        },
      ),
      { numRuns: 1_500 },
    );
    expect([...seen].sort()).toEqual(['open', 'stop', 'target', 'timeout']);
  });
});

describe('the virtual book', () => {
  const ask = (id: string, wish: 'shown' | 'label' = 'shown') => ({
    signal: aSignal({ id }),
    tradeId: id,
    reason: 'rank',
    grid,
    wish,
  });
  const ETH = symbolId('ETHUSDT');

  it('shows no more than its limit and labels the rest', () => {
    const book = new VirtualBook({ maxShown: 2, timeframe: '1m' });
    expect(['a', 'b', 'c'].map((id) => book.open(ask(id)).role)).toEqual(['shown', 'shown', 'label']);
    expect(book.shown().map((trade) => trade.signalId)).toEqual(['a', 'b']);
    expect(book.size).toBe(3);
  });

  it('frees a shown place when its trade closes', () => {
    const book = new VirtualBook({ maxShown: 1, timeframe: '1m' });
    book.open(ask('a'));
    const moves = book.onBar(ETH, bar(0, [100, 101, 99.5, 101]));
    expect(moves.closed.map(({ outcome }) => outcome.exit)).toEqual(['target']);
    expect(moves.entered.map((trade) => trade.signalId)).toEqual(['a']);
    expect(moves.held).toEqual([]);
    expect([book.size, book.shownCount]).toEqual([0, 0]);
    expect(book.open(ask('b')).role).toBe('shown');
  });

  it('opens a signal once', () => {
    const book = new VirtualBook({ maxShown: 2, timeframe: '1m' });
    const first = book.open(ask('a', 'label'));
    expect(book.open(ask('a', 'shown'))).toBe(first);
    expect(book.size).toBe(1);
  });

  it('goes on after a restart exactly where it was, however much is replayed', () => {
    const bars = Array.from({ length: 30 }, (_, i) =>
      bar(i, [100 + i * 0.03, 100.2 + i * 0.03, 99.8 + i * 0.03, 100 + i * 0.03]),
    );
    const through = (cut: number, from: number): Outcome | undefined => {
      const first = new VirtualBook({ maxShown: 2, timeframe: '1m' });
      first.open(ask('a'));
      for (const next of bars.slice(0, cut)) first.onBar(ETH, next);
      const second = new VirtualBook({ maxShown: 2, timeframe: '1m' });
      second.restore(structuredClone(first.all()) as never);
      return bars.slice(from).flatMap((next) => second.onBar(ETH, next).closed)[0]?.outcome;
    };
    const whole = through(0, 0);
    expect(whole?.exit).toBe('target');
    for (const cut of [1, 7, 20]) expect(through(cut, Math.max(0, cut - 5))).toEqual(whole);
  });

  it('counts the bars that an open trade never saw, and leaves at its time nonetheless', () => {
    const book = new VirtualBook({ maxShown: 2, timeframe: '1m', horizonBars: 10 });
    book.open(ask('a'));
    book.onBar(ETH, bar(0, [100, 100.2, 99.8, 100]));
    const moves = book.onBar(ETH, bar(9, [100, 100.2, 99.8, 100.1]));
    expect(moves.closed[0]?.outcome).toMatchObject({ exit: 'timeout', barsHeld: 10 });
    expect(book.missedBars).toBe(8);
  });

  it('knows from which bar on history is needed', () => {
    const book = new VirtualBook({ maxShown: 2, timeframe: '1m' });
    expect(book.nextBarMs(ETH)).toBeNull();
    book.open(ask('a'));
    book.onBar(ETH, bar(0, [100, 100.2, 99.8, 100]));
    expect(book.nextBarMs(ETH)).toBe(FIRST + 60_000);
  });
});
