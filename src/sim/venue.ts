// Floor 2, the simulated venue: one account and one matching machine of the venue, as a value that is told everything —
// prices, requests and the time. It does no I/O, draws no luck of its own, and equal input gives equal output.
// After each call the events are waiting in the venue's order: drain them.
import type { EpochMs } from '../core/units.ts';
import { accountTotals, balances, positionOf, positions, symbolConfig } from './account-views.ts';
import type { SimAct } from './acts.ts';
import { cancelAlgo, cancelAllAlgos } from './algo-cancel.ts';
import { placeAlgo } from './algo-place.ts';
import type { SimEvent } from './events.ts';
import { settleFunding } from './funding.ts';
import { algo, allAlgos, allOrders, income, openAlgos, openOrders, order, userTrades } from './history.ts';
import { type HistoryMark, historyMark, historySince, type SimHistoryRow } from './history-rows.ts';
import { text } from './money.ts';
import { cancelAllOrders, cancelOrder } from './order-cancel.ts';
import { modifyOrder } from './order-modify.ts';
import { placeOrder, testOrder } from './order-place.ts';
import { nextDeadline, passTime, setCountdown } from './order-timers.ts';
import { performAct } from './perform-act.ts';
import { type MarginMove, movePositionMargin } from './position-margin.ts';
import { setPrice } from './price-step.ts';
import { nakedIntervals, nakedNow } from './protection.ts';
import { setLeverage, setMarginType, setPositionMode } from './settings.ts';
import { restoreState, type SimSnapshot, takeLiving, takeSnapshot } from './snapshot.ts';
import { openState, type VenueState } from './state.ts';
import { bookLevels } from './synthetic-book.ts';
import type {
  SimAlgo,
  SimAlgoKey,
  SimAlgoRequest,
  SimAmendment,
  SimContract,
  SimHedgeSide,
  SimIncome,
  SimMarginMove,
  SimMarginType,
  SimModifyRequest,
  SimOptions,
  SimOrder,
  SimOrderKey,
  SimOrderRequest,
  SimResult,
  SimTrade,
} from './types.ts';
import type {
  NakedInterval,
  SimAccountTotals,
  SimAlgoHistoryQuery,
  SimBalance,
  SimBook,
  SimIncomeQuery,
  SimLedger,
  SimOrderHistoryQuery,
  SimPositionView,
  SimSymbolConfig,
  SimTradeQuery,
} from './views.ts';

/** Numbers are rounded to the tick (last) or 8 decimals (mark); strings are taken as they are. */
export interface SimPrice {
  readonly last: number | string;
  readonly mark: number | string;
}

export class SimVenue {
  readonly #state: VenueState;
  #deadline: { readonly revision: number; readonly atMs: number } | null = null;

  constructor(options: SimOptions | VenueState) {
    this.#state = 'walletUsdt' in options ? openState(options) : options;
  }

  static restore(snapshot: SimSnapshot, contracts: readonly SimContract[]): SimVenue {
    return new SimVenue(restoreState(snapshot, contracts));
  }

