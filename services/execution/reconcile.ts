// Services, room 6: compares a full read of the account with what we believe. Differences are named; they are healed only
// toward protection, and a position that is not ours is never traded (reliability.md J01–J11).

import { isFinal } from '../../src/book/lifecycle-trade.ts';
import type { LiveTrade } from '../../src/book/lifecycle-types.ts';
import { parseClientId } from '../../src/core/client-id.ts';
import { compare, parseDecimal, sign } from '../../src/core/decimal.ts';
import type { AccountSnapshot, PositionState } from '../../src/core/orders.ts';
import { type ClientOrderId, clientOrderId, type SymbolId, sideSign } from '../../src/core/units.ts';

/** An order of ours that no trade answers for. */
export interface Orphan {
  readonly symbol: SymbolId;
  readonly clientId: ClientOrderId;
  readonly store: 'ordinary' | 'conditional';
}

export interface Differences {
  /** Positions that no trade of ours explains. */
  readonly foreign: readonly PositionState[];
  readonly orphans: readonly Orphan[];
  /** Orders under our prefix on a symbol with a position, of a trade that the journal does not know: it is older than the venue. */
  readonly unknownOwn: readonly Orphan[];
  /** Another bot's orders: our prefix, another instance. */
  readonly otherInstance: readonly string[];
  /** Symbols whose size we and the venue see differently, in words. */
  readonly drift: ReadonlyMap<SymbolId, string>;
}

/** A trade explains a position that it holds, that its unanswered entry may have made, or that a lagging read still shows. */
function explains(trade: LiveTrade, position: PositionState): boolean {
  if (trade.plan.symbol !== position.symbol) return false;
  switch (trade.position.holding) {
    case 'open':
      return true;
    case 'none':
      return !isFinal(trade.state) && trade.entry.sent !== null;
    case 'flat':
      return position.updateMs <= trade.position.atMs && sign(parseDecimal(position.signedQty)) === sideSign(trade.plan.side);
  }
}

function driftOf(trade: LiveTrade, positions: ReadonlyMap<SymbolId, PositionState>): string | null {
  if (trade.position.holding !== 'open') return null;
  const found = positions.get(trade.plan.symbol);
  if (found === undefined) return `${trade.plan.symbol}: we hold ${trade.position.qty}, the venue shows no position`;
  const qty = parseDecimal(found.signedQty);
  const size = { digits: qty.digits * BigInt(sideSign(trade.plan.side)), scale: qty.scale };
  if (sign(size) > 0 && compare(size, parseDecimal(trade.position.qty)) === 0) return null;
  return `${trade.plan.symbol}: we hold ${trade.plan.side} ${trade.position.qty}, the venue shows ${found.signedQty}`;
}

/** Looks at the account after the snapshot was folded into the trades: what is left differs for good. */
export function differences(snapshot: AccountSnapshot, trades: readonly LiveTrade[], instance: string): Differences {
  const positions = new Map(snapshot.positions.map((position) => [position.symbol, position]));
  const known = new Map(trades.map((trade) => [trade.plan.tradeId, trade]));
  const foreign = snapshot.positions.filter((position) => !trades.some((trade) => explains(trade, position)));
  const orphans: Orphan[] = [];
  const unknownOwn: Orphan[] = [];
  const otherInstance: string[] = [];
  const orders = [
    ...snapshot.openOrders.map((order) => ({ ...order, store: 'ordinary' as const })),
    ...snapshot.openConditionals.map((order) => ({ ...order, store: 'conditional' as const })),
  ];
  for (const order of orders) {
    const parsed = parseClientId(order.clientId);
    if (parsed === null) continue;
    const orphan: Orphan = { symbol: order.symbol, clientId: clientOrderId(order.clientId), store: order.store };
    const trade = known.get(parsed.tradeId);
    if (parsed.instance !== instance) otherInstance.push(order.clientId);
    else if (trade !== undefined) {
      if (isFinal(trade.state)) orphans.push(orphan);
    } else if (positions.has(order.symbol)) unknownOwn.push(orphan);
    else orphans.push(orphan);
  }
  const drift = new Map<SymbolId, string>();
  for (const trade of trades) {
    const text = driftOf(trade, positions);
    if (text !== null) drift.set(trade.plan.symbol, text);
  }
  return { foreign, orphans, unknownOwn, otherInstance, drift };
}
