// Floor 2, the simulated venue: funding. Longs pay a positive rate on the notional at the mark, shorts receive it.
import { add, isZero, multiply, negate, parseDecimal } from '../core/decimal.ts';
import type { EpochMs } from '../core/units.ts';
import { recordIncome } from './fills.ts';
import { inUsdt } from './money.ts';
import { checkMargin } from './price-step.ts';
import type { Position, VenueState } from './state.ts';
import { tellAccount } from './telling.ts';

export function settleFunding(state: VenueState, symbol: string, rate: string, atMs: EpochMs): void {
  for (const position of state.positionsOf(symbol)) settlePosition(state, position, rate, atMs);
}

function settlePosition(state: VenueState, position: Position, rate: string, atMs: EpochMs): void {
  const { symbol } = position;
  const { mark } = state.livingQuote(symbol);
  const income = inUsdt(negate(multiply(multiply(position.qty, mark), parseDecimal(rate))));
  if (isZero(income)) return;
  const isolated = position.marginType === 'ISOLATED';
  state.wallet = add(state.wallet, income);
  if (isolated) state.setPosition({ ...position, isolatedWallet: add(position.isolatedWallet, income) });
  recordIncome(state, { incomeType: 'FUNDING_FEE', symbol, income, tradeId: '', atMs });
  const positions = isolated ? [position] : [];
  tellAccount(state, { reason: 'FUNDING_FEE', change: income, positions, fundingSymbol: position.symbol }, atMs);
  checkMargin(state, symbol, atMs);
}
