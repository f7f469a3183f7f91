// Floor 2, the simulated venue: what happens to resting orders by the clock alone — the end date of a GTD order and the
// dead-man switch of countdownCancelAll.
import { type EpochMs, epochMs } from '../core/units.ts';
import { CANCELED, concludeOrder, endOrder, expired } from './execution.ts';
import { reject } from './rejection.ts';
import type { VenueState } from './state.ts';
import type { SimResult } from './types.ts';

/** Sets, renews or (with 0) takes back the countdown of a symbol. */
export function setCountdown(state: VenueState, symbol: string, lengthMs: number, atMs: EpochMs): SimResult<number> {
  if (state.contract(symbol) === null) return reject(-1121);
  if (!Number.isSafeInteger(lengthMs) || lengthMs < 0) return reject(-1130, 'countdownTime');
  if (lengthMs === 0) state.countdowns.delete(symbol);
  else state.countdowns.set(symbol, atMs + lengthMs);
  state.revision += 1;
  return { ok: true, value: lengthMs };
}

/** The first instant at which time alone changes something; Infinity where nothing waits. */
export function nextDeadline(state: VenueState): number {
  let first = Math.min(Number.POSITIVE_INFINITY, ...state.countdowns.values());
  for (const symbol of state.symbolsWithOrders()) {
    for (const order of state.openOrders(symbol)) first = Math.min(first, order.goodTillMs ?? Number.POSITIVE_INFINITY);
  }
  return first;
}

export function passTime(state: VenueState, atMs: EpochMs): void {
  for (const [symbol, deadlineMs] of state.countdowns) if (deadlineMs <= atMs) runOut(state, symbol, deadlineMs);
  for (const symbol of state.symbolsWithOrders()) {
    for (const order of state.openOrders(symbol)) {
      if ((order.goodTillMs ?? Number.POSITIVE_INFINITY) > atMs) continue;
      concludeOrder(state, endOrder(state, order, expired('0'), epochMs(order.goodTillMs ?? atMs)), atMs);
    }
  }
}

/** Ordinary orders only; conditionals stay (the venue's text does not speak of them). */
function runOut(state: VenueState, symbol: string, deadlineMs: number): void {
  state.countdowns.delete(symbol);
  state.revision += 1;
  const atMs = epochMs(deadlineMs);
  const canceled = state.openOrders(symbol).map((order) => endOrder(state, order, CANCELED, atMs));
  for (const order of canceled) concludeOrder(state, order, atMs);
}
