// Floor 1, the book: the one entry order. It is sent once, ever; an unanswered send is waited out and resolved by evidence
// of existence or, after the fence, by repeated evidence of absence (reliability.md §3.4).
import { openingAction } from '../core/units.ts';
import { GHOST_WATCH_MS } from './lifecycle-position.ts';
import { due, earliestFillMs, isPending, markTold, wallSince, wasTold, withPending } from './lifecycle-trade.ts';
import type { Instant, LiveTrade, Step, Wish } from './lifecycle-types.ts';

/** A signal older than this is not entered: its price is gone. */
const ENTRY_FRESH_MS = 30_000;
const ABSENT_READS = 3;
const FLAT_READS = 3;
const ASK_MS = 2_000;
const ASK_FENCED_MS = 5_000;
const FIRST_LOOK_MS = 1_000;
const TELL_UNRESOLVED_MS = 60_000;

export const isStale = ({ plan }: LiveTrade, now: Instant): boolean =>
  now.venueMs - (plan.confirmedMs ?? plan.signal.barCloseMs) > ENTRY_FRESH_MS;
export const STALE = 'the signal is too old to be entered';

function begin(trade: LiveTrade, now: Instant): Step {
  if (trade.entry.outcome !== 'none' || isPending(trade, 'settings')) return { trade, wishes: [] };
  const stale = isStale(trade, now);
  if (stale || trade.exit.wanted !== null) {
    const reason = stale ? STALE : 'a person asked to close before the entry was sent';
    const entry = { ...trade.entry, outcome: 'unsent' as const, reason };
    return { trade: { ...trade, closedMs: now.venueMs, entry }, wishes: [] };
  }
  const { symbol, leverage } = trade.plan;
  return { trade: withPending(trade, 'settings'), wishes: [{ kind: 'prepareSymbol', symbol, leverage }] };
}

function post(trade: LiveTrade): Step {
  if (trade.entry.outcome !== 'sending' || wasTold(trade, 'entryPosted')) return { trade, wishes: [] };
  const { symbol, side, steps } = trade.plan;
  const order = { symbol, clientId: trade.entry.clientId, action: openingAction(side), steps, effect: 'open' as const };
  return { trade: withPending(markTold(trade, 'entryPosted'), 'entry'), wishes: [{ kind: 'placeEntry', order }] };
}

const absenceIsProven = (trade: LiveTrade, now: Instant): boolean =>
  now.venueMs >= trade.entry.fenceMs &&
  trade.entry.absentReads >= ABSENT_READS &&
  trade.entry.flatReads >= FLAT_READS &&
  trade.entry.emptyFillReads >= 1 &&
  trade.stream === 'trusted';

function fence(trade: LiveTrade, now: Instant): Step {
  const entry = {
    ...trade.entry,
    outcome: 'fenced' as const,
    reason: 'never seen on the venue: no order, no position, no fill after the fence',
  };
  const text = `${trade.plan.symbol}: the unanswered entry never reached the venue; the symbol stays closed for 10 min`;
  return {
    trade: { ...trade, closedMs: now.venueMs, entry },
    wishes: [{ kind: 'tell', event: 'alarm', code: 'entryFenced', text }],
  };
}

/** Looks for the order, the position and the fills of an entry whose fate is not known yet. */
function resolve(trade: LiveTrade, now: Instant): Step {
  const { entry } = trade;
  const open = entry.outcome === 'unknown' || entry.outcome === 'accepted';
  if (!open || entry.sent === null || trade.position.holding !== 'none') return { trade, wishes: [] };
  if (absenceIsProven(trade, now)) return fence(trade, now);
  const wishes: Wish[] = [];
  let next = trade;
  const patient = entry.outcome === 'accepted' && !due(entry.sent, FIRST_LOOK_MS, now);
  const everyMs = now.venueMs >= entry.fenceMs ? ASK_FENCED_MS : ASK_MS;
  if (!patient && !isPending(next, `find:${entry.clientId}`) && due(next.asked.find, everyMs, now)) {
    next = withPending({ ...next, asked: { ...next.asked, find: now } }, `find:${entry.clientId}`);
    wishes.push({ kind: 'find', clientId: entry.clientId });
  }
  if (!patient && !isPending(next, 'position') && due(next.asked.position, everyMs, now)) {
    next = withPending({ ...next, asked: { ...next.asked, position: now } }, 'position');
    wishes.push({ kind: 'readPosition' });
  }
  const wantsFills = now.venueMs >= entry.fenceMs && !isPending(next, 'fills') && due(next.settle.polled, ASK_FENCED_MS, now);
  if (wantsFills) {
    next = withPending({ ...next, settle: { ...next.settle, polled: now } }, 'fills');
    wishes.push({ kind: 'readFills', fromMs: earliestFillMs(trade) ?? entry.sent.venueMs });
  }
  return tellUnresolved({ trade: next, wishes }, entry.sent, now);
}

function tellUnresolved(step: Step, sent: Instant, now: Instant): Step {
  const { trade } = step;
  if (
    wasTold(trade, 'unresolved') ||
    (now.venueMs - sent.venueMs < TELL_UNRESOLVED_MS && wallSince(sent, now) < TELL_UNRESOLVED_MS)
  )
    return step;
  const text = `${trade.plan.symbol} entry: no clear answer from the venue for 60 s (${trade.entry.reason || 'no fill seen'}). Not sent again; still looking.`;
  return {
    trade: markTold(trade, 'unresolved'),
    wishes: [...step.wishes, { kind: 'tell', event: 'alarm', code: 'entryUnresolved', text }],
  };
}

const GHOST_ASK_MS = 5_000;

/** For an hour after a fenced entry its symbol is polled: a late packet must not leave a position nobody looks at. */
function watchGhost(trade: LiveTrade, now: Instant): Step {
  const watched = trade.entry.outcome === 'fenced' && trade.position.holding === 'none' && trade.closedMs !== null;
  if (!watched || now.venueMs - trade.closedMs >= GHOST_WATCH_MS || isPending(trade, 'position')) return { trade, wishes: [] };
  if (trade.asked.position !== null && wallSince(trade.asked.position, now) < GHOST_ASK_MS) return { trade, wishes: [] };
  const asked = { ...trade.asked, position: now };
  return { trade: withPending({ ...trade, asked }, 'position'), wishes: [{ kind: 'readPosition' }] };
}

export function wishesOfEntry(trade: LiveTrade, now: Instant): Step {
  const begun = trade.position.holding === 'none' ? begin(trade, now) : { trade, wishes: [] };
  const posted = post(begun.trade);
  const resolved = resolve(posted.trade, now);
  const watched = watchGhost(resolved.trade, now);
  return { trade: watched.trade, wishes: [...begun.wishes, ...posted.wishes, ...resolved.wishes, ...watched.wishes] };
}
