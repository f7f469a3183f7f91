// What a strategy remembers over a restart: whoever goes on from it decides as if there had been none.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BarFolder } from '../../src/core/bars.ts';
import { sha256Hex } from '../../src/core/digest.ts';
import type { Bar } from '../../src/core/market.ts';
import { priceAction } from '../../strategy/price-action.ts';
import { smcConfluence } from '../../strategy/smc-confluence.ts';
import type { Strategy, StrategySnapshot, SymbolStrategy } from '../../strategy/strategy.ts';
import { CONTEXT, CROSS, FOLDED_MINUTES, isSignal, LOOSE, open } from '../support/strategy-run.ts';
import { wildMinutes } from '../support/wild-market.ts';

const MINUTES = FOLDED_MINUTES + 2_000;
/** As a file gives it back. */
const onDisk = ({ facts, numbers }: StrategySnapshot): StrategySnapshot => ({
  facts: JSON.parse(JSON.stringify(facts)),
  numbers: Float64Array.from(numbers),
});

/** All that is said of each bar from this one on; before each bar `between` may put another player in its place. */
function said(
  strategy: Strategy,
  bars: readonly Bar[],
  fromMinute: number,
  between: (player: SymbolStrategy, minute: number) => SymbolStrategy = (player) => player,
): unknown[] {
  const folder = new BarFolder('1m', '15m');
  const heard: unknown[] = [];
  let player = open(strategy, LOOSE);
  for (const [minute, bar] of bars.entries()) {
    const trend = folder.push(bar);
    player = between(player, minute);
    if (trend !== null) player.onTrendBar(trend);
    if (minute < FOLDED_MINUTES) continue;
    const evaluation = player.hear(bar, CONTEXT) ?? player.evaluation;
    if (minute < fromMinute) continue;
    const features = evaluation !== null && isSignal(evaluation) ? [...player.features(evaluation, CONTEXT, CROSS)] : null;
    heard.push([evaluation, features, player.bestSetup(CONTEXT), player.trendNow, player.trendBias, player.entryBars]);
  }
  return heard;
}

describe.each([smcConfluence, priceAction])('the memory of $id', (strategy) => {
  it('gives the same evaluations, signals and features as no restart, wherever it falls', () => {
    const cases = fc.record({
      seed: fc.integer({ min: 1, max: 1_000 }),
      cut: fc.integer({ min: FOLDED_MINUTES + 1, max: MINUTES - 300 }),
      hole: fc.option(fc.integer({ min: 1, max: 40 })),
    });
    fc.assert(
      fc.property(cases, ({ seed, cut, hole }) => {
        const all = wildMinutes(seed, MINUTES);
        // A hole shortly before the restart, whose age and size are remembered.
        const bars = hole === null ? all : all.filter((_, i) => i < cut - 60 || i >= cut - 60 + hole);
        const at = cut - (hole ?? 0);
        const restarted = said(strategy, bars, at, (player, minute) => {
          if (minute !== at) return player;
          const next = open(strategy, LOOSE);
          next.restore(onDisk(player.snapshot()));
          return next;
        });
        expect(restarted).toEqual(said(strategy, bars, at));
      }),
      { numRuns: 12 },
    );
  });

  it('changes nothing in whoever is asked for it', () => {
    const bars = wildMinutes(5, FOLDED_MINUTES + 600);
    const asked = said(strategy, bars, FOLDED_MINUTES, (player) => {
      player.snapshot();
      return player;
    });
    expect(asked).toEqual(said(strategy, bars, FOLDED_MINUTES));
  }, 20_000);

  it('is refused where it is of other cells or of another version, or too late', () => {
    const heard = open(strategy, LOOSE);
    for (const bar of wildMinutes(3, 50)) heard.hear(bar, CONTEXT);
    const { facts, numbers } = heard.snapshot();
    expect(() => open(strategy, LOOSE).restore({ facts, numbers: numbers.subarray(1) })).toThrow('not a snapshot');
    expect(() => open(strategy, LOOSE).restore({ facts: { ...(facts as object), version: 0 }, numbers })).toThrow(
      'not a snapshot',
    );
    expect(() => heard.restore({ facts, numbers })).toThrow('before the first bar');
  });
});

it('lies in memory as its version says: whoever moves a cell gives the snapshot a new version, and this test its hash', () => {
  const player = open(smcConfluence, LOOSE);
  const folder = new BarFolder('1m', '15m');
  for (const bar of wildMinutes(11, 9_000)) {
    const trend = folder.push(bar);
    if (trend !== null) player.onTrendBar(trend);
    player.hear(bar, CONTEXT);
  }
  const { facts, numbers } = player.snapshot();
  const version = (facts as { version: number }).version;
  // Rounded, because the last bits of a square root are the machine's.
  const text = Array.from(numbers, (cell) => cell.toPrecision(9)).join(' ');
  expect([version, numbers.length, sha256Hex(text).slice(0, 16)]).toMatchInlineSnapshot(`
    [
      4,
      3487,
      "dfca609db0a2d2f7",
    ]
  `);
});
