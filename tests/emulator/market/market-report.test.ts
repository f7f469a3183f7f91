import { describe, expect, it } from 'vitest';
import { type MarketFigures, marketReport, reportText } from '../../../src/emulator/market/market-report.ts';
import { recordedSource } from '../../../src/emulator/market/recorded-source.ts';
import { syntheticSource } from '../../../src/emulator/market/synthetic-source.ts';
import { sharedDir } from '../../support/shared-data.ts';

const DAY = 86_400_000;
const FOLDER = sharedDir('market-data/klines/1m_2025-05-04_2025-06-24');

/** Bands that the recorded contracts and the generated ones both have to fit in. */
function expectLikeAMarket(rows: readonly MarketFigures[]): void {
  for (const row of rows) {
    expect(row.kurtosis).toBeGreaterThan(5);
    expect(row.absAutocorrelation[0]).toBeGreaterThan(0.1);
    expect(row.absAutocorrelation[0]).toBeLessThan(0.6);
    // Memory of volatility fades, and is still there after an hour.
    expect(row.absAutocorrelation[1]).toBeLessThan(row.absAutocorrelation[0]);
    expect(row.absAutocorrelation[2]).toBeGreaterThan(0);
    expect(row.atrBps).toBeGreaterThan(10);
    expect(row.atrBps).toBeLessThan(120);
    expect(Math.abs(row.meanReturn)).toBeLessThan(4 * row.meanReturnError);
  }
  const others = rows.filter((row) => row.symbol !== 'BTCUSDT');
  const correlation = others.reduce((sum, row) => sum + row.btcCorrelation, 0) / others.length;
  expect(correlation).toBeGreaterThan(0.3);
  expect(correlation).toBeLessThan(0.9);
}

describe('the figures of a market', () => {
  it('of the seeded one are those of a market, from BTCUSDT to the small contracts', () => {
    const source = syntheticSource({ seed: 42, symbols: 648 });
    const symbols = [0, 1, 2, 20, 100, 180, 260, 420, 500, 580].map((i) => source.contracts[i]?.symbol ?? '');
    const rows = marketReport(source, symbols, { fromMs: source.defaultFromMs - 8 * DAY, toMs: source.defaultFromMs });
    expectLikeAMarket(rows);
    expect(rows[0]?.btcCorrelation).toBeCloseTo(1, 9);
    expect(reportText(rows).split('\n')[0]).toMatch(
      /^BTCUSDT {8}ATR +\d+\.\d bp {2}kurtosis \d+\.\d {2}\|r\| acf 0\.\d\d 0\.\d\d 0\.\d\d {2}BTC 1\.00 {2}quiet \d+\.\d %$/,
    );
  });

  it('are not made up for a contract that is not there', () => {
    const source = syntheticSource({ seed: 1, symbols: 2 });
    const span = { fromMs: source.defaultFromMs - DAY, toMs: source.defaultFromMs };
    expect(() => marketReport(source, ['NOSUCHUSDT'], span)).toThrow('does not list NOSUCHUSDT');
    expect(() => marketReport(source, ['BTCUSDT'], { fromMs: span.toMs - 60_000, toMs: span.toMs })).toThrow('1000 are needed');
  });

  it.skipIf(FOLDER === null)('of the recorded one lie in the same bands', () => {
    const source = recordedSource(FOLDER ?? '');
    const symbols = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'DOGEUSDT', 'ENAUSDT', 'LINKUSDT'];
    expectLikeAMarket(marketReport(source, symbols, { fromMs: Date.UTC(2025, 4, 25, 12), toMs: Date.UTC(2025, 5, 3, 12) }));
  });
});
