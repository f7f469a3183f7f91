// Emulator, the door: a symbol's name as its number in the market, or the venue's refusal.
import type { Desk } from './desk.ts';
import { invalidSymbol } from './venue-error.ts';

/** A contract outside the span of its recording does not exist for the outside. */
export function symbolNumber(desk: Desk, symbol: string): number {
  const index = desk.view.numberOf(symbol);
  if (index === null || !desk.view.listed(index, desk.now())) throw invalidSymbol();
  return index;
}
