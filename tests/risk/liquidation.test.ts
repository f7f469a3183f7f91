// The liquidation price against the balance it stands for: margin and loss equal the maintenance of the bracket.
import { describe, expect, it } from 'vitest';
import type { LeverageBracket } from '../../src/core/orders.ts';
import { liquidationPrice, notionalCapUsdt } from '../../src/risk/liquidation.ts';

const flat: readonly LeverageBracket[] = [
  { maxLeverage: 20, notionalFloorUsdt: 0, notionalCapUsdt: 1e6, maintenanceMarginRate: 0.01, cumulativeUsdt: 0 },
];
const two: readonly LeverageBracket[] = [
  { maxLeverage: 50, notionalFloorUsdt: 0, notionalCapUsdt: 10_000, maintenanceMarginRate: 0.01, cumulativeUsdt: 0 },
  { maxLeverage: 20, notionalFloorUsdt: 10_000, notionalCapUsdt: 1e6, maintenanceMarginRate: 0.05, cumulativeUsdt: 400 },
];

describe('liquidation price', () => {
  it('of a 10x long at 100 with 1 % maintenance is 90.909…', () => {
    // 10 + (P − 100) = 0.01 P → 0.99 P = 90.
    expect(liquidationPrice({ side: 'long', qty: 1, entryPrice: 100, marginUsdt: 10 }, flat)).toBeCloseTo(90 / 0.99, 10);
  });

  it('of a 10x short at 100 with 1 % maintenance is 108.910…', () => {
    // 10 + (100 − P) = 0.01 P → 1.01 P = 110.
    expect(liquidationPrice({ side: 'short', qty: 1, entryPrice: 100, marginUsdt: 10 }, flat)).toBeCloseTo(110 / 1.01, 10);
  });

  it('of a short that grows into the next bracket follows that bracket', () => {
    // 99 units, margin 990: first bracket 10,890 / 1.01 / 99 = 108.91 is worth 10,782 > 10,000, so the second line binds:
    // 990 + 9,900 − 99 P = 0.05 · 99 P − 400 → 99 P · 1.05 = 11,290 → P = 108.610…
    expect(liquidationPrice({ side: 'short', qty: 99, entryPrice: 100, marginUsdt: 990 }, two)).toBeCloseTo(
      11_290 / (99 * 1.05),
      10,
    );
  });

  it('does not exist for a long that is fully paid', () => {
    expect(liquidationPrice({ side: 'long', qty: 1, entryPrice: 100, marginUsdt: 100 }, flat)).toBeNull();
  });
});

describe('notional cap', () => {
  it('is that of the highest bracket which still allows the leverage', () => {
    expect(notionalCapUsdt(50, two)).toBe(10_000);
    expect(notionalCapUsdt(20, two)).toBe(1e6);
    expect(notionalCapUsdt(51, two)).toBe(0);
  });
});
