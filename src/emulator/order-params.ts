// Emulator, the door: the names of an order's parameters. Order endpoints are strict about them (-1103 a name nobody knows,
// -1104 one this order never reads, -1105 an optional one without a value); everywhere else a stray name is ignored, as on
// the venue. How far the venue goes is not documented: refusing is the harsher reading.
import type { Params } from './request.ts';
import { VenueRefusal } from './venue-error.ts';

const ANY_REQUEST = ['symbol', 'recvWindow', 'timestamp', 'signature', 'apiKey', 'returnRateLimits'];
/** ccxt sends it beside newClientOrderId over the WS-API and is served on the venue: ignored, not refused. */
const TOLERATED = ['clientOrderId'];
const SHARED = ['side', 'positionSide', 'type', 'timeInForce', 'quantity', 'price', 'reduceOnly', 'newOrderRespType'];
const TERMS = ['priceMatch', 'selfTradePreventionMode', 'goodTillDate'];
/** Belong to conditional orders; the ordinary endpoint stopped reading them on 2025-12-09. */
const CONDITIONAL_ONLY = ['stopPrice', 'closePosition', 'workingType', 'priceProtect', 'activationPrice', 'callbackRate'];
const TRAILING_ONLY = ['activatePrice', 'activationPrice', 'callbackRate'];

const KNOWN = {
  order: new Set([...ANY_REQUEST, ...TOLERATED, ...SHARED, ...TERMS, ...CONDITIONAL_ONLY, 'newClientOrderId']),
  change: new Set([...ANY_REQUEST, ...TOLERATED, ...SHARED, ...TERMS, 'orderId', 'origClientOrderId', 'modifyId', 'stopPrice']),
  algo: new Set([
    ...ANY_REQUEST,
    ...TOLERATED,
    ...SHARED,
    ...TERMS,
    ...['algoType', 'triggerPrice', 'clientAlgoId', 'activatePrice', ...CONDITIONAL_ONLY.filter((name) => name !== 'stopPrice')],
  ]),
} as const;

const OPTIONAL = new Set([
  'positionSide',
  'reduceOnly',
  'newOrderRespType',
  'newClientOrderId',
  'clientAlgoId',
  'workingType',
  'closePosition',
  'priceProtect',
  ...TERMS,
]);

export function checkNames(params: Params, endpoint: keyof typeof KNOWN): void {
  for (const [name, value] of params.entries()) {
    if (!KNOWN[endpoint].has(name)) throw new VenueRefusal(-1103, `An unknown parameter was sent: '${name}'.`);
    if (value === '' && OPTIONAL.has(name)) throw new VenueRefusal(-1105, `Parameter '${name}' was empty.`);
  }
  const stray = unread(params, endpoint);
  if (stray === null) return;
  const count = [...params.entries()].length;
  throw new VenueRefusal(
    -1104,
    `Not all sent parameters were read; read '${count - 1}' parameter(s) but was sent '${count}': '${stray}'.`,
  );
}

function unread(params: Params, endpoint: keyof typeof KNOWN): string | null {
  const type = params.text('type');
  const strangers = endpoint === 'algo' ? TRAILING_ONLY : CONDITIONAL_ONLY;
  const reads = endpoint === 'algo' ? type === 'TRAILING_STOP_MARKET' : type !== 'LIMIT' && type !== 'MARKET';
  return reads ? null : (strangers.find((name) => params.text(name) !== null) ?? null);
}

/** reduceOnly has a code of its own for what is neither true nor false. */
export function reduceOnlyOf(params: Params): boolean | null {
  const value = params.text('reduceOnly')?.toLowerCase() ?? null;
  if (value === null) return null;
  if (value !== 'true' && value !== 'false') throw new VenueRefusal(-4062, 'Invalid or improper reduceOnly value.');
  return value === 'true';
}