  /** Plain JSON that shares immutable rows with the venue: stringify it or keep it, never change it. */
  snapshot(): SimSnapshot {
    return takeSnapshot(this.#state);
  }

  /** What can still change; with all rows of `historySince` it is the whole account. */
  living(): SimSnapshot {
    return takeLiving(this.#state);
  }

  /** What has ended since the mark, and the mark of now. */
  historySince(mark: HistoryMark): { readonly rows: readonly SimHistoryRow[]; readonly mark: HistoryMark } {
    return { rows: historySince(this.#state, mark), mark: historyMark(this.#state) };
  }

  /** Grows with every change that a snapshot would show, prices excepted. */
  get revision(): number {
    return this.#state.revision;
  }

  /** The contract as it is now: acts may have changed its status, tick or delivery date. */
  contract(symbol: string): SimContract | null {
    return this.#state.contract(symbol);
  }

  /** True while a price step of this symbol could change anything: it has a position or an open order of either store. */
  watches(symbol: string): boolean {
    return this.#state.watches(symbol);
  }

  /** One price step: triggers, then resting limits, then liquidation, all at this price. */
  setPrice(symbol: string, price: SimPrice, atMs: EpochMs): void {
    setPrice(this.#state, symbol, price, atMs);
  }

  settleFunding(symbol: string, rate: string, atMs: EpochMs): void {
    settleFunding(this.#state, symbol, rate, atMs);
  }

  /** The order after matching; an ACK shows its first state, which is NEW with nothing executed. */
  placeOrder(request: SimOrderRequest, atMs: EpochMs): SimResult<SimOrder> {
    return placeOrder(this.#state, request, atMs);
  }

  /** Judged like placing, answered as NEW, and nothing happens. */
  testOrder(request: SimOrderRequest, atMs: EpochMs): SimResult<SimOrder> {
    return testOrder(this.#state, request, atMs);
  }

  /** The changed order after matching, or the cancelled one where the change made it impossible. */
  modifyOrder(key: SimOrderKey, change: SimModifyRequest, atMs: EpochMs): SimResult<SimOrder> {
    return modifyOrder(this.#state, key, change, atMs);
  }

  /** Changes of orders, oldest first. */
  orderChanges(): readonly SimAmendment[] {
    return this.#state.orderChanges;
  }

  /** Cancels the symbol's ordinary orders after so long unless called again; 0 takes it back. */
  setCountdown(symbol: string, lengthMs: number, atMs: EpochMs): SimResult<number> {
    return setCountdown(this.#state, symbol, lengthMs, atMs);
  }

  /** When time alone changes something (a countdown, a GTD order); Infinity where nothing waits. */
  nextDeadline(): number {
    if (this.#deadline?.revision !== this.#state.revision)
      this.#deadline = { revision: this.#state.revision, atMs: nextDeadline(this.#state) };
    return this.#deadline.atMs;
  }

  passTime(atMs: EpochMs): void {
    passTime(this.#state, atMs);
  }

  movePositionMargin(symbol: string, move: MarginMove, atMs: EpochMs): SimResult<SimMarginMove> {
    return movePositionMargin(this.#state, symbol, move, atMs);
  }

  marginMoves(): readonly SimMarginMove[] {
    return this.#state.marginMoves;
  }

  /** The book that a taker meets at the standing price, best level first on both sides; empty without a price. */
  book(symbol: string, count: number): SimBook {
    const contract = this.#state.contract(symbol);
    if (contract === null) return { bids: [], asks: [] };
    const side = (taker: 'BUY' | 'SELL'): SimBook['bids'] =>
      bookLevels(this.#state, contract, { taker, count }).map(({ price, qty }) => [text(price), text(qty)]);
    return { bids: side('SELL'), asks: side('BUY') };
  }

  /** Changes whenever the symbol's book does. */
  bookMark(symbol: string): string {
    const { quotes, depthTaken, books } = this.#state;
    const taken = depthTaken.get(symbol);
    const shape = books.get(symbol);
    return `${quotes.get(symbol)?.last}|${taken?.BUY ?? 0}|${taken?.SELL ?? 0}|${shape?.levelUsdt ?? ''}|${shape?.levels ?? ''}`;
  }

  get feeBurn(): 'on' | 'off' {
    return this.#state.feeBurn;
  }

  setFeeBurn(feeBurn: 'on' | 'off'): void {
    this.#state.feeBurn = feeBurn;
    this.#state.revision += 1;
  }

  get tradFiAgreement(): 'none' | 'signed' {
    return this.#state.tradFiAgreement;
  }

  signTradFiAgreement(): void {
    this.#state.tradFiAgreement = 'signed';
    this.#state.revision += 1;
  }

  placeAlgo(request: SimAlgoRequest, atMs: EpochMs): SimResult<SimAlgo> {
    return placeAlgo(this.#state, request, atMs);
  }

  cancelOrder(key: SimOrderKey, atMs: EpochMs): SimResult<SimOrder> {
    return cancelOrder(this.#state, key, atMs);
  }

  cancelAlgo(key: SimAlgoKey, atMs: EpochMs): SimResult<SimAlgo> {
    return cancelAlgo(this.#state, key, atMs);
  }

  /** Ordinary orders only: the conditional store is not touched. */
  cancelAllOrders(symbol: string, atMs: EpochMs): SimResult<readonly SimOrder[]> {
    return cancelAllOrders(this.#state, symbol, atMs);
  }

  cancelAllAlgos(symbol: string, atMs: EpochMs): SimResult<readonly SimAlgo[]> {
    return cancelAllAlgos(this.#state, symbol, atMs);
  }

  setLeverage(symbol: string, leverage: number, atMs: EpochMs): SimResult<SimSymbolConfig> {
    return setLeverage(this.#state, symbol, leverage, atMs);
  }

  setMarginType(symbol: string, marginType: SimMarginType, atMs: EpochMs): SimResult<SimSymbolConfig> {
    return setMarginType(this.#state, symbol, marginType, atMs);
  }

  setPositionMode(mode: 'ONE_WAY' | 'HEDGE'): SimResult<'ONE_WAY' | 'HEDGE'> {
    return setPositionMode(this.#state, mode);
  }

  /** For so long after an entry a closePosition conditional still meets -4509: the venue's position lags its fill. 0 = off. */
  setPositionLag(lagMs: number): void {
    this.#state.gteLagMs = lagMs;
    this.#state.revision += 1;
  }

  get positionMode(): 'ONE_WAY' | 'HEDGE' {
    return this.#state.positionMode;
  }

  /** -2013 where there is none; by client id the newest of that id. */
  order(key: SimOrderKey): SimResult<SimOrder> {
    return order(this.#state, key);
  }

  openOrders(symbol?: string): readonly SimOrder[] {
    return openOrders(this.#state, symbol);
  }

  /** The newest of the window, oldest first. */
  allOrders(query: SimOrderHistoryQuery): readonly SimOrder[] {
    return allOrders(this.#state, query);
  }

  algo(key: SimAlgoKey): SimResult<SimAlgo> {
    return algo(this.#state, key);
  }

  openAlgos(symbol?: string): readonly SimAlgo[] {
    return openAlgos(this.#state, symbol);
  }

  allAlgos(query: SimAlgoHistoryQuery): readonly SimAlgo[] {
    return allAlgos(this.#state, query);
  }

  /** Only symbols with a position or an open ordinary order, as positionRisk v3 does. */
  positions(): readonly SimPositionView[] {
    return positions(this.#state);
  }

  /** Null for an unknown contract; a flat symbol has a row of zeros. */
  position(symbol: string, positionSide?: SimHedgeSide): SimPositionView | null {
    return positionOf(this.#state, symbol, positionSide);
  }

  balances(): readonly SimBalance[] {
    return balances(this.#state);
  }

  accountTotals(): SimAccountTotals {
    return accountTotals(this.#state);
  }

  /** The OLDEST of the window, as measured on the venue: page with fromId. */
  userTrades(query: SimTradeQuery): readonly SimTrade[] {
    return userTrades(this.#state, query);
  }

  income(query: SimIncomeQuery): readonly SimIncome[] {
    return income(this.#state, query);
  }

  /** All contracts, or the one asked for (empty where unknown). */
  symbolConfig(symbol?: string): readonly SimSymbolConfig[] {
    return symbolConfig(this.#state, symbol);
  }

  get takerFeeRate(): string {
    return this.#state.takerFeeRate;
  }

  get makerFeeRate(): string {
    return this.#state.makerFeeRate;
  }

  drainEvents(): SimEvent[] {
    return this.#state.events.splice(0);
  }

  act(act: SimAct, atMs: EpochMs): SimResult<null> {
    return performAct(this.#state, act, atMs);
  }

  ledger(): SimLedger {
    const { orders, algos, trades, positionHistory } = this.#state;
    return {
      orders: [...orders.values()],
      algos: [...algos.values()],
      fills: [...trades],
      positionHistory: [...positionHistory],
    };
  }

  /** Positions without a live stop at this instant. */
  nakedNow(atMs: EpochMs): readonly NakedInterval[] {
    return nakedNow(this.#state, atMs);
  }

  nakedIntervals(atMs: EpochMs): readonly NakedInterval[] {
    return nakedIntervals(this.#state, atMs);
  }
}
