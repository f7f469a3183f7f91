// Floor 2, the simulated venue: the oracle of protection. A position is naked while no live stop covers it: a STOP_MARKET
// of the algo store in state NEW on the closing side, with closePosition or with reduce-only quantities that add up to it.
import { compare, isZero, parseDecimal, sign, sum } from '../core/decimal.ts';
import type { EpochMs } from '../core/units.ts';
import { magnitude } from './money.ts';
import type { VenueState } from './state.ts';
import type { NakedInterval } from './views.ts';

export function isCovered(state: VenueState, symbol: string): boolean {
  const held = state.signedQty(symbol);
  if (isZero(held)) return true;
  const closing = sign(held) > 0 ? 'SELL' : 'BUY';
  const stops = state.openAlgos(symbol).filter((a) => a.orderType === 'STOP_MARKET' && a.side === closing);
  if (stops.some((a) => a.closePosition)) return true;
  const covered = sum(stops.filter((a) => a.reduceOnly).map((a) => parseDecimal(a.quantity)));
  return compare(covered, magnitude(held)) >= 0;
}

/** Called after everything that may have moved the position or its stops; spans without length are none. */
export function noteProtection(state: VenueState, symbol: string, atMs: EpochMs): void {
  const since = state.nakedSince.get(symbol);
  const covered = isCovered(state, symbol);
  if (!covered && since === undefined) state.nakedSince.set(symbol, atMs);
  if (!covered || since === undefined) return;
  state.nakedSince.delete(symbol);
  const contract = state.contract(symbol);
  if (atMs > since && contract !== null) state.nakedClosed.push({ symbol: contract.symbol, fromMs: since, toMs: atMs });
}

export function nakedIntervals(state: VenueState, atMs: EpochMs): NakedInterval[] {
  const running: NakedInterval[] = [];
  for (const [symbol, fromMs] of state.nakedSince) {
    const contract = state.contract(symbol);
    if (contract !== null && atMs > fromMs) running.push({ symbol: contract.symbol, fromMs, toMs: atMs });
  }
  return [...state.nakedClosed, ...running];
}
