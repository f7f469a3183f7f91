// Services, room 6: a trade as the journal keeps it, and back again. Recovery and start are one path.

import { nameOfFill } from '../../src/book/lifecycle-ledger.ts';
import { FENCE_GUARD_MS, newTrade, RECV_WINDOW_MS, type TradeFrame } from '../../src/book/lifecycle-trade.ts';
import type { Instant, LiveTrade, RestingOrder, TradeInput, Wish } from '../../src/book/lifecycle-types.ts';
import { mayComeAgain, parseClientId } from '../../src/core/client-id.ts';
import type { IntentRow, JournalRow, JournalState, OpOutcome, OpRow, OpVerb } from '../../src/core/journal.ts';
import type { ConditionalOrderRequest, Fill, PlaceResult } from '../../src/core/orders.ts';
import type { ExitClass } from '../../src/core/trade.ts';
import { type ClientOrderId, epochMs, invariant, openingAction } from '../../src/core/units.ts';

export function intentRow(trade: LiveTrade): JournalRow {
  const { plan } = trade;
  const row: IntentRow = {
    tradeId: plan.tradeId,
    signalId: plan.signal.id,
    strategy: plan.signal.strategy,
    symbol: plan.symbol,
    side: plan.side,
    barCloseMs: plan.signal.barCloseMs,
    plan,
    state: trade.state,
    version: trade.version,
    openedMs: trade.openedMs,
    closedMs: trade.closedMs,
    // While it is being closed: why; a restart goes on closing for the same reason.
    exitClass: trade.exitClass ?? trade.exit.wanted,
  };
  return { table: 'intent', row };
}

function op(clientId: ClientOrderId, verb: OpVerb, params: unknown, now: Instant): JournalRow {
  const parsed = parseClientId(clientId);
  invariant(parsed !== null, `an operation under a foreign name: ${clientId}`);
  const row: OpRow = {
    clientId,
    tradeId: parsed.tradeId,
    role: parsed.role,
    attempt: parsed.attempt,
    verb,
    params: JSON.stringify(params),
    signedMs: now.venueMs,
    recvWindowMs: RECV_WINDOW_MS,
    fenceMs: epochMs(now.venueMs + RECV_WINDOW_MS + FENCE_GUARD_MS),
    outcome: 'sending',
    code: null,
    venueId: null,
  };
  return mayComeAgain(parsed) ? { table: 'op', row, name: 'mayRepeat' } : { table: 'op', row };
}

/** The row that must be on disk before this wish's first byte leaves; null for reads and for cancels of our own orders. */
export function opRowOf(wish: Wish, now: Instant): JournalRow | null {
  switch (wish.kind) {
    case 'placeEntry':
    case 'close':
      return op(wish.order.clientId, 'placeMarket', wish.order, now);
    case 'placeResting':
      return op(wish.order.clientId, 'placeConditional', wish.order, now);
    case 'prepareSymbol':
    case 'cancel':
    case 'find':
    case 'readPosition':
    case 'readConditionals':
    case 'readFills':
    case 'readFunding':
    case 'readIncome':
    case 'book':
    case 'tell':
      return null;
  }
}

function outcome(clientId: ClientOrderId, result: PlaceResult, now: Instant): JournalRow {
  const code = result.kind === 'accepted' ? null : (result.code ?? null);
  const venueId = result.kind === 'accepted' ? result.venueId : null;
  return { table: 'opOutcome', clientId, outcome: result.kind, code, venueId, doneMs: now.venueMs };
}

/** What an answer says about the operation it answers. */
export function outcomeRowOf(trade: LiveTrade, input: TradeInput, now: Instant): JournalRow | null {
  if (input.kind === 'entryAnswer') return outcome(trade.entry.clientId, input.result, now);
  if (input.kind === 'restingAnswer' || input.kind === 'closeAnswer') return outcome(input.clientId, input.result, now);
  if (input.kind !== 'cancelAnswer' || input.result.kind !== 'canceled') return null;
  return { table: 'opOutcome', clientId: input.clientId, outcome: 'canceled', code: null, venueId: null, doneMs: now.venueMs };
}

