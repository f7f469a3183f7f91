// Test support: a venue in memory with one-way positions and two order stores. Faults are scripted per call; events are
// handed to the sink in the venue's order, or kept back to play a deaf stream.
import { add, compare, formatDecimal, isZero, negate, parseDecimal, sign, subtract } from '../../src/core/decimal.ts';
import { type Grid, stepsToWire, ticksToPrice, ticksToWire } from '../../src/core/grid.ts';
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
} from '../../src/core/orders.ts';
import {
  type ClientOrderId,
  type DecimalString,
  decimalString,
  type EpochMs,
  epochMs,
  type SymbolId,
} from '../../src/core/units.ts';
import type { Broker } from '../../src/ports/broker.ts';

/** `lost`: applied, the answer never comes. `dropped`: never arrives. A number: refused with that code. */
export type Fault = 'lost' | 'dropped' | number;
type Method =
  | 'place'
  | 'placeConditional'
  | 'cancelConditional'
  | 'setIsolated'
  | 'position'
  | 'snapshot'
  | 'fills'
  | 'find'
  | 'openConditionals'
  | 'openPositions';

const zero = decimalString('0');
const sizeOf = (signed: string): DecimalString => {
  const qty = parseDecimal(signed);
  return formatDecimal(sign(qty) < 0 ? negate(qty) : qty);
};

interface Held {
  signedQty: DecimalString;
  entryPrice: DecimalString;
  updateMs: EpochMs;
}

export class FakeBroker implements Broker {
  readonly grid: Grid;
  readonly now: () => number;
  readonly positions = new Map<SymbolId, Held>();
  readonly conditionals: ConditionalState[] = [];
  readonly orders: OrderState[] = [];
  readonly trades: Fill[] = [];
  /** Every order that was accepted, as the venue's all-knowing ledger. */
  readonly accepted: string[] = [];
  /** Every call as it arrived, e.g. "place k70-…-e00". */
  readonly calls: string[] = [];
  price = 100;
  stream: 'live' | 'deaf' = 'live';
  fundingRows: { at: EpochMs; amount: string }[] = [];
  #sink: (event: AccountEvent) => void = () => undefined;
  readonly #faults = new Map<Method, Fault[]>();
  readonly #leverage = new Map<SymbolId, number>();
  #nextId = 1000;
  #wallet = parseDecimal('10000');

  constructor(grid: Grid, now: () => number) {
    this.grid = grid;
    this.now = now;
  }

  script(method: Method, ...faults: Fault[]): void {
    this.#faults.set(method, [...(this.#faults.get(method) ?? []), ...faults]);
  }

  /** From now on it does what it is asked. */
  forgetScript(): void {
    this.#faults.clear();
  }

