// Floor 1, the book: what is known of our conditional orders. An answer makes one `sent`, sight makes it `live`.
import { parseClientId } from '../core/client-id.ts';
import type { ConditionalState, PlaceResult } from '../core/orders.ts';
import type { ClientOrderId } from '../core/units.ts';
import { stepsWithin, ticksWithin, wallSince } from './lifecycle-trade.ts';
import type { Instant, LiveTrade, RestingOrder } from './lifecycle-types.ts';

const EXISTS_ALREADY = -4130;
const DUPLICATE_NAME = -4116;
const POSITION_NOT_VISIBLE = -4509;
/** The price is beyond the trigger already: there is nothing left to wait for. */
const WOULD_TRIGGER_NOW: readonly (number | null)[] = [-2021, -4142];
const REDUCE_ONLY_REJECTED = -2022;
const REDUCE_ONLY_CONFLICT = -4118;
/** An accepted order that a later list does not show is taken for lost after this long. */
const SIGHT_MS = 1_000;

const update = (trade: LiveTrade, clientId: string, change: Partial<RestingOrder>): LiveTrade => ({
  ...trade,
  resting: trade.resting.map((order) => (order.clientId === clientId ? { ...order, ...change } : order)),
});

/** An order on the venue that carries this trade's id and is not in our book: a restart with an older journal, or a late packet. */
function adopt(trade: LiveTrade, state: ConditionalState, now: Instant): LiveTrade {
  const parsed = parseClientId(state.clientId);
  if (parsed === null || (parsed.role !== 'a' && parsed.role !== 'w' && parsed.role !== 't')) return trade;
  const order: RestingOrder = {
    clientId: state.clientId as ClientOrderId,
    role: parsed.role,
    trigger: ticksWithin(state.triggerPrice, trade.grid),
    coverage: state.closePosition ? { kind: 'closePosition' } : { kind: 'reduceOnly', steps: stepsWithin(state.qty, trade.grid) },
    status: 'sent',
    sent: now,
    fired: null,
    verified: null,
  };
  const attempts = { ...trade.attempts, [parsed.role]: Math.max(trade.attempts[parsed.role], parsed.attempt + 1) };
  return { ...trade, attempts, resting: [...trade.resting, order] };
}

export function seeConditional(trade: LiveTrade, state: ConditionalState, now: Instant): LiveTrade {
  if (parseClientId(state.clientId)?.tradeId !== trade.plan.tradeId) return trade;
  const known = trade.resting.some((order) => order.clientId === state.clientId) ? trade : adopt(trade, state, now);
  const order = known.resting.find((o) => o.clientId === state.clientId);
  if (order === undefined) return known;
  switch (state.status) {
    case 'new':
      // A late "new" does not bring back what has fired or gone.
      return order.status === 'sending' || order.status === 'sent' || order.status === 'live'
        ? update(known, order.clientId, { status: 'live', verified: now })
        : known;
    case 'triggering':
    case 'triggered':
    case 'finished':
    // A trigger whose child was refused leaves the position open: it is handled as fired, and its grace runs out.
    case 'rejected':
      return order.status === 'gone' ? known : update(known, order.clientId, { status: 'fired', fired: order.fired ?? now });
    case 'canceled':
    case 'expired':
      return update(known, order.clientId, { status: 'gone' });
  }
}

/** The venue's list of open conditionals, asked at `asked`. Orders sent after that moment cannot be on it. */
export function seeConditionalList(
  trade: LiveTrade,
  list: readonly ConditionalState[],
  moments: { readonly asked: Instant; readonly now: Instant },
): LiveTrade {
  const { asked, now } = moments;
  const seen = list.reduce((held, state) => seeConditional(held, state, now), trade);
  const listed = new Set(list.map((state) => state.clientId));
  return {
    ...seen,
    resting: seen.resting.map((order): RestingOrder => {
      if (listed.has(order.clientId)) return order;
      if (order.status === 'live' && order.verified !== null && wallSince(order.verified, asked) >= 0)
        return { ...order, status: 'sent', sent: asked };
      if (order.status === 'sent' && wallSince(order.sent, asked) >= SIGHT_MS) return { ...order, status: 'gone' };
      return order;
    }),
  };
}

const RETRY_SOON_MS = 250;
const RETRY_MS = 500;

/** The position may be a moment late (once); refused again, its known quantity is covered beside it. */
const sooner = (bridge: LiveTrade['stopRetry']['bridge']): LiveTrade['stopRetry']['bridge'] =>
  bridge === 'no' ? 'soon' : 'needed';

function refusedStop(trade: LiveTrade, code: number, now: Instant): LiveTrade {
  if (WOULD_TRIGGER_NOW.includes(code) && trade.exit.wanted === null && trade.position.holding === 'open') {
    return {
      ...trade,
      exit: { ...trade.exit, wanted: 'stopPassed' },
      stopRetry: { ...trade.stopRetry, since: now, waitMs: RETRY_MS },
    };
  }
  const waitMs = code === POSITION_NOT_VISIBLE ? RETRY_SOON_MS : RETRY_MS;
  return {
    ...trade,
    stopRetry: {
      since: now,
      waitMs,
      bridge: code === POSITION_NOT_VISIBLE ? sooner(trade.stopRetry.bridge) : trade.stopRetry.bridge,
    },
  };
}

/** Where the price has reached the target what the target was to do is done now; any other refusal is no reason to close. */
function refusedTarget(trade: LiveTrade, code: number | null, now: Instant): LiveTrade {
  if (WOULD_TRIGGER_NOW.includes(code) && trade.exit.wanted === null && trade.position.holding === 'open')
    return { ...trade, exit: { ...trade.exit, wanted: 'targetPassed' } };
  return { ...trade, targetRetry: { since: now, failures: trade.targetRetry.failures + 1 } };
}

const isMoved = ({ management }: LiveTrade, order: RestingOrder): boolean =>
  order.role === 'w' && management.stop !== null && order.trigger === management.stop;

/** Some venues count two quantity stops against one position: then the old one goes first, under cover of the disaster stop. */
function refusedMove(trade: LiveTrade, code: number | null, now: Instant): LiveTrade {
  const { management } = trade;
  const tooMuch = code === REDUCE_ONLY_REJECTED || code === REDUCE_ONLY_CONFLICT;
  const retry = { since: tooMuch ? null : now, failures: management.retry.failures + 1 };
  return { ...trade, management: { ...management, retry, order: tooMuch ? 'cancelFirst' : management.order } };
}

export function foldRestingAnswer(trade: LiveTrade, clientId: ClientOrderId, result: PlaceResult, now: Instant): LiveTrade {
  const order = trade.resting.find((o) => o.clientId === clientId);
  if (order === undefined || order.status !== 'sending') return trade;
  const code = result.kind === 'accepted' ? null : (result.code ?? null);
  if (result.kind === 'accepted' || result.kind === 'unknown' || code === DUPLICATE_NAME) {
    return update(trade, clientId, { status: 'sent', sent: now });
  }
  const refused = update(trade, clientId, { status: 'gone' });
  if (isMoved(trade, order) && !WOULD_TRIGGER_NOW.includes(code)) return refusedMove(refused, code, now);
  if (order.role === 't') return refusedTarget(refused, code, now);
  if (code === EXISTS_ALREADY) {
    // One of ours may be there under an earlier name: the list tells. If none is ours, a quantity stop covers beside it.
    const asked = { ...refused.asked, conditionals: null };
    return { ...refused, asked, stopRetry: { since: now, waitMs: RETRY_MS, bridge: 'needed' } };
  }
  return refusedStop(refused, result.kind === 'rejected' ? result.code : 0, now);
}
