import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FundingCalendar, NO_FUNDING, readFunding } from '../../../src/app/backtest/funding.ts';

const MIDNIGHT = Date.parse('2025-10-01T00:00:00Z');
const HOUR = 3_600_000;

describe('the funding of a backtest', () => {
  it('is one basis point every eight hours where no file knows better', () => {
    const calendar = new FundingCalendar(NO_FUNDING);
    expect(calendar.settledAt('LTCUSDT', MIDNIGHT + 8 * HOUR)).toEqual({ rate: '0.0001', source: 'assumed' });
    expect(calendar.settledAt('LTCUSDT', MIDNIGHT + 4 * HOUR)).toBeNull();
    expect(calendar.lastRate('LTCUSDT', MIDNIGHT)).toBeNaN();
  });

  it('is the file’s alone within the file’s span, at the file’s instants', () => {
    const dir = mkdtempSync(join(tmpdir(), 'perpscout-funding-'));
    const path = join(dir, 'rates.csv');
    // Every four hours, and one stamped three milliseconds late.
    writeFileSync(
      path,
      `symbol,funding_time,funding_rate\nLTCUSDT,${MIDNIGHT},0.0002\nLTCUSDT,${MIDNIGHT + 4 * HOUR + 3},-0.0003\nLTCUSDT,${MIDNIGHT + 12 * HOUR},0.0004\n`,
    );
    const calendar = new FundingCalendar(readFunding(path));
    rmSync(dir, { recursive: true });
    expect(calendar.settledAt('LTCUSDT', MIDNIGHT + 4 * HOUR)).toEqual({ rate: '-0.0003', source: 'file' });
    expect(calendar.settledAt('LTCUSDT', MIDNIGHT + 8 * HOUR)).toBeNull();
    expect(calendar.settledAt('LTCUSDT', MIDNIGHT + 16 * HOUR)).toEqual({ rate: '0.0001', source: 'assumed' });
    expect(calendar.settledAt('BTCUSDT', MIDNIGHT)).toEqual({ rate: '0.0001', source: 'assumed' });
    // The rate to come is not known yet.
    expect(calendar.lastRate('LTCUSDT', MIDNIGHT + 4 * HOUR - 1)).toBe(0.0002);
  });
});
