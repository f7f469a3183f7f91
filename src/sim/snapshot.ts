// Floor 2, the simulated venue: its whole state as plain JSON and back. Contracts are not in it, only what acts changed.
import { parseDecimal } from '../core/decimal.ts';
import { type EpochMs, invariant, type SymbolId } from '../core/units.ts';
import type { SimEvent } from './events.ts';
import { text } from './money.ts';
import { type BookOverride, type Position, type RawQuote, type SymbolSettings, VenueState } from './state.ts';
import type {
  OrderSide,
  SimAlgo,
  SimAmendment,
  SimContract,
  SimHedgeSide,
  SimIncome,
  SimMarginMove,
  SimMarginType,
  SimOrder,
  SimTrade,
} from './types.ts';
import type { NakedInterval, PositionMark } from './views.ts';

interface SavedPosition {
  readonly symbol: SymbolId;
  readonly positionSide?: SimHedgeSide;
  readonly qty: string;
  readonly cost: string;
  readonly fees: string;
  readonly isolatedWallet: string;
  readonly marginType: SimMarginType;
  readonly openedMs: EpochMs;
  readonly updateMs: EpochMs;
  readonly marginCall: 'none' | 'told';
}

interface SavedSettings {
  readonly leverage: number;
  readonly marginType: SimMarginType;
  readonly accumulatedRealized: string;
}

type Pairs<Value> = readonly (readonly [string, Value])[];

export interface SimSnapshot {
  readonly version: 1;
  readonly takerFeeRate: string;
  readonly makerFeeRate: string;
  readonly accountSeed: number;
  readonly priceProtectPolicy: 'reject' | 'wait';
  readonly positionMode: 'ONE_WAY' | 'HEDGE';
  readonly gteLagMs: number;
  readonly wallet: string;
  readonly updateMs: EpochMs;
  readonly revision: number;
  readonly nextOrderId: number;
  readonly nextAlgoId: number;
  readonly nextTradeId: number;
  readonly nextTranId: number;
  readonly amendments: Pairs<Partial<SimContract>>;
  readonly quotes: Pairs<RawQuote>;
  readonly settings: Pairs<SavedSettings>;
  readonly positions: readonly SavedPosition[];
  readonly books: Pairs<BookOverride>;
  readonly depthTaken: Pairs<Readonly<Record<OrderSide, number>>>;
  readonly orders: readonly SimOrder[];
  readonly algos: readonly SimAlgo[];
  readonly trades: readonly SimTrade[];
  readonly incomes: readonly SimIncome[];
  readonly positionHistory: readonly PositionMark[];
  readonly nakedClosed: readonly NakedInterval[];
  readonly nakedSince: Pairs<EpochMs>;
  /** Absent in states kept by an earlier release (likewise the next four). */
  readonly orderChanges?: readonly SimAmendment[];
  readonly marginMoves?: readonly SimMarginMove[];
  readonly countdowns?: Pairs<number>;
  readonly feeBurn?: 'on' | 'off';
  readonly tradFiAgreement?: 'none' | 'signed';
  /** Told but not yet drained. */
  readonly events: readonly SimEvent[];
}

/** Everything, history included. */
export function takeSnapshot(state: VenueState): SimSnapshot {
  return {
    ...takeLiving(state),
    orders: [...state.orders.values()],
    algos: [...state.algos.values()],
    trades: [...state.trades],
    incomes: [...state.incomes],
    positionHistory: [...state.positionHistory],
    nakedClosed: [...state.nakedClosed],
    orderChanges: [...state.orderChanges],
    marginMoves: [...state.marginMoves],
  };
}

