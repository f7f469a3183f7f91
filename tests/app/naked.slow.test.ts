// How long a position stands without a live stop, over real sockets at real speed while the exchange loses and refuses answers. The
// 200 entries of the issue are `npm run crash -- --naked 200`; here a few, and bots that must be caught.
import { beforeAll, describe, expect, it } from 'vitest';
import { agreed, NAKED_LIMIT_MS } from '../crash/judge.ts';
import { beyondLiquidation, lateStop, wrongSide } from '../crash/mutants.ts';
import { percentile } from '../crash/naked-count.ts';
import { type NakedRun, type NakedRunOptions, nakedRun, nakedRuns } from '../crash/naked-run.ts';

const longest = ({ spans }: NakedRun): number => Math.max(0, ...spans.map(({ fromMs, toMs }) => toMs - fromMs));

describe('two dozen entries under the fault plan', () => {
  let runs: readonly NakedRun[];
  beforeAll(async () => {
    runs = await nakedRuns({ entries: 24, seed: 11, lanes: 6 });
  }, 150_000);
  const total = (of: (run: NakedRun) => number): number => runs.reduce((sum, run) => sum + of(run), 0);

  it('are opened, protected and closed by scripted prices although answers were lost', () => {
    expect(total(({ entries }) => entries)).toBeGreaterThanOrEqual(20);
    expect(total(({ closed }) => closed)).toBeGreaterThanOrEqual(15);
    expect(total(({ hits }) => (hits['res.drop'] ?? 0) + (hits['res.503f'] ?? 0))).toBeGreaterThan(5);
  });

  it('stand naked for less than 12 s each, half of them for far less', () => {
    expect(Math.max(...runs.map(longest))).toBeLessThan(NAKED_LIMIT_MS);
    const lengths = runs.flatMap(({ spans }) => spans.map(({ fromMs, toMs }) => toMs - fromMs));
    expect(lengths.length).toBeGreaterThan(15);
    expect(percentile(lengths, 0.5)).toBeLessThan(3_000);
  });

  it('are counted alike by the exchange and by the second count', () => {
    expect(runs.flatMap(({ spans, theirs }) => agreed(spans, theirs).faults)).toEqual([]);
  });
});

describe('a bot that says all is well', () => {
  const options: NakedRunOptions = { entries: 1, slots: 1, seed: 5, plan: [], holdMs: [60_000, 60_000], withinMs: 17_000 };
  let runs: readonly NakedRun[];
  beforeAll(async () => {
    runs = await Promise.all([
      nakedRun({ ...options, wrap: lateStop }),
      nakedRun({ ...options, wrap: wrongSide }),
      nakedRun({ ...options, wrap: beyondLiquidation, leverage: 20 }),
      nakedRun({ ...options, leverage: 20 }),
    ]);
  }, 60_000);

  it.each([
    ['and sends its stop 15 s late', 0],
    ['and puts its stop on the wrong side', 1],
    ['and puts its stop beyond the liquidation price', 2],
  ])('%s is caught', (_what, i) => {
    const run = runs[i];
    expect(run?.entries).toBe(1);
    expect(run === undefined ? 0 : longest(run)).toBeGreaterThan(NAKED_LIMIT_MS);
  });

  it('and means it is not', () => {
    const run = runs[3];
    expect(run?.entries).toBe(1);
    expect(run === undefined ? Number.NaN : longest(run)).toBeLessThan(NAKED_LIMIT_MS);
  });
});
