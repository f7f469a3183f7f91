// What must not matter: in which unit a price is quoted, which way is up, and which year it is. A number that is taken for another one,
// a price for a bar's number or a long's edge for a short's, shows here whatever the oracles and the hand-made scenes believe.
import { describe, expect, it } from 'vitest';
import type { Bar } from '../../src/core/market.ts';
import type { Evaluation, Signal } from '../../src/core/signal.ts';
import { DAY_MS } from '../../src/core/timeframe.ts';
import { epochMs } from '../../src/core/units.ts';
import { smcConfluence } from '../../strategy/smc-confluence.ts';
import { CONTEXT, CROSS, evaluationsOf, feed, isSignal, LOOSE, open } from '../support/strategy-run.ts';
import { wildMinutes } from '../support/wild-market.ts';

/** Prices in whole ticks, so that sums and powers of two are exact. */
const inTicks: readonly Bar[] = wildMinutes(21, 14_000).map((bar) => withPrices(bar, (price) => Math.round(price * 100)));
/** No costs: they are a share of the price, and that does matter. */
const SETTINGS = { ...LOOSE, roundTripCostBps: 0 };

function withPrices(bar: Bar, map: (price: number) => number): Bar {
  const [open, high, low, close] = [map(bar.open), map(bar.high), map(bar.low), map(bar.close)];
  return { ...bar, open, close, high: Math.max(high, low), low: Math.min(high, low) };
}

const judge = (bars: readonly Bar[], tick: number): (Evaluation | Signal)[] =>
  evaluationsOf(open(smcConfluence, SETTINGS, tick), bars);

/** Everything of a judgement that has no price in it. */
const bare = ({ barOpenMs, side, setup, score, factors, gates, emitted }: Evaluation | Signal) => ({
  ...{ barOpenMs, side, setup, score, emitted },
  factors: factors.map(({ id, points, value }) => [id, points, value]),
  gates: gates.map(({ id, pass, value }) => [id, pass, value]),
});

describe('the house strategy', () => {
  const asIs = judge(inTicks, 1);

  it('has something to judge', () => {
    expect(asIs.filter(isSignal).length).toBeGreaterThan(20);
    expect(new Set(asIs.map(({ setup }) => setup)).size).toBeGreaterThanOrEqual(4);
  });

  it.each([1 / 4_096, 64])('judges alike where a tick is %d', (tick) => {
    const scaled = judge(
      inTicks.map((bar) => withPrices(bar, (price) => price * tick)),
      tick,
    );
    expect(scaled.map(bare)).toEqual(asIs.map(bare));
  });

  it('judges alike 52 weeks later, when days, weeks and summer time fall on the same bars', () => {
    const laterMs = 52 * 7 * DAY_MS;
    const later = judge(
      inTicks.map((bar) => ({ ...bar, openMs: epochMs(bar.openMs + laterMs) })),
      1,
    );
    const then = later.map((said) => ({ ...said, barOpenMs: epochMs(said.barOpenMs - laterMs) }));
    expect(then.map(bare)).toEqual(asIs.map(bare));
  });

  it('logs the same features, in which no price is left', () => {
    const rows = (tick: number): number[][] => {
      const player = open(smcConfluence, SETTINGS, tick);
      const bars = inTicks.map((bar) => withPrices(bar, (price) => price * tick));
      const found: number[][] = [];
      feed(player, bars, (said) => isSignal(said) && found.push([...player.features(said, CONTEXT, CROSS)]));
      return found;
    };
    expect(rows(1 / 4_096)).toEqual(rows(1));
  });

  it('gives the mirrored signals of a mirrored market', () => {
    const ceiling = 2 * Math.max(...inTicks.map(({ high }) => high));
    const mirrored = judge(
      inTicks.map((bar) => withPrices(bar, (price) => ceiling - price)),
      1,
    );
    const told = ({ barOpenMs, side, setup, score }: Signal, sign: string) => `${barOpenMs} ${setup} ${score} ${side === sign}`;
    expect(mirrored.filter(isSignal).map((signal) => told(signal, 'short'))).toEqual(
      asIs.filter(isSignal).map((signal) => told(signal, 'long')),
    );
  });
});
