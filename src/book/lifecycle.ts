// Floor 1, the book: one trade's life. next(trade, input, now) folds what was heard into the facts, reads the state off them
// and answers with what is wanted of the world. Pure and total: any input may come in any state, in any order.
import type { AccountEvent } from '../core/orders.ts';
import { wishesOfEntry } from './lifecycle-entry.ts';
import { wishesOfExit } from './lifecycle-exit.ts';
import { fold } from './lifecycle-facts.ts';
import { wishesOfManagement } from './lifecycle-manage.ts';
import { wishesOfProtection } from './lifecycle-protect.ts';
import { wishesOfSettling } from './lifecycle-settle.ts';
import { markTold, stateOf, wallSince, wasTold } from './lifecycle-trade.ts';
import type { Instant, LiveTrade, Step, TradeInput } from './lifecycle-types.ts';

const ROOMS: readonly ((trade: LiveTrade, now: Instant) => Step)[] = [
  wishesOfEntry,
  wishesOfProtection,
  wishesOfManagement,
  wishesOfExit,
  wishesOfSettling,
  tellOpened,
];

/** Told once, as soon as the venue named the size and the price. */
function tellOpened(trade: LiveTrade): Step {
  const known = trade.position.holding !== 'none' && Number(trade.position.entryPrice) > 0;
  if (!known || wasTold(trade, 'opened')) return { trade, wishes: [] };
  return { trade: markTold(trade, 'opened'), wishes: [{ kind: 'tell', event: 'opened', code: 'opened', text: '' }] };
}

/** The version grows with every change that the journal keeps, at most by one a step. */
function versioned(before: LiveTrade, after: LiveTrade): LiveTrade {
  const same =
    before.state === after.state &&
    before.openedMs === after.openedMs &&
    before.closedMs === after.closedMs &&
    before.exitClass === after.exitClass;
  return same ? after : { ...after, version: before.version + 1 };
}

export function next(trade: LiveTrade, input: TradeInput, now: Instant): Step {
  let held = fold(trade, input, now);
  const wishes: Step['wishes'][number][] = [];
  for (const room of ROOMS) {
    const step = room(held, now);
    held = step.trade;
    wishes.push(...step.wishes);
  }
  return { trade: versioned(trade, { ...held, state: stateOf(held, now) }), wishes };
}

/** How long a trade may be waited for before the venue's clock is let go on: some things only time resolves. */
const PATIENCE_MS = 3_000;

/** True while an answer or an event that is on its way would still change something. */
export function isBusy(trade: LiveTrade, now: Instant): boolean {
  if (trade.pending.length > 0) return true;
  const recent = (since: Instant | null): boolean => since !== null && wallSince(since, now) < PATIENCE_MS;
  switch (trade.state) {
    case 'prepared':
    case 'sending':
      return true;
    case 'working':
      return recent(trade.entry.sent);
    case 'openNaked':
      return recent(trade.nakedSince);
    case 'exiting':
      return recent(trade.exit.sent);
    case 'settling':
      return recent(trade.sweep.flatAt) && trade.settle.fillsReadMs === null;
    case 'protected':
      return (
        trade.resting.some((order) => order.status === 'fired' && recent(order.fired)) ||
        trade.resting.some((order) => order.role === 'w' && order.status === 'sent' && recent(order.sent)) ||
        recent(trade.management.partial.sent)
      );
    case 'unknown':
    case 'journaled':
    case 'swept':
    case 'voidUnsent':
    case 'voidRejected':
    case 'voidFenced':
      return false;
  }
}

/** The symbol an account event speaks of, or null where it speaks of the account. */
export function symbolOf(event: AccountEvent): string | null {
  switch (event.kind) {
    case 'order':
    case 'conditional':
      return event.order.symbol;
    case 'fill':
      return event.fill.symbol;
    case 'position':
    case 'leverage':
      return event.symbol;
    case 'balance':
    case 'userStream':
      return null;
  }
}
