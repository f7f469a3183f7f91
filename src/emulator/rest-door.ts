// Emulator, the door: every REST request passes here — faults, weight, key and signature, order limits, the route, and
// the account on disk before an answer leaves.
import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { authorise, type Credentials } from './auth.ts';
import type { Desk } from './desk.ts';
import type { FaultPlan, FaultRule } from './faults.ts';
import { type Answer, jsonText, readBody, writeAnswer, writeHalf } from './http-answer.ts';
import type { Limits } from './limits.ts';
import type { MarketClock } from './market-clock.ts';
import { type ExchangeRequest, Params } from './request.ts';
import type { Route } from './route.ts';
import { VenueRefusal } from './venue-error.ts';

export interface RestDoorOptions {
  readonly routes: readonly Route[];
  readonly credentials: Credentials;
  readonly clock: MarketClock;
  readonly desk: Desk;
  readonly limits: Limits;
  readonly faults: FaultPlan;
  /** Puts the account on disk, if it changed. */
  readonly save: () => void;
  /** Our own mistake: told, then answered as the venue answers one of its. */
  readonly onFailure: (error: unknown) => void;
}

const UNKNOWN_ERROR: Answer = errorAnswer(503, -1000, 'Unknown error, please check your request or try again later.');
const HUNG_MS = 60_000;

export class RestDoor {
  readonly #options: RestDoorOptions;
  readonly #routes: ReadonlyMap<string, Route>;

  constructor(options: RestDoorOptions) {
    this.#options = options;
    this.#routes = new Map(options.routes.map((route) => [`${route.method} ${route.path}`, route]));
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
    const subject = { method: request.method, path: request.path, symbol: request.params.text('symbol') ?? '' };
    const before = faults.strike('before', subject);
    if (before?.switch === 'req.drop') return hang(response, done);
    if (before?.switch === 'req.late') await late(before, done);
    const instead = this.#exempt(request) ? null : faults.strike('instead', subject);
    const answer = instead === null ? this.#answer(request) : this.#fail(request, instead);
    const after = faults.strike('after', subject);
    if (after === null) return writeAnswer(response, answer);
    await spoil(response, answer, { rule: after, done });
  }

  /** Reduce-only orders and everything that is no order pass the venue's overload protection. */
  #exempt(request: ExchangeRequest): boolean {
    const throttles = this.#options.faults.armed().some((rule) => rule.switch === 'res.1008');
    if (!throttles) return false;
    const isEntry =
      request.method === 'POST' && request.path === '/fapi/v1/order' && request.params.text('reduceOnly') !== 'true';
    return !isEntry;
  }

  /** Answers as the fault says; the unknown outcomes execute with probability `value` (1 when not given). */
  #fail(request: ExchangeRequest, rule: FaultRule): Answer {
    const executed = (): void => {
      if (rule.value === undefined || this.#options.faults.luck() < rule.value) this.#answer(request);
    };
    switch (rule.switch) {
      case 'res.503u':
        executed();
        return this.#withWeight(UNKNOWN_ERROR);
      case 'res.1007':
        executed();
        return this.#withWeight(
          errorAnswer(
            408,
            -1007,
            'Timeout waiting for response from backend server. Send status unknown; execution status unknown.',
          ),
        );
      case 'res.503f':
        return this.#withWeight({ status: 503, body: 'Service Unavailable.', headers: {} });
      case 'res.1008':
        return this.#withWeight(
          errorAnswer(
            503,
            -1008,
            'Request throttled by system-level protection. Reduce-only/close-position orders are exempt. Please try again.',
          ),
        );
      case 'res.html':
        return {
          status: rule.value ?? 403,
          body: '<html><body><h1>ERROR: The request could not be satisfied</h1></body></html>',
          headers: {},
          contentType: 'text/html',
        };
      default:
        return this.#withWeight(errorAnswer(400, rule.value ?? -1000, `Injected refusal ${rule.value ?? -1000}.`));
    }
  }

  #answer(request: ExchangeRequest): Answer {
    try {
      return this.#run(request);
    } catch (cause) {
      if (cause instanceof VenueRefusal) return this.#refused(cause);
      this.#options.onFailure(cause);
      return this.#withWeight(errorAnswer(500, -1000, 'An unknown error occurred while processing the request.'));
    }
  }

  #run(request: ExchangeRequest): Answer {
    const { clock, limits, credentials, desk, save } = this.#options;
    const route = this.#routes.get(`${request.method} ${request.path}`);
    if (route === undefined)
      throw new VenueRefusal(-5000, `Path ${request.path}, Method ${request.method} is invalid`, { httpStatus: 404 });
    limits.takeWeight(clock.now(), route.weight(request.params), clock.speed);
    authorise(request, route.security, credentials, { nowMs: clock.now(), windowScale: clock.windowScale });
    if (route.pool === 'order') limits.takeOrder(clock.now());
    try {
      const body = jsonText(route.handle(request));
      return this.#withWeight({ status: 200, body, headers: route.pool === 'order' ? limits.orderHeaders(clock.now()) : {} });
    } finally {
      // A refused order may have moved prices and woken others; nothing that was done may be forgotten by a crash.
      desk.flush();
      save();
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

function errorAnswer(status: number, code: number, msg: string): Answer {
  return { status, body: JSON.stringify({ code, msg }), headers: {} };
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

/** Late means late for the venue as well: its clock goes on meanwhile. */
async function late(rule: FaultRule, done: () => void): Promise<void> {
  done();
  await pause(rule.value ?? 1_000);
}

async function spoil(
  response: ServerResponse,
  answer: Answer,
  fault: { readonly rule: FaultRule; readonly done: () => void },
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
      await late(fault.rule, fault.done);
      return writeAnswer(response, answer);
  }
}
