// Floor 1, the book: what a trade's fills add up to. Walks them in the venue's order from the first entry fill until the
// position is flat, exactly; a fill that crosses zero (a flip by hand) counts for us only up to the crossing.
import { parseClientId } from '../core/client-id.ts';
import {
  add,
  compare,
  type Decimal,
  divide,
  formatDecimal,
  isZero,
  multiply,
  parseDecimal,
  sign,
  subtract,
  ZERO,
} from '../core/decimal.ts';
import type { Fill } from '../core/orders.ts';
import { openingAction } from '../core/units.ts';
import { earliestFillMs } from './lifecycle-trade.ts';
import type { LiveTrade } from './lifecycle-types.ts';

export interface Ledger {
  /** Fills that belong to the trade, oldest first, the last one cut where it crossed zero. */
  readonly used: readonly Fill[];
  readonly entryQty: Decimal;
  readonly net: Decimal;
  /** Everything ever seen open is accounted for, and closed. */
  readonly complete: boolean;
}

/** The client id behind a fill, or '' where nobody told us yet. */
export const nameOfFill = (trade: LiveTrade, fill: Fill): string =>
  fill.clientId === '' ? (trade.names[fill.venueOrderId] ?? '') : fill.clientId;

function inVenueOrder(a: Fill, b: Fill): number {
  if (a.at !== b.at) return a.at - b.at;
  return a.tradeNo.length - b.tradeNo.length || (a.tradeNo < b.tradeNo ? -1 : a.tradeNo > b.tradeNo ? 1 : 0);
}

/** A fill of this trade's symbol that another trade of ours made is not this one's. */
export function concerns(trade: LiveTrade, fill: Fill): boolean {
  if (fill.symbol !== trade.plan.symbol) return false;
  const parsed = parseClientId(nameOfFill(trade, fill));
  return parsed === null || parsed.tradeId === trade.plan.tradeId;
}

/** True for the fills that start a trade: its entry order's, or an unnamed one in its direction after the send. */
export function isEntryFill(trade: LiveTrade, fill: Fill): boolean {
  if (!concerns(trade, fill) || fill.action !== openingAction(trade.plan.side)) return false;
  const name = nameOfFill(trade, fill);
  if (name !== '') return name === trade.entry.clientId;
  const earliestMs = earliestFillMs(trade);
  return earliestMs !== null && fill.at >= earliestMs;
}

function cut(fill: Fill, part: Decimal): Fill {
  const whole = parseDecimal(fill.qty);
  const share = (amount: string): Decimal => divide(multiply(parseDecimal(amount), part), whole, 8);
  return {
    ...fill,
    qty: formatDecimal(part),
    fee: formatDecimal(share(fill.fee)),
    realizedPnl: formatDecimal(share(fill.realizedPnl)),
  };
}

export function peakOf(trade: LiveTrade): Decimal {
  const seen = parseDecimal(trade.position.peakQty);
  const executed = parseDecimal(trade.entry.executedQty);
  return compare(seen, executed) > 0 ? seen : executed;
}

export function ledgerOf(trade: LiveTrade): Ledger {
  const opening = openingAction(trade.plan.side);
  const peak = peakOf(trade);
  const used: Fill[] = [];
  let net = ZERO;
  let entryQty = ZERO;
  for (const fill of [...trade.fills].sort(inVenueOrder)) {
    if (used.length === 0 ? !isEntryFill(trade, fill) : !concerns(trade, fill)) continue;
    const qty = parseDecimal(fill.qty);
    if (fill.action === opening) {
      entryQty = add(entryQty, qty);
      net = add(net, qty);
      used.push(fill);
      continue;
    }
    const crosses = sign(subtract(net, qty)) < 0 && compare(entryQty, peak) >= 0;
    used.push(crosses ? cut(fill, net) : fill);
    net = crosses ? ZERO : subtract(net, qty);
    if (isZero(net) && compare(entryQty, peak) >= 0) break;
  }
  return { used, entryQty, net, complete: used.length > 0 && isZero(net) && compare(entryQty, peak) >= 0 };
}
