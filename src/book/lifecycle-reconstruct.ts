// Floor 1, the book: a closed trade whose fills never became complete. A day after flat it is written from the account's own books, so that
// the rows never lag the trades for good (reliability.md §2.1).
import { add, divide, formatDecimal, isZero, multiply, negate, parseDecimal, sum, toNumber } from '../core/decimal.ts';
import { ticksToWire } from '../core/grid.ts';
import type { IncomeRow } from '../core/orders.ts';
import type { ClosedTrade } from '../core/trade.ts';
import { closingAction, decimalString, openingAction, sideSign } from '../core/units.ts';
import { ledgerOf, peakOf } from './lifecycle-ledger.ts';
import { due, earliestFillMs, isPending, withPending } from './lifecycle-trade.ts';
import type { Instant, LiveTrade, Step } from './lifecycle-types.ts';
import { AVERAGE_SCALE } from './pnl.ts';

const OVERDUE_MS = 24 * 3_600_000;
const ASK_MS = 60_000;
/** Income of a closing fill is posted with it, funding up to a minute after. */
const POSTED_MS = 60_000;

export const isOverdue = (trade: LiveTrade, now: Instant): boolean =>
  trade.closedMs !== null && now.venueMs - trade.closedMs > OVERDUE_MS;

export function askIncome(trade: LiveTrade, now: Instant): Step {
  const closedMs = trade.closedMs ?? now.venueMs;
  if (isPending(trade, 'income') || !due(trade.settle.polled, ASK_MS, now)) return { trade, wishes: [] };
  const fromMs = earliestFillMs(trade) ?? trade.openedMs ?? trade.plan.signal.barCloseMs;
  const asked = withPending({ ...trade, settle: { ...trade.settle, polled: now } }, 'income');
  return { trade: asked, wishes: [{ kind: 'readIncome', fromMs, toMs: (closedMs + POSTED_MS) as typeof closedMs }] };
}

/** What was earned is exact; the exit price is the one at which so much is earned on the size that was held. */
export function reconstructed(trade: LiveTrade, rows: readonly IncomeRow[], exitClass: ClosedTrade['exitClass']): ClosedTrade {
  const { plan, grid } = trade;
  const of = (kind: IncomeRow['kind']) => sum(rows.filter((row) => row.kind === kind).map(({ amount }) => parseDecimal(amount)));
  const [realised, commission, funding] = [of('realised'), of('commission'), of('funding')];
  const net = add(add(realised, commission), funding);
  const { used, entryQty } = ledgerOf(trade);
  const qty = isZero(entryQty) ? peakOf(trade) : entryQty;
  const entries = used.filter((fill) => fill.action === openingAction(plan.side));
  const paid = sum(entries.map((fill) => multiply(parseDecimal(fill.price), parseDecimal(fill.qty))));
  const known = Number(trade.position.entryPrice) > 0 ? trade.position.entryPrice : ticksToWire(plan.entry, grid);
  const entry = isZero(entryQty) ? parseDecimal(known) : divide(paid, entryQty, AVERAGE_SCALE);
  const perUnit = isZero(qty) ? parseDecimal('0') : divide(realised, qty, AVERAGE_SCALE);
  const riskUsdt = Math.abs(Number(ticksToWire(plan.entry, grid)) - Number(ticksToWire(plan.stop, grid))) * toNumber(qty);
  return {
    ...{ tradeId: plan.tradeId, signalId: plan.signal.id, symbol: plan.symbol, side: plan.side, exitClass },
    openedMs: used[0]?.at ?? trade.openedMs ?? plan.signal.barCloseMs,
    closedMs: used.findLast((fill) => fill.action === closingAction(plan.side))?.at ?? trade.closedMs ?? plan.signal.barCloseMs,
    qty: formatDecimal(qty),
    averageEntry: formatDecimal(entry),
    averageExit: formatDecimal(add(entry, sideSign(plan.side) === 1 ? perUnit : negate(perUnit))),
    netPnlUsdt: formatDecimal(net),
    feesUsdt: formatDecimal(negate(commission)),
    fundingUsdt: rows.length === 0 ? decimalString('0') : formatDecimal(funding),
    netR: riskUsdt > 0 ? toNumber(net) / riskUsdt : 0,
  };
}
