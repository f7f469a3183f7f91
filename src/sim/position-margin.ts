// Floor 2, the simulated venue: margin moved by hand into or out of an isolated position.
import { add, compare, negate, sign, subtract } from '../core/decimal.ts';
import type { EpochMs } from '../core/units.ts';
import { readPositionSide } from './filters.ts';
import { availableBalance, positionMargin } from './margin.ts';
import { readDecimal, text } from './money.ts';
import { sidePart } from './position-slot.ts';
import { reject } from './rejection.ts';
import type { VenueState } from './state.ts';
import { tellAccount } from './telling.ts';
import type { SimMarginMove, SimResult } from './types.ts';

/** `into` takes from the free balance; `outOf` leaves at least the initial margin of the position behind. */
export type MarginDirection = 'into' | 'outOf';

export interface MarginMove {
  readonly amount: string;
  readonly direction: MarginDirection;
  readonly positionSide?: string | undefined;
}

export function movePositionMargin(state: VenueState, symbol: string, move: MarginMove, atMs: EpochMs): SimResult<SimMarginMove> {
  const contract = state.contract(symbol);
  if (contract === null) return reject(-1121);
  const amount = readDecimal(move.amount);
  if (amount === null || sign(amount) <= 0) return reject(-4055);
  const slot = readPositionSide(state, move.positionSide);
  if (!slot.ok) return slot;
  const position = state.position({ symbol, positionSide: slot.positionSide });
  if (position === undefined) return reject(-4054);
  if (position.marginType !== 'ISOLATED') return reject(-4053);
  if (move.direction === 'into' && compare(amount, availableBalance(state)) > 0) return reject(-4050);
  const margin = positionMargin(state, position);
  const spare = subtract(add(position.isolatedWallet, margin.unrealized), margin.initial);
  if (move.direction === 'outOf' && compare(amount, spare) > 0) return reject(-4051);
  const delta = move.direction === 'into' ? amount : negate(amount);
  state.setPosition({ ...position, isolatedWallet: add(position.isolatedWallet, delta), updateMs: atMs });
  const done = { symbol: contract.symbol, ...sidePart(slot.positionSide), amount: text(delta), atMs };
  state.marginMoves.push(done);
  state.revision += 1;
  tellAccount(state, { reason: 'MARGIN_TRANSFER', change: negate(delta), positions: [position], fundingSymbol: null }, atMs);
  return { ok: true, value: done };
}
