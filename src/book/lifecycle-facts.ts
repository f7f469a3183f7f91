// Floor 1, the book: folds one input into a trade's facts. Decides nothing: what follows from the facts is asked elsewhere.
import { parseClientId } from '../core/client-id.ts';
import { compare, formatDecimal, parseDecimal, sum } from '../core/decimal.ts';
import type { AccountEvent, FindResult, OrderState, PlaceResult } from '../core/orders.ts';
import { timeframeMs } from '../core/timeframe.ts';
import { type ClientOrderId, epochMs } from '../core/units.ts';
import { isBeyondHardClose } from './hard-close.ts';
import { isStale, STALE } from './lifecycle-entry.ts';
import { isEntryFill } from './lifecycle-ledger.ts';
import { foldBreakEven, foldHalf, foldManagedBar } from './lifecycle-manage.ts';
import { flatByFills, seeFillSign, seeFills, seePosition, seePositionRead } from './lifecycle-position.ts';
import { foldRestingAnswer, seeConditional, seeConditionalList } from './lifecycle-resting.ts';
import { FENCE_GUARD_MS, RECV_WINDOW_MS, withoutPending } from './lifecycle-trade.ts';
import type { EntryOutcome, FundingRows, Instant, LiveTrade, TradeInput } from './lifecycle-types.ts';
import { HORIZON_BARS } from './virtual.ts';

const finalStatus = (status: string | null): boolean =>
  status === 'filled' || status === 'canceled' || status === 'expired' || status === 'rejected';

/** An ordinary order of ours as an event or a lookup showed it. Final words are not taken back by late ones. */
function seeOrder(trade: LiveTrade, order: OrderState, now: Instant): LiveTrade {
  if (parseClientId(order.clientId)?.tradeId !== trade.plan.tradeId) return trade;
  const named: LiveTrade =
    order.venueId === '' ? trade : { ...trade, names: { ...trade.names, [order.venueId]: order.clientId } };
  if (order.clientId !== trade.entry.clientId) return flatByFills(named, now);
  const { entry } = named;
  const more = compare(parseDecimal(order.executedQty), parseDecimal(entry.executedQty)) > 0;
  const status = finalStatus(entry.status) ? entry.status : order.status;
  const outcome = arrived(entry.outcome);
  const seen: LiveTrade = {
    ...named,
    entry: {
      ...entry,
      status,
      outcome,
      venueId: order.venueId,
      executedQty: more ? order.executedQty : entry.executedQty,
      absentReads: 0,
    },
  };
  const filled = compare(parseDecimal(order.executedQty), parseDecimal('0')) > 0;
  if (filled && seen.position.holding === 'none') return flatByFills(seeFillSign(seen, now.venueMs, now), now);
  const emptyHanded = finalStatus(status) && status !== 'filled' && !filled && seen.position.holding === 'none';
  return emptyHanded ? rejectEntry(seen, 0, `the entry order ended as ${status} without a fill`, now) : flatByFills(seen, now);
}

/** Sight of the order settles an unanswered send; a fenced or rejected one that shows up was there after all. */
function arrived(outcome: EntryOutcome): EntryOutcome {
  return outcome === 'none' || outcome === 'unsent' ? outcome : 'accepted';
}

function rejectEntry(trade: LiveTrade, code: number, reason: string, now: Instant): LiveTrade {
  return { ...trade, closedMs: trade.closedMs ?? now.venueMs, entry: { ...trade.entry, outcome: 'rejected', code, reason } };
}

function foldEntryAnswer(trade: LiveTrade, result: PlaceResult, now: Instant): LiveTrade {
  if (trade.entry.outcome !== 'sending') return trade;
  switch (result.kind) {
    case 'accepted': {
      const names = { ...trade.names, [result.venueId]: trade.entry.clientId };
      return { ...trade, names, entry: { ...trade.entry, outcome: 'accepted', venueId: result.venueId } };
    }
    case 'rejected':
      return rejectEntry(trade, result.code, result.reason, now);
    case 'unknown':
      return { ...trade, entry: { ...trade.entry, outcome: 'unknown', code: result.code ?? null, reason: result.reason } };
  }
}

