// Emulator, faults: reads that do not tell the whole truth — orders not visible yet or not any more, lists with holes, and
// answers from the past. What was done is not touched: only what a query shows of it.
import type { FaultPlan, FaultRule } from './faults.ts';
import type { ExchangeRequest } from './request.ts';
import type { Route } from './route.ts';
import { VenueRefusal } from './venue-error.ts';

const ORDER_READS = new Set([
  '/fapi/v1/order',
  '/fapi/v1/openOrder',
  '/fapi/v1/openOrders',
  '/fapi/v1/allOrders',
  '/fapi/v1/algoOrder',
  '/fapi/v1/openAlgoOrders',
  '/fapi/v1/allAlgoOrders',
  '/fapi/v1/userTrades',
  '/fapi/v1/income',
]);
const POSITION_READS = new Set([
  '/fapi/v2/positionRisk',
  '/fapi/v3/positionRisk',
  '/fapi/v2/account',
  '/fapi/v3/account',
  '/fapi/v2/balance',
  '/fapi/v3/balance',
]);
const DEFAULT_LAG_MS = 1_000;
const DEFAULT_MISSING = 0.5;

export interface ReadFaultsOptions {
  readonly faults: FaultPlan;
  readonly now: () => number;
  /** The route's answer as it would have been so many ms ago. */
  readonly past: (request: ExchangeRequest, agoMs: number) => unknown;
}

export class ReadFaults {
  readonly #options: ReadFaultsOptions;

  constructor(options: ReadFaultsOptions) {
    this.#options = options;
  }

  answer(route: Route, request: ExchangeRequest, truth: () => unknown): unknown {
    const orders = ORDER_READS.has(route.path);
    const positions = POSITION_READS.has(route.path);
    if (route.method !== 'GET' || !(orders || positions)) return truth();
    const subject = { method: route.method, path: route.path, symbol: request.params.text('symbol') ?? '' };
    const rule = this.#options.faults.strike(orders ? 'read' : 'readPosition', subject);
    return rule === null ? truth() : this.#spoil(rule, request, truth);
  }

  #spoil(rule: FaultRule, request: ExchangeRequest, truth: () => unknown): unknown {
    const { now, past, faults } = this.#options;
    const value = rule.value ?? DEFAULT_LAG_MS;
    switch (rule.switch) {
      case 'q.lag':
        return visible(truth(), (row) => now() - bornMs(row) >= value);
      case 'q.forget':
        return visible(truth(), (row) => now() - bornMs(row) < value);
      case 'list.partial': {
        const share = rule.value ?? DEFAULT_MISSING;
        const rows = truth();
        return Array.isArray(rows) ? rows.filter(() => faults.luck() >= share) : rows;
      }
      default:
        return past(request, value);
    }
  }
}

function bornMs(row: unknown): number {
  const fields = (typeof row === 'object' && row !== null ? row : {}) as Record<string, unknown>;
  const born = fields['createTime'] ?? fields['time'];
  return typeof born === 'number' ? born : 0;
}

/** Rows that may be seen; a single order that may not is one that does not exist. */
function visible(answer: unknown, keep: (row: unknown) => boolean): unknown {
  if (Array.isArray(answer)) return answer.filter(keep);
  if (keep(answer)) return answer;
  throw new VenueRefusal(-2013, 'Order does not exist.');
}
