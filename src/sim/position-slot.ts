// Floor 2, the simulated venue: which of a contract's positions something belongs to. One-way mode has one a contract and
// calls it BOTH; hedge mode has a long and a short one side by side.
import type { OrderSide, SimHedgeSide } from './types.ts';

/** Anything that belongs to one position; without a side it is the one of one-way mode. */
export interface Slotted {
  readonly symbol: string;
  readonly positionSide?: SimHedgeSide | undefined;
}

export const HEDGE_SIDES: readonly SimHedgeSide[] = ['LONG', 'SHORT'];

/** The name of a position among all of the account; no contract has a bar in its name. */
export const slotOf = ({ symbol, positionSide }: Slotted): string =>
  positionSide === undefined ? symbol : `${symbol}|${positionSide}`;

export function slotFrom(name: string): Slotted {
  const [symbol = name, side] = name.split('|');
  const positionSide = HEDGE_SIDES.find((known) => known === side);
  return positionSide === undefined ? { symbol } : { symbol, positionSide };
}

/** The key of a row, written only where there is a side. */
export const sidePart = (positionSide: SimHedgeSide | undefined): { readonly positionSide?: SimHedgeSide } =>
  positionSide === undefined ? {} : { positionSide };

/** In hedge mode the side says it: a sell on the long position can only close, whatever else was sent. */
export const closesHedge = (side: OrderSide, positionSide: SimHedgeSide | undefined): boolean =>
  positionSide !== undefined && (side === 'SELL') === (positionSide === 'LONG');
