// Adapters, simulated broker: the Broker port over the simulated venue, in this process. Every request is answered at once from
// the venue's standing prices; whoever feeds it prices calls `tell` afterwards. Backtest and paper mode trade through it.
import { stepsToWire, ticksToWire } from '../../core/grid.ts';
import type {
  AccountConfig,
  AccountEvent,
  AccountSnapshot,
  CancelResult,
  ConditionalOrderRequest,
  ConditionalState,
  Fill,
  FindResult,
  LeverageBracket,
  MarketOrderRequest,
  OrderState,
  PlaceResult,
  PositionState,
  SettingResult,
  SymbolConfig,
} from '../../core/orders.ts';
import { type ClientOrderId, type EpochMs, invariant, type SymbolId } from '../../core/units.ts';
import type { Broker } from '../../ports/broker.ts';
import type { MarketClock } from '../../ports/clock.ts';
import type { SimContract, SimResult } from '../../sim/types.ts';
import type { SimVenue } from '../../sim/venue.ts';
import { accountEventsOf } from './events.ts';
import { conditionalState, fillOf, orderSideOf, orderState, positionState, tradedGrid } from './states.ts';

/** "No need to change margin type": it is as asked. */
const ALREADY_SET = -4046;
/** Neither order nor conditional of that name rests here. */
const GONE: readonly number[] = [-2011, -2013];

export interface SimBrokerOptions {
  readonly venue: SimVenue;
  readonly clock: MarketClock;
  readonly accountId: string;
  readonly symbols: readonly SymbolId[];
}

export class SimBroker implements Broker {
  readonly #venue: SimVenue;
  readonly #clock: MarketClock;
  readonly #accountId: string;
  readonly #symbols: readonly SymbolId[];
  readonly #sinks = new Set<(event: AccountEvent) => void>();

  constructor({ venue, clock, accountId, symbols }: SimBrokerOptions) {
    this.#venue = venue;
    this.#clock = clock;
    this.#accountId = accountId;
    this.#symbols = symbols;
  }

