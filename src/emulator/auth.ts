// Emulator, the door: who is asking, and is the signature right. Own code over the raw bytes, so that a mistake in the
// bot's signer cannot hide behind the same mistake here.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ExchangeRequest } from './request.ts';
import { missingParameter, VenueRefusal } from './venue-error.ts';

export interface Credentials {
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** none: public · key: header only (listenKey) · signed: header, time window and HMAC. */
export type Security = 'none' | 'key' | 'signed';

export interface AuthClock {
  readonly nowMs: number;
  /** How much wider the windows are: the speed of a free-running clock, else 1. */
  readonly windowScale: number;
}

const DEFAULT_RECV_WINDOW_MS = 5_000;
const MAX_RECV_WINDOW_MS = 60_000;
const AHEAD_MS = 1_000;

export function authorise(request: ExchangeRequest, security: Security, credentials: Credentials, clock: AuthClock): void {
  if (security === 'none') return;
  checkKey(request, credentials);
  if (security === 'key') return;
  const given = request.params.required('timestamp');
  const signature = request.params.required('signature');
  if (!signatureMatches(request, signature, credentials.apiSecret)) {
    throw new VenueRefusal(-1022, 'Signature for this request is not valid.');
  }
  checkWindow(request, given, clock);
}

/** A WebSocket call: the payload is every parameter but the signature, sorted by name, values as they are. */
export function authoriseCall(
  request: ExchangeRequest,
  fields: Readonly<Record<string, unknown>>,
  security: Security,
  proof: { readonly credentials: Credentials; readonly clock: AuthClock },
): void {
  if (security === 'none') return;
  checkKey(request, proof.credentials);
  if (security === 'key') return;
  const given = request.params.required('timestamp');
  const signature = request.params.required('signature');
  const payload = Object.keys(fields)
    .filter((name) => name !== 'signature')
    .sort()
    .map((name) => `${name}=${String(fields[name])}`)
    .join('&');
  const expected = createHmac('sha256', proof.credentials.apiSecret).update(payload, 'utf8').digest();
  if (!/^[0-9a-fA-F]{64}$/.test(signature) || !timingSafeEqual(expected, Buffer.from(signature, 'hex')))
    throw new VenueRefusal(-1022, 'Signature for this request is not valid.');
  checkWindow(request, given, proof.clock);
}

function checkKey(request: ExchangeRequest, credentials: Credentials): void {
  const key = request.apiKey;
  if (key === null || !/^[A-Za-z0-9]{16,128}$/.test(key)) {
    throw new VenueRefusal(-2014, 'API-key format invalid.', { httpStatus: 401 });
  }
  if (key !== credentials.apiKey) {
    throw new VenueRefusal(-2015, 'Invalid API-key, IP, or permissions for action.', { httpStatus: 401 });
  }
}

function checkWindow(request: ExchangeRequest, given: string, clock: AuthClock): void {
  const timestamp = Number(given);
  if (!/^\d{1,16}$/.test(given)) throw missingParameter('timestamp');
  const recvWindow = request.params.integer('recvWindow') ?? DEFAULT_RECV_WINDOW_MS;
  if (recvWindow <= 0 || recvWindow > MAX_RECV_WINDOW_MS) {
    throw new VenueRefusal(-1131, 'recvWindow must be less than 60000.');
  }
  if (timestamp >= clock.nowMs + AHEAD_MS * clock.windowScale) {
    throw new VenueRefusal(-1021, "Timestamp for this request was 1000ms ahead of the server's time.");
  }
  if (clock.nowMs - timestamp > recvWindow * clock.windowScale) {
    throw new VenueRefusal(-1021, 'Timestamp for this request is outside of the recvWindow.');
  }
}

/** HMAC over query followed by body without a separator, each without its `signature` (which must stand last). */
function signatureMatches(request: ExchangeRequest, signature: string, secret: string): boolean {
  const query = withoutSignature(request.rawQuery);
  const body = withoutSignature(request.rawBody);
  if (query === null || body === null) return false;
  const expected = createHmac('sha256', secret).update(query, 'utf8').update(body, 'utf8').digest();
  if (!/^[0-9a-fA-F]{64}$/.test(signature)) return false;
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}

/** The signed part; null where something follows the signature. */
function withoutSignature(raw: string): string | null {
  const found = /(^|&)signature=[^&]*/.exec(raw);
  if (found === null) return raw;
  return found.index + found[0].length === raw.length ? raw.slice(0, found.index) : null;
}
