// Floor 1, the book: evidence of a position, for and against. Position is truth and orders are hints, but a read may lag:
// newer evidence beats older, and "flat" needs an event, agreeing fills, or three reads in a row.
import { compare, formatDecimal, isZero, negate, parseDecimal, sign } from '../core/decimal.ts';
import type { Fill } from '../core/orders.ts';
import { type DecimalString, decimalString, type EpochMs, epochMs, sideSign } from '../core/units.ts';
import { concerns, isEntryFill, ledgerOf, nameOfFill } from './lifecycle-ledger.ts';
import { earliestFillMs, wallSince } from './lifecycle-trade.ts';
import type { Instant, LiveTrade, PositionRead } from './lifecycle-types.ts';

const FLAT_READS_NEEDED = 3;
/** How long after a fenced or rejected entry a position on its symbol is still taken for a ghost of it. */
export const GHOST_WATCH_MS = 3_600_000;

export interface PositionEvidence {
  readonly signedQty: DecimalString;
  readonly entryPrice: DecimalString;
  readonly liquidationPrice: number;
  readonly atMs: EpochMs;
}

/** Something of ours was executed, size not known yet: enough to start protecting. */
export function seeFillSign(trade: LiveTrade, atMs: EpochMs, now: Instant): LiveTrade {
  if (trade.position.holding === 'open') return trade;
  return {
    ...trade,
    openedMs: trade.openedMs ?? atMs,
    closedMs: null,
    firstFill: trade.firstFill ?? now,
    nakedSince: now,
    position: {
      ...trade.position,
      holding: 'open',
      atMs: epochMs(Math.max(trade.position.atMs, atMs)),
      seen: now,
      doubtfulFlats: 0,
    },
  };
}

export function seeFlat(trade: LiveTrade, atMs: EpochMs, now: Instant): LiveTrade {
  if (trade.position.holding !== 'open') return trade;
  return {
    ...trade,
    closedMs: atMs,
    nakedSince: null,
    sweep: { done: 0, flatAt: now },
    settle: { ...trade.settle, fillsReadMs: null, polls: 0, polled: null },
    position: { ...trade.position, holding: 'flat', qty: decimalString('0'), atMs, seen: now, doubtfulFlats: 0 },
  };
}

const watchesForGhost = (trade: LiveTrade, now: Instant): boolean =>
  trade.closedMs === null || now.venueMs - trade.closedMs < GHOST_WATCH_MS;

/** May a position on this symbol be the work of our entry, though we hold nothing yet? */
function mayBeOurs(trade: LiveTrade, now: Instant): boolean {
  switch (trade.entry.outcome) {
    case 'none':
    case 'unsent':
      return false;
    case 'sending':
    case 'accepted':
    case 'unknown':
      return true;
    case 'rejected':
    case 'fenced':
      return watchesForGhost(trade, now);
  }
}

function seeOpen(trade: LiveTrade, evidence: PositionEvidence, now: Instant): LiveTrade {
  const qty = parseDecimal(evidence.signedQty);
  const size = formatDecimal(sign(qty) < 0 ? negate(qty) : qty);
  const opened = seeFillSign(trade, evidence.atMs, now);
  const peak = opened.position.peakQty;
  return {
    ...opened,
    position: {
      ...opened.position,
      qty: size,
      peakQty: compare(parseDecimal(size), parseDecimal(peak)) > 0 ? size : peak,
      entryPrice: evidence.entryPrice,
      liquidationPrice: evidence.liquidationPrice > 0 ? evidence.liquidationPrice : opened.position.liquidationPrice,
      atMs: evidence.atMs,
      seen: now,
      doubtfulFlats: 0,
    },
  };
}

