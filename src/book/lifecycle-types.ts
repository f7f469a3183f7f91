// Floor 1, the book: the words of one trade's life. A trade is a pile of facts that only grows; its state is read off them,
// so that any event may arrive in any state and in any order.
import type { OrderRole } from '../core/client-id.ts';
import type { Grid } from '../core/grid.ts';
import type { Bar } from '../core/market.ts';
import type {
  AccountEvent,
  CancelResult,
  ConditionalOrderRequest,
  ConditionalState,
  Fill,
  FindResult,
  IncomeRow,
  MarketOrderRequest,
  OrderState,
  OrderStatus,
  PlaceResult,
  PositionState,
  SettingResult,
} from '../core/orders.ts';
import type { ClosedTrade, ExitClass, TradePlan, TradeState } from '../core/trade.ts';
import type { ClientOrderId, DecimalString, EpochMs, Steps, SymbolId, Ticks } from '../core/units.ts';
import type { ManagementSettings, StopCause, TrendFacts } from './management.ts';

/** Both clocks at one event: venue time fences and names, wall time measures how long a position stood naked. */
export interface Instant {
  readonly venueMs: EpochMs;
  readonly wallMs: number;
}

export type EntryOutcome = 'none' | 'unsent' | 'sending' | 'accepted' | 'unknown' | 'rejected' | 'fenced';

/** What is known of the one entry order. The counters hold evidence of absence, gathered after the fence only. */
export interface EntryFacts {
  readonly outcome: EntryOutcome;
  readonly clientId: ClientOrderId;
  readonly code: number | null;
  readonly reason: string;
  readonly sent: Instant | null;
  readonly fenceMs: EpochMs;
  readonly status: OrderStatus | null;
  readonly executedQty: DecimalString;
  readonly venueId: string;
  readonly absentReads: number;
  readonly flatReads: number;
  readonly emptyFillReads: number;
  readonly lastAbsentMs: EpochMs;
  readonly lastFlatMs: EpochMs;
}

/** A conditional order of ours. `sent` is not yet seen on the venue: only `live` protects. */
export interface RestingOrder {
  readonly clientId: ClientOrderId;
  readonly role: 'a' | 'w' | 't';
  readonly trigger: Ticks;
  readonly coverage: ConditionalOrderRequest['coverage'];
  readonly status: 'sending' | 'sent' | 'live' | 'fired' | 'gone';
  readonly sent: Instant;
  readonly fired: Instant | null;
  readonly verified: Instant | null;
}

export interface PositionFact {
  readonly holding: 'none' | 'open' | 'flat';
  /** Unsigned; '0' where only a fill sign is known. */
  readonly qty: DecimalString;
  /** Largest size ever seen: the closed trade must account for all of it. */
  readonly peakQty: DecimalString;
  readonly entryPrice: DecimalString;
  readonly liquidationPrice: number;
  readonly atMs: EpochMs;
  /** When the newest evidence of a position reached us. */
  readonly seen: Instant | null;
  /** Reads in a row that said flat while events still say open: REST may lag behind the stream. */
  readonly doubtfulFlats: number;
}

export interface ExitFacts {
  readonly wanted: ExitClass | null;
  readonly sent: Instant | null;
  readonly asked: Instant | null;
}

export interface SettleFacts {
  readonly fillsReadMs: EpochMs | null;
  readonly fundingUsdt: DecimalString | null;
  /** The account's own books, asked for when the fills did not become complete within a day. */
  readonly income: readonly IncomeRow[] | null;
  /** Client ids looked up to learn which order a fill without a name belongs to. */
  readonly lookedUp: readonly string[];
  readonly polls: number;
  readonly polled: Instant | null;
}

/** What was done with the running position, and what is on its way. */
export interface ManagementFacts {
  /** Where the working stop belongs since it was moved; null = at the plan's. Only ever nearer to profit. */
  readonly stop: Ticks | null;
  /** Where it stood before; null after a restart. */
  readonly from: Ticks | null;
  readonly cause: StopCause | 'command' | null;
  /** `cancelFirst`: this venue refuses two quantity stops at once; the disaster stop covers the moment between them. */
  readonly order: 'newFirst' | 'cancelFirst';
  readonly retry: { readonly since: Instant | null; readonly failures: number };
  /** The one part that is taken off without being asked. */
  readonly autoPartial: 'open' | 'taken';
  readonly partial: {
    readonly state: 'none' | 'wanted' | 'sent';
    readonly left: Steps;
    readonly taken: Steps;
    readonly sent: Instant | null;
  };
}

