import { describe, expect, it } from 'vitest';
import { gridOf, priceToTicks, qtyToSteps, stepsToQty, ticksToPrice } from '../../../src/core/grid.ts';
import { barFault } from '../../../src/core/market.ts';
import { epochMs } from '../../../src/core/units.ts';
import { isTradable } from '../../../src/emulator/market/contracts.ts';
import type { MarketBar, MarketSource } from '../../../src/emulator/market/source.ts';
import { syntheticSource } from '../../../src/emulator/market/synthetic-source.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const FROM = Date.UTC(2026, 2, 2);
const market = syntheticSource({ seed: 7, symbols: 648 });
const indexOf = (source: MarketSource, symbol: string): number =>
  source.contracts.findIndex((contract) => contract.symbol === symbol);

describe('the universe of the seeded market', () => {
  it('has as many tradable USDT perpetuals as asked for, BTCUSDT first, and starts on 2026-03-02', () => {
    expect(market.contracts.filter(isTradable)).toHaveLength(648);
    expect(market.contracts[0]?.symbol).toBe('BTCUSDT');
    expect(market.defaultFromMs).toBe(FROM);
    expect(market.contracts.filter(isTradable).every((_, i) => market.listed(i, FROM - 30 * DAY))).toBe(true);
  });

  it('lists beside them what a bot must leave out', () => {
    const others = market.contracts.filter((contract) => !isTradable(contract));
    const kinds = new Set(others.map(({ contractType, status, quoteAsset }) => `${contractType} ${status} ${quoteAsset}`));
    expect([...kinds]).toEqual(
      expect.arrayContaining([
        'TRADIFI_PERPETUAL TRADING USDT',
        'PERPETUAL PENDING_TRADING USDT',
        'PERPETUAL SETTLING USDT',
        'PERPETUAL TRADING USDC',
        'CURRENT_QUARTER TRADING USDT',
      ]),
    );
    const leaving = others.filter(
      (one) => one.contractType === 'PERPETUAL' && one.status === 'TRADING' && one.quoteAsset === 'USDT',
    );
    expect(leaving.map(({ deliveryDate }) => deliveryDate)).toEqual([FROM + DAY]);
  });

  it('has no bars of a contract still pending, none after delivery, and none before onboarding', () => {
    const pending = market.contracts.findIndex((contract) => contract.status === 'PENDING_TRADING');
    const leaving = market.contracts.findIndex((contract) => contract.deliveryDate === FROM + DAY);
    expect(market.minute(pending, FROM)).toBeNull();
    expect([FROM + DAY - MINUTE, FROM + DAY].map((at) => market.minute(leaving, at) !== null)).toEqual([true, false]);
    expect([FROM, FROM + DAY].map((at) => market.listed(leaving, at))).toEqual([true, false]);
    expect(market.minute(0, Date.UTC(2019, 0, 1))).toBeNull();
    expect(market.minute(0, FROM + 1)).toBeNull();
  });

  it('refuses a number of contracts that it does not have', () => {
    expect(() => syntheticSource({ seed: 1, symbols: 5_000 })).toThrow(/1 to \d+ tradable contracts, not 5000/);
    expect(() => syntheticSource({ seed: 1, symbols: 0 })).toThrow('not 0');
  });
});

