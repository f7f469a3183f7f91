// Floor 1, the book: closing at market. Reduce-only, sized by the venue's own position, repeated under new names until the
// position is flat: an exit is idempotent by its effect, so sending it again is safe where an entry's would not be.
import { hasOwnName } from '../core/client-id.ts';
import { closingAction, type Steps } from '../core/units.ts';
import { due, isPending, nextName, stepsWithin, withPending } from './lifecycle-trade.ts';
import type { Instant, LiveTrade, Step, Wish } from './lifecycle-types.ts';

const REPEAT_MS = 2_000;
/** A venue may be deaf for hours: after ten minutes of refusals the repeats get slower. */
const SLOW_REPEAT_MS = 10_000;
const ATTEMPTS_AT_FULL_PACE = 300;
const SIZE_MS = 500;

function readSize(trade: LiveTrade, now: Instant): Step {
  if (isPending(trade, 'position') || !due(trade.asked.position, SIZE_MS, now)) return { trade, wishes: [] };
  const asked = { ...trade.asked, position: now };
  return { trade: withPending({ ...trade, asked }, 'position'), wishes: [{ kind: 'readPosition' }] };
}

/** When the names of one role are used up the other's go on, and then they come round again. */
function roleOf(trade: LiveTrade): 'r' | 'x' {
  const rescue = trade.exit.wanted === 'naked' || trade.exit.wanted === 'stopPassed';
  const roles: readonly ('r' | 'x')[] = rescue ? ['r', 'x'] : ['x', 'r'];
  return roles.find((role) => hasOwnName(trade.attempts[role])) ?? 'x';
}

const repeatMs = (trade: LiveTrade): number =>
  trade.attempts.x + trade.attempts.r < ATTEMPTS_AT_FULL_PACE ? REPEAT_MS : SLOW_REPEAT_MS;

function close(trade: LiveTrade, size: Steps, now: Instant): Step {
  const named = nextName(trade, roleOf(trade));
  // More than one market order may carry is closed piece by piece; the next repeat takes what is left.
  const steps = Math.min(size, trade.maxMarketSteps) as Steps;
  const order = {
    symbol: trade.plan.symbol,
    clientId: named.clientId,
    action: closingAction(trade.plan.side),
    steps,
    effect: 'reduce' as const,
  };
  const held = { ...named.trade, exit: { ...named.trade.exit, sent: now } };
  return { trade: withPending(held, 'close'), wishes: [{ kind: 'close', order }] };
}

export function wishesOfExit(trade: LiveTrade, now: Instant): Step {
  if (trade.exit.wanted === null || trade.position.holding !== 'open') return { trade, wishes: [] };
  const wishes: Wish[] = [];
  let next = trade;
  const size = stepsWithin(trade.position.qty, trade.grid);
  if (size > 0 && !isPending(next, 'close') && due(next.exit.sent, repeatMs(next), now)) {
    const closed = close(next, size, now);
    next = closed.trade;
    wishes.push(...closed.wishes);
  }
  // Nothing heard since the close was sent, or its size never known: ask the position.
  if (size === 0 || (next.exit.sent !== null && next.exit.sent !== now && !isPending(next, 'close'))) {
    const read = readSize(next, now);
    next = read.trade;
    wishes.push(...read.wishes);
  }
  return { trade: next, wishes };
}
