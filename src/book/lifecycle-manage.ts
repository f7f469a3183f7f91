// Floor 1, the book: the working stop and the half that is taken off. The disaster stop is never touched: a moved stop is a second
// one, by quantity, placed and seen before the one it replaces is cancelled (reliability.md §3.5).

import { priceToTicks, stopToTicks, ticksToPrice } from '../core/grid.ts';
import { closingAction, type Steps, sideSign, type Ticks } from '../core/units.ts';
import { rest } from './lifecycle-rest.ts';
import {
  due,
  isPending,
  markTold,
  NO_MANAGEMENT,
  nextName,
  resumedMark,
  stepsWithin,
  stopIsLive,
  wallSince,
  wasTold,
  withPending,
} from './lifecycle-trade.ts';
import type { Instant, LiveTrade, ManagementFacts, RestingOrder, Step, TradeInput, Wish } from './lifecycle-types.ts';
import { breakEvenPrice, type ManagedTrade, manage } from './management.ts';

const RETRY_MS = 5_000;
const FAILURES_BEFORE_ALARM = 3;
const MAX_FAILURES = 20;
/** Reserve against the 1,296 names of a role. */
const STOP_ATTEMPTS = 1_000;
/** How long a part that was sent may stay without effect before a person is told; it is not sent again. */
const PARTIAL_UNCLEAR_MS = 10_000;

/** Where the stop belongs now: the plan's place, or where it was moved to. */
export const currentStop = (trade: LiveTrade): Ticks => trade.management.stop ?? trade.plan.stop;

/** Rounded toward profit: a tick less would not pay the costs. */
export function breakEvenTicks(trade: LiveTrade): Ticks {
  const { side } = trade.plan;
  const price = breakEvenPrice({ side, entry: Number(trade.position.entryPrice) }, trade.costFraction);
  return priceToTicks(price, trade.grid, side === 'long' ? 'up' : 'down');
}

const isNearer = (trade: LiveTrade, stop: Ticks): boolean => (stop - currentStop(trade)) * sideSign(trade.plan.side) > 0;

const withManagement = (trade: LiveTrade, change: Partial<ManagementFacts>): LiveTrade => ({
  ...trade,
  management: { ...trade.management, ...change },
});

/** Only toward profit: a stop that would stand farther away than the one there is stays where it is. */
function moveTo(trade: LiveTrade, stop: Ticks, cause: NonNullable<ManagementFacts['cause']>): LiveTrade {
  if (!isNearer(trade, stop)) return trade;
  return withManagement(trade, { stop, from: currentStop(trade), cause, retry: { since: null, failures: 0 } });
}

function managedOf(trade: LiveTrade): ManagedTrade | null {
  const { plan, grid, position, openedMs } = trade;
  const entry = Number(position.entryPrice);
  if (position.holding !== 'open' || trade.exit.wanted !== null || !(entry > 0) || openedMs === null) return null;
  return {
    side: plan.side,
    entry,
    risk: Math.abs(ticksToPrice(plan.entry, grid) - ticksToPrice(plan.stop, grid)),
    stop: ticksToPrice(currentStop(trade), grid),
    openedMs,
    partial: trade.management.autoPartial,
  };
}

/** A closed bar of this symbol, with the trend timeframe as it stood at that close. */
export function foldManagedBar(trade: LiveTrade, input: Extract<TradeInput, { kind: 'bar' }>): LiveTrade {
  const managed = managedOf(trade);
  // The bar of the entry began before the position did: its extremes are not ours.
  if (managed === null || input.bar.openMs < managed.openedMs) return trade;
  let held = trade;
  for (const act of manage(managed, input.bar, input.trend, input.settings)) {
    switch (act.kind) {
      case 'exit':
        return { ...held, exit: { ...held.exit, wanted: 'reversal' } };
      case 'partial':
        held = foldHalf(withManagement(held, { autoPartial: 'taken' }));
        break;
      case 'moveStop':
        held = moveTo(
          held,
          act.cause === 'breakEven' ? breakEvenTicks(held) : stopToTicks(act.price, held.plan.side, held.grid),
          act.cause,
        );
    }
  }
  return held;
}

/** Half of what is held, whole steps, rounded down; a part that is on its way is not halved again. */
export function foldHalf(trade: LiveTrade): LiveTrade {
  const { partial } = trade.management;
  if (trade.position.holding !== 'open' || trade.exit.wanted !== null || partial.state !== 'none') return trade;
  const size = stepsWithin(trade.position.qty, trade.grid);
  const taken = Math.min(Math.floor(size / 2), trade.maxMarketSteps) as Steps;
  if (taken === 0) return trade;
  return withManagement(trade, { partial: { state: 'wanted', left: (size - taken) as Steps, taken, sent: null } });
}

/** Why a person's wish for break-even cannot be granted at this mark; null = it can. */
export function breakEvenRefusal(trade: LiveTrade, mark: number): string | null {
  if (managedOf(trade) === null) return 'there is no open position';
  const stop = breakEvenTicks(trade);
  if (!isNearer(trade, stop)) return 'the stop stands there already, or better';
  const free = (mark - ticksToPrice(stop, trade.grid)) * sideSign(trade.plan.side);
  return free > 0 ? null : 'the price is not beyond the break-even price';
}

export const foldBreakEven = (trade: LiveTrade): LiveTrade =>
  managedOf(trade) === null ? trade : moveTo(trade, breakEvenTicks(trade), 'command');

