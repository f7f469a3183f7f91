// Adapters, binance: the Broker port over signed requests and the user stream. It decides nothing; it tells what the venue
// said, and says "unknown" where the venue did not.
import type {
  AccountConfig,
  AccountEvent,
  AccountSnapshot,
  CancelResult,
  ConditionalOrderRequest,
  ConditionalState,
  Fill,
  FindResult,
  IncomeRow,
  LeverageBracket,
  MarketOrderRequest,
  OrderState,
  PlaceResult,
  PositionState,
  SettingResult,
  SymbolConfig,
} from '../../core/orders.ts';
import type { ClientOrderId, EpochMs, SymbolId } from '../../core/units.ts';
import type { Broker } from '../../ports/broker.ts';
import { cancelConditional, cancelOrder, findOrder, placeConditional, placeMarket } from './broker-orders.ts';
import {
  type FundingPayment,
  type PositionAnswer,
  readConditionals,
  readFills,
  readFunding,
  readIncome,
  readPosition,
  readPositions,
  readSnapshot,
} from './broker-reads.ts';
import { readAccountAlias, readBrackets, readConfig, readSymbolConfig, setIsolated, setLeverage } from './broker-settings.ts';
import type { VenueContext } from './context.ts';
import { OrderBudget } from './order-budget.ts';
import { UserStream } from './user-stream.ts';

export class BinanceBroker implements Broker {
  readonly #context: VenueContext;
  readonly #accountId: string | null;
  readonly #budget: OrderBudget;
  readonly #streams = new Set<UserStream>();
  #brackets: ReadonlyMap<SymbolId, readonly LeverageBracket[]> = new Map();

  constructor(context: VenueContext, accountId: string | null) {
    this.#context = context;
    this.#accountId = accountId;
    this.#budget = new OrderBudget(context.wall);
  }

  /** Given by the composition root where it knows it, else the venue's own alias. Throws VenueError when neither is to be had. */
  async accountId(): Promise<string> {
    return this.#accountId ?? readAccountAlias(this.#context);
  }

  config(): Promise<AccountConfig | null> {
    return readConfig(this.#context);
  }

  symbolConfig(symbol: SymbolId): Promise<SymbolConfig | null> {
    return readSymbolConfig(this.#context, symbol);
  }

  /** The newest answer the venue gave; empty until there was one. */
  async brackets(): Promise<ReadonlyMap<SymbolId, readonly LeverageBracket[]>> {
    this.#brackets = (await readBrackets(this.#context)) ?? this.#brackets;
    return this.#brackets;
  }

  snapshot(): Promise<AccountSnapshot | null> {
    return readSnapshot(this.#context);
  }

  position(symbol: SymbolId): Promise<PositionAnswer> {
    return readPosition(this.#context, symbol);
  }

  openPositions(): Promise<readonly PositionState[] | null> {
    return readPositions(this.#context);
  }

  setLeverage(symbol: SymbolId, leverage: number): Promise<SettingResult> {
    return setLeverage(this.#context, symbol, leverage);
  }

  setIsolated(symbol: SymbolId): Promise<SettingResult> {
    return setIsolated(this.#context, symbol);
  }

  place(order: MarketOrderRequest): Promise<PlaceResult> {
    return placeMarket(this.#context, order, this.#budget);
  }

  placeConditional(order: ConditionalOrderRequest): Promise<PlaceResult> {
    return placeConditional(this.#context, order, this.#budget);
  }

  cancelConditional(symbol: SymbolId, clientId: ClientOrderId): Promise<CancelResult> {
    return cancelConditional(this.#context, symbol, clientId);
  }

  cancel(symbol: SymbolId, clientId: ClientOrderId): Promise<CancelResult> {
    return cancelOrder(this.#context, symbol, clientId);
  }

  find(symbol: SymbolId, clientId: ClientOrderId): Promise<FindResult<OrderState>> {
    return findOrder(this.#context, symbol, clientId);
  }

  openConditionals(symbol: SymbolId): Promise<readonly ConditionalState[] | null> {
    return readConditionals(this.#context, symbol);
  }

  fills(symbol: SymbolId, fromMs: EpochMs): Promise<readonly Fill[] | null> {
    return readFills(this.#context, symbol, fromMs);
  }

  funding(symbol: SymbolId, fromMs: EpochMs, toMs: EpochMs): Promise<readonly FundingPayment[] | null> {
    return readFunding(this.#context, symbol, fromMs, toMs);
  }

  income(symbol: SymbolId, fromMs: EpochMs, toMs: EpochMs): Promise<readonly IncomeRow[] | null> {
    return readIncome(this.#context, symbol, fromMs, toMs);
  }

  async follow(sink: (event: AccountEvent) => void, signal: AbortSignal): Promise<void> {
    await this.#context.clock.ensure();
    const stream = new UserStream(this.#context, sink);
    this.#streams.add(stream);
    const stop = (): void => {
      stream.stop();
      this.#streams.delete(stream);
    };
    for (const ended of [signal, this.#context.stopping]) {
      if (ended.aborted) stop();
      else ended.addEventListener('abort', stop, { once: true });
    }
    try {
      await stream.whenUp();
    } catch (error) {
      stop();
      throw error;
    }
  }

  async drain(): Promise<void> {
    await Promise.all([...this.#streams].map((stream) => stream.drain()));
  }
}
