// Risk, room 5: what the day and the last losses permit. Reducers over closed real trades; the clock is the venue's.

import { DAY_MS } from '../core/timeframe.ts';
import type { ClosedTrade } from '../core/trade.ts';
import { type EpochMs, epochMs, type SymbolId } from '../core/units.ts';

export interface LimitsState {
  /** UTC midnight of the day that is being counted. */
  readonly dayMs: EpochMs;
  /** Margin balance when the day (or the run within it) began. */
  readonly dayStartEquityUsdt: number;
  readonly realisedTodayUsdt: number;
  /** Losing trades in a row, newest last; one winner ends it. */
  readonly losingStreak: number;
  readonly lastLossMs: EpochMs | null;
  readonly lastLossBySymbol: ReadonlyMap<SymbolId, EpochMs>;
}

export const dayOf = (at: number): EpochMs => epochMs(at - (at % DAY_MS));

export const freshLimits = (now: EpochMs, equityUsdt: number): LimitsState => ({
  dayMs: dayOf(now),
  dayStartEquityUsdt: equityUsdt,
  realisedTodayUsdt: 0,
  losingStreak: 0,
  lastLossMs: null,
  lastLossBySymbol: new Map(),
});

/** A new UTC day begins with the equity of its first instant; streaks and cool-downs go on over midnight. */
export function atInstant(state: LimitsState, now: EpochMs, equityUsdt: number): LimitsState {
  if (dayOf(now) <= state.dayMs) return state;
  return { ...state, dayMs: dayOf(now), dayStartEquityUsdt: equityUsdt, realisedTodayUsdt: 0 };
}

type ClosedFacts = Pick<ClosedTrade, 'symbol' | 'closedMs' | 'netPnlUsdt'>;

export function afterClosed(state: LimitsState, trade: ClosedFacts): LimitsState {
  const pnl = Number(trade.netPnlUsdt);
  const today = dayOf(trade.closedMs) === state.dayMs ? state.realisedTodayUsdt + pnl : state.realisedTodayUsdt;
  if (pnl >= 0) return { ...state, realisedTodayUsdt: today, losingStreak: pnl > 0 ? 0 : state.losingStreak };
  const lossMs = epochMs(Math.max(trade.closedMs, state.lastLossBySymbol.get(trade.symbol) ?? 0));
  return {
    ...state,
    realisedTodayUsdt: today,
    losingStreak: state.losingStreak + 1,
    lastLossMs: epochMs(Math.max(trade.closedMs, state.lastLossMs ?? 0)),
    lastLossBySymbol: new Map(state.lastLossBySymbol).set(trade.symbol, lossMs),
  };
}

/**
 * Rebuilds the limits after a restart from the journal's closed trades (oldest first). The day's opening equity is not
 * recorded: it is today's equity less what the day realised.
 */
export function limitsFrom(closed: readonly ClosedFacts[], now: EpochMs, equityUsdt: number): LimitsState {
  let state = freshLimits(now, equityUsdt);
  for (const trade of closed) state = afterClosed(state, trade);
  return { ...state, dayStartEquityUsdt: equityUsdt - state.realisedTodayUsdt };
}

/** Realised and open loss of the day in percent of its opening equity; 0 in a day of gains. */
export function dailyLossPct(state: LimitsState, equityUsdt: number): number {
  if (state.dayStartEquityUsdt <= 0) return 100;
  const change = Math.min(equityUsdt - state.dayStartEquityUsdt, state.realisedTodayUsdt);
  return change >= 0 ? 0 : (-change / state.dayStartEquityUsdt) * 100;
}