describe('the bars of the seeded market', () => {
  const sample = [0, 1, 5, 85, 300, 500, 640, 647];

  it('are sound, on the tick grid and on the step grid', () => {
    for (const index of sample) {
      const { tickSize, stepSize } = market.contracts[index] ?? { tickSize: '1', stepSize: '1' };
      const grid = gridOf(tickSize, stepSize);
      for (const bar of market.bars(index, MINUTE, FROM, FROM + 3 * 3_600_000)) {
        expect(barFault({ ...bar, openMs: epochMs(bar.openMs) })).toBeNull();
        for (const price of [bar.open, bar.high, bar.low, bar.close])
          expect(ticksToPrice(priceToTicks(price, grid, 'nearest'), grid)).toBe(price);
        for (const qty of [bar.volume, bar.takerBuyVolume]) expect(stepsToQty(qtyToSteps(qty, grid), grid)).toBe(qty);
        expect(bar.takerBuyVolume).toBeLessThanOrEqual(bar.volume);
        expect(bar.quoteVolume).toBeGreaterThanOrEqual(bar.volume * bar.low * (1 - 1e-12));
        expect(bar.quoteVolume).toBeLessThanOrEqual(bar.volume * bar.high * (1 + 1e-12));
        expect(bar.trades > 0).toBe(bar.volume > 0);
      }
    }
  });

  it('are flat at the last close where nobody traded, which happens to small contracts only', () => {
    const idle = (index: number): MarketBar[] => market.bars(index, MINUTE, FROM, FROM + DAY).filter((bar) => bar.volume === 0);
    expect(idle(0)).toEqual([]);
    const quiet = idle(640);
    expect(quiet.length).toBeGreaterThan(10);
    for (const bar of quiet) {
      const before = market.minute(640, bar.openMs - MINUTE);
      expect([bar.open, bar.high, bar.low, bar.close]).toEqual([before?.close, before?.close, before?.close, before?.close]);
    }
  });

  it('follow one another: a traded minute opens within a tick of the close of the traded minute before', () => {
    const bars = market.bars(0, MINUTE, FROM - DAY, FROM + DAY);
    for (const [i, bar] of bars.entries()) {
      const before = bars[i - 1];
      if (before !== undefined) expect(Math.abs(bar.open - before.close)).toBeLessThan(0.1 + 1e-6);
    }
  });

  it('are the same asked one by one, backwards, or after a walk through years', () => {
    const sequential = market.bars(5, MINUTE, FROM, FROM + 3 * DAY);
    const fresh = syntheticSource({ seed: 7, symbols: 20 });
    fresh.minute(5, FROM + 900 * DAY);
    fresh.minute(5, FROM - 270 * DAY);
    for (const bar of sequential.toReversed().filter((_, i) => i % 37 === 0)) expect(fresh.minute(5, bar.openMs)).toEqual(bar);
  });

  it('are the same after the memory of blocks has forgotten them', () => {
    const source = syntheticSource({ seed: 7, symbols: 1 });
    const before = source.bars(0, 15 * MINUTE, FROM, FROM + DAY);
    source.bars(0, 15 * MINUTE, FROM + 100 * DAY, FROM + 200 * DAY);
    expect(source.bars(0, 15 * MINUTE, FROM, FROM + DAY)).toEqual(before);
  });

  it('differ by seed, and do not depend on how many contracts are listed', () => {
    const few = syntheticSource({ seed: 7, symbols: 3 });
    const other = syntheticSource({ seed: 8, symbols: 3 });
    const closes = (source: MarketSource): number[] => source.bars(1, 15 * MINUTE, FROM, FROM + DAY).map((bar) => bar.close);
    expect(closes(few)).toEqual(closes(market));
    expect(closes(other)).not.toEqual(closes(market));
  });

  it('of every interval are folded from the minutes', () => {
    const minutes = market.bars(3, MINUTE, FROM, FROM + 60 * MINUTE - 1);
    const hour = market.bars(3, 60 * MINUTE, FROM, FROM)[0];
    expect(minutes).toHaveLength(60);
    expect(hour).toMatchObject({
      open: minutes[0]?.open,
      close: minutes[59]?.close,
      high: Math.max(...minutes.map((bar) => bar.high)),
      low: Math.min(...minutes.map((bar) => bar.low)),
      trades: minutes.reduce((sum, bar) => sum + bar.trades, 0),
    });
    expect(hour?.volume).toBeCloseTo(
      minutes.reduce((sum, bar) => sum + bar.volume, 0),
      6,
    );
    const quarters = market.bars(3, 15 * MINUTE, FROM, FROM + 45 * MINUTE);
    expect(quarters.map((bar) => bar.openMs)).toEqual([0, 15, 30, 45].map((m) => FROM + m * MINUTE));
    expect(quarters.reduce((sum, bar) => sum + bar.volume, 0)).toBeCloseTo(hour?.volume ?? 0, 6);
  });

  it('have a path from open to close for each minute', () => {
    for (let minute = 0; minute < 30; minute++) {
      const bar = market.minute(2, FROM + minute * MINUTE);
      const path = [...(market.path(2, FROM + minute * MINUTE) ?? [])];
      expect([path[0], path.at(-1), Math.max(...path), Math.min(...path)]).toEqual([bar?.open, bar?.close, bar?.high, bar?.low]);
    }
  });

  it('let the USDC contract of a coin move with the USDT one', () => {
    const at = FROM + 5 * DAY;
    const [usdt, usdc] = ['BTCUSDT', 'BTCUSDC'].map((symbol) => market.minute(indexOf(market, symbol), at)?.close ?? Number.NaN);
    expect(Math.abs((usdt ?? 0) - (usdc ?? 1)) / (usdt ?? 1)).toBeLessThan(1e-4);
  });

  it('trade about as much in 24 h as the venue: 10 bn USDT of BTCUSDT, about half a million of the smallest', () => {
    const daily = (index: number): number => {
      const days = market.bars(index, DAY, FROM - 14 * DAY, FROM - 1);
      return days.reduce((sum, bar) => sum + bar.quoteVolume, 0) / days.length;
    };
    expect(daily(0)).toBeGreaterThan(5e9);
    expect(daily(0)).toBeLessThan(2e10);
    expect(daily(647)).toBeGreaterThan(2e5);
    expect(daily(647)).toBeLessThan(1e6);
  });

  it('gain nothing on average: the mean hourly return of many markets lies within four standard errors of nought', () => {
    // One mean a seed, since contracts of one market move together; seeds are independent.
    const means = Array.from({ length: 24 }, (_, seed) => {
      const source = syntheticSource({ seed: 1_000 + seed, symbols: 4 });
      const returns = [0, 1, 2, 3].flatMap((i) =>
        source.bars(i, 60 * MINUTE, FROM, FROM + 8 * DAY).map((bar) => bar.close / bar.open - 1),
      );
      return returns.reduce((a, b) => a + b, 0) / returns.length;
    });
    const mean = means.reduce((a, b) => a + b, 0) / means.length;
    const error = Math.sqrt(means.reduce((a, b) => a + (b - mean) ** 2, 0) / (means.length - 1) / means.length);
    expect(Math.abs(mean)).toBeLessThan(4 * error);
  });
});

