// Risk, room 5: how much leverage a record of wins permits, and what then cuts it: the venue's brackets, the distance to
// liquidation, the risk of one trade, the heat of all. The answer names what bound.
import { type WinRecord, wilsonInterval } from '../book/stats.ts';
import type { LeverageBracket } from '../core/orders.ts';
import { type Side, sideSign } from '../core/units.ts';
import { liquidationPrice, maxLeverage, notionalCapUsdt } from './liquidation.ts';
import type { RiskSettings } from './settings.ts';
import { approved, refused, type Verdict } from './verdict.ts';

/** Below thirty closed trades the interval is wider than anything that could be read from it. */
export const MIN_TRADES_FOR_LEVERAGE = 30;
/** A lower bound of 40 % does not carry a 1:1 to 2:1 plan after costs: least leverage. */
export const LOWER_BOUND_FOR_MIN = 0.4;
/** Nothing measured reached a lower bound of 65 %: whoever does may use all of it. */
export const LOWER_BOUND_FOR_MAX = 0.65;
/** The stop must fire well before the venue takes the position: half a stop distance is left for slippage and mark moves. */
export const LIQUIDATION_STOP_DISTANCES = 1.5;

export type LeverageReason = 'plan' | 'fewTrades' | 'bracket' | 'liquidation' | 'risk' | 'heat' | 'tier' | 'margin';

export interface PlannedLeverage {
  readonly leverage: number;
  readonly reason: 'plan' | 'fewTrades';
}

/** Linear in the Wilson lower bound of the win rate, whole numbers, rounded down. */
export function plannedLeverage(record: WinRecord, settings: Pick<RiskSettings, 'leverageMin' | 'leverageMax'>): PlannedLeverage {
  if (record.total < MIN_TRADES_FOR_LEVERAGE) return { leverage: settings.leverageMin, reason: 'fewTrades' };
  const place = (wilsonInterval(record).lower - LOWER_BOUND_FOR_MIN) / (LOWER_BOUND_FOR_MAX - LOWER_BOUND_FOR_MIN);
  const span = settings.leverageMax - settings.leverageMin;
  return { leverage: settings.leverageMin + Math.floor(Math.min(1, Math.max(0, place)) * span), reason: 'plan' };
}

export interface LeverageInput {
  readonly side: Side;
  readonly entryPrice: number;
  readonly stopDistance: number;
  readonly marginUsdt: number;
  readonly planned: PlannedLeverage;
  readonly leverageMin: number;
  /** Greatest notional that the risk of one trade, and the heat left for all, allow. */
  readonly riskCapUsdt: number;
  readonly heatCapUsdt: number;
  readonly brackets: readonly LeverageBracket[];
}

export interface ChosenLeverage {
  readonly leverage: number;
  readonly reason: LeverageReason;
  readonly notionalUsdt: number;
}

export function liquidationTooNear(
  input: Pick<LeverageInput, 'side' | 'entryPrice' | 'stopDistance' | 'brackets'>,
  leverage: number,
  notionalUsdt: number,
): boolean {
  const position = {
    side: input.side,
    qty: notionalUsdt / input.entryPrice,
    entryPrice: input.entryPrice,
    marginUsdt: notionalUsdt / leverage,
  };
  const price = liquidationPrice(position, input.brackets);
  // Signed: a margin below the maintenance puts the liquidation on the gain side, where the position would die at once.
  return price !== null && (input.entryPrice - price) * sideSign(input.side) < LIQUIDATION_STOP_DISTANCES * input.stopDistance;
}

/** What forbids the full margin at this leverage; null = nothing. */
function bound(input: LeverageInput, leverage: number): LeverageReason | null {
  const notionalUsdt = input.marginUsdt * leverage;
  if (notionalUsdt > notionalCapUsdt(leverage, input.brackets)) return 'bracket';
  if (liquidationTooNear(input, leverage, notionalUsdt)) return 'liquidation';
  if (notionalUsdt > input.riskCapUsdt) return 'risk';
  return notionalUsdt > input.heatCapUsdt ? 'heat' : null;
}

/**
 * The most leverage up to the plan at which the full margin breaks nothing. Where even the least leverage breaks a cap
 * the position shrinks instead (less than the planned margin); a contract that allows less than our least gets its own most.
 */
export function chooseLeverage(input: LeverageInput): Verdict<ChosenLeverage> {
  const least = Math.min(input.leverageMin, maxLeverage(input.brackets));
  let reason: LeverageReason = input.planned.reason;
  for (let leverage = input.planned.leverage; leverage >= least; leverage--) {
    const found = bound(input, leverage);
    if (found === null) return approved({ leverage, reason, notionalUsdt: input.marginUsdt * leverage });
    reason = found;
  }
  const notionalUsdt = Math.min(
    input.marginUsdt * least,
    notionalCapUsdt(least, input.brackets),
    input.riskCapUsdt,
    input.heatCapUsdt,
  );
  if (least < 1 || liquidationTooNear(input, least, notionalUsdt))
    return refused(
      'liquidationTooNear',
      `at ${least}x the liquidation is nearer than ${LIQUIDATION_STOP_DISTANCES} stop distances`,
    );
  return approved({ leverage: least, reason, notionalUsdt });
}
