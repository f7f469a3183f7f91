import { describe, expect, it } from 'vitest';
import { DRAWS, logNormalTable, NORMAL, shareTable } from '../../../src/emulator/market/luck-tables.ts';

const mean = (table: Float64Array): number => table.reduce((a, b) => a + b, 0) / table.length;

describe('luck out of tables', () => {
  it('has the quantiles of the standard normal', () => {
    // From any table of the normal distribution: 84.134 % lie below 1, 97.725 % below 2, 99.865 % below 3.
    for (const [share, z] of [
      [0.84134, 1],
      [0.97725, 2],
      [0.99865, 3],
    ] as const)
      expect(NORMAL[Math.round(share * DRAWS)]).toBeCloseTo(z, 2);
    expect(mean(NORMAL)).toBeCloseTo(0, 12);
    expect(mean(NORMAL.map((z) => z * z))).toBeCloseTo(1, 3);
  });

  it('has log-normal factors of mean 1 and shares of mean one half', () => {
    expect(mean(logNormalTable(0.45))).toBeCloseTo(1, 3);
    expect(mean(shareTable(0.8))).toBeCloseTo(0.5, 9);
  });
});
