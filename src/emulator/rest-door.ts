// Emulator, the door: every REST request passes here — faults, weight, key and signature, order limits, the route, and
// the account on disk before an answer leaves.
import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { authorise, type Credentials } from './auth.ts';
import type { ClockSkew } from './clock-skew.ts';
import { errorAnswer, faultAnswer, isExempt, isUnknownOutcome } from './fault-answers.ts';
import type { FaultPlan, FaultRule } from './faults.ts';
import { type Answer, readBody, writeAnswer, writeHalf } from './http-answer.ts';
import type { Limits } from './limits.ts';
import type { MarketClock } from './market-clock.ts';
import { type ExchangeRequest, Params } from './request.ts';
import type { Route } from './route.ts';
import type { RouteRunner } from './route-runner.ts';
import { VenueRefusal } from './venue-error.ts';

export interface RestDoorOptions {
  readonly runner: RouteRunner;
  readonly credentials: Credentials;
  readonly clock: MarketClock;
  readonly limits: Limits;
  readonly faults: FaultPlan;
  readonly skew: ClockSkew;
  /** Our own mistake: told, then answered as the venue answers one of its. */
  readonly onFailure: (error: unknown) => void;
}

const HUNG_MS = 60_000;

/** The first place that looks at the time window of a request, or the second. */
type Road = 'gateway' | 'engine';

/** The matching engine has a code of its own for a window that closed on the way to it. */
const seenByEngine = (refusal: VenueRefusal): VenueRefusal =>
  refusal.code === -1021 ? new VenueRefusal(-5028, 'Timestamp for this request is outside of the ME recvWindow.') : refusal;

export class RestDoor {
  readonly #options: RestDoorOptions;

  constructor(options: RestDoorOptions) {
    this.#options = options;
  }

  async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const done = this.#options.clock.serving();
    // However the request ends, the clock must not stand still for it for ever.
    response.once('close', done);
    try {
      const request = await readRequest(incoming);
      await this.#play(request, response, done);
    } catch (cause) {
      this.#options.onFailure(cause);
      response.destroy();
    }
  }

  async #play(request: ExchangeRequest, response: ServerResponse, done: () => void): Promise<void> {
    const { faults } = this.#options;
    const cameMs = performance.now();
    const subject = { method: request.method, path: request.path, symbol: request.params.text('symbol') ?? '' };
    const before = faults.strike('before', subject);
    if (before?.switch === 'req.drop') return hang(response, done);
    const road = before?.switch === 'req.queued' ? 'engine' : 'gateway';
    const stopped = road === 'engine' ? this.#stoppedAtGateway(request) : null;
    if (stopped !== null) return writeAnswer(response, stopped);
    if (before !== null) await late(before, done);
    const instead = isExempt(faults, { ...subject, reduceOnly: request.params.text('reduceOnly') })
      ? null
      : faults.strike('instead', subject);
    await this.#options.runner.find(request.method, request.path)?.prepare?.(request.params);
    const answer = instead === null ? this.#answer(request, road) : this.#fail(request, instead);
    const after = faults.strike('after', subject);
    if (after === null) return writeAnswer(response, answer);
    await spoil(response, answer, { rule: after, cameMs, done });
  }

  /** Answers as the fault says; the unknown outcomes execute with probability `value` (1 when not given). */
  #fail(request: ExchangeRequest, rule: FaultRule): Answer {
    const executes = rule.value === undefined || this.#options.faults.luck() < rule.value;
    if (isUnknownOutcome(rule) && executes) this.#answer(request);
    const answer = faultAnswer(rule);
    return rule.switch === 'res.html' ? answer : this.#withWeight(answer);
  }

  #answer(request: ExchangeRequest, road: Road = 'gateway'): Answer {
    try {
      return this.#run(request);
    } catch (cause) {
      if (cause instanceof VenueRefusal) return this.#refused(road === 'engine' ? seenByEngine(cause) : cause);
      this.#options.onFailure(cause);
      return this.#withWeight(errorAnswer(500, -1000, 'An unknown error occurred while processing the request.'));
    }
  }

  #run(request: ExchangeRequest): Answer {
    const { clock, limits, runner } = this.#options;
    const route = runner.find(request.method, request.path);
    if (route === null)
      throw new VenueRefusal(-5000, `Path ${request.path}, Method ${request.method} is invalid`, { httpStatus: 404 });
    const body = runner.run(route, request, () => this.#authorise(request, route));
    if (route.pool === 'funding') return { status: 200, body, headers: {} };
    const ordering = route.pool === 'order' || route.pool === 'batch';
    return this.#withWeight({ status: 200, body, headers: ordering ? limits.orderHeaders(clock.now()) : {} });
  }

  #authorise(request: ExchangeRequest, route: Route): void {
    const { clock, credentials, skew } = this.#options;
    authorise(request, route.security, credentials, { nowMs: skew.seen(clock.now()), windowScale: clock.windowScale });
  }

  /** A request that never comes as far as the engine: its proof was wrong on arrival already. */
  #stoppedAtGateway(request: ExchangeRequest): Answer | null {
    const route = this.#options.runner.find(request.method, request.path);
    try {
      if (route !== null) this.#authorise(request, route);
      return null;
    } catch (cause) {
      if (!(cause instanceof VenueRefusal)) throw cause;
      return this.#refused(cause);
    }
  }

  #refused(refusal: VenueRefusal): Answer {
    const { clock } = this.#options;
    if (refusal.httpStatus === 429 || refusal.httpStatus === 418) clock.letMinuteTurn();
    return this.#withWeight({ ...errorAnswer(refusal.httpStatus, refusal.code, refusal.message), headers: refusal.headers });
  }

  #withWeight(answer: Answer): Answer {
    const used = String(this.#options.limits.usedWeight(this.#options.clock.now()));
    return { ...answer, headers: { 'x-mbx-used-weight-1m': used, ...answer.headers } };
  }
}

async function readRequest(incoming: IncomingMessage): Promise<ExchangeRequest> {
  const url = incoming.url ?? '/';
  const cut = url.indexOf('?');
  // Some clients send raw UTF-8 in the query; node hands it over as Latin-1.
  const rawQuery = cut < 0 ? '' : Buffer.from(url.slice(cut + 1), 'latin1').toString('utf8');
  const rawBody = await readBody(incoming);
  const key = incoming.headers['x-mbx-apikey'];
  return {
    method: incoming.method ?? 'GET',
    path: cut < 0 ? url : url.slice(0, cut),
    rawQuery,
    rawBody,
    apiKey: typeof key === 'string' && key !== '' ? key : null,
    params: new Params(rawQuery, rawBody),
  };
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });

/** Nothing ever comes back; the line is cut after a minute at the latest. */
function hang(response: ServerResponse, done: () => void): void {
  done();
  setTimeout(() => response.destroy(), HUNG_MS).unref();
}

/** Late means late for the venue as well: its clock goes on meanwhile. What has passed already counts. */
async function late(rule: FaultRule, done: () => void, sinceMs = performance.now()): Promise<void> {
  done();
  await pause((rule.value ?? 1_000) - (performance.now() - sinceMs));
}

async function spoil(
  response: ServerResponse,
  answer: Answer,
  fault: { readonly rule: FaultRule; readonly cameMs: number; readonly done: () => void },
): Promise<void> {
  switch (fault.rule.switch) {
    case 'res.drop':
      return hang(response, fault.done);
    case 'res.reset':
      response.destroy();
      return;
    case 'res.trunc':
      return writeHalf(response, answer);
    default:
      await late(fault.rule, fault.done, fault.cameMs);
      return writeAnswer(response, answer);
  }
}