export interface LiveTrade {
  readonly plan: TradePlan;
  readonly grid: Grid;
  readonly instance: string;
  readonly maxMarketSteps: Steps;
  /** Costs of both ways as a fraction of the notional. */
  readonly costFraction: number;
  readonly state: TradeState;
  readonly version: number;
  readonly openedMs: EpochMs | null;
  readonly closedMs: EpochMs | null;
  readonly exitClass: ExitClass | null;
  readonly entry: EntryFacts;
  readonly position: PositionFact;
  readonly resting: readonly RestingOrder[];
  readonly fills: readonly Fill[];
  /** Venue order id → client id, as far as it is known. */
  readonly names: Readonly<Record<string, string>>;
  readonly nakedSince: Instant | null;
  readonly firstFill: Instant | null;
  /** `waitMs` counts from `since`; `bridge`: the closePosition stop is refused for now, cover the quantity instead. */
  readonly stopRetry: { readonly since: Instant | null; readonly waitMs: number; readonly bridge: 'no' | 'soon' | 'needed' };
  readonly targetRetry: { readonly since: Instant | null; readonly failures: number };
  readonly exit: ExitFacts;
  readonly management: ManagementFacts;
  /** Price in USDT of the assets, other than USDT, in which fees were taken. */
  readonly feePrices: Readonly<Record<string, string>>;
  readonly settle: SettleFacts;
  readonly sweep: { readonly done: number; readonly flatAt: Instant | null };
  readonly asked: { readonly position: Instant | null; readonly find: Instant | null; readonly conditionals: Instant | null };
  /** Requests whose answers are still out: one slot each, so that nothing is asked twice at once. */
  readonly pending: readonly string[];
  readonly attempts: Readonly<Record<OrderRole, number>>;
  readonly told: readonly string[];
  /** The user stream was unbroken since before the entry, or was reconciled after a break. */
  readonly stream: 'trusted' | 'untrusted';
}

export type PositionRead =
  | { readonly kind: 'open'; readonly state: PositionState }
  | { readonly kind: 'flat' }
  | { readonly kind: 'unknown'; readonly reason: string };

export type FundingRows = readonly { readonly at: EpochMs; readonly amount: string }[];

export type TradeInput =
  | { readonly kind: 'tick'; readonly stream: 'trusted' | 'untrusted' }
  | { readonly kind: 'settings'; readonly result: SettingResult }
  | { readonly kind: 'entryAnswer'; readonly result: PlaceResult }
  | { readonly kind: 'restingAnswer'; readonly clientId: ClientOrderId; readonly result: PlaceResult }
  | { readonly kind: 'closeAnswer'; readonly clientId: ClientOrderId; readonly result: PlaceResult }
  | { readonly kind: 'cancelAnswer'; readonly clientId: ClientOrderId; readonly result: CancelResult }
  | { readonly kind: 'found'; readonly clientId: ClientOrderId; readonly result: FindResult<OrderState> }
  | { readonly kind: 'positionRead'; readonly result: PositionRead; readonly asked: Instant }
  | { readonly kind: 'conditionalsRead'; readonly list: readonly ConditionalState[] | null; readonly asked: Instant }
  | { readonly kind: 'fillsRead'; readonly fills: readonly Fill[] | null; readonly asked: Instant }
  | { readonly kind: 'fundingRead'; readonly rows: FundingRows | null }
  | { readonly kind: 'incomeRead'; readonly rows: readonly IncomeRow[] | null }
  | { readonly kind: 'account'; readonly event: AccountEvent }
  | { readonly kind: 'mark'; readonly price: number }
  | { readonly kind: 'barClosed'; readonly barCloseMs: EpochMs }
  /** A closed bar of this trade's symbol: what the rules of management are asked about. */
  | { readonly kind: 'bar'; readonly bar: Bar; readonly trend: TrendFacts | null; readonly settings: ManagementSettings }
  | { readonly kind: 'wantBreakEven' }
  | { readonly kind: 'wantHalf' }
  | { readonly kind: 'feePrices'; readonly prices: Readonly<Record<string, string>> }
  | { readonly kind: 'wantExit'; readonly exitClass: ExitClass };

/** What the trade asks of the world. Mutating wishes are journaled before they are granted. */
export type Wish =
  | { readonly kind: 'prepareSymbol'; readonly symbol: SymbolId; readonly leverage: number }
  | { readonly kind: 'placeEntry'; readonly order: MarketOrderRequest }
  | { readonly kind: 'placeResting'; readonly role: 'a' | 'w' | 't'; readonly order: ConditionalOrderRequest }
  | { readonly kind: 'close'; readonly order: MarketOrderRequest }
  | { readonly kind: 'cancel'; readonly clientId: ClientOrderId }
  | { readonly kind: 'find'; readonly clientId: ClientOrderId }
  | { readonly kind: 'readPosition' }
  | { readonly kind: 'readConditionals' }
  | { readonly kind: 'readFills'; readonly fromMs: EpochMs }
  | { readonly kind: 'readFunding'; readonly fromMs: EpochMs; readonly toMs: EpochMs }
  | { readonly kind: 'readIncome'; readonly fromMs: EpochMs; readonly toMs: EpochMs }
  /** All facts are in: write the closed trade and its row in one transaction. */
  | { readonly kind: 'book'; readonly closed: ClosedTrade; readonly fills: readonly Fill[] }
  | { readonly kind: 'tell'; readonly event: TellEvent; readonly code: string; readonly text: string };

export type TellEvent = 'opened' | 'protected' | 'stopMoved' | 'partial' | 'alarm';

export interface Step {
  readonly trade: LiveTrade;
  readonly wishes: readonly Wish[];
}
