// Adapters, binance: the kinds of account requests, each with its lane, deadline and breaker. Reading and protecting are
// tried again once after our clock was measured anew; an entry never is.
import type { VenueContext } from './context.ts';
import { remedyOf } from './errors.ts';
import type { Answer, Request } from './request.ts';
import type { Params } from './sign.ts';

export interface AccountRead {
  readonly path: string;
  readonly params?: Params;
  readonly weight: number;
}

/** A read that protection rests on: one position, one order, one symbol's stops. */
export const protectiveRead = (context: VenueContext, read: AccountRead): Promise<Answer> =>
  resynced(context, {
    method: 'GET',
    ...read,
    lane: 'protect',
    auth: 'signed',
    breaker: 'none',
    recvWindowMs: context.pace.recvWindowMs,
    deadlineMs: context.pace.readDeadlineMs,
  });

/** A broad read for reconciliation and reports; its weight comes out of the account share. */
export const accountRead = (context: VenueContext, read: AccountRead): Promise<Answer> =>
  resynced(context, {
    method: 'GET',
    ...read,
    lane: 'account',
    auth: 'signed',
    breaker: 'none',
    recvWindowMs: context.pace.recvWindowMs,
    deadlineMs: context.pace.slowDeadlineMs,
  });

export interface Mutation {
  readonly method: 'POST' | 'DELETE';
  readonly path: string;
  readonly params: Params;
  readonly weight: number;
}

/** Stops, exits and cancels: their effect cannot be doubled, so they may be sent again. */
export const protect = (context: VenueContext, mutation: Mutation): Promise<Answer> =>
  resynced(context, {
    ...mutation,
    lane: 'protect',
    auth: 'signed',
    breaker: 'none',
    recvWindowMs: context.pace.recvWindowMs,
    deadlineMs: context.pace.orderDeadlineMs,
  });

/** Leverage and margin type: repeating one is harmless, and without them there is no entry anyway. */
export const change = (context: VenueContext, mutation: Mutation): Promise<Answer> =>
  resynced(context, {
    ...mutation,
    lane: 'account',
    auth: 'signed',
    breaker: 'entry',
    recvWindowMs: context.pace.recvWindowMs,
    deadlineMs: context.pace.readDeadlineMs,
  });

/** One send, ever. The deadline outlasts recvWindow, so that a late refusal is still heard. */
export const enter = (context: VenueContext, params: Params): Promise<Answer> =>
  context.rest.call({
    method: 'POST',
    path: '/fapi/v1/order',
    params,
    weight: 0,
    lane: 'protect',
    auth: 'signed',
    breaker: 'entry',
    recvWindowMs: context.pace.entryRecvWindowMs,
    deadlineMs: Math.max(context.pace.orderDeadlineMs, context.pace.entryRecvWindowMs + 500),
  });

async function resynced(context: VenueContext, request: Request): Promise<Answer> {
  const first = await context.rest.call(request);
  if (first.kind !== 'refused' || remedyOf(first) !== 'resync') return first;
  context.counts.add('our clock was off');
  return (await context.clock.resync()) ? context.rest.call(request) : first;
}
