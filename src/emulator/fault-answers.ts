// Emulator, faults: the answers that stand in for the real one, texts and statuses as the venue gives them.
import type { FaultPlan, FaultRule } from './faults.ts';
import type { Answer } from './http-answer.ts';

export function errorAnswer(status: number, code: number, msg: string): Answer {
  return { status, body: JSON.stringify({ code, msg }), headers: {} };
}

const THROTTLED = new Set(['/fapi/v1/order', '/fapi/v1/batchOrders', '/fapi/v1/order/test']);

/** Reduce-only orders and everything that is no order pass the venue's overload protection. */
export function isExempt(
  faults: FaultPlan,
  call: { readonly method: string; readonly path: string; readonly reduceOnly: string | null },
): boolean {
  if (!faults.armed().some((rule) => rule.switch === 'res.1008')) return false;
  return call.method !== 'POST' || !THROTTLED.has(call.path) || call.reduceOnly?.toLowerCase() === 'true';
}

/** Nobody can tell from the answer whether it was done. */
export const isUnknownOutcome = (rule: FaultRule): boolean => rule.switch === 'res.503u' || rule.switch === 'res.1007';

export function faultAnswer(rule: FaultRule): Answer {
  switch (rule.switch) {
    case 'res.503u':
      return errorAnswer(503, -1000, 'Unknown error, please check your request or try again later.');
    case 'res.1007':
      return errorAnswer(
        408,
        -1007,
        'Timeout waiting for response from backend server. Send status unknown; execution status unknown.',
      );
    case 'res.503f':
      return { status: 503, body: 'Service Unavailable.', headers: {} };
    case 'res.1008':
      return errorAnswer(
        503,
        -1008,
        'Request throttled by system-level protection. Reduce-only/close-position orders are exempt. Please try again.',
      );
    case 'res.html':
      return {
        status: rule.value ?? 403,
        body: '<html><body><h1>ERROR: The request could not be satisfied</h1></body></html>',
        headers: {},
        contentType: 'text/html',
      };
    default:
      return errorAnswer(400, rule.value ?? -1000, `Injected refusal ${rule.value ?? -1000}.`);
  }
}
