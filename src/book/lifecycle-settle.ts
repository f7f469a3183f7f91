// Floor 1, the book: after flat. Gathers every fill and every funding row until the trade adds up to zero, books it exactly
// once, and sweeps what is left of its orders from the venue.
import { clientIdOf, nameNo, type OrderRole, parseClientId } from '../core/client-id.ts';
import { formatDecimal, negate, parseDecimal, sign, subtract } from '../core/decimal.ts';
import { ticksToWire } from '../core/grid.ts';
import type { Fill } from '../core/orders.ts';
import type { ClosedTrade, ExitClass } from '../core/trade.ts';
import { type ClientOrderId, closingAction, type EpochMs, epochMs } from '../core/units.ts';
import { type Ledger, ledgerOf, nameOfFill } from './lifecycle-ledger.ts';
import { breakEvenTicks } from './lifecycle-manage.ts';
import { askIncome, isOverdue, reconstructed } from './lifecycle-reconstruct.ts';
import { due, earliestFillMs, isPending, markTold, wasTold, withPending } from './lifecycle-trade.ts';
import type { Instant, LiveTrade, Step, Wish } from './lifecycle-types.ts';
import { tradeResult } from './pnl.ts';

const HOUR_MS = 3_600_000;
/** Funding is paid on full hours only; its row may be posted up to a minute after. */
const FUNDING_POSTED_MS = 60_000;
const LOOKUP_MS = 100;
const TELL_LATE_MS = 15 * 60_000;
const SWEEPS_MS: readonly number[] = [0, 5_000, 60_000];
const none = (trade: LiveTrade): Step => ({ trade, wishes: [] });

/** What a closing fill's name says about why the position ended. */
export function exitClassOf(trade: LiveTrade, name: string): ExitClass {
  if (name.startsWith('adl_autoclose')) return 'adl';
  if (name.startsWith('settlement_autoclose-')) return 'settlement';
  if (name.startsWith('autoclose-')) return 'liquidation';
  const parsed = parseClientId(name);
  if (parsed === null || parsed.tradeId !== trade.plan.tradeId) return 'external';
  switch (parsed.role) {
    case 'a':
      return 'stop';
    case 'w':
      return stopClassOf(trade, name);
    case 't':
      return 'target';
    case 'x':
    case 'r':
      return trade.exit.wanted ?? (parsed.role === 'r' ? 'naked' : 'command');
    case 'e':
      return 'external';
  }
}

/**
 * A working stop is a bridge at the plan's place, or it had been moved: to the break-even price, or behind the price. The average
 * of the fills may differ from the venue's own entry price by less than a tick.
 */
function stopClassOf(trade: LiveTrade, name: string): ExitClass {
  const trigger = trade.resting.find((order) => order.clientId === name)?.trigger;
  if (trigger === undefined || trigger === trade.plan.stop) return 'stop';
  const known = Number(trade.position.entryPrice) > 0;
  const entryPrice = known ? trade.position.entryPrice : averageEntryOf(trade);
  const free = breakEvenTicks({ ...trade, position: { ...trade.position, entryPrice } });
  return Math.abs(trigger - free) <= 1 ? 'breakEven' : 'trail';
}

function averageEntryOf(trade: LiveTrade): LiveTrade['position']['entryPrice'] {
  return tradeResult({ side: trade.plan.side, fills: ledgerOf(trade).used, fundingUsdt: [], riskPerUnitUsdt: '0' }).averageEntry;
}

/** Assets other than USDT in which fees were taken, and whose price nobody has told yet. */
export function unpricedFeeAssets(trade: LiveTrade): readonly string[] {
  const assets = trade.fills.filter((fill) => Number(fill.fee) !== 0).map((fill) => fill.feeAsset);
  return [...new Set(assets)].filter((asset) => asset !== 'USDT' && trade.feePrices[asset] === undefined);
}

const paysFunding = (openedMs: EpochMs, closedMs: EpochMs): boolean =>
  Math.floor(closedMs / HOUR_MS) > Math.floor((openedMs - 1) / HOUR_MS);

function askFills(trade: LiveTrade, now: Instant): Step {
  const { polls, polled } = trade.settle;
  const waitMs = polls < 5 ? 1_000 : 10_000;
  if (isPending(trade, 'fills') || (polls > 0 && !due(polled, waitMs, now))) return none(trade);
  const settle = { ...trade.settle, polls: polls + 1, polled: now };
  const fromMs = earliestFillMs(trade) ?? trade.openedMs ?? trade.plan.signal.barCloseMs;
  return { trade: withPending({ ...trade, settle }, 'fills'), wishes: [{ kind: 'readFills', fromMs }] };
}

