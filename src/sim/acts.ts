// Floor 2, the simulated venue: things that happen to an account without its bot asking, for rehearsals of trouble.
import type { EpochMs } from '../core/units.ts';
import type { OrderSide, SimHedgeSide } from './types.ts';

/** Everything the venue can be told to do to one symbol or the account; decimals as strings, fractions 0–1. */
export type SimAct =
  | { readonly act: 'manualClose'; readonly symbol: string; readonly positionSide?: SimHedgeSide }
  | { readonly act: 'manualOpen'; readonly symbol: string; readonly side: OrderSide; readonly quantity: string }
  | { readonly act: 'manualFlip'; readonly symbol: string; readonly positionSide?: SimHedgeSide }
  /** Every live STOP_MARKET of the symbol disappears as if a person had cancelled it. */
  | { readonly act: 'cancelStop'; readonly symbol: string }
  | { readonly act: 'adl'; readonly symbol: string; readonly fraction: number; readonly positionSide?: SimHedgeSide }
  | { readonly act: 'liquidate'; readonly symbol: string; readonly positionSide?: SimHedgeSide }
  /** Closes at the mark, expires every order, and the contract stops trading. */
  | { readonly act: 'settle'; readonly symbol: string }
  | { readonly act: 'halt'; readonly symbol: string }
  | { readonly act: 'resume'; readonly symbol: string }
  /** Announces the end: only the delivery date changes. */
  | { readonly act: 'delist'; readonly symbol: string; readonly deliveryMs: EpochMs }
  | { readonly act: 'tick'; readonly symbol: string; readonly tickSize: string }
  | { readonly act: 'mode'; readonly mode: 'ONE_WAY' | 'HEDGE' }
  /** Money comes in (positive) or leaves. */
  | { readonly act: 'margin'; readonly deltaUsdt: string }
  | { readonly act: 'funding'; readonly symbol: string; readonly rate: string }
  /** Reduce-only conditionals of nobody's trade, 3 % to both sides of the price. */
  | { readonly act: 'orphans'; readonly symbol: string }
  /** The next MARKET order of the symbol fills this fraction, the rest expires (er 9). */
  | { readonly act: 'partial'; readonly symbol: string; readonly fraction: number }
  /** From now on so much lies on each of so many levels; `levels: 0` = nothing to trade with. */
  | { readonly act: 'thinBook'; readonly symbol: string; readonly levelUsdt: number; readonly levels: number }
  | { readonly act: 'fullBook'; readonly symbol: string };

export const SIM_ACTS = [
  'manualClose',
  'manualOpen',
  'manualFlip',
  'cancelStop',
  'adl',
  'liquidate',
  'settle',
  'halt',
  'resume',
  'delist',
  'tick',
  'mode',
  'margin',
  'funding',
  'orphans',
  'partial',
  'thinBook',
  'fullBook',
] as const satisfies readonly SimAct['act'][];
