// Who hears a bar: the symbol as it was opened last, wherever it stands in the minute.
import { describe, expect, it } from 'vitest';
import { StrategyEngine } from '../../services/strategy-engine.ts';
import { epochMs, type SymbolId, symbolId } from '../../src/core/units.ts';
import { priceAction } from '../../strategy/price-action.ts';
import { smcConfluence } from '../../strategy/smc-confluence.ts';
import type { CrossSection, Strategy, SymbolStrategy } from '../../strategy/strategy.ts';
import { aBar, minutesFrom } from '../support/a-bar.ts';
import { anInstrument, aSignal } from '../support/a-signal.ts';

const [AAA, BBB] = [symbolId('AAAUSDT'), symbolId('BBBUSDT')];
const UNKNOWN = { quoteVolume24hUsdt: Number.NaN, fundingRate: Number.NaN, nextFundingMs: Number.NaN };

/** The house strategy, with every player it opened kept for the test to look at. */
function watched(): { readonly strategy: Strategy; readonly opened: SymbolStrategy[] } {
  const opened: SymbolStrategy[] = [];
  const open: Strategy['open'] = (...given) => {
    const player = smcConfluence.open(...given);
    opened.push(player);
    return player;
  };
  return { strategy: { ...smcConfluence, open }, opened };
}

const closedAt = (symbol: SymbolId, openMs: number) => ({
  symbol,
  bars: [
    { entryBar: aBar({ openMs: epochMs(openMs) }), trendBar: null, afterGap: 'contiguous', quoteVolume24hUsdt: Number.NaN },
  ] as const,
});

const settings = { pair: { trend: '15m', entry: '1m' }, minConfidence: 70, roundTripCostBps: 12, costGateR: 0.1 } as const;

/** A strategy that signals with every bar, with the score that its contract has here. */
function talkative(scores: Readonly<Record<string, number>>): Strategy {
  const open: Strategy['open'] = (facts, ...rest) => {
    const { symbol } = facts;
    const hear: SymbolStrategy['hear'] = (bar) =>
      aSignal({ symbol, barOpenMs: bar.openMs, barCloseMs: epochMs(bar.openMs + 60_000), score: scores[symbol] ?? 0 });
    return Object.assign(smcConfluence.open(facts, ...rest), { hear, features: () => new Float64Array(0) });
  };
  return { ...smcConfluence, open };
}

describe('the signals of a minute', () => {
  const open = (scores: Readonly<Record<string, number>>): StrategyEngine => {
    const engine = new StrategyEngine([talkative(scores)], settings, { contextOf: () => UNKNOWN });
    for (const symbol of [AAA, BBB]) engine.open(anInstrument({ symbol }));
    return engine;
  };
  const bars = (symbol: SymbolId, ...minutes: readonly number[]) => ({
    symbol,
    bars: minutes.flatMap((minute) => closedAt(symbol, minute * 60_000).bars),
  });

  it('are ranked among each other', () => {
    const { ranked } = open({ AAAUSDT: 75, BBBUSDT: 90 }).onMinute(epochMs(60_000), [bars(AAA, 1), bars(BBB, 1)]);
    expect(ranked.map(({ signal, rank }) => [signal.symbol, rank])).toEqual([
      [BBB, 1],
      [AAA, 2],
    ]);
  });

  it('are those of its own bars: what a refilled bar would have said is over', () => {
    const decision = open({}).onMinute(epochMs(180_000), [bars(AAA, 1, 2, 3), bars(BBB, 1, 2)]);
    expect(decision.ranked.map(({ signal }) => [signal.symbol, signal.barOpenMs])).toEqual([[AAA, 180_000]]);
    expect(decision.scanned).toEqual([AAA]);
  });
});

describe('the breadth of the market', () => {
  it('counts contracts that have not been heard yet', () => {
    const seen: CrossSection[] = [];
    const strategy: Strategy = {
      ...smcConfluence,
      open: (...given) =>
        Object.assign(talkative({}).open(...given), {
          features: (...[, , cross]: Parameters<SymbolStrategy['features']>) => {
            seen.push(cross);
            return new Float64Array(0);
          },
        }),
    };
    const engine = new StrategyEngine([strategy], settings, { contextOf: () => UNKNOWN });
    for (const symbol of [AAA, BBB]) engine.open(anInstrument({ symbol }));
    engine.warm(AAA, [aBar({ openMs: epochMs(0), open: 100, close: 101, high: 102, low: 99 })], []);
    engine.onMinute(epochMs(900_000), [closedAt(AAA, 900_000)]);
    expect(seen.map(({ breadthReturn, breadthEma200 }) => [breadthReturn, breadthEma200])).toEqual([[0.5, Number.NaN]]);
  });
});

