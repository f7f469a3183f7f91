import { describe, expect, it } from 'vitest';
import { CellBlock } from '../../strategy/cell-block.ts';
import { comovement, Ring } from '../../strategy/ring.ts';

const ringOf = (capacity: number, ...values: number[]): Ring => {
  const block = new CellBlock(1 + capacity);
  const counter = block.take(1);
  const ring = new Ring(block, { cells: block.cells, cell: counter }, capacity);
  for (const [count, value] of values.entries()) {
    ring.put(count, value);
    block.cells[counter] = count + 1;
  }
  return ring;
};

describe('a ring of numbers', () => {
  it('forgets the oldest and answers NaN for what it does not hold', () => {
    const ring = ringOf(3, 1, 2, 3, 4);
    expect([ring.at(0), ring.at(1), ring.at(2)]).toEqual([4, 3, 2]);
    expect(ring.at(3)).toBeNaN();
  });

  it('ranks the newest number within its window, ties counted half', () => {
    expect(ringOf(5, 1, 2, 3, 4, 5).rank(5)).toBe(1);
    expect(ringOf(5, 5, 4, 3, 2, 1).rank(5)).toBe(0);
    expect(ringOf(5, 1, 3, 3, 9, 3).rank(5)).toBe(0.5); // one below, two equal: (1 + 2 × 0.5) / 4
    expect(ringOf(5, 1, 2).rank(5)).toBeNaN();
  });

  it('measures the newest number in standard deviations, and not at all in a flat window', () => {
    // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, standard deviation 2, newest 9 → 2.
    expect(ringOf(8, 2, 4, 4, 4, 5, 5, 7, 9).zScore(8)).toBe(2);
    expect(ringOf(4, 3, 3, 3, 3).zScore(4)).toBeNaN();
  });

  it('measures how straight a path was', () => {
    expect(ringOf(5, 1, 2, 3, 4, 5).efficiency(4)).toBe(1);
    expect(ringOf(5, 1, 3, 1, 3, 1).efficiency(4)).toBe(0);
    expect(ringOf(5, 1, 3, 2, 4, 3).efficiency(4)).toBeCloseTo(2 / 6, 12);
    expect(ringOf(5, 2, 2, 2, 2, 2).efficiency(4)).toBeNaN();
  });
});

describe('comovement', () => {
  it('finds slope 2 and correlation 1 where every return is twice the other', () => {
    const other = [1, 1.1, 1.05, 1.2, 1.15];
    const own = other.map((close) => close ** 2); // log returns doubled
    const { correlation, beta } = comovement(ringOf(5, ...own), ringOf(5, ...other), 4);
    expect(correlation).toBeCloseTo(1, 12);
    expect(beta).toBeCloseTo(2, 12);
  });

  it('is unknown with too few closes or a flat other', () => {
    expect(comovement(ringOf(5, 1, 2), ringOf(5, 1, 2), 4).beta).toBeNaN();
    expect(comovement(ringOf(5, 1, 2, 3, 2, 1), ringOf(5, 1, 1, 1, 1, 1), 4).beta).toBeNaN();
  });
});