describe('beside the bars', () => {
  it('the mark stays close to the last price', () => {
    const last = market.minute(0, FROM)?.open ?? 0;
    expect(Math.abs(market.markOf(0, FROM, last) / last - 1)).toBeLessThan(0.0003);
    expect(market.markOf(0, FROM, last * 2) / (last * 2)).toBeCloseTo(0.99975, 6);
  });

  it('funding stays the same between settlements and within 4 bp', () => {
    const hours = market.contracts[0]?.fundingIntervalHours ?? 8;
    expect(hours).toBe(8);
    const rates = Array.from({ length: 200 }, (_, i) => market.fundingRate(0, FROM + i * 8 * 3_600_000) ?? Number.NaN);
    expect(market.fundingRate(0, FROM + 8 * 3_600_000 - 1)).toBe(rates[0]);
    expect(Math.max(...rates.map(Math.abs))).toBeLessThan(0.0004);
    expect(new Set(rates).size).toBeGreaterThan(100);
  });

  it('a tenth of a cold start is generated in good time', () => {
    const source = syntheticSource({ seed: 99, symbols: 65 });
    const start = performance.now();
    let bars = 0;
    for (let i = 0; i < 65; i++) bars += source.bars(i, 15 * MINUTE, FROM - 499 * 15 * MINUTE, FROM - 1).length;
    expect(bars).toBe(65 * 499);
    // The goal is 6 s for 648 contracts; twice a tenth of that is the alarm.
    expect(performance.now() - start).toBeLessThan(1_200);
  });
});
