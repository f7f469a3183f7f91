import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { contractOfSimilarPrice, contractTable, isTradable } from '../../../src/emulator/market/contracts.ts';
import { sharedDir } from '../../support/shared-data.ts';

const TABLE = contractTable();
const tradable = TABLE.filter(({ contract }) => isTradable(contract));
const of = (symbol: string) => TABLE.find(({ contract }) => contract.symbol === symbol);

describe('the table of contract facts', () => {
  it('holds at least 648 tradable contracts, BTCUSDT and ETHUSDT first, each name once', () => {
    expect(tradable.length).toBeGreaterThanOrEqual(648);
    expect(tradable.slice(0, 2).map(({ contract }) => contract.symbol)).toEqual(['BTCUSDT', 'ETHUSDT']);
    expect(new Set(TABLE.map(({ contract }) => contract.symbol)).size).toBe(TABLE.length);
  });

  it('has names in Chinese among the tradable ones', () => {
    const chinese = tradable.slice(0, 648).map(({ contract }) => contract.symbol as string);
    expect(chinese).toEqual(expect.arrayContaining(['币安人生USDT', '我踏马来了USDT', '龙虾USDT']));
  });

  it('carries the minimum notional of 2026: 50 for BTCUSDT, 20 for ETHUSDT, 5 for most', () => {
    expect(of('BTCUSDT')?.contract.minNotional).toBe('50');
    expect(of('ETHUSDT')?.contract.minNotional).toBe('20');
    expect(tradable.filter(({ contract }) => contract.minNotional === '5').length).toBeGreaterThan(600);
  });

  it('lets every tradable contract be bought at its reference price', () => {
    for (const { contract, referencePrice } of tradable) {
      const price = { symbol: contract.symbol, referencePrice };
      expect(price.referencePrice).toBeGreaterThan(Number(contract.minPrice));
      expect(price.referencePrice).toBeLessThan(Number(contract.maxPrice));
      // The most a MARKET order takes is worth more than the least an order must be worth, many times over.
      expect(referencePrice * Number(contract.marketMaxQty)).toBeGreaterThan(20 * Number(contract.minNotional));
      expect(referencePrice / Number(contract.tickSize)).toBeGreaterThan(300);
    }
  });

  it('has leverage brackets that join, with cumulative amounts that make the maintenance margin continuous', () => {
    for (const { contract } of TABLE) {
      for (const [i, bracket] of contract.brackets.entries()) {
        const before = contract.brackets[i - 1];
        expect(bracket.notionalFloor).toBe(before?.notionalCap ?? 0);
        if (before === undefined) continue;
        const atFloor = bracket.notionalFloor * (bracket.maintMarginRatio - before.maintMarginRatio) + before.cum;
        // The venue rounds the ratios of some brackets (0.1667), hence the tolerance.
        expect(Math.abs(bracket.cum - atFloor) / Math.max(1, atFloor)).toBeLessThan(0.01);
      }
    }
  });

  it('spreads 24 h volumes like the venue: 10 bn for BTCUSDT, 80 contracts above 20 m, a tail near half a million', () => {
    const volumes = tradable.map((facts) => facts.quoteVolume24hUsdt).toSorted((a, b) => b - a);
    expect(volumes[0]).toBeCloseTo(9.97e9, -8);
    expect(volumes[79]).toBeGreaterThan(20e6);
    expect(volumes.at(-1)).toBeLessThan(1e6);
  });

  it('borrows from a contract of similar price', () => {
    const { referencePrice } = contractOfSimilarPrice(100);
    expect(Math.abs(Math.log(referencePrice / 100))).toBeLessThan(0.5);
  });
});

const RULES = sharedDir('market-data/exchange');

describe.skipIf(RULES === null)('the facts in the venue tables', () => {
  const unpack = (name: string): unknown => JSON.parse(gunzipSync(readFileSync(join(RULES ?? '', name))).toString('utf8'));
  const lines = (): string[][] =>
    readFileSync(join(RULES ?? '', 'symbol_rules_mainnet_2025-08-11.csv'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(','));

  it('are those of 2025-08-11 for every contract that stood there, but for the minimum notional of BTCUSDT', () => {
    const [header = [], ...rows] = lines();
    const rules = new Map(rows.map((row) => [row[0], new Map(header.map((name, i) => [name, row[i] ?? '']))]));
    const known = TABLE.filter((facts) => facts.rules === 'mainnet');
    expect(known.length).toBeGreaterThan(480);
    const same = ['tickSize', 'minPrice', 'maxPrice', 'stepSize', 'minQty', 'maxQty', 'multiplierUp', 'multiplierDown'] as const;
    const also = [
      'triggerProtect',
      'liquidationFee',
      'marketTakeBound',
      'maintMarginPercent',
      'requiredMarginPercent',
      'underlyingType',
    ] as const;
    for (const { contract } of known) {
      const rule = rules.get(contract.symbol);
      for (const column of [...same, ...also])
        expect(`${contract.symbol} ${column} ${contract[column]}`).toBe(`${contract.symbol} ${column} ${rule?.get(column)}`);
      expect(contract.marketMaxQty).toBe(rule?.get('mktMaxQty'));
      expect(contract.marketStepSize).toBe(rule?.get('mktStepSize'));
      expect(contract.onboardDate).toBe(Number(rule?.get('onboardDate')));
      expect([contract.pricePrecision, contract.quantityPrecision].map(String)).toEqual([
        rule?.get('pricePrecision'),
        rule?.get('quantityPrecision'),
      ]);
      expect(contract.minNotional).toBe(contract.symbol === 'BTCUSDT' ? '50' : rule?.get('minNotional'));
    }
  });

  it('are those of the test venue of 2026-03-31 where only that one lists the name', () => {
    interface Row {
      readonly symbol: string;
      readonly onboardDate: number;
      readonly filters: readonly Readonly<Record<string, string>>[];
    }
    const { symbols } = unpack('exchangeInfo_testnet_2026-03-31.json.gz') as { readonly symbols: readonly Row[] };
    const known = TABLE.filter((facts) => facts.rules === 'testnet');
    expect(known.length).toBeGreaterThan(80);
    for (const { contract } of known) {
      const row = symbols.find(({ symbol }) => symbol === contract.symbol);
      const filter = (type: string) => row?.filters.find((one) => one['filterType'] === type);
      expect(contract.tickSize).toBe(filter('PRICE_FILTER')?.['tickSize']);
      expect(contract.stepSize).toBe(filter('LOT_SIZE')?.['stepSize']);
      expect(contract.marketMaxQty).toBe(filter('MARKET_LOT_SIZE')?.['maxQty']);
      expect(contract.onboardDate).toBe(row?.onboardDate);
    }
  });

  it('have the leverage brackets of 2026-05-07', () => {
    type Tier = { readonly info: Readonly<Record<string, number>> };
    const tiers = unpack('leverage_tiers_2026-05-07.json.gz') as Readonly<Record<string, readonly Tier[]>>;
    let compared = 0;
    for (const { contract } of TABLE) {
      const wanted = tiers[`${contract.baseAsset}/${contract.quoteAsset}:${contract.quoteAsset}`];
      if (wanted === undefined) continue;
      compared += 1;
      expect(contract.brackets).toEqual(wanted.map(({ info }) => info));
    }
    expect(compared).toBeGreaterThan(640);
  });
});