/** After a restart: the working stops that the journal knows say how far the stop had been moved. */
export function resumeManagement(trade: LiveTrade): LiveTrade {
  const moved = trade.resting
    .filter((order) => order.role === 'w')
    .reduce((held, o) => moveTo(held, o.trigger, 'command'), trade);
  const known = markTold(moved, resumedMark(moved));
  return withManagement(known, { from: null, cause: null, autoPartial: trade.attempts.x > 0 ? 'taken' : 'open' });
}

const isThere = ({ status }: RestingOrder): boolean => status !== 'gone';
const none = (trade: LiveTrade): Step => ({ trade, wishes: [] });

function cancelOthers(trade: LiveTrade, kept: RestingOrder | null): Step {
  const wishes: Wish[] = [];
  let next = trade;
  for (const { clientId, role, status } of trade.resting) {
    const old = role === 'w' && clientId !== kept?.clientId && (status === 'live' || status === 'sent');
    if (!old || isPending(next, `cancel:${clientId}`)) continue;
    next = withPending(next, `cancel:${clientId}`);
    wishes.push({ kind: 'cancel', clientId });
  }
  return { trade: next, wishes };
}

function tellMoved(trade: LiveTrade, order: RestingOrder): Step {
  const key = `stopMoved:${order.trigger}`;
  if (trade.management.from === null || wasTold(trade, key)) return none(trade);
  return {
    trade: markTold(trade, key),
    wishes: [{ kind: 'tell', event: 'stopMoved', code: trade.management.cause ?? 'trail', text: '' }],
  };
}

function placeWorking(trade: LiveTrade, now: Instant): Step {
  const { retry, order } = trade.management;
  const waits = retry.since !== null && !due(retry.since, RETRY_MS, now);
  if (waits || retry.failures >= MAX_FAILURES || trade.attempts.w >= STOP_ATTEMPTS) return none(trade);
  if (order === 'newFirst') return rest(trade, 'w', now);
  const others = trade.resting.some((o) => o.role === 'w' && isThere(o));
  return others ? cancelOthers(trade, null) : rest(trade, 'w', now);
}

/** The moved stop: on the venue, seen, and then the only one of its kind. */
function workingStop(trade: LiveTrade, now: Instant): Step {
  const wanted = trade.management.stop;
  if (wanted === null || trade.exit.wanted !== null || !stopIsLive(trade, now)) return none(trade);
  if (stepsWithin(trade.position.qty, trade.grid) === 0) return none(trade);
  const there = trade.resting.filter((order) => order.role === 'w' && order.trigger === wanted && isThere(order));
  if (there.length === 0) return placeWorking(trade, now);
  const live = there.find((order) => order.status === 'live');
  if (live === undefined) return none(trade);
  const told = tellMoved(trade, live);
  const cleared = cancelOthers(told.trade, live);
  return { trade: cleared.trade, wishes: [...told.wishes, ...cleared.wishes] };
}

/** Sent once: half of a half is nobody's wish, so a part without an answer is looked at, never repeated. */
function partial(trade: LiveTrade, now: Instant): Step {
  const facts = trade.management.partial;
  if (facts.state === 'none' || trade.position.holding !== 'open') return none(trade);
  if (facts.state === 'wanted')
    return trade.exit.wanted !== null || isPending(trade, 'close') ? none(trade) : sendPartial(trade, now);
  const size = stepsWithin(trade.position.qty, trade.grid);
  const cleared = withManagement(trade, { partial: NO_MANAGEMENT.partial });
  if (size <= facts.left)
    return { trade: cleared, wishes: [{ kind: 'tell', event: 'partial', code: 'partial', text: String(facts.taken) }] };
  if (isPending(trade, 'close') || facts.sent === null || wallSince(facts.sent, now) < PARTIAL_UNCLEAR_MS) return none(trade);
  const text = `${trade.plan.symbol}: taking half off had no effect; the position is as large as before`;
  return { trade: cleared, wishes: [{ kind: 'tell', event: 'alarm', code: 'partialFailed', text }] };
}

function sendPartial(trade: LiveTrade, now: Instant): Step {
  const { taken } = trade.management.partial;
  const named = nextName(trade, 'x');
  const order = {
    symbol: trade.plan.symbol,
    clientId: named.clientId,
    action: closingAction(trade.plan.side),
    steps: taken,
    effect: 'reduce' as const,
  };
  const sent = withManagement(named.trade, { partial: { ...trade.management.partial, state: 'sent', sent: now } });
  return { trade: withPending(sent, 'close'), wishes: [{ kind: 'close', order }] };
}

function tellHardClose(trade: LiveTrade): Step {
  if (trade.exit.wanted !== 'hardClose' || wasTold(trade, 'hardClose')) return none(trade);
  const text = `${trade.plan.symbol}: the loss passed the last line behind the stop; closing at market`;
  return { trade: markTold(trade, 'hardClose'), wishes: [{ kind: 'tell', event: 'alarm', code: 'hardClose', text }] };
}

function tellFailing(trade: LiveTrade): Step {
  if (trade.management.retry.failures < FAILURES_BEFORE_ALARM || wasTold(trade, 'stopMoveFailing')) return none(trade);
  const text = `${trade.plan.symbol}: the moved stop is refused again and again; the one of the plan rests as it should`;
  return { trade: markTold(trade, 'stopMoveFailing'), wishes: [{ kind: 'tell', event: 'alarm', code: 'stopMoveFailing', text }] };
}

export function wishesOfManagement(trade: LiveTrade, now: Instant): Step {
  if (trade.position.holding !== 'open') return none(trade);
  const wishes: Wish[] = [];
  let held = trade;
  for (const room of [tellHardClose, partial, workingStop, tellFailing]) {
    const step = room(held, now);
    held = step.trade;
    wishes.push(...step.wishes);
  }
  return { trade: held, wishes };
}
