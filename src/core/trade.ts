// Floor 0, the words: a trade from plan to settled row, real or virtual.
import type { Grid } from './grid.ts';
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
  /** The contract's grid at the time of the plan: a trade outlives the venue's list. */
  readonly grid?: Grid;
  /** When a person said yes to the entry: from then on its age counts. */
  readonly confirmedMs?: EpochMs;
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
  /** A working stop that had been moved: to where the trade costs nothing, or further behind the price. */
  | 'breakEven'
  | 'trail'
  | 'target'
  /** The trend timeframe broke its structure against the position. */
  | 'reversal'
  | 'timeStop'
  | 'naked'
  | 'stopPassed'
  /** The price was beyond the target before the target rested: taken at market. */
  | 'targetPassed'
  /** The last line behind the stop (contract §8.9). */
  | 'hardClose'
  | 'command'
  /** The contract is about to be delivered. */
  | 'delisting'
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

/** How a shown virtual position ended by the rules that real ones are managed by. */
export interface ManagedExit {
  readonly reason: 'target' | 'stop' | 'breakEven' | 'trail' | 'reversal' | 'timeout';
  readonly price: number;
  readonly atMs: EpochMs;
  /** After costs, the half that was taken off before included. */
  readonly netR: number;
}

/** What management made of a shown virtual position; the label of its signal goes on to its own end, unmanaged. */
export interface ManagedVirtual {
  readonly stop: number;
  readonly cause: 'plan' | 'breakEven' | 'trail';
  /** Gross R at which half was taken off; null while none was. */
  readonly partialR: number | null;
  readonly exit: ManagedExit | null;
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
  /** Only of those that are shown, from their entry on. */
  readonly managed?: ManagedVirtual;
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

/** A timeout that is watched on: would its target have come before its stop within 720 bars (`y_720`)? */
export interface LongLabel {
  readonly outcome: Outcome;
  readonly stop: number;
  readonly target: number;
}

/** Whether a signal earned its risk before its stop was touched; a planned reward is never below 1 R. */
export const reachedOneR = ({ exit, maxFavourableR }: Pick<Outcome, 'exit' | 'maxFavourableR'>): boolean =>
  exit === 'target' || maxFavourableR >= 1;

/** Degradation ladder (reliability.md §6.4), worst last. */
export const LADDER = ['NORMAL', 'NO_NEW_ENTRIES', 'PROTECT_ONLY', 'PANIC', 'HALTED'] as const;
export type LadderLevel = (typeof LADDER)[number];
