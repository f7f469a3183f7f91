// Floor 2, the simulated venue: leverage brackets where the venue tells its own to nobody without a key. Harsher than those of
// most contracts (which allow 50× to 125× and ask 0.4 % to 1 %), so that paper money is not bolder than real money could be.
import type { LeverageBracket } from '../core/orders.ts';

/** Each cumulative amount is the one before plus floor × (rate − rate before), as on the venue. */
export const ASSUMED_BRACKETS: readonly LeverageBracket[] = [
  { maxLeverage: 20, notionalFloorUsdt: 0, notionalCapUsdt: 50_000, maintenanceMarginRate: 0.025, cumulativeUsdt: 0 },
  { maxLeverage: 10, notionalFloorUsdt: 50_000, notionalCapUsdt: 250_000, maintenanceMarginRate: 0.05, cumulativeUsdt: 1_250 },
  {
    maxLeverage: 5,
    notionalFloorUsdt: 250_000,
    notionalCapUsdt: 1_000_000,
    maintenanceMarginRate: 0.1,
    cumulativeUsdt: 13_750,
  },
  {
    maxLeverage: 2,
    notionalFloorUsdt: 1_000_000,
    notionalCapUsdt: 5_000_000,
    maintenanceMarginRate: 0.25,
    cumulativeUsdt: 163_750,
  },
];
