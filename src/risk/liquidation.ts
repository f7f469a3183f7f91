// Risk, room 5: where the venue would take an isolated position away. Maintenance is the upper hull of the bracket lines
// notional × rate − cumulative amount; the first line that the shrinking margin meets is the liquidation.
import type { LeverageBracket } from '../core/orders.ts';
import { type Side, sideSign } from '../core/units.ts';

export interface IsolatedPosition {
  readonly side: Side;
  readonly qty: number;
  readonly entryPrice: number;
  readonly marginUsdt: number;
}

/** Null where the position cannot be liquidated (a long with at least its whole notional as margin). */
export function liquidationPrice(position: IsolatedPosition, brackets: readonly LeverageBracket[]): number | null {
  const { qty, entryPrice, marginUsdt } = position;
  const sign = sideSign(position.side);
  let nearest: number | null = null;
  for (const bracket of brackets) {
    // margin + sign·qty·(P − entry) = qty·P·rate − cumulative, solved for P.
    const price =
      (sign * qty * entryPrice - marginUsdt - bracket.cumulativeUsdt) / (qty * (sign - bracket.maintenanceMarginRate));
    // The line binds only if the position is worth that bracket when it gets there.
    if (!(price > 0) || qty * price < bracket.notionalFloorUsdt) continue;
    if (nearest === null || (sign === 1 ? price > nearest : price < nearest)) nearest = price;
  }
  return nearest;
}

/** Greatest notional that the venue allows at this leverage; 0 where it allows none. */
export function notionalCapUsdt(leverage: number, brackets: readonly LeverageBracket[]): number {
  let cap = 0;
  for (const bracket of brackets) if (bracket.maxLeverage >= leverage) cap = Math.max(cap, bracket.notionalCapUsdt);
  return cap;
}

export const maxLeverage = (brackets: readonly LeverageBracket[]): number =>
  brackets.reduce((most, bracket) => Math.max(most, bracket.maxLeverage), 0);
