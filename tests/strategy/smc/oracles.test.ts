// Every detector against its oracle, on random series with the defaults and with narrow limits that make every list overflow.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultParams, type SmcParams } from '../../../strategy/smc/params.ts';
import { anySeries, type BarSeriesCase, PROPERTY_RUNS } from '../../support/bar-series.ts';
import { oracleSweeps, poolLines, sweepBefore, sweepLines } from './oracles/liquidity-oracle.ts';
import { periodLines } from './oracles/period-oracle.ts';
import { displacementFrom, isSingle, perBar, type Series, SIDES, speaks } from './oracles/series.ts';
import { extensionLines, oracleBreaks, retracement, structureLines } from './oracles/structure-oracle.ts';
import { swingLines } from './oracles/swing-oracle.ts';
import { blockLines, gapLines } from './oracles/zone-oracle.ts';
import { atrOf, EngineRun, linesOf } from './run-engine.ts';

type Variant = 'default' | 'narrow' | 'other';

function paramsOf(series: BarSeriesCase, variant: Variant): SmcParams {
  const base = defaultParams(series.shape.timeframe);
  switch (variant) {
    case 'default':
      return base;
    case 'narrow':
      return {
        ...base,
        swingLeft: 2,
        swingRight: 2,
        gap: { ...base.gap, maxActive: 4, maxAge: 30, minSizeAtr: 0.05 },
        block: { ...base.block, maxActive: 3, maxAge: 40, flippedMaxAge: 25, overlap: 0.9 },
        liquidity: { ...base.liquidity, maxPools: 5, maxAge: 50 },
      };
    case 'other':
      return {
        ...base,
        swingLeft: 3,
        swingRight: 4,
        gap: { ...base.gap, inversion: true, requireColour: false, maxActive: 1_000 },
        block: { ...base.block, pick: 'extreme', zone: 'body', consumedBy: 'half', invalidBy: 'wick' },
      };
  }
}

interface Both {
  readonly run: EngineRun;
  readonly series: Series;
}

/** Runs a property over series and variants. */
function compare(check: (both: Both) => void): void {
  fc.assert(
    fc.property(anySeries(260), fc.constantFrom<Variant>('default', 'narrow', 'other'), (made, variant) => {
      const params = paramsOf(made, variant);
      const { timeframe } = made.shape;
      const run = new EngineRun({ timeframe, tickSize: made.tickSize, params }).push(made.bars);
      check({ run, series: { bars: made.bars, atr: atrOf(made.bars), timeframe, tick: made.tickSize, params } });
    }),
    { numRuns: PROPERTY_RUNS },
  );
}

function expectClose(actual: number, wanted: number): void {
  if (Number.isNaN(wanted)) expect(actual).toBeNaN();
  else expect(Math.abs(actual - wanted)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(wanted)));
}

