// Floor 1, the book: from the first sign of a fill a stop must rest on the venue and be seen there. If none is after ten
// seconds, the position is closed at market: the timer decides, not the kind of error (reliability.md §2.1 I1, §3.5).
import { compare, parseDecimal } from '../core/decimal.ts';
import { ledgerOf } from './lifecycle-ledger.ts';
import { rest } from './lifecycle-rest.ts';
import {
  due,
  earliestFillMs,
  FIRED_GRACE_MS,
  isPending,
  markTold,
  resumedMark,
  stepsWithin,
  stopIsLive,
  wallSince,
  wasTold,
  withPending,
} from './lifecycle-trade.ts';
import type { Instant, LiveTrade, RestingOrder, Step, Wish } from './lifecycle-types.ts';

/** T1: how long a reachable position may stand without a live stop. */
export const NAKED_LIMIT_MS = 10_000;
/** How long a stop may stay unseen, answered or not, before the venue's list is asked, and before another one is tried. */
const LOOK_MS = 300;
const UNSEEN_MS = 1_000;
const REVERIFY_MS = 30_000;
const COMPLETE_MS = 5_000;
/** The stream tells fills within milliseconds of the position. */
const FILLS_DUE_MS = 2_000;
const FILLS_AGAIN_MS = 10_000;
const TARGET_RETRY_MS = 5_000;
const TARGET_FAILURES = 20;
/** Reserve against the venue's limit on name tags: a stop that is refused this often will not come. */
const STOP_ATTEMPTS = 600;

const isOut = (order: RestingOrder): boolean => order.status === 'sending' || order.status === 'sent';

function placeStop(trade: LiveTrade, now: Instant): Step {
  const stops = trade.resting.filter((order) => order.role !== 't');
  const { since, waitMs, bridge } = trade.stopRetry;
  if (trade.attempts.a >= STOP_ATTEMPTS || (since !== null && !due(since, waitMs, now))) return { trade, wishes: [] };
  // Nobody waits for an answer: a second closePosition stop is refused by the venue itself.
  const waiting = (role: 'a' | 'w'): boolean =>
    stops.some((order) => order.role === role && isOut(order) && !due(order.sent, UNSEEN_MS, now));
  const disaster = waiting('a') ? { trade, wishes: [] } : rest(trade, 'a', now);
  const sizeKnown = stepsWithin(trade.position.qty, trade.grid) > 0;
  const wantsBridge =
    bridge === 'needed' &&
    sizeKnown &&
    trade.attempts.w < STOP_ATTEMPTS &&
    !stops.some((order) => order.role === 'w' && (order.status === 'live' || isOut(order)));
  if (!wantsBridge) return disaster;
  const both = rest(disaster.trade, 'w', now);
  return { trade: both.trade, wishes: [...disaster.wishes, ...both.wishes] };
}

/** A quantity stop alone is a bridge: the disaster stop, which needs no size and fires in a crash, stays wanted. */
function completeStop(trade: LiveTrade, now: Instant): Step {
  const there = trade.resting.some((order) => order.role === 'a' && order.status !== 'gone');
  const { since } = trade.stopRetry;
  if (
    there ||
    trade.exit.wanted !== null ||
    trade.attempts.a >= STOP_ATTEMPTS ||
    (since !== null && !due(since, COMPLETE_MS, now))
  )
    return { trade, wishes: [] };
  return rest(trade, 'a', now);
}

function look(trade: LiveTrade, now: Instant): Step {
  if (isPending(trade, 'conditionals') || !due(trade.asked.conditionals, LOOK_MS, now)) return { trade, wishes: [] };
  const unseen = trade.resting.some((order) => isOut(order) && due(order.sent, LOOK_MS, now));
  const refusedAsDouble = trade.stopRetry.bridge === 'needed' && trade.asked.conditionals === null;
  const stale = trade.resting.some(
    (order) => order.status === 'live' && order.verified !== null && wallSince(order.verified, now) >= REVERIFY_MS,
  );
  if (!unseen && !refusedAsDouble && !stale) return { trade, wishes: [] };
  const asked = { ...trade.asked, conditionals: now };
  return { trade: withPending({ ...trade, asked }, 'conditionals'), wishes: [{ kind: 'readConditionals' }] };
}

/** A fill sign without a size (an answer lost, an event out of order): the size is asked for, protection does not wait for it. */
function learnSize(trade: LiveTrade, now: Instant): Step {
  const known = Number(trade.position.qty) > 0 && trade.position.doubtfulFlats === 0;
  if (known || isPending(trade, 'position') || !due(trade.asked.position, UNSEEN_MS, now)) return { trade, wishes: [] };
  const asked = { ...trade.asked, position: now };
  const wishes: Wish[] = [{ kind: 'readPosition' }];
  const held = withPending({ ...trade, asked }, 'position');
  if (trade.position.doubtfulFlats === 0 || isPending(trade, 'fills')) return { trade: held, wishes };
  wishes.push({ kind: 'readFills', fromMs: earliestFillMs(trade) ?? trade.plan.signal.barCloseMs });
  return { trade: withPending(held, 'fills'), wishes };
}

