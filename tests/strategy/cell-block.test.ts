import { describe, expect, it } from 'vitest';
import { CellArena, CellBlock } from '../../strategy/cell-block.ts';

describe('an arena of cells', () => {
  it('lays blocks side by side in arrays that grow to their largest size', () => {
    const arena = new CellArena(8);
    const placed = Array.from({ length: 8 }, () => arena.place(2));
    // Arrays of 2, 4, 8 and 8 cells hold 1, 2, 4 and 4 blocks.
    expect(placed.map(({ cells, first }) => [cells.length, first])).toEqual([
      [2, 0],
      [4, 0],
      [4, 2],
      [8, 0],
      [8, 2],
      [8, 4],
      [8, 6],
      [8, 0],
    ]);
    expect(new Set(placed.map(({ cells }) => cells)).size).toBe(4);
  });

  it('makes room for a block that is larger than its arrays', () => {
    expect(new CellArena(4).place(10).cells).toHaveLength(10);
  });
});

describe('a block of cells', () => {
  it('gives each asker cells of its own and refuses more than it has', () => {
    const block = new CellBlock(5);
    expect([block.take(2), block.take(3)]).toEqual([0, 2]);
    expect(() => block.take(1)).toThrow('a block has no room for 1 more cells');
  });
});