function foldFound(trade: LiveTrade, clientId: ClientOrderId, result: FindResult<OrderState>, now: Instant): LiveTrade {
  const { entry } = trade;
  if (result.kind === 'found') {
    const seen = seeOrder(trade, result.state, now);
    return { ...seen, settle: { ...seen.settle, lookedUp: [...seen.settle.lookedUp, clientId] } };
  }
  if (result.kind === 'unknown') return trade;
  if (clientId !== entry.clientId)
    return { ...trade, settle: { ...trade.settle, lookedUp: [...trade.settle.lookedUp, clientId] } };
  // "Order does not exist" proves something only after the fence, and only when it is said again and again (§3.4).
  if (now.venueMs < entry.fenceMs || now.venueMs - entry.lastAbsentMs < 5_000) return trade;
  return { ...trade, entry: { ...entry, absentReads: entry.absentReads + 1, lastAbsentMs: now.venueMs } };
}

function foldAccount(trade: LiveTrade, event: AccountEvent, now: Instant): LiveTrade {
  switch (event.kind) {
    case 'order':
      return seeOrder(trade, event.order, now);
    case 'fill': {
      const filled = seeFills(trade, [event.fill], now);
      if (event.fill.clientId !== trade.entry.clientId) return filled;
      const status = finalStatus(filled.entry.status) ? filled.entry.status : event.orderStatus;
      const outcome = arrived(filled.entry.outcome);
      return flatByFills({ ...filled, entry: { ...filled.entry, status, outcome, venueId: event.fill.venueOrderId } }, now);
    }
    case 'conditional': {
      if (event.order.symbol !== trade.plan.symbol) return trade;
      const seen = seeConditional(trade, event.order, now);
      return event.childOrderId === '' || seen === trade
        ? seen
        : { ...seen, names: { ...seen.names, [event.childOrderId]: event.order.clientId } };
    }
    case 'position':
      if (event.symbol !== trade.plan.symbol) return trade;
      return seePosition(
        trade,
        { signedQty: event.signedQty, entryPrice: event.entryPrice, atMs: event.at, liquidationPrice: 0 },
        now,
      );
    case 'balance':
    case 'leverage':
    case 'userStream':
      return trade;
  }
}

function foldFillsRead(trade: LiveTrade, input: Extract<TradeInput, { kind: 'fillsRead' }>, now: Instant): LiveTrade {
  if (input.fills === null) return trade;
  const seen = seeFills(trade, input.fills, now);
  if (seen.position.holding === 'flat') return { ...seen, settle: { ...seen.settle, fillsReadMs: input.asked.venueMs } };
  const empty = seen.position.holding === 'none' && !seen.fills.some((fill) => isEntryFill(seen, fill));
  if (!empty || input.asked.venueMs < seen.entry.fenceMs) return seen;
  return { ...seen, entry: { ...seen.entry, emptyFillReads: seen.entry.emptyFillReads + 1 } };
}

function foldFunding(trade: LiveTrade, rows: FundingRows | null): LiveTrade {
  if (rows === null) return trade;
  return { ...trade, settle: { ...trade.settle, fundingUsdt: formatDecimal(sum(rows.map((row) => parseDecimal(row.amount)))) } };
}

/** Last line of defence when the venue lets a stop hang: the smaller of 5 % of the notional and 70 % of the way to liquidation. */
function foldMark(trade: LiveTrade, price: number): LiveTrade {
  const entry = Number(trade.position.entryPrice);
  if (trade.position.holding !== 'open' || trade.exit.wanted !== null || entry <= 0) return trade;
  const position = { side: trade.plan.side, entry, liquidation: trade.position.liquidationPrice };
  return isBeyondHardClose(position, price) ? wantExit(trade, 'hardClose') : trade;
}

const wantExit = (trade: LiveTrade, exitClass: NonNullable<LiveTrade['exit']['wanted']>): LiveTrade =>
  trade.exit.wanted === null ? { ...trade, exit: { ...trade.exit, wanted: exitClass } } : trade;

function foldBar(trade: LiveTrade, barCloseMs: number): LiveTrade {
  const lifeMs = HORIZON_BARS * timeframeMs(trade.plan.signal.entryTimeframe);
  const over = barCloseMs - trade.plan.signal.barCloseMs >= lifeMs;
  return over && trade.position.holding === 'open' ? wantExit(trade, 'timeStop') : trade;
}