/** Fills that nobody heard, because the process was dead or the stream away: the books of an open trade need them before its end. */
function learnFills(trade: LiveTrade, now: Instant): Step {
  const since = trade.openedMs === null ? 0 : now.venueMs - trade.openedMs;
  if (since < FILLS_DUE_MS || isPending(trade, 'fills') || !due(trade.settle.polled, FILLS_AGAIN_MS, now))
    return { trade, wishes: [] };
  if (compare(ledgerOf(trade).entryQty, parseDecimal(trade.position.qty)) >= 0) return { trade, wishes: [] };
  const asked: LiveTrade = { ...trade, settle: { ...trade.settle, polled: now } };
  const fromMs = earliestFillMs(trade) ?? trade.plan.signal.barCloseMs;
  return { trade: withPending(asked, 'fills'), wishes: [{ kind: 'readFills', fromMs }] };
}

const orderedToClose = (trade: LiveTrade, exitClass: 'naked' | 'stopPassed', code: string, text: string): Step => ({
  trade: markTold({ ...trade, exit: { ...trade.exit, wanted: exitClass } }, exitClass),
  wishes: [{ kind: 'tell', event: 'alarm', code, text: `${trade.plan.symbol}: ${text}` }],
});

/** The venue refused the stop because the price is beyond it. */
function tellPassed(trade: LiveTrade): Step {
  if (trade.exit.wanted !== 'stopPassed' || wasTold(trade, 'stopPassed')) return { trade, wishes: [] };
  const text = `${trade.plan.symbol}: the price is already past the stop; closing at market`;
  return { trade: markTold(trade, 'stopPassed'), wishes: [{ kind: 'tell', event: 'alarm', code: 'stopPassed', text }] };
}

/** The timer decides: too long without a stop, or a stop that fired and left the position open. */
function giveUp(trade: LiveTrade, now: Instant): Step {
  if (trade.exit.wanted !== null) return { trade, wishes: [] };
  const hung = trade.resting.some(
    (o) => o.role !== 't' && o.status === 'fired' && o.fired !== null && wallSince(o.fired, now) >= FIRED_GRACE_MS,
  );
  if (hung)
    return orderedToClose(trade, 'stopPassed', 'stopHung', 'the stop fired and the position is still open; closing at market');
  if (trade.nakedSince === null || wallSince(trade.nakedSince, now) < NAKED_LIMIT_MS) return { trade, wishes: [] };
  return orderedToClose(trade, 'naked', 'naked', 'no live stop for 10 s; closing at market');
}

function becameLive(trade: LiveTrade): Step {
  if (trade.nakedSince === null) return { trade, wishes: [] };
  const held: LiveTrade = { ...trade, nakedSince: null, stopRetry: { since: null, waitMs: 0, bridge: 'no' } };
  if (!wasTold(held, 'protected')) {
    return { trade: markTold(held, 'protected'), wishes: [{ kind: 'tell', event: 'protected', code: 'protected', text: '' }] };
  }
  if (wasTold(held, resumedMark(held))) return { trade: held, wishes: [] };
  return {
    trade: held,
    wishes: [
      {
        kind: 'tell',
        event: 'alarm',
        code: 'stopRestored',
        text: `${trade.plan.symbol}: the stop had disappeared and was restored`,
      },
    ],
  };
}

/** A missing target costs profit, not safety: it is tried again at leisure and never a reason to close. */
function placeTarget(trade: LiveTrade, now: Instant): Step {
  const { since, failures } = trade.targetRetry;
  if (trade.exit.wanted !== null || failures >= TARGET_FAILURES || (since !== null && !due(since, TARGET_RETRY_MS, now)))
    return { trade, wishes: [] };
  if (trade.resting.some((order) => order.role === 't' && order.status !== 'gone')) return { trade, wishes: [] };
  const placed = rest(trade, 't', now);
  if (failures !== 3 || wasTold(trade, 'targetFailing')) return placed;
  const text = `${trade.plan.symbol}: the target order is refused again and again; the stop rests as it should`;
  return {
    trade: markTold(placed.trade, 'targetFailing'),
    wishes: [...placed.wishes, { kind: 'tell', event: 'alarm', code: 'targetFailing', text }],
  };
}

export function wishesOfProtection(trade: LiveTrade, now: Instant): Step {
  if (trade.position.holding !== 'open') return { trade, wishes: [] };
  const looked = look(trade, now);
  const sized = learnSize(looked.trade, now);
  const before = [...looked.wishes, ...sized.wishes];
  if (stopIsLive(sized.trade, now)) {
    const live = becameLive(sized.trade);
    const complete = completeStop(live.trade, now);
    const target = placeTarget(complete.trade, now);
    const booked = learnFills(target.trade, now);
    const after = [live, complete, target, booked].flatMap(({ wishes }) => wishes);
    return { trade: booked.trade, wishes: [...before, ...after] };
  }
  const naked: LiveTrade = { ...sized.trade, nakedSince: sized.trade.nakedSince ?? now };
  const given = giveUp(naked, now);
  const told = tellPassed(given.trade);
  const placed = placeStop(told.trade, now);
  return { trade: placed.trade, wishes: [...before, ...given.wishes, ...told.wishes, ...placed.wishes] };
}
