import { describe, expect, it } from 'vitest';
import {
  BLOCK_MINUTES,
  ROOT_MINUTES,
  TradingTimeTree,
  type TreeSettings,
} from '../../../src/emulator/market/trading-time-tree.ts';

const FREE: TreeSettings = { seed: 11, dailyVariance: 0.0025, dailyDrift: -0.00125, lowest: -1e9, highest: 1e9 };
const BLOCKS = ROOT_MINUTES / BLOCK_MINUTES;

describe('a walk in multifractal trading time', () => {
  it('shares out a root variance among its minutes without loss', () => {
    const tree = new TradingTimeTree(FREE);
    let sum = 0;
    for (let block = 0; block < BLOCKS; block++) sum += tree.block(block).variance.reduce((a, b) => a + b, 0);
    // 65,536 minutes are 45.51 days of 0.0025.
    expect(sum).toBeCloseTo((65_536 / 1_440) * 0.0025, 9);
  });

  it('is unbroken where blocks and roots meet', () => {
    const tree = new TradingTimeTree(FREE);
    for (const block of [-65, -64, -1, 0, 31, 63, 64, 127]) {
      expect(tree.block(block + 1).level[0]).toBe(tree.block(block).level[BLOCK_MINUTES]);
    }
  });

  it('is the same whatever was read before', () => {
    const forward = new TradingTimeTree(FREE);
    for (let block = -300; block <= 300; block += 20) forward.block(block);
    for (const block of [-300, -20, 260]) expect(forward.block(block)).toEqual(new TradingTimeTree(FREE).block(block));
  });

  it('keeps root ends inside their bounds', () => {
    const tree = new TradingTimeTree({ ...FREE, dailyVariance: 0.01, lowest: -0.5, highest: 0.7 });
    const ends = Array.from({ length: 200 }, (_, i) => tree.block((i - 100) * BLOCKS).level[0] ?? Number.NaN);
    expect(Math.min(...ends)).toBeGreaterThanOrEqual(-0.5);
    expect(Math.max(...ends)).toBeLessThanOrEqual(0.7);
    expect(Math.max(...ends) - Math.min(...ends)).toBeGreaterThan(0.6);
  });

  it('is a fair game for the price, not for its logarithm', () => {
    // With half of a day's variance of 0.1 as drift a block gains 0 % on average; without it, it would gain 3.6 % (0.05 × 1024 / 1440).
    const gains = Array.from({ length: 3_000 }, (_, seed) => {
      const { level } = new TradingTimeTree({ ...FREE, seed, dailyVariance: 0.1, dailyDrift: -0.05 }).block(seed % BLOCKS);
      return Math.exp((level[BLOCK_MINUTES] ?? 0) - (level[0] ?? 0)) - 1;
    });
    const mean = gains.reduce((a, b) => a + b, 0) / gains.length;
    const error = Math.sqrt(gains.reduce((a, b) => a + (b - mean) ** 2, 0)) / gains.length;
    expect(error).toBeLessThan(0.008);
    expect(Math.abs(mean)).toBeLessThan(4 * error);
  });
});