export function fillRows(trade: LiveTrade, fills: readonly Fill[]): JournalRow[] {
  return fills.map((fill) => {
    const name = nameOfFill(trade, fill);
    const role = parseClientId(name)?.role ?? (fill.action === openingAction(trade.plan.side) ? 'e' : 'x');
    return { table: 'fill', tradeId: trade.plan.tradeId, role, fill: { ...fill, clientId: name } };
  });
}

const NEVER_LIVE: readonly OpOutcome[] = ['rejected', 'canceled'];

function restingFrom(ops: readonly OpRow[], now: Instant): RestingOrder[] {
  const placed = ops.filter((row) => row.verb === 'placeConditional');
  return placed.map((row) => {
    const order = JSON.parse(row.params) as ConditionalOrderRequest;
    invariant(row.role === 'a' || row.role === 'w' || row.role === 't', `a conditional order in the role ${row.role}`);
    const status = NEVER_LIVE.includes(row.outcome) ? 'gone' : 'sent';
    return {
      clientId: row.clientId,
      role: row.role,
      trigger: order.trigger,
      coverage: order.coverage,
      status,
      sent: now,
      fired: null,
      verified: null,
    };
  });
}

function entryFrom(base: LiveTrade, row: IntentRow, ops: readonly OpRow[], now: Instant): LiveTrade['entry'] {
  const sent = ops.find((held) => held.role === 'e');
  if (row.state === 'voidFenced') return { ...base.entry, outcome: 'fenced' };
  // A prepared intent without an operation was never sent, and is never sent late (K2).
  if (sent === undefined) return { ...base.entry, outcome: 'unsent', reason: 'the process ended before the entry was sent' };
  const outcomes = {
    sending: 'unknown',
    unknown: 'unknown',
    accepted: 'accepted',
    rejected: 'rejected',
    canceled: 'unknown',
  } as const;
  const facts = { outcome: outcomes[sent.outcome], code: sent.code, fenceMs: sent.fenceMs, venueId: sent.venueId ?? '' };
  return {
    ...base.entry,
    ...facts,
    sent: { venueMs: sent.signedMs, wallMs: now.wallMs },
    reason: 'the process ended before the answer was kept',
  };
}

function toldFrom(row: IntentRow): string[] {
  const told = ['entryPosted'];
  if (row.openedMs !== null) told.push('opened');
  if (['protected', 'exiting', 'settling', 'journaled', 'swept'].includes(row.state)) told.push('protected');
  if (row.state === 'journaled' || row.state === 'swept') told.push('booked');
  if (row.state === 'swept') told.push('swept');
  return told;
}

/** The trade as the journal knows it. What the venue knows more is folded in by the first snapshot. */
export function restoreTrade(row: IntentRow, state: JournalState, frame: TradeFrame, now: Instant): LiveTrade {
  const base = newTrade(row.plan, frame);
  const ops = state.ops.filter((held) => held.tradeId === row.tradeId);
  const attempts = { ...base.attempts };
  for (const held of ops) attempts[held.role] = Math.max(attempts[held.role], held.attempt + 1);
  const open = row.state === 'openNaked' || row.state === 'protected' || row.state === 'exiting';
  const flat = row.state === 'settling' || row.state === 'journaled' || row.state === 'swept';
  const named = ops.filter((held) => held.venueId !== null && held.verb === 'placeMarket');
  return {
    ...base,
    state: row.state,
    version: row.version,
    openedMs: row.openedMs,
    closedMs: row.closedMs,
    exitClass: flat ? (row.exitClass as ExitClass | null) : null,
    entry: entryFrom(base, row, ops, now),
    position: {
      ...base.position,
      holding: open ? 'open' : flat ? 'flat' : 'none',
      atMs: row.closedMs ?? row.openedMs ?? base.position.atMs,
    },
    resting: restingFrom(ops, now),
    fills: state.fills.filter((held) => held.tradeId === row.tradeId).map((held) => held.fill),
    names: Object.fromEntries(named.map((held) => [held.venueId ?? '', held.clientId])),
    nakedSince: open ? now : null,
    firstFill: open ? now : null,
    exit: {
      ...base.exit,
      wanted: row.state === 'exiting' || row.state === 'settling' ? (row.exitClass as ExitClass | null) : null,
    },
    sweep: { done: 0, flatAt: flat ? now : null },
    attempts,
    told: toldFrom(row),
    stream: 'untrusted',
  };
}