/** Only what can still change: as large as the account is busy, however old it is. */
export function takeLiving(state: VenueState): SimSnapshot {
  const firing = [...state.firing].flatMap((algoId) => state.algos.get(algoId) ?? []);
  return {
    version: 1,
    takerFeeRate: state.takerFeeRate,
    makerFeeRate: state.makerFeeRate,
    accountSeed: state.accountSeed,
    priceProtectPolicy: state.priceProtectPolicy,
    positionMode: state.positionMode,
    gteLagMs: state.gteLagMs,
    wallet: text(state.wallet),
    updateMs: state.updateMs,
    revision: state.revision,
    nextOrderId: state.nextOrderId,
    nextAlgoId: state.nextAlgoId,
    nextTradeId: state.nextTradeId,
    nextTranId: state.nextTranId,
    amendments: [...state.amendments],
    quotes: [...state.quotes],
    settings: [...state.settings].map(([symbol, s]) => [symbol, { ...s, accumulatedRealized: text(s.accumulatedRealized) }]),
    positions: [...state.positions.values()].map(savedPosition),
    books: [...state.books],
    depthTaken: [...state.depthTaken],
    orders: state.symbolsWithOrders().flatMap((symbol) => state.openOrders(symbol)),
    algos: [...state.symbolsWithAlgos().flatMap((symbol) => state.openAlgos(symbol)), ...firing],
    trades: [],
    incomes: [],
    positionHistory: [],
    nakedClosed: [],
    nakedSince: [...state.nakedSince],
    orderChanges: [],
    marginMoves: [],
    countdowns: [...state.countdowns],
    feeBurn: state.feeBurn,
    tradFiAgreement: state.tradFiAgreement,
    events: [...state.events],
  };
}

function savedPosition(p: Position): SavedPosition {
  return { ...p, qty: text(p.qty), cost: text(p.cost), fees: text(p.fees), isolatedWallet: text(p.isolatedWallet) };
}

function openPosition(p: SavedPosition): Position {
  const { qty, cost, fees, isolatedWallet } = p;
  return {
    ...p,
    qty: parseDecimal(qty),
    cost: parseDecimal(cost),
    fees: parseDecimal(fees),
    isolatedWallet: parseDecimal(isolatedWallet),
  };
}

const openSettings = (s: SavedSettings): SymbolSettings => ({ ...s, accumulatedRealized: parseDecimal(s.accumulatedRealized) });

export function restoreState(saved: SimSnapshot, contracts: readonly SimContract[]): VenueState {
  invariant(saved.version === 1, `a snapshot of version ${String(saved.version)} cannot be read here`);
  const { takerFeeRate, makerFeeRate, accountSeed, priceProtectPolicy } = saved;
  const state = new VenueState({
    contracts,
    walletUsdt: saved.wallet,
    takerFeeRate,
    makerFeeRate,
    accountSeed,
    priceProtectPolicy,
  });
  for (const [symbol, amendment] of saved.amendments) state.amendments.set(symbol, amendment);
  for (const [symbol, quote] of saved.quotes) state.setQuote(symbol, quote);
  for (const [symbol, settings] of saved.settings) state.settings.set(symbol, openSettings(settings));
  for (const position of saved.positions) state.setPosition(openPosition(position));
  for (const [symbol, book] of saved.books) state.books.set(symbol, book);
  for (const [symbol, taken] of saved.depthTaken) state.depthTaken.set(symbol, taken);
  for (const order of saved.orders) state.putOrder(order);
  for (const algo of saved.algos) state.putAlgo(algo);
  state.trades.push(...saved.trades);
  state.incomes.push(...saved.incomes);
  state.positionHistory.push(...saved.positionHistory);
  state.nakedClosed.push(...saved.nakedClosed);
  for (const [symbol, sinceMs] of saved.nakedSince) state.nakedSince.set(symbol, sinceMs);
  state.orderChanges.push(...(saved.orderChanges ?? []));
  state.marginMoves.push(...(saved.marginMoves ?? []));
  for (const [symbol, deadlineMs] of saved.countdowns ?? []) state.countdowns.set(symbol, deadlineMs);
  state.events.push(...saved.events);
  state.feeBurn = saved.feeBurn ?? 'off';
  state.tradFiAgreement = saved.tradFiAgreement ?? 'none';
  const { positionMode, gteLagMs, updateMs, revision, nextOrderId, nextAlgoId, nextTradeId, nextTranId } = saved;
  return Object.assign(state, { positionMode, gteLagMs, updateMs, revision, nextOrderId, nextAlgoId, nextTradeId, nextTranId });
}
