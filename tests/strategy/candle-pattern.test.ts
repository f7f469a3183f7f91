import { describe, expect, it } from 'vitest';
import { candlePattern } from '../../strategy/candle-pattern.ts';
import { aBar } from '../support/a-bar.ts';

const down = aBar({ open: 101, close: 100, high: 101.2, low: 99.8 });

describe('an engulfing bar', () => {
  it('swallows the opposite body before it', () => {
    const bar = aBar({ open: 99.9, close: 102, high: 102.1, low: 99.7 });
    // Body 2.1 against 1, and both bars span 99.7–102.1.
    expect(candlePattern(down, bar, 'long')).toEqual({
      kind: 'engulfing',
      side: 'long',
      top: 102.1,
      bottom: 99.7,
      clarity: expect.closeTo(2.1, 9),
    });
    expect(candlePattern(down, bar, 'short')).toBeNull();
  });

  it('is none when a part of the body stays out, or when the bodies agree', () => {
    expect(candlePattern(down, aBar({ open: 100.1, close: 102 }), 'long')).toBeNull();
    expect(candlePattern(aBar({ open: 100, close: 101 }), aBar({ open: 99.9, close: 102 }), 'long')).toBeNull();
  });
});

describe('a pin', () => {
  it('has a wick of two thirds of its range on the side it rejects', () => {
    // Range 3, lower wick 2: exactly two thirds.
    const pin = aBar({ open: 102, close: 102.5, high: 103, low: 100 });
    expect(candlePattern(aBar({ open: 102, close: 102 }), pin, 'long')).toMatchObject({
      kind: 'pinBar',
      clarity: 2 / 3,
      top: 103,
      bottom: 100,
    });
    expect(candlePattern(aBar({ open: 102, close: 102 }), pin, 'short')).toBeNull();
  });

  it('is none with a shorter wick or without any range', () => {
    expect(candlePattern(down, aBar({ open: 101.9, close: 102.5, high: 103, low: 100 }), 'long')).toBeNull();
    expect(candlePattern(aBar({ open: 100, close: 100 }), aBar({ open: 100, close: 100 }), 'long')).toBeNull();
  });
});
