// Floor 2, the simulated venue: what can no longer change — ended orders, executions, income and the like — as rows that are
// written once, apart from the living state. An account may grow old; what a change of it costs to keep does not grow.
import type { SimSnapshot } from './snapshot.ts';
import type { VenueState } from './state.ts';
import type { SimAlgo, SimAmendment, SimIncome, SimMarginMove, SimOrder, SimTrade } from './types.ts';
import type { NakedInterval, PositionMark } from './views.ts';

export type SimHistoryRow =
  | { readonly kind: 'order'; readonly row: SimOrder }
  | { readonly kind: 'algo'; readonly row: SimAlgo }
  | { readonly kind: 'trade'; readonly row: SimTrade }
  | { readonly kind: 'income'; readonly row: SimIncome }
  | { readonly kind: 'position'; readonly row: PositionMark }
  | { readonly kind: 'naked'; readonly row: NakedInterval }
  | { readonly kind: 'orderChange'; readonly row: SimAmendment }
  | { readonly kind: 'marginMove'; readonly row: SimMarginMove };

/** How much of each list is kept already. */
export interface HistoryMark {
  readonly ended: number;
  readonly trades: number;
  readonly incomes: number;
  readonly positionHistory: number;
  readonly nakedClosed: number;
  readonly orderChanges: number;
  readonly marginMoves: number;
}

export const NOTHING_KEPT: HistoryMark = {
  ended: 0,
  trades: 0,
  incomes: 0,
  positionHistory: 0,
  nakedClosed: 0,
  orderChanges: 0,
  marginMoves: 0,
};

export const historyMark = (state: VenueState): HistoryMark => ({
  ended: state.ended.length,
  trades: state.trades.length,
  incomes: state.incomes.length,
  positionHistory: state.positionHistory.length,
  nakedClosed: state.nakedClosed.length,
  orderChanges: state.orderChanges.length,
  marginMoves: state.marginMoves.length,
});

/** Everything that ended since the mark. */
export function historySince(state: VenueState, mark: HistoryMark): SimHistoryRow[] {
  return [
    ...state.ended.slice(mark.ended),
    ...state.trades.slice(mark.trades).map((row) => ({ kind: 'trade' as const, row })),
    ...state.incomes.slice(mark.incomes).map((row) => ({ kind: 'income' as const, row })),
    ...state.positionHistory.slice(mark.positionHistory).map((row) => ({ kind: 'position' as const, row })),
    ...state.nakedClosed.slice(mark.nakedClosed).map((row) => ({ kind: 'naked' as const, row })),
    ...state.orderChanges.slice(mark.orderChanges).map((row) => ({ kind: 'orderChange' as const, row })),
    ...state.marginMoves.slice(mark.marginMoves).map((row) => ({ kind: 'marginMove' as const, row })),
  ];
}

const of = <Kind extends SimHistoryRow['kind']>(rows: readonly SimHistoryRow[], kind: Kind) =>
  rows.flatMap((one) => (one.kind === kind ? [one.row as Extract<SimHistoryRow, { kind: Kind }>['row']] : []));

/** The living state and its history as one snapshot, orders in the order in which they were placed. */
export function withHistory(living: SimSnapshot, rows: readonly SimHistoryRow[]): SimSnapshot {
  return {
    ...living,
    orders: [...of(rows, 'order'), ...living.orders].sort((a, b) => a.orderId - b.orderId),
    algos: [...of(rows, 'algo'), ...living.algos].sort((a, b) => a.algoId - b.algoId),
    trades: [...of(rows, 'trade'), ...living.trades],
    incomes: [...of(rows, 'income'), ...living.incomes],
    positionHistory: [...of(rows, 'position'), ...living.positionHistory],
    nakedClosed: [...of(rows, 'naked'), ...living.nakedClosed],
    orderChanges: [...of(rows, 'orderChange'), ...(living.orderChanges ?? [])],
    marginMoves: [...of(rows, 'marginMove'), ...(living.marginMoves ?? [])],
  };
}