describe('detectors agree with their oracles', () => {
  it('on swings and their labels', () => {
    compare(({ run, series }) => expect(linesOf(run, 'swing')).toEqual(swingLines(series)));
  });

  it('on displacement', () => {
    compare(({ run, series }) => {
      const told = series.bars.flatMap((_, t) =>
        SIDES.filter((side) => speaks(series, t) && displacementFrom(series, side, t) >= 0).map((side) => {
          const from = series.bars[displacementFrom(series, side, t)]?.openMs;
          return [t, `displacement ${side} ${isSingle(series, side, t) ? 'single' : 'multi'} from ${from}`] as const;
        }),
      );
      expect(linesOf(run, 'displacement')).toEqual(perBar(series, told));
    });
  });

  it('on fair value gaps from birth to end, inversions included', () => {
    compare(({ run, series }) => {
      const gaps = linesOf(run, 'zone.fairValueGap');
      const inversions = linesOf(run, 'zone.inversionGap');
      expect(gaps.map((lines, i) => [...lines, ...(inversions[i] ?? [])].sort())).toEqual(gapLines(series));
    });
  });

  it('on breaks of structure, their legs and grades', () => {
    compare(({ run, series }) => {
      expect(linesOf(run, 'structure')).toEqual(structureLines(series));
      expect(linesOf(run, 'msb')).toEqual(extensionLines(series));
    });
  });

  it('on days, weeks and sessions across a change of summer time', () => {
    compare(({ run, series }) => expect(linesOf(run, 'period')).toEqual(periodLines(series)));
  });

  it('on pools and sweeps', () => {
    compare(({ run, series }) => {
      expect(linesOf(run, 'pool')).toEqual(poolLines(series));
      expect(linesOf(run, 'sweep')).toEqual(sweepLines(series));
    });
  });

  it('on order blocks, dropped ones and what failed ones turn into', () => {
    compare(({ run, series }) => {
      const wanted = blockLines(series);
      expect(linesOf(run, 'zone.orderBlock')).toEqual(wanted.blocks);
      expect(linesOf(run, 'orderBlock.dropped')).toEqual(wanted.dropped);
      const breakers = linesOf(run, 'zone.breaker');
      const mitigations = linesOf(run, 'zone.mitigation');
      expect(breakers.map((lines, i) => [...lines, ...(mitigations[i] ?? [])].sort())).toEqual(wanted.flipped);
    });
  });

  it('on what an order block knows of its leg', () => {
    compare(({ run, series }) => {
      const breaks = oracleBreaks(series);
      const sweeps = oracleSweeps(series);
      for (const side of SIDES) {
        for (const block of run.engine.orderBlocks(side)) {
          const made = breaks.find((b) => b.t === block.breakIndex && b.side === side);
          expect(block.breakForm).toBe(made?.form);
          expect(block.displacementInLeg).toBe(made?.displaced);
          expect(block.fvgSizeAtr).toBe(made?.gap);
          expect(block.sweep).toEqual(sweepBefore(series, sweeps, side, block.breakIndex, made?.originIndex ?? -1));
        }
      }
    });
  });

  it('on where the leg of the newest break began', () => {
    compare(({ run, series }) => {
      const breaks = oracleBreaks(series);
      for (const side of SIDES) {
        const made = run.engine.lastBreak(side, 'any');
        const wanted = breaks.findLast((found) => found.side === side);
        expect([made?.index, made?.legOriginIndex, made?.legOrigin]).toEqual([wanted?.t, wanted?.originIndex, wanted?.origin]);
      }
    });
  });

  it('on the retracement of the last leg at every bar', () => {
    compare(({ run, series }) => {
      const breaks = oracleBreaks(series);
      const again = new EngineRun({ timeframe: series.timeframe, tickSize: series.tick, params: series.params });
      for (const [t, bar] of series.bars.entries()) {
        again.push([bar]);
        const [now, deepest] = retracement(series, breaks, t);
        expectClose(again.engine.retracementPct, now);
        expectClose(again.engine.deepestRetracementPct, deepest);
      }
      expect(again.events.length).toBe(run.events.length);
    });
  });
});

describe('the random series', () => {
  it('hold every kind of event that the detectors know, so that agreement means something', () => {
    const seen = new Set<string>();
    compare(({ run }) => {
      for (const event of run.events.flat()) seen.add(event.kind === 'zone' ? `${event.zoneKind}.${event.change}` : event.kind);
    });
    const zones = {
      orderBlock: ['created', 'tapped', 'half', 'consumed', 'invalid', 'expired', 'superseded'],
      fairValueGap: ['created', 'tapped', 'half', 'filled', 'invalid', 'expired'],
      inversionGap: ['created', 'tapped', 'half', 'filled', 'invalid'],
      breaker: ['created', 'tapped', 'half', 'invalid', 'expired'],
      mitigation: ['created', 'tapped', 'half', 'invalid', 'expired'],
    };
    const wanted = [
      ...Object.entries(zones).flatMap(([kind, changes]) => changes.map((change) => `${kind}.${change}`)),
      ...['swing.high', 'swing.low', 'structure.bos', 'structure.choch', 'structure.mss', 'msb.extended', 'displacement'],
      ...[
        'orderBlock.dropped',
        'pool.created',
        'pool.merged',
        'pool.run',
        'pool.expired',
        'pool.replaced',
        'sweep',
        'period.closed',
      ],
    ];
    expect(wanted.filter((kind) => !seen.has(kind))).toEqual([]);
  });
});
