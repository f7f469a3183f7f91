// Properties of the whole engine: what was said stays said, and depends on nothing that came later.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../src/core/units.ts';
import type { IndicatorSnapshot } from '../../../strategy/indicators/indicator-core.ts';
import { SmcEngine, type SmcSnapshot } from '../../../strategy/smc/smc-engine.ts';
import type { SmcView } from '../../../strategy/smc/types.ts';
import { anySeries, type BarSeriesCase, DEAR_PROPERTY_RUNS, makeSeries, PROPERTY_RUNS } from '../../support/bar-series.ts';
import { wildMinutes } from '../../support/wild-market.ts';
import { EngineRun } from './run-engine.ts';

const optionsOf = (series: BarSeriesCase) => ({ timeframe: series.shape.timeframe, tickSize: series.tickSize });
const cut = fc.double({ min: 0, max: 1, noNaN: true });

/** Everything a strategy can read, as plain values. */
function reading(view: SmcView): unknown {
  const sides = (['long', 'short'] as const).map((side) => ({
    blocks: view.orderBlocks(side),
    gaps: view.fairValueGaps(side),
    flipped: view.flippedBlocks(side),
    breaks: (['bos', 'choch', 'mss', 'any'] as const).map((form) => view.lastBreak(side, form)),
    sweep: view.lastSweep(side),
    displacement: view.lastDisplacementIndex(side),
    position: view.rangePosition(side, view.range?.origin ?? 0),
  }));
  return structuredClone({
    sides,
    pools: [view.pools('buySide'), view.pools('sellSide')],
    swings: [view.lastSwing('high'), view.lastSwing('low')],
    trend: view.trend,
    range: view.range,
    retracement: [view.retracementPct, view.deepestRetracementPct],
    levels: view.previousLevels,
    session: view.session,
    index: view.barIndex,
  });
}

