// Floor 2, the simulated venue: the oracle of protection. A position is naked while no live stop covers it: a STOP_MARKET
// of the algo store in state NEW on the closing side, with closePosition or with reduce-only quantities that add up to it.
import { compare, isZero, parseDecimal, sign, sum } from '../core/decimal.ts';
import type { EpochMs } from '../core/units.ts';
import { magnitude } from './money.ts';
import { type Slotted, sidePart, slotFrom, slotOf } from './position-slot.ts';
import type { VenueState } from './state.ts';
import type { NakedInterval } from './views.ts';

export function isCovered(state: VenueState, of: Slotted): boolean {
  const held = state.signedQty(of);
  if (isZero(held)) return true;
  const closing = sign(held) > 0 ? 'SELL' : 'BUY';
  const stops = state
    .openAlgos(of.symbol)
    .filter((a) => a.orderType === 'STOP_MARKET' && a.side === closing && a.positionSide === of.positionSide);
  if (stops.some((a) => a.closePosition)) return true;
  const covered = sum(stops.filter((a) => a.reduceOnly).map((a) => parseDecimal(a.quantity)));
  return compare(covered, magnitude(held)) >= 0;
}

/** Called after everything that may have moved the position or its stops; spans without length are none. */
export function noteProtection(state: VenueState, of: Slotted, atMs: EpochMs): void {
  const slot = slotOf(of);
  const since = state.nakedSince.get(slot);
  const covered = isCovered(state, of);
  if (!covered && since === undefined) state.nakedSince.set(slot, atMs);
  if (!covered || since === undefined) return;
  state.nakedSince.delete(slot);
  const interval = atMs > since ? intervalOf(state, of, { fromMs: since, toMs: atMs }) : null;
  if (interval !== null) state.nakedClosed.push(interval);
}

function intervalOf(state: VenueState, of: Slotted, span: Pick<NakedInterval, 'fromMs' | 'toMs'>): NakedInterval | null {
  const contract = state.contract(of.symbol);
  return contract === null ? null : { symbol: contract.symbol, ...sidePart(of.positionSide), ...span };
}

export function nakedNow(state: VenueState, atMs: EpochMs): NakedInterval[] {
  const running: NakedInterval[] = [];
  for (const [slot, fromMs] of state.nakedSince) {
    const interval = atMs > fromMs ? intervalOf(state, slotFrom(slot), { fromMs, toMs: atMs }) : null;
    if (interval !== null) running.push(interval);
  }
  return running;
}

export const nakedIntervals = (state: VenueState, atMs: EpochMs): NakedInterval[] => [
  ...state.nakedClosed,
  ...nakedNow(state, atMs),
];