describe('a minute of the market', () => {
  const opened = (): StrategyEngine => {
    const engine = new StrategyEngine([smcConfluence], settings, { contextOf: () => UNKNOWN });
    for (const symbol of [AAA, BBB]) engine.open(anInstrument({ symbol }));
    return engine;
  };
  const heardBy = (engine: StrategyEngine) =>
    [AAA, BBB].map((symbol) => engine.playersOf(symbol).map((player) => player.entryBars));

  it('is heard by every symbol that it names, in whatever order, and by no other', () => {
    const engine = opened();
    engine.onMinute(epochMs(60_000), [closedAt(BBB, 60_000), closedAt(AAA, 60_000)]);
    const { scanned } = engine.onMinute(epochMs(120_000), [closedAt(BBB, 120_000)]);
    expect([heardBy(engine), scanned]).toEqual([[[1], [2]], [BBB]]);
  });

  it('is heard by a symbol as it was opened last', () => {
    const engine = opened();
    engine.onMinute(epochMs(60_000), [closedAt(AAA, 60_000), closedAt(BBB, 60_000)]);
    engine.open(anInstrument({ symbol: AAA }));
    expect(heardBy(engine)).toEqual([[0], [1]]);
    engine.onMinute(epochMs(120_000), [closedAt(AAA, 120_000), closedAt(BBB, 120_000)]);
    expect(heardBy(engine)).toEqual([[1], [2]]);
  });
});

describe('what strategies remember over a restart', () => {
  const instrument = anInstrument({ symbol: AAA });
  const BARS = minutesFrom(0, 60, 0.3);
  const minutes = (from: number, to: number) =>
    BARS.slice(from, to).map((entryBar) => ({
      entryBar,
      trendBar: null,
      afterGap: 'contiguous' as const,
      quoteVolume24hUsdt: Number.NaN,
    }));
  const opened = () => {
    const { strategy, opened: players } = watched();
    const engine = new StrategyEngine([strategy, priceAction], settings, { contextOf: () => UNKNOWN });
    engine.open(instrument);
    return { engine, players };
  };
  const lastOpenMs = minutes(49, 50)[0]?.entryBar.openMs ?? epochMs(0);
  const remembered = () => {
    const { engine } = opened();
    engine.warm(AAA, [], minutes(0, 50));
    const memory = engine.memoryOf(AAA);
    if (memory === null) throw new Error('nothing is remembered after 50 bars');
    return memory;
  };

  it('is nothing before the first bar, and afterwards all strategies’ own', () => {
    expect(opened().engine.memoryOf(AAA)).toBeNull();
    expect(opened().engine.memoryOf(BBB)).toBeNull();
    expect(remembered()).toMatchObject({
      rules: expect.stringMatching(/^smc-confluence [\d.]+\|price-action [\d.]+\|15m\|1m\|/),
    });
  });

  it('is gone on from after its last bar', () => {
    const { engine, players } = opened();
    expect(engine.resume(instrument, remembered(), lastOpenMs)).toBeNull();
    expect(players[0]?.entryBars).toBe(50);
    engine.warm(AAA, [], minutes(50, 53));
    expect(players[0]?.entryBars).toBe(53);
    expect(engine.memoryOf(AAA)).toEqual(
      (() => {
        const whole = opened().engine;
        whole.warm(AAA, [], minutes(0, 53));
        return whole.memoryOf(AAA);
      })(),
    );
  });

  it('is left where other rules made it, or where it cannot be read: the candles are heard as if there were none', () => {
    const { engine, players } = opened();
    expect(engine.resume(instrument, { ...remembered(), rules: 'smc-confluence 1.0' }, lastOpenMs)).toContain(
      'other rules: smc-confluence 1.0',
    );
    expect(engine.resume(instrument, { ...remembered(), numbers: new Float64Array(3) }, lastOpenMs)).toContain('not a snapshot');
    expect(engine.resume(instrument, remembered(), epochMs(lastOpenMs + 60_000))).toContain('it ends with bar');
    engine.warm(AAA, [], minutes(0, 50));
    expect(players.at(-1)?.entryBars).toBe(50);
    expect(engine.memoryOf(AAA)).toEqual(remembered());
  });
});
