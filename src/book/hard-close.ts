// Book: the last line behind the stop. A position that loses this much is closed at market whatever became of its stop.
import { type Side, sideSign } from '../core/units.ts';

/** Contract §8.9: 5 % of the notional, or 70 % of the way to liquidation, whichever is nearer. */
export const HARD_LOSS_FRACTION = 0.05;
export const HARD_LIQUIDATION_SHARE = 0.7;

export interface HardClosePosition {
  readonly side: Side;
  readonly entry: number;
  /** 0 where the venue names none. */
  readonly liquidation: number;
}

/** How far against the entry the price may go, in price units. */
export function hardCloseDistance({ side, entry, liquidation }: HardClosePosition): number {
  const toLiquidation = (entry - liquidation) * sideSign(side);
  const share = liquidation > 0 && toLiquidation > 0 ? toLiquidation * HARD_LIQUIDATION_SHARE : Number.POSITIVE_INFINITY;
  return Math.min(entry * HARD_LOSS_FRACTION, share);
}

export const isBeyondHardClose = (position: HardClosePosition, price: number): boolean =>
  (position.entry - price) * sideSign(position.side) >= hardCloseDistance(position);