/** Every name this trade may have used for a closing order, so that an unnamed fill can be led back to one of them. */
function closingNames(trade: LiveTrade): ClientOrderId[] {
  const roles: readonly OrderRole[] = ['a', 'w', 't', 'x', 'r'];
  return roles.flatMap((role) =>
    Array.from({ length: Math.min(trade.attempts[role], 8) }, (_, i) =>
      clientIdOf(trade.instance, trade.plan.tradeId, role, nameNo(Math.max(0, trade.attempts[role] - 8) + i)),
    ),
  );
}

/** Asks for the order behind a closing fill that came without a name; null when there is nothing left to ask. */
function askName(trade: LiveTrade, used: readonly Fill[], now: Instant): Step | null {
  const closing = closingAction(trade.plan.side);
  if (!used.some((fill) => fill.action === closing && nameOfFill(trade, fill) === '')) return null;
  const left = closingNames(trade).filter((id) => !trade.settle.lookedUp.includes(id));
  const clientId = left[0];
  if (clientId === undefined) return null;
  if (left.some((id) => isPending(trade, `find:${id}`)) || !due(trade.asked.find, LOOKUP_MS, now)) return none(trade);
  const asked = { ...trade.asked, find: now };
  return { trade: withPending({ ...trade, asked }, `find:${clientId}`), wishes: [{ kind: 'find', clientId }] };
}

function askFunding(trade: LiveTrade, openedMs: EpochMs, closedMs: EpochMs, now: Instant): Step {
  const toMs = epochMs(closedMs + FUNDING_POSTED_MS);
  const polled = trade.settle.polled;
  if (now.venueMs < toMs || isPending(trade, 'funding') || (polled !== null && !due(polled, 1_000, now))) return none(trade);
  const settle = { ...trade.settle, polled: now };
  return { trade: withPending({ ...trade, settle }, 'funding'), wishes: [{ kind: 'readFunding', fromMs: openedMs, toMs }] };
}

function riskPerUnit(trade: LiveTrade): string {
  const { entry, stop } = trade.plan;
  const distance = subtract(parseDecimal(ticksToWire(entry, trade.grid)), parseDecimal(ticksToWire(stop, trade.grid)));
  return formatDecimal(sign(distance) < 0 ? negate(distance) : distance);
}

/** The closed trade, exact; what decided its end is the name behind the last closing fill. */
export function closedTradeOf(trade: LiveTrade, used: readonly Fill[], fundingUsdt: string): ClosedTrade {
  const { plan } = trade;
  const fills = used.map((fill) => ({ ...fill, clientId: nameOfFill(trade, fill) }));
  const last = fills.at(-1);
  const first = fills[0];
  const result = tradeResult({
    side: plan.side,
    fills,
    fundingUsdt: [fundingUsdt],
    riskPerUnitUsdt: riskPerUnit(trade),
    feePricesUsdt: new Map(Object.entries(trade.feePrices)),
  });
  return {
    tradeId: plan.tradeId,
    signalId: plan.signal.id,
    symbol: plan.symbol,
    side: plan.side,
    exitClass: exitClassOf(trade, last?.clientId ?? ''),
    openedMs: first?.at ?? plan.signal.barCloseMs,
    closedMs: last?.at ?? plan.signal.barCloseMs,
    qty: result.entryQty,
    averageEntry: result.averageEntry,
    averageExit: result.averageExit,
    netPnlUsdt: result.netPnlUsdt,
    feesUsdt: result.feesUsdt,
    fundingUsdt: result.fundingUsdt,
    netR: result.netR,
  };
}

function tellLate(trade: LiveTrade, what: string, now: Instant): Step {
  const late = trade.closedMs !== null && now.venueMs - trade.closedMs >= TELL_LATE_MS;
  if (!late || wasTold(trade, 'settleLate')) return none(trade);
  const text = `${trade.plan.symbol}: closed, but its row still waits for ${what}`;
  return { trade: markTold(trade, 'settleLate'), wishes: [{ kind: 'tell', event: 'alarm', code: 'settleLate', text }] };
}