/** A position as an event or a read showed it at `atMs`. */
export function seePosition(trade: LiveTrade, evidence: PositionEvidence, now: Instant): LiveTrade {
  const { holding, atMs } = trade.position;
  if (evidence.atMs < atMs) return trade;
  const qty = parseDecimal(evidence.signedQty);
  if (isZero(qty)) return holding === 'open' ? seeFlat(trade, evidence.atMs, now) : trade;
  if (sign(qty) !== sideSign(trade.plan.side)) return holding === 'open' ? seeFlat(trade, evidence.atMs, now) : trade;
  if (holding === 'open') return seeOpen(trade, evidence, now);
  if (holding === 'none') {
    const earliestMs = earliestFillMs(trade);
    const before = earliestMs === null || evidence.atMs < earliestMs;
    return !before && mayBeOurs(trade, now) ? seeOpen(trade, evidence, now) : trade;
  }
  // After flat only our own unsettled fills may reopen a trade: anything else on the symbol is somebody else's.
  const ledger = ledgerOf(trade);
  return ledger.used.length > 0 && sign(ledger.net) > 0 ? seeOpen(trade, evidence, now) : trade;
}

function countFlatRead(trade: LiveTrade, asked: Instant): LiveTrade {
  const { entry } = trade;
  if (asked.venueMs < entry.fenceMs || asked.venueMs <= entry.lastFlatMs) return trade;
  return { ...trade, entry: { ...entry, flatReads: entry.flatReads + 1, lastFlatMs: asked.venueMs } };
}

/** `asked` is when the read left: evidence that reached us after that moment is newer than the answer. */
export function seePositionRead(trade: LiveTrade, read: PositionRead, asked: Instant, now: Instant): LiveTrade {
  if (read.kind === 'unknown') return trade;
  if (read.kind === 'open') {
    const { signedQty, entryPrice, updateMs, liquidationPrice } = read.state;
    return seePosition(trade, { signedQty, entryPrice, atMs: updateMs, liquidationPrice: Number(liquidationPrice) }, now);
  }
  const { holding, seen, doubtfulFlats } = trade.position;
  if (holding === 'none') return countFlatRead(trade, asked);
  if (holding === 'flat' || (seen !== null && wallSince(seen, asked) < 0)) return trade;
  const doubted = { ...trade, position: { ...trade.position, doubtfulFlats: doubtfulFlats + 1 } };
  if (doubtfulFlats + 1 >= FLAT_READS_NEEDED) return seeFlat(doubted, asked.venueMs, now);
  return flatByFills(doubted, now);
}

/** Fills that account for the whole position prove the flat that a lagging read or a lost event cannot. */
export function flatByFills(trade: LiveTrade, now: Instant): LiveTrade {
  if (trade.position.holding !== 'open') return trade;
  const { status } = trade.entry;
  const entryIsOver = status === 'filled' || status === 'canceled' || status === 'expired' || trade.position.doubtfulFlats > 0;
  if (!entryIsOver) return trade;
  const ledger = ledgerOf(trade);
  const last = ledger.used.at(-1);
  return ledger.complete && last !== undefined ? seeFlat(trade, last.at, now) : trade;
}

/** Counts each fill once by its number; a second sight may add the name that the first one lacked. */
export function seeFills(trade: LiveTrade, fills: readonly Fill[], now: Instant): LiveTrade {
  const byNumber = new Map(trade.fills.map((fill) => [fill.tradeNo, fill]));
  for (const fill of fills) {
    if (!concerns(trade, fill)) continue;
    const held = byNumber.get(fill.tradeNo);
    if (held === undefined) byNumber.set(fill.tradeNo, fill);
    else if (held.clientId === '' && fill.clientId !== '') byNumber.set(fill.tradeNo, { ...held, clientId: fill.clientId });
  }
  const merged: LiveTrade = { ...trade, fills: [...byNumber.values()] };
  return flatByFills(openByFills(merged, now), now);
}

function openByFills(trade: LiveTrade, now: Instant): LiveTrade {
  if (trade.position.holding === 'open' || trade.entry.sent === null) return trade;
  const first = trade.fills.find((fill) => isEntryFill(trade, fill));
  if (first === undefined) return trade;
  const named = nameOfFill(trade, first) === trade.entry.clientId;
  if (trade.position.holding === 'none') return named || mayBeOurs(trade, now) ? seeFillSign(trade, first.at, now) : trade;
  const ledger = ledgerOf(trade);
  // A part of the entry that filled after we thought it flat: it is open until proven closed.
  return sign(ledger.net) > 0 && first.at >= trade.position.atMs ? seeFillSign(trade, first.at, now) : trade;
}
