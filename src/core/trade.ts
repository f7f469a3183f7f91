// Floor 0, the words: a trade from plan to settled row, real or virtual.
import type { Signal } from './signal.ts';
import type { DecimalString, EpochMs, Side, Steps, SymbolId, Ticks } from './units.ts';

/** What ExecutionService may act on: ticks and steps on the grid, sized and judged by src/risk. */
export interface TradePlan {
  readonly tradeId: string;
  readonly signal: Signal;
  readonly symbol: SymbolId;
  readonly side: Side;
  readonly steps: Steps;
  /** Signal close on the grid: the reference for slippage, not a limit. */
  readonly entry: Ticks;
  readonly stop: Ticks;
  readonly target: Ticks;
  readonly leverage: number;
  /** Why this leverage and not more: plan | bracket | liquidation | risk … */
  readonly leverageReason: string;
  readonly marginPct: number;
  readonly notionalUsdt: number;
  readonly riskUsdt: number;
}

/** States of reliability.md §3.4. `void*` and `swept` are final, though a position seen later reopens them (ghost). */
export const TRADE_STATES = [
  'prepared',
  'sending',
  'unknown',
  'working',
  'openNaked',
  'protected',
  'exiting',
  'settling',
  'journaled',
  'swept',
  'voidUnsent',
  'voidRejected',
  'voidFenced',
] as const;
export type TradeState = (typeof TRADE_STATES)[number];

/** How a position ended. `external`: closed by a person outside the bot. */
export type ExitClass =
  | 'stop'
  | 'target'
  | 'timeStop'
  | 'naked'
  | 'stopPassed'
  | 'command'
  | 'external'
  | 'adl'
  | 'liquidation'
  | 'settlement';

export interface ClosedTrade {
  readonly tradeId: string;
  readonly signalId: string;
  readonly symbol: SymbolId;
  readonly side: Side;
  readonly exitClass: ExitClass;
  readonly openedMs: EpochMs;
  readonly closedMs: EpochMs;
  readonly qty: DecimalString;
  readonly averageEntry: DecimalString;
  readonly averageExit: DecimalString;
  /** realised − fees + funding, exact, in USDT. */
  readonly netPnlUsdt: DecimalString;
  readonly feesUsdt: DecimalString;
  readonly fundingUsdt: DecimalString;
  /** netPnl / planned risk of the filled size. */
  readonly netR: number;
}

/** Bar-driven twin of a position: the same entry, stop, target, costs and time stop, moved by closed candles only. */
export interface VirtualTrade {
  readonly signalId: string;
  readonly tradeId: string;
  readonly symbol: SymbolId;
  readonly side: Side;
  /** `shown`: one of the at most 10 virtual positions people see; `label`: resolved for its row only. */
  readonly role: 'shown' | 'label';
  /** Of its signal: outcomes are counted by them. */
  readonly score: number;
  readonly setup: string;
  readonly reason: string;
  readonly signalBarCloseMs: EpochMs;
  readonly stop: number;
  readonly target: number;
  readonly plannedRisk: number;
  readonly costR: number;
  /** Null until the bar after the signal opened. */
  readonly entry: { readonly price: number; readonly atMs: EpochMs } | null;
  readonly barsHeld: number;
  readonly maxFavourableR: number;
  readonly maxAdverseR: number;
  readonly barsToMaxFavourable: number;
}

export type VirtualExit = 'target' | 'stop' | 'timeout';

/** The label of a signal (ml.md §3.4): what its virtual twin earned. */
export interface Outcome {
  readonly signalId: string;
  readonly tradeId: string;
  readonly symbol: SymbolId;
  readonly side: Side;
  readonly role: 'shown' | 'label';
  readonly score: number;
  readonly setup: string;
  readonly exit: VirtualExit;
  /** Stop and target inside one bar: counted as stop. */
  readonly ambiguous: boolean;
  readonly entryPrice: number;
  readonly exitPrice: number;
  readonly entryMs: EpochMs;
  readonly exitMs: EpochMs;
  readonly grossR: number;
  readonly netR: number;
  readonly maxFavourableR: number;
  readonly maxAdverseR: number;
  readonly barsToMaxFavourable: number;
  readonly barsHeld: number;
}

/** Whether a signal earned its risk before its stop was touched; a planned reward is never below 1 R. */
export const reachedOneR = ({ exit, maxFavourableR }: Pick<Outcome, 'exit' | 'maxFavourableR'>): boolean =>
  exit === 'target' || maxFavourableR >= 1;

/** Degradation ladder (reliability.md §6.4), worst last. */
export const LADDER = ['NORMAL', 'NO_NEW_ENTRIES', 'PROTECT_ONLY', 'PANIC', 'HALTED'] as const;
export type LadderLevel = (typeof LADDER)[number];
