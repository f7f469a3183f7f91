// Services, room 6: the account as decisions see it. A full read is taken whenever the wall clock says so; what a minute decides
// must not depend on that moment, so equity and free margin are reckoned from the wallet, our positions and the newest marks.
import type { LiveTrade } from '../../src/book/lifecycle-types.ts';
import type { Mark } from '../../src/core/market.ts';
import { type SymbolId, sideSign } from '../../src/core/units.ts';
import type { AccountState } from './account-state.ts';

export interface AccountView {
  readonly equityUsdt: number;
  readonly availableUsdt: number;
}

/** Null before the first full read. Positions that are not ours are known from full reads only: then those are believed. */
export function accountView(
  account: AccountState,
  trades: readonly LiveTrade[],
  marks: ReadonlyMap<SymbolId, Mark>,
): AccountView | null {
  const { balance } = account;
  if (balance === null || account.foreign.size > 0) return balance;
  let equityUsdt = balance.walletUsdt;
  let marginUsdt = 0;
  for (const { plan, position } of trades) {
    if (position.holding !== 'open') continue;
    const qty = Number(position.qty);
    const entry = Number(position.entryPrice);
    const mark = marks.get(plan.symbol)?.markPrice ?? entry;
    equityUsdt += (mark - entry) * sideSign(plan.side) * qty;
    marginUsdt += (entry * qty) / plan.leverage;
  }
  return { equityUsdt, availableUsdt: equityUsdt - marginUsdt };
}
