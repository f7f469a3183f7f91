// Floor 0, the words: what the journal keeps. One commit is one transaction; numbers that are money are decimal strings.
import type { OrderRole } from './client-id.ts';
import type { KlineBlock } from './klines.ts';
import type { Fill } from './orders.ts';
import type { ClosedTrade, LongLabel, Outcome, TradePlan, TradeState, VirtualTrade } from './trade.ts';
import type { ClientOrderId, EpochMs, SymbolId } from './units.ts';

/** A cell of a training row: null = missing (an empty CSV cell), never 0 for "unknown". */
export type Cell = string | number | null;
/** One training row, in its schema's column order. */
export type TrainingRow = Readonly<Record<string, Cell>>;

export interface IntentRow {
  readonly tradeId: string;
  readonly signalId: string;
  readonly strategy: string;
  readonly symbol: SymbolId;
  readonly side: 'long' | 'short';
  readonly barCloseMs: EpochMs;
  readonly plan: TradePlan;
  readonly state: TradeState;
  /** Grows by one with every state change; a commit with a stale version is refused. */
  readonly version: number;
  readonly openedMs: EpochMs | null;
  readonly closedMs: EpochMs | null;
  readonly exitClass: string | null;
}

export type OpVerb = 'placeMarket' | 'placeConditional' | 'cancel';
export type OpOutcome = 'sending' | 'accepted' | 'rejected' | 'unknown' | 'canceled';

/** A mutating request, written before its first byte leaves. */
export interface OpRow {
  readonly clientId: ClientOrderId;
  readonly tradeId: string;
  readonly role: OrderRole;
  readonly attempt: number;
  readonly verb: OpVerb;
  readonly params: string;
  readonly signedMs: EpochMs;
  readonly recvWindowMs: number;
  /** After this instant of venue time an unseen entry can no longer be accepted. */
  readonly fenceMs: EpochMs;
  readonly outcome: OpOutcome;
  readonly code: number | null;
  readonly venueId: string | null;
}

export interface BalanceRow {
  readonly at: EpochMs;
  readonly walletBalance: string;
  readonly marginBalance: string;
  readonly availableBalance: string;
  readonly cause: string;
}

/** A signal whose training row is not decided yet. */
export interface WaitingSignal {
  readonly signalId: string;
  readonly symbol: SymbolId;
  readonly row: TrainingRow;
}

/** How a process ended that could still say so; one that is killed or crashes says nothing. `left`: a person insisted. */
export type LifeEnding = 'stopped' | 'refused' | 'left';

/** One run of the process, written at its start. */
export interface LifeRow {
  readonly beganMs: EpochMs;
  readonly endedMs: EpochMs | null;
  readonly ending: LifeEnding | null;
  /** `found`: this start found so many crashes before it that it began in safe mode; they are counted by it. */
  readonly loop: 'none' | 'found';
}

export type JournalRow =
  | {
      readonly table: 'signal';
      readonly signalId: string;
      readonly barCloseMs: EpochMs;
      readonly row: TrainingRow;
      readonly evaluationJson: string;
      readonly snapshotJson: string;
      /** The candles it was judged by; given up after their retention. */
      readonly klines?: readonly KlineBlock[];
      /** A person is asked: the row is kept, and joins its stream with `signalAnswered`. Absent where it is decided. */
      readonly answer?: 'waits';
    }
  /** The first answer counts. */
  | { readonly table: 'signalAnswered'; readonly signalId: string; readonly row: TrainingRow; readonly judgementJson: string }
  | { readonly table: 'intent'; readonly row: IntentRow }
  /** A name is used once, ever; of a trade that no journal knows nobody can tell which ones were. */
  | { readonly table: 'op'; readonly row: OpRow; readonly name?: 'mayRepeat' }
  | {
      readonly table: 'opOutcome';
      readonly clientId: ClientOrderId;
      readonly outcome: OpOutcome;
      readonly code: number | null;
      readonly venueId: string | null;
      readonly doneMs: EpochMs;
    }
  /** Counts once per (symbol, tradeNo), whatever is committed twice. */
  | { readonly table: 'fill'; readonly tradeId: string; readonly role: OrderRole; readonly fill: Fill }
  | { readonly table: 'virtual'; readonly trade: VirtualTrade }
  /** With a long label the row is not complete yet: it counts at once, and joins its stream with `outcomeRow`. */
  | { readonly table: 'outcome'; readonly outcome: Outcome; readonly row: TrainingRow; readonly long?: LongLabel }
  | { readonly table: 'outcomeRow'; readonly signalId: string; readonly row: TrainingRow }
  | { readonly table: 'closedTrade'; readonly trade: ClosedTrade; readonly row: TrainingRow }
  | { readonly table: 'watermark'; readonly symbol: SymbolId; readonly barCloseMs: EpochMs }
  | { readonly table: 'balance'; readonly row: BalanceRow }
  | { readonly table: 'latch'; readonly name: string; readonly reason: string | null }
  /** Wall time, as in `lifeEnd`. */
  | { readonly table: 'life'; readonly beganMs: EpochMs; readonly loop: LifeRow['loop'] }
  | { readonly table: 'lifeEnd'; readonly beganMs: EpochMs; readonly endedMs: EpochMs; readonly ending: LifeEnding };

/** Outcomes of past signals of one set-up and score, and how many of them reached 1 R before their stop. */
export interface HitCount {
  readonly setup: string;
  readonly score: number;
  readonly outcomes: number;
  readonly hits: number;
}

/** What a start finds: recovery and start are one path. */
export interface JournalState {
  /** Every intent that is not final, and every final one younger than the ghost watch. */
  readonly intents: readonly IntentRow[];
  readonly ops: readonly OpRow[];
  readonly fills: readonly { readonly tradeId: string; readonly role: OrderRole; readonly fill: Fill }[];
  readonly virtuals: readonly VirtualTrade[];
  /** Timeouts whose long label is still open. */
  readonly longLabels: readonly LongLabel[];
  readonly watermarks: ReadonlyMap<SymbolId, EpochMs>;
  readonly latches: ReadonlyMap<string, string>;
  /** Signals whose decision an earlier run left to a person. */
  readonly waitingSignals: readonly WaitingSignal[];
  /** The newest runs of the process, newest last. */
  readonly lives: readonly LifeRow[];
  readonly lastBalance: BalanceRow | null;
  /** The highest equity that was ever written down, in USDT; null before the first. */
  readonly peakEquityUsdt: number | null;
  /** Net R of the newest 200 closed real trades, newest last: the win rate that leverage is drawn from. */
  readonly recentNetR: readonly number[];
  /** The newest 200 closed real trades, newest last: the day's loss and the losing streak survive a restart. */
  readonly recentClosed: readonly ClosedTrade[];
  /** Bar close of the newest signal per symbol and side: the cool-down survives a restart. */
  readonly lastSignals: readonly { readonly symbol: SymbolId; readonly side: 'long' | 'short'; readonly barCloseMs: EpochMs }[];
  /** By set-up, then score. */
  readonly hitCounts: readonly HitCount[];
}
