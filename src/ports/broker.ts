// Ports: the account. `place` has three answers; after `unknown` the caller looks the order up and never sends an entry again.
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
} from '../core/orders.ts';
import type { ClientOrderId, EpochMs, SymbolId } from '../core/units.ts';

/** None of these throws for what a venue may answer; reads give `unknown` (or null) where no information came back. */
export interface Broker {
  /** Names the account in the database's identity: trade ids are derived from it. */
  accountId(): Promise<string>;
  config(): Promise<AccountConfig | null>;
  symbolConfig(symbol: SymbolId): Promise<SymbolConfig | null>;
  brackets(): Promise<ReadonlyMap<SymbolId, readonly LeverageBracket[]>>;
  /** Balance, positions and both order stores; null = no information, never "flat". */
  snapshot(): Promise<AccountSnapshot | null>;
  /** `flat` only from a successful read. */
  position(
    symbol: SymbolId,
  ): Promise<
    | { readonly kind: 'open'; readonly state: PositionState }
    | { readonly kind: 'flat' }
    | { readonly kind: 'unknown'; readonly reason: string }
  >;
  /** Every open position of the account in one cheap read; null = no information. What is not on the list is flat. */
  openPositions(): Promise<readonly PositionState[] | null>;
  setLeverage(symbol: SymbolId, leverage: number): Promise<SettingResult>;
  /** ISOLATED; "no need to change" counts as set. */
  setIsolated(symbol: SymbolId): Promise<SettingResult>;
  place(order: MarketOrderRequest): Promise<PlaceResult>;
  placeConditional(order: ConditionalOrderRequest): Promise<PlaceResult>;
  cancelConditional(symbol: SymbolId, clientId: ClientOrderId): Promise<CancelResult>;
  cancel(symbol: SymbolId, clientId: ClientOrderId): Promise<CancelResult>;
  find(symbol: SymbolId, clientId: ClientOrderId): Promise<FindResult<OrderState>>;
  openConditionals(symbol: SymbolId): Promise<readonly ConditionalState[] | null>;
  /** Fills of a symbol from an instant on, oldest first; null = no information. */
  fills(symbol: SymbolId, fromMs: EpochMs): Promise<readonly Fill[] | null>;
  /** Funding paid (negative) or received for a symbol in a span, in USDT; null = no information. */
  funding(
    symbol: SymbolId,
    fromMs: EpochMs,
    toMs: EpochMs,
  ): Promise<readonly { readonly at: EpochMs; readonly amount: string }[] | null>;
  /** The account's own books on a symbol in a span; null = no information. Absent where fills can never be lost. */
  income?(symbol: SymbolId, fromMs: EpochMs, toMs: EpochMs): Promise<readonly IncomeRow[] | null>;
  /** Opens the user stream; events reach the sink in the order of arrival. Resolves when it is connected. */
  follow(sink: (event: AccountEvent) => void, signal: AbortSignal): Promise<void>;
  /** Resolves when everything that was on its way at the time of the call has reached the sink. */
  drain(): Promise<void>;
}
