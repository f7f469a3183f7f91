// One market hour of `npm run soak`: streams cut, silenced and made to stutter at random, judged from outside. The long run is for
// people: npm run soak -- --hours 24.
import { beforeAll, describe, expect, it } from 'vitest';
import { type Check, passed } from '../soak/check.ts';
import { soakOptions } from '../soak/options.ts';
import type { Report } from '../soak/report.ts';
import { soak } from '../soak/soak.ts';

describe('one market hour of 60 contracts under trouble', () => {
  let report: Report;
  beforeAll(async () => {
    report = await soak(soakOptions(['--hours', '1', '--symbols', '60', '--seed', '1']), () => undefined);
  }, 380_000);

  const faultsOf = (ids: readonly string[]): readonly Check[] =>
    report.checks.filter((check) => ids.includes(check.id) && !passed(check));

  it('goes through every minute although its streams were troubled', () => {
    expect(report.marketMinutes).toBeGreaterThanOrEqual(60);
    expect(report.figures['troubles']).toBeGreaterThan(3);
    expect(faultsOf(['exit', 'scan', 'live', 'log'])).toEqual([]);
  });

  it('misses no minute, uses no running bar, and folds what the exchange folds', () => {
    expect(faultsOf(['bars', 'I10', 'fold'])).toEqual([]);
    // 60 contracts, an hour each, and the last bar of their history.
    expect(report.checks.find(({ id }) => id === 'I10')?.seen).toBeGreaterThanOrEqual(60 * 61);
  });

  it('keeps every invariant that the ledger, the books and the files can show', () => {
    expect(faultsOf(['I1', 'I2', 'I3', 'I4', 'I6', 'I8', 'I9', 'I11', 'I12', 'I17', 'CSV'])).toEqual([]);
  });

  it('is judged by the same verdict as the command', () => {
    expect(report.checks.filter((check) => !passed(check))).toEqual([]);
    expect(report.ok).toBe(true);
  });
});
