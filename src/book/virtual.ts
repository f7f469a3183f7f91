// Book: one virtual trade, moved by closed bars only. It answers what the signal would have earned by rules that are
// declared here: the twin of a real position for people, and the label of every signal for training.
import { type Grid, stopToTicks, targetToTicks, ticksToPrice } from '../core/grid.ts';
import type { Bar } from '../core/market.ts';
import type { Signal } from '../core/signal.ts';
import { barClose, type Timeframe, timeframeMs } from '../core/timeframe.ts';
import type { Outcome, VirtualExit, VirtualTrade } from '../core/trade.ts';
import { invariant, sideSign } from '../core/units.ts';

/** Contract §8.3: the strategy's time stop is the label's horizon, in entry bars, the entry bar included. */
export const HORIZON_BARS = 240;

export interface VirtualOpening {
  readonly signal: Signal;
  readonly tradeId: string;
  readonly role: VirtualTrade['role'];
  /** Why it is not real: a guard's reason, `rank` … or `taken` for the twin of a real trade. */
  readonly reason: string;
  readonly grid: Grid;
}

/** Planned at the signal's close, not entered yet: the entry is the open of the next bar. Levels are those the venue would get. */
export function openVirtual({ signal, tradeId, role, reason, grid }: VirtualOpening): VirtualTrade {
  const { plan, side } = signal;
  invariant(plan.risk > 0, `signal ${signal.id} plans no risk`);
  return {
    signalId: signal.id,
    tradeId,
    symbol: signal.symbol,
    side,
    role,
    score: signal.score,
    setup: signal.setup,
    reason,
    signalBarCloseMs: signal.barCloseMs,
    stop: ticksToPrice(stopToTicks(plan.stop, side, grid), grid),
    target: ticksToPrice(targetToTicks(plan.target, side, grid), grid),
    plannedRisk: plan.risk,
    costR: plan.costR,
    entry: null,
    barsHeld: 0,
    maxFavourableR: 0,
    maxAdverseR: 0,
    barsToMaxFavourable: 0,
  };
}

export interface Horizon {
  readonly timeframe: Timeframe;
  readonly bars: number;
}

/** `early`: a bar from before the entry or seen already; nothing changes, so a replay after a restart is harmless. */
export type VirtualStep =
  | { readonly kind: 'early' }
  | { readonly kind: 'held'; readonly trade: VirtualTrade }
  | { readonly kind: 'closed'; readonly trade: VirtualTrade; readonly outcome: Outcome };

interface Exit {
  readonly kind: VirtualExit;
  readonly price: number;
  readonly ambiguous: boolean;
}

/** Bars held when this one has closed. Counted by time: a bar that the venue never sent still used up its minute. */
function barsHeldAfter(trade: VirtualTrade, bar: Bar, horizon: Horizon): number {
  const firstMs = trade.entry?.atMs ?? bar.openMs;
  return Math.round((bar.openMs - firstMs) / timeframeMs(horizon.timeframe)) + 1;
}

/** Harsher of two readings throughout; the milder one would look inside the bar. */
function exitIn(trade: VirtualTrade, bar: Bar, barsHeld: number, horizon: Horizon): Exit | null {
  const sign = sideSign(trade.side);
  const worst = trade.side === 'long' ? bar.low : bar.high;
  const best = trade.side === 'long' ? bar.high : bar.low;
  const stopHit = (worst - trade.stop) * sign <= 0;
  const targetHit = (best - trade.target) * sign >= 0;
  // A gap through the stop fills at the open; otherwise the stop fills at its price, its slippage is in costR.
  if (stopHit) return { kind: 'stop', price: (bar.open - trade.stop) * sign < 0 ? bar.open : trade.stop, ambiguous: targetHit };
  // A gap through the target fills no better than the target, except that a trade entered beyond it has nothing to gain.
  if (targetHit) {
    const enteredBeyond = trade.entry === null && (bar.open - trade.target) * sign > 0;
    return { kind: 'target', price: enteredBeyond ? bar.open : trade.target, ambiguous: false };
  }
  return barsHeld >= horizon.bars ? { kind: 'timeout', price: bar.close, ambiguous: false } : null;
}

const inR = (trade: VirtualTrade, change: number): number => (change * sideSign(trade.side)) / trade.plannedRisk;

/**
 * Excursions up to the exit, ≥ 0, in R. The bar that stops a trade lends no favour beyond its open (its high may have come
 * after), the bar that hits the target is charged with its whole adverse side.
 */
function excursions(
  trade: VirtualTrade,
  bar: Bar,
  entryPrice: number,
  exit: Exit | null,
): { favourableR: number; adverseR: number } {
  const best = trade.side === 'long' ? bar.high : bar.low;
  const worst = trade.side === 'long' ? bar.low : bar.high;
  const favourable = exit === null || exit.kind === 'timeout' ? best : exit.kind === 'target' ? exit.price : bar.open;
  const adverse = exit?.kind === 'stop' ? exit.price : worst;
  return { favourableR: inR(trade, favourable - entryPrice), adverseR: -inR(trade, adverse - entryPrice) };
}

function outcomeOf(trade: VirtualTrade, exit: Exit, exitMs: Outcome['exitMs']): Outcome {
  invariant(trade.entry !== null, 'a virtual trade that was never entered has no outcome');
  const grossR = ((exit.price - trade.entry.price) * sideSign(trade.side)) / trade.plannedRisk;
  return {
    signalId: trade.signalId,
    tradeId: trade.tradeId,
    symbol: trade.symbol,
    side: trade.side,
    role: trade.role,
    score: trade.score,
    setup: trade.setup,
    exit: exit.kind,
    ambiguous: exit.ambiguous,
    entryPrice: trade.entry.price,
    exitPrice: exit.price,
    entryMs: trade.entry.atMs,
    exitMs,
    grossR,
    // Spread, slippage and fees of both ways are one constant of the plan (contract §8.2).
    netR: grossR - trade.costR,
    maxFavourableR: trade.maxFavourableR,
    maxAdverseR: trade.maxAdverseR,
    barsToMaxFavourable: trade.barsToMaxFavourable,
    barsHeld: trade.barsHeld,
  };
}

/** One closed entry bar. The exit is known, and dated, at the close of the bar that holds it. */
export function advanceVirtual(trade: VirtualTrade, bar: Bar, horizon: Horizon): VirtualStep {
  const nextMs =
    trade.entry === null ? trade.signalBarCloseMs : trade.entry.atMs + trade.barsHeld * timeframeMs(horizon.timeframe);
  if (bar.openMs < nextMs) return { kind: 'early' };
  const barsHeld = barsHeldAfter(trade, bar, horizon);
  const exit = exitIn(trade, bar, barsHeld, horizon);
  const entry = trade.entry ?? { price: bar.open, atMs: bar.openMs };
  const { favourableR, adverseR } = excursions(trade, bar, entry.price, exit);
  const higher = favourableR > trade.maxFavourableR;
  const held: VirtualTrade = {
    ...trade,
    entry,
    barsHeld,
    maxFavourableR: higher ? favourableR : trade.maxFavourableR,
    maxAdverseR: Math.max(trade.maxAdverseR, adverseR),
    barsToMaxFavourable: higher ? barsHeld : trade.barsToMaxFavourable,
  };
  if (exit === null) return { kind: 'held', trade: held };
  return { kind: 'closed', trade: held, outcome: outcomeOf(held, exit, barClose(bar.openMs, horizon.timeframe)) };
}