function settle(trade: LiveTrade, now: Instant): Step {
  if (trade.position.holding !== 'flat' || wasTold(trade, 'booked')) return none(trade);
  const ledger = ledgerOf(trade);
  if (isOverdue(trade, now)) return settleFromBooks(trade, ledger, now);
  // The stream alone cannot tell that no fill was lost: one read of the venue's own list after flat is required.
  if (trade.settle.fillsReadMs === null || !ledger.complete)
    return joined(askFills(trade, now), (held) => tellLate(held, 'fills', now));
  const naming = askName(trade, ledger.used, now);
  if (naming !== null) return naming;
  const openedMs = ledger.used[0]?.at ?? trade.plan.signal.barCloseMs;
  const closedMs = ledger.used.at(-1)?.at ?? openedMs;
  const funding = paysFunding(openedMs, closedMs) ? trade.settle.fundingUsdt : '0';
  if (funding === null) return joined(askFunding(trade, openedMs, closedMs, now), (held) => tellLate(held, 'funding rows', now));
  const unpriced = unpricedFeeAssets(trade);
  if (unpriced.length > 0 && now.venueMs - closedMs < TELL_LATE_MS) return none(trade);
  const closed = closedTradeOf(trade, ledger.used, funding);
  const booked = markTold(
    { ...trade, openedMs: closed.openedMs, closedMs: closed.closedMs, exitClass: closed.exitClass },
    'booked',
  );
  const book: Wish = { kind: 'book', closed, fills: ledger.used };
  return { trade: booked, wishes: unpriced.length === 0 ? [book] : [book, feeLeftOut(trade, unpriced)] };
}

/** After a day the account's own books are believed where the list of fills still has a hole. */
function settleFromBooks(trade: LiveTrade, ledger: Ledger, now: Instant): Step {
  const { income } = trade.settle;
  if (income === null) return askIncome(trade, now);
  const last = ledger.used.findLast((fill) => fill.action === closingAction(trade.plan.side));
  const exitClass = trade.exit.wanted ?? exitClassOf(trade, last === undefined ? '' : nameOfFill(trade, last));
  const closed = reconstructed(trade, income, exitClass);
  const text = `${trade.plan.symbol}: its fills did not become complete within a day; the row was written from the account's books`;
  const booked = { ...trade, openedMs: closed.openedMs, closedMs: closed.closedMs, exitClass };
  return {
    trade: markTold(booked, 'booked'),
    wishes: [
      { kind: 'book', closed, fills: ledger.used },
      { kind: 'tell', event: 'alarm', code: 'reconstructed', text },
    ],
  };
}

/** A price that does not come within a quarter of an hour is not waited for: the row is written without that fee. */
function feeLeftOut(trade: LiveTrade, assets: readonly string[]): Wish {
  const text = `${trade.plan.symbol}: fees in ${assets.join(', ')} have no price in USDT; the row of the trade leaves them out`;
  return { kind: 'tell', event: 'alarm', code: 'feeUnpriced', text };
}

function joined(first: Step, then: (trade: LiveTrade) => Step): Step {
  const second = then(first.trade);
  return { trade: second.trade, wishes: [...first.wishes, ...second.wishes] };
}

/** Own leftovers are cancelled on flat, and looked for again after 5 s and 60 s: a late packet may still bring one. */
function sweep(trade: LiveTrade, now: Instant): Step {
  const { flatAt, done } = trade.sweep;
  if (trade.position.holding !== 'flat' || flatAt === null || wasTold(trade, 'swept')) return none(trade);
  const waitMs = SWEEPS_MS[done];
  const left = trade.resting.filter((order) => order.status !== 'gone' && order.status !== 'fired');
  if (waitMs === undefined) {
    const clean = left.length === 0 && !isPending(trade, 'conditionals') && wasTold(trade, 'booked');
    if (left.length === 0) return none(clean ? markTold(trade, 'swept') : trade);
    return now.venueMs - flatAt.venueMs < (SWEEPS_MS.at(-1) ?? 0) + 5_000
      ? none(trade)
      : none({ ...trade, sweep: { flatAt: now, done: 0 } });
  }
  if (now.venueMs - flatAt.venueMs < waitMs) return none(trade);
  const wishes: Wish[] = [];
  let next: LiveTrade = { ...trade, sweep: { flatAt, done: done + 1 } };
  for (const { clientId } of left) {
    if (isPending(next, `cancel:${clientId}`)) continue;
    next = withPending(next, `cancel:${clientId}`);
    wishes.push({ kind: 'cancel', clientId });
  }
  if (done > 0 && !isPending(next, 'conditionals')) {
    next = withPending({ ...next, asked: { ...next.asked, conditionals: now } }, 'conditionals');
    wishes.push({ kind: 'readConditionals' });
  }
  return { trade: next, wishes };
}

export function wishesOfSettling(trade: LiveTrade, now: Instant): Step {
  return joined(settle(trade, now), (held) => sweep(held, now));
}
