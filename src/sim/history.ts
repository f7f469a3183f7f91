// Floor 2, the simulated venue: orders, conditionals, trades and income as lists. The venue is not consistent with itself:
// order history answers the NEWEST of a window, userTrades and income the OLDEST; both in ascending order.
import { findAlgo } from './algo-cancel.ts';
import { findOrder } from './order-cancel.ts';
import { reject } from './rejection.ts';
import type { VenueState } from './state.ts';
import type { SimAlgo, SimAlgoKey, SimIncome, SimOrder, SimOrderKey, SimResult, SimTrade } from './types.ts';
import type { SimAlgoHistoryQuery, SimIncomeQuery, SimOrderHistoryQuery, SimTradeQuery, SimWindow } from './views.ts';

const inWindow = (ms: number, { startMs, endMs }: SimWindow): boolean =>
  (startMs === undefined || ms >= startMs) && (endMs === undefined || ms <= endMs);
const newest = <Row>(rows: readonly Row[], { limit }: SimWindow): Row[] => (limit === undefined ? [...rows] : rows.slice(-limit));
const oldest = <Row>(rows: readonly Row[], { limit }: SimWindow): Row[] =>
  limit === undefined ? [...rows] : rows.slice(0, limit);

export function order(state: VenueState, key: SimOrderKey): SimResult<SimOrder> {
  const found = findOrder(state, key);
  return found === null ? reject(-2013) : { ok: true, value: found };
}

export function algo(state: VenueState, key: SimAlgoKey): SimResult<SimAlgo> {
  const found = findAlgo(state, key);
  return found === null ? reject(-2013) : { ok: true, value: found };
}

export function openOrders(state: VenueState, symbol: string | undefined): SimOrder[] {
  const rows = symbol === undefined ? state.symbolsWithOrders().flatMap((s) => state.openOrders(s)) : state.openOrders(symbol);
  return rows.sort((a, b) => a.orderId - b.orderId);
}

export function openAlgos(state: VenueState, symbol: string | undefined): SimAlgo[] {
  const rows = symbol === undefined ? state.symbolsWithAlgos().flatMap((s) => state.openAlgos(s)) : state.openAlgos(symbol);
  return rows.sort((a, b) => a.algoId - b.algoId);
}

export function allOrders(state: VenueState, query: SimOrderHistoryQuery): SimOrder[] {
  const rows = [...state.orders.values()].filter(
    (o) =>
      (query.symbol === undefined || o.symbol === query.symbol) &&
      (query.orderId === undefined || o.orderId >= query.orderId) &&
      inWindow(o.createMs, query),
  );
  // From an id on, the page starts at that id.
  return query.orderId === undefined ? newest(rows, query) : oldest(rows, query);
}

export function allAlgos(state: VenueState, query: SimAlgoHistoryQuery): SimAlgo[] {
  const rows = [...state.algos.values()].filter(
    (a) =>
      (query.symbol === undefined || a.symbol === query.symbol) &&
      (query.algoId === undefined || a.algoId >= query.algoId) &&
      inWindow(a.createMs, query),
  );
  return query.algoId === undefined ? newest(rows, query) : oldest(rows, query);
}

export function userTrades(state: VenueState, query: SimTradeQuery): SimTrade[] {
  const rows = state.trades.filter(
    (t) =>
      t.symbol === query.symbol &&
      (query.orderId === undefined || t.orderId === query.orderId) &&
      (query.fromId === undefined || t.id >= query.fromId) &&
      inWindow(t.atMs, query),
  );
  return oldest(rows, query);
}

export function income(state: VenueState, query: SimIncomeQuery): SimIncome[] {
  const rows = state.incomes.filter(
    (i) =>
      (query.symbol === undefined || i.symbol === query.symbol) &&
      (query.incomeType === undefined || i.incomeType === query.incomeType) &&
      inWindow(i.atMs, query),
  );
  return oldest(rows, query);
}
