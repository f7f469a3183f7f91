// Services, room 7: the state of the whole bot as one value, for whoever looks: terminal, Discord, tests.

import type { HitRate } from '../src/book/hit-rates.ts';
import type { RiskLevel } from '../src/book/risk-level.ts';
import type { LadderLevel } from '../src/core/trade.ts';
import type { EpochMs, Side, SymbolId } from '../src/core/units.ts';

/** A real position as people see it. Prices are numbers for showing, never fed back. */
export interface PositionView {
  readonly tradeId: string;
  readonly symbol: SymbolId;
  readonly side: Side;
  readonly state: string;
  readonly qty: string;
  readonly leverage: number;
  readonly entry: number;
  readonly mark: number;
  readonly stop: number;
  readonly target: number;
  readonly pnlUsdt: number;
  readonly r: number;
  readonly openedMs: EpochMs;
  /** Stop seen live on the venue. */
  readonly protection: 'verified' | 'pending';
  /** By unrealised result ÷ entry notional, as of the last closed minute. */
  readonly riskLevel?: RiskLevel;
}

/** An entry that waits for a person; prices are numbers for showing. */
export interface EntryRequestView {
  readonly signalId: string;
  readonly symbol: SymbolId;
  readonly side: Side;
  readonly score: number;
  readonly entry: number;
  readonly stop: number;
  readonly target: number;
  readonly expiresMs: EpochMs;
}

export interface VirtualView {
  readonly symbol: SymbolId;
  readonly side: Side;
  readonly entry: number;
  readonly mark: number;
  readonly r: number;
  readonly barsHeld: number;
  readonly reason: string;
}

export interface BalanceView {
  readonly walletUsdt: number;
  readonly availableUsdt: number;
  readonly equityUsdt: number;
  /** Equity at the first read of this run. */
  readonly startUsdt: number;
}

export interface SignalView {
  readonly symbol: SymbolId;
  readonly side: Side;
  readonly setup: string;
  readonly score: number;
  readonly rank: number;
  readonly rewardToRisk: number;
  readonly entry: number;
  readonly stop: number;
  readonly target: number;
  readonly barCloseMs: EpochMs;
  /** What became of signals of its kind; null below the lowest score band. */
  readonly measured: HitRate | null;
  /** real | virtual | label, with the reason where it is not real; provisional while its candle is. */
  readonly fate: string;
  /** A signal of a provisional candle is shown and neither traded nor counted before the venue has confirmed the candle. */
  readonly candle: 'final' | 'provisional';
}

export interface ScanView {
  readonly barOpenMs: EpochMs;
  readonly symbols: number;
  readonly ready: number;
  readonly late: number;
  /** How many of the late ones were judged by a candle that nobody has confirmed yet. */
  readonly provisional: number;
  readonly scanMs: number;
  readonly closeToRankMs: number;
  readonly signals: number;
}

export interface Tally {
  readonly minutes: number;
  readonly signals: number;
  readonly opened: number;
  readonly closed: number;
  readonly wins: number;
  readonly netPnlUsdt: number;
  readonly virtualOpened: number;
  readonly virtualClosed: number;
}

export interface Overview {
  readonly mode: string;
  readonly marketNow: EpochMs;
  readonly ladder: { readonly level: LadderLevel; readonly reasons: readonly string[] };
  readonly scan: ScanView | null;
  readonly recentSignals: readonly SignalView[];
  readonly positions: readonly PositionView[];
  readonly virtuals: readonly VirtualView[];
  readonly balance: BalanceView | null;
  readonly entryRequests?: readonly EntryRequestView[];
  /** Signals of one side within so many minutes are one cluster. */
  readonly clusterMinutes?: number;
  /** Settings that may be changed while the bot runs, with their values in force. */
  readonly settings?: ReadonlyMap<string, string>;
  readonly tally: Tally;
}