  #fault(method: Method, what: string): Fault | null {
    this.calls.push(`${method} ${what}`);
    return this.#faults.get(method)?.shift() ?? null;
  }

  #at(): EpochMs {
    return epochMs(this.now());
  }

  #emit(event: AccountEvent): void {
    if (this.stream === 'live') this.#sink(event);
  }

  /** A person, the venue or an order of ours trades; the fill changes the position and is told. */
  trade(symbol: SymbolId, action: 'buy' | 'sell', qty: string, clientId: string): OrderState {
    const venueId = String(this.#nextId++);
    const at = this.#at();
    const price = formatDecimal(parseDecimal(String(this.price)));
    const fill: Fill = {
      symbol,
      tradeNo: String(this.#nextId++),
      clientId,
      venueOrderId: venueId,
      action,
      price,
      qty: decimalString(qty),
      fee: decimalString('0.01'),
      feeAsset: 'USDT',
      realizedPnl: zero,
      at,
    };
    this.trades.push(fill);
    const order: OrderState = {
      symbol,
      clientId,
      venueId,
      action,
      status: 'filled',
      qty: fill.qty,
      executedQty: fill.qty,
      reduceOnly: false,
    };
    this.orders.push(order);
    this.#move(symbol, action, qty, price);
    this.#emit({ kind: 'fill', at, fill, orderStatus: 'filled' });
    const held = this.positions.get(symbol);
    this.#emit({
      kind: 'position',
      at,
      symbol,
      signedQty: held?.signedQty ?? zero,
      entryPrice: held?.entryPrice ?? zero,
      cause: 'ORDER',
    });
    if (held === undefined) this.#expire(symbol);
    return order;
  }

  #move(symbol: SymbolId, action: 'buy' | 'sell', qty: string, price: DecimalString): void {
    const before = this.positions.get(symbol);
    const signed = action === 'buy' ? parseDecimal(qty) : negate(parseDecimal(qty));
    const after = add(parseDecimal(before?.signedQty ?? '0'), signed);
    if (isZero(after)) this.positions.delete(symbol);
    else
      this.positions.set(symbol, {
        signedQty: formatDecimal(after),
        entryPrice: before?.entryPrice ?? price,
        updateMs: this.#at(),
      });
  }

  /** closePosition orders expire with the position. */
  #expire(symbol: SymbolId): void {
    for (const order of this.conditionals) {
      if (order.symbol === symbol && order.status === 'new' && order.closePosition)
        this.setConditional(order.clientId, 'expired');
    }
  }

  setConditional(clientId: string, status: ConditionalState['status'], childOrderId = ''): void {
    const index = this.conditionals.findIndex((order) => order.clientId === clientId);
    const order = this.conditionals[index];
    if (order === undefined) throw new Error(`no conditional order ${clientId}`);
    this.conditionals[index] = { ...order, status };
    this.#emit({ kind: 'conditional', at: this.#at(), order: { ...order, status }, childOrderId, reason: '' });
  }

  /** The price jumps; what it reaches fires. */
  moveTo(price: number): void {
    this.price = price;
    for (const order of [...this.conditionals]) {
      const held = this.positions.get(order.symbol);
      if (order.status !== 'new' || held === undefined || !this.#reached(order.type, order.action, Number(order.triggerPrice)))
        continue;
      this.setConditional(order.clientId, 'triggered');
      const qty = order.closePosition ? sizeOf(held.signedQty) : order.qty;
      const child = this.trade(order.symbol, order.action, qty, order.clientId);
      this.setConditional(order.clientId, 'finished', child.venueId);
    }
  }

  #reached(type: string, action: 'buy' | 'sell', trigger: number): boolean {
    const falls = (type === 'STOP_MARKET') === (action === 'sell');
    return falls ? this.price <= trigger : this.price >= trigger;
  }

  async place(order: MarketOrderRequest): Promise<PlaceResult> {
    const fault = this.#fault('place', order.clientId);
    if (typeof fault === 'number') return { kind: 'rejected', code: fault, reason: `code ${fault}` };
    if (fault === 'dropped') return { kind: 'unknown', reason: 'no answer' };
    const held = this.positions.get(order.symbol);
    let qty: string = stepsToWire(order.steps, this.grid);
    if (order.effect === 'reduce') {
      const opposes = held !== undefined && sign(parseDecimal(held.signedQty)) === (order.action === 'sell' ? 1 : -1);
      if (!opposes) return { kind: 'rejected', code: -2022, reason: 'ReduceOnly Order is rejected.' };
      const size = sizeOf(held.signedQty);
      if (compare(parseDecimal(qty), parseDecimal(size)) > 0) qty = size;
    }
    this.accepted.push(order.clientId);
    const done = this.trade(order.symbol, order.action, qty, order.clientId);
    return fault === 'lost'
      ? { kind: 'unknown', reason: 'no answer' }
      : { kind: 'accepted', venueId: done.venueId, at: this.#at() };
  }

  async placeConditional(order: ConditionalOrderRequest): Promise<PlaceResult> {
    const fault = this.#fault('placeConditional', order.clientId);
    if (typeof fault === 'number') return { kind: 'rejected', code: fault, reason: `code ${fault}` };
    if (fault === 'dropped') return { kind: 'unknown', reason: 'no answer' };
    const type = order.type === 'stopMarket' ? 'STOP_MARKET' : 'TAKE_PROFIT_MARKET';
    const whole = order.coverage.kind === 'closePosition';
    const twin = this.conditionals.some(
      (o) => o.symbol === order.symbol && o.status === 'new' && o.type === type && o.closePosition && whole,
    );
    if (twin) return { kind: 'rejected', code: -4130, reason: 'An open stop with closePosition exists.' };
    if (!this.positions.has(order.symbol))
      return { kind: 'rejected', code: -4509, reason: 'TIF GTE can only be used with open positions.' };
    if (this.#reached(type, order.action, ticksToPrice(order.trigger, this.grid))) {
      return { kind: 'rejected', code: -2021, reason: 'Order would immediately trigger.' };
    }
    const venueId = String(this.#nextId++);
    this.accepted.push(order.clientId);
    this.conditionals.push({
      symbol: order.symbol,
      clientId: order.clientId,
      venueId,
      type,
      action: order.action,
      status: 'new',
      triggerPrice: ticksToWire(order.trigger, this.grid),
      qty: order.coverage.kind === 'reduceOnly' ? stepsToWire(order.coverage.steps, this.grid) : zero,
      closePosition: whole,
      reduceOnly: !whole,
    });
    this.setConditional(order.clientId, 'new');
    return fault === 'lost' ? { kind: 'unknown', reason: 'no answer' } : { kind: 'accepted', venueId, at: this.#at() };
  }

  async cancelConditional(_symbol: SymbolId, clientId: ClientOrderId): Promise<CancelResult> {
    if (this.#fault('cancelConditional', clientId) !== null) return { kind: 'unknown', reason: 'no answer' };
    const found = this.conditionals.find((order) => order.clientId === clientId && order.status === 'new');
    if (found === undefined) return { kind: 'gone' };
    this.setConditional(clientId, 'canceled');
    return { kind: 'canceled' };
  }

  async cancel(): Promise<CancelResult> {
    return { kind: 'gone' };
  }

  async find(_symbol: SymbolId, clientId: ClientOrderId): Promise<FindResult<OrderState>> {
    if (this.#fault('find', clientId) !== null) return { kind: 'unknown', reason: 'no answer' };
    const state = this.orders.find((order) => order.clientId === clientId);
    return state === undefined ? { kind: 'absent' } : { kind: 'found', state };
  }

  async openConditionals(symbol: SymbolId): Promise<readonly ConditionalState[] | null> {
    if (this.#fault('openConditionals', symbol) !== null) return null;
    return this.conditionals.filter((order) => order.symbol === symbol && order.status === 'new');
  }

  #state(symbol: SymbolId, held: Held): PositionState {
    const gain = subtract(parseDecimal(String(this.price)), parseDecimal(held.entryPrice));
    const { signedQty, entryPrice, updateMs } = held;
    const markPrice = formatDecimal(parseDecimal(String(this.price)));
    return { symbol, signedQty, entryPrice, markPrice, unrealizedPnl: formatDecimal(gain), liquidationPrice: zero, updateMs };
  }

  async position(symbol: SymbolId): ReturnType<Broker['position']> {
    if (this.#fault('position', symbol) !== null) return { kind: 'unknown', reason: 'no answer' };
    const held = this.positions.get(symbol);
    return held === undefined ? { kind: 'flat' } : { kind: 'open', state: this.#state(symbol, held) };
  }

  async openPositions(): Promise<readonly PositionState[] | null> {
    if (this.#fault('openPositions', '') !== null) return null;
    return [...this.positions].map(([symbol, held]) => this.#state(symbol, held));
  }

  /** Somebody paid in or out, or trades elsewhere. */
  setWallet(usdt: string): void {
    this.#wallet = parseDecimal(usdt);
  }

  async snapshot(): Promise<AccountSnapshot | null> {
    if (this.#fault('snapshot', '') !== null) return null;
    const wallet = formatDecimal(this.#wallet);
    return {
      at: this.#at(),
      walletBalance: wallet,
      availableBalance: wallet,
      marginBalance: wallet,
      positions: [...this.positions].map(([symbol, held]) => this.#state(symbol, held)),
      openOrders: [],
      openConditionals: this.conditionals.filter((order) => order.status === 'new'),
    };
  }

  /** As the venue's userTrades: order ids, no client ids. */
  async fills(symbol: SymbolId, fromMs: EpochMs): Promise<readonly Fill[] | null> {
    if (this.#fault('fills', symbol) !== null) return null;
    return this.trades.filter((fill) => fill.symbol === symbol && fill.at >= fromMs).map((fill) => ({ ...fill, clientId: '' }));
  }

  async funding(
    _symbol: SymbolId,
    fromMs: EpochMs,
    toMs: EpochMs,
  ): Promise<readonly { readonly at: EpochMs; readonly amount: string }[] | null> {
    return this.fundingRows.filter((row) => row.at >= fromMs && row.at <= toMs);
  }

  async setIsolated(symbol: SymbolId): Promise<SettingResult> {
    const fault = this.#fault('setIsolated', symbol);
    return typeof fault === 'number' ? { kind: 'rejected', code: fault, reason: `code ${fault}` } : { kind: 'set' };
  }

  async setLeverage(symbol: SymbolId, leverage: number): Promise<SettingResult> {
    this.#leverage.set(symbol, leverage);
    return { kind: 'set' };
  }

  async symbolConfig(symbol: SymbolId): Promise<SymbolConfig | null> {
    return { symbol, marginType: 'isolated', leverage: this.#leverage.get(symbol) ?? 20 };
  }

  async accountId(): Promise<string> {
    return 'fake-account';
  }

  async config(): Promise<AccountConfig | null> {
    return { canTrade: true, hedgeMode: false, multiAssets: false };
  }

  async brackets(): Promise<ReadonlyMap<SymbolId, readonly LeverageBracket[]>> {
    const bracket = {
      maxLeverage: 20,
      notionalFloorUsdt: 0,
      notionalCapUsdt: 1_000_000,
      maintenanceMarginRate: 0.01,
      cumulativeUsdt: 0,
    };
    return new Map(['AAAUSDT', 'BBBUSDT', 'CCCUSDT', 'DDDUSDT', 'EEEUSDT'].map((name) => [name as SymbolId, [bracket]]));
  }

  /** A restarted bot connects anew; what happened in between is not told again. */
  async follow(sink: (event: AccountEvent) => void): Promise<void> {
    this.#sink = sink;
    sink({ kind: 'userStream', at: this.#at(), state: 'up', detail: 'connected' });
  }

  async drain(): Promise<void> {
    await Promise.resolve();
  }
}
