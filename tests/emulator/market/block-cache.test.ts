import { describe, expect, it } from 'vitest';
import { BlockCache } from '../../../src/emulator/market/block-cache.ts';

describe('the memory of blocks', () => {
  it('makes a block once, and forgets the one unused longest', () => {
    const cache = new BlockCache<number>(2);
    const made: number[] = [];
    const take = (key: number): number =>
      cache.take(key, () => {
        made.push(key);
        return key * 10;
      });
    expect([take(1), take(2), take(1), take(3), take(1), take(2)]).toEqual([10, 20, 10, 30, 10, 20]);
    // 3 pushed 2 out, since 1 had been used after it.
    expect(made).toEqual([1, 2, 3, 2]);
    expect(cache.size).toBe(2);
  });
});
