import { describe, expect, it } from 'vitest';
import {
  deflatedSharpe,
  luckiestSharpe,
  momentsOf,
  normalQuantile,
  normalShare,
} from '../../../src/app/backtest/deflated-sharpe.ts';

describe('the normal distribution', () => {
  it('has its tabled values', () => {
    // Any table of the standard normal distribution.
    expect(normalShare(0)).toBeCloseTo(0.5, 7);
    expect(normalShare(1.959964)).toBeCloseTo(0.975, 6);
    expect(normalShare(-1)).toBeCloseTo(0.1586553, 6);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 4);
  });
});

describe('the deflated Sharpe ratio', () => {
  it('takes its moments from the returns', () => {
    // Mean 1, deviation sqrt(2/3)·… of 0, 1, 2: variance 2/3; symmetric; fourth moment 2/3 over (2/3)² = 1.5.
    const moments = momentsOf([0, 1, 2]);
    expect(moments.sharpe).toBeCloseTo(1 / Math.sqrt(2 / 3), 12);
    expect(moments.skewness).toBeCloseTo(0, 12);
    expect(moments.kurtosis).toBeCloseTo(1.5, 12);
  });

  it('agrees with the worked example of its authors', () => {
    // Bailey & López de Prado 2014, numerical example: annual SR 2.5 from 1,250 daily returns (250 a year), skewness −3, kurtosis 10,
    // 100 variants whose annual SR have a variance of 1/2: SR0 = 0.1132 a day and DSR = 0.9004.
    const observed = { n: 1250, sharpe: 2.5 / Math.sqrt(250), skewness: -3, kurtosis: 10 };
    const error = Math.sqrt(1 + 3 * observed.sharpe + (9 / 4) * observed.sharpe ** 2);
    expect(normalShare(((observed.sharpe - 0.1132) * Math.sqrt(1249)) / error)).toBeCloseTo(0.9004, 2);
    // Ours assumes variants whose ratios vary as worthless ones do: sqrt(1/1249) a day; the factor for 100 variants is 2.53.
    expect(luckiestSharpe(100, 1250) * Math.sqrt(1249)).toBeCloseTo(0.1132 / Math.sqrt(0.5 / 250), 2);
    expect(deflatedSharpe(observed, 1)).toBeGreaterThan(deflatedSharpe(observed, 100));
  });
});
