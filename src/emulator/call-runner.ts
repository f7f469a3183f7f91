// Emulator, WS-API: one call carried out over the route that does its work, faults included.
import { authoriseCall, type Credentials } from './auth.ts';
import type { CallTarget } from './call-methods.ts';
import type { ClockSkew } from './clock-skew.ts';
import { faultAnswer, isExempt, isUnknownOutcome } from './fault-answers.ts';
import type { FaultPlan, FaultRule } from './faults.ts';
import type { Limits } from './limits.ts';
import type { MarketClock } from './market-clock.ts';
import { type ExchangeRequest, Params } from './request.ts';
import type { RouteRunner } from './route-runner.ts';
import { VenueRefusal } from './venue-error.ts';

export interface Callers {
  readonly runner: RouteRunner;
  readonly credentials: Credentials;
  readonly clock: MarketClock;
  readonly skew: ClockSkew;
  readonly limits: Limits;
  readonly faults: FaultPlan;
  /** Our own mistake: told, then answered as the venue answers one of its. */
  readonly onFailure: (error: unknown) => void;
}

/** What a call comes to. */
export type Outcome =
  | { readonly status: 200; readonly result: unknown; readonly pool: 'weight' | 'orders' }
  | { readonly status: number; readonly error: Readonly<Record<string, unknown>> };

type Fields = Readonly<Record<string, unknown>>;

/** Null where the request or its answer is lost on the way. */
export async function carryOut(callers: Callers, target: CallTarget, fields: Fields): Promise<Outcome | null> {
  const { faults } = callers;
  const params = Params.of(fields);
  const subject = { method: target.method, path: target.path, symbol: params.text('symbol') ?? '' };
  const before = faults.strike('before', subject);
  if (before?.switch === 'req.drop') return null;
  if (before !== null) await pause(before);
  const instead = isExempt(faults, { ...subject, reduceOnly: params.text('reduceOnly') })
    ? null
    : faults.strike('instead', subject);
  const outcome = instead === null ? run(callers, target, fields) : spoiled(callers, instead, () => run(callers, target, fields));
  const after = faults.strike('after', subject);
  if (after === null) return outcome;
  if (after.switch !== 'res.late') return null;
  await pause(after);
  return outcome;
}

function spoiled(callers: Callers, rule: FaultRule, work: () => Outcome): Outcome {
  const executes = rule.value === undefined || callers.faults.luck() < rule.value;
  if (isUnknownOutcome(rule) && executes) {
    try {
      work();
    } catch (cause) {
      // Refused or not: the caller hears of neither.
      if (!(cause instanceof VenueRefusal)) throw cause;
    }
  }
  const answer = faultAnswer(rule);
  const error = answer.body.startsWith('{') ? JSON.parse(answer.body) : { code: -1000, msg: answer.body };
  return { status: answer.status, error };
}

function run(callers: Callers, target: CallTarget, fields: Fields): Outcome {
  const { runner, credentials, clock, skew } = callers;
  const route = runner.find(target.method, target.path);
  if (route === null) throw new VenueRefusal(-1020, 'This operation is not supported.');
  const key = fields['apiKey'];
  const request: ExchangeRequest = {
    method: target.method,
    path: target.path,
    rawQuery: '',
    rawBody: '',
    apiKey: typeof key === 'string' ? key : null,
    params: Params.of(fields),
  };
  const proof = { credentials, clock: { nowMs: skew.seen(clock.now()), windowScale: clock.windowScale } };
  const text = runner.run(route, request, () => authoriseCall(request, fields, route.security, proof));
  return { status: 200, result: JSON.parse(text), pool: route.pool === 'order' ? 'orders' : 'weight' };
}

const pause = (rule: FaultRule): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, rule.value ?? 1_000).unref();
  });