describe('the engine as a whole', () => {
  it('says of a prefix exactly what it says of the whole, up to there', () => {
    fc.assert(
      fc.property(anySeries(), cut, (series, share) => {
        const at = Math.floor(share * series.bars.length);
        const all = new EngineRun(optionsOf(series)).push(series.bars);
        const prefix = new EngineRun(optionsOf(series)).push(series.bars.slice(0, at));
        expect(prefix.events).toEqual(all.events.slice(0, at));
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });

  it('says and shows the same when the future is replaced by noise', () => {
    fc.assert(
      fc.property(anySeries(), cut, (series, share) => {
        const at = Math.floor(share * series.bars.length);
        const noise = makeSeries({
          ...series.shape,
          seed: series.shape.seed ^ 0x5a5a,
          startTicks: series.shape.startTicks + 7,
        }).bars;
        const mixed = [
          ...series.bars.slice(0, at),
          ...noise.slice(at).map((bar, i) => ({ ...bar, openMs: epochMs((series.bars[at + i] ?? bar).openMs) })),
        ];
        const one = new EngineRun(optionsOf(series)).push(series.bars.slice(0, at));
        const seen = reading(one.engine);
        one.push(series.bars.slice(at));
        const other = new EngineRun(optionsOf(series)).push(mixed.slice(0, at));
        expect(reading(other.engine)).toEqual(seen);
        other.push(mixed.slice(at));
        expect(other.events.slice(0, at)).toEqual(one.events.slice(0, at));
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });

  it('goes on from a snapshot as if nothing had happened', () => {
    fc.assert(
      fc.property(anySeries(), cut, (series, share) => {
        const at = Math.floor(share * series.bars.length);
        const whole = new EngineRun(optionsOf(series)).push(series.bars);
        const first = new EngineRun(optionsOf(series)).push(series.bars.slice(0, at));
        const text = JSON.stringify({ smc: first.engine.snapshot(), indicators: first.indicators.snapshot() });
        const saved: { smc: SmcSnapshot; indicators: IndicatorSnapshot } = JSON.parse(text);
        const second = new EngineRun(optionsOf(series));
        second.engine.restore(saved.smc);
        second.indicators.restore(saved.indicators);
        expect(reading(second.engine)).toEqual(reading(first.engine));
        expect(JSON.stringify({ smc: second.engine.snapshot(), indicators: second.indicators.snapshot() })).toBe(text);
        second.push(series.bars.slice(at));
        expect(second.events).toEqual(whole.events.slice(at));
        expect(reading(second.engine)).toEqual(reading(whole.engine));
        expect(JSON.stringify(second.engine.snapshot())).toBe(JSON.stringify(whole.engine.snapshot()));
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });

  it('is the same after a restart at any bar of a wild market, breaks that may still extend among what it remembers', () => {
    const options = { timeframe: '1m', tickSize: 0.01 } as const;
    const run = new EngineRun(options);
    let pending = 0;
    for (const [minute, bar] of wildMinutes(7, 4_000).entries()) {
      run.push([bar]);
      if (minute % 10 !== 0) continue;
      const saved: SmcSnapshot = JSON.parse(JSON.stringify(run.engine.snapshot()));
      const restored = new SmcEngine(options);
      restored.restore(saved);
      expect(restored.snapshot()).toEqual(saved);
      if (saved.texts.some((text) => text.startsWith('break:'))) pending += 1;
    }
    expect(pending).toBeGreaterThan(10);
  });

  it('gives every event a name of its own and a known time that is its bar', () => {
    fc.assert(
      fc.property(anySeries(), (series) => {
        const run = new EngineRun(optionsOf(series)).push(series.bars);
        const ids = run.events.flat().map((event) => event.id);
        expect(new Set(ids).size).toBe(ids.length);
        const misdated = run.events.flatMap((events, i) =>
          events.filter((event) => event.knownAt !== series.bars[i]?.openMs || event.at > event.knownAt),
        );
        expect(misdated).toEqual([]);
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });

  it('keeps its lists within their bounds', () => {
    fc.assert(
      fc.property(anySeries(600), (series) => {
        const run = new EngineRun(optionsOf(series));
        const longest = { blocks: 0, flipped: 0, gaps: 0, pools: 0 };
        for (const bar of series.bars) {
          const { engine } = run.push([bar]);
          for (const side of ['long', 'short'] as const) {
            longest.blocks = Math.max(longest.blocks, engine.orderBlocks(side).length);
            longest.flipped = Math.max(longest.flipped, engine.flippedBlocks(side).length);
            longest.gaps = Math.max(longest.gaps, engine.fairValueGaps(side).length);
          }
          longest.pools = Math.max(longest.pools, engine.pools('buySide').length, engine.pools('sellSide').length);
        }
        expect(longest.blocks).toBeLessThanOrEqual(16);
        expect(longest.flipped).toBeLessThanOrEqual(16);
        expect(longest.gaps).toBeLessThanOrEqual(32);
        expect(longest.pools).toBeLessThanOrEqual(64);
      }),
      { numRuns: DEAR_PROPERTY_RUNS },
    );
  });

  it('lists as touched exactly the living zones that the newest bar reaches and that were known before it', () => {
    fc.assert(
      fc.property(anySeries(), (series) => {
        const run = new EngineRun(optionsOf(series));
        for (const bar of series.bars) {
          run.push([bar]);
          const engine = run.engine;
          const reached = (['long', 'short'] as const).flatMap((side) =>
            [...engine.orderBlocks(side), ...engine.fairValueGaps(side), ...engine.flippedBlocks(side)].filter(
              (zone) => zone.knownIndex < engine.barIndex && (side === 'long' ? bar.low <= zone.top : bar.high >= zone.bottom),
            ),
          );
          expect(engine.touched.map((zone) => zone.id).sort()).toEqual(engine.ready ? reached.map((zone) => zone.id).sort() : []);
        }
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });

  it('refuses a bar that does not follow and a snapshot of another timeframe', () => {
    const series = makeSeries({
      seed: 3,
      count: 60,
      tickUnits: 1,
      tickDecimals: 2,
      startTicks: 5_000,
      bodyTicks: 10,
      dojiShare: 0,
      flatShare: 0,
      holeShare: 0,
      timeframe: '1m',
    });
    const run = new EngineRun(optionsOf(series)).push(series.bars);
    expect(() => run.push(series.bars.slice(-1))).toThrow(/does not follow/);
    const slow = new SmcEngine({ timeframe: '15m', tickSize: 0.01 });
    expect(() => slow.restore(run.engine.snapshot())).toThrow(/not a snapshot of this timeframe/);
  });
});
