// Parity as in contract §8.11 over a part of a recorded market day; `npm run parity` plays the whole of it. The cost gate is
// opened so that hours bring as many signals and trades as days do with the shipped one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedDir } from '../support/shared-data.ts';
import { type ParityReport, parity, reportLines } from './parity.ts';

const recorded = sharedDir('market-data/klines/1m_2025-05-04_2025-06-24');
const folder = mkdtempSync(join(tmpdir(), 'perpscout-parity-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(recorded === null)('one recorded market, four ways', () => {
  let report: ParityReport;
  beforeAll(async () => {
    report = await parity({
      recorded: recorded ?? '',
      from: '2025-06-02T00:00Z',
      span: '3h',
      folder,
      environment: { COST_GATE_R: '1' },
      onStep: () => undefined,
    });
  }, 400_000);

  it('has enough in it to be worth comparing', () => {
    expect(report.toMs - report.fromMs).toBe(3 * 3_600_000);
    expect(report.trades.sim).toBeGreaterThan(2);
    for (const { compared } of report.comparisons) expect(compared).toBeGreaterThan(2);
  });

  it('is decided alike in sim, paper, replay and backtest, and sized alike in paper and backtest', () => {
    // The report names the first difference: it is shown where this fails.
    const text = reportLines(report).join('\n');
    expect(
      report.comparisons.filter(({ different }) => different > 0).map(({ name }) => name),
      text,
    ).toEqual([]);
  });

  it('names a cause for each trade that the sim filled otherwise than the backtest', () => {
    for (const { cause, what } of report.fills) {
      expect(['path', 'latency', 'spread', 'account']).toContain(cause);
      expect(what).not.toBe('');
    }
  });
});