/** The slot of the request that this input answers, or null for what came unasked. */
function answered(input: TradeInput): string | null {
  switch (input.kind) {
    case 'settings':
      return 'settings';
    case 'entryAnswer':
      return 'entry';
    case 'restingAnswer':
      return `resting:${input.clientId}`;
    case 'closeAnswer':
      return 'close';
    case 'cancelAnswer':
      return `cancel:${input.clientId}`;
    case 'found':
      return `find:${input.clientId}`;
    case 'positionRead':
      return 'position';
    case 'conditionalsRead':
      return 'conditionals';
    case 'fillsRead':
      return 'fills';
    case 'fundingRead':
      return 'funding';
    case 'incomeRead':
      return 'income';
    case 'tick':
    case 'account':
    case 'mark':
    case 'barClosed':
    case 'bar':
    case 'wantBreakEven':
    case 'wantHalf':
    case 'feePrices':
    case 'wantExit':
      return null;
  }
}

function foldSettings(trade: LiveTrade, input: Extract<TradeInput, { kind: 'settings' }>, now: Instant): LiveTrade {
  if (trade.entry.outcome !== 'none') return trade;
  const stale = isStale(trade, now);
  if (input.result.kind === 'set' && trade.exit.wanted === null && !stale) {
    const fenceMs = epochMs(now.venueMs + RECV_WINDOW_MS + FENCE_GUARD_MS);
    return { ...trade, entry: { ...trade.entry, outcome: 'sending', sent: now, fenceMs } };
  }
  const code = input.result.kind === 'rejected' ? input.result.code : null;
  const asked = stale ? STALE : 'a person asked to close before the entry was sent';
  const reason = input.result.kind === 'set' ? asked : input.result.reason;
  return { ...trade, closedMs: now.venueMs, entry: { ...trade.entry, outcome: 'unsent', code, reason } };
}

/** A snapshot of the whole account comes in as the reads it amounts to. */
export function fold(trade: LiveTrade, input: TradeInput, now: Instant): LiveTrade {
  const slot = answered(input);
  const held = slot === null ? trade : withoutPending(trade, slot);
  switch (input.kind) {
    case 'tick':
      return { ...held, stream: input.stream };
    case 'settings':
      return foldSettings(held, input, now);
    case 'entryAnswer':
      return foldEntryAnswer(held, input.result, now);
    case 'restingAnswer':
      return foldRestingAnswer(held, input.clientId, input.result, now);
    case 'closeAnswer':
      return foldCloseAnswer(held, input.clientId, input.result);
    case 'cancelAnswer':
      return input.result.kind === 'unknown' ? held : forget(held, input.clientId);
    case 'found':
      return foldFound(held, input.clientId, input.result, now);
    case 'positionRead':
      return seePositionRead(held, input.result, input.asked, now);
    case 'conditionalsRead':
      return input.list === null ? held : seeConditionalList(held, input.list, { asked: input.asked, now });
    case 'fillsRead':
      return foldFillsRead(held, input, now);
    case 'fundingRead':
      return foldFunding(held, input.rows);
    case 'incomeRead':
      return { ...held, settle: { ...held.settle, income: input.rows } };
    case 'account':
      return foldAccount(held, input.event, now);
    case 'mark':
      return foldMark(held, input.price);
    case 'barClosed':
      return foldBar(held, input.barCloseMs);
    case 'bar':
      return foldManagedBar(held, input);
    case 'wantBreakEven':
      return foldBreakEven(held);
    case 'wantHalf':
      return foldHalf(held);
    case 'feePrices':
      return { ...held, feePrices: { ...held.feePrices, ...input.prices } };
    case 'wantExit':
      return held.position.holding === 'flat' ? held : wantExit(held, input.exitClass);
  }
}

/** A close that was answered is checked by reading the position at once: the answer itself carries no price and no size. */
function foldCloseAnswer(trade: LiveTrade, clientId: ClientOrderId, result: PlaceResult): LiveTrade {
  const names = result.kind === 'accepted' ? { ...trade.names, [result.venueId]: clientId } : trade.names;
  const asked = result.kind === 'accepted' ? trade.asked : { ...trade.asked, position: null };
  return { ...trade, names, asked };
}

const forget = (trade: LiveTrade, clientId: ClientOrderId): LiveTrade => ({
  ...trade,
  resting: trade.resting.map((order) =>
    order.clientId === clientId && order.status !== 'fired' ? { ...order, status: 'gone' } : order,
  ),
});
