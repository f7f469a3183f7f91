// Adapters, binance: one request, one answer. Total deadlines (a slow link that trickles bytes is an outage too), bodies
// parsed here so that a broken one is a named outcome, and nothing of key, signature or parameters in any message.
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Axios, type AxiosResponse, isAxiosError } from 'axios';
import type { WallClock } from '../../ports/clock.ts';
import type { VenueBreaker } from './breaker.ts';
import type { LimitReport, Permit, WeightGate } from './limiter.ts';
import type { Answer, Request } from './request.ts';
import { encodeParams, signPayload } from './sign.ts';
import type { VenueClock } from './venue-clock.ts';

export interface RestOptions {
  readonly restUrl: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly wall: WallClock;
  readonly clock: VenueClock;
  readonly gate: WeightGate;
  readonly breakers: { readonly market: VenueBreaker; readonly entry: VenueBreaker };
}

const PROTECT_SOCKETS = 4;
/** As many as small pages of a warm restart are on their way at once; who asks for large ones asks for fewer. */
const GENERAL_SOCKETS = 80;
/** History may wait for several minutes to turn; nobody else is that patient. */
const HISTORY_WAIT_MS = 300_000;

export class Rest {
  readonly #options: RestOptions;
  readonly #agents: readonly (HttpAgent | HttpsAgent)[];
  /** Protection has sockets of its own: a cold start's queue must not delay a stop. */
  readonly #protective: Axios;
  readonly #general: Axios;

  constructor(options: RestOptions) {
    this.#options = options;
    const secure = options.restUrl.startsWith('https:');
    const agentOf = (maxSockets: number): HttpAgent | HttpsAgent =>
      secure ? new HttpsAgent({ keepAlive: true, maxSockets }) : new HttpAgent({ keepAlive: true, maxSockets });
    // Of axios's own settings, which are merged anew into every request, only those that a bare GET or POST to one venue needs.
    const instanceOf = (agent: HttpAgent | HttpsAgent): Axios =>
      new Axios({
        adapter: 'http',
        headers: { Accept: 'application/json' },
        baseURL: options.restUrl.replace(/\/+$/, ''),
        [secure ? 'httpsAgent' : 'httpAgent']: agent,
        proxy: false,
        maxRedirects: 0,
        responseType: 'text',
        validateStatus: () => true,
      });
    const protectAgent = agentOf(PROTECT_SOCKETS);
    const generalAgent = agentOf(GENERAL_SOCKETS);
    this.#agents = [protectAgent, generalAgent];
    this.#protective = instanceOf(protectAgent);
    this.#general = instanceOf(generalAgent);
  }

  async call(request: Request): Promise<Answer> {
    if (request.auth === 'signed') await this.#options.clock.ensure();
    if (request.breaker === 'none') return this.#attempts(request);
    return this.#options.breakers[request.breaker].fire(() => this.#attempts(request));
  }

  close(): void {
    for (const agent of this.#agents) agent.destroy();
    this.#options.breakers.market.stop();
    this.#options.breakers.entry.stop();
  }

  /** A keep-alive socket that the venue closed meanwhile resets the first write: a read is asked once more, nothing else is. */
  async #attempts(request: Request): Promise<Answer> {
    const first = await this.#gated(request);
    const reset = first.kind === 'noAnswer' && /ECONNRESET|EPIPE/.test(first.reason);
    return reset && request.method === 'GET' ? this.#gated(request) : first;
  }

  async #gated(request: Request): Promise<Answer> {
    const maxWaitMs = request.lane === 'history' ? HISTORY_WAIT_MS : request.deadlineMs;
    const grant = await this.#options.gate.take(request.lane, request.weight, maxWaitMs);
    if (grant.kind === 'refused') return { kind: 'notSent', reason: grant.reason };
    return this.#send(request, grant.permit);
  }

  async #send(request: Request, permit: Permit): Promise<Answer> {
    const { wall, gate, apiKey } = this.#options;
    const controller = new AbortController();
    const cancel = wall.after(request.deadlineMs, () => controller.abort());
    const client = request.lane === 'protect' ? this.#protective : this.#general;
    try {
      const response = await client.request<string>({
        method: request.method,
        url: this.#target(request),
        headers: request.auth === 'none' ? {} : { 'X-MBX-APIKEY': apiKey },
        signal: controller.signal,
      });
      gate.done(permit, limitReport(response));
      return readAnswer(response, request);
    } catch (error) {
      gate.done(permit, SILENCE);
      return {
        kind: 'noAnswer',
        reason: controller.signal.aborted ? `no answer within ${request.deadlineMs} ms` : failureOf(error),
      };
    } finally {
      cancel();
    }
  }

  /** Path and query exactly as they are signed; the timestamp is taken as late as possible. */
  #target(request: Request): string {
    const { clock, apiSecret } = this.#options;
    if (request.auth !== 'signed') {
      const query = encodeParams(request.params ?? {});
      return query === '' ? request.path : `${request.path}?${query}`;
    }
    const query = encodeParams({ ...request.params, recvWindow: request.recvWindowMs, timestamp: clock.now() });
    return `${request.path}?${query}&signature=${signPayload(apiSecret, query)}`;
  }
}

const SILENCE: LimitReport = { status: 0, usedWeight: null, dateMs: null, retryAfterMs: null, bannedUntilMs: null };

/** The system's own word for the failure; axios's message or config might carry the address with its signature. */
function failureOf(error: unknown): string {
  if (isAxiosError(error)) return error.code ?? 'connection failed';
  return error instanceof Error ? error.name : 'connection failed';
}

function headerNumber(response: AxiosResponse<string>, name: string): number | null {
  const text: unknown = response.headers[name];
  const value = typeof text === 'string' && text !== '' ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : null;
}

function limitReport(response: AxiosResponse<string>): LimitReport {
  const date: unknown = response.headers['date'];
  const dateMs = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  const retryAfterS = headerNumber(response, 'retry-after');
  const banned = response.status === 418 ? /banned until (\d{10,16})/.exec(String(response.data)) : null;
  return {
    status: isOrderLimit(response) ? 0 : response.status,
    usedWeight: headerNumber(response, 'x-mbx-used-weight-1m'),
    dateMs: Number.isNaN(dateMs) ? null : dateMs,
    retryAfterMs: retryAfterS === null ? null : retryAfterS * 1_000,
    bannedUntilMs: banned === null ? null : Number(banned[1]),
  };
}

/** -1015 comes as 429 too, but it is the order pool that is empty: reading may go on. */
const isOrderLimit = (response: AxiosResponse<string>): boolean =>
  response.status === 429 && /"code"\s*:\s*-1015\b/.test(String(response.data));

function readAnswer(response: AxiosResponse<string>, { read }: Request): Answer {
  const text = String(response.data ?? '');
  const success = response.status >= 200 && response.status < 300;
  const body = (success ? read?.(text) : null) ?? parseJson(text);
  if (success)
    return body === undefined
      ? { kind: 'noAnswer', reason: `unreadable body (${text.length} characters)` }
      : { kind: 'ok', body };
  const code = typeof body === 'object' && body !== null && 'code' in body ? Number(body.code) : Number.NaN;
  const said = typeof body === 'object' && body !== null && 'msg' in body ? String(body.msg) : firstLine(text);
  return { kind: 'refused', status: response.status, code: Number.isInteger(code) ? code : null, text: said };
}

/** A firewall's page is told by its beginning only. */
const firstLine = (text: string): string => (text.trim().split('\n')[0] ?? '').slice(0, 80);

/** undefined stands for "no JSON", which no JSON text parses to. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