  /** Hands on what the venue has said since the last time; to be called after each price step. */
  tell(): void {
    for (const event of this.#venue.drainEvents())
      for (const heard of accountEventsOf(event)) for (const sink of this.#sinks) sink(heard);
  }

  async accountId(): Promise<string> {
    return this.#accountId;
  }

  async config(): Promise<AccountConfig> {
    return { canTrade: true, hedgeMode: this.#venue.positionMode === 'HEDGE', multiAssets: false };
  }

  async symbolConfig(symbol: SymbolId): Promise<SymbolConfig | null> {
    const row = this.#venue.symbolConfig(symbol)[0];
    if (row === undefined) return null;
    return { symbol, marginType: row.marginType === 'ISOLATED' ? 'isolated' : 'cross', leverage: row.leverage };
  }

  async brackets(): Promise<ReadonlyMap<SymbolId, readonly LeverageBracket[]>> {
    return new Map(this.#symbols.map((symbol) => [symbol, this.#contract(symbol).brackets.map(bracketOf)]));
  }

  async snapshot(): Promise<AccountSnapshot> {
    const totals = this.#venue.accountTotals();
    return {
      at: this.#clock.now(),
      walletBalance: totals.totalWalletBalance,
      availableBalance: totals.availableBalance,
      marginBalance: totals.totalMarginBalance,
      positions: await this.openPositions(),
      openOrders: this.#venue.openOrders().map(orderState),
      openConditionals: this.#venue.openAlgos().map(conditionalState),
    };
  }

  async openPositions(): Promise<readonly PositionState[]> {
    return this.#venue
      .positions()
      .filter((row) => Number(row.signedQty) !== 0)
      .map(positionState);
  }

  async position(symbol: SymbolId): ReturnType<Broker['position']> {
    const view = this.#venue.position(symbol);
    if (view === null) return { kind: 'unknown', reason: `${symbol} is no contract here` };
    return Number(view.signedQty) === 0 ? { kind: 'flat' } : { kind: 'open', state: positionState(view) };
  }

  async setLeverage(symbol: SymbolId, leverage: number): Promise<SettingResult> {
    return this.#settled(this.#venue.setLeverage(symbol, leverage, this.#clock.now()));
  }

  async setIsolated(symbol: SymbolId): Promise<SettingResult> {
    return this.#settled(this.#venue.setMarginType(symbol, 'ISOLATED', this.#clock.now()));
  }

  async place(order: MarketOrderRequest): Promise<PlaceResult> {
    const request = {
      symbol: order.symbol,
      side: orderSideOf(order.action),
      type: 'MARKET',
      quantity: stepsToWire(order.steps, this.#grid(order.symbol)),
      reduceOnly: order.effect === 'reduce' ? true : undefined,
      newClientOrderId: order.clientId,
    };
    return this.#placed(this.#venue.placeOrder(request, this.#clock.now()), ({ orderId }) => orderId);
  }

  async placeConditional(order: ConditionalOrderRequest): Promise<PlaceResult> {
    const { symbol, coverage } = order;
    const grid = this.#grid(symbol);
    const request = {
      symbol,
      side: orderSideOf(order.action),
      type: order.type === 'stopMarket' ? 'STOP_MARKET' : 'TAKE_PROFIT_MARKET',
      triggerPrice: ticksToWire(order.trigger, grid),
      workingType: order.workingType === 'mark' ? 'MARK_PRICE' : 'CONTRACT_PRICE',
      priceProtect: order.priceProtect === 'on',
      closePosition: coverage.kind === 'closePosition' ? true : undefined,
      quantity: coverage.kind === 'reduceOnly' ? stepsToWire(coverage.steps, grid) : undefined,
      reduceOnly: coverage.kind === 'reduceOnly' ? true : undefined,
      clientAlgoId: order.clientId,
    };
    return this.#placed(this.#venue.placeAlgo(request, this.#clock.now()), ({ algoId }) => algoId);
  }

  async cancelConditional(_symbol: SymbolId, clientId: ClientOrderId): Promise<CancelResult> {
    return this.#canceled(this.#venue.cancelAlgo({ clientAlgoId: clientId }, this.#clock.now()));
  }

  async cancel(symbol: SymbolId, clientId: ClientOrderId): Promise<CancelResult> {
    return this.#canceled(this.#venue.cancelOrder({ symbol, clientOrderId: clientId }, this.#clock.now()));
  }

  /** The ordinary store only, as on the venue: a triggered conditional is found here under its own id. */
  async find(symbol: SymbolId, clientId: ClientOrderId): Promise<FindResult<OrderState>> {
    const found = this.#venue.order({ symbol, clientOrderId: clientId });
    return found.ok ? { kind: 'found', state: orderState(found.value) } : { kind: 'absent' };
  }

  async openConditionals(symbol: SymbolId): Promise<readonly ConditionalState[]> {
    return this.#venue.openAlgos(symbol).map(conditionalState);
  }

  async fills(symbol: SymbolId, fromMs: EpochMs): Promise<readonly Fill[]> {
    return this.#venue.userTrades({ symbol, startMs: fromMs }).map(fillOf);
  }

  async funding(symbol: SymbolId, fromMs: EpochMs, toMs: EpochMs): Promise<readonly { at: EpochMs; amount: string }[]> {
    const rows = this.#venue.income({ symbol, incomeType: 'FUNDING_FEE', startMs: fromMs, endMs: toMs });
    return rows.map((row) => ({ at: row.atMs, amount: row.income }));
  }

  async follow(sink: (event: AccountEvent) => void, signal: AbortSignal): Promise<void> {
    this.#sinks.add(sink);
    signal.addEventListener('abort', () => this.#sinks.delete(sink), { once: true });
    sink({ kind: 'userStream', at: this.#clock.now(), state: 'up', detail: 'the simulated venue' });
  }

  async drain(): Promise<void> {
    this.tell();
  }

  #contract(symbol: string): SimContract {
    const contract = this.#venue.contract(symbol);
    invariant(contract !== null, `${symbol} is no contract of the simulated venue`);
    return contract;
  }

  #grid(symbol: SymbolId): ReturnType<typeof tradedGrid> {
    return tradedGrid(this.#contract(symbol));
  }

  /** Nothing is ever lost on the way to a venue in the same process: what it refuses did not happen. */
  #placed<Row>(result: SimResult<Row>, idOf: (row: Row) => number): PlaceResult {
    this.tell();
    if (!result.ok) return { kind: 'rejected', code: result.code, reason: result.msg };
    return { kind: 'accepted', venueId: String(idOf(result.value)), at: this.#clock.now() };
  }

  #settled(result: SimResult<unknown>): SettingResult {
    this.tell();
    if (result.ok || result.code === ALREADY_SET) return { kind: 'set' };
    return { kind: 'rejected', code: result.code, reason: result.msg };
  }

  #canceled(result: SimResult<unknown>): CancelResult {
    this.tell();
    if (result.ok) return { kind: 'canceled' };
    return GONE.includes(result.code) ? { kind: 'gone' } : { kind: 'unknown', reason: result.msg };
  }
}

const bracketOf = (row: SimContract['brackets'][number]): LeverageBracket => ({
  maxLeverage: row.initialLeverage,
  notionalFloorUsdt: row.notionalFloor,
  notionalCapUsdt: row.notionalCap,
  maintenanceMarginRate: row.maintMarginRatio,
  cumulativeUsdt: row.cum,
});
