// Crash: what the exchange does wrong meanwhile. Every third answer to an order is lost, some are refused, some unknown, some late; frames of the
// user stream come twice or late. Luck is drawn from the exchange's seed.

export type Fault = Readonly<Record<string, string | number>>;

const ENTRY = '/fapi/v1/order';
const STOPS = '/fapi/v1/algoOrder';

export const FAULT_PLAN: readonly Fault[] = [
  { switch: 'res.drop', method: 'POST', path: ENTRY, probability: 0.25 },
  { switch: 'res.503u', value: 0.5, method: 'POST', path: ENTRY, probability: 0.12 },
  { switch: 'res.1007', value: 0.5, method: 'POST', path: ENTRY, probability: 0.05 },
  { switch: 'res.drop', method: 'POST', path: STOPS, probability: 0.25 },
  { switch: 'res.503f', method: 'POST', path: STOPS, probability: 0.15 },
  { switch: 'res.html', value: 502, method: 'POST', path: STOPS, probability: 0.05 },
  { switch: 'res.late', value: 700, path: '/fapi/v', probability: 0.05 },
  { switch: 'res.code', value: -1001, method: 'GET', probability: 0.04 },
  { switch: 'ws.dup', path: '/private', probability: 0.15 },
  { switch: 'ws.delay', value: 400, path: '/private', probability: 0.1 },
];
