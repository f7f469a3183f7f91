// `npm run crash` in little: the shipped bot is killed with SIGKILL at random moments, at real speed, while its exchange loses answers,
// and is judged from outside. The 200 kills of the issue are for people: npm run crash -- --kills 200 --symbols 40.
import { beforeAll, describe, expect, it } from 'vitest';
import { type CrashReport, crash } from '../crash/crash.ts';
import { crashOptions } from '../crash/options.ts';
import { type Check, passed } from '../soak/check.ts';

/** What a slower machine does not reach within its time is left out; the judges look at what was killed. */
const WORDS = ['--kills', '25', '--minutes', '1', '--lanes', '3', '--symbols', '40', '--seed', '3'];

describe('killed again and again while answers are lost', () => {
  let report: CrashReport;
  beforeAll(async () => {
    report = await crash(crashOptions(WORDS), () => undefined);
  }, 380_000);

  const faultsOf = (ids: readonly string[]): readonly Check[] =>
    report.checks.filter((check) => ids.includes(check.id) && !passed(check));

  it('comes back each time and is at rest in the end', () => {
    expect(report.kills.length).toBeGreaterThanOrEqual(3);
    expect(faultsOf(['rest', 'exit'])).toEqual([]);
  });

  it('never enters twice, never stands naked for 12 s of reachable time, never turns a position', () => {
    expect(faultsOf(['I1', 'I2', 'I8', 'I9', 'I12'])).toEqual([]);
  });

  it('has a ledger that equals the exchange’s, and one complete row for each closed trade', () => {
    expect(faultsOf(['I3', 'I4', 'I10', 'I11', 'I17', 'CSV'])).toEqual([]);
  });

  it('was met with a position open or opening', () => {
    const busy = report.kills.filter(({ open, making }) => open.length + making.length > 0);
    expect(busy.length).toBeGreaterThan(0);
  });
});
