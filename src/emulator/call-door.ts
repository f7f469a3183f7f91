// Emulator, WS-API: the door at /ws-fapi/v1. A call is a REST request in other clothes — the same routes, limits, faults —
// with its own envelope and its own way to sign.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { CALL_METHODS } from './call-methods.ts';
import { type Callers, carryOut, type Outcome } from './call-runner.ts';
import { VenueRefusal } from './venue-error.ts';
import { systemWall } from './wall-time.ts';

const PATH = '/ws-fapi/v1';
const HANDSHAKE_WEIGHT = 5;
const SESSION_WEIGHT = 2;
const PING_EVERY_MS = 3 * 60_000;
/** However fast the market runs, an answer needs its time on the wall. */
const PING_EVERY_WALL_MS = 1_000;
const LIFE_MS = 24 * 3_600_000;

export const isCallPath = (url: string): boolean => url.split('?')[0] === PATH;

interface Call {
  readonly id: unknown;
  readonly method: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

interface Line {
  readonly socket: WebSocket;
  readonly openedMs: number;
  readonly showsLimits: boolean;
  pingedMs: number;
  pingedWallMs: number;
}

export class CallDoor {
  readonly #callers: Callers;
  readonly #server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 1024 * 1024 });
  readonly #lines = new Set<Line>();

  constructor(callers: Callers) {
    this.#callers = callers;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { limits, clock } = this.#callers;
    try {
      limits.takeWeight(clock.now(), HANDSHAKE_WEIGHT, clock.speed);
    } catch (cause) {
      if (!(cause instanceof VenueRefusal)) throw cause;
      const body = JSON.stringify({ code: cause.code, msg: cause.message });
      socket.end(
        `HTTP/1.1 ${cause.httpStatus} Refused\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
      return;
    }
    const query = new URLSearchParams((request.url ?? '').split('?')[1] ?? '');
    this.#server.handleUpgrade(request, socket, head, (opened) => {
      const nowMs = clock.now();
      const line: Line = {
        socket: opened,
        openedMs: nowMs,
        showsLimits: query.get('returnRateLimits') !== 'false',
        pingedMs: nowMs,
        pingedWallMs: systemWall.now(),
      };
      this.#lines.add(line);
      opened.on('close', () => this.#lines.delete(line));
      // A reset by the peer ends the connection; nothing else is to be done about it here.
      opened.on('error', () => opened.terminate());
      opened.on('message', (data, isBinary) => void this.#answer(line, isBinary ? '' : data.toString()));
    });
  }

  tick(nowMs: number): void {
    const wallMs = systemWall.now();
    for (const line of this.#lines) {
      if (nowMs - line.openedMs >= LIFE_MS) line.socket.close(1001, 'connection is 24 hours old');
      else if (nowMs - line.pingedMs >= PING_EVERY_MS && wallMs - line.pingedWallMs >= PING_EVERY_WALL_MS) {
        line.pingedMs = nowMs;
        line.pingedWallMs = wallMs;
        line.socket.ping(String(nowMs));
      }
    }
  }

  /** Cuts all calls if their path begins so, and says how many there were. */
  cut(pathPrefix: string): number {
    if (!PATH.startsWith(pathPrefix)) return 0;
    for (const line of this.#lines) line.socket.terminate();
    return this.#lines.size;
  }

  close(): void {
    for (const line of this.#lines) line.socket.terminate();
    this.#server.close();
  }

  async #answer(line: Line, text: string): Promise<void> {
    const { clock } = this.#callers;
    const done = clock.serving();
    try {
      const call = callFrom(text);
      const outcome = call === null ? refusal(new VenueRefusal(-1013, 'Invalid message.')) : await this.#outcome(line, call);
      if (outcome !== null) line.socket.send(this.#envelope(line, call, outcome));
    } catch (cause) {
      this.#callers.onFailure(cause);
      line.socket.terminate();
    } finally {
      done();
    }
  }

  async #outcome(line: Line, call: Call): Promise<Outcome | null> {
    try {
      if (call.method.startsWith('session.')) return this.#session(line, call.method);
      const target = CALL_METHODS.get(call.method);
      if (target === undefined) throw new VenueRefusal(-1020, 'This operation is not supported.');
      return await carryOut(this.#callers, target, call.fields);
    } catch (cause) {
      if (cause instanceof VenueRefusal) return refusal(cause);
      this.#callers.onFailure(cause);
      return refusal(new VenueRefusal(-1000, 'An unknown error occurred while processing the request.', { httpStatus: 500 }));
    }
  }

  /** Sessions are for Ed25519 keys; the keys of this exchange are HMAC keys. */
  #session(line: Line, method: string): Outcome {
    const { limits, clock } = this.#callers;
    if (!['session.logon', 'session.status', 'session.logout'].includes(method))
      throw new VenueRefusal(-1020, 'This operation is not supported.');
    limits.takeWeight(clock.now(), SESSION_WEIGHT, clock.speed);
    if (method === 'session.logon') throw new VenueRefusal(-4056, 'HMAC_SHA256 API key is not supported.');
    const result = {
      apiKey: null,
      authorizedSince: null,
      connectedSince: line.openedMs,
      returnRateLimits: line.showsLimits,
      serverTime: clock.now(),
    };
    return { status: 200, result, pool: 'weight' };
  }

  #envelope(line: Line, call: Call | null, outcome: Outcome): string {
    const { limits, clock } = this.#callers;
    const asked = call?.fields['returnRateLimits'];
    const shows = asked === undefined ? line.showsLimits : String(asked) !== 'false';
    const pool = 'pool' in outcome ? outcome.pool : 'weight';
    const part = 'result' in outcome ? { result: outcome.result } : { error: outcome.error };
    const body = { id: call?.id ?? null, status: outcome.status, ...part };
    return JSON.stringify(shows ? { ...body, rateLimits: limits.counts(clock.now(), pool) } : body);
  }
}

const refusal = (cause: VenueRefusal): Outcome => {
  const retry = cause.headers['retry-after'];
  const data = retry === undefined ? {} : { data: { retryAfter: Number(retry) } };
  return { status: cause.httpStatus, error: { code: cause.code, msg: cause.message, ...data } };
};

/** Null where the text is no call. */
function callFrom(text: string): Call | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { id = null, method, params } = value as Record<string, unknown>;
  if (typeof method !== 'string') return null;
  const fields =
    typeof params === 'object' && params !== null && !Array.isArray(params) ? (params as Record<string, unknown>) : {};
  return { id, method, fields };
}
